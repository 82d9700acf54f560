"""Conditions over the columns of a row as SQL.

A condition is true, false, or null where it depends on a value that is missing. NaN is in no comparison: a condition
that depends on one is null too, and neither it nor its negation holds. What is divided by zero is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mlgate.config import expression_tree as t
from mlgate.config.expression_types import check_types, is_text_of, kind_of
from mlgate.config.expressions import Expression
from mlgate.data import aggregates as sql
from mlgate.data.expression_terms import (
    LONGEST,
    Term,
    coalesced,
    column_term,
    comparison,
    computed_term,
    double,
    flipped,
    literal_beside,
    literal_beside_whole,
    literal_term,
    moment_term,
    whole_term,
)
from mlgate.data.plan import Field


def to_sql(expression: Expression, fields: Mapping[str, Field]) -> str:
    """SQL of a condition; null where a value that it needs is null or NaN.

    Parameters
    ----------
    fields : the columns that it speaks of, by name

    Raises
    ------
    ValueError
        It compares what cannot be compared, e.g. a number with text.
    """
    return condition_sql(expression.tree, fields)


def condition_sql(tree: t.Tree, fields: Mapping[str, Field]) -> str:
    """As `to_sql`, of a tree."""
    check_types(tree, {name: fields[name].kind for name in t.columns_of(tree)})
    return _Rendering(fields).condition(tree)


def nan_sql(tree: t.Tree, fields: Mapping[str, Field]) -> str:
    """SQL of whether something that a condition compares is NaN; never null, and empty where nothing can be."""
    rendering = _Rendering(fields)
    rendering.condition(tree)
    return " OR ".join(f"coalesce({test}, false)" for test in dict.fromkeys(rendering.nans))


def value_sql(value: t.Value, fields: Mapping[str, Field]) -> str:
    """SQL of a number in double precision."""
    kind_of(value, {name: fields[name].kind for name in t.columns_of(value)})
    return double(_Rendering(fields).term(value))


def literals_sql(name: str, values: Sequence[str | float], fields: Mapping[str, Field]) -> tuple[str, list[str | None]]:
    """SQL of a column and of declared values, as they are equal to one another; None where no value can be.

    Raises
    ------
    ValueError
        A value cannot be compared with the column, or some are days and others are not.
    """
    column, literals = t.ColumnName(name), tuple(t.Literal(value) for value in values)
    check_types(t.Member(column, literals), {name: fields[name].kind})
    rendering = _Rendering(fields)
    term = rendering.term(column)
    sides = [rendering.side(literal, column, "=") for literal in literals]
    days = {side.kind == "date" for side in sides}
    if term.kind != "datetime":
        return term.plain, [side.plain or None for side in sides]
    if len(days) > 1:
        raise ValueError(f"{t.written(column)}: dates stand beside times of day; write all in one way")
    return sql.whole_day(term.plain) if True in days else term.plain, [side.plain or None for side in sides]


class _Rendering:
    """Turns a tree of right types into SQL, and notes where a NaN could decide."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.kinds = {name: field.kind for name, field in fields.items()}
        self.nans: list[str] = []

    def condition(self, tree: t.Tree) -> str:
        match tree:
            case t.And(parts=parts):
                return "(" + " AND ".join(self.condition(part) for part in parts) + ")"
            case t.Or(parts=parts):
                return "(" + " OR ".join(self.condition(part) for part in parts) + ")"
            case t.Not(operand=operand):
                return f"(NOT {self.condition(operand)})"
            case t.IsNull(value=value):
                return self.is_null(value)
            case t.Compare(sign=sign, left=left, right=right):
                return self.compare(sign, left, right)
            case t.Member(value=value, members=members):
                return self.member(value, members)
        return self.term(tree).plain

    def is_null(self, value: t.Value) -> str:
        """A value that is not of its column's type is there, so the stored one decides."""
        term = self.term(value)
        stored = self.fields[value.name].raw if isinstance(value, t.ColumnName) else term.plain
        return self.without_nan(f"{stored} IS NULL", term)

    def compare(self, sign: str, left: t.Value, right: t.Value) -> str:
        one, other = self.side(left, right, flipped(sign)), self.side(right, left, sign)
        if {one.kind, other.kind} == {"date", "datetime"}:
            first, second = (
                sql.whole_day(term.plain) if term.kind == "datetime" else term.plain for term in (one, other)
            )
            return f"({first} {sign} {second})"
        return self.without_nan(comparison(sign, one, other), one, other)

    def member(self, value: t.Value, members: Sequence[t.Literal]) -> str:
        """`IN` where all members are literals of one type; a comparison with each otherwise."""
        term = self.side(value, members[0], "=")
        sides = [side for member in members if (side := self.side(member, value, "=")).plain]
        if term.computed or {term.kind} != {side.kind for side in sides}:
            return "(" + " OR ".join(self.compare("=", value, member) for member in members) + ")"
        return self.without_nan(f"{term.plain} IN ({', '.join(side.plain for side in sides)})", term)

    def without_nan(self, condition: str, *terms: Term) -> str:
        tests = [sql.is_nan(term.plain) for term in terms if term.may_be_nan]
        self.nans += tests
        if not tests:
            return f"({condition})"
        nowhere = f"NOT coalesce({' OR '.join(tests)}, false)"
        return f"({sql.only_where(nowhere, condition)})"

    def side(self, value: t.Value, against: t.Value, sign: str) -> Term:
        """One side of a comparison, `against sign value`; a literal is made for what it is compared with."""
        kind = kind_of(against, self.kinds)
        if is_text_of(value, kind):
            return moment_term(str(value.value), kind)  # type: ignore[union-attr]  # a literal
        if not isinstance(value, t.Literal) or isinstance(value.value, bool | str):
            return self.term(value)
        if isinstance(against, t.ColumnName) and kind in ("integer", "number"):
            return literal_beside(value.value, sign, self.fields[against.name])
        return literal_beside_whole(value.value, sign) if self.term(against).exact else self.term(value)

    def term(self, value: t.Value) -> Term:
        match value:
            case t.Literal(value=constant):
                return literal_term(constant)
            case t.ColumnName(name=name):
                return column_term(self.fields[name])
            case t.Negative(operand=operand):
                return computed_term("-", literal_term(0), self.term(operand))
            case t.Arithmetic(first=first, rest=rest):
                total = self.term(first)
                for sign, operand in rest:
                    total = computed_term(sign, total, self.term(operand))
                return total
            case t.Call(function=function, arguments=arguments):
                return self.call(function, arguments)

    def call(self, function: str, arguments: Sequence[t.Value]) -> Term:
        if function == "coalesce":
            return self.coalesce(arguments)
        first, *others = (self.term(argument) for argument in arguments)
        if function == "length":
            return whole_term(sql.text_length(first.plain), LONGEST)
        if function not in ("abs", "round"):
            return Term(plain=f"{function}({first.plain})", kind="string")
        digits = "".join(f", {other.plain}" for other in others)
        changed = f"{function}({double(first)}{digits})"
        exact = f"abs({first.exact})" if function == "abs" and first.exact else first.exact
        return replace(first, plain=changed, exact=exact, computed=True)

    def coalesce(self, arguments: Sequence[t.Value]) -> Term:
        kind = kind_of(t.Call("coalesce", tuple(arguments)), self.kinds)
        if kind not in ("integer", "number"):
            terms = [moment_term(str(a.value), kind) if is_text_of(a, kind) else self.term(a) for a in arguments]  # type: ignore[union-attr]  # a literal
            return Term(plain=coalesced([term.plain for term in terms]), kind=kind)
        terms = [self.term(argument) for argument in arguments]
        return Term(
            plain=coalesced([double(term) for term in terms]),
            kind=kind,
            may_be_nan=any(term.may_be_nan for term in terms),
            exact=coalesced([term.exact for term in terms]) if all(term.exact for term in terms) else "",
            limit=max(term.limit for term in terms),
            wide=tuple(column for term in terms for column in term.wide),
            computed=True,
        )
