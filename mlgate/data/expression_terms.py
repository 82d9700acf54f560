"""The values in a condition as SQL: columns, literals and what is computed of them.

Whole numbers are added, subtracted and multiplied exactly while the result surely has at most 38 digits; everything
else is computed in double precision, where nothing overflows but to infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
LONGEST = 2**40
"""No text has so many characters."""


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
    """

    plain: str
    kind: str
    may_be_nan: bool = False
    exact: str = ""
    limit: int = 0
    wide: tuple[str, ...] = ()
    computed: bool = False


def literal_term(value: str | float) -> Term:
    match value:
        case bool():
            return Term(plain="true" if value else "false", kind="boolean")
        case str():
            return Term(plain=sql.text_literal(value), kind="string")
        case int():
            return whole_term(sql.number_literal(value), abs(value))
    return Term(plain=sql.number_literal(value), kind="number")


def column_term(field: Field) -> Term:
    stored = None if field.is_text else sql.stored_kind(field.engine_type)
    if field.kind == "integer" or (field.kind == "number" and stored == "integer"):
        bits = _BITS.get(field.engine_type, 0) if stored == "integer" else 0
        wide = () if bits else (field.value,)
        return whole_term(field.value, 2**bits if bits else _LEAF, wide)
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
    if not (one.computed or other.computed) or not (one.exact and other.exact):
        return plain
    exact = f"{one.exact} {sign} {other.exact}"
    wide = [f"coalesce({value} BETWEEN -{_LEAF} AND {_LEAF}, true)" for value in dict.fromkeys(one.wide + other.wide)]
    return f"CASE WHEN {sql.all_of(wide)} THEN {exact} ELSE {plain} END" if wide else exact
