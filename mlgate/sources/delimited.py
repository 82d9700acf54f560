"""CSV and TSV as a table of text, so that no row vanishes in silence.

The engine reads the file in one strict pass. That pass is believed only if the delimiters counted in the bytes agree
with the rows that it returned. Otherwise the file is read again record by record: what cannot be parsed is listed with
its line, and the rest goes to the engine.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources.table_files import DataFile, as_utf8, open_bytes, open_text, plain_name, refuse_too_wide

if TYPE_CHECKING:
    import duckdb

MAX_LINE_BYTES = 2_000_000
MAX_LISTED = 100
_DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20
_NO_TOKEN = "\x1fno token\x1f"  # the engine wants at least one text that means null


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be parsed: 1-based line of the file where it starts, and why."""

    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """What was read into the table `stored`: columns `c0`, `c1`, ... of text, and `row` where rows were left out."""

    columns: tuple[str, ...]
    read: Read
    assumed: str = ""
    problems: tuple[BadRow, ...] = ()
    problem_rows: int = 0
    row_number: str = "rowid + 1"


@dataclass(slots=True)
class Problems:
    """Rows that could not be parsed: the first ones listed, all counted."""

    listed: list[BadRow] = field(default_factory=list)
    count: int = 0

    def add(self, file: DataFile, line: int, message: str, *, named: bool) -> None:
        self.count += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(BadRow(line, f"{file.shown}: {message}" if named else message))


def load_delimited(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], read: Read, folder: Path
) -> TextTable:
    """Read CSV or TSV files of the same columns into the table `stored`.

    Parameters
    ----------
    connection : receives the table
    files : at least one file
    read : how they are written; `delimiter` None means look
    folder : for temporary copies

    Raises
    ------
    SourceError
        No header or one that is not UTF-8, more than 5,000 columns, headers that differ between the files, an unusable
        delimiter, or a file that cannot be read.
    """
    import duckdb

    texts = as_utf8(files, read.encoding, folder)
    delimiter = read.delimiter or _found_delimiter(texts[0])
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SourceError(f"{delimiter!r} cannot be a delimiter", hint="write one character")
    columns = _common_header(texts, delimiter)
    paths = [plain_name(file, folder, number) for number, file in enumerate(texts)]
    found = TextTable(
        columns=columns,
        read=replace(read, delimiter=delimiter),
        assumed="" if read.delimiter else f"delimiter {_spoken(delimiter)}",
    )
    scan = _Scan(connection, delimiter, read.null, len(columns))
    try:
        rows = scan.store(paths, compression=texts[0].compression, header=True)
        if rows == _expected_rows(texts, delimiter, len(columns)):
            return found
    except duckdb.Error:
        pass
    clean = folder / "parsed.csv"
    problems, good = _salvage(texts, delimiter, len(columns), clean)
    try:
        rows = scan.store([clean], compression="none", header=False, numbered=True)
    except duckdb.Error as problem:
        raise SourceError(f"{files[0].shown} cannot be read: {first_line(problem)}", hint="write it again") from None
    if rows != good:
        fact = f"{files[0].shown}: {good:,} rows were parsed, the engine read {rows:,}"
        raise SourceError(fact, hint="write the file again as plain RFC 4180 CSV")
    return replace(found, problems=tuple(problems.listed), problem_rows=problems.count, row_number='"row"')


@dataclass(frozen=True, slots=True)
class _Scan:
    """One strict read of CSV text by the engine."""

    connection: duckdb.DuckDBPyConnection
    delimiter: str
    null: tuple[str, ...]
    width: int

    def store(self, paths: Sequence[Path], *, compression: str, header: bool, numbered: bool = False) -> int:
        """Fill the table `stored`, return its number of rows."""
        names = [f"c{number}" for number in range(self.width)]
        stored = ['CAST("row" AS BIGINT) AS "row"', *map(self._value, names)] if numbered else map(self._value, names)
        given = ["row", *names] if numbered else names
        types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in given)
        listed = ", ".join(quoted(path.as_posix()) for path in paths)
        simple = [token for token in self.null if not set(token) & {self.delimiter, '"', "\n", "\r", "\0"}]
        tokens = ", ".join(quoted(token) for token in simple or [_NO_TOKEN])
        self.connection.execute("DROP TABLE IF EXISTS stored")
        self.connection.execute(
            f"CREATE TABLE stored AS SELECT {', '.join(stored)} FROM read_csv([{listed}], columns={{{types}}}, "  # noqa: S608  # every part is quoted
            f"auto_detect=false, header={header}, delim={quoted(self.delimiter)}, quote='\"', escape='\"', "
            f"nullstr=[{tokens}], compression='{compression}', max_line_size={MAX_LINE_BYTES})"
        )
        return count_rows(self.connection, "stored")

    def _value(self, name: str) -> str:
        return nulled(name, [token for token in self.null if set(token) & {self.delimiter, '"', "\n", "\r", "\0"}])


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
    with open_text(file) as text, _long_fields():
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


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


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


def _salvage(files: Sequence[DataFile], delimiter: str, width: int, target: Path) -> tuple[Problems, int]:
    """Copy the records that can be parsed, each with its row number in front; list the others."""
    problems, good, row = Problems(), 0, 0
    with target.open("w", encoding="utf-8", newline="") as copy, _long_fields():
        for file in files:
            with open_text(file) as text:
                for line, raw, problem in _records(text, delimiter, width):
                    row += 1
                    if problem:
                        problems.add(file, line, problem, named=len(files) > 1)
                    else:
                        good += 1
                        copy.write(f"{row}{delimiter}{raw}\n")
    return problems, good


def _records(text: IO[str], delimiter: str, width: int) -> Iterator[tuple[int, str, str]]:
    """Line, text and problem ("" for none) of each record after the header; blank lines are no records."""
    taken: list[str] = []
    lines = (taken.append(line) or line for line in text)  # type: ignore[func-returns-value]  # append returns None
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    in_header, line = True, 1
    while True:
        taken.clear()
        problem, record = "", []
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _reason(str(error), len(taken))
        raw = "".join(taken).rstrip("\r\n")
        start, line = line, line + len(taken)
        if not record and not problem and (in_header or width > 1):
            continue
        if in_header:
            in_header = False
            continue
        yield start, raw, problem or _defect(record, raw, width)


def _reason(error: str, lines: int) -> str:
    if "end of data" in error:
        return f"a quote is opened and never closed: {lines:,} lines to the end of the file are lost"
    return "text stands after a closing quote" if "expected after" in error else error


def _defect(record: list[str], raw: str, width: int) -> str:
    found = max(len(record), 1)
    if found != width:
        last = ", the last one empty" if found > width and not record[-1] else ""
        return f"{found} field{'s' * (found != 1)} where the header has {width}{last}"
    try:
        size = len(raw.encode("utf-8"))
    except UnicodeEncodeError:
        return "bytes that are not UTF-8"
    return f"longer than {MAX_LINE_BYTES:,} bytes" if size > MAX_LINE_BYTES - 32 else ""
