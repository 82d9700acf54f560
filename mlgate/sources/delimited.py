"""CSV and TSV as a table of text, so that no row vanishes in silence.

The engine reads the file in one strict pass. That pass is believed only if the delimiters counted in the bytes agree
with the rows that it returned. Otherwise the file is read again record by record: what cannot be parsed is listed with
its line, and the rest goes to the engine.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.late import dataclass
from mlgate.sources.delimited_header import find_delimiter, read_header, spoken
from mlgate.sources.delimited_records import MAX_LINE_BYTES, BadRow, Problems, salvage
from mlgate.sources.folder_columns import FolderColumns, folder_columns, places_of
from mlgate.sources.table_files import DataFile, as_utf8, open_bytes, plain_name, refuse_too_wide

if TYPE_CHECKING:
    import duckdb

_CHUNK = 1 << 20
_NO_TOKEN = "\x1fno token\x1f"  # the engine wants at least one text that means null


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """What was read into the table `stored`: columns `c0`, `c1`, ... of text, and `row` where rows were left out.

    Where `folders` name columns that the files have themselves, what they say stands in the last columns.

    Of JSON lines `json_types` has, by place, the JSON types that a column's values have; those with one also have a
    column `t0`, `t1`, ... of the type of each value.
    """

    columns: tuple[str, ...]
    read: Read
    assumed: str = ""
    problems: tuple[BadRow, ...] = ()
    problem_rows: int = 0
    row_number: str = "rowid + 1"
    folders: FolderColumns | None = None
    rows: int | None = None
    json_types: tuple[int, ...] = ()


def load_delimited(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], read: Read, folder: Path
) -> TextTable:
    """Read CSV or TSV files of the same columns into the table `stored`; see `find_delimited`."""
    return find_delimited(files, read, folder).load(connection)


def find_delimited(files: Sequence[DataFile], read: Read, folder: Path) -> Delimited:
    """CSV or TSV files of the same columns, looked at as far as their headers.

    Parameters
    ----------
    files : at least one file
    read : how they are written; `delimiter` None means look
    folder : for temporary copies

    Raises
    ------
    SourceError
        No header or one that is not UTF-8, more than 5,000 columns, headers that differ between the files, an unusable
        delimiter, or a file that cannot be read.
    """
    texts = as_utf8(files, read.encoding, folder)
    delimiter = read.delimiter or find_delimiter(texts[0])
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SourceError(f"{delimiter!r} cannot be a delimiter", hint="write one character")
    headers = [read_header(file, delimiter) for file in texts]
    folders = folder_columns(files, headers[0], read.null)
    columns = (*headers[0], *folders.names)
    refuse_too_wide(files[0], len(columns))
    placed = [(places_of(file, header, files[0], headers[0]), values)
              for file, header, values in zip(files, headers, folders.values, strict=True)]  # fmt: skip
    parts = [
        Part([texts[number] for number in numbers], [_engine_path(texts[number], folder, number) for number in numbers],
             *placed[numbers[0]])
        for numbers in ([*group] for _, group in itertools.groupby(range(len(texts)), key=placed.__getitem__))
    ]  # fmt: skip
    return Delimited(
        parts=parts,
        columns=columns,
        read=replace(read, delimiter=delimiter),
        assumed="" if read.delimiter else f"delimiter {spoken(delimiter)}",
        folder=folder,
        folders=folders,
    )


def _engine_path(file: DataFile, folder: Path, number: int) -> Path:
    return plain_name(file, folder, number).absolute()


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are read in one go.

    Parameters
    ----------
    texts, paths : the files in UTF-8, and the paths under which the engine opens them
    places : of each column of their header in the table
    values : of the columns that their folders name, which are the last ones of the table (`FolderColumns.values`)
    """

    texts: Sequence[DataFile]
    paths: Sequence[Path]
    places: tuple[int, ...]
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """CSV or TSV files before their rows are read.

    Parameters
    ----------
    parts : the files in the order of their rows; one part unless their columns stand in other orders, or folders name
        columns
    read : with the delimiter that is used
    folder : for temporary copies
    """

    parts: Sequence[Part]
    columns: tuple[str, ...]
    read: Read
    assumed: str
    folder: Path
    folders: FolderColumns

    @property
    def texts(self) -> list[DataFile]:
        """All files in UTF-8."""
        return [text for part in self.parts for text in part.texts]

    @property
    def is_one_part(self) -> bool:
        """Whether the files alone hold the table, all with the same header."""
        return len(self.parts) == 1 and not self.parts[0].values

    @property
    def kept(self) -> Path:
        """The file for columns that a typed pass keeps."""
        return self.folder.absolute() / "kept.parquet"

    @property
    def opened(self) -> list[Path]:
        """All that the engine may have to open."""
        parsed = [self._parsed(number) for number in range(len(self.parts))]
        return [*(path for part in self.parts for path in part.paths), *parsed, self.kept]

    def _parsed(self, number: int) -> Path:
        """The file for the records of a part that can be parsed."""
        return self.folder.absolute() / f"parsed-{number}.csv"

    def load(self, connection: duckdb.DuckDBPyConnection) -> TextTable:
        """Read the files into the table `stored`.

        Raises
        ------
        SourceError
            A file cannot be read.
        """
        import duckdb

        found = TextTable(columns=self.columns, read=self.read, assumed=self.assumed, folders=self.folders)
        scan, width = self._scan(connection), len(self.parts[0].places)
        with suppress(duckdb.Error):
            rows = scan.store([scan.rows(part) for part in self.parts])
            if rows == _expected_rows(self.texts, scan.delimiter, width):
                return replace(found, rows=rows)
        problems = Problems(named=len(self.texts) > 1)
        for number, part in enumerate(self.parts):
            salvage(part.texts, scan.delimiter, width, self._parsed(number), problems)
        shown = self.texts[0].shown
        try:
            parsed = [scan.rows(part, self._parsed(number)) for number, part in enumerate(self.parts)]
            rows = scan.store(parsed)
        except duckdb.Error as problem:
            raise SourceError(f"{shown} cannot be read: {first_line(problem)}", hint="write it again") from None
        if rows != problems.good:
            fact = f"{shown}: {problems.good:,} rows were parsed, the engine read {rows:,}"
            raise SourceError(fact, hint="write the file again as plain RFC 4180 CSV")
        listed = tuple(problems.listed)
        return replace(found, problems=listed, problem_rows=problems.count, row_number='"row"', rows=rows)

    def view(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """See the files, of one part, as a relation of text with the columns `row`, `c0`, ...

        Nothing is read until it is asked for, and nothing is compared here with what the bytes hold: for files that are
        known to be plain.
        """
        (part,) = self.parts
        rows = self._scan(connection).rows(part)
        connection.execute(f'CREATE VIEW {name} AS SELECT row_number() OVER () AS "row", * FROM ({rows})')  # noqa: S608  # names of ours

    def _scan(self, connection: duckdb.DuckDBPyConnection) -> _Scan:
        return _Scan(connection, str(self.read.delimiter), self.read.null)


@dataclass(frozen=True, slots=True)
class _Scan:
    """Strict reads of CSV text by the engine."""

    connection: duckdb.DuckDBPyConnection
    delimiter: str
    null: tuple[str, ...]

    def store(self, queries: Sequence[str]) -> int:
        """Fill the table `stored` with the rows of queries in turn, return their number."""
        self.connection.execute("DROP TABLE IF EXISTS stored")
        for number, query in enumerate(queries):
            self.connection.execute(f"{'INSERT INTO stored' if number else 'CREATE TABLE stored AS'} {query}")
        return count_rows(self.connection, "stored")

    def rows(self, part: Part, parsed: Path | None = None) -> str:
        """The query for the rows of a part as text; from `parsed`, with their numbers in front, where it is given."""
        names = [f"c{place}" for place in range(len(part.places))]
        numbered = ['CAST("row" AS BIGINT) AS "row"'] if parsed else []
        values = [f"{'NULL' if value is None else quoted(value)}::VARCHAR AS c{place}"
                  for place, value in enumerate(part.values, start=len(names))]  # fmt: skip
        given = [*(["row"] if parsed else []), *(f"c{place}" for place in part.places)]
        types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in given)
        listed = ", ".join(quoted(path.as_posix()) for path in ([parsed] if parsed else part.paths))
        packed = "none" if parsed else part.texts[0].compression
        tokens = ", ".join(quoted(token) for token in simple_tokens(self.null, self.delimiter) or [_NO_TOKEN])
        return (
            f"SELECT {', '.join([*numbered, *map(self._value, names), *values])} "  # noqa: S608  # every part is quoted
            f"FROM read_csv([{listed}], columns={{{types}}}, auto_detect=false, hive_partitioning=false, "
            f"header={parsed is None}, delim={quoted(self.delimiter)}, quote='\"', escape='\"', nullstr=[{tokens}], "
            f"compression='{packed}', max_line_size={MAX_LINE_BYTES})"
        )

    def _value(self, name: str) -> str:
        return nulled(name, [token for token in self.null if token not in simple_tokens(self.null, self.delimiter)])


def simple_tokens(null: Sequence[str], delimiter: str) -> list[str]:
    """The texts for null that a reader of CSV can know of: none that could only stand in quotes."""
    return [token for token in null if not set(token) & {delimiter, '"', "\n", "\r", "\0"}]


def count_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()  # noqa: S608  # a name of ours
    return int(row[0]) if row else 0


def quoted(text: str) -> str:
    """A text literal: only the quote itself has a meaning inside one."""
    return "'" + text.replace("'", "''") + "'"


def nulled(name: str, tokens: Sequence[str]) -> str:
    """SQL of a text column in which each of the tokens is null, under the column's own name."""
    listed = ", ".join(f"({quoted(token)})".replace("\0", "' || chr(0) || '") for token in tokens)
    return f"CASE WHEN {name} IN ({listed}) THEN NULL ELSE {name} END AS {name}" if listed else name


def first_line(problem: Exception) -> str:
    """First line of an engine's message, at most 200 characters."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]


def _expected_rows(files: Sequence[DataFile], delimiter: str, width: int) -> int | None:
    """Rows by the bytes alone: delimiters (or line ends) outside quotes; None where the bytes do not add up."""
    mark = delimiter.encode() if width > 1 else b"\n"
    total = 0
    for file in files:
        with open_bytes(file) as stream:
            marks, last = _marks_outside_quotes(stream, mark)
        total += marks + (width == 1 and last != b"\n")
    per_row = max(width - 1, 1)
    return total // per_row - len(files) if total % per_row == 0 else None


def _marks_outside_quotes(stream: IO[bytes], mark: bytes) -> tuple[int, bytes]:
    count, inside, last = 0, False, b""
    while chunk := stream.read(_CHUNK):
        parts = chunk.split(b'"')
        count += sum(part.count(mark) for part in parts[int(inside) :: 2])
        inside ^= len(parts) % 2 == 0
        last = chunk[-1:]
    return count, last
