"""Data files opened as one table: CSV, TSV, JSON lines (read as text) and Parquet (read with its types).

All opening of data files happens here. When a table is handed out, the engine can reach nothing but the declared files
and its own folder for spilling, and its settings are locked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources.arrays import FileColumns, read_arrays
from mlgate.sources.delimited import BadRow, TextTable, count_rows, first_line, load_delimited, quoted
from mlgate.sources.json_lines import declared_tokens, load_json_lines
from mlgate.sources.parquet import view_parquet
from mlgate.sources.table_files import DataFile, expand, identify, plain_name

if TYPE_CHECKING:
    import duckdb

__all__ = ["BadRow", "OpenTable", "expand", "open_table", "read_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """A table that can be queried.

    Parameters
    ----------
    connection : engine connection, locked: it reaches the declared files only
    relation : SQL name to select from; its columns are `row`, `c0`, `c1`, ...
    row_number : SQL name of the 1-based number of the data row, rows that could not be parsed included
    columns : names as in the file, also where one stands twice
    engine_types : SQL type by column name; all VARCHAR in a text format
    is_text : whether the format stores text only (CSV, TSV, JSON lines)
    problems, problem_rows : rows that could not be parsed: the first 100, and how many there are
    duplicate_header : names that stand in the header more than once
    assumed : what was found by looking, e.g. `delimiter ";"`; empty where nothing was
    read : how text was read, with the delimiter that was used
    shown : the file or glob as messages name it
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    engine_types: Mapping[str, str]
    is_text: bool
    shown: str
    read: Read
    relation: str = "data"
    row_number: str = '"row"'
    problems: tuple[BadRow, ...] = ()
    problem_rows: int = 0
    assumed: str = ""
    duplicate_header: tuple[str, ...] = field(default=())

    def sql(self, name: str) -> str:
        """SQL name of a column; the first one where the header repeats the name.

        Raises
        ------
        KeyError
            There is no such column.
        """
        try:
            return f"c{self.columns.index(name)}"
        except ValueError:
            raise KeyError(name) from None

    def count_rows(self) -> int:
        """Rows that could be parsed.

        Raises
        ------
        SourceError
            The engine cannot read the file.
        """
        import duckdb

        try:
            return count_rows(self.connection, self.relation)
        except duckdb.Error as problem:
            raise SourceError(f"{self.shown} cannot be read: {first_line(problem)}", hint="write it again") from None


@contextmanager
def open_table(
    paths: Sequence[Path], *, shown: str, read: Read | None = None, memory_limit: str = "1GiB"
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

    Raises
    ------
    SourceError
        A file is absent, empty, unreadable or in another format than its name says, the columns differ between files,
        or duckdb is not installed.
    """
    if not paths:
        raise SourceError(f"{shown}: no file to read", hint="correct the path")
    single = len(paths) == 1
    files = [identify(path, shown if single else f"{shown} ({path.name})") for path in paths]
    if len({(file.format, file.compression) for file in files}) > 1:
        raise SourceError(f"{shown} names files of several formats", hint="name one format per dataset")
    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        connection = _connect(Path(name), memory_limit)
        try:
            yield _opened(connection, files, shown, read or Read(), Path(name))
        finally:
            connection.close()


def _connect(folder: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
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
    ):
        connection.execute(f"SET {name} = {value}")
    return connection


def _opened(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], shown: str, read: Read, folder: Path
) -> OpenTable:
    if files[0].format == "parquet":
        paths = [plain_name(file, folder, number).absolute() for number, file in enumerate(files)]
        _lock(connection, paths)
        layout = view_parquet(connection, files, paths, declared_tokens(read))
        columns = tuple(name for name, _ in layout)
        return OpenTable(
            connection=connection,
            columns=columns,
            engine_types=dict(layout),
            is_text=False,
            shown=shown,
            read=read,
            duplicate_header=_repeated(columns),
        )
    load = load_json_lines if files[0].format == "json lines" else load_delimited
    text: TextTable = load(connection, files, read, folder)
    names = "".join(f", c{number}" for number in range(len(text.columns)))
    connection.execute(f'CREATE VIEW data AS SELECT {text.row_number} AS "row"{names} FROM stored')  # noqa: S608  # names of ours
    _lock(connection)
    return OpenTable(
        connection=connection,
        columns=text.columns,
        engine_types=dict.fromkeys(text.columns, "VARCHAR"),
        is_text=True,
        shown=shown,
        read=text.read,
        problems=text.problems,
        problem_rows=text.problem_rows,
        assumed=text.assumed,
        duplicate_header=_repeated(text.columns),
    )


def _lock(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path] = ()) -> None:
    """Nothing outside `paths` can be read or written from here on, and no setting changed."""
    listed = ", ".join(quoted(path.as_posix()) for path in paths)
    if listed:
        connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _repeated(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(columns) if columns.count(name) > 1)


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
