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
        The engine cannot read it, it has no column or more than 5,000, or duckdb is not installed.

    Notes
    -----
    A pandas column of Python objects is text, whatever the objects are: nothing is guessed from the first rows of it.
    """
    columns, scanned = _scannable(frame)
    if not 0 < len(columns) <= MAX_COLUMNS:
        raise SourceError(f"{shown} has {len(columns):,} columns", hint=f"between 1 and {MAX_COLUMNS:,} can be checked")
    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        connection = connect(Path(name), memory_limit)
        try:
            rows = len(scanned) if hasattr(scanned, "__len__") else None
            types = _seen(connection, scanned, columns, shown)
            yield OpenTable(
                connection=connection,
                columns=columns,
                engine_types=dict(zip(columns, types, strict=True)),
                is_text=False,
                shown=shown,
                read=Read(),
                known_rows=rows,
                duplicate_header=tuple(name for name in dict.fromkeys(columns) if columns.count(name) > 1),
            )
        finally:
            connection.close()


def _seen(connection: duckdb.DuckDBPyConnection, scanned: Any, columns: Sequence[str], shown: str) -> list[str]:
    """Make the view `data` of the columns `row`, `c0`, ...; their SQL types."""
    import duckdb

    places = [f"c{place}" for place in range(len(columns))]
    try:
        connection.execute("SET pandas_analyze_sample = 0")
        numbered = _numbered(scanned)
        connection.register("given", scanned if numbered is None else numbered)
        lock(connection)
        described = connection.execute("DESCRIBE SELECT * FROM given").fetchall()[: len(columns)]
        row, given = ("row_number() OVER ()", places) if numbered is None else ("r", [*places, "r"])
        connection.execute(
            f'CREATE TEMP VIEW data AS SELECT {row} AS "row", {", ".join(places)} '  # noqa: S608  # names of ours
            f"FROM given AS file({', '.join(given)})"
        )
    except (duckdb.Error, TypeError, ValueError) as problem:
        odd = _unreadable(scanned, columns)
        where = f"column {odd!r} of {shown}" if odd is not None else shown
        hint = (
            "convert it to a plain type, or leave it out" if odd is not None else "convert its columns to plain types"
        )
        raise SourceError(f"{where} cannot be read: {first_line(problem)}", hint=hint) from None
    return [str(row[1]) for row in described]


def _unreadable(frame: Any, columns: Sequence[str]) -> str | None:
    """The first column that the engine cannot read even if it stands alone; None where each can be read."""
    import duckdb

    for place, name in enumerate(columns):
        alone = (
            frame.iloc[:1, [place]]
            if hasattr(frame, "iloc")
            else frame.select([place])
            if hasattr(frame, "select")
            else None
        )
        if alone is None:
            return None
        with duckdb.connect() as connection:
            try:
                connection.register("alone", alone)
                connection.execute("DESCRIBE SELECT * FROM alone")
            except (duckdb.Error, TypeError, ValueError):
                return name
    return None


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
