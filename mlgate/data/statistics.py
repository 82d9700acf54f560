"""Checks of one number over a whole column. Nulls take no part; a number over nothing is an error.

So is one over a NaN, and one that is not finite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.computed import (
    as_number,
    judge_each,
    judge_number,
    judged,
    not_computable,
    nothing_observed,
    number_counts,
    of_values,
)
from mlgate.data.literals import among, label, needs_numbers, ordered
from mlgate.data.number_literals import compared_value
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.value_checks import within


def mean(field: Field, rule: Rule) -> Plan:
    """`mean`: the arithmetic mean of the values that are not null lies in the interval."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"mean": sql.mean(field.value)})


def std(field: Field, rule: Rule) -> Plan:
    """`std`: the sample standard deviation (divided by n - 1) lies in the interval; it needs two values."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"standard deviation": sql.sample_std(field.value)})


def total(field: Field, rule: Rule) -> Plan:
    """`sum`: the sum of the values that are not null lies in the interval."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"sum": sql.total(field.value)})


def smallest(field: Field, rule: Rule) -> Plan:
    """`min`: the smallest value lies in the interval: a number, a date or a time, as for `between`."""
    return _extreme(field, rule, "smallest value", sql.smallest)


def largest(field: Field, rule: Rule) -> Plan:
    """`max`: the largest value lies in the interval: a number, a date or a time, as for `between`."""
    return _extreme(field, rule, "largest value", sql.largest)


def label_distribution(field: Field, rule: Rule) -> Plan:
    """`label_distribution`: the share of each named label lies in its interval.

    The shares are of the values that are not null. A label that does not occur has the share 0; labels that are not
    named are not judged (`in_set` closes the set).
    """
    labels: tuple[tuple[str, Bound], ...] = rule.argument
    counts = {
        f"label {place}": sql.count_where(among(field, [label(field, name)])) for place, (name, _) in enumerate(labels)
    }

    def judge(facts: Facts) -> Verdict:
        if not facts["of_type"]:
            return nothing_observed(field, facts)
        found = {name: facts[f"label {place}"] / facts["of_type"] for place, (name, _) in enumerate(labels)}
        return judge_each(field, facts, found, dict(labels), "share of")

    return Plan(fields=(field,), aggregates=field.counts | counts, judge=judge)


def _statistic(field: Field, rule: Rule, aggregate: Mapping[str, str]) -> Plan:
    ((name, expression),) = aggregate.items()
    bound: Bound = rule.argument

    def judge(facts: Facts) -> Verdict:
        problem = not_computable(field, facts, name, [facts[name]])
        return problem or judge_number(field, facts, name, as_number(facts[name]), bound)

    return Plan(fields=(field,), aggregates=number_counts(field) | {name: expression}, judge=judge)


def _extreme(field: Field, rule: Rule, name: str, aggregate: Callable[[str], str]) -> Plan:
    bound: Bound = rule.argument
    ends = ((">=", bound.min), (">", bound.strict_min), ("<=", bound.max), ("<", bound.strict_max))
    field = ordered(field, next((end for _, end in ends if end is not None), 0))
    value = aggregate(compared_value(field))
    numbers = field.kind in ("integer", "number")

    def judge(facts: Facts) -> Verdict:
        problem = not_computable(field, facts, name, [facts[name]] if numbers else ())
        told = of_values(facts, name, words.number(words.comparable(facts[name])))
        observed = words.plain(facts[name])
        return problem or judged(field, facts, holds=bool(facts["holds"]), told=told, observed=observed, bound=bound)

    asked = {name: value, "holds": within(field, value, ends)}
    return Plan(fields=(field,), aggregates=number_counts(field) | asked, judge=judge)
