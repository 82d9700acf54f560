"""The other tables that a schema speaks of: what their names stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.other_tables import OtherTable, tables_named
from mlgate.config.schema import Read, Schema
from mlgate.errors import ConfigError, SourceError, UsageError
from mlgate.gate.paths import path_matches
from mlgate.late import dataclass

if TYPE_CHECKING:
    from mlgate.config.project import Dataset, Project
    from mlgate.gate.load import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The file or glob that another table's name stands for.

    Parameters
    ----------
    root, path : folder, and the POSIX path relative to it
    read : how text is written; None is as in the table that refers to it, its delimiter found by looking
    problem : why it cannot be trusted
    """

    root: Path
    path: str
    read: Read | None = None
    problem: SourceError | None = None


def parse_references(given: Sequence[str]) -> dict[str, str]:
    """Files by name of `NAME=FILE` texts.

    Raises
    ------
    UsageError
        One is not written so, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, _, file = text.partition("=")
        if not name or not file:
            raise UsageError(f"--reference {text!r} is not NAME=FILE", hint="write e.g. wards=data/wards.csv")
        if name in found:
            raise UsageError(f"--reference names {name!r} twice", hint="give each dataset one file")
        found[name] = file
    return found


def references_of(
    schema: Schema,
    *,
    root: Path,
    project: Project | None,
    load: Callable[[str], Schema],
    given: Mapping[str, Reference] | None = None,
) -> dict[OtherTable, Reference]:
    """What the other tables of a schema stand for: what is given by name, else the datasets of a project.

    Parameters
    ----------
    root : folder of the paths that the schema names
    project : None where there is none
    load : gives the schema of a dataset by its path
    given : files by name, which go before the project's

    Raises
    ------
    ConfigError
        Nothing stands for a dataset; with the place of the rule that names it.
    """
    datasets = project.datasets if project else {}
    found = {}
    for rule in schema.rules:
        for other in tables_named((rule,)):
            if given and other.dataset in given:
                found[other] = given[other.dataset]
                continue
            dataset = datasets.get(other.dataset) if other.dataset else _at(other.path, datasets.values())
            if other.dataset and dataset is None:
                raise ConfigError(
                    f"{rule.check} names the dataset {other.dataset!r}, which is not declared",
                    hint=f"declare it under `datasets` of mlgate.yaml, or give --reference {other.dataset}=FILE",
                    path=rule.location.path,
                    line=rule.location.line,
                )
            read = load(dataset.schema).read if dataset and dataset.schema else None
            path = other.path or (dataset.path if dataset else "")
            found[other] = Reference(root=root, path=path, read=read)
    return found


def _at(path: str, datasets: Iterable[Dataset]) -> Dataset | None:
    return next((dataset for dataset in datasets if path_matches(path, dataset.path)), None)


def project_references(loaded: Loaded) -> dict[str, dict[OtherTable, Reference]]:
    """What the schemas of a project name, by the schema's path.

    Raises
    ------
    ConfigError
        A schema names a dataset that the project does not declare.
    """
    project, schemas = loaded.project, loaded.schemas
    return {
        path: references_of(schema, root=project.root, project=project, load=schemas.__getitem__)
        for path, schema in schemas.items()
    }


def require_used(names: Iterable[str], schemas: Iterable[Schema | None]) -> None:
    """Refuse a name that no schema speaks of: it would be without effect.

    Raises
    ------
    UsageError
        There is one.
    """
    rules = [rule for schema in schemas if schema for rule in schema.rules]
    spoken = [other.dataset for other in tables_named(rules) if other.dataset]
    for name in names:
        if name not in spoken:
            there = f"schemas here name {', '.join(spoken)}" if spoken else "no schema here names a dataset"
            raise UsageError(f"--reference {name}: nothing refers to it", hint=f"correct the name: {there}")
