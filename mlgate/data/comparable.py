"""Columns of two tables as SQL under which equal values are equal, however each file stores them.

A column of the table is read as its schema declares it, and the other table's column is read alike: declared an
integer, `007` is 7. Of an undeclared column the text counts: 7 is the same in a Parquet file of integers, in one of
floats and in a text file (where `7.0` is 7, too, since that is how other tools write a whole float), and `007` is
another value.
"""

from __future__ import annotations

from mlgate.data import aggregates as sql
from mlgate.data.plan import Field
from mlgate.data.table import Table
from mlgate.late import dataclass

_PARSED = ("date", "datetime", "time", "boolean")
"""Kinds that are written in several ways, so that text is read before it is compared with one of them."""

_NUMERIC = ("integer", "number")
_EXACT = 2**53
"""From here on a float may stand for several whole numbers."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A column of two tables.

    Parameters
    ----------
    here : over a scan of the table (`Field.raw` and `Field.value`), null only where the field's value is
    there : over the columns of the other table, null where the value is none of the field's type
    is_nan : condition that the other table's value is NaN; None where none can be
    """

    here: str
    there: str
    is_nan: str | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """A column as a file stores it."""

    column: str
    kind: str
    engine_type: str
    decimal: str = "."

    @classmethod
    def of(cls, other: Table, name: str) -> _Stored:
        engine_type = other.engine_types[name]
        return cls(other.sql(name), sql.stored_kind(engine_type), engine_type, other.read.decimal)

    @property
    def text(self) -> str:
        return self.column if self.engine_type == "VARCHAR" else sql.as_text(self.column)

    @property
    def is_float(self) -> bool:
        return sql.is_float(self.engine_type)

    @property
    def is_nan(self) -> str | None:
        if self.kind == "string":
            return sql.is_nan(self.read_as("number"))
        return sql.is_nan(self.column) if self.is_float else None

    def read_as(self, kind: str) -> str:
        """The value as another kind; text is parsed, also text that a typed file stores."""
        if self.kind == "string":
            return sql.from_text(self.text, kind, decimal=self.decimal)
        return sql.from_stored(self.column, kind, self.engine_type)

    def written(self, partner: str) -> str:
        """The value as the text that equal values of a column of the partner's kind have, too."""
        if self.kind == "string" and partner in _PARSED:
            return f"coalesce({sql.as_text(self.read_as(partner))}, {self.text})"
        if self.kind == "string" and partner in _NUMERIC:
            zero = f"WHEN {self.text} IN ('-0', '-0.0') THEN '0'"
            return f"CASE {zero} WHEN ends_with({self.text}, '.0') THEN left({self.text}, -2) ELSE {self.text} END"
        if self.kind == "string":
            return self.text
        if self.kind in _PARSED:
            return sql.as_text(sql.from_stored(self.column, self.kind, self.engine_type))
        return _plain(self.column, self.engine_type)

    def number(self) -> str:
        """The value as text under which equal numbers are equal; null where it is no number."""
        if self.kind == "string":
            whole, number = sql.as_text(self.read_as("integer")), _plain(self.read_as("number"), "DOUBLE")
            return f"coalesce({whole}, {number})"
        return _plain(self.column, self.engine_type) if self.kind in _NUMERIC else "NULL"


def _plain(value: str, engine_type: str) -> str:
    """Text of a value: a whole number without a point, a decimal without zeros at its end."""
    text = sql.as_text(value)
    if sql.is_float(engine_type):
        # The engine drops a comparison that a file's statistics decide, and these know nothing of NaN.
        whole = f"NOT {sql.is_nan(value)} AND {value} = trunc({value}) AND abs({value}) <= {_EXACT}"
        return f"CASE WHEN {whole} THEN {sql.as_text(f'TRY_CAST({value} AS BIGINT)')} ELSE {text} END"
    if engine_type.startswith("DECIMAL(") and not engine_type.endswith(",0)"):
        # A decimal without a digit before the point is written `.25` by the engine.
        sign = f"CASE WHEN {value} < 0 THEN '-0' ELSE '0' END"
        digits = f"{sign} || ltrim({text}, '-0')" if _is_fraction(engine_type) else text
        return f"rtrim(rtrim({digits}, '0'), '.')"
    return text


def _is_fraction(engine_type: str) -> bool:
    """Whether all digits of a decimal stand behind the point.

    Examples
    --------
    >>> _is_fraction("DECIMAL(4,4)"), _is_fraction("DECIMAL(4,2)")
    (True, False)
    """
    width, _, scale = engine_type.removeprefix("DECIMAL(").removesuffix(")").partition(",")
    return width == scale


def pair(field: Field, decimal: str, other: Table, name: str) -> Pair:
    """A column of the table and one of another table.

    Parameters
    ----------
    decimal : mark of the table's numbers in text
    name : the other table's column
    """
    here = _Stored(field.raw, sql.stored_kind(field.engine_type), field.engine_type, decimal)
    there = _Stored.of(other, name)
    if here.engine_type == there.engine_type and here.kind == field.kind:
        return Pair(here.column, there.column, there.is_nan if field.kind == "number" else None)
    if field.kind == "number" and (there.kind in _NUMERIC or not field.judges_type):
        return Pair(here.number(), there.number(), there.is_nan)
    if field.judges_type and {field.kind, there.kind} == {"date", "datetime"}:
        return Pair(here.read_as("datetime"), there.read_as("datetime"))
    if field.kind != there.kind and (field.judges_type or field.kind == "string"):
        is_nan = there.is_nan if there.kind == "number" or here.is_float else None
        return Pair(here.written(there.kind), there.written(here.kind), is_nan)
    return Pair(field.value, there.read_as(field.kind))


def same_value(field: Field, decimal: str, other: Table, name: str) -> Pair:
    """As `pair`, but null only where nothing is stored: what is not of the type is compared as it is written."""
    found = pair(field, decimal, other, name)
    there = _Stored.of(other, name)
    if (found.here, found.there) == (field.raw, there.column):
        return found
    here = f"coalesce({sql.as_text(found.here)}, {sql.as_text(field.raw)})"
    return Pair(here, f"coalesce({sql.as_text(found.there)}, {there.text})")
