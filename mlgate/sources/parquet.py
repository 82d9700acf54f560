"""Parquet files seen through one view; nothing is read until it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError
from mlgate.sources.delimited import first_line, nulled, quoted
from mlgate.sources.table_files import DataFile, refuse_too_wide

if TYPE_CHECKING:
    import duckdb


def view_parquet(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], paths: Sequence[Path], null: Sequence[str] = ()
) -> tuple[list[tuple[str, str]], int]:
    """Make the view `data` with columns `row`, `c0`, `c1`, ...

    Parameters
    ----------
    connection : receives the view
    files, paths : the files, and the paths under which the engine may open them
    null : texts that are null in columns of text (VARCHAR)

    Returns
    -------
    list of (name as in the file, SQL type), and the number of rows that the files declare

    Raises
    ------
    SourceError
        A file is not Parquet or is broken, has more than 5,000 columns, or its columns differ from those of the first.
    """
    import duckdb

    layout: list[tuple[str, str]] = []
    offset, parts = 0, []
    for file, path in zip(files, paths, strict=True):
        source = quoted(path.as_posix())
        try:
            found = _layout(connection, source, file)
            parts.append(_scan(source, offset, found, null))
            offset += _declared_rows(connection, source)
        except duckdb.Error as problem:
            told = first_line(problem).replace(path.as_posix(), file.shown)
            fact = f"{file.shown} is not a readable Parquet file: {told}"
            raise SourceError(fact, hint="write it again, or pull it again (`dvc pull`)") from None
        if file is not files[0] and found != layout:
            fact = f"the columns or types of {file.shown} are not those of {files[0].shown}"
            raise SourceError(fact, hint="write all files of a dataset with the same schema")
        layout = found
    connection.execute(f"CREATE VIEW data AS {' UNION ALL '.join(parts)}")
    return layout, offset


def _layout(connection: duckdb.DuckDBPyConnection, source: str, file: DataFile) -> list[tuple[str, str]]:
    """Name as in the file and SQL type of each column: the engine renames those that differ in case only."""
    nodes = connection.execute(
        f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({source})"  # noqa: S608  # quoted
    ).fetchall()
    refuse_too_wide(file, int(nodes[0][1]) if nodes else 0)
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({source})").fetchall()  # noqa: S608  # quoted
    names: list[str] = []
    place = 1
    while place < len(nodes):
        names.append(str(nodes[place][0]))
        place = _after(nodes, place)
    return [(name, str(row[1])) for name, row in zip(names, described, strict=True)]


def _after(nodes: Sequence[tuple[Any, ...]], place: int) -> int:
    """Place of the next sibling in Parquet's depth-first list."""
    pending = 1
    while pending:
        pending += int(nodes[place][1]) - 1
        place += 1
    return place


def _scan(source: str, offset: int, layout: Sequence[tuple[str, str]], null: Sequence[str]) -> str:
    names = [f"c{number}" for number in range(len(layout))]
    if any(name.lower() == "file_row_number" for name, _ in layout):  # the engine cannot add a column of that name
        row, scan, given = "row_number() OVER ()", f"read_parquet({source})", names
    else:
        row, scan, given = "file_row + 1", f"read_parquet({source}, file_row_number=true)", [*names, "file_row"]
    values = [nulled(name, null) if kind == "VARCHAR" else name for name, (_, kind) in zip(names, layout, strict=True)]
    columns = ", ".join([f'{row} + {offset} AS "row"', *values])
    return f"SELECT {columns} FROM {scan} AS file({', '.join(given)})"  # noqa: S608  # quoted


def _declared_rows(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    counted = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({source})").fetchone()  # noqa: S608  # quoted
    return int(counted[0]) if counted else 0
