"""Columns of an open table as numpy arrays that lose nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    Array = np.ndarray[Any, Any]

_EXACT_FLOAT = 2**53
_INTEGER = "0|-?[1-9][0-9]{0,17}"
_NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:[+-]?(nan|inf|infinity))"
_NARROW = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_AS_THEY_ARE = (*_NARROW, "FLOAT", "DOUBLE", "BOOLEAN", "DATE")


class _Source(Protocol):
    @property
    def connection(self) -> duckdb.DuckDBPyConnection: ...
    @property
    def relation(self) -> str: ...
    @property
    def row_number(self) -> str: ...
    @property
    def engine_types(self) -> Mapping[str, str]: ...
    @property
    def is_text(self) -> bool: ...
    def sql(self, name: str, /) -> str: ...


def read_arrays(table: _Source, names: Sequence[str]) -> dict[str, Array]:
    """The named columns, in the order of the rows; see `mlgate.sources.tables.read_columns` for the types."""
    if not names:
        return {}
    casts = _text_casts(table, names) if table.is_text else [_cast(table.sql(n), table.engine_types[n]) for n in names]
    selected = ", ".join(f"{cast} AS v{number}" for number, cast in enumerate(casts))
    query = f"SELECT {selected} FROM {table.relation} ORDER BY {table.row_number}"  # noqa: S608  # names of ours
    fetched = table.connection.execute(query).fetchnumpy()
    return {name: _plain(fetched[f"v{number}"]) for number, name in enumerate(names)}


def _text_casts(table: _Source, names: Sequence[str]) -> list[str]:
    """The narrowest type of each column that loses nothing, decided on all its values."""
    columns = [table.sql(name) for name in names]
    tests = []
    for column in columns:
        tests.append(f"bool_and(regexp_full_match({column}, '{_INTEGER}'))")
        tests.append(f"bool_and(regexp_full_match({column}, '{_NUMBER}'))")
        tests.append(f"bool_and(lower({column}) IN ('true', 'false'))")
    found = table.connection.execute(f"SELECT {', '.join(tests)} FROM {table.relation}").fetchone() or ()  # noqa: S608  # names of ours
    casts = []
    for number, column in enumerate(columns):
        answers = found[number * 3 : number * 3 + 3]
        kind = next((kind for kind, holds in zip(("BIGINT", "DOUBLE", "BOOLEAN"), answers, strict=True) if holds), "")
        casts.append(f"CAST({column} AS {kind})" if kind else column)
    return casts


def _cast(column: str, engine_type: str) -> str:
    """Types that have no exact array become text; a decimal becomes a double."""
    if engine_type in _AS_THEY_ARE or engine_type.startswith("TIMESTAMP"):
        zoned = engine_type == "TIMESTAMP WITH TIME ZONE"
        return f"make_timestamp(epoch_us({column}))" if zoned else column
    return f"CAST({column} AS {'DOUBLE' if engine_type.startswith('DECIMAL') else 'VARCHAR'})"


def _plain(values: Array) -> Array:
    """Without a mask: NaN, NaT or None where a value is missing."""
    import numpy as np

    missing = np.ma.getmaskarray(values)
    data = np.asarray(np.ma.getdata(values))
    if not missing.any():
        return data
    match data.dtype.kind:
        case "f":
            return np.where(missing, np.nan, data).astype(data.dtype)
        case "i" | "u":
            present = data[~missing]
            if not present.size or max(int(present.max()), -int(present.min())) <= _EXACT_FLOAT:
                return np.where(missing, np.nan, data.astype(np.float64))
        case "M":
            return np.where(missing, np.datetime64("NaT"), data)
    objects = data.astype(object)
    objects[missing] = None
    return objects
