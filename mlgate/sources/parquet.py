"""Parquet files seen through one view; nothing is read until it is asked for."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError
from mlgate.late import compiled, dataclass
from mlgate.sources.delimited import first_line, nulled, quoted
from mlgate.sources.folder_columns import FolderColumns, folder_columns, places_of, refuse_another_value
from mlgate.sources.table_files import DataFile, refuse_too_wide

if TYPE_CHECKING:
    import duckdb

_FILE = "\x1ffile"  # the engine's name for a column with the file's path; no column of a file is called so
_INTEGER = compiled(r"-?[1-9][0-9]{0,17}|0")
MOST_CHUNKS = 20_000
"""Chunks of columns whose statistics are looked at: each takes some 20 microseconds."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as the view sees it.

    Parameters
    ----------
    layout : name and SQL type of each column, in the order of the file
    places : of each of them in the table
    before : rows in the files before
    values : of the columns that its folders name
    leaves : of each column of the file its number among those that hold values; None for a nested one
    """

    path: str
    layout: tuple[tuple[str, str], ...]
    places: tuple[int, ...]
    before: int
    values: tuple[str | None, ...]
    leaves: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ParquetView:
    """What is known of the files behind the view `data`.

    Parameters
    ----------
    layout : name and SQL type of each column: those of the first file, then those that folders name, BIGINT or DATE
        where all values are written so
    rows : the number of rows that the files declare
    present : counts the values that are not null by the files' own statistics, by the place of the column; columns of
        which these do not tell are left out
    """

    layout: list[tuple[str, str]]
    rows: int
    present: Callable[[], Mapping[int, int]]


def view_parquet(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], paths: Sequence[Path], null: Sequence[str] = ()
) -> ParquetView:
    """Make the view `data` with columns `row`, `c0`, `c1`, ...

    Parameters
    ----------
    connection : receives the view
    files, paths : the files, and the paths under which the engine may open them
    null : texts that are null in columns of text (VARCHAR)

    Raises
    ------
    SourceError
        A file is not Parquet or is broken, has more than 5,000 columns, its columns differ from those of the first, or
        a row says otherwise than its folder.
    """
    names = [path.as_posix() for path in paths]
    layouts, leaves, rows = _looked_at(connection, files, names)
    header = [name for name, _ in layouts[0]]
    folders = folder_columns(files, header, null)
    refuse_too_wide(files[0], len(header) + len(folders.names))
    seen: list[_File] = []
    for number, (file, layout) in enumerate(zip(files, layouts, strict=True)):
        places = places_of(file, [name for name, _ in layout], files[0], header)
        if [layouts[0][place] for place in places] != list(layout):
            fact = f"the types of the columns of {file.shown} are not those of {files[0].shown}"
            raise SourceError(fact, hint="write all files of a dataset with the same schema")
        before, values = sum(rows[:number]), folders.values[number]
        seen.append(_File(names[number], layout, places, before, values, leaves[number]))
    types = _folder_types(folders)
    groups = (list(group) for _, group in itertools.groupby(seen, key=lambda file: file.places))
    scans = [
        _scan(part, [*types, *("VARCHAR" for _ in folders.own)], null)
        for group in groups
        for part in _readable_together(group)
    ]
    connection.execute(f"CREATE VIEW data AS {' UNION ALL '.join(scans)}")
    refuse_another_value(connection, "data", files, header, folders)
    return ParquetView(
        layout=[*layouts[0], *zip(folders.names, types, strict=True)],
        rows=sum(rows),
        present=lambda: _present(connection, seen, rows, skipped="VARCHAR" if null else ""),
    )


def _present(
    connection: duckdb.DuckDBPyConnection, files: Sequence[_File], rows: Sequence[int], skipped: str
) -> dict[int, int]:
    """Values that are not null by the place of the column, where every chunk of every file tells how many are null.

    Parameters
    ----------
    skipped : a type of columns in which more is null than the files know; empty where there is none
    """
    listed = ", ".join(quoted(file.path) for file in files)
    groups = connection.execute(
        f"SELECT coalesce(sum(num_row_groups), 0) FROM parquet_file_metadata([{listed}])"  # noqa: S608  # quoted
    ).fetchone()
    if not groups or groups[0] * len(files[0].layout) > MOST_CHUNKS:
        return {}
    sound = "bool_and(coalesce(stats_null_count BETWEEN 0 AND num_values, false))"
    told = connection.execute(
        f"SELECT file_name, column_id, sum(num_values), sum(num_values - stats_null_count), {sound} "  # noqa: S608  # quoted
        f"FROM parquet_metadata([{listed}]) GROUP BY ALL"
    ).fetchall()
    counts = {(path, leaf): present for path, leaf, values, present, whole in told if whole
              for file, count in zip(files, rows, strict=True) if file.path == path and values == count}  # fmt: skip
    found: dict[int, int] = {}
    for place, (_, kind) in enumerate(files[0].layout):
        each = [counts.get((file.path, leaf)) for file in files for leaf in [file.leaves[file.places.index(place)]]]
        if kind != skipped and None not in each:
            found[place] = sum(int(count) for count in each if count is not None)
    return found


def _looked_at(connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], names: Sequence[str]) -> _Footers:
    """What the footers of the files say: in a few queries, or file by file to find the one at fault."""
    import duckdb

    try:
        return _footers(connection, files, names)
    except duckdb.Error as found:
        problem, file, name = found, files[0], names[0]
    if len(files) > 1:
        for file, name in zip(files, names, strict=True):
            try:
                _footers(connection, [file], [name])
            except duckdb.Error as found:
                problem = found
                break
    told = first_line(problem).replace(name, file.shown)
    fact = f"{file.shown} is not a readable Parquet file: {told}"
    raise SourceError(fact, hint="write it again, or pull it again (`dvc pull`)") from None


_Footers = tuple[list[tuple[tuple[str, str], ...]], list[tuple[int | None, ...]], list[int]]
"""Of each file its columns, their numbers among those that hold values (see `_File`), and its declared rows."""


def _footers(connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], names: Sequence[str]) -> _Footers:
    listed = f"[{', '.join(map(quoted, names))}]"
    nodes: dict[str, list[tuple[Any, ...]]] = {name: [] for name in names}
    parts = "type, type_length, repetition_type = 'REPEATED', converted_type, scale, precision, logical_type"
    query = f"SELECT file_name, name, coalesce(num_children, 0), {parts} FROM parquet_schema({listed})"  # noqa: S608  # quoted
    for row in connection.execute(query).fetchall():
        nodes[row[0]].append(row[1:])
    counted = dict(
        connection.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata({listed})").fetchall()  # noqa: S608  # quoted
    )
    known: dict[tuple[tuple[Any, ...], ...], tuple[tuple[str, str], ...]] = {}
    layouts = []
    leaves = [_leaves(nodes[name]) for name in names]
    for file, name in zip(files, names, strict=True):
        form = tuple(nodes[name][1:])
        if form not in known:
            refuse_too_wide(file, int(nodes[name][0][1]) if nodes[name] else 0)
            known[form] = _layout(connection, name, nodes[name])
        layouts.append(known[form])
    return layouts, leaves, [int(counted.get(name, 0)) for name in names]


def _leaves(nodes: Sequence[tuple[Any, ...]]) -> tuple[int | None, ...]:
    """Of each column its number among the nodes with a type, in Parquet's depth-first list; None if it is nested."""
    found: list[int | None] = []
    place, passed = 1, 0
    while place < len(nodes):
        after = _after(nodes, place)
        _, _, type_, _, repeated, *_ = nodes[place]
        found.append(None if type_ is None or repeated else passed)
        passed += sum(node[2] is not None for node in nodes[place:after])
        place = after
    return tuple(found)


def _layout(
    connection: duckdb.DuckDBPyConnection, name: str, nodes: Sequence[tuple[Any, ...]]
) -> tuple[tuple[str, str], ...]:
    """Name as in the file and SQL type of each column: the engine renames those that differ in case only."""
    source = f"read_parquet({quoted(name)}, hive_partitioning=false)"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608  # quoted
    names: list[str] = []
    place = 1
    while place < len(nodes):
        names.append(str(nodes[place][0]))
        place = _after(nodes, place)
    return tuple((name, str(row[1])) for name, row in zip(names, described, strict=True))


def _after(nodes: Sequence[tuple[Any, ...]], place: int) -> int:
    """Place of the next sibling in Parquet's depth-first list."""
    pending = 1
    while pending:
        pending += int(nodes[place][1]) - 1
        place += 1
    return place


def _folder_types(folders: FolderColumns) -> list[str]:
    """SQL types of the columns that folders name; a number with a leading zero is text, since it may be a code."""
    types = []
    for place in range(len(folders.names)):
        values = [row[place] for row in folders.values if row[place] is not None]
        if values and all(_INTEGER.fullmatch(str(value)) for value in values):
            types.append("BIGINT")
        else:
            types.append("DATE" if values and all(map(_is_day, values)) else "VARCHAR")
    return types


def _is_day(text: str | None) -> bool:
    try:
        return dt.date.fromisoformat(str(text)).isoformat() == text
    except ValueError:
        return False


def _readable_together(group: Sequence[_File]) -> list[Sequence[_File]]:
    """Files of the same columns, in one scan; each in its own where the engine cannot number the rows of the files."""
    return [[file] for file in group] if _has_own_numbers(group[0]) else [group]


def _has_own_numbers(file: _File) -> bool:
    """Whether a column has the name that the engine's number of the row would have."""
    return any(name.lower() == "file_row_number" for name, _ in file.layout)


def _scan(files: Sequence[_File], types: Sequence[str], null: Sequence[str]) -> str:
    first = files[0]
    given = ", ".join(f"c{place}" for place in first.places)
    kinds = {place: kind for place, (_, kind) in zip(first.places, first.layout, strict=True)}
    values = [nulled(f"c{place}", null) if kinds[place] == "VARCHAR" else f"c{place}" for place in sorted(kinds)]
    for number, kind in enumerate(types):
        listed = ["NULL" if file.values[number] is None else quoted(str(file.values[number])) for file in files]
        values.append(f"CAST({_of_file(listed, files)} AS {kind}) AS c{len(kinds) + number}")
    before = _of_file([str(file.before) for file in files], files)
    options = "hive_partitioning=false"
    if _has_own_numbers(first):
        row = "row_number() OVER ()"
    else:
        row, options = "file_row_number + 1", f"{options}, file_row_number=true"
    if len(files) > 1:
        options += f", filename={quoted(_FILE)}"
    listed_files = ", ".join(quoted(file.path) for file in files)
    columns = ", ".join([f'{row} + {before} AS "row"', *values])
    return f"SELECT {columns} FROM read_parquet([{listed_files}], {options}) AS file({given})"  # noqa: S608  # quoted


def _of_file(values: Sequence[str], files: Sequence[_File]) -> str:
    """SQL of the value of the file that a row comes from."""
    if len(set(values)) == 1:
        return values[0]
    by_path = ", ".join(f"{quoted(file.path)}: {value}" for file, value in zip(files, values, strict=True))
    return f'map_extract(MAP {{{by_path}}}, "{_FILE}")[1]'
