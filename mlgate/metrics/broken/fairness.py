"""Gaps between the groups of a column, as fairlearn names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.config.evaluation import Evaluation, Fairness
from mlgate.metrics.broken.naming import outcome_id
from mlgate.metrics.broken.rates import (
    FALSE_POSITIVE,
    SELECTION,
    TRUE_POSITIVE,
    Extreme,
    Grouped,
    GroupRate,
    gap_change,
    group_rates,
    largest_difference,
    smallest_ratio,
)
from mlgate.metrics.checks import show_value
from mlgate.metrics.paired import Paired
from mlgate.metrics.proportions import wilson
from mlgate.outcome import Outcome, Status

RATIO, ODDS = "demographic_parity_ratio", "equalized_odds_difference"
MOST_RATES = 400
_NAMED = 3
_METHODS = {RATIO: "score-ratio", ODDS: "newcombe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """What one of the two checks has found."""

    measure: str
    worst: Extreme
    baseline: float | None
    bound: float
    violated: bool
    holds: bool
    told: str
    asked: str


def fairness(
    evaluation: Evaluation, policy: Fairness, paired: Paired, *, compared: bool = True, alpha: float = 0.05
) -> tuple[Outcome, Outcome]:
    """Both gaps of one column, of the first run of either side.

    Parameters
    ----------
    policy : one of the evaluation's
    paired : all rows, with the column among its slices or features; only the candidate's predictions are judged
    compared : False where the candidate stands on both sides, since there is no baseline: then no change is told
    alpha : one-sided error, in (0, 0.5)
    """
    rows = Grouped.of(paired, policy.column, compared=compared)
    return (
        demographic_parity_ratio(evaluation, policy, rows, alpha=alpha),
        equalized_odds_difference(evaluation, policy, rows, alpha=alpha),
    )


def demographic_parity_ratio(
    evaluation: Evaluation, policy: Fairness, rows: Grouped | None, *, alpha: float = 0.05
) -> Outcome:
    """No group is selected much less often than another: the four-fifths rule.

    The selection rate of a group is the share of its rows that are predicted as the positive class. Judged is the
    smallest ratio of two groups' rates against `min_ratio`, by a 90 % interval (score interval of each ratio; the side
    that would prove a violation is corrected for the number of pairs):

    - the whole interval is below `min_ratio`: a violation, a `fail` if the policy is `blocking`, else a `warn`;
    - the whole interval is at or above it: `pass`;
    - otherwise the rows cannot tell: a `warn` that says how many would.

    A group under 30 rows is named as not evaluable, which makes a `pass` a `warn`. Fewer than two evaluable groups, no
    selected row or no predicted classes are an `error`. Weighted or grouped rows count for their effective number. The
    change of the gap against the baseline is given as evidence.
    """
    if rows is None or (problem := _unusable(rows)):
        return _error(evaluation, policy, RATIO, "the rows have no such column" if rows is None else problem)
    rates, left_out = group_rates(rows, SELECTION)
    if len(rates) < 2:
        return _error(evaluation, policy, RATIO, _few_groups(rates), left_out)
    worst = smallest_ratio(rates, alpha=alpha, bound=policy.min_ratio)
    if worst is None:
        return _error(evaluation, policy, RATIO, "no row of any group is predicted as the positive class", left_out)
    first, second = (show_value(rate.group) for rate in (worst.first, worst.second))
    before = [rate.baseline.value for rate in rates if rate.baseline is not None]
    gap = _Gap(
        measure=RATIO,
        worst=worst,
        baseline=min(before) / max(before) if before and max(before) > 0 else None,
        bound=policy.min_ratio,
        violated=worst.high < policy.min_ratio,
        holds=worst.low >= policy.min_ratio,
        told=f"{first} is selected {worst.value:.3g} times as often as {second}",
        asked=f"at least {policy.min_ratio:g}",
    )
    return _outcome(evaluation, policy, rows, gap, (rates, left_out), alpha)


def equalized_odds_difference(
    evaluation: Evaluation, policy: Fairness, rows: Grouped | None, *, alpha: float = 0.05
) -> Outcome:
    """True- and false-positive rates of groups lie close to each other.

    The true-positive rate of a group is the share of its positive rows that are predicted as positive, the
    false-positive rate that of its other rows. Judged is the largest difference of two groups' rates, of either kind,
    against `max_odds_difference`, by a 90 % interval (Newcombe's of each difference; the side that would prove a
    violation is corrected for the number of pairs). Statuses are those of `demographic_parity_ratio`. A group without
    a positive row has no true-positive rate and is named; likewise for the false-positive rate.
    """
    if rows is None or (problem := _unusable(rows)):
        return _error(evaluation, policy, ODDS, "the rows have no such column" if rows is None else problem)
    rates, left_out = group_rates(rows, TRUE_POSITIVE, FALSE_POSITIVE)
    families = [[rate for rate in rates if rate.rate == kind] for kind in (TRUE_POSITIVE, FALSE_POSITIVE)]
    worst = largest_difference(families, alpha=alpha, bound=policy.max_odds_difference)
    if worst is None:
        return _error(evaluation, policy, ODDS, _few_groups(families[0]), left_out)
    before = [[rate.baseline.value for rate in family if rate.baseline is not None] for family in families]
    first, second = (show_value(rate.group) for rate in (worst.first, worst.second))
    gap = _Gap(
        measure=ODDS,
        worst=worst,
        baseline=max((max(values) - min(values) for values in before if len(values) > 1), default=None),
        bound=policy.max_odds_difference,
        violated=worst.low > policy.max_odds_difference,
        holds=worst.high <= policy.max_odds_difference,
        told=f"{worst.first.rate.replace('_', ' ')} of {first} is {worst.value:.3g} above that of {second}",
        asked=f"at most {policy.max_odds_difference:g}",
    )
    return _outcome(evaluation, policy, rows, gap, (rates, left_out), alpha)


def _unusable(rows: Grouped) -> str:
    """Why these rows have no rates, else empty."""
    sample = rows.candidate
    if sample.labels is None or sample.predictions is None:
        return "the rows have no predicted classes"
    return "no row has the positive class" if sample.positive is None else ""


def _few_groups(rates: list[GroupRate]) -> str:
    known = f"only {show_value(rates[0].group)}" if rates else "no group"
    return f"two groups are needed, and {known} can be evaluated"


def _outcome(
    evaluation: Evaluation,
    policy: Fairness,
    rows: Grouped,
    gap: _Gap,
    groups: tuple[list[GroupRate], list[dict[str, str]]],
    alpha: float,
) -> Outcome:
    worst, left_out = gap.worst, groups[1]
    finding, status, hint = _verdict(policy, gap, left_out)
    sure = f"{(1 - 2 * alpha) * 100:g} % interval {worst.low:.3g} to {worst.high:.3g}"
    return Outcome(
        id=outcome_id(evaluation, "fairness", policy.column, gap.measure),
        check=gap.measure,
        tier="model",
        subject=f"{evaluation.name}[{show_value(policy.column)}]",
        status=status,
        message=f"{gap.told} ({gap.asked} asked; {sure}; {rows.candidate.n_rows:,} rows){_named(left_out)}",
        hint=hint,
        observed=worst.value,
        expected=gap.asked,
        location=evaluation.location,
        evidence={"evaluation": evaluation.name, "column": policy.column, "finding": finding}
        | _evidence(rows, gap, groups, alpha)
        | {"rows_needed": worst.rows_needed if finding == "cannot tell" else None},
    )


def _evidence(
    rows: Grouped, gap: _Gap, groups: tuple[list[GroupRate], list[dict[str, str]]], alpha: float
) -> dict[str, Any]:
    worst = gap.worst
    change = gap_change(rows, worst, alpha=alpha)
    told = None
    if change is not None:
        told = {"of": f"difference of {worst.first.rate}", "delta": change[0], "low": change[1], "high": change[2]}
    return {
        "measure": gap.measure,
        "n": rows.candidate.n_rows,
        "baseline": gap.baseline,
        "candidate": worst.value,
        "low": worst.low,
        "high": worst.high,
        "confidence": 1 - 2 * alpha,
        "method": _METHODS[gap.measure],
        "bound": gap.bound,
        "between": [worst.first.group, worst.second.group],
        "change": told,
        "groups": [_rate_facts(rate, alpha) for rate in groups[0][:MOST_RATES]],
        "not_evaluable": groups[1][:MOST_RATES],
    }


def _verdict(policy: Fairness, gap: _Gap, left_out: list[dict[str, str]]) -> tuple[str, Status, str]:
    """Finding, status and the next step; a number that is not finite proves nothing."""
    if gap.violated:
        status = Status.FAIL if policy.blocking else Status.WARN
        return "violation", status, "look at the labels and the threshold of the group that differs"
    if gap.holds and not left_out:
        return "holds", Status.PASS, ""
    if gap.holds:
        return "holds", Status.WARN, "evaluate on more rows of the groups that could not be judged"
    needed = gap.worst.rows_needed
    rows = "no number of rows can show that" if needed is None else f"about {needed:,} rows would tell"
    return "cannot tell", Status.WARN, f"{rows}, if the groups do not differ"


def _named(left_out: list[dict[str, str]]) -> str:
    if not left_out:
        return ""
    shown = ", ".join(f"{show_value(entry['group'])} ({entry['why']})" for entry in left_out[:_NAMED])
    more = f" and {len(left_out) - _NAMED:,} more" if len(left_out) > _NAMED else ""
    return f"; not evaluable: {shown}{more}"


def _rate_facts(rate: GroupRate, alpha: float) -> dict[str, Any]:
    low, high = wilson(rate.share.successes, rate.share.trials, alpha=alpha)
    return {
        "group": rate.group,
        "rate": rate.rate,
        "n": rate.share.n_rows,
        "baseline": None if rate.baseline is None else rate.baseline.value,
        "candidate": rate.share.value,
        "low": float(low),
        "high": float(high),
    }


def _error(
    evaluation: Evaluation,
    policy: Fairness,
    measure: str,
    problem: str,
    left_out: list[dict[str, str]] | None = None,
) -> Outcome:
    return Outcome(
        id=outcome_id(evaluation, "fairness", policy.column, measure),
        check=measure,
        tier="model",
        subject=f"{evaluation.name}[{show_value(policy.column)}]",
        status=Status.ERROR,
        message=f"{measure} of {show_value(policy.column)} cannot be judged: {problem}{_named(left_out or [])}",
        hint="evaluate on 30 or more rows of each group, or correct the entry under `fairness`",
        expected="groups that can be judged",
        location=evaluation.location,
        evidence={"evaluation": evaluation.name, "column": policy.column, "not_evaluable": left_out or []},
    )
