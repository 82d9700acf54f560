"""Checks of the slices of an evaluation: facts in, outcomes out, as in `checks`."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.checks import RESCORE, outcome_id, quote_part, show_value
from mlgate.metrics.joined import Joined
from mlgate.metrics.paired import Coded
from mlgate.outcome import Outcome, Status

MAX_SLICE_VALUES = 200
"""A slice column with more distinct values looks like an identifier."""


def slice_values(name: str, values: Coded, evaluation: Evaluation) -> Outcome | None:
    """A slice column has at most 200 distinct values.

    More are an `error`: the column looks like an identifier, and a comparison per value would cost every other
    comparison its power.
    """
    distinct = len(values.values)
    if distinct <= MAX_SLICE_VALUES:
        return None
    return Outcome(
        id=outcome_id(evaluation, "slices", quote_part(name), "values"),
        check="slice_values",
        tier="model",
        subject=f"{evaluation.name}[{show_value(name)}]",
        status=Status.ERROR,
        message=f"slice column {show_value(name)} has {distinct:,} distinct values: it looks like an identifier",
        hint="bin it into a column of a few values, or remove it from `slices`",
        observed=distinct,
        expected=f"at most {MAX_SLICE_VALUES} distinct values",
        location=evaluation.location,
    )


def slices_agree(name: str, joined: Joined, evaluation: Evaluation) -> Outcome | None:
    """An example lies in the same slice on both sides.

    A `warn` where paired rows have another slice value in the baseline, or where the baseline's file has no such
    column (then a slice that vanished cannot be noticed). Rows are grouped by the candidate's values.
    """
    failing = joined.slice_disagreements[name]
    evidence = {}
    if failing is None:
        message = f"the baseline has no slice column {show_value(name)}: a slice that vanished would go unnoticed"
    else:
        if not failing:
            return None
        message = f"{failing:,} of {joined.n_rows:,} paired rows have another {show_value(name)} in the baseline"
        evidence = {"judged": joined.n_rows, "failing": failing}
    return Outcome(
        id=outcome_id(evaluation, "slices", quote_part(name)),
        check="slices_agree",
        tier="model",
        subject=f"{evaluation.name}[{show_value(name)}]",
        status=Status.WARN,
        message=f"{message}; rows are grouped by the candidate's values",
        hint=RESCORE,
        expected="the same slice on both sides",
        location=evaluation.location,
        evidence=evidence,
    )


def slice_present(name: str, joined: Joined, evaluation: Evaluation) -> Iterator[Outcome]:
    """A slice that the baseline has is there in the candidate.

    An `error` for every slice value of the baseline without a candidate row that weighs something: the group can no
    longer be judged, and its absence must not look like a pass. A missing value is the slice `(missing)`.
    """
    counts = joined.baseline_slice_counts.get(name)
    if counts is None:
        return
    for value in sorted(counts.keys() - _weighing(name, joined)):
        shown = f"{show_value(name)}={show_value(value)}"
        yield Outcome(
            id=outcome_id(evaluation, "slices", f"{quote_part(name)}={quote_part(value)}"),
            check="slice_present",
            tier="model",
            subject=f"{evaluation.name}[{shown}]",
            status=Status.ERROR,
            message=f"slice {shown} vanished: {counts[value]:,} rows in the baseline, 0 to compare",
            hint=f"bring its rows back, or, if they were renamed on purpose, {RESCORE}",
            observed=0,
            expected="at least 1 row",
            location=evaluation.location,
            evidence={"slice": {name: value}, "baseline_rows": counts[value]},
        )


def _weighing(name: str, joined: Joined) -> set[str]:
    """Slices with a row that weighs something."""
    column, weights = joined.paired.slices[name], joined.paired.candidate.weights
    present = column.codes if weights is None else column.codes[weights > 0]
    return {column.values[code] for code in set(present.tolist())}
