"""Checks of the order in which values stand in a file."""

from __future__ import annotations

from dataclasses import replace

from mlgate.config.column_arguments import Order
from mlgate.config.schema import Rule
from mlgate.data.computed import out_of_turn
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.own_queries import in_rows, out_of_order
from mlgate.data.plan import Facts, Field, Plan, Verdict

_ORDERED = ("integer", "number", "date", "datetime", "time", "string")


def increasing(field: Field, rule: Rule) -> Plan:
    """`increasing`: no value is below the one before it in the file; `{strictly: true}` forbids equal ones.

    Nulls are passed over and counted: the value after one is compared with the value before it. A failing row is one
    whose value is below its predecessor. Texts are compared by code points. NaN is above every number, and equal to
    another NaN.
    """
    order: Order = rule.argument
    if order.strictly:
        return _in_order(field, rule, "<=", Wording("above", "not above", "strictly increasing"))
    return _in_order(field, rule, "<", Wording("at least", "below", "increasing"))


def decreasing(field: Field, rule: Rule) -> Plan:
    """`decreasing`: no value is above the one before it in the file; `{strictly: true}` forbids equal ones.

    Everything else is as for `increasing`.
    """
    order: Order = rule.argument
    if order.strictly:
        return _in_order(field, rule, ">=", Wording("below", "not below", "strictly decreasing"))
    return _in_order(field, rule, ">", Wording("at most", "above", "decreasing"))


def _in_order(field: Field, rule: Rule, wrong: str, relation: Wording) -> Plan:
    """Plan of a relation between neighbours; `wrong` is the sign of the one that must not be."""
    if field.judges_type and field.is_text:
        raise ValueError(
            f"{rule.check} needs to know whether the texts are numbers or dates: declare the column's type"
        )
    if field.kind not in _ORDERED:
        raise ValueError(f"{rule.check} needs values that have an order, the column is {field.kind}")
    before = "the value before it"
    wording = Wording(
        f"{relation.good} {before}", f"{relation.bad} {before}", f"{relation.expected} in the file's order"
    )

    def judge(facts: Facts) -> Verdict:
        found = facts["found"]
        if found["unordered"]:
            return out_of_turn(field, facts)
        tally = Tally.of(field, facts, judged=facts["of_type"], failing=found["failing"])
        return judge_share(tally, rule.mostly, wording)

    aggregates = field.counts | {"found": out_of_order(field.value, wrong)}
    plan = Plan(fields=(field,), aggregates=aggregates, judge=judge, shown=field.raw)

    def then(facts: Facts) -> Plan:
        if facts["found"]["unordered"]:
            return replace(plan, aggregates={"found": out_of_order(field.value, wrong, sort=True)}, then=None)
        return replace(plan, aggregates={}, failing=in_rows(facts["found"]["rows"]), then=None)

    return replace(plan, then=then)
