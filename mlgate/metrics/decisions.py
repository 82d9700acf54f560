"""All comparisons of a gate, decided as one family."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlgate.metrics.comparison import Comparison
from mlgate.metrics.intervals import Change, Interval, PointChange
from mlgate.metrics.multiplicity import adjust_holm
from mlgate.metrics.verdict import Verdict, compute_detectable_effect, compute_rows_needed, decide, decide_point
from mlgate.metrics.wording import describe, hint_for, outcome_id, subject_of
from mlgate.outcome import Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What all comparisons of a gate share."""

    size: int
    alpha: float
    seed: int

    @property
    def confidence(self) -> float:
        return 1 - 2 * self.alpha


def decide_comparisons(comparisons: Iterable[Comparison], *, alpha: float = 0.05, seed: int) -> tuple[Outcome, ...]:
    """One outcome per comparison, in the order given.

    All blocking comparisons that can be evaluated form one family, whatever evaluation they belong to: with probability
    1 - alpha or more, none of those that are no worse than their tolerance is called a regression. A comparison that
    does not block is judged on its own. A value without an interval is no test, and takes no part either.

    Parameters
    ----------
    comparisons : of every evaluation of the gate
    alpha : one-sided error, in (0, 0.5); intervals have confidence 1 - 2 * alpha
    seed : of the draws, recorded in the evidence

    Raises
    ------
    ValueError
        `alpha` lies outside (0, 0.5).
    """
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must lie in (0, 0.5), got {alpha}")
    listed = [(comparison, _oriented_interval(comparison, alpha)) for comparison in comparisons]
    members = [place for place, (comparison, change) in enumerate(listed) if change is not None and comparison.blocking]
    p_values = {place: change.p_value for place, (_, change) in enumerate(listed) if change is not None}
    adjusted = dict(zip(members, adjust_holm([p_values[place] for place in members]), strict=True))
    family = Family(size=len(members), alpha=alpha, seed=seed)
    alone = replace(family, size=1)
    return tuple(
        metric_change(
            comparison,
            change,
            adjusted.get(place, p_values.get(place)),
            family if comparison.blocking else alone,
        )
        for place, (comparison, change) in enumerate(listed)
    )


def _oriented(comparison: Comparison) -> Change | None:
    change = comparison.change
    return change if change is None or comparison.spec.higher_is_better else change.swapped()


def _oriented_interval(comparison: Comparison, alpha: float) -> Interval | None:
    """The interval, larger is better; None where there is none that can be trusted."""
    change = _oriented(comparison)
    values = (comparison.baseline, comparison.candidate, comparison.tolerance)
    if change is None or comparison.invalid or comparison.not_evaluable or comparison.n_rows < 1:
        return None
    if isinstance(change, PointChange):
        return None
    if not all(value is not None and math.isfinite(value) for value in values) or not comparison.tolerance >= 0:
        return None
    found = change.interval(margin=comparison.tolerance, alpha=alpha)
    finite = all(math.isfinite(number) for number in (found.delta, found.low, found.high, found.se, found.p_value))
    return found if finite and found.low <= found.high and 0 <= found.p_value <= 1 else None


def metric_change(comparison: Comparison, change: Interval | None, p_adjusted: float | None, family: Family) -> Outcome:
    """A metric is not worse than the baseline's by more than its tolerance, overall and in each slice.

    The change is measured on paired rows, with a 90 % interval (accuracy: Tango's score interval; ROC AUC: DeLong).
    The first verdict that matches:

    - `invalid` (error): too few rows of a class overall, or a number that is not finite.
    - `regression` (fail): worse than the tolerance, with a one-sided p-value that is at most 0.05 after Holm's
      adjustment over all comparisons of the gate.
    - `improved` (pass): the whole interval is better than the baseline.
    - `equivalent` (pass): the whole interval is inside the tolerance on both sides and not wholly worse, or every
      prediction and score is identical.
    - `pass`: the whole interval is better than minus the tolerance; a `warn` if it is also wholly worse than 0.
    - `inconclusive` (warn, unless `inconclusive` says otherwise): the rows cannot tell; `rows_needed` says how many
      would show an unchanged model to be within the tolerance 4 times in 5.

    A slice under `min_slice_rows` rows (50), or under 30 rows of either class for `roc_auc`, is not evaluable: it is
    listed as `inconclusive` and takes no part in the adjustment. It is a `warn`, also under `inconclusive: pass`,
    since nothing was measured; under `inconclusive: fail` it is a `fail`.

    A value without rows (a metrics file) or without an honest interval (an extreme) is compared as it is, and says
    "no interval". A metric with `blocking: false` is reported, takes no part in the adjustment, and at most warns.
    """
    verdict, status = _judge(comparison, change, p_adjusted, family)
    raw = None if change is None else _in_unit(change, comparison)
    evidence = _evidence(comparison, raw, p_adjusted, family) | {"verdict": verdict.value}
    return Outcome(
        id=outcome_id(comparison),
        check="metric_change",
        tier="model",
        subject=subject_of(comparison),
        status=status,
        message=describe(comparison, raw, verdict, evidence),
        hint=hint_for(comparison, verdict, status),
        observed=evidence["delta"],
        expected=f"worse by at most {comparison.tolerance:g}",
        location=comparison.location,
        evidence=evidence,
    )


def _judge(
    comparison: Comparison, change: Interval | None, p_adjusted: float | None, family: Family
) -> tuple[Verdict, Status]:
    point = _oriented(comparison)
    if comparison.not_evaluable:
        status = Status.FAIL if comparison.inconclusive == Status.FAIL else Status.WARN
        verdict = Verdict.INCONCLUSIVE
    elif isinstance(point, PointChange) and not comparison.invalid:
        verdict, status = decide_point(point.delta, tolerance=comparison.tolerance)
    else:
        verdict, status = decide(
            change,
            tolerance=comparison.tolerance,
            p_adjusted=p_adjusted,
            alpha=family.alpha,
            identical=comparison.identical,
            policy=comparison.inconclusive,
        )
    return verdict, Status.WARN if status.blocks and not comparison.blocking else status


def _in_unit(change: Interval, comparison: Comparison) -> Interval:
    """An oriented interval as candidate - baseline."""
    if comparison.spec.higher_is_better:
        return change
    return replace(change, delta=-change.delta, low=-change.high, high=-change.low)


def _evidence(comparison: Comparison, raw: Interval | None, p_adjusted: float | None, family: Family) -> dict[str, Any]:
    spec = comparison.spec
    before, after = comparison.baseline, comparison.candidate
    measured = None if before is None or after is None else after - before
    slice_key: Mapping[str, str] | None = comparison.slice_key
    detectable = rows_needed = None
    if raw is not None and comparison.change is not None:
        detectable = compute_detectable_effect(raw, alpha=family.alpha, family_size=family.size)
        rows_needed = compute_rows_needed(
            comparison.change, tolerance=comparison.tolerance, alpha=family.alpha, span=spec.high - spec.low
        )
    evidence = {
        "evaluation": comparison.evaluation,
        "metric": spec.name,
        "slice": None if slice_key is None else dict(slice_key),
        "n": comparison.n_rows,
        "baseline": before,
        "candidate": after,
        "delta": measured if raw is None else raw.delta,
        "low": None if raw is None else raw.low,
        "high": None if raw is None else raw.high,
        "confidence": family.confidence,
        "tolerance": comparison.tolerance,
        "method": _method(comparison, raw),
        "seed": family.seed,
        "p_value": None if raw is None else raw.p_value,
        "p_adjusted": p_adjusted,
        "family_size": family.size,
        "minimum_detectable_effect": detectable,
        "rows_needed": rows_needed,
        "higher_is_better": spec.higher_is_better,
        "unit": spec.unit,
        "discordant": comparison.discordant,
    }
    return evidence | _more_evidence(comparison, family.alpha if raw is not None else None)


def _method(comparison: Comparison, raw: Interval | None) -> str:
    if raw is not None:
        return raw.method
    return "point" if isinstance(comparison.change, PointChange) else comparison.spec.method


def _more_evidence(comparison: Comparison, alpha: float | None) -> dict[str, Any]:
    """Facts that only some comparisons have; `alpha` where there is an interval."""
    facts: dict[str, Any] = {}
    change = _oriented(comparison)
    if alpha is not None and change is not None:
        facts["p_no_worse"] = change.interval(margin=0.0, alpha=alpha).p_value
    if not comparison.blocking:
        facts["blocking"] = False
    if comparison.relative is not None:
        facts["relative_tolerance"] = comparison.relative
    if comparison.effective is not None:
        facts["effective_rows"] = comparison.effective
    if comparison.groups is not None:
        facts["groups"] = comparison.groups
    if comparison.runs[0]:
        facts["baseline_runs"], facts["candidate_runs"] = (list(values) for values in comparison.runs)
    return facts
