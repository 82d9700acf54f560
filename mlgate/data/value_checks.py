"""Checks that judge every value of a column.

A null is not judged (nulls have checks of their own) but counted. A value that is not of the declared type is left to
the `type` check and counted; in a column of type `any` it fails where a type is needed. Bounds are inclusive unless
strict. `mostly` is a share of the judged values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.json_types import in_words, json_types_of
from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.literals import among, compared, ordered
from mlgate.data.number_literals import compared_value
from mlgate.data.plan import Facts, Field, Plan, Verdict


def of_type(field: Field, rule: Rule) -> Plan:
    """`type`: every value is of the declared type.

    In a text format each value is read strictly: integers are digits with a sign, numbers are decimal or scientific,
    booleans are true, false, 1 or 0, dates and times are ISO 8601. Nothing is guessed and nothing becomes null. In
    JSON lines the JSON type counts, too: a text is no number and no boolean, a number or a boolean is no string, an
    object or a list is of no type but `any`. In Parquet the stored type counts, where 0 and 1 are booleans and midnight
    is a date. In both a whole number is an integer, also 1.0. NaN and infinity are numbers.
    """
    failing = f"{field.raw} IS NOT NULL AND {field.value} IS NULL"
    aggregates = field.counts

    def judge(facts: Facts) -> Verdict:
        told = "" if field.is_text else f" (stored as {words.short(field.engine_type)})"
        if field.json_types & ~json_types_of(field.kind):
            told = f" (JSON types of the column: {in_words(field.json_types)})"
        wording = Wording(f"of type {field.kind}", f"not of type {field.kind}{told}", f"type {field.kind}")
        tally = Tally.of(field, facts, judged=facts["present"], failing=facts["present"] - facts["of_type"])
        return judge_share(tally, rule.mostly, wording)

    stored_otherwise = not field.is_text and sql.from_stored("x", field.kind, field.engine_type) == "NULL"
    return Plan(
        fields=(field,),
        aggregates=aggregates,
        judge=judge,
        failing=None if stored_otherwise else failing,
        shown=field.raw,
    )


def between(field: Field, rule: Rule) -> Plan:
    """`between`: every value lies in the interval.

    Bounds are numbers, or ISO 8601 text for dates and times; a bound that is a date is compared with whole days. NaN
    lies in no interval; an infinite value lies in one that is open at its end.
    """
    bound: Bound = rule.argument
    ends = [end for end in (bound.min, bound.max, bound.strict_min, bound.strict_max) if end is not None]
    field = ordered(field, ends[0] if ends else 0)
    nan = field.nan
    present = f"NOT {nan}" if nan else ""
    value = compared_value(field)
    low, high = sql.smallest(value, present), sql.largest(value, present)
    lower, upper = [(">=", bound.min), (">", bound.strict_min)], [("<=", bound.max), ("<", bound.strict_max)]
    holds = sql.all_of([part for part in (present, within(field, value, lower + upper)) if part])
    extremes = {
        "low": low,
        "high": high,
        "below": f"NOT ({within(field, low, lower)})",
        "above": f"NOT ({within(field, high, upper)})",
        "nan": sql.count_where(f"{field.value} IS NOT NULL AND {nan}") if nan else "0",
    }

    def told(facts: Facts) -> tuple[Any, str]:
        name, extreme = ("largest", facts["high"]) if facts["above"] else ("smallest", facts["low"])
        extreme = words.comparable(extreme) if facts["above"] or facts["below"] else None
        parts = [] if extreme is None else [f"{name} {words.number(extreme)}"]
        if facts["nan"]:
            parts.append(f"{facts['nan']:,} NaN")
        return words.plain(extreme), ", ".join(parts)

    two_sided = bound.min is not None and bound.max is not None and bound.min != bound.max
    phrase = words.bound(bound)
    bad = f"outside {words.exact(bound.min)} to {words.exact(bound.max)}" if two_sided else f"not {phrase}"
    plan = value_plan(field, rule, holds, Wording(phrase, bad, phrase), extremes, told)
    low, high = sql.smallest(value), sql.largest(value)  # NaN is larger than every number
    kept = [within(field, low, lower), within(field, high, upper), *([f"NOT {sql.is_nan(high)}"] if nan else [])]
    return if_any_fails(field, plan, sql.all_of(kept))


def if_any_fails(field: Field, plan: Plan, holds: str) -> Plan:
    """The plan, asked only where a cheap aggregate does not show that every value holds.

    Parameters
    ----------
    holds : the aggregate; null where there is no value
    """

    def judge(facts: Facts) -> Verdict:
        return plan.judge(dict.fromkeys(plan.aggregates) | {"holding": facts["of_type"]} | dict(facts))

    first = replace(plan, aggregates=field.counts | {"every one holds": holds}, judge=judge)

    def then(facts: Facts) -> Plan:
        return plan if facts["every one holds"] is False else replace(first, aggregates={}, then=None)

    return replace(first, then=then, unlikely=True)


def within(field: Field, value: str, ends: Sequence[tuple[str, Any]]) -> str:
    """Condition that a value, or an aggregate of values, keeps all the ends that are not open."""
    return sql.all_of([compared(field, value, sign, end) for sign, end in ends if end is not None])


def in_set(field: Field, rule: Rule) -> Plan:
    """`in_set`: every value is one of the declared ones; in a datetime column a day stands for all of its moments."""
    holds = among(field, rule.argument)
    members = words.listed(rule.argument)
    return value_plan(field, rule, holds, Wording(f"one of {members}", f"not one of {members}", f"one of {members}"))


def not_in_set(field: Field, rule: Rule) -> Plan:
    """`not_in_set`: no value is one of the declared ones; in a datetime column a day rules out all of its moments."""
    holds = f"NOT {among(field, rule.argument)}"
    members = words.listed(rule.argument)
    return value_plan(field, rule, holds, Wording(f"none of {members}", f"one of {members}", f"none of {members}"))


def told_apart(field: Field) -> str:
    """SQL of the value by which two of a column are the same.

    It is the stored value where that is of the declared type: the typed one may be coarser (times in microseconds,
    decimals in double precision). Both are then null in the same rows.
    """
    same_kind = not field.is_text and sql.stored_kind(field.engine_type) == field.kind
    return field.raw if same_kind else field.value


def value_plan(
    field: Field,
    rule: Rule,
    holds: str,
    wording: Wording,
    extremes: Mapping[str, str] | None = None,
    told: Callable[[Facts], tuple[Any, str]] = lambda _: (None, ""),
) -> Plan:
    """Plan of a condition on single values.

    Parameters
    ----------
    holds : the condition; null does not hold, and where there is no value it is null or says nothing of it
    extremes, told : further aggregates, and what of them is the observed value and the words for it
    """
    failing = f"{field.value} IS NOT NULL AND NOT coalesce({holds}, false)"
    aggregates = {**field.counts, "holding": sql.count_where(_once_more(field, holds)), **(extremes or {})}
    if field.judges_type:
        failing = f"({failing}) OR ({field.raw} IS NOT NULL AND {field.value} IS NULL)"

    def judge(facts: Facts) -> Verdict:
        judged, wrong = facts["of_type"], facts["of_type"] - facts["holding"]
        if field.judges_type:
            judged, wrong = facts["present"], wrong + facts["present"] - judged
        observed, detail = told(facts) if wrong else (None, "")
        verdict = judge_share(Tally.of(field, facts, judged=judged, failing=wrong), rule.mostly, wording, detail)
        return verdict if observed is None else replace(verdict, observed=observed)

    return Plan(fields=(field,), aggregates=aggregates, judge=judge, failing=failing, shown=field.raw)


def _once_more(field: Field, holds: str) -> str:
    """The condition for values that are there; it speaks of the column an odd number of times.

    The engine's hash of a condition leaves a column out that stands in it twice. It then compares the conditions of a
    hundred columns each with each, before it reads a row: that takes four times as long as all the rest.
    """
    said = re.findall(rf"\b(?:{field.raw}|{field.value})\b", holds)
    return holds if len(said) % 2 else f"({holds}) AND {field.value} IS NOT NULL"
