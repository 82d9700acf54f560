"""Data frames opened as a table: pandas, polars, Arrow and DuckDB relations are scanned where they lie, not copied."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlgate.config.schema import Read
from mlgate.errors import SourceError, UsageError
from mlgate.sources.delimited import first_line
from mlgate.sources.open_tables import OpenTable
from mlgate.sources.table_files import MAX_COLUMNS
from mlgate.sources.tables import connect, lock

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
            import duckdb

            try:
                connection.execute("SET pandas_analyze_sample = 0")
                connection.register("given", scanned)
                lock(connection)
                described = connection.execute("DESCRIBE SELECT * FROM given").fetchall()
                places = ", ".join(f"c{place}" for place in range(len(columns)))
                connection.execute(
                    f'CREATE TEMP VIEW data AS SELECT row_number() OVER () AS "row", {places} '  # noqa: S608  # names of ours
                    f"FROM given AS file({places})"
                )
            except (duckdb.Error, TypeError, ValueError) as problem:
                fact = f"{shown} cannot be read: {first_line(problem)}"
                raise SourceError(fact, hint="convert its columns to plain types") from None
            yield OpenTable(
                connection=connection,
                columns=columns,
                engine_types={column: str(row[1]) for column, row in zip(columns, described, strict=True)},
                is_text=False,
                shown=shown,
                read=Read(),
                duplicate_header=tuple(name for name in dict.fromkeys(columns) if columns.count(name) > 1),
            )
        finally:
            connection.close()


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
