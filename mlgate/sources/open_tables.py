"""One open table, and how files become one: text is read into the engine, Parquet is seen through a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.late import dataclass
from mlgate.sources.delimited import Delimited, TextTable, count_rows, first_line, load_delimited
from mlgate.sources.delimited_records import BadRow
from mlgate.sources.folder_columns import refuse_another_value
from mlgate.sources.json_lines import declared_tokens, load_json_lines
from mlgate.sources.lazy_text import LazyText
from mlgate.sources.parquet import view_parquet
from mlgate.sources.table_files import DataFile, identify, plain_name

if TYPE_CHECKING:
    import duckdb

    from mlgate.config.other_tables import OtherTable


LARGE_BYTES = 32_000_000
"""From so many bytes of CSV on a typed pass, which first has to import its reader, is faster than reading text."""


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
    text : what is known of the rows of a text file; `LazyText` where they are read when they are asked for
    json_types : of JSON lines, which JSON types the values of a column have, by its name (`mlgate.config.json_types`).
        The type of each value stands in the column `t0` beside the text `c0`, and so on
    unreadable : columns of a frame that the engine cannot read, with the reason; `engine_types` lacks them
    known_rows : rows that could be parsed, where they are known before anything is asked
    told : how many values the file itself says are not null, by the place of the column; looked up when it is called
    duplicate_header : names that stand in the header more than once
    assumed : what was found by looking, e.g. `delimiter ";"`; empty where nothing was
    read : how text was read, with the delimiter that was used
    shown : the file or glob as messages name it
    others : further tables of the same connection, or why one could not be opened
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    engine_types: Mapping[str, str]
    is_text: bool
    shown: str
    read: Read
    relation: str = "data"
    row_number: str = '"row"'
    text: TextTable | LazyText | None = None
    json_types: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    known_rows: int | None = None
    told: Callable[[], Mapping[int, int]] | None = None
    assumed: str = ""
    duplicate_header: tuple[str, ...] = field(default=())
    others: Mapping[OtherTable, OpenTable | SourceError] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[BadRow, ...]:
        """Rows that could not be parsed: the first 100."""
        return self.text.problems if self.text else ()

    @property
    def problem_rows(self) -> int:
        """How many rows could not be parsed."""
        return self.text.problem_rows if self.text else 0

    @property
    def quick(self) -> LazyText | None:
        """A large text file that can be read in one typed pass."""
        return self.text if isinstance(self.text, LazyText) else None

    @property
    def kinds(self) -> Mapping[str, str]:
        """Columns that are read as values of a kind: none, `engine_types` says how they are stored."""
        return {}

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

        known = self.quick.rows if self.quick else self.known_rows
        if known is not None:
            return known
        try:
            return count_rows(self.connection, self.relation)
        except duckdb.Error as problem:
            raise SourceError(f"{self.shown} cannot be read: {first_line(problem)}", hint="write it again") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFiles:
    """A further table to open beside one.

    Parameters
    ----------
    paths, shown, read : as of `open_table`
    columns : those that are asked for; None means all. Of a text format only these are kept
    """

    paths: Sequence[Path]
    shown: str
    read: Read | None = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Files to open as the relation of a name; `folder` is for their temporary copies."""

    files: Sequence[DataFile]
    shown: str
    read: Read
    folder: Path
    relation: str = "data"
    columns: tuple[str, ...] | None = None

    @property
    def is_text(self) -> bool:
        return self.files[0].format != "parquet"

    @property
    def is_large_csv(self) -> bool:
        """Whether these are CSV or TSV files of so many bytes that reading them twice is worse than a reader more."""
        bytes_ = sum(file.path.stat().st_size * (1 if file.compression == "none" else 4) for file in self.files)
        return self.files[0].format in ("csv", "tsv") and bytes_ >= LARGE_BYTES

    def paths(self) -> list[Path]:
        return [plain_name(file, self.folder, number).absolute() for number, file in enumerate(self.files)]


def identified(paths: Sequence[Path], shown: str, top: Path | None = None) -> list[DataFile]:
    """The files, all of one format; for `top` see `identify`."""
    if not paths:
        raise SourceError(f"{shown}: no file to read", hint="correct the path")
    single = len(paths) == 1
    told = [_told(path, top) for path in paths]
    files = [
        identify(path, shown if single else f"{shown} ({name})", top) for path, name in zip(paths, told, strict=True)
    ]
    if len({(file.format, file.compression) for file in files}) > 1:
        raise SourceError(f"{shown} names files of several formats", hint="name one format per dataset")
    return files


def _told(path: Path, top: Path | None) -> str:
    return path.relative_to(top).as_posix() if top and path.is_relative_to(top) else path.name


def source_of(wanted: OtherFiles, folder: Path, relation: str) -> TableSource:
    """A further table to be opened as the relation of a name.

    Raises
    ------
    SourceError
        A file is absent, empty, unreadable or in no format that is read here.
    """
    files = identified(wanted.paths, wanted.shown)
    folder.mkdir()
    return TableSource(
        files=files,
        shown=wanted.shown,
        read=wanted.read or Read(),
        folder=folder,
        relation=relation,
        columns=wanted.columns,
    )


def or_problem(
    load: Callable[[duckdb.DuckDBPyConnection, TableSource], OpenTable],
    connection: duckdb.DuckDBPyConnection,
    source: TableSource,
) -> OpenTable | SourceError:
    import duckdb

    found: SourceError
    try:
        return load(connection, source)
    except SourceError as problem:
        found = problem
    except duckdb.Error as problem:
        fact = f"{source.shown} cannot be read: {first_line(problem)}"
        found = SourceError(fact, hint="write it again, or raise the memory limit")
    for unfinished in ("stored", "lines", "shapes"):
        connection.execute(f"DROP TABLE IF EXISTS {unfinished}")
    return found


def load_parquet(connection: duckdb.DuckDBPyConnection, source: TableSource) -> OpenTable:
    view = view_parquet(connection, source.files, source.paths(), declared_tokens(source.read))
    if source.relation != "data":
        connection.execute(f"ALTER VIEW data RENAME TO {source.relation}")
    columns = tuple(name for name, _ in view.layout)
    return OpenTable(
        connection=connection,
        columns=columns,
        engine_types=dict(view.layout),
        is_text=False,
        shown=source.shown,
        read=source.read,
        relation=source.relation,
        known_rows=view.rows,
        told=view.present,
        duplicate_header=_repeated(columns),
    )


def load_text(connection: duckdb.DuckDBPyConnection, source: TableSource) -> OpenTable:
    load = load_json_lines if source.files[0].format == "json lines" else load_delimited
    text: TextTable = load(connection, source.files, source.read, source.folder)
    if text.folders and text.folders.own:
        header = text.columns[: len(text.columns) - len(text.folders.names)]
        values = ", ".join(f"c{place}" for place in range(len(header) + text.folders.width))
        numbered = f'(SELECT {text.row_number} AS "row", {values} FROM stored)'  # noqa: S608  # names of ours
        refuse_another_value(connection, numbered, source.files, header, text.folders)
    wanted = [number for number, name in enumerate(text.columns) if source.columns is None or name in source.columns]
    typed = {number for number, types in enumerate(text.json_types) if types}
    names = "".join(f", c{number}" + (f", t{number}" if number in typed else "") for number in wanted)
    kept = f'SELECT {text.row_number} AS "row"{names} FROM stored'  # noqa: S608  # names of ours
    if source.relation == "data":
        connection.execute(f"CREATE VIEW data AS {kept}")
    else:
        connection.execute(f"CREATE TABLE {source.relation} AS {kept}")
        connection.execute("DROP TABLE stored")
    return OpenTable(
        connection=connection,
        columns=text.columns,
        engine_types=dict.fromkeys(text.columns, "VARCHAR"),
        is_text=True,
        shown=source.shown,
        read=text.read,
        relation=source.relation,
        text=text,
        json_types={name: types for name, types in zip(text.columns, text.json_types, strict=False) if types},
        known_rows=text.rows,
        assumed=text.assumed,
        duplicate_header=_repeated(text.columns),
    )


def see_text(connection: duckdb.DuckDBPyConnection, source: Delimited, shown: str) -> OpenTable:
    """CSV files whose rows are read when they are asked for."""
    text = LazyText(connection, source)
    return OpenTable(
        connection=cast("duckdb.DuckDBPyConnection", text),  # it answers SQL, which is all that is asked of it
        columns=source.columns,
        engine_types=dict.fromkeys(source.columns, "VARCHAR"),
        is_text=True,
        shown=shown,
        read=source.read,
        text=text,
        assumed=source.assumed,
        duplicate_header=_repeated(source.columns),
    )


def _repeated(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(columns) if columns.count(name) > 1)
