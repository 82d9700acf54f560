"""Candidate against baseline: make the predictions, read both sides, compare, decide as one family."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.project import Evaluation, Project
from mlgate.config.references import parse_reference
from mlgate.errors import ConfigError, MlgateError, SourceError
from mlgate.gate.candidates import Columns, candidate_columns, needed_columns
from mlgate.gate.record import Record, could_not_check
from mlgate.outcome import Outcome
from mlgate.sources import baselines, git, pointers, tables

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


def require_distinct(project: Project) -> None:
    """Refuse an evaluation whose baseline is the candidate's own file: it would always pass.

    Raises
    ------
    ConfigError
        `baseline` and `predictions` are one path.
    """
    for evaluation in project.evaluations.values():
        reference = parse_reference(evaluation.baseline)
        if reference.kind == "file" and posixpath.normpath(evaluation.predictions) == reference.target:
            raise ConfigError(
                f"the baseline of {evaluation.name} is its own predictions file {evaluation.predictions}",
                hint="name another file, and write it with `mlgate baseline save`",
                path=evaluation.location.path,
                line=evaluation.location.line,
            )


def require_separate(project: Project, evaluation: Evaluation) -> None:
    """Refuse predictions and a baseline that are one file under two names, through a link.

    Two outputs that DVC keeps may be links to one object of its cache, where the model did not change: that is
    no refusal as long as both are what their pointers say.

    Raises
    ------
    SourceError
        They are one file.
    """
    reference = parse_reference(evaluation.baseline)
    if reference.kind != "file":
        return
    try:
        same = (project.root / reference.target).samefile(project.root / evaluation.predictions)
    except OSError:
        return  # one of them is absent: reading it will say so
    if same and not all(_is_kept_by_dvc(project.root, path) for path in (reference.target, evaluation.predictions)):
        raise SourceError(
            f"the baseline {reference.target} and the predictions {evaluation.predictions} are one file: "
            "the candidate would be compared with itself",
            hint="replace the link by a file of its own, and write the baseline with `mlgate baseline save`",
        )


def _is_kept_by_dvc(root: Path, path: str) -> bool:
    pointer = pointers.find_pointer(root, path)
    return pointer is not None and pointers.verify(root, pointer) is None


def check_evaluations(project: Project, record: Record, work: Path, *, seed: int, now: dt.datetime) -> None:
    """Judge every evaluation of the project; all comparisons of the gate form one Holm family."""
    from mlgate.metrics import compare_evaluation, decide_comparisons

    comparisons: list[Any] = []
    for evaluation in project.evaluations.values():
        try:
            require_separate(project, evaluation)  # before a command writes through the link
        except MlgateError as problem:
            record.add(_problem(problem, evaluation, "baseline"))
            continue
        try:
            columns, made_by = candidate_columns(project, evaluation, record)
        except MlgateError as problem:
            record.add(_problem(problem, evaluation, "predictions"))
            continue
        baseline = _Loaded()
        if evaluation.baseline != "none":
            folder = work / f"baseline-{len(record.baselines)}"
            folder.mkdir()
            baseline = _load_baseline(project, evaluation, record, folder, now)
        record.progress(f"model: compare {evaluation.name}: {len(evaluation.metrics)} metrics")
        facts = compare_evaluation(
            evaluation, columns, baseline.columns, recorded_key=baseline.key, baseline_failed=baseline.failed
        )
        record.add(*facts.outcomes)
        record.candidates.append(
            {
                "evaluation": evaluation.name,
                "predictions": evaluation.predictions,
                "made_by": made_by,
                "rows": facts.rows,
                "metrics": dict(facts.metrics),
            }
        )
        comparisons.extend(facts.comparisons)
    record.add(*decide_comparisons(comparisons, seed=seed))


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A baseline's rows and the key that was recorded with it."""

    columns: Columns | None = None
    key: Mapping[str, Any] | None = None
    failed: bool = False


def _load_baseline(project: Project, evaluation: Evaluation, record: Record, work: Path, now: dt.datetime) -> _Loaded:
    record.progress(f"model: baseline {evaluation.baseline}")
    try:
        require_separate(project, evaluation)  # again: the command may have made the link
        found = baselines.load(
            parse_reference(evaluation.baseline),
            root=project.root,
            evaluation_name=evaluation.name,
            predictions_path=evaluation.predictions,
            work=work,
            now=now,
        )
        if found.predictions is None:
            raise SourceError(f"{evaluation.baseline} has no predictions", hint="record it with `mlgate baseline save`")
        with baselines.without_folders(work, project.root):
            columns = tables.read_columns(found.predictions, needed_columns(evaluation), shown=evaluation.baseline)
    except MlgateError as problem:
        record.add(_problem(problem, evaluation, "baseline"))
        record.baselines.append({"evaluation": evaluation.name, "reference": evaluation.baseline, "found": None})
        return _Loaded(failed=True)
    record.baselines.append(baseline_facts(found, evaluation, project.root))
    record.baselines[-1]["rows"] = max((len(values) for values in columns.values()), default=0)
    recorded = found.recorded or {}
    return _Loaded(columns, recorded.get("key"))


def baseline_facts(found: baselines.Baseline, evaluation: Evaluation, root: Path) -> dict[str, Any]:
    """What the report says of a baseline; a fact that is not known is null."""
    head = git.describe(root).commit
    known = head is not None and found.commit is not None and _COMMIT.fullmatch(found.commit)
    distance = git.commits_between(root, found.commit or "", head or "") if known else None
    return {
        "evaluation": evaluation.name,
        "reference": found.reference,
        "found": found.found,
        "version": found.version,
        "run_id": found.run_id,
        "commit": found.commit,
        "dirty": (found.recorded or {}).get("dirty"),
        "commits_behind": distance,
        "created_at": found.created_at,
        "age_s": found.age_s,
        "rows": None,
        "data": (found.recorded or {}).get("data"),
        "metrics": (found.recorded or {}).get("metrics"),
        "tracking": found.tracking,
    }


def name_baselines(project: Project, record: Record, now: dt.datetime) -> None:
    """Record which baselines would have been compared with, for a run that stops before the comparison.

    The reviewer still reads what the candidate would have met; one that cannot be found is named without its facts,
    since the run that compares will report the error.
    """
    for evaluation in project.evaluations.values():
        if evaluation.baseline == "none":
            continue
        entry: dict[str, Any] = {"evaluation": evaluation.name, "reference": evaluation.baseline, "found": None}
        with suppress(MlgateError):
            entry = baseline_facts(describe_baseline(project, evaluation, now), evaluation, project.root)
        record.baselines.append(entry | {"compared": False})


def describe_baseline(project: Project, evaluation: Evaluation, now: dt.datetime) -> baselines.Baseline:
    """The facts of an evaluation's baseline; nothing larger than a record is downloaded.

    Raises
    ------
    SourceError
        It cannot be found.
    """
    return baselines.describe(
        parse_reference(evaluation.baseline),
        root=project.root,
        evaluation_name=evaluation.name,
        predictions_path=evaluation.predictions,
        now=now,
    )


def _problem(problem: MlgateError, evaluation: Evaluation, check: str) -> Outcome:
    from mlgate.metrics.checks import quote_part

    return could_not_check(
        problem,
        id=f"model/{quote_part(evaluation.name)}/{check}",
        check=check,
        tier="model",
        subject=evaluation.name,
        location=evaluation.location,
    )
