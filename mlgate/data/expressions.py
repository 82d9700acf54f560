"""Conditions over the columns of a row as SQL.

A condition is true, false, or null where it depends on a value that is missing. NaN is in no comparison: a condition
that depends on one is null too, and neither it nor its negation holds. What is divided by zero is null. Whole numbers
are added, subtracted and multiplied exactly while the result surely has at most 38 digits; everything else is computed
in double precision, where nothing overflows but to infinity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.config import expression_tree as t
from mlgate.config.expression_types import check_types, is_text_of, kind_of
from mlgate.config.expressions import Expression
from mlgate.data import aggregates as sql
from mlgate.data.plan import Field

_EXACT = 2**127
"""Whole numbers below it are exact in the engine."""
_LEAF = 2**63
"""The largest magnitude of a column's whole numbers that is reckoned with; larger ones are computed as doubles."""
_BITS = {
    "TINYINT": 7,
    "UTINYINT": 8,
    "SMALLINT": 15,
    "USMALLINT": 16,
    "INTEGER": 31,
    "UINTEGER": 32,
    "BIGINT": 63,
    "UBIGINT": 64,
}
_LONGEST = 2**40
"""No text has so many characters."""
_SINGLE_MAX = 3.4e38


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
    return _double(_Rendering(fields).term(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """A value as SQL.

    Parameters
    ----------
    plain : as it is compared with a value of its own type
    kind : type of the value
    may_be_nan : whether `plain` can be NaN
    exact : the same as an exact whole number; empty where it may be none
    limit : the largest magnitude of `exact`, while all of `wide` are at most `_LEAF`
    wide : the columns in it whose whole numbers have no limit of their own
    computed : whether it is more than a column or a literal
    """

    plain: str
    kind: str
    may_be_nan: bool = False
    exact: str = ""
    limit: int = 0
    wide: tuple[str, ...] = ()
    computed: bool = False


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
        one, other = self.side(left, right), self.side(right, left)
        if {one.kind, other.kind} == {"date", "datetime"}:
            first, second = (
                sql.whole_day(term.plain) if term.kind == "datetime" else term.plain for term in (one, other)
            )
            return f"({first} {sign} {second})"
        return self.without_nan(_comparison(sign, one, other), one, other)

    def member(self, value: t.Value, members: Sequence[t.Literal]) -> str:
        """`IN` where all members are literals of one type; a comparison with each otherwise."""
        term = self.side(value, members[0])
        sides = [self.side(member, value) for member in members]
        if term.computed or {term.kind} != {side.kind for side in sides}:
            return "(" + " OR ".join(self.compare("=", value, member) for member in members) + ")"
        return self.without_nan(f"{term.plain} IN ({', '.join(side.plain for side in sides)})", term)

    def without_nan(self, condition: str, *terms: _Term) -> str:
        tests = [sql.is_nan(term.plain) for term in terms if term.may_be_nan]
        self.nans += tests
        if not tests:
            return f"({condition})"
        nowhere = f"NOT coalesce({' OR '.join(tests)}, false)"
        return f"({sql.only_where(nowhere, condition)})"

    def side(self, value: t.Value, against: t.Value) -> _Term:
        """One side of a comparison; a literal is made for what it is compared with."""
        kind = kind_of(against, self.kinds)
        if is_text_of(value, kind):
            return _moment(str(value.value), kind)  # type: ignore[union-attr]  # a literal
        if isinstance(value, t.Literal) and isinstance(against, t.ColumnName) and kind == "number":
            single = sql.is_single(self.fields[against.name].engine_type)
            if single and not isinstance(value.value, bool | str) and abs(value.value) < _SINGLE_MAX:
                return _Term(plain=sql.number_literal(value.value, single=True), kind="number")
        return self.term(value)

    def term(self, value: t.Value) -> _Term:
        match value:
            case t.Literal(value=constant):
                return _literal(constant)
            case t.ColumnName(name=name):
                return _column(self.fields[name])
            case t.Negative(operand=operand):
                return _computed("-", _literal(0), self.term(operand))
            case t.Arithmetic(first=first, rest=rest):
                total = self.term(first)
                for sign, operand in rest:
                    total = _computed(sign, total, self.term(operand))
                return total
            case t.Call(function=function, arguments=arguments):
                return self.call(function, arguments)

    def call(self, function: str, arguments: Sequence[t.Value]) -> _Term:
        if function == "coalesce":
            return self.coalesce(arguments)
        first, *others = (self.term(argument) for argument in arguments)
        if function == "length":
            return _whole(sql.text_length(first.plain), _LONGEST)
        if function not in ("abs", "round"):
            return _Term(plain=f"{function}({first.plain})", kind="string")
        digits = "".join(f", {other.plain}" for other in others)
        changed = f"{function}({_double(first)}{digits})"
        exact = f"abs({first.exact})" if function == "abs" and first.exact else first.exact
        return replace(first, plain=changed, exact=exact, computed=True)

    def coalesce(self, arguments: Sequence[t.Value]) -> _Term:
        kind = kind_of(t.Call("coalesce", tuple(arguments)), self.kinds)
        if kind not in ("integer", "number"):
            terms = [_moment(str(a.value), kind) if is_text_of(a, kind) else self.term(a) for a in arguments]  # type: ignore[union-attr]  # a literal
            return _Term(plain=_coalesce([term.plain for term in terms]), kind=kind)
        terms = [self.term(argument) for argument in arguments]
        return _Term(
            plain=_coalesce([_double(term) for term in terms]),
            kind=kind,
            may_be_nan=any(term.may_be_nan for term in terms),
            exact=_coalesce([term.exact for term in terms]) if all(term.exact for term in terms) else "",
            limit=max(term.limit for term in terms),
            wide=tuple(column for term in terms for column in term.wide),
            computed=True,
        )


def _literal(value: str | float) -> _Term:
    match value:
        case bool():
            return _Term(plain="true" if value else "false", kind="boolean")
        case str():
            return _Term(plain=sql.text_literal(value), kind="string")
        case int():
            return _whole(sql.number_literal(value), abs(value))
    return _Term(plain=sql.number_literal(value), kind="number")


def _column(field: Field) -> _Term:
    stored = None if field.is_text else sql.stored_kind(field.engine_type)
    if field.kind == "integer" or (field.kind == "number" and stored == "integer"):
        bits = _BITS.get(field.engine_type, 0) if stored == "integer" else 0
        wide = () if bits else (field.value,)
        return _whole(field.value, 2**bits if bits else _LEAF, wide)
    may_be_nan = field.kind == "number" and (field.is_text or sql.is_float(field.engine_type))
    return _Term(plain=field.value, kind=field.kind, may_be_nan=may_be_nan)


def _whole(plain: str, limit: int, wide: tuple[str, ...] = ()) -> _Term:
    return _Term(plain=plain, kind="integer", exact=f"CAST({plain} AS HUGEINT)", limit=limit, wide=wide)


def _moment(text: str, kind: str) -> _Term:
    if kind == "boolean":
        return _Term(plain=text, kind=kind)
    literal, is_day = sql.moment_literal(text, kind)
    return _Term(plain=literal, kind="date" if is_day else kind)


def _double(term: _Term) -> str:
    return f"CAST({term.plain} AS DOUBLE)"


def _coalesce(values: Sequence[str]) -> str:
    return f"coalesce({', '.join(values)})"


def _computed(sign: str, left: _Term, right: _Term) -> _Term:
    """`left sign right` in double precision and, where it may be, exactly."""
    limits = {
        "+": left.limit + right.limit,
        "-": left.limit + right.limit,
        "*": left.limit * right.limit,
        "%": min(left.limit, right.limit),
    }
    limit = limits.get(sign, _EXACT)
    exact = ""
    if left.exact and right.exact and limit < _EXACT:
        exact = _operation(sign, left.exact, right.exact)
    return _Term(
        plain=_operation(sign, _double(left), _double(right)),
        kind="integer" if left.kind == right.kind == "integer" and sign != "/" else "number",
        may_be_nan=not exact,
        exact=exact,
        limit=limit,
        wide=(*left.wide, *right.wide),
        computed=True,
    )


def _operation(sign: str, left: str, right: str) -> str:
    return f"({left} {sign} {f'nullif({right}, 0)' if sign in '/%' else right})"


def _comparison(sign: str, one: _Term, other: _Term) -> str:
    plain = f"{one.plain} {sign} {other.plain}"
    if not (one.computed or other.computed) or not (one.exact and other.exact):
        return plain
    exact = f"{one.exact} {sign} {other.exact}"
    wide = [f"coalesce({value} BETWEEN -{_LEAF} AND {_LEAF}, true)" for value in dict.fromkeys(one.wide + other.wide)]
    return f"CASE WHEN {sql.all_of(wide)} THEN {exact} ELSE {plain} END" if wide else exact
