"""Columns of an open table as numpy arrays that lose nothing: two values that differ in the file differ here.

A large column of text with few distinct values comes as small codes of them: the engine makes these, so that no text
becomes a Python object for every row. Large tables are fetched in blocks of rows, so that the engine never holds a
second copy of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    Array = np.ndarray[Any, Any]

_EXACT_FLOAT = 2**53
_NARROW = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_AS_THEY_ARE = (*_NARROW, "FLOAT", "DOUBLE", "BOOLEAN", "DATE", "VARCHAR")


MAX_DISTINCT = 100_000
"""Distinct texts of a column above which each row gets its own text."""

_CODED_FROM_ROWS = 20_000
_LOOK = 200_000
_FEW = 64
_GLANCE = 1_000
_BLOCK = 1_000_000


class DictionaryColumn:
    """A column of text as codes of its distinct texts.

    Parameters
    ----------
    codes : shape (n_rows,) of signed integers, indices into `texts`; -1 where the value is missing
    texts : distinct texts
    """

    __slots__ = ("codes", "texts")

    def __init__(self, codes: Array, texts: Sequence[str]) -> None:
        self.codes = codes
        self.texts = tuple(texts)

    def __len__(self) -> int:
        return len(self.codes)

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Array:  # noqa: FBT001  # numpy's protocol
        import numpy as np

        table = np.array([*self.texts, None], dtype=object)
        return table[self.codes]

    def tolist(self) -> list[str | None]:
        """The text of each row, None where it is missing."""
        texts: list[str | None] = self.__array__().tolist()
        return texts


class FileColumns(dict[str, Any]):
    """Columns of shape (n_rows,) by name: arrays, and `DictionaryColumn`s of text.

    Parameters
    ----------
    header : all names of the file, also those that were not asked for, so that a message can name them
    """

    def __init__(self, arrays: Mapping[str, Array | DictionaryColumn], header: Sequence[str]) -> None:
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


def read_arrays(table: _Source, names: Sequence[str]) -> dict[str, Array | DictionaryColumn]:
    """The named columns, in the order of the rows; see `mlgate.sources.tables.read_columns` for the types."""
    import numpy as np

    if not names:
        return {}
    found = table.connection.execute(f"SELECT count(*) FROM {table.relation}").fetchone()  # noqa: S608  # names of ours
    n_rows = int(found[0]) if found else 0
    casts = _text_casts(table, names) if table.is_text else [_cast(table.sql(n), table.engine_types[n]) for n in names]
    parts = [_Part(cast) for cast in casts]
    if n_rows > _CODED_FROM_ROWS:
        _code(table, [part for part, name in zip(parts, names, strict=True) if table.engine_types[name] == "VARCHAR"])
    arrays = _fetched(table, parts, n_rows)
    return {
        name: _plain(values) if part.texts is None else DictionaryColumn(np.ma.getdata(values), part.texts)
        for name, part, values in zip(names, parts, arrays, strict=True)
    }


class _Part:
    """What is selected for one column: an expression with its parameters, and the texts that its codes stand for."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.parameters: list[list[str]] = []
        self.texts: list[str] | None = None

    def code(self, table: _Source) -> None:
        """Select codes of the column where it has few distinct texts."""
        column, run = self.sql, table.connection.execute
        distinct = f"SELECT DISTINCT {column} AS v FROM {table.relation} WHERE {column} IS NOT NULL"  # noqa: S608  # names of ours
        texts = sorted(row[0] for row in run(f"{distinct} LIMIT {MAX_DISTINCT + 1}").fetchall())
        if len(texts) > MAX_DISTINCT:
            return
        self.texts = texts
        if len(texts) <= _FEW:
            self.parameters = [texts]
            self.sql = f"CAST(coalesce(list_position(CAST(? AS VARCHAR[]), {column}), 0) - 1 AS TINYINT)"
        else:
            run(f"CREATE TYPE coded_{column} AS ENUM ({distinct})")
            self.texts = [row[0] for row in run(f"SELECT unnest(enum_range(NULL::coded_{column}))").fetchall()]
            self.sql = f"CAST(coalesce(enum_code({column}::coded_{column}), -1) AS INTEGER)"


def _code(table: _Source, parts: Sequence[_Part]) -> None:
    """Select codes of the columns of text (and not of integers as text) whose first rows do not all differ."""
    texts = [part for part in parts if part.sql.isalnum()]
    if not texts:
        return
    counts = ", ".join(f"approx_count_distinct({part.sql})" for part in texts)
    look = f"SELECT {counts} FROM {table.relation} WHERE {table.row_number} <= {_LOOK}"  # noqa: S608  # names of ours
    for part, distinct in zip(texts, table.connection.execute(look).fetchone() or (), strict=True):
        if distinct <= MAX_DISTINCT:
            part.code(table)


def _fetched(table: _Source, parts: Sequence[_Part], n_rows: int) -> list[Array]:
    """The masked values of each part, in the order of the rows.

    The rows of one block come from one scan, so all columns of a row are of that row.
    """
    import numpy as np

    selected = ", ".join(f"{part.sql} AS v{number}" for number, part in enumerate(parts))
    parameters = [parameter for part in parts for parameter in part.parameters]
    query = f"SELECT {selected} FROM {table.relation}"  # noqa: S608  # names of ours
    if n_rows <= _BLOCK:
        fetched = table.connection.execute(query, parameters).fetchnumpy()
        return [fetched[f"v{number}"] for number in range(len(parts))]
    arrays: list[Array] = []
    filled = 0
    (last,) = table.connection.execute(f"SELECT max({table.row_number}) FROM {table.relation}").fetchone() or (0,)  # noqa: S608  # names of ours
    for start in range(0, last, _BLOCK):
        rows = f"{table.row_number} > {start} AND {table.row_number} <= {start + _BLOCK}"
        fetched = table.connection.execute(f"{query} WHERE {rows}", parameters).fetchnumpy()
        blocks = [fetched[f"v{number}"] for number in range(len(parts))]
        arrays = arrays or [np.ma.empty(n_rows, dtype=block.dtype) for block in blocks]
        size = len(blocks[0])
        for values, block in zip(arrays, blocks, strict=True):
            values[filled : filled + size] = block
        filled += size
    if filled != n_rows:
        raise RuntimeError(f"{filled:,} of {n_rows:,} rows came back")
    return arrays


def _text_casts(table: _Source, names: Sequence[str]) -> list[str]:
    """BIGINT where every text of the column is the text of its integer, else the text as it stands.

    Nothing else is read as a number here, since two texts may be one number: 1.1 and 1.10, or two ids of 21 digits.
    """
    columns = [table.sql(name) for name in names]
    likely = _integers(table, columns, rows=f" WHERE {table.row_number} <= {_GLANCE}")  # a cast that fails is slow
    integers = _integers(table, likely)
    return [f"CAST({column} AS BIGINT)" if column in integers else column for column in columns]


def _integers(table: _Source, columns: Sequence[str], rows: str = "") -> list[str]:
    """The columns in which every text is that of its integer."""
    if not columns:
        return []
    tests = [f"bool_and({column} IS NOT DISTINCT FROM TRY_CAST({column} AS BIGINT)::VARCHAR)" for column in columns]
    found = table.connection.execute(f"SELECT {', '.join(tests)} FROM {table.relation}{rows}").fetchone() or ()  # noqa: S608  # names of ours
    return [column for column, same in zip(columns, found, strict=True) if same or (rows and same is None)]


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
