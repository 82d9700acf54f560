"""CSV and TSV as a table of text, so that no row vanishes in silence.

The engine reads the file in one strict pass. That pass is believed only if the delimiters counted in the bytes agree
with the rows that it returned. Otherwise the file is read again record by record: what cannot be parsed is listed with
its line, and the rest goes to the engine.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources.delimited_records import MAX_LINE_BYTES, BadRow, long_fields, salvage
from mlgate.sources.table_files import DataFile, as_utf8, open_bytes, open_text, plain_name, refuse_too_wide

if TYPE_CHECKING:
    import duckdb

_DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20
_NO_TOKEN = "\x1fno token\x1f"  # the engine wants at least one text that means null


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """What was read into the table `stored`: columns `c0`, `c1`, ... of text, and `row` where rows were left out."""

    columns: tuple[str, ...]
    read: Read
    assumed: str = ""
    problems: tuple[BadRow, ...] = ()
    problem_rows: int = 0
    row_number: str = "rowid + 1"
    rows: int | None = None


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
    delimiter = read.delimiter or _found_delimiter(texts[0])
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SourceError(f"{delimiter!r} cannot be a delimiter", hint="write one character")
    return Delimited(
        texts=texts,
        paths=[plain_name(file, folder, number).absolute() for number, file in enumerate(texts)],
        columns=_common_header(texts, delimiter),
        read=replace(read, delimiter=delimiter),
        assumed="" if read.delimiter else f"delimiter {_spoken(delimiter)}",
        folder=folder,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """CSV or TSV files before their rows are read.

    Parameters
    ----------
    texts, paths : the files in UTF-8, and the paths under which the engine opens them
    read : with the delimiter that is used
    folder : for temporary copies
    """

    texts: Sequence[DataFile]
    paths: Sequence[Path]
    columns: tuple[str, ...]
    read: Read
    assumed: str
    folder: Path

    @property
    def parsed(self) -> Path:
        """The file that `load` writes where not every record can be parsed."""
        return self.folder.absolute() / "parsed.csv"

    @property
    def kept(self) -> Path:
        """The file for columns that a typed pass keeps."""
        return self.folder.absolute() / "kept.parquet"

    @property
    def opened(self) -> list[Path]:
        """All that the engine may have to open."""
        return [*self.paths, self.parsed, self.kept]

    def load(self, connection: duckdb.DuckDBPyConnection) -> TextTable:
        """Read the files into the table `stored`.

        Raises
        ------
        SourceError
            A file cannot be read.
        """
        import duckdb

        delimiter, width, shown = str(self.read.delimiter), len(self.columns), self.texts[0].shown
        found = TextTable(columns=self.columns, read=self.read, assumed=self.assumed)
        scan = _Scan(connection, delimiter, self.read.null, width)
        try:
            rows = scan.store(self.paths, compression=self.texts[0].compression, header=True)
            if rows == _expected_rows(self.texts, delimiter, width):
                return replace(found, rows=rows)
        except duckdb.Error:
            pass
        problems, good = salvage(self.texts, delimiter, width, self.parsed)
        try:
            rows = scan.store([self.parsed], compression="none", header=False, numbered=True)
        except duckdb.Error as problem:
            raise SourceError(f"{shown} cannot be read: {first_line(problem)}", hint="write it again") from None
        if rows != good:
            fact = f"{shown}: {good:,} rows were parsed, the engine read {rows:,}"
            raise SourceError(fact, hint="write the file again as plain RFC 4180 CSV")
        listed = tuple(problems.listed)
        return replace(found, problems=listed, problem_rows=problems.count, row_number='"row"', rows=rows)

    def view(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """See the files as a relation of text with the columns `row`, `c0`, ...; nothing is read until it is asked for.

        For files that are known to be plain: nothing is compared here with what the bytes hold.
        """
        scan = _Scan(connection, str(self.read.delimiter), self.read.null, len(self.columns))
        rows = scan.rows(self.paths, compression=self.texts[0].compression, header=True)
        connection.execute(f'CREATE VIEW {name} AS SELECT row_number() OVER () AS "row", * FROM ({rows})')  # noqa: S608  # names of ours


@dataclass(frozen=True, slots=True)
class _Scan:
    """One strict read of CSV text by the engine."""

    connection: duckdb.DuckDBPyConnection
    delimiter: str
    null: tuple[str, ...]
    width: int

    def store(self, paths: Sequence[Path], *, compression: str, header: bool, numbered: bool = False) -> int:
        """Fill the table `stored`, return its number of rows."""
        rows = self.rows(paths, compression=compression, header=header, numbered=numbered)
        self.connection.execute("DROP TABLE IF EXISTS stored")
        self.connection.execute(f"CREATE TABLE stored AS {rows}")
        return count_rows(self.connection, "stored")

    def rows(self, paths: Sequence[Path], *, compression: str, header: bool, numbered: bool = False) -> str:
        """The query for the rows as text."""
        names = [f"c{number}" for number in range(self.width)]
        stored = ['CAST("row" AS BIGINT) AS "row"', *map(self._value, names)] if numbered else map(self._value, names)
        given = ["row", *names] if numbered else names
        types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in given)
        listed = ", ".join(quoted(path.as_posix()) for path in paths)
        tokens = ", ".join(quoted(token) for token in simple_tokens(self.null, self.delimiter) or [_NO_TOKEN])
        return (
            f"SELECT {', '.join(stored)} FROM read_csv([{listed}], columns={{{types}}}, "  # noqa: S608  # every part is quoted
            f"auto_detect=false, header={header}, delim={quoted(self.delimiter)}, quote='\"', escape='\"', "
            f"nullstr=[{tokens}], compression='{compression}', max_line_size={MAX_LINE_BYTES})"
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


def _spoken(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f'"{delimiter}"'


def _found_delimiter(file: DataFile) -> str:
    """The delimiter that gives the most columns in the same number over the first records."""
    if file.format == "tsv":
        return "\t"
    with open_text(file) as text:
        head = [line for line in itertools.islice(text, 50) if line.strip()]
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        with suppress(csv.Error):
            widths = [len(record) for record in csv.reader(head, delimiter=delimiter) if record]
            width = widths[0] if widths else 1
            if width > most and widths.count(width) * 2 > len(widths):
                best, most = delimiter, width
    return best


def _common_header(files: Sequence[DataFile], delimiter: str) -> tuple[str, ...]:
    headers = [_header(file, delimiter) for file in files]
    for file, header in zip(files, headers, strict=True):
        if header != headers[0]:
            fact = f"the columns of {file.shown} are not those of {files[0].shown}"
            raise SourceError(fact, hint="write both with the same columns in the same order")
    return headers[0]


def _header(file: DataFile, delimiter: str) -> tuple[str, ...]:
    with open_text(file) as text, long_fields():
        try:
            record: list[str] = next(filter(None, csv.reader(text, delimiter=delimiter, strict=True)), [])
            "".join(record).encode("utf-8")
        except UnicodeEncodeError:
            fact = f"the header of {file.shown} holds bytes that are not UTF-8"
            raise SourceError(fact, hint="name the file's encoding in a schema (`read: {encoding: latin-1}`)") from None
        except csv.Error as problem:
            why = "a quote is opened and never closed" if "end of data" in str(problem) else str(problem)
            raise SourceError(f"the header of {file.shown} cannot be read: {why}", hint="correct line 1") from None
    if not record:
        raise SourceError(f"{file.shown} has no header", hint="write the column names in the first line")
    refuse_too_wide(file, len(record))
    return tuple(record)


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
