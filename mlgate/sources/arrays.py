"""Columns of an open table as numpy arrays that lose nothing: two values that differ in the file differ here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    Array = np.ndarray[Any, Any]

_EXACT_FLOAT = 2**53
_NARROW = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_AS_THEY_ARE = (*_NARROW, "FLOAT", "DOUBLE", "BOOLEAN", "DATE")


class FileColumns(dict[str, "Array"]):
    """Arrays of shape (n_rows,) by column name.

    Parameters
    ----------
    header : all names of the file, also those that were not asked for, so that a message can name them
    """

    def __init__(self, arrays: Mapping[str, Array], header: Sequence[str]) -> None:
        super().__init__(arrays)
        self.header = tuple(header)


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
    """BIGINT where every text of the column is the text of its integer, else the text as it stands.

    Nothing else is read as a number here, since two texts may be one number: 1.1 and 1.10, or two ids of 21 digits.
    """
    columns = [table.sql(name) for name in names]
    tests = [f"bool_and({column} IS NOT DISTINCT FROM TRY_CAST({column} AS BIGINT)::VARCHAR)" for column in columns]
    found = table.connection.execute(f"SELECT {', '.join(tests)} FROM {table.relation}").fetchone() or ()  # noqa: S608  # names of ours
    return [f"CAST({column} AS BIGINT)" if same else column for column, same in zip(columns, found, strict=True)]


def _cast(column: str, engine_type: str) -> str:
    """Types that have no exact array become text; a decimal without the zeros that its scale adds."""
    if engine_type in _AS_THEY_ARE or engine_type.startswith("TIMESTAMP"):
        zoned = engine_type == "TIMESTAMP WITH TIME ZONE"
        return f"make_timestamp(epoch_us({column}))" if zoned else column
    text = f"CAST({column} AS VARCHAR)"
    if not engine_type.startswith("DECIMAL") or engine_type.endswith(",0)"):
        return text
    # The engine writes 0.5 of DECIMAL(2,2) as ".50" and zero as ".00".
    return rf"regexp_replace(rtrim(rtrim({text}, '0'), '.'), '^(-?)(\.|$)', '\10\2')"


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
            return np.where(missing, np.array("NaT", dtype=data.dtype), data)
    objects = data.astype(object)
    objects[missing] = None
    return objects
