"""Checks of the values of a row beside one another.

Each is a condition of a row. A row for which it is null, because a value that it needs is missing or not of its type,
is not judged but counted. A condition that depends on a NaN does not hold. Failing rows show the values of all columns
that the check speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mlgate.config import expression_tree as t
from mlgate.config.expressions import Expression
from mlgate.config.row_rules import Comparison, Pairs, RowSum, Within
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.expressions import condition_sql, nan_sql, value_sql
from mlgate.data.judging import Tally, Wording, judge_share, outside
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.scope import Scope


def expressions(scope: Scope, rule: Rule) -> Plan:
    """`expressions`: a condition over the columns of a row holds in every row, e.g. `admitted_at <= discharged_at`.

    A condition is made of comparisons (`= <> < <= > >=`, `IS NULL`, `IN (...)`, `BETWEEN ... AND ...`) with `AND`, `OR`
    and `NOT`, of `+ - * / %` and of `abs length lower upper trim round coalesce`. Text stands in single quotes, and a
    column name that is no plain word in double quotes. Nothing else can be written. Logic is three-valued: `NOT` of
    unknown is unknown, and a condition that is true whatever the missing value is holds. NaN is in no comparison, and
    neither null nor not null. What is divided by zero is null. A datetime is compared with a date by its day.
    """
    expression: Expression = rule.argument
    text = words.short(expression.text)
    wording = Wording(f"in keeping with {text}", f"in conflict with {text}", text)
    return _row_plan(scope, rule, expression.tree, wording)


def compare_columns(scope: Scope, rule: Rule) -> Plan:
    """`compare_columns`: the value of one column stands in a relation to that of another in every row.

    `ignore_row_if` says which rows are not judged: those in which `either_null` (the default), those in which
    `both_null`, or `never` any. A row that is judged although a value is missing fails: null is equal to nothing.
    """
    pair: Comparison = rule.argument
    text = words.short(f"{pair.a} {pair.op} {pair.b}")
    wording = Wording(f"in keeping with {text}", f"in conflict with {text}", text)

    def judged(fields: Mapping[str, Field]) -> str:
        both = sql.all_of([f"{fields[name].raw} IS NULL" for name in pair.columns])
        return {"both_null": f"NOT ({both})", "never": "true"}.get(pair.ignore_row_if, "")

    return _row_plan(scope, rule, pair.tree, wording, judged)


def pair_in_set(scope: Scope, rule: Rule) -> Plan:
    """`pair_in_set`: the values of two columns stand together in one of the declared pairs in every row."""
    argument: Pairs = rule.argument
    shown = words.listed(f"({words.exact(one)}, {words.exact(other)})" for one, other in argument.pairs)
    names = words.short(f"{argument.a}, {argument.b}")
    wording = Wording(
        f"one of the declared pairs of {names}",
        f"none of the declared pairs of {names}",
        f"{names} one of {words.short(shown)}",
    )
    return _row_plan(scope, rule, argument.tree, wording)


def row_sum(scope: Scope, rule: Rule) -> Plan:
    """`row_sum`: the sum of several columns is the declared number, or lies in the interval, in every row.

    The sum may be off by `tolerance`: 1e-9 for a single number unless written, since 0.1 + 0.2 is not quite 0.3, and
    nothing for an interval.
    """
    argument: RowSum = rule.argument
    names = words.listed(argument.columns)
    expected = f"{words.bound(argument.total)}"
    wording = Wording(
        f"with a sum that is {expected}", f"with a sum that is not {expected}", f"{names} sum: {expected}"
    )
    plan = _row_plan(scope, rule, argument.tree, wording)
    fields = {field.name: field for field in plan.fields}
    total = value_sql(argument.sum, fields)
    failing = sql.all_of([f"({plan.failing})", f"NOT {sql.is_nan(total)}"])
    extremes = {"low": sql.smallest(total, failing), "high": sql.largest(total, failing)}

    def judge(facts: Facts) -> Verdict:
        verdict = plan.judge(facts)
        if facts["low"] is None:
            return verdict
        sums = f"sums from {words.number(facts['low'])} to {words.number(facts['high'])}"
        return replace(verdict, message=f"{verdict.message}; {sums}")

    return replace(plan, aggregates={**plan.aggregates, **extremes}, judge=judge)


def unique_within_row(scope: Scope, rule: Rule) -> Plan:
    """`unique_within_row`: the values of several columns differ from one another in every row.

    A row in which one of them is missing fails if two others are equal, and is not judged otherwise.
    """
    argument: Within = rule.argument
    names = words.listed(argument.columns)
    return _row_plan(
        scope,
        rule,
        argument.tree,
        Wording(f"with different {names}", f"with one value twice in {names}", "no value twice"),
    )


def _row_plan(
    scope: Scope,
    rule: Rule,
    tree: t.Tree,
    wording: Wording,
    judged: Callable[[Mapping[str, Field]], str] = lambda _: "",
) -> Plan:
    """Plan of a condition on rows; `judged` gives the SQL of the rows that are, if not all where it is known."""
    fields = {name: scope.field(name, rule.where) for name in t.columns_of(tree)}
    first, *_ = fields.values()
    holds, nan = condition_sql(tree, fields), nan_sql(tree, fields)
    by_nan = f"{holds} IS NULL AND ({nan})" if nan else ""
    known = judged(fields) or f"{holds} IS NOT NULL" + (f" OR ({nan})" if nan else "")
    chosen = [first.scope] if first.scope else []
    failing = sql.all_of([*chosen, f"({known})", f"NOT coalesce({holds}, false)"])
    aggregates = first.row_counts | {
        "judged": sql.count_where(sql.all_of([*chosen, f"({known})"])),
        "failing": sql.count_where(failing),
        "nan": sql.count_where(sql.all_of([*chosen, by_nan])) if nan else "0",
    }
    expects_null = any(field.expects_null for field in fields.values())

    def judge(facts: Facts) -> Verdict:
        tally = Tally(
            rows=facts["rows"],
            null=facts["rows"] - facts["judged"],
            judged=facts["judged"],
            failing=facts["failing"],
            expects_null=expects_null,
            noun="row",
            outside=outside(facts),
        )
        told = f"{facts['nan']:,} because of NaN" if facts["nan"] else ""
        verdict = judge_share(tally, rule.mostly, wording, told)
        return replace(verdict, evidence={**verdict.evidence, **_nan(facts)})

    return Plan(fields=tuple(fields.values()), aggregates=aggregates, judge=judge, failing=failing, beside=True)


def _nan(facts: Facts) -> dict[str, Any]:
    return {"nan": facts["nan"]} if facts["nan"] else {}
