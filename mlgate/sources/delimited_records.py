"""CSV and TSV record by record: what cannot be parsed is listed with its line, the rest copied.

Slow, and for files only in which something is wrong.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import IO

from mlgate.late import dataclass
from mlgate.sources.table_files import DataFile, open_text

MAX_LINE_BYTES = 2_000_000
MAX_LISTED = 100
_TOO_LONG = f"longer than {MAX_LINE_BYTES:,} bytes"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be parsed: 1-based line of the file where it starts, and why."""

    line: int
    message: str


@dataclass(slots=True)
class Problems:
    """What became of the rows of a table: those that could not be parsed, the first ones listed, and how many could.

    Parameters
    ----------
    named : whether a problem names its file
    """

    named: bool = False
    listed: list[BadRow] = field(default_factory=list)
    count: int = 0
    good: int = 0

    @property
    def rows(self) -> int:
        """All rows so far."""
        return self.good + self.count

    def add(self, file: DataFile, line: int, message: str) -> None:
        self.count += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(BadRow(line, f"{file.shown}: {message}" if self.named else message))


@contextmanager
def long_fields() -> Iterator[None]:
    """Fields of any length, for as long as this lasts."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def salvage(files: Sequence[DataFile], delimiter: str, width: int, target: Path, problems: Problems) -> None:
    """Copy the records that can be parsed, each with its row number in front; list the others.

    Parameters
    ----------
    problems : of the rows before these, and then of these too
    """
    with target.open("w", encoding="utf-8", newline="") as copy, long_fields():
        for file in files:
            with open_text(file) as text:
                for line, raw, problem in _records(text, delimiter, width):
                    if problem:
                        problems.add(file, line, problem)
                    else:
                        problems.good += 1
                        copy.write(f"{problems.rows}{delimiter}{raw}\n")


def _records(text: IO[str], delimiter: str, width: int) -> Iterator[tuple[int, str, str]]:
    """Line, text and problem ("" for none) of each record after the header; blank lines are no records."""
    lines = BoundedLines(text)
    reader = _reader(lines, delimiter)
    in_header, line = True, 1
    while True:
        lines.taken.clear()
        problem, record, count = "", [], 0
        try:
            record = next(reader)
        except StopIteration:
            return
        except TooLongError:
            problem, count = lines.skip_record()
            reader = _reader(lines, delimiter)
        except csv.Error as error:
            problem = _reason(str(error), len(lines.taken))
        raw = "".join(lines.taken).rstrip("\r\n")
        start, line = line, line + (count or len(lines.taken))
        if not record and not problem and (in_header or width > 1):
            continue
        if in_header:
            in_header = False
            continue
        yield start, raw, problem or _defect(record, raw, width)


def _reader(lines: BoundedLines, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


class TooLongError(Exception):
    """A record is longer than any that is read."""


class BoundedLines:
    """The lines of a text, for as long as a record of them stays within `MAX_LINE_BYTES` characters.

    `taken` holds the lines of the record; whoever begins another one empties it. A file that is one line without end,
    or one quote that is never closed, is not kept in memory.
    """

    def __init__(self, text: IO[str]) -> None:
        self.taken: list[str] = []
        self._text = text
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE_BYTES)
        self._size = len(line) + (self._size if self.taken else 0)
        if not line:
            raise StopIteration
        self.taken.append(line)
        if self._size >= MAX_LINE_BYTES:
            raise TooLongError
        return line

    def skip_record(self) -> tuple[str, int]:
        """Leave a record that is too long behind: what is wrong with it, and how many lines it takes.

        It ends with the first line end at which every quote is closed.
        """
        piece = self.taken[-1]
        quotes = sum(line.count('"') for line in self.taken)
        count = len(self.taken)
        while not (piece.endswith(("\r", "\n")) and quotes % 2 == 0):
            ended = piece.endswith(("\r", "\n"))
            piece = self._text.readline(MAX_LINE_BYTES)
            if not piece:
                break
            quotes += piece.count('"')
            count += ended
        self.taken.clear()
        return _reason("end of data", count) if quotes % 2 else _TOO_LONG, count


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
    return _TOO_LONG if size > MAX_LINE_BYTES - 32 else ""
