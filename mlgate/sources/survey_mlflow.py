"""How a repository uses MLflow: where its runs go, its projects, its registered models. No server is asked."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mlgate.sources.redaction import redact
from mlgate.sources.survey_code import CodeFacts, first_with, read_start

_REQUIREMENTS = ("requirements.txt", "pyproject.toml", "environment.yml", "conda.yaml", "setup.cfg", "Pipfile")
_NAME = re.compile(r"^name:[ \t]*['\"]?([\w. -]*\w)", re.MULTILINE)
_ALIASES = """
    SELECT name, alias FROM registered_model_aliases
    ORDER BY alias NOT IN ('champion', 'production', 'prod', 'baseline'), name, alias
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mlflow:
    """What was seen of MLflow.

    Parameters
    ----------
    seen : a phrase that says where; empty where nothing was seen
    address : where runs go, without credentials; empty where nothing says so
    local : whether that is a store on this disk that the gate finds by itself or by `MLFLOW_TRACKING_URI`
    project, name : path of the `MLproject` file, and the name in it
    aliases : `(model, alias)` of the registry of a local SQLite store, the likeliest champion first
    """

    seen: str = ""
    address: str = ""
    local: bool = False
    project: str = ""
    name: str = ""
    aliases: tuple[tuple[str, str], ...] = ()


def look_at_mlflow(root: Path, names: Sequence[str], facts: CodeFacts) -> Mlflow:
    """What files, environment and a local database say."""
    variable = os.environ.get("MLFLOW_TRACKING_URI", "")
    database = root / "mlflow.db"
    if variable:
        address, seen = variable, "MLFLOW_TRACKING_URI is set"
        database = Path(variable.removeprefix("sqlite:///")) if variable.startswith("sqlite:///") else database
    elif database.is_file():
        address, seen = "sqlite:///mlflow.db", "mlflow.db"
    elif facts.tracking is not None:
        address, seen = facts.tracking[0], f"set_tracking_uri in {facts.tracking[1]}"
    else:
        address, seen = "", first_with(root, _REQUIREMENTS, "mlflow") or facts.frameworks.get("MLflow", "")
    project = next((name for name in names if name.rpartition("/")[2] == "MLproject"), "")
    local = address.startswith("sqlite:///") and database.is_file()
    return Mlflow(
        seen=seen or project,
        address=redact(address),
        local=local,
        project=project,
        name=match[1] if project and (match := _NAME.search(read_start(root / project))) else "",
        aliases=_aliases(database) if local else (),
    )


def _aliases(database: Path) -> tuple[tuple[str, str], ...]:
    """Registered models with their aliases, read without a lock and without a trace; none where it cannot be read."""
    address = f"file:{quote(os.fspath(database.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            rows = connection.execute(_ALIASES).fetchmany(100)
    except sqlite3.Error:
        return ()
    return tuple((str(model), str(alias)) for model, alias in rows)
