"""What the gate hands over to the tests: where datasets lie, what baselines measured, what the candidate wrote.

Under `mlgate run` it stands in the file of `--mlgate-context`. Elsewhere it is asked of the mlgate that is installed
beside pytest. Where neither is there, whoever asks is told so.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

OPTION = "--mlgate-context"
FILE = "mlgate.yaml"
HOW = "run the tests with `mlgate run`, or install mlgate beside pytest (`pip install mlgate`)"


_HANDED = pytest.StashKey[Mapping[str, Any]]()


def begin(config: pytest.Config) -> None:
    """Read what the gate hands over, before anything listens to what the tests read.

    Raises
    ------
    pytest.UsageError
        The file cannot be read, or is not what the gate writes.
    """
    config.stash[_HANDED] = read_handover(Path(config.known_args_namespace.mlgate_context))


class Handover:
    """The facts of a run, read when they are first asked for.

    Raises
    ------
    pytest.fail.Exception
        By every method: what is missing, and how to get it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._known: dict[tuple[str, str], Mapping[str, Any]] = {}

    @property
    def root(self) -> Path:
        """Absolute folder that paths start from: that of mlgate.yaml."""
        __tracebackhide__ = True
        handed = self._handed()
        return Path(str(handed["root"])) if handed else Path(self._asked().root)

    @property
    def seed(self) -> int:
        """Seed of the run; 0 where the gate has not said one."""
        return int((self._handed() or {}).get("seed", 0))

    @property
    def by_the_gate(self) -> bool:
        """Whether the gate runs these tests, so that what is not of this run is not judged."""
        return self._handed() is not None

    @property
    def tier(self) -> str | None:
        """The tier that the gate runs; None where it does not run these tests."""
        return (self._handed() or {}).get("tier")

    @property
    def tiers(self) -> Mapping[str, list[str]]:
        """Files and folders of the tests of each tier, as mlgate.yaml names them; none where there is no mlgate.yaml.

        Raises
        ------
        pytest.UsageError
            There is an mlgate.yaml that cannot be read here.
        """
        handed = self._handed()
        if handed is not None:
            return dict(handed.get("tiers", {}))
        if not project_files(self._config):
            return {}
        try:
            return dict(self._asked().tiers)
        except pytest.fail.Exception as problem:
            raise pytest.UsageError(f"the tiers of mlgate.yaml are not known: {problem.msg}") from None

    def entry(self, kind: str, name: str) -> Mapping[str, Any]:
        """What is known of a dataset (`datasets`), or of an evaluation (`baselines`, `candidates`).

        Python is told of it by the audit event `mlgate.told`: a result that hangs on what lies outside of the project,
        as a baseline does, must not be taken for one that hangs on its files alone.
        """
        __tracebackhide__ = True
        sys.audit("mlgate.told", kind, name)
        if (kind, name) not in self._known:
            handed = self._handed()
            self._known[kind, name] = self._looked_up(handed, kind, name) if handed else self._asked().entry(kind, name)
        found = self._known[kind, name]
        if "problem" in found:
            hint = f"\n  hint: {found['hint']}" if found.get("hint") else ""
            pytest.fail(f"{found['problem']}{hint}")
        return found

    def _looked_up(self, handed: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
        found = handed.get(kind, {})
        if name in found:
            return dict(found[name])
        one = "dataset" if kind == "datasets" else "evaluation"
        return {"problem": f"no {one} is called {name!r}", "hint": nearest(name, list(found), f"{one}s")}

    def _handed(self) -> Mapping[str, Any] | None:
        __tracebackhide__ = True
        return self._config.stash.get(_HANDED, None)

    def _asked(self) -> Any:
        __tracebackhide__ = True
        from mlgate_pytest import declared  # only where the gate does not run the tests

        return declared.asked(self._config)


def read_handover(path: Path) -> Mapping[str, Any]:
    """The file that the gate wrote.

    Raises
    ------
    pytest.UsageError
        It cannot be read, or is not what the gate writes.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise pytest.UsageError(f"{OPTION}: {path} cannot be read: {problem}") from problem
    if not isinstance(value, dict) or not isinstance(value.get("root"), str):
        raise pytest.UsageError(f"{OPTION}: {path} is not what the gate writes")
    return value


def project_files(config: pytest.Config) -> list[Path]:
    """The mlgate.yaml of the tests: the nearest one from their files upwards, within the repository.

    It is looked for from the arguments of pytest, else from the folder in which pytest was started, else from pytest's
    root. Where the arguments belong to several projects there are several, and none of them is that of all tests.
    """
    started = config.invocation_params.dir
    arguments = [started / str(argument).partition("::")[0] for argument in config.args]
    for places in (arguments, [started], [config.rootpath]):
        found = [_nearest_file(Path(os.path.abspath(place))) for place in places if place.exists()]  # noqa: PTH100 - no links
        if any(found):
            return list(dict.fromkeys(file for file in found if file is not None))
    return []


def _nearest_file(place: Path) -> Path | None:
    for folder in (place, *place.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if (folder / ".git").exists():
            break
    return None


def nearest(name: str, known: list[str], what: str) -> str:
    """The next step after a name that is not known.

    Examples
    --------
    >>> nearest("tset", ["train", "test"], "datasets")
    "did you mean 'test'? declared datasets: train, test"
    """
    if not known:
        return f"mlgate.yaml declares no {what}"
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"declared {what}: {', '.join(known)}"
