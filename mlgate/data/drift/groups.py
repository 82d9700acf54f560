"""Rows that belong together, counted group by group: whole groups are independent of each other, rows are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.data import aggregates as sql
from mlgate.data.drift import queries
from mlgate.data.drift.columns import ORDERED, asked_of, read_as
from mlgate.data.drift.moves import Move, Sizes
from mlgate.data.drift.sketch import Column, Ordered, Sketch
from mlgate.data.plan import Field
from mlgate.data.table import Table
from mlgate.data.typed_pass import kept_source
from mlgate.errors import SourceError

if TYPE_CHECKING:
    import numpy as np

    Counts = np.ndarray[Any, np.dtype[np.int64]]

MAX_GROUPS = 4000
"""Groups that are kept one by one; of more, some are put together at random: these are independent, too."""
EDGES = 16
NAMED = 40
LEAST_SHARE = 0.01
"""Share of the reference that a value has to be looked at by itself."""


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of rows, as `Move` names it, and the condition of SQL that a row is of it."""

    kind: str
    what: str
    condition: str
    low: float | None = None
    high: float | None = None

    def move(self, rows: tuple[int, int], sizes: Sizes) -> Move:
        return Move(self.kind, *rows, sizes, what=self.what, low=self.low, high=self.high)


@dataclass(frozen=True, slots=True)
class Grouped:
    """A column group by group.

    Parameters
    ----------
    events : kinds of rows
    of : array of shape (n_groups, n_events): rows that each is a share of, all or those with a value
    rows : array of the same shape: rows of each kind
    """

    events: tuple[Event, ...]
    of: Counts
    rows: Counts


@dataclass(frozen=True, slots=True)
class Groups:
    """A table group by group.

    Parameters
    ----------
    count : groups
    together : how many of them are put together in one
    columns : by name
    without : rows that have no group, and take no part
    """

    count: int
    together: int
    columns: dict[str, Grouped]
    without: int = 0


def count_groups(table: Table, reference: Sketch, columns: Sequence[str], group: str, *, together: int = 0) -> Groups:
    """Rows of each kind in every group. Those without a group are left out, and counted: whether they belong together
    is not known, so they are neither independent nor one group.

    Parameters
    ----------
    reference : says which kinds of rows there are
    together : groups put together in one; 0 chooses

    Raises
    ------
    SourceError
        The table has no such column, or the engine cannot read it.
    """
    if group not in table.columns:
        raise SourceError(f"{table.shown} has no column {group!r} of groups", hint="correct `group`")
    by = read_as(table, group)
    about_distinct, missing = sql.about_distinct(sql.as_text(by.raw)), sql.count_where(f"NOT ({_has_group(by)})")
    answers = asked_of(table, [([by], [about_distinct, missing])])
    about, without = answers[about_distinct] or 1, int(answers[missing])
    together = together or max(1, -(-about // MAX_GROUPS))
    places = max(1, round(about / together))
    found: dict[str, Grouped] = {}
    count = 0
    for name in columns:
        column = reference.columns[name]
        field = read_as(table, name, "any" if column.kind == "other" else column.kind)
        events = events_of(column)
        connection, source = kept_source(table, [field, by], [field.raw, by.raw])
        query = queries.group_counts(
            _parts(field, by), source, [event.condition for event in events], places if together > 1 else 0
        )
        answer = connection.execute(query).fetchnumpy()
        found[name] = _grouped(answer, events)
        count = len(answer["n"])
    return Groups(about if together > 1 and count else count, together, found, without)


def _parts(field: Field, by: Field) -> dict[str, str]:
    number = queries.number_of(field) if field.kind in ORDERED else "NULL"
    return {
        "g": sql.only_where(_has_group(by), sql.hashed(sql.as_text(by.raw))),
        "r": field.raw,
        "value": field.value,
        "x": number,
        "v": sql.as_text(field.value),
    }


def _has_group(by: Field) -> str:
    return f"{by.raw} IS NOT NULL" + (f" AND NOT {by.nan}" if by.nan else "")


def _grouped(answer: Any, events: Sequence[Event]) -> Grouped:
    import numpy as np

    rows = np.column_stack([answer[f"e{place}"] for place in range(len(events))]).astype(np.int64)
    whole = np.array([event.kind == "state" for event in events])
    of = np.where(whole, answer["n"][:, None], answer["present"][:, None]).astype(np.int64)
    return Grouped(tuple(events), of, rows)


def events_of(column: Column) -> list[Event]:
    """The kinds of rows that a column of a reference has: few enough to be counted in every group.

    They are chosen by the reference alone, and coarsely, so that the choice says nothing of its single rows.
    """
    events = [
        Event("state", "missing", "r IS NULL"),
        Event("state", "mistyped", "r IS NOT NULL AND value IS NULL"),
    ]
    if column.ordered is not None:
        if column.kind != "integer":
            events += [
                Event("state", "nan", "isnan(x)"),
                Event("state", "+inf", "isinf(x) AND x > 0"),
                Event("state", "-inf", "isinf(x) AND x < 0"),
            ]
        events += _ordered_events(column.ordered, "", "x")
    if column.values is not None:
        events += _value_events(column)
    if column.writing is not None:
        events += _ordered_events(column.writing.length, "length", f"least(length(v), {queries.MAX_LENGTH})")
        events += [Event("holding", name, condition) for name, condition in queries.CLASSES.items()]
    return events


def _ordered_events(ordered: Ordered, what: str, number: str) -> list[Event]:
    """What lies above sixteen edges, and each value that alone has some rows."""
    if not ordered.rows:
        return []
    events: list[Event] = []
    below, last = 0, -1
    for cell, edge in enumerate(ordered.edges):
        below += ordered.counts[cell]
        place = below * EDGES // ordered.rows
        if place != last:
            last = place
            events.append(Event("above", what, f"{number} > {sql.number_literal(edge)}", low=edge))
        if ordered.single(cell) is not None and ordered.counts[cell] >= LEAST_SHARE * ordered.rows:
            low = ordered.edges[cell - 1]
            within = f"{number} > {sql.number_literal(low)} AND {number} <= {sql.number_literal(edge)}"
            events.append(Event("range", what, within, low=low, high=edge))
    return events


def _value_events(column: Column) -> list[Event]:
    values = column.values
    if values is None:
        return []
    named = [value for value, rows in values.named.items() if rows >= LEAST_SHARE * values.rows][:NAMED]
    events = [Event("value", value, f"v = {sql.text_literal(value)}") for value in named]
    listed = ", ".join(map(sql.text_literal, named))
    return [*events, Event("others", "", f"v NOT IN ({listed})" if named else "v IS NOT NULL")]
