"""`mlgate compare`: what was asked at the command line to a report."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.errors import MlgateError, SourceError, UsageError
from mlgate.gate.compare_judge import (
    Judged,
    Settings,
    could_not_read,
    judge_sides,
    make_report,
    provenance_of,
    without_nowhere,
)
from mlgate.gate.compare_request import Asked, draft_evaluation
from mlgate.gate.compare_sides import Place, Side, find_files, is_reference, read_side
from mlgate.gate.compare_values import compare_values, is_values
from mlgate.gate.record import Progress, timed
from mlgate.outcome import Outcome, Report

if TYPE_CHECKING:
    from mlgate.config.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """What `mlgate compare` was asked for.

    Parameters
    ----------
    baseline, candidate : a path, a glob, or a reference such as `git:main:out/predictions.csv`
    asked : metrics, columns and settings that were named
    start : folder that paths are relative to
    evaluation : of mlgate.yaml, whose declaration is taken
    config : mlgate.yaml, None for the nearest one; read only where `evaluation` is named
    runs : whether the files of a glob are runs (seeds) of one recipe and not shards of one file
    seed, workers, device : how changes are measured; only `seed` can move a figure
    privacy : `none`, `masked` or `full`: what of single rows may appear; None as declared, else masked
    """

    baseline: str
    candidate: str
    asked: Asked
    start: Path
    evaluation: str | None = None
    config: Path | None = None
    runs: bool = False
    seed: int = 0
    workers: int = 1
    device: str = "cpu"
    privacy: str | None = None
    strict: bool = False


def compare_files(request: CompareRequest, *, progress: Progress, now: dt.datetime) -> Report:
    """Report of two predictions files.

    Parameters
    ----------
    progress : called with a line where something was chosen that was not asked for
    now : aware time, for the report and the age of a baseline

    Raises
    ------
    UsageError
        What was asked for makes no sense, whatever the files hold. What they hold becomes an outcome.
    """
    with timed() as elapsed:
        project, asked = _declared(request)
        _refuse_same_file(request)
        root = request.start if project is None else project.root
        place = Place(start=request.start, root=root, candidate=request.candidate, runs=request.runs, now=now)
        settings = Settings(
            seed=request.seed,
            workers=request.workers,
            device=request.device,
            root=root,
            project=project,
            privacy=request.privacy,
            progress=progress,
        )
        if is_values(request.candidate, asked, place):
            outcomes, provenance = compare_values(request.baseline, asked, place, settings)
        else:
            outcomes, provenance = _compare_rows(request, asked, place, settings)
        return make_report(
            outcomes,
            now=now,
            seconds=elapsed(),
            strict=request.strict,
            provenance={"seed": request.seed, **provenance},
            project=project,
        )


def _compare_rows(
    request: CompareRequest, asked: Asked, place: Place, settings: Settings
) -> tuple[list[Outcome], dict[str, Any]]:
    """Outcomes and provenance of two predictions files."""
    evaluation = draft_evaluation(asked, predictions=request.candidate, baseline=request.baseline)
    from mlgate.gate.compare_columns import columns_to_read  # after what is wrong without it: it loads numpy

    names = columns_to_read(evaluation)
    problems: list[Outcome] = []
    candidate = _attempt(request.candidate, "predictions", evaluation, names, place, problems)
    baseline = _attempt(request.baseline, "baseline", evaluation, names, place, problems)
    judged = Judged(evaluation)
    if candidate is not None:
        with redirect_stdout(sys.stderr):  # what functions of the user's print is no report
            judged = judge_sides(evaluation, asked, candidate, baseline, settings)
    facts = {} if baseline is None else dict(baseline.facts)
    if baseline is not None and is_reference(request.baseline):
        from mlgate.gate.baseline_facts import baseline_remarks

        problems += map(without_nowhere, baseline_remarks(facts, judged.evaluation))
    return [*problems, *judged.outcomes], provenance_of(request.baseline, request.candidate, judged, facts)


def _declared(request: CompareRequest) -> tuple[Project | None, Asked]:
    """The project and what was asked, with the named evaluation of it."""
    if request.evaluation is None:
        if request.config is not None:
            raise UsageError("--config is named, and no --evaluation of it", hint="add --evaluation NAME")
        return None, request.asked
    from mlgate.config.reading import nearest
    from mlgate.gate.load import load_project

    project = load_project(request.config, request.start)
    declared = project.evaluations.get(request.evaluation)
    if declared is None:
        raise UsageError(
            f"no evaluation {request.evaluation!r} in {project.path}",
            hint=nearest(request.evaluation, project.evaluations) if project.evaluations else "it declares none",
        )
    return project, replace(request.asked, declared=declared)


def _refuse_same_file(request: CompareRequest) -> None:
    """A candidate that is compared with itself would always pass.

    Two outputs that DVC keeps may be links to one object of its cache, where the model did not change: that is no
    refusal as long as both are what their pointers say.
    """
    before = {_identity(file): file for file in _files_of(request.baseline, request.start)}
    same = request.baseline == request.candidate
    for file in _files_of(request.candidate, request.start):
        other = before.get(_identity(file))
        same = same or file == other or (other is not None and not (_is_kept_by_dvc(file) and _is_kept_by_dvc(other)))
    if same:
        raise UsageError(
            f"baseline and candidate are one file: {request.candidate}", hint="name two files: baseline, then candidate"
        )


def _identity(file: Path) -> object:
    """What two names of one file share; the name of a file that is absent."""
    try:
        facts = file.stat()
    except (OSError, ValueError):
        return file
    return facts.st_dev, facts.st_ino


def _files_of(text: str, start: Path) -> list[Path]:
    """The files of this machine that a side names; none for a revision or a store."""
    path = text.removeprefix("file:")
    if is_reference(path):
        return []
    try:
        return [file for run in find_files(path, start, runs=True) for file in run]
    except SourceError:  # no file matches: reading will say so
        return []


def _is_kept_by_dvc(path: Path) -> bool:
    from mlgate.sources import pointers

    try:
        pointer = pointers.find_pointer(path.parent, path.name)
        return pointer is not None and pointers.verify(path.parent, pointer) is None
    except MlgateError:
        return False


def _attempt(
    text: str, check: str, evaluation: Evaluation, names: Sequence[str], place: Place, problems: list[Outcome]
) -> Side | None:
    """A side; or None, and one more outcome that says why it cannot be read."""
    try:
        return read_side(text, evaluation, names, place)
    except UsageError:
        raise
    except MlgateError as problem:
        problems.append(could_not_read(problem, evaluation, check))
        return None
