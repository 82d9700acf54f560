"""Candidate against baseline: make the predictions, read both sides, compare, decide as one family."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.project import Evaluation, Project
from mlgate.config.references import parse_reference
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.candidates import Columns, candidate_columns, needed_columns
from mlgate.gate.record import Record, could_not_check
from mlgate.outcome import Outcome
from mlgate.sources import baselines, git, tables


def check_evaluations(project: Project, record: Record, work: Path, *, seed: int, now: dt.datetime) -> None:
    """Judge every evaluation of the project; all comparisons of the gate form one Holm family."""
    from mlgate.metrics import compare_evaluation, decide_comparisons

    comparisons: list[Any] = []
    for evaluation in project.evaluations.values():
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
        columns = tables.read_columns(found.predictions, needed_columns(evaluation))
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
    distance = git.commits_between(root, found.commit, head) if found.commit and head else None
    return {
        "evaluation": evaluation.name,
        "reference": found.reference,
        "found": found.found,
        "version": found.version,
        "run_id": found.run_id,
        "commit": found.commit,
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
    return could_not_check(
        problem,
        id=f"model/{evaluation.name}/{check}",
        check=check,
        tier="model",
        subject=evaluation.name,
        location=evaluation.location,
    )
