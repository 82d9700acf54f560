"""Checks of one number over a whole column. Nulls take no part; a number over nothing is an error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally
from mlgate.data.literals import label, needs_numbers
from mlgate.data.plan import Facts, Field, Plan, Verdict, inside
from mlgate.outcome import Status


def mean(field: Field, rule: Rule) -> Plan:
    """`mean`: the arithmetic mean of the values that are not null lies in the interval."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"mean": sql.mean(field.value)})


def std(field: Field, rule: Rule) -> Plan:
    """`std`: the sample standard deviation (divided by n - 1) lies in the interval; it needs two values."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"standard deviation": sql.sample_std(field.value)})


def median(field: Field, rule: Rule) -> Plan:
    """`median`: the median lies in the interval; between the two middle values it is their mean."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"median": sql.quantiles(field.value, [0.5])})


def total(field: Field, rule: Rule) -> Plan:
    """`sum`: the sum of the values that are not null lies in the interval."""
    field = needs_numbers(field, rule.check)
    return _statistic(field, rule, {"sum": sql.total(field.value)})


def quantile(field: Field, rule: Rule) -> Plan:
    """`quantile`: each named quantile lies in its interval; linear interpolation between ranks, as in numpy."""
    field = needs_numbers(field, rule.check)
    levels: tuple[tuple[float, Bound], ...] = rule.argument
    together = sql.quantiles(field.value, [level for level, _ in levels])
    bounds = {f"{level:g}": bound for level, bound in levels}

    def judge(facts: Facts) -> Verdict:
        nothing = _not_computable(field, facts, "quantiles")
        if nothing:
            return nothing
        found = {name: _number(value) for name, value in zip(bounds, facts["quantiles"], strict=True)}
        return _judge_each(field, facts, found, bounds, "quantile")

    return Plan(fields=(field,), aggregates=_counts(field) | {"quantiles": together}, judge=judge)


def label_distribution(field: Field, rule: Rule) -> Plan:
    """`label_distribution`: the share of each named label lies in its interval.

    The shares are of the values that are not null. A label that does not occur has the share 0; labels that are not
    named are not judged (`in_set` closes the set).
    """
    labels: tuple[tuple[str, Bound], ...] = rule.argument
    counts = {
        f"label {place}": sql.count_where(f"{field.value} = {label(field, name)}")
        for place, (name, _) in enumerate(labels)
    }

    def judge(facts: Facts) -> Verdict:
        if not facts["of_type"]:
            return _nothing(field, facts)
        found = {name: facts[f"label {place}"] / facts["of_type"] for place, (name, _) in enumerate(labels)}
        return _judge_each(field, facts, found, dict(labels), "share of")

    return Plan(fields=(field,), aggregates=_counts(field) | counts, judge=judge)


def _statistic(field: Field, rule: Rule, aggregate: Mapping[str, str]) -> Plan:
    ((name, expression),) = aggregate.items()
    bound: Bound = rule.argument

    def judge(facts: Facts) -> Verdict:
        nothing = _not_computable(field, facts, name)
        if nothing:
            return nothing
        found = _number(facts[name])
        holds = inside(bound, found)
        return Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=f"the {name} of {words.counted(facts['of_type'], 'value')} is {words.number(found)}"
            + ("" if holds else f", expected {words.bound(bound)}"),
            observed=found,
            expected=words.bound(bound),
            hint="" if holds else "find out what changed in the data, or change the bound",
            evidence=_evidence(field, facts),
        )

    return Plan(fields=(field,), aggregates=_counts(field) | {name: expression}, judge=judge)


def _judge_each(
    field: Field, facts: Facts, found: Mapping[str, float], bounds: Mapping[str, Bound], what: str
) -> Verdict:
    outside = [name for name, value in found.items() if not inside(bounds[name], value)]
    told = [f"{what} {words.short(name)} is {words.number(found[name])}" for name in outside or found]
    expected = {name: words.bound(bound) for name, bound in bounds.items()}
    told = [f"{text}, expected {expected[name]}" for text, name in zip(told, outside, strict=True)] if outside else told
    return Verdict(
        status=Status.FAIL if outside else Status.PASS,
        message="; ".join(told),
        observed=found,
        expected="; ".join(f"{words.short(name)}: {phrase}" for name, phrase in expected.items()),
        hint="find out what changed in the data, or change the bound" if outside else "",
        evidence=_evidence(field, facts),
    )


def _counts(field: Field) -> dict[str, str]:
    return field.counts | {"nan": sql.count_where(field.nan) if field.nan else "0"}


def _evidence(field: Field, facts: Facts) -> dict[str, Any]:
    tally = Tally.of(field, facts, judged=facts["of_type"], failing=0)
    return {key: value for key, value in tally.evidence.items() if key != "failing"}


def _nothing(field: Field, facts: Facts) -> Verdict:
    untyped = facts["present"] - facts["of_type"]
    why = f"none of {words.counted(untyped, 'value')} is of type {field.kind}" if untyped else "no value is there"
    return Verdict(
        status=Status.ERROR,
        message=f"nothing observed: {why}",
        hint="fill the column, or remove the check",
        evidence=_evidence(field, facts),
    )


def _not_computable(field: Field, facts: Facts, name: str) -> Verdict | None:
    """The error for a number that does not exist: over nothing, over values that are no numbers, or not finite."""
    untyped = facts["present"] - facts["of_type"]
    if not facts["of_type"]:
        return _nothing(field, facts)
    if untyped and field.judges_type:
        why, hint = (
            f"{untyped:,} of its values {words.verb(untyped)} not of type number",
            "declare the type, or correct the values",
        )
    elif facts["nan"]:
        why, hint = f"{facts['nan']:,} of its values {words.verb(facts['nan'])} NaN", "write missing values as null"
    elif facts[name] is None:
        why, hint = (
            f"{words.counted(facts['of_type'], 'value')} {words.verb(facts['of_type'])} too few",
            "remove the check, or add rows",
        )
    elif not all(math.isfinite(_number(value)) for value in _each(facts[name])):
        why, hint = "it is not finite", "remove the infinite values"
    else:
        return None
    message = f"the {name} cannot be computed: {why}"
    return Verdict(status=Status.ERROR, message=message, hint=hint, evidence=_evidence(field, facts))


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> float:
    """One number; the single value of a list stands for itself."""
    (found,) = _each(value)
    return found if isinstance(found, int) else float(found)
