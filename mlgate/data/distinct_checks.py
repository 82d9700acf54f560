"""Checks of how often values repeat. Nulls take no part and are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.computed import judged, nothing_observed, out_of_turn
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.own_queries import repeats, repeats_of_long
from mlgate.data.plan import Facts, Field, Plan, Verdict, inside
from mlgate.data.value_checks import told_apart

FEW = 1_000_000
"""Up to so many values the distinct ones are counted in the plain way, which keeps all in a table of hashes."""
WIDEST = 2**27
"""Range of integers for which each thread keeps one bit per number, 16 MiB."""
_OF_FIXED_WIDTH = ("integer", "number", "date", "datetime", "time")


def unique(field: Field, rule: Rule) -> Plan:
    """`unique`: no value stands twice. Nulls are excluded and counted.

    Values that repeat an earlier one fail. The rows that are listed are all that hold such a value, the first one too.
    """

    def judge(facts: Facts, distinct: int) -> Verdict:
        wording = Wording("distinct", "equal to an earlier one", "no value twice")
        repeated = facts["of_type"] - distinct
        return judge_share(Tally.of(field, facts, judged=facts["of_type"], failing=repeated), rule.mostly, wording)

    return _counted(field, judge, likely=True)


def unique_fraction(field: Field, rule: Rule) -> Plan:
    """`unique_fraction`: the distinct values, as a share of the values that are not null, lie in the interval."""
    bound: Bound = rule.argument

    def judge(facts: Facts, distinct: int) -> Verdict:
        if not facts["of_type"]:
            return nothing_observed(field, facts)
        share = distinct / facts["of_type"]
        told = f"{distinct:,} of {words.counted(facts['of_type'], 'value')} {words.verb(distinct)} distinct"
        told = f"{told} ({share:.4g})"
        return judged(field, facts, holds=inside(bound, share), told=told, observed=share, bound=bound)

    return _counted(field, judge)


def unique_count(field: Field, rule: Rule) -> Plan:
    """`unique_count`: the number of distinct values, nulls left out, lies in the interval."""
    bound: Bound = rule.argument

    def judge(facts: Facts, distinct: int) -> Verdict:
        if not facts["of_type"]:
            return nothing_observed(field, facts)
        told = f"{words.counted(distinct, 'distinct value')} among {facts['of_type']:,}"
        return judged(field, facts, holds=inside(bound, distinct), told=told, observed=distinct, bound=bound)

    return _counted(field, judge)


def _counted(field: Field, judge: Callable[[Facts, int], Verdict], *, likely: bool = False) -> Plan:
    """Plan that counts the distinct values exactly, in the cheapest of several ways.

    A table of all values is what a check of a large column costs most. Integers of a small range are marked in a bitmap
    instead; other values are sorted, long ones by their hash, if about half of them are distinct.

    Parameters
    ----------
    judge : gets the counts, and the number of distinct values
    likely : whether most values should be distinct, and those that repeat an earlier one fail; else an estimate tells
    """
    value = told_apart(field)
    first = sql.in_first_rows(value)
    asked = field.counts | {"first": sql.count(first), "distinct first": sql.count_distinct(first)}
    asked |= {} if likely else {"about": sql.about_distinct(value)}
    if field.kind == "integer":
        asked |= {"low": sql.smallest(value), "high": sql.largest(value)}

    def judged_by(facts: Facts) -> Verdict:
        if facts["first"] == facts["of_type"]:
            return judge(facts, facts["distinct first"])
        if "distinct" in facts:
            return judge(facts, int(facts["distinct"]))
        found = facts["sorted"]
        return out_of_turn(field, facts) if found["unordered"] else judge(facts, facts["of_type"] - found["repeats"])

    repeated = (value,) if likely else ()
    plan = Plan(fields=(field,), aggregates=asked, judge=judged_by, repeated=repeated, shown=field.raw)

    def then(facts: Facts) -> Plan:
        many = likely or facts["about"] * 2 > facts["of_type"]
        more: dict[str, str] = {}
        if facts["first"] == facts["of_type"]:
            pass
        elif facts["of_type"] <= FEW or not many:
            more = {"distinct": sql.count_distinct(value)}
        elif field.kind == "integer" and _narrow(facts):
            more = {"distinct": sql.count_distinct_integers(value, facts["low"], facts["high"])}
        else:
            more = {"sorted": repeats(value) if field.kind in _OF_FIXED_WIDTH else repeats_of_long(value)}
        return replace(plan, aggregates=more, then=None)

    return replace(plan, then=then)


def _narrow(facts: Facts) -> bool:
    low, high = facts["low"], facts["high"]
    return bool(-(2**62) < low <= high < 2**62 and high - low < min(WIDEST, 64 * facts["of_type"]))
