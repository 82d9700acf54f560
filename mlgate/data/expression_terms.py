"""The values in a condition as SQL: columns, literals and what is computed of them.

Whole numbers are added, subtracted and multiplied exactly while the result surely has at most 38 digits; everything
else is computed in double precision, where nothing overflows but to infinity. Columns are compared as they are stored,
with literals and with one another: whole numbers and decimals exactly, but decimals beside doubles as doubles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlgate.data import aggregates as sql
from mlgate.data.number_literals import decimal_of, is_whole, number_end, number_member, whole_end
from mlgate.data.plan import Field

_EXACT = 2**127
"""Whole numbers below it are exact in the engine."""
_DOUBLE = 2**53
"""Whole numbers up to it are exact as doubles."""
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
LONGEST = 2**40
"""No text has so many characters."""
_WIDEST = 38
"""Digits of a decimal."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
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
    decimal : digits of a column of decimals, and how many of them stand behind the point
    settled : whether it is a literal made for the column beside it; `plain` is empty where no value can be equal to it
    """

    plain: str
    kind: str
    may_be_nan: bool = False
    exact: str = ""
    limit: int = 0
    wide: tuple[str, ...] = ()
    computed: bool = False
    decimal: tuple[int, int] | None = None
    settled: bool = False


def literal_term(value: str | float) -> Term:
    match value:
        case bool():
            return Term(plain="true" if value else "false", kind="boolean")
        case str():
            return Term(plain=sql.text_literal(value), kind="string")
        case int() if abs(value) < _EXACT:
            return whole_term(str(value), abs(value))
        case float() if abs(value) < _LEAF and value.is_integer():
            return replace(whole_term(str(int(value)), abs(int(value))), plain=sql.number_literal(value), kind="number")
    return Term(plain=sql.number_literal(value), kind="number")


def literal_beside(value: float, sign: str, field: Field) -> Term:
    """A number as it is compared with a column, `column sign number`."""
    equal = sign in ("=", "<>")
    plain = number_member(field, value) if equal else number_end(field, sign, value)
    return Term(plain=plain or "", kind=field.kind, settled=True)


def literal_beside_whole(value: float, sign: str) -> Term:
    """A number as it is compared with a whole one that is computed, `computed sign number`."""
    if sign in ("=", "<>") or not abs(value) < _LEAF:
        return literal_term(value)
    end = whole_end(sign, value)
    return whole_term(end, abs(int(end)))


def flipped(sign: str) -> str:
    """The sign with its sides changed over."""
    return _FLIPPED.get(sign, sign)


def column_term(field: Field) -> Term:
    if is_whole(field):
        stored = None if field.is_text else sql.stored_kind(field.engine_type)
        bits = _BITS.get(field.engine_type, 0) if stored == "integer" else 0
        wide = () if bits else (field.value,)
        return whole_term(field.value, 2**bits if bits else _LEAF, wide)
    if digits := decimal_of(field):
        return Term(plain=field.raw, kind=field.kind, decimal=digits)
    may_be_nan = field.kind == "number" and (field.is_text or sql.is_float(field.engine_type))
    return Term(plain=field.value, kind=field.kind, may_be_nan=may_be_nan)


def whole_term(plain: str, limit: int, wide: tuple[str, ...] = ()) -> Term:
    return Term(plain=plain, kind="integer", exact=f"CAST({plain} AS HUGEINT)", limit=limit, wide=wide)


def moment_term(text: str, kind: str) -> Term:
    if kind == "boolean":
        return Term(plain=text, kind=kind)
    literal, is_day = sql.moment_literal(text, kind)
    return Term(plain=literal, kind="date" if is_day else kind)


def double(term: Term) -> str:
    return f"CAST({term.plain} AS DOUBLE)"


def coalesced(values: Sequence[str]) -> str:
    return f"coalesce({', '.join(values)})"


def computed_term(sign: str, left: Term, right: Term) -> Term:
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
    return Term(
        plain=_operation(sign, double(left), double(right)),
        kind="integer" if left.kind == right.kind == "integer" and sign != "/" else "number",
        may_be_nan=not exact,
        exact=exact,
        limit=limit,
        wide=(*left.wide, *right.wide),
        computed=True,
    )


def _operation(sign: str, left: str, right: str) -> str:
    return f"({left} {sign} {f'nullif({right}, 0)' if sign in '/%' else right})"


def comparison(sign: str, one: Term, other: Term) -> str:
    plain = f"{one.plain} {sign} {other.plain}"
    if one.settled or other.settled:
        return plain if one.plain and other.plain else _with_no_value(sign, one.plain or other.plain)
    if not (one.computed or other.computed):
        return _of_columns(sign, one, other)
    if not (one.exact and other.exact):
        return plain
    return _unless_wide(f"{one.exact} {sign} {other.exact}", plain, one, other)


def _with_no_value(sign: str, column: str) -> str:
    """Comparison of a column with what no value is equal to: null where the column is."""
    return f"{column} {'<>' if sign == '=' else '='} {column}"


def _of_columns(sign: str, one: Term, other: Term) -> str:
    if one.decimal or other.decimal:
        return _of_decimals(sign, one, other)
    if bool(one.exact) == bool(other.exact):
        return f"{one.plain} {sign} {other.plain}"
    whole, real = (one, double(other)) if one.exact else (other, double(one))
    sign = sign if one.exact else flipped(sign)
    if whole.limit <= _DOUBLE and not whole.wide:
        return f"{whole.plain} {sign} {real}"
    # Where the double is large it is whole; where it is not, rounding the whole number changes nothing.
    as_whole = f"TRY_CAST({real} AS HUGEINT)"
    large = f"abs({real}) >= {_DOUBLE} AND {as_whole} IS NOT NULL"
    return f"CASE WHEN {large} THEN {whole.exact} {sign} {as_whole} ELSE {whole.plain} {sign} {real} END"


def _of_decimals(sign: str, one: Term, other: Term) -> str:
    """Exact where all digits of both have room, and none is a double."""
    doubles = f"{double(one)} {sign} {double(other)}"
    digits = [term.decimal or ((len(str(term.limit)), 0) if term.exact else None) for term in (one, other)]
    known = [each for each in digits if each]
    scale = max(behind for _, behind in known)
    width = max(every - behind for every, behind in known) + scale
    if len(known) < len(digits) or width > _WIDEST:
        return doubles
    type_ = f"DECIMAL({width},{scale})"
    first, second = (term.plain if term.decimal else f"CAST({term.plain} AS {type_})" for term in (one, other))
    return _unless_wide(f"{first} {sign} {second}", doubles, one, other)


def _unless_wide(exact: str, plain: str, one: Term, other: Term) -> str:
    """The exact comparison where all whole numbers in it are small enough."""
    wide = [f"coalesce({value} BETWEEN -{_LEAF} AND {_LEAF}, true)" for value in dict.fromkeys(one.wide + other.wide)]
    return f"CASE WHEN {sql.all_of(wide)} THEN {exact} ELSE {plain} END" if wide else exact
