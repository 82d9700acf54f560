"""Checks of what only numbers can be."""

from __future__ import annotations

from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.literals import needs_numbers
from mlgate.data.plan import Facts, Field, Plan, Verdict


def finite(field: Field, rule: Rule) -> Plan:
    """`finite`: every number is finite, neither infinite nor NaN.

    Both are of type `number`. A NaN also counts as missing: a column that may hold some cannot be `finite`.
    """
    field = needs_numbers(field, rule.check)
    failing = f"{field.value} IS NOT NULL AND NOT {sql.is_finite(field.value)}"
    odd = f"{field.raw} IS NOT NULL AND {field.value} IS NULL"
    if field.judges_type:
        failing = f"({failing}) OR ({odd})"
    counted = f"NOT {sql.is_finite(field.value)}" + (f" OR ({odd})" if field.judges_type else "")
    aggregates = field.counts | {"failing": sql.count_where(counted)}

    def judge(facts: Facts) -> Verdict:
        judged = facts["present"] if field.judges_type else facts["of_type"]
        wording = Wording("finite", "not finite", "finite numbers")
        return judge_share(Tally.of(field, facts, judged=judged, failing=facts["failing"]), rule.mostly, wording)

    return Plan(fields=(field,), aggregates=aggregates, judge=judge, failing=failing, shown=field.raw)
