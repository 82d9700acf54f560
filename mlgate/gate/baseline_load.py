"""The baseline of an evaluation as rows and values, and what the report says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import Reference, parse_reference
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.baseline_facts import baseline_facts, baseline_remarks, remember_tests
from mlgate.gate.candidates import Candidate, Columns, needed_columns
from mlgate.gate.distinct import require_separate
from mlgate.gate.record import Record, could_not_check
from mlgate.outcome import Outcome
from mlgate.sources import baseline_metrics, baselines
from mlgate.sources.predictions import read_predictions


@dataclass(frozen=True, slots=True)
class Loaded:
    """A baseline's rows and values, and the key that was recorded with it."""

    tables: Sequence[Columns] | None = None
    values: Mapping[str, float] | None = None
    key: Mapping[str, Any] | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a baseline is brought to, when, and how to find the digest of the rows that it should be of."""

    work: Path
    now: dt.datetime
    labels: Callable[[], str | None]


def labels_of(candidate: Candidate, evaluation: Evaluation) -> str | None:
    """Digest of the candidate's rows; it is asked for only where a model was scored on several."""
    from mlgate.metrics import PredictionsError, comparability_key, parse_rows

    try:
        return str(comparability_key(parse_rows(candidate.tables[0], evaluation), evaluation)["labels"])
    except PredictionsError:
        return None  # reading the candidate will say why


def load_baseline(project: Project, evaluation: Evaluation, record: Record, place: Place) -> Loaded:
    from mlgate.metrics.scalar_comparison import only_rows, only_scalars

    record.progress(f"model: baseline {evaluation.baseline}")
    try:
        require_separate(project, evaluation)  # again: the command may have made the link
        reference = parse_reference(evaluation.baseline)
        found, tables, values = None, None, None
        if only_rows(evaluation).metrics:
            found = _load_predictions(project, evaluation, reference, place)
            tables = _read_baseline(project, evaluation, found, place.work)
        if only_scalars(evaluation).metrics:
            measured = _load_values(project, evaluation, reference, place.now)
            values = _values_of(measured, evaluation)
            found = found or measured
        if found is None:
            raise SourceError(f"{evaluation.name} declares no metric", hint="name one under `metrics`")
    except MlgateError as problem:
        record.add(problem_of(problem, evaluation, "baseline"))
        record.baselines.append({"evaluation": evaluation.name, "reference": evaluation.baseline, "found": None})
        return Loaded(failed=True)
    facts = baseline_facts(found, evaluation, project.root)
    facts["rows"] = max((len(column) for column in tables[0].values()), default=0) if tables else None
    record.baselines.append(facts)
    remember_tests(record, found)
    record.add(*baseline_remarks(facts, evaluation))
    return Loaded(tables, values, (found.recorded or {}).get("key"))


def _load_predictions(
    project: Project, evaluation: Evaluation, reference: Reference, place: Place
) -> baselines.Baseline:
    found = baselines.load(
        reference,
        root=project.root,
        evaluation_name=evaluation.name,
        predictions_path=evaluation.predictions,
        runs=evaluation.runs,
        work=place.work,
        now=place.now,
        labels=place.labels,
    )
    if found.predictions is None:
        raise SourceError(f"{evaluation.baseline} has no predictions", hint="record it with `mlgate baseline save`")
    return found


def _read_baseline(
    project: Project, evaluation: Evaluation, found: baselines.Baseline, work: Path
) -> list[Mapping[str, Any]]:
    with baselines.without_folders(work, project.root):
        names = needed_columns(evaluation)
        return [read_predictions([path], names, shown=evaluation.baseline) for path in found.runs]


def _load_values(
    project: Project, evaluation: Evaluation, reference: Reference, now: dt.datetime
) -> baselines.Baseline:
    return baseline_metrics.load_metrics(
        reference,
        root=project.root,
        evaluation_name=evaluation.name,
        metrics_path=evaluation.metrics_file or "",
        now=now,
        rows=bool(evaluation.predictions or evaluation.runs),
    )


def _values_of(found: baselines.Baseline, evaluation: Evaluation) -> dict[str, float]:
    from mlgate.metrics.scalar_comparison import only_scalars
    from mlgate.metrics.scalars import scalar_values

    return scalar_values(found.values or {}, only_scalars(evaluation), side="baseline")


def problem_of(problem: MlgateError, evaluation: Evaluation, check: str) -> Outcome:
    from mlgate.metrics.checks import quote_part

    return could_not_check(
        problem,
        id=f"model/{quote_part(evaluation.name)}/{check}",
        check=check,
        tier="model",
        subject=evaluation.name,
        location=evaluation.location,
    )
