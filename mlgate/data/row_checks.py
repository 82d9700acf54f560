"""Checks of the values of a row beside one another.

Each is a condition of a row. A row for which it is null, because a value that it needs is missing or not of its type,
is not judged but counted. A condition that depends on a NaN does not hold. Failing rows show the values of all columns
that the check speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.config.expressions import Expression
from mlgate.config.row_rules import Comparison, Pairs, RowSum, Within
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally, Wording, judge_share, outside
from mlgate.data.plan import Facts, Field, Plan, Verdict, untyped
from mlgate.data.scope import Scope
from mlgate.late import dataclass

if TYPE_CHECKING:
    from mlgate.config.expression_tree import Tree


def expressions(scope: Scope, rule: Rule) -> Plan:
    """`expressions`: a condition over the columns of a row holds in every row, e.g. `admitted_at <= discharged_at`.

    A condition is made of comparisons (`= <> < <= > >=`, `IS NULL`, `IN (...)`, `BETWEEN ... AND ...`) with `AND`, `OR`
    and `NOT`, of `+ - * / %` and of `abs length lower upper trim round coalesce`. Text stands in single quotes, and a
    column name that is no plain word in double quotes. Nothing else can be written. Logic is three-valued: `NOT` of
    unknown is unknown, and a condition that is true whatever the missing value is holds. NaN is in no comparison, and
    neither null nor not null. What is divided by zero is null, and a row that is not judged for it is counted apart. A
    datetime is compared with a date by its day.
    """
    expression: Expression = rule.argument
    fields = _fields(scope, rule, expression.columns)
    return _row_plan(rule, fields, _asked(expression.tree, fields), _kept(expression.text))


def compare_columns(scope: Scope, rule: Rule) -> Plan:
    """`compare_columns`: the value of one column stands in a relation to that of another in every row.

    `ignore_row_if` says which rows are not judged: those in which `either_null` (the default), those in which
    `both_null`, or `never` any. A row that is judged although a value is missing fails: null is equal to nothing.
    """
    from mlgate.data.expressions import condition_sql

    pair: Comparison = rule.argument
    fields = _fields(scope, rule, pair.columns)
    asked = _asked(pair.tree, fields)
    if pair.ignore_row_if != "either_null":
        both_null = sql.all_of([f"{field.raw} IS NULL" for field in fields.values()])
        judged = f"NOT ({both_null})" if pair.ignore_row_if == "both_null" else "true"
        fails = sql.all_of([judged, f"NOT coalesce({condition_sql(pair.tree, fields)}, false)"])
        asked = replace(asked, judged=judged, fails=fails)
    return _row_plan(rule, fields, asked, _kept(f"{pair.a} {pair.op} {pair.b}"))


def pair_in_set(scope: Scope, rule: Rule) -> Plan:
    """`pair_in_set`: the values of two columns stand together in one of the declared pairs in every row.

    A row in which one of them is missing is not judged.
    """
    from mlgate.data.expressions import literals_sql

    argument: Pairs = rule.argument
    fields = _fields(scope, rule, argument.columns)
    sides = [
        literals_sql(name, [pair[place] for pair in argument.pairs], fields)
        for place, name in enumerate(argument.columns)
    ]
    judged = sql.all_of([f"{field.value} IS NOT NULL" for field in fields.values()])
    known = sql.among([value for value, _ in sides], _possible(*(literals for _, literals in sides)))
    shown = words.short(words.listed(f"({words.exact(one)}, {words.exact(other)})" for one, other in argument.pairs))
    names = words.listed(argument.columns)
    wording = Wording(f"among the pairs {shown}", f"none of the pairs {shown}", f"{names} one of {shown}")
    return _row_plan(rule, fields, _Asked(judged=judged, fails=sql.all_of([judged, f"NOT {known}"])), wording)


def row_sum(scope: Scope, rule: Rule) -> Plan:
    """`row_sum`: the sum of several columns is the declared number, or lies in the interval, in every row.

    The sum may be off by `tolerance`: 1e-9 for a single number unless written, since 0.1 + 0.2 is not quite 0.3, and
    nothing for an interval.
    """
    from mlgate.data.expressions import value_sql

    argument: RowSum = rule.argument
    names, expected = words.listed(argument.columns), words.bound(argument.total)
    fields = _fields(scope, rule, argument.columns)
    asked = _asked(argument.tree, fields)
    wording = Wording(
        f"with a sum that is {expected}", f"with a sum that is not {expected}", f"{names} sum: {expected}"
    )
    plan = _row_plan(rule, fields, asked, wording)
    total = value_sql(argument.sum, fields)
    apart = sql.all_of([f"({plan.failing})", f"NOT {sql.is_nan(total)}"])

    def judge(facts: Facts) -> Verdict:
        verdict = plan.judge(facts)
        if facts["low"] is None:
            return verdict
        sums = f"sums from {words.number(facts['low'])} to {words.number(facts['high'])}"
        return replace(verdict, message=f"{verdict.message}; {sums}")

    extremes = {"low": sql.smallest(total, apart), "high": sql.largest(total, apart)}
    return replace(plan, aggregates={**plan.aggregates, **extremes}, judge=judge)


def unique_within_row(scope: Scope, rule: Rule) -> Plan:
    """`unique_within_row`: the values of several columns differ from one another in every row.

    A row in which one of them is missing fails if two others are equal, and is not judged otherwise.
    """
    argument: Within = rule.argument
    names = words.listed(argument.columns)
    fields = _fields(scope, rule, argument.columns)
    wording = Wording(f"with different {names}", f"with one value twice in {names}", "no value twice")
    return _row_plan(rule, fields, _asked(argument.tree, fields), wording)


def _possible(one: Sequence[str | None], other: Sequence[str | None]) -> list[tuple[str, str]]:
    """The pairs of literals that two values can be equal to."""
    return [(left, right) for left, right in zip(one, other, strict=True) if left is not None and right is not None]


def _kept(condition: str) -> Wording:
    text = words.short(condition)
    return Wording(f"in keeping with {text}", f"in conflict with {text}", text)


def _fields(scope: Scope, rule: Rule, names: tuple[str, ...]) -> dict[str, Field]:
    return {name: scope.field(name, rule.where) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Conditions of a row: whether it is judged, whether it fails, and whether it does because of a NaN.

    `divides`: whether something may be divided by zero.
    """

    judged: str
    fails: str
    by_nan: str = ""
    divides: bool = False


def _asked(tree: Tree, fields: Mapping[str, Field]) -> _Asked:
    """Of a condition: judged where it is known, or unknown because of a NaN."""
    from mlgate.config.expression_tree import may_divide_by_zero
    from mlgate.data.expressions import condition_sql, nan_sql

    holds, nan, divides = condition_sql(tree, fields), nan_sql(tree, fields), may_divide_by_zero(tree)
    if not nan:
        return _Asked(judged=f"{holds} IS NOT NULL", fails=f"NOT {holds}", divides=divides)
    return _Asked(
        judged=f"({holds} IS NOT NULL OR {nan})",
        fails=f"NOT coalesce({holds}, NOT ({nan}))",
        by_nan=f"{holds} IS NULL AND ({nan})",
        divides=divides,
    )


def _row_plan(rule: Rule, fields: Mapping[str, Field], asked: _Asked, wording: Wording) -> Plan:
    first, *_ = fields.values()
    chosen = [first.scope] if first.scope else []
    failing = sql.all_of([*chosen, asked.fails])
    there = [f"{field.value} IS NOT NULL" for field in fields.values()]
    unjudged = f"NOT coalesce({asked.judged}, false)"
    aggregates = first.row_counts | {
        "judged": sql.count_where(sql.all_of([*chosen, asked.judged])),
        "failing": sql.count_where(failing),
        "untyped": sql.count_where(sql.all_of([*chosen, untyped(fields.values()), unjudged])),
        "by zero": sql.count_where(sql.all_of([*chosen, *there, unjudged])) if asked.divides else "0",
        "nan": sql.count_where(sql.all_of([*chosen, asked.by_nan])) if asked.by_nan else "0",
    }
    expects_null = any(field.expects_null for field in fields.values())

    def judge(facts: Facts) -> Verdict:
        tally = Tally(
            rows=facts["rows"],
            null=facts["rows"] - facts["judged"] - facts["untyped"] - facts["by zero"],
            judged=facts["judged"],
            failing=facts["failing"],
            not_of_type=facts["untyped"],
            by_zero=facts["by zero"],
            expects_null=expects_null,
            noun="row",
            outside=outside(facts),
        )
        nan = facts["nan"]
        verdict = judge_share(tally, rule.mostly, wording, f"{nan:,} because of NaN" if nan else "")
        return replace(verdict, evidence={**verdict.evidence, "nan": nan}) if nan else verdict

    return Plan(fields=tuple(fields.values()), aggregates=aggregates, judge=judge, failing=failing, beside=True)
