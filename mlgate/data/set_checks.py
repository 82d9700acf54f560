"""Checks of the distinct values of a column, and of which value is the most frequent.

Nulls take no part and are counted. A declared day is every moment of it in a datetime column. Values of the data are
never in a message: where a value is not expected, the rows of the evidence show it as far as privacy allows, one row
for each of ten such values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.column_arguments import DomainMass, MostCommon
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.computed import nothing_observed, value_evidence
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.literals import among, members
from mlgate.data.number_literals import compared_value
from mlgate.data.own_queries import groups_outside, in_rows, largest_groups, places_of
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.outcome import Status

MAX_NAMED = 20


def distinct_in_set(field: Field, rule: Rule) -> Plan:
    """`distinct_in_set`: each distinct value is one of the declared ones.

    Fails where `in_set` does; it counts distinct values, not rows, and `mostly` is a share of them. The rows of the
    evidence are the first rows of the values that are not declared.
    """
    members = words.listed(rule.argument)

    def judge(facts: Facts) -> Verdict:
        found = facts["groups"]
        tally = _distinct(field, facts, found["distinct"], found["unknown"], "distinct value")
        return judge_share(
            tally, rule.mostly, Wording(f"one of {members}", f"not one of {members}", f"one of {members}")
        )

    plan = Plan(fields=(field,), aggregates=_grouped(field, rule.argument), judge=judge, shown=field.raw)
    return _showing_groups(plan)


def distinct_contain(field: Field, rule: Rule) -> Plan:
    """`distinct_contain`: each of the declared values occurs; others may, too.

    `mostly` is a share of the declared values. The evidence names the values that are absent.
    """
    declared: Sequence[Any] = rule.argument

    def judge(facts: Facts) -> Verdict:
        absent = _absent(declared, facts)
        judged = len(declared) if facts["of_type"] else 0
        tally = _distinct(field, facts, judged, len(absent) if judged else 0, "declared value")
        wording = Wording("present", "absent", f"each of {words.listed(declared)}")
        verdict = judge_share(tally, rule.mostly, wording, words.listed(absent))
        return _naming(verdict, absent if judged else [])

    return Plan(fields=(field,), aggregates=field.counts | _occurring(field, declared), judge=judge)


def distinct_equal(field: Field, rule: Rule) -> Plan:
    """`distinct_equal`: the distinct values are the declared ones: each occurs, and no other does.

    `mostly` is a share of all these values. The evidence names the declared values that are absent; its rows are the
    first rows of those that are not declared.
    """
    declared: Sequence[Any] = rule.argument

    def judge(facts: Facts) -> Verdict:
        found = facts["groups"]
        absent = _absent(declared, facts)
        judged = found["distinct"] + len(absent) if facts["of_type"] else 0
        tally = _distinct(field, facts, judged, found["unknown"] + len(absent) if judged else 0, "distinct value")
        parts = [f"absent: {words.listed(absent)}"] * bool(absent)
        parts += [f"{found['unknown']:,} not declared"] * bool(found["unknown"])
        phrase = f"exactly {words.listed(declared)}"
        verdict = judge_share(
            tally, rule.mostly, Wording("declared and present", "absent or not declared", phrase), ", ".join(parts)
        )
        return _naming(verdict, absent if judged else [])

    asked = _grouped(field, declared) | _occurring(field, declared)
    return _showing_groups(Plan(fields=(field,), aggregates=asked, judge=judge, shown=field.raw))


def most_common(field: Field, rule: Rule) -> Plan:
    """`most_common`: the most frequent value is one of the declared ones.

    Another value that is as frequent fails, unless `ties_okay` is set. What is observed is how often the most frequent
    value stands there; the rows of the evidence are the first rows of values that should not be as frequent.
    """
    argument: MostCommon = rule.argument
    members = words.listed(argument.values)
    known = among(field, argument.values)

    def judge(facts: Facts) -> Verdict:
        if not facts["of_type"]:
            return nothing_observed(field, facts)
        declared, other = _tops(facts)
        holds = declared > other or (argument.ties_okay and declared == other)
        times = f"stands {words.counted(max(declared, other), 'time')} among {words.counted(facts['of_type'], 'value')}"
        if declared == other:
            message = (
                f"a value that is not one of {members} is as frequent as the most frequent one of them: each {times}"
            )
        else:
            message = f"the most frequent value {times} and is {'' if holds else 'not '}one of {members}"
        return Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=message,
            observed=max(declared, other),
            expected=f"most frequent: one of {members}",
            hint="" if holds else "find out what changed in the data, or declare the value",
            evidence=value_evidence(field, facts) | {"most_frequent_declared": declared, "most_frequent_other": other},
        )

    aggregates = field.counts | {"groups": largest_groups(compared_value(field), known)}
    plan = Plan(fields=(field,), aggregates=aggregates, judge=judge, shown=field.raw)

    def then(facts: Facts) -> Plan:
        others = facts["groups"]["others"] or []
        rows = [-item["place"] for item in others if item["n"] == others[0]["n"]]
        return replace(plan, aggregates={}, failing=in_rows(rows), then=None)

    return replace(plan, then=then)


def domain_mass(field: Field, rule: Rule) -> Plan:
    """`domain_mass`: at least the share `min` of the values that are not null are among the declared ones.

    The same as `in_set` with `mostly`, but what is observed is the share.
    """
    argument: DomainMass = rule.argument
    members = words.listed(argument.values)
    failing = f"{field.value} IS NOT NULL AND NOT coalesce({among(field, argument.values)}, false)"

    def judge(facts: Facts) -> Verdict:
        if not facts["of_type"]:
            return nothing_observed(field, facts)
        tally = Tally.of(field, facts, judged=facts["of_type"], failing=facts["failing"])
        share = (tally.judged - tally.failing) / tally.judged
        wording = Wording(f"one of {members}", f"not one of {members}", f"one of {members}")
        return replace(judge_share(tally, argument.min, wording, f"{share:.4g} are"), observed=share)

    aggregates = field.counts | {"failing": sql.count_where(failing)}
    return Plan(fields=(field,), aggregates=aggregates, judge=judge, failing=failing, shown=field.raw)


# --- parts ----------------------------------------------------------------------------------------------------------


def _grouped(field: Field, values: Sequence[Any]) -> dict[str, str]:
    return field.counts | {"groups": groups_outside(compared_value(field), among(field, values))}


def _occurring(field: Field, values: Sequence[Any]) -> dict[str, str]:
    return {"places": places_of(compared_value(field), members(field, values))}


def _absent(declared: Sequence[Any], facts: Facts) -> list[Any]:
    present = set(facts["places"])
    return [value for place, value in enumerate(declared) if place not in present]


def _distinct(field: Field, facts: Facts, judged: int, failing: int, noun: str) -> Tally:
    """Counts of values instead of rows."""
    tally = Tally.of(field, facts, judged=facts["of_type"], failing=failing)
    return replace(tally, judged=judged, noun=noun)


def _naming(verdict: Verdict, absent: Sequence[Any]) -> Verdict:
    """With the declared values that are absent: they stand in the schema, so they may be shown."""
    if not absent:
        return verdict
    named = [words.exact(value) for value in absent[:MAX_NAMED]]
    return replace(verdict, evidence={**verdict.evidence, "absent": named})


def _showing_groups(plan: Plan) -> Plan:
    """The plan, with the first rows of the values that are not declared."""
    return replace(
        plan,
        then=lambda facts: replace(plan, aggregates={}, failing=in_rows(facts["groups"]["rows"])),
    )


def _tops(facts: Facts) -> tuple[int, int]:
    """How often the most frequent declared value stands there, and the most frequent other one."""
    found = facts["groups"]
    return found["known"] or 0, found["others"][0]["n"] if found["others"] else 0
