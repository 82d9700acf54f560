"""What a reviewer reads about a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mlgate.metrics.checks import quote_part, show_value
from mlgate.metrics.comparison import Comparison
from mlgate.metrics.intervals import Interval, PointChange
from mlgate.metrics.verdict import Verdict
from mlgate.outcome import Status


def outcome_id(comparison: Comparison) -> str:
    """`model/<evaluation>/<metric>`, for a slice followed by `/<slice>=<value>`."""
    parts = ["model", quote_part(comparison.evaluation), quote_part(comparison.spec.name)]
    parts += [f"{quote_part(name)}={quote_part(value)}" for name, value in (comparison.slice_key or {}).items()]
    return "/".join(parts)


def subject_of(comparison: Comparison) -> str:
    """`<evaluation>.<metric>`, for a slice followed by `[<slice>=<value>]`."""
    pairs = [f"[{show_value(name)}={show_value(value)}]" for name, value in (comparison.slice_key or {}).items()]
    return f"{comparison.evaluation}.{comparison.spec.name}{''.join(pairs)}"


def describe(comparison: Comparison, change: Interval | None, verdict: Verdict, evidence: Mapping[str, Any]) -> str:
    """One sentence: what moved, by how much, how sure.

    Parameters
    ----------
    change : candidate - baseline, in the metric's unit
    evidence : of the outcome; `n`, `rows_needed`, `confidence` and `family_size` are shown
    """
    pairs = [f"{show_value(name)}={show_value(value)}" for name, value in (comparison.slice_key or {}).items()]
    name = " in ".join((comparison.spec.name, *pairs))
    if comparison.not_evaluable:
        return f"{name} is not evaluable: {comparison.not_evaluable}"
    if isinstance(comparison.change, PointChange) and verdict is not Verdict.INVALID:
        return f"{name} {_point(comparison, evidence)}"
    if verdict is Verdict.INVALID or (change is None and not comparison.identical):
        return f"{name} cannot be compared: {comparison.invalid or 'a value is not a finite number'}"
    if comparison.identical:
        needs = comparison.spec.needs
        what = "scores" if "score" in needs else "predictions" if {"prediction", "number"} & set(needs) else "values"
        return f"{name} is unchanged: all {what} are identical ({comparison.n_rows:,} rows)"
    assert change is not None  # noqa: S101  # narrowing only: without an interval it is invalid, a point or identical
    facts = _facts(comparison, change, evidence)
    moved = f"{name} {_moved(comparison, change)}"
    match verdict:
        case Verdict.EQUIVALENT | Verdict.PASS if comparison.spec.oriented(change.delta) < 0:
            return f"{moved}, inside the tolerance ({facts})"
        case Verdict.INCONCLUSIVE:
            return (
                f"{name}: {_why_inconclusive(comparison, change, evidence)}; it {_moved(comparison, change)} ({facts})"
            )
    return f"{moved} ({facts})"


def _point(comparison: Comparison, evidence: Mapping[str, Any]) -> str:
    rows = "rows not given" if not comparison.n_rows else "an extreme has none"
    return (
        f"went from {comparison.baseline:.6g} to {comparison.candidate:.6g} "
        f"(no interval: {rows}; tolerance {evidence['tolerance']:.6g})"
    )


def _why_inconclusive(comparison: Comparison, change: Interval, evidence: Mapping[str, Any]) -> str:
    oriented_high = change.high if comparison.spec.higher_is_better else -change.low
    needed = evidence["rows_needed"]
    if oriented_high < -comparison.tolerance:
        return f"worse than the tolerance if looked at alone, but not among {evidence['family_size']} comparisons"
    if needed is None:
        return "not enough rows to tell, and at tolerance 0 only an improvement can be shown"
    if needed > comparison.n_rows:
        return f"not enough rows to tell: {needed:,} needed, {comparison.n_rows:,} given"
    return "too close to the tolerance to tell"


def _decimals(scale: float) -> int:
    """Digits after the point that show two digits of `scale`, from 1 to 6."""
    if not 0 < scale < math.inf:
        return 1
    return min(6, max(1, 1 - math.floor(math.log10(scale))))


def _moved(comparison: Comparison, change: Interval) -> str:
    factor, word = (100, " points") if comparison.spec.unit == "fraction" else (1, "")
    digits = _decimals((change.high - change.low) / 2 * factor)
    size = f"{abs(change.delta) * factor:.{digits}f}"
    if change.delta == 0:
        return "did not move"
    return f"{'rose' if change.delta > 0 else 'fell'} by {size}{word}"


def _facts(comparison: Comparison, change: Interval, evidence: Mapping[str, Any]) -> str:
    factor = 100 if comparison.spec.unit == "fraction" else 1
    digits = _decimals((change.high - change.low) / 2 * factor)
    low, high = (f"{bound * factor:z.{digits}f}" for bound in (change.low, change.high))
    return (
        f"{evidence['confidence'] * 100:g} % interval {low} to {high}; "
        f"tolerance {comparison.tolerance * factor:.6g}; {comparison.n_rows:,} rows"
    )


_NOT_DEFINED = "correct what the message names"
_RELATIVE = "write an absolute `tolerance`, or a bound"


def hint_for(comparison: Comparison, verdict: Verdict, status: Status) -> str:
    """The next step, empty where nothing is to be done."""
    where = "of this slice " if comparison.slice_key else ""
    if comparison.not_evaluable:
        if not comparison.not_evaluable.endswith(" needed"):
            return f"{_NOT_DEFINED}, or take the slice out of `slices`"
        return "evaluate on more rows of this slice, or lower `min_slice_rows`" + (
            " (an order of scores needs 30 rows of either class)" if "score" in comparison.spec.needs else ""
        )
    match verdict:
        case Verdict.INVALID if comparison.invalid.endswith(" needed"):
            return "evaluate on more rows" + (" of both classes" if "score" in comparison.spec.needs else "")
        case Verdict.INVALID:
            relative = comparison.relative is not None and not comparison.baseline
            return _RELATIVE if relative else f"{_NOT_DEFINED}, or remove the metric"
        case Verdict.REGRESSION:
            rows = "that only the baseline gets right" if "prediction" in comparison.spec.needs else "that moved most"
            return (
                f"look at the rows {where}{rows}; if the loss is intended, raise `tolerance` of {comparison.spec.name}"
            )
        case Verdict.PASS if status is Status.WARN:
            return "the loss is real but tolerated: several of them in a row add up"
        case Verdict.INCONCLUSIVE:
            return "evaluate on more rows, or write the larger `tolerance` that these rows can show"
    return ""
