"""The checks that mlgate.yaml declares of data and models, as tests: `pytest mlgate.yaml`.

One test per check that is known before the data is read. What is judged at once (a dataset in one scan, all
evaluations as one family) is judged when the first test of it runs, once for all processes of pytest-xdist. Nothing is
lost: the last test of a group stands for every outcome that no other test claims.

This module alone asks the mlgate that is installed beside pytest. Under `mlgate run` it collects nothing, since the
gate judges the declared checks itself.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

NAME = "mlgate.yaml"
STRICT = "--mlgate-strict"
Outcome = Mapping[str, Any]
"""An outcome as report.json has it; `text` is what a person reads."""
_FOUND = pytest.StashKey[Any]()


class DeclaredCheckWarning(pytest.PytestWarning):
    """A declared check holds, but a person should look."""


class CheckFailedError(Exception):
    """A declared check does not hold; the text is what a person reads."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect mlgate.yaml where it is among the arguments; not under the gate, which judges it itself."""
    if file_path.name != NAME or parent.config.getoption("mlgate_results", None):
        return None
    file: pytest.Collector = ProjectFile.from_parent(parent, path=file_path)
    return file


def asked(config: pytest.Config) -> Any:
    """What the mlgate.yaml of the tests declares, read once.

    Raises
    ------
    pytest.fail.Exception
        mlgate is not installed here, there is no such file, or it has mistakes.
    """
    __tracebackhide__ = True
    found = config.stash.get(_FOUND, None)
    if found is None:
        found, problem = _find(config)
        if problem:
            pytest.fail(problem)
        config.stash[_FOUND] = found
    return found


def _find(config: pytest.Config) -> tuple[Any, str]:
    """What the mlgate.yaml of the tests declares, or why that is not known."""
    from mlgate_pytest.handover import HOW, project_files

    api = _api()
    if api is None:
        return None, f"what mlgate.yaml declares is not known here\n  hint: {HOW}"
    files = project_files(config)
    if len(files) != 1:
        listed = ", ".join(str(file) for file in files)
        fact = (
            f"the tests belong to several projects: {listed}"
            if files
            else f"no {NAME} lies in the folders that pytest was given, or above"
        )
        return None, f"{fact}\n  hint: give pytest the tests of one project, e.g. in the folder of its {NAME}"
    try:
        return api.read_declared(files[0]), ""
    except api.MlgateError as problem:
        return None, str(problem)


def _api() -> Any:
    """The mlgate that is installed beside pytest; None where there is none."""
    try:
        from mlgate import api_declared
    except ImportError:
        return None
    return api_declared


class ProjectFile(pytest.File):
    """mlgate.yaml. Its groups are datasets, entries of splits, skew and drift, and evaluations."""

    def collect(self) -> Iterable[Group]:
        from mlgate_pytest.handover import HOW

        api = _api()
        if api is None:
            raise self.CollectError(f"{NAME} cannot be read here\n  hint: {HOW}")
        try:
            declared = api.read_declared(self.path)
        except api.MlgateError as problem:
            raise self.CollectError(str(problem)) from None
        judged = Judged(declared, api.MlgateError, self)
        groups = dict.fromkeys(check.group for check in judged.checks)
        for name in groups:
            yield Group.from_parent(self, name=name, judged=judged)


class Judged:
    """The checks of an mlgate.yaml and, job by job, what they found."""

    def __init__(self, declared: Any, problem: type[Exception], file: ProjectFile) -> None:
        self.declared = declared
        self.checks: Sequence[Any] = declared.checks()
        self._problem = problem
        self._file = file
        self._answers: dict[str, Mapping[str, Any]] = {}

    def outcomes_of(self, check: Any) -> list[Outcome]:
        """The outcomes that a check stands for, its job judged if no test before has.

        Raises
        ------
        CheckFailedError
            Nothing of the job could be judged, or nothing of it tells of this check.
        """
        from mlgate_pytest.sharing import once

        if check.job not in self._answers:
            groups = sorted({one.group for one in self._selected() if one.job == check.job})
            key = [str(self._file.path), check.job, *groups]
            self._answers[check.job] = once(self._file.config, key, lambda: self._judge(check.job, groups))
        answer = self._answers[check.job]
        if "problem" in answer:
            raise CheckFailedError(answer["problem"])
        found: Sequence[Outcome] = answer["outcomes"]
        checks = [one for one in self.checks if one.job == check.job]
        mine = claimed(check, checks, found)
        return [*mine, *why_not_compared(check, checks, mine, found)] or in_place_of(check, found)

    def _selected(self) -> list[Any]:
        """The checks that this run was asked for: evaluations of one run are one family."""
        items = self._file.session.items
        return [item.check for item in items if isinstance(item, CheckItem) and item.judged is self]

    def _judge(self, job: str, groups: Sequence[str]) -> dict[str, Any]:
        try:
            return {"outcomes": self.declared.judge(job, groups)}
        except self._problem as problem:
            return {"problem": str(problem)}
        except Exception as unexpected:  # noqa: BLE001  # told by every test of the job, and not tried again for each
            fact = f"could not be checked: unexpected {type(unexpected).__name__}: {unexpected}"
            hint = "this is a defect of mlgate; report it with the traceback and what is declared"
            return {"problem": f"{fact}\n  hint: {hint}\n{traceback.format_exc()}"}


def claimed(check: Any, checks: Sequence[Any], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes that a check of a job stands for.

    The check with the longest claim has an outcome. What no check claims, every check for the rest has.
    """
    mine = []
    for outcome in outcomes:
        owners = [one for one in checks if f"{outcome['id']}/".startswith(f"{one.claim}/")]
        longest = max((len(one.claim) for one in owners), default=0)
        if any(one is check for one in owners if len(one.claim) == longest) or (check.rest and not owners):
            mine.append(outcome)
    return mine


def why_not_compared(
    check: Any, checks: Sequence[Any], mine: Sequence[Outcome], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """What kept a metric from its comparison, e.g. a baseline that was not found: that its bounds hold is not all."""
    if not check.compared or any(outcome["id"] == check.claim for outcome in mine):
        return []
    rest = next(one for one in checks if one.rest and one.group == check.group)
    return [outcome for outcome in claimed(rest, checks, outcomes) if outcome["status"] == "error"]


def in_place_of(check: Any, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What is to be said of a check that no outcome tells of. Only the rest may have found nothing.

    Raises
    ------
    CheckFailedError
        The check was not judged; with what stopped it, where that is known.
    """
    if check.rest and outcomes:
        return []
    blocking = [outcome for outcome in outcomes if outcome["status"] in ("fail", "error")]
    if blocking:
        raise CheckFailedError(f"could not be checked: {blocking[0]['message']}\n{blocking[0]['text']}")
    if outcomes and all(outcome["status"] == "skip" for outcome in outcomes):
        return [outcomes[0]]
    raise CheckFailedError("could not be checked: nothing was reported of it\n  hint: this is a defect of mlgate")


class Group(pytest.Collector):
    """The checks of one dataset, entry or evaluation."""

    def __init__(self, *, judged: Judged, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.judged = judged

    def collect(self) -> Iterable[CheckItem]:
        for check in self.judged.checks:
            if check.group == self.name:
                yield CheckItem.from_parent(self, name=check.name, judged=self.judged, check=check)


class CheckItem(pytest.Item):
    """One declared check."""

    def __init__(self, *, judged: Judged, check: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.judged = judged
        self.check = check
        self.outcomes: list[Outcome] = []
        self.add_marker(pytest.mark.mlgate(tier=check.tier))

    def setup(self) -> None:
        """Judge, and tell what could not be checked: an error in setup is one that pytest counts as an error."""
        __tracebackhide__ = True
        problem = ""
        try:
            self.outcomes = self.judged.outcomes_of(self.check)
        except CheckFailedError as found_none:
            problem = str(found_none)
        if problem:  # here it has no other exception as its context, which pytest would print too
            self._blocks(problem, error=True)
        found = {outcome["status"] for outcome in self.outcomes}
        if "error" in found and "fail" not in found:
            self._blocks(self._texts("error"), error=True)
        if found == {"skip"}:
            pytest.skip(self.outcomes[0]["message"])

    def runtest(self) -> None:
        """Fail with what does not hold; warn of what a person should look at."""
        blocking = self._texts("fail", "error")
        if blocking:
            self._blocks(blocking)
        warning = self._texts("warn")
        if warning and self.config.getoption("mlgate_strict", False):
            self._blocks(warning)
        if warning:
            self.warn(DeclaredCheckWarning(warning))
            self.add_report_section("call", "mlgate", warning)

    def _blocks(self, text: str, *, error: bool = False) -> None:
        __tracebackhide__ = True
        if self.judged.declared.advisory:
            pytest.xfail(f"mode: advisory\n{text}")
        if error:
            pytest.fail(text, pytrace=False)
        raise CheckFailedError(text)

    def _texts(self, *statuses: str) -> str:
        return "\n".join(outcome["text"] for outcome in self.outcomes if outcome["status"] in statuses)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the report says, without a traceback of ours."""
        if isinstance(excinfo.value, (CheckFailedError, DeclaredCheckWarning)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The declaration in mlgate.yaml, for editors; the text names the line of a schema."""
        location = self.check.location
        line = location.line if location.path == self.path.name and location.line else 1
        return self.path, line - 1, f"{self.check.group}/{self.name}"
