"""Data files opened as one table: CSV, TSV, JSON lines (read as text) and Parquet (read with its types).

All opening of data files happens here. When a table is handed out, the engine can reach nothing but the declared files
and its own folder for spilling, and its settings are locked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources.arrays import FileColumns, read_arrays
from mlgate.sources.delimited import find_delimited, first_line, quoted
from mlgate.sources.delimited_records import BadRow
from mlgate.sources.memory import MEMORY_LIMIT
from mlgate.sources.open_tables import (
    OpenTable,
    OtherFiles,
    TableSource,
    identified,
    load_parquet,
    load_text,
    or_problem,
    see_text,
    source_of,
)
from mlgate.sources.scan_progress import progress_told
from mlgate.sources.table_files import expand

if TYPE_CHECKING:
    import duckdb

    from mlgate.config.other_tables import OtherTable

__all__ = ["BadRow", "OpenTable", "OtherFiles", "expand", "open_table", "read_columns"]


@contextmanager
def open_table(  # noqa: PLR0913  # all but the paths by name
    paths: Sequence[Path],
    *,
    shown: str,
    read: Read | None = None,
    memory_limit: str = MEMORY_LIMIT,
    others: Mapping[OtherTable, OtherFiles] | None = None,
    progress: Callable[[str], None] | None = None,
    lazy: bool = False,
    top: Path | None = None,
) -> Iterator[OpenTable]:
    """Open data files of one format and the same columns as one table.

    Text formats are read as text: only the null tokens of `read` are null (in quotes or not), and every row that cannot
    be parsed is listed in `problems`. Parquet is scanned when it is queried, only in the columns that are asked for.
    JSON and Parquet say null themselves: there an empty text stays a value, unless `read` declares other null tokens.
    Then all of its tokens are null in columns of text (VARCHAR), which in JSON lines are all columns.

    Parameters
    ----------
    paths : files, in the order of their rows
    shown : the path or glob as messages name it
    read : how text is written; None takes the defaults
    memory_limit : cap of the engine's memory, e.g. `1GiB`; above it work spills to a temporary folder
    others : further tables, for `OpenTable.others`; one that cannot be opened does not keep the others from it
    lazy : a large CSV file is read when it is asked for; otherwise the engine has its text when this returns
    top : folders below it that are named `key=value`, right above a file, give its rows a column of text
    progress : called with e.g. `37 %` while a query takes longer than three seconds

    Raises
    ------
    SourceError
        A file is absent, empty, unreadable or in another format than its name says, the columns differ between files,
        or duckdb is not installed.
    """
    files = identified(paths, shown, top)
    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        connection = connect(Path(name), memory_limit)
        try:
            with progress_told(connection, progress):
                main = TableSource(files=files, shown=shown, read=read or Read(), folder=Path(name))
                yield _all_opened(connection, main, others or {}, lazy=lazy)
        finally:
            connection.close()


def connect(folder: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """A connection that spills to the folder; `lock` it before anything is asked.

    Raises
    ------
    SourceError
        duckdb is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise SourceError("data files need duckdb", hint='install "mlgate[data]"') from None
    connection = duckdb.connect(":memory:")
    for name, value in (
        ("memory_limit", quoted(memory_limit)),
        ("temp_directory", quoted(folder.as_posix())),
        ("autoinstall_known_extensions", "false"),
        ("python_enable_replacements", "false"),
        # Parquet's smallest and largest value leave NaN out, and conditions would be decided by them unseen.
        ("disabled_optimizers", "'statistics_propagation'"),
    ):
        connection.execute(f"SET {name} = {value}")
    return connection


def _all_opened(
    connection: duckdb.DuckDBPyConnection, main: TableSource, others: Mapping[OtherTable, OtherFiles], *, lazy: bool
) -> OpenTable:
    """The table with the further ones, which come first: each is made under the names that the next one uses again."""
    found: dict[OtherTable, OpenTable | SourceError] = {}
    paths = [] if main.is_text else main.paths()
    for number, (key, wanted) in enumerate(others.items()):
        try:
            source = source_of(wanted, main.folder / f"other-{number}", f"other{number}")
        except SourceError as problem:
            found[key] = problem
            continue
        found[key] = or_problem(load_text if source.is_text else load_parquet, connection, source)
        paths += [] if source.is_text else source.paths()
    large = find_delimited(main.files, main.read, main.folder) if lazy and main.is_large_csv else None
    if large and large.folders.own:  # which are compared at once
        large = None
    if large:
        paths += large.opened
    opened = load_text(connection, main) if main.is_text and not large else None
    lock(connection, paths)
    if large:
        opened = see_text(connection, large, main.shown)
    return replace(opened or load_parquet(connection, main), others=found)


def lock(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path] = ()) -> None:
    """Nothing outside `paths` can be read or written from here on, and no setting changed."""
    listed = ", ".join(quoted(path.as_posix()) for path in paths)
    if listed:
        connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def read_columns(
    path: Path | Sequence[Path],
    columns: Sequence[str] | None = None,
    *,
    shown: str | None = None,
    read: Read | None = None,
) -> FileColumns:
    """Columns of a predictions file as columns of shape (n_rows,), in the file's order.

    A text format gives text, exactly as written: `007`, `1.10` and `5e2` stay what they are. The one exception loses
    nothing: a column in which every text is that of its integer is int64, because such ids are joined faster. Who
    wants numbers parses them (`mlgate.metrics.rows.parse_rows` does so for scores). Parquet keeps its types; a decimal
    becomes text without trailing zeros. Missing values: NaN in a numeric column (an integer one becomes float64, or
    objects where an integer is too large for that), None in an object column. A long column of text with at most
    100,000 distinct values is a `DictionaryColumn`.

    Parameters
    ----------
    path : the file, or the shards of one, of one format and with the same columns; a path with the marks of a glob that
        is no file stands for the files that match
    columns : names to read; None reads all. A name that the file lacks is not in the result.
    shown : the path as messages name it

    Returns
    -------
    FileColumns
        A dict of the columns; its `header` has all names of the file.

    Raises
    ------
    SourceError
        No file matches, one cannot be read, holds rows that cannot be parsed, or repeats a name that is asked for.
    """
    name = shown or (path if isinstance(path, Path) else path[0]).as_posix()
    with open_table(_shards(path) if isinstance(path, Path) else path, shown=name, read=read) as table:
        import duckdb

        if table.problem_rows:
            first = table.problems[0]
            fact = (
                f"{name}: {table.problem_rows:,} rows cannot be parsed, the first in line {first.line}: {first.message}"
            )
            raise SourceError(fact, hint="correct the file: rows that are left out would change the metrics")
        wanted = [column for column in table.columns if columns is None or column in columns]
        twice = sorted(set(wanted) & set(table.duplicate_header))
        if twice:
            raise SourceError(f"{name}: the column {twice[0]!r} stands twice", hint="rename one of them")
        try:
            return FileColumns(read_arrays(table, wanted), table.columns)
        except duckdb.Error as problem:
            raise SourceError(f"{name} cannot be read: {first_line(problem)}", hint="write it again") from None


def _shards(path: Path) -> list[Path]:
    """The file itself, or the files that its name matches as a glob."""
    if path.exists() or not any(mark in path.as_posix() for mark in "*?["):
        return [path]
    root = next(folder for folder in path.parents if not any(mark in folder.as_posix() for mark in "*?["))
    return [root / name for name in expand(root, path.relative_to(root).as_posix())]
