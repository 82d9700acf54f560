"""Checks of the shape of a column's distribution: skewness, kurtosis, entropy, distance from the mean.

Each asks twice: what it needs of the whole column first (the mean, how many values there are), then the number itself.
One pass over powers of the values would lose most digits where the mean is far from 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mlgate.config.column_arguments import ZScore
from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.computed import (
    is_finite,
    judge_number,
    not_computable,
    number_counts,
    without_number,
)
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.literals import needs_numbers
from mlgate.data.own_queries import counts_of_counts
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.value_checks import told_apart

NO_SPREAD = "all its values are equal"
NO_SPREAD_HINT = "remove the check, or find out why the column is constant"


def skew(field: Field, rule: Rule) -> Plan:
    """`skew`: the skewness lies in the interval: the adjusted Fisher-Pearson coefficient, as in pandas.

    It needs three values that are not all equal.
    """
    return _moments(needs_numbers(field, rule.check), rule, "skewness", 3, skewness)


def kurtosis(field: Field, rule: Rule) -> Plan:
    """`kurtosis`: the excess kurtosis lies in the interval, corrected for bias, as in pandas; 0 for a normal curve.

    It needs four values that are not all equal.
    """
    return _moments(needs_numbers(field, rule.check), rule, "kurtosis", 4, excess_kurtosis)


def entropy(field: Field, rule: Rule) -> Plan:
    """`entropy`: the entropy of the distinct values' shares lies in the interval; natural logarithm, so in nats.

    0 where all values are equal, ln k where k values are equally frequent. Nulls take no part.
    """
    bound: Bound = rule.argument

    def judge(facts: Facts) -> Verdict:
        problem = not_computable(field, facts, "entropy")
        return problem or judge_number(field, facts, "entropy", in_nats(facts["counts"]), bound)

    aggregates = number_counts(field) | {"counts": counts_of_counts(told_apart(field))}
    return Plan(fields=(field,), aggregates=aggregates, judge=judge)


def z_score(field: Field, rule: Rule) -> Plan:
    """`z_score`: no value lies more than `threshold` sample standard deviations from the mean of the column.

    With `double_sided: false` only values above the mean are judged. A value itself moves mean and deviation: of n
    values none lies more than (n - 1) / sqrt(n) away. Values that are all equal have no such distance: an error.
    """
    field = needs_numbers(field, rule.check)
    argument: ZScore = rule.argument
    phrase = f"{argument.threshold:g} standard deviations"
    phrase += " from the mean" if argument.double_sided else " above the mean"

    def judge(facts: Facts) -> Verdict:
        problem = _no_spread(field, facts, "distance from the mean")
        if problem:
            return problem
        tally = Tally.of(field, facts, judged=facts["of_type"], failing=facts["failing"])
        wording = Wording(f"at most {phrase}", f"more than {phrase}", f"at most {phrase}")
        farthest = facts["farthest"] if is_finite(facts["farthest"]) else None
        detail = f"the farthest {words.number(farthest)}" if farthest is not None else ""
        verdict = judge_share(tally, rule.mostly, wording, detail)
        evidence = {**verdict.evidence, "mean": facts["mean"], "std": facts["std"]}
        return replace(verdict, observed=farthest, evidence=evidence)

    plan = Plan(fields=(field,), aggregates=_spread(field), judge=judge, shown=field.raw)

    def then(facts: Facts) -> Plan:
        if _no_spread(field, facts, "distance from the mean"):
            return replace(plan, aggregates={}, then=None)
        away = sql.standardized(field.value, facts["mean"], facts["std"])
        away = sql.magnitude(away) if argument.double_sided else away
        failing = (
            f"{field.value} IS NOT NULL AND NOT coalesce({away} <= {sql.number_literal(argument.threshold)}, false)"
        )
        more = {"failing": sql.count_where(failing), "farthest": sql.largest(away)}
        return replace(plan, aggregates=more, failing=failing, then=None)

    return replace(plan, then=then)


# --- numbers --------------------------------------------------------------------------------------------------------


def skewness(n: int, powers: Sequence[float]) -> float:
    """Adjusted Fisher-Pearson skewness of n values.

    Parameters
    ----------
    powers : means of the first to fourth powers of the values, which were shifted and scaled so that they are small
    """
    _, second, third, _ = central(powers)
    return math.sqrt(n * (n - 1)) / (n - 2) * third / math.sqrt(second) ** 3


def excess_kurtosis(n: int, powers: Sequence[float]) -> float:
    """Excess kurtosis of n values, corrected for bias; parameters as for `skewness`."""
    _, second, _, fourth = central(powers)
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / second**2 - 3) + 6)


def central(powers: Sequence[float]) -> tuple[float, float, float, float]:
    """Central moments of means of powers: the shift was a mean that was rounded."""
    one, two, three, four = powers
    return (
        0.0,
        two - one**2,
        three - 3 * one * two + 2 * one**3,
        four - 4 * one * three + 6 * one**2 * two - 3 * one**4,
    )


def in_nats(counts: Sequence[Mapping[str, int]]) -> float:
    """Entropy of values of which `times` distinct ones stand there `n` times each; the same in any order."""
    total = sum(item["n"] * item["times"] for item in counts)
    shares = ((item["n"] / total, item["times"]) for item in counts)
    return math.fsum(-times * share * math.log(share) for share, times in shares) + 0.0


def _spread(field: Field) -> dict[str, str]:
    return number_counts(field) | {
        "mean": sql.mean(field.value),
        "std": sql.sample_std(field.value),
        "low": sql.smallest(field.value),
        "high": sql.largest(field.value),
    }


def _no_spread(field: Field, facts: Facts, name: str, least: int = 2) -> Verdict | None:
    """The error for values that are too few, not finite or all equal."""
    enough = [facts["mean"], facts["std"]] if facts["of_type"] >= least else [None]
    problem = not_computable(field, facts, name, enough)
    if not problem and (facts["low"] == facts["high"] or not facts["std"] > 0):
        return without_number(field, facts, name, NO_SPREAD, NO_SPREAD_HINT)
    return problem


def _moments(field: Field, rule: Rule, name: str, least: int, number: Callable[[int, Sequence[float]], float]) -> Plan:
    bound: Bound = rule.argument

    def judge(facts: Facts) -> Verdict:
        problem = _no_spread(field, facts, name, least)
        if problem:
            return problem
        found = number(facts["of_type"], [facts[f"power {power}"] for power in range(1, 5)])
        return not_computable(field, facts, name, [found]) or judge_number(field, facts, name, found, bound)

    plan = Plan(fields=(field,), aggregates=_spread(field), judge=judge)

    def then(facts: Facts) -> Plan:
        if _no_spread(field, facts, name, least):
            return replace(plan, aggregates={}, then=None)
        away = sql.standardized(field.value, facts["mean"], facts["std"])
        more = {f"power {power}": sql.mean(" * ".join([away] * power)) for power in range(1, 5)}
        return replace(plan, aggregates=more, then=None)

    return replace(plan, then=then)
