"""The first lines of CSV and TSV: which delimiter, which columns."""

from __future__ import annotations

import csv
import itertools
from contextlib import suppress

from mlgate.errors import SourceError
from mlgate.sources.delimited_records import MAX_LINE_BYTES, BoundedLines, TooLongError, long_fields
from mlgate.sources.table_files import DataFile, open_text

_DELIMITERS = (",", "\t", ";", "|")


def spoken(delimiter: str) -> str:
    """The delimiter in words."""
    return "tab" if delimiter == "\t" else f'"{delimiter}"'


def find_delimiter(file: DataFile) -> str:
    """The delimiter that gives the most columns in the same number over the first records."""
    if file.format == "tsv":
        return "\t"
    with open_text(file) as text:
        lines = itertools.islice(iter(lambda: text.readline(MAX_LINE_BYTES), ""), 50)
        head = [line for line in lines if line.strip()]
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        with suppress(csv.Error):
            widths = [len(record) for record in csv.reader(head, delimiter=delimiter) if record]
            width = widths[0] if widths else 1
            if width > most and widths.count(width) * 2 > len(widths):
                best, most = delimiter, width
    return best


def read_header(file: DataFile, delimiter: str) -> tuple[str, ...]:
    """The names of the columns.

    Raises
    ------
    SourceError
        There are none, or they are not UTF-8.
    """
    with open_text(file) as text, long_fields():
        try:
            lines = BoundedLines(text)
            record: list[str] = next(filter(None, csv.reader(lines, delimiter=delimiter, strict=True)), [])
            "".join(record).encode("utf-8")
        except TooLongError:
            fact = f"the header of {file.shown} is longer than {MAX_LINE_BYTES:,} bytes"
            raise SourceError(
                fact, hint="write the rows in lines of their own, the column names in the first"
            ) from None
        except UnicodeEncodeError:
            fact = f"the header of {file.shown} holds bytes that are not UTF-8"
            raise SourceError(fact, hint="name the file's encoding in a schema (`read: {encoding: latin-1}`)") from None
        except csv.Error as problem:
            why = "a quote is opened and never closed" if "end of data" in str(problem) else str(problem)
            raise SourceError(f"the header of {file.shown} cannot be read: {why}", hint="correct line 1") from None
    if not record:
        raise SourceError(f"{file.shown} has no header", hint="write the column names in the first line")
    return tuple(record)
