"""Data frames written as Parquet files, for what opens several tables in one connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlgate.errors import UsageError
from mlgate.sources.frames import LIBRARIES


def write_frame(frame: Any, path: Path, *, shown: str) -> None:
    """Write a frame without its index.

    Parameters
    ----------
    frame : pandas or polars DataFrame, polars LazyFrame, pyarrow Table, RecordBatch, RecordBatchReader or Dataset,
        DuckDB relation
    shown : how messages name it

    Raises
    ------
    UsageError
        It is no such frame, or a column holds values of several types.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = _arrow(frame)
        pq.write_table(pa.table(table) if isinstance(table, pa.RecordBatch) else table, path)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, AttributeError) as problem:
        told = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise UsageError(
            f"{shown} cannot be read as a table: {told}", hint=f"give one of {', '.join(LIBRARIES)}"
        ) from None


def _arrow(frame: Any) -> Any:
    """An Arrow table of a frame."""
    import pyarrow as pa

    library, kind = type(frame).__module__.partition(".")[0].lstrip("_"), type(frame).__name__
    if library == "pandas":
        return pa.Table.from_pandas(frame, preserve_index=False)
    if library == "polars":
        return (frame.collect() if kind == "LazyFrame" else frame).to_arrow()
    if library == "duckdb":
        return frame.to_arrow_table()
    if kind == "RecordBatchReader":
        return frame.read_all()
    return frame.to_table() if kind.endswith("Dataset") else frame
