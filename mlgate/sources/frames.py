"""Data frames opened as a table: pandas, polars, Arrow and DuckDB relations are scanned where they lie, not copied."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.schema import Read
from mlgate.errors import SourceError, UsageError
from mlgate.sources.delimited import first_line
from mlgate.sources.open_tables import OpenTable
from mlgate.sources.table_files import MAX_COLUMNS
from mlgate.sources.tables import connect, lock

if TYPE_CHECKING:
    import duckdb

CONVERT = "convert it to a plain type, or leave it out"
LIBRARIES = ("pandas", "polars", "pyarrow", "duckdb")


@contextmanager
def open_frame(frame: Any, *, shown: str = "frame", memory_limit: str = "1GiB") -> Iterator[OpenTable]:
    """Open a frame as a table.

    Parameters
    ----------
    frame : pandas or polars DataFrame, polars LazyFrame, pyarrow Table, RecordBatch, RecordBatchReader or Dataset,
        DuckDB relation. A LazyFrame, a reader and a relation are computed once, since a check may ask several queries.
        The index of pandas is no column
    shown : how messages name it
    memory_limit : cap of the engine's own memory; the frame itself is not counted

    Raises
    ------
    UsageError
        It is no such frame.
    SourceError
        The engine can read none of its columns, it has none or more than 5,000, or duckdb is not installed.

    Notes
    -----
    A pandas column of Python objects is text, whatever the objects are: nothing is guessed from the first rows of it.
    A column that the engine cannot read does not keep the others from it: see `OpenTable.unreadable`.
    """
    columns, scanned = _scannable(frame)
    if not 0 < len(columns) <= MAX_COLUMNS:
        raise SourceError(f"{shown} has {len(columns):,} columns", hint=f"between 1 and {MAX_COLUMNS:,} can be checked")
    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        connection = connect(Path(name), memory_limit)
        try:
            rows = len(scanned) if hasattr(scanned, "__len__") else None
            types, unreadable = _seen(connection, scanned, columns, shown)
            yield OpenTable(
                connection=connection,
                columns=columns,
                engine_types=types,
                is_text=False,
                shown=shown,
                read=Read(),
                unreadable=unreadable,
                known_rows=rows,
                duplicate_header=tuple(name for name in dict.fromkeys(columns) if columns.count(name) > 1),
            )
        finally:
            connection.close()


def _seen(
    connection: duckdb.DuckDBPyConnection, frame: Any, columns: Sequence[str], shown: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Make the view `data` of the columns `row`, `c0`, ...; their SQL types, and why others cannot be read, by name.

    A name that stands twice cannot be read where one of its columns cannot.
    """
    import duckdb

    errors = (duckdb.Error, TypeError, ValueError)
    connection.execute("SET pandas_analyze_sample = 0")
    lock(connection)
    try:
        return dict(zip(columns, _view(connection, frame, range(len(columns))), strict=True)), {}
    except errors as problem:
        odd = _unreadable(frame, columns)
        left = [place for place in range(len(columns)) if place not in odd]
        if not odd or not left:
            where = f"column {columns[min(odd)]!r} of {shown}" if odd else shown
            raise SourceError(f"{where} cannot be read: {first_line(problem)}", hint=CONVERT) from None
    reasons = {columns[place]: reason for place, reason in odd.items()}
    try:
        types = _view(connection, _chosen(frame, left), left)
    except errors as problem:
        raise SourceError(f"{shown} cannot be read: {first_line(problem)}", hint=CONVERT) from None
    named = zip(left, types, strict=True)
    return {columns[place]: kind for place, kind in named if columns[place] not in reasons}, reasons


def _view(connection: duckdb.DuckDBPyConnection, frame: Any, places: Sequence[int]) -> list[str]:
    """Make the view of a frame that has the columns of these places; their SQL types."""
    names = [f"c{place}" for place in places]
    numbered = _numbered(frame)
    connection.register("given", frame if numbered is None else numbered)
    described = connection.execute("DESCRIBE SELECT * FROM given").fetchall()[: len(names)]
    row, given = ("row_number() OVER ()", names) if numbered is None else ("r", [*names, "r"])
    connection.execute(
        f'CREATE TEMP VIEW data AS SELECT {row} AS "row", {", ".join(names)} '  # noqa: S608  # names of ours
        f"FROM given AS file({', '.join(given)})"
    )
    return [str(row[1]) for row in described]


def _chosen(frame: Any, places: Sequence[int]) -> Any:
    return frame.iloc[:, list(places)] if hasattr(frame, "iloc") else frame.select(list(places))


def _unreadable(frame: Any, columns: Sequence[str]) -> dict[int, str]:
    """Why the engine cannot read a column even if it stands alone, by its place."""
    import duckdb

    found: dict[int, str] = {}
    if not (hasattr(frame, "iloc") or hasattr(frame, "select")):
        return found
    for place in range(len(columns)):
        with duckdb.connect() as connection:
            try:
                connection.register("alone", _chosen(frame, [place])[:1])
                connection.execute("DESCRIBE SELECT * FROM alone")
            except (duckdb.Error, TypeError, ValueError) as problem:
                found[place] = first_line(problem)
    return found


def _numbered(frame: Any) -> Any | None:
    """An Arrow table with the numbers of its rows as one more column; None for anything else.

    The engine numbers rows in one thread only.
    """
    if type(frame).__name__ != "Table":
        return None
    import numpy as np
    import pyarrow as pa

    values = np.arange(1, len(frame) + 1, dtype=np.int64)
    return frame.append_column("\x1frow", pa.Array.from_buffers(pa.int64(), len(frame), [None, pa.py_buffer(values)]))


def _scannable(frame: Any) -> tuple[tuple[str, ...], Any]:
    """Names of the columns, and what the engine can scan several times."""
    library = type(frame).__module__.partition(".")[0].lstrip("_")
    kind = type(frame).__name__
    if library not in LIBRARIES:
        raise UsageError(f"a {kind} is no frame that can be checked", hint=f"give one of {', '.join(LIBRARIES)}")
    if library == "polars":
        frame = (frame.collect() if kind == "LazyFrame" else frame).to_arrow()
    elif library == "duckdb":
        frame = frame.to_arrow_table()
    elif kind == "RecordBatchReader":
        frame = frame.read_all()
    if library == "pandas":
        if kind != "DataFrame":
            raise UsageError(f"a pandas {kind} is no frame", hint="give a DataFrame, e.g. series.to_frame()")
        return tuple(map(str, frame.columns)), frame
    if not hasattr(frame, "schema"):
        raise UsageError(f"a {kind} of {library} is no frame", hint="give a table")
    return tuple(map(str, frame.schema.names)), frame
