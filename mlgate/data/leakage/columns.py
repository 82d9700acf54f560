"""Columns of several splits as SQL under which equal values are equal, however each file stores them.

Numbers are compared as numbers (1, 1.0 and 1e0 are one), moments as moments, text as it is written. A column of text
beside typed ones is read as their type; a value that is not of it is compared as it is written. Where no value could
be equal, the column is `Unlike`: never silently unequal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.infer_samples import sample_texts
from mlgate.data.leakage.split import Split
from mlgate.data.plan import field_of
from mlgate.data.plausible import WORDS_FOR_MISSING
from mlgate.data.table import Table
from mlgate.outcome import Location

_EXACT = 2**53
_PATTERNS = {
    "integer": r"[+-]?\d+",
    "number": r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan",
    "boolean": "true|false",
    "datetime": r"\d{4}-\d{2}-\d{2}([T ].*)?",
}
_CODE = re.compile(r"[+-]?0\d+([.,]\d*)?")
_NUMERIC = frozenset({"integer", "number"})
_MOMENTS = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A column that all splits have.

    Parameters
    ----------
    kind : `integer`, `number`, `boolean`, `datetime`, `string` or `other`
    values : per split, SQL of the value as the kind (of numbers a double), null where it is none or is NaN
    keys : per split, SQL of a number of 64 bits that is the same for equal values; null where nothing is stored
    """

    name: str
    kind: str
    values: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def is_numeric(self) -> bool:
        return self.kind in _NUMERIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """A column that cannot be compared, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Side:
    """A column of one split: its kind, `""` where nothing is known of it."""

    split: Split
    column: str
    engine_type: str
    kind: str

    @property
    def is_text(self) -> bool:
        return self.engine_type == "VARCHAR"

    @property
    def told(self) -> str:
        kind = {"string": "text", "": "empty", "other": words.short(self.engine_type)}.get(self.kind, self.kind)
        return f"{kind} in {words.short(self.split.name)}"


def read_alike(splits: Sequence[Split], names: Sequence[str]) -> list[Compared | Unlike]:
    """The columns of these names, each read as one kind in all splits.

    Parameters
    ----------
    names : columns that every split has
    """
    kinds = [kinds_of(split.table, names) for split in splits]
    found: list[Compared | Unlike] = []
    for name in names:
        sides = [
            _Side(split, split.table.sql(name), split.table.engine_types[name], known[name])
            for split, known in zip(splits, kinds, strict=True)
        ]
        found.append(_alike(name, sides))
    return found


def kinds_of(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Kind of each column: of text the one that all of some 200 values have."""
    place = Location(table.shown)
    texts = [field_of(table, Column(name=name, location=place)) for name in names if _is_text(table, name)]
    samples = sample_texts(table, texts) if texts else {}
    return {
        name: kind_of_texts(samples[name], table.read.decimal)
        if _is_text(table, name)
        else sql.stored_kind(table.engine_types[name])
        for name in names
    }


def _is_text(table: Table, name: str) -> bool:
    return table.engine_types[name] == "VARCHAR"


def kind_of_texts(texts: Sequence[str], decimal: str = ".") -> str:
    """The kind that all texts have; words for missing values do not count, a leading zero makes a code.

    Examples
    --------
    >>> kind_of_texts(["1", "1.0", "1e0", "NA"]), kind_of_texts(["007", "12"]), kind_of_texts([]), kind_of_texts(["a"])
    ('number', 'string', '', 'string')
    """
    known = [text.strip() for text in texts if text.strip().lower() not in WORDS_FOR_MISSING]
    if not known:
        return "string" if texts else ""
    if any(_CODE.fullmatch(text) for text in known):
        return "string"
    for kind, pattern in _PATTERNS.items():
        match = re.compile(pattern, re.IGNORECASE)
        point = kind == "number" and decimal == ","
        if all(match.fullmatch(text.replace(",", ".") if point else text) for text in known):
            return kind
    return "string"


def _alike(name: str, sides: Sequence[_Side]) -> Compared | Unlike:
    kinds = {side.kind for side in sides if side.kind}
    if kinds & _MOMENTS and kinds <= _MOMENTS | {"string"}:
        kinds = (kinds - _MOMENTS) | {"datetime"}
    typed = kinds - {"string"}
    if kinds <= {"string"} or ("string" in kinds and all(side.is_text or not side.kind for side in sides)):
        return _compared(name, "string", sides)
    if typed <= _NUMERIC | {"boolean"}:
        kind = "boolean" if typed == {"boolean"} else "integer" if typed <= {"integer", "boolean"} else "number"
    elif len(typed) == 1:
        (kind,) = typed
    else:
        return Unlike(name=name, reason=" and ".join(dict.fromkeys(side.told for side in sides)))
    if kind not in ("integer", "number", "boolean", "datetime"):
        same = len({side.engine_type for side in sides}) == 1
        return _compared(name, "other", sides) if same else Unlike(name=name, reason=_types(sides))
    for side in sides:
        if side.kind == "string" and not (side.is_text and _some_value(side, kind)):
            return Unlike(name=name, reason=f"{_types(sides)}, and no text is of that type")
    if kind == "number" and any(_beyond_doubles(side) for side in sides):
        return Unlike(name=name, reason=f"{_types(sides)}, with integers beyond 2^53, which doubles cannot tell apart")
    return _compared(name, kind, sides)


def _types(sides: Sequence[_Side]) -> str:
    return " and ".join(dict.fromkeys(side.told for side in sides))


def _some_value(side: _Side, kind: str) -> bool:
    """Whether any text is of the kind."""
    value = sql.from_text(side.column, kind, decimal=side.split.table.read.decimal)
    query = f"SELECT count({value}) FROM {side.split.table.relation}"  # noqa: S608  # made by aggregates
    row = side.split.table.connection.execute(query).fetchone()
    return bool(row and row[0])


def _beyond_doubles(side: _Side) -> bool:
    """Whether integers of a column are so large that a double stands for several of them."""
    if side.kind != "integer":
        return False
    value = sql.from_text(side.column, "integer") if side.is_text else side.column
    query = f"SELECT max(abs({sql.in_double(value)})) FROM {side.split.table.relation}"  # noqa: S608  # made by aggregates
    row = side.split.table.connection.execute(query).fetchone()
    return bool(row and row[0] is not None and row[0] >= _EXACT)


def _compared(name: str, kind: str, sides: Sequence[_Side]) -> Compared:
    single = kind == "number" and any(sql.is_single(side.engine_type) for side in sides)
    parts = [_sql(side, kind, single=single) for side in sides]
    return Compared(
        name=name, kind=kind, values=tuple(value for value, _ in parts), keys=tuple(key for _, key in parts)
    )


def _sql(side: _Side, kind: str, *, single: bool) -> tuple[str, str]:
    """Value and key of a column."""
    column = side.column
    if kind == "string":
        text = column if side.is_text else sql.as_text(column)
        return text, _hash_of(text)
    if kind == "other":
        return column, _hash_of(column)
    if side.is_text:
        return _of_text(side, kind, single=single)
    if kind == "datetime":
        value = sql.from_stored(column, "datetime", side.engine_type)
        return value, _hash_of(value)
    if kind == "boolean":
        return column, _hash_of(column)
    if kind == "integer":
        return sql.in_double(column), _hash_of(f"CAST({column} AS HUGEINT)")
    value = sql.in_double(column)
    if not sql.is_float(side.engine_type):
        return value, _hash_of(_rounded(value, single=single))
    value = sql.only_where(f"NOT {sql.is_nan(column)}", value)
    return value, _hash_of(_rounded(value, single=single))


def _of_text(side: _Side, kind: str, *, single: bool) -> tuple[str, str]:
    column, decimal = side.column, side.split.table.read.decimal
    written = f"WHEN {column} IS NOT NULL THEN {sql.hashed(f'trim({column})')}"
    if kind in ("datetime", "boolean"):
        value = sql.from_text(column, kind, decimal=decimal)
        return value, f"CASE WHEN {value} IS NOT NULL THEN {sql.hashed(value)} {written} END"
    parsed = sql.from_text(column, "number", decimal=decimal)
    value = f"nullif({parsed}, CAST('nan' AS DOUBLE))"
    nothing = f"WHEN lower(trim({column})) = 'nan' THEN NULL"
    number = f"WHEN {parsed} IS NOT NULL THEN {sql.hashed(_rounded(parsed, single=single))}"
    if kind == "number":
        return value, f"CASE {nothing} {number} {written} END"
    whole = sql.from_text(column, "integer")
    also = f"WHEN {parsed} = trunc({parsed}) AND abs({parsed}) <= {_EXACT} THEN "
    also += sql.hashed(f"CAST({parsed} AS HUGEINT)")
    exact = f"WHEN {whole} IS NOT NULL THEN {sql.hashed(whole)}"
    return value, f"CASE {exact} {nothing} {also} {number} {written} END"


def _rounded(value: str, *, single: bool) -> str:
    return f"CAST({value} AS FLOAT)" if single else value


def _hash_of(value: str) -> str:
    return f"CASE WHEN {value} IS NOT NULL THEN {sql.hashed(value)} END"


def common_columns(splits: Sequence[Split]) -> tuple[list[str], Mapping[str, list[str]]]:
    """Names that all splits have once, in the order of the first, and those that only some have, by split."""
    headers = [split.table.columns for split in splits]
    shared = [name for name in dict.fromkeys(headers[0]) if all(header.count(name) == 1 for header in headers)]
    lonely = {
        split.name: [name for name in dict.fromkeys(header) if name not in shared]
        for split, header in zip(splits, headers, strict=True)
    }
    return shared, {name: found for name, found in lonely.items() if found}
