"""Checks of how the file could be read at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlgate.data import words
from mlgate.data.outcomes import make_outcome
from mlgate.data.plan import MAX_ROWS, Verdict
from mlgate.data.table import Table
from mlgate.outcome import Location, Outcome, Status


def unparseable_rows(table: Table, rows: int, privacy: str) -> Verdict:
    """`unparseable_rows`: every row of a text file can be parsed.

    A row fails that has another number of fields than the header, a quote that is never closed or is followed by text,
    bytes that are not of the encoding, or that is no JSON object. Such rows are left out of all other checks.
    """
    evidence: dict[str, Any] = {"judged": rows + table.problem_rows, "failing": table.problem_rows, "null": 0}
    assumed = f" ({table.assumed} was found by looking)" if table.assumed else ""
    if not table.problem_rows:
        message = f"{words.counted(rows, 'row')} read, none left out{assumed}"
        return Verdict(status=Status.PASS, message=message, observed=0, expected="every row", evidence=evidence)
    if privacy != "none":
        evidence["lines"] = [
            {"line": problem.line, "message": words.short(problem.message)} for problem in table.problems[:MAX_ROWS]
        ]
    first = table.problems[0]
    return Verdict(
        status=Status.FAIL,
        message=f"{words.counted(table.problem_rows, 'row')} cannot be parsed, the first in line {first.line}: "
        f"{words.short(first.message)}{assumed}",
        observed=table.problem_rows,
        expected="every row can be parsed",
        hint="correct the lines, or `read` in the schema (delimiter, encoding)",
        evidence=evidence,
    )


def read_outcomes(table: Table, dataset: str, rows: int | None, privacy: str) -> Iterator[Outcome]:
    """How a table with a schema was read, as outcomes; what is in order is told of text only."""
    place = Location(table.shown)
    if table.is_text:
        verdict = unparseable_rows(table, rows or 0, privacy)
        yield make_outcome(verdict, dataset=dataset, check="unparseable_rows", location=place)
    if table.duplicate_header:
        yield make_outcome(duplicate_header(table), dataset=dataset, check="duplicate_header", location=place)


def absent_key(names: Sequence[str]) -> Verdict:
    """The error of columns that name a row to a person, and that the file does not have."""
    return Verdict(
        status=Status.ERROR,
        message=f"the key names {words.listed(names)}, which the file does not have: rows are shown without it",
        expected="the columns of the key",
        hint="correct `key`, or add the column to the file",
    )


def unreadable_column(table: Table, name: str) -> Verdict:
    """The error of a column of a frame that the engine cannot read."""
    return Verdict(
        status=Status.ERROR,
        message=f"column {words.short(name)!r} cannot be read: {table.unreadable[name]}",
        expected="a column that can be read",
        hint="convert it to a plain type, or leave it out",
    )


def duplicate_header(table: Table) -> Verdict:
    """`duplicate_header`: no column name stands in the header twice."""
    if not table.duplicate_header:
        message = f"{words.counted(len(table.columns), 'column')}, no name twice"
        return Verdict(status=Status.PASS, message=message, observed=[], expected="no name twice")
    return Verdict(
        status=Status.FAIL,
        message=f"the header repeats {words.listed(table.duplicate_header)}",
        observed=[words.short(name) for name in table.duplicate_header],
        expected="no name twice",
        hint="rename the columns: which of them is meant cannot be told",
    )
