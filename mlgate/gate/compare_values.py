"""Two metrics files: values without rows, compared as they are and marked "no interval"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.config.metric_specs import find_metric
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.compare_judge import Judged, Settings, could_not_read, provenance_of, without_nowhere
from mlgate.gate.compare_request import NAME, NOWHERE, Asked
from mlgate.gate.compare_sides import Place, find_files, is_reference
from mlgate.outcome import Outcome


def is_values(candidate: str, asked: Asked, place: Place) -> bool:
    """Whether the candidate is a metrics file: YAML, or JSON that is one object and no row."""
    from mlgate.sources.predictions import is_metrics_file

    if is_reference(candidate) or not candidate.lower().endswith((".json", ".yaml", ".yml")):
        return False
    columns = asked.declared.columns if asked.declared is not None else Columns()
    named = asked.columns.get("id", columns.id)
    (files,) = find_files(candidate, place.start, runs=False)
    return len(files) == 1 and isinstance(named, str) and is_metrics_file(files[0], named)


def compare_values(
    baseline: str, asked: Asked, place: Place, settings: Settings
) -> tuple[list[Outcome], dict[str, Any]]:
    """Outcomes and provenance of two metrics files.

    Parameters
    ----------
    baseline : a path, or a reference

    Raises
    ------
    UsageError
        Rows are asked for: slices, columns, or several runs.
    """
    from mlgate.metrics import Facts, decide_comparisons
    from mlgate.metrics.scalars import scalar_values

    if asked.slices or asked.columns or place.runs:
        raise UsageError(
            f"{place.candidate} holds values without rows, which have no slices, columns or runs",
            hint="compare two predictions files, or leave these options out",
        )
    evaluation = _evaluation(asked, place, baseline)
    problems: list[Outcome] = []
    before: dict[str, float] | None = None
    facts: dict[str, Any] = {}
    try:
        given = _read_file(place.candidate, place)
        if not evaluation.metrics:
            evaluation = _with_known(evaluation, given, asked)
            names = ", ".join(metric.name for metric in evaluation.metrics)
            settings.progress(f"compare: {names}, as the metrics file names them; choose with {asked.spell('metric')}")
        after = scalar_values(given, evaluation)
    except MlgateError as problem:
        judged = Judged(evaluation, (could_not_read(problem, evaluation, "predictions"),))
        return list(judged.outcomes), provenance_of(baseline, place.candidate, judged, {})
    try:
        values, facts = _read_baseline(baseline, evaluation, place)
        before = scalar_values(values, evaluation, side="baseline")
    except UsageError:
        raise
    except MlgateError as problem:
        problems.append(could_not_read(problem, evaluation, "baseline"))
    found = Facts(outcomes=()).with_values(evaluation, after, before, failed=before is None)
    outcomes = [*problems, *found.outcomes, *decide_comparisons(found.comparisons, seed=settings.seed)]
    judged = Judged(evaluation, tuple(map(without_nowhere, outcomes)), metrics=found.metrics)
    return list(judged.outcomes), provenance_of(baseline, place.candidate, judged, facts)


def _evaluation(asked: Asked, place: Place, baseline: str) -> Evaluation:
    """The declared evaluation, or one of this name, with a metrics file in place of predictions."""
    base = asked.declared or Evaluation(name=NAME, location=NOWHERE)
    return replace(
        base,
        predictions="",
        runs=(),
        metrics_file=place.candidate,
        baseline=baseline,
        metrics=asked.metrics or base.metrics,
        slices=(),
        inconclusive=asked.inconclusive or base.inconclusive,
    )


def _with_known(evaluation: Evaluation, values: Mapping[str, float], asked: Asked) -> Evaluation:
    """The evaluation with the metrics of mlgate that the file names once, e.g. `test.accuracy`."""
    names = [name.rpartition(".")[2] for name in values]
    known = [name for name in dict.fromkeys(names) if find_metric(name) is not None and names.count(name) == 1]
    if not known:
        listed = ", ".join(list(values)[:10])
        raise MlgateError(
            "no metric was asked for, and the metrics file names none that is known",
            hint=f"name one with {asked.spell('metric')}, or declare your own in mlgate.yaml; it has {listed}",
        )
    return replace(evaluation, metrics=tuple(MetricPolicy(name=name, location=NOWHERE) for name in known))


def _read_file(text: str, place: Place) -> dict[str, float]:
    from mlgate.sources.metrics_files import load_metrics

    (files,) = find_files(text, place.start, runs=False)
    return load_metrics(files[0], shown=text)


def _read_baseline(text: str, evaluation: Evaluation, place: Place) -> tuple[Mapping[str, float], dict[str, Any]]:
    """Values and facts of the baseline."""
    if not is_reference(text):
        return _read_file(text, place), {"found": "a given metrics file"}
    from mlgate.gate.baseline_facts import baseline_facts
    from mlgate.gate.compare_sides import evaluation_name, parse_side, path_in_revision
    from mlgate.sources import baseline_metrics

    reference = parse_side(text)
    found = baseline_metrics.load_metrics(
        reference,
        root=place.root,
        evaluation_name=evaluation_name(reference, evaluation),
        metrics_path=path_in_revision(reference, place),
        now=place.now,
    )
    return found.values or {}, baseline_facts(found, evaluation, place.root)
