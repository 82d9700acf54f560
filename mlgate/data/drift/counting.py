"""Counts a table in the places of a sketch: a reference, whose places are chosen here, and newer data in the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.config.schema import Column as Declared
from mlgate.data import aggregates as sql
from mlgate.data.drift import queries
from mlgate.data.drift.columns import Look, asked_of, known_fields, look_at, read_as
from mlgate.data.drift.grid import MAX_SINGLE, edges_for
from mlgate.data.drift.personal import find_personal
from mlgate.data.drift.sketch import (
    FLOOR,
    MAX_NAMED,
    STATES,
    Column,
    Ordered,
    Sketch,
    Values,
    Writing,
    bucket_of,
    buckets_for,
    named_values,
    ordered_of,
)
from mlgate.data.measure import reason
from mlgate.data.plan import Field
from mlgate.data.table import Connection, Table
from mlgate.data.typed_pass import kept_source
from mlgate.errors import SourceError

FEW_ROWS = 200_000
"""Up to so many rows all values of a column are looked at to choose its cells; above, as many rows are drawn."""
FEW_DISTINCT = 3 * MAX_SINGLE
"""An estimate below this leaves few enough values to count each."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A column with the answers to the first questions."""

    field: Field
    states: Mapping[str, int]
    facts: Mapping[str, Any]
    look: Look
    present: int


def sketch_reference(
    table: Table,
    *,
    name: str,
    declared: Mapping[str, Declared],
    asked_for: Collection[str] = (),
    only: Collection[str] = (),
    floor: int = FLOOR,
) -> Sketch:
    """What a table is compared by, as the reference.

    Parameters
    ----------
    name : of the data, in messages
    declared : columns of a schema, which say how texts are read
    asked_for : columns that are compared although they look like identifiers or are timestamps
    only : look at no other columns; empty looks at all
    floor : rows that must share a value before it is named

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    names = [name for name in dict.fromkeys(table.columns) if name and (not only or name in only)]
    rows, found = _first_look(table, known_fields(table, names, declared), asked_for)
    cells = _cells(table, [item for item in found if item.look.ordered], rows, floor)
    personal = find_personal(table, [item.field for item in found if not item.look.left_out], declared)
    columns = {}
    for item in found:
        field, look = item.field, item.look
        columns[field.name] = Column(
            name=field.name,
            kind=field.kind,
            stored="" if table.is_text else field.engine_type,
            rows=rows,
            states=item.states,
            ordered=cells.get(field.name),
            values=_values(table, item, floor, hidden=field.name in personal) if look.values else None,
            writing=_writing(table, field, None, grouped=look.values, floor=floor) if look.writing else None,
            withheld=look.withheld,
            personal=personal.get(field.name, ""),
            left_out=look.left_out,
        )
    return Sketch(name=name, rows=rows, unread=table.problem_rows, columns=columns)


def sketch_like(table: Table, reference: Sketch, *, name: str, asked_for: Collection[str] = ()) -> Sketch:
    """The same counts of newer data, in the places of a reference.

    Parameters
    ----------
    asked_for : compare these columns; empty takes all that the reference keeps. The others are named, not counted

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    there = [column for column in dict.fromkeys(table.columns) if column]
    kept = [column for column in there if column in reference.columns and not reference.columns[column].left_out]
    fields = {
        column: read_as(table, column, _type_of(reference.columns[column]))
        for column in kept
        if not asked_for or column in asked_for
    }
    asked = {
        column: queries.states(field) | _cell_question(field, reference.columns[column].ordered)
        for column, field in fields.items()
    }
    texts = [field for column, field in fields.items() if not reference.columns[column].ordered]
    answers = asked_of(
        table,
        [([], [sql.ROWS]), *(([field], list(asked[column].values())) for column, field in fields.items())],
        later=texts,
    )
    rows = answers[sql.ROWS]
    found = {column: Column(name=column, kind="any", rows=rows, states={}, left_out="not compared") for column in there}
    for column, field in fields.items():
        like = reference.columns[column]
        known = {key: answers[text] for key, text in asked[column].items()}
        found[column] = replace(
            like,
            stored="" if table.is_text else field.engine_type,
            rows=rows,
            states=_states(known),
            ordered=like.ordered and _ordered(like.ordered.edges, known["cells"]),
            values=like.values and _values_like(table, field, like.values),
            writing=like.writing and _writing(table, field, like.writing, grouped=like.values is not None),
        )
    return Sketch(name=name, rows=rows, unread=table.problem_rows, columns=found)


def _type_of(column: Column) -> str:
    return "any" if column.kind == "other" else column.kind


def _states(known: Mapping[str, Any]) -> dict[str, int]:
    return {state: int(known.get(state) or 0) for state in STATES}


def _first_look(table: Table, fields: Sequence[Field], asked_for: Collection[str]) -> tuple[int, list[_Found]]:
    """The rows, and every column with what decides how it is compared."""
    asked = {field.name: queries.states(field) | queries.facts(field) for field in fields}
    answers = asked_of(
        table, [([], [sql.ROWS]), *(([field], list(asked[field.name].values())) for field in fields)], later=fields
    )
    rows, found = answers[sql.ROWS], []
    for field in fields:
        known = {key: answers[text] for key, text in asked[field.name].items()}
        states = _states(known)
        present = rows - sum(states.values())
        look = look_at(field, known, rows=rows, present=present, asked_for=field.name in asked_for)
        found.append(_Found(field, states, known, look, present))
    return rows, found


# --- ordered columns -------------------------------------------------------------------------------------------------


def _cells(table: Table, found: Sequence[_Found], rows: int, floor: int) -> dict[str, Ordered]:
    """The cells of ordered columns, by name."""
    drawn = [item for item in found if rows > FEW_ROWS and item.facts["distinct"] > FEW_DISTINCT]
    cells = _counted(table, _drawn_edges(table, drawn, rows, floor)) if drawn else {}
    for item in found:
        if item not in drawn:
            connection, source = kept_source(table, [item.field], [])
            counted = connection.execute(queries.number_counts(source, queries.finite(item.field))).fetchnumpy()
            values, counts = counted["v"].tolist(), counted["n"].tolist()
            edges = edges_for(values, counts, floor, single=not item.look.withheld)
            cells[item.field.name] = ordered_of(values, counts, edges)
    return cells


def _drawn_edges(table: Table, found: Sequence[_Found], rows: int, floor: int) -> dict[Field, tuple[float, ...]]:
    """Edges from rows that are drawn by their content, so that their order does not matter.

    Only where the cells are cut depends on which rows are drawn; rows are counted in all of them.
    """
    import numpy as np

    by = [read_as(table, name) for name in dict.fromkeys(table.columns) if name]
    plain = [field for field in by if field.kind != "string"]
    by = plain if len(plain) > 2 else by  # hashing text takes longer
    fields = [item.field for item in found]
    connection, source = kept_source(table, [*fields, *by], [field.raw for field in by])
    one_in = math.ceil(rows / FEW_ROWS) if len(by) > 1 else 1
    query = queries.sampled_numbers(source, list(map(queries.finite, fields)), [field.raw for field in by], one_in)
    drawn = connection.execute(query).fetchnumpy()
    edges = {}
    for place, item in enumerate(found):
        numbers = np.ma.asarray(drawn[f"v{place}"]).compressed()
        values, counts = np.unique(numbers, return_counts=True)
        single = not item.look.withheld
        edges[item.field] = edges_for(values.tolist(), counts.tolist(), floor, single=single)
    return edges


def _counted(table: Table, edges: Mapping[Field, tuple[float, ...]]) -> dict[str, Ordered]:
    """The cells of ordered columns, all in one pass."""
    asked = {field: _cell_question(field, Ordered(places, ()))["cells"] for field, places in edges.items()}
    answers = asked_of(table, [([field], [text]) for field, text in asked.items()])
    return {field.name: _ordered(edges[field], answers[text]) for field, text in asked.items()}


def _cell_question(field: Field, ordered: Ordered | None) -> dict[str, str]:
    if ordered is None:
        return {}
    number = queries.finite(field)
    return {"cells": queries.cell_counts(number, ordered.edges) if ordered.edges else sql.count(number)}


def _ordered(edges: tuple[float, ...], found: Any) -> Ordered:
    if not edges:
        return Ordered((), (int(found or 0),))
    counts = {float(edge): int(count) for edge, count in (found or {}).items()}
    return Ordered(edges, tuple(counts.get(edge, 0) for edge in (*edges, math.inf)))


# --- texts -----------------------------------------------------------------------------------------------------------


def _writing(table: Table, field: Field, like: Writing | None, *, grouped: bool, floor: int = FLOOR) -> Writing:
    """How texts are written; `grouped` looks at distinct ones, which is faster where they stand there often."""
    connection, source = kept_source(table, [field], [])
    groups = (queries.value_groups if grouped else queries.each_value)(source, sql.as_text(field.value))
    found = _answers(connection, queries.writing(groups), table)
    lengths, counts = [float(row[0]) for row in found], [int(row[1]) for row in found]
    edges = edges_for(lengths, counts, floor) if like is None else like.length.edges
    held = {name: sum(int(row[place]) for row in found) for place, name in enumerate(queries.CLASSES, start=2)}
    return Writing(ordered_of(lengths, counts, edges), held)


def _values(table: Table, item: _Found, floor: int, *, hidden: bool) -> Values:
    """The values of a reference; none is named where they are `hidden`, or name something."""
    hashed, counts = _value_counts(table, item.field, buckets_for(item.present), (), MAX_NAMED + 1)
    found = named_values(counts, hashed, floor)
    return Values({}, item.present, found.hashed) if hidden or item.look.withheld else found


def _values_like(table: Table, field: Field, like: Values) -> Values:
    """Newer values: all that the reference names, and the most frequent ones."""
    hashed, counts = _value_counts(table, field, len(like.hashed), tuple(like.named), MAX_NAMED)
    order = sorted(counts, key=lambda value: (-counts[value], value))
    return Values({value: counts[value] for value in order}, like.bound, tuple(hashed))


def _value_counts(
    table: Table, field: Field, buckets: int, named: Sequence[str], most: int
) -> tuple[list[int], dict[str, int]]:
    connection, source = kept_source(table, [field], [])
    groups = queries.value_groups(source, sql.as_text(field.value))
    if (table.known_rows or FEW_ROWS) < FEW_ROWS:
        counts = dict(_answers(connection, groups, table))
        hashed: Counter[int] = Counter()
        for value, count in counts.items():
            hashed[bucket_of(value, buckets)] += count
        kept = sorted(counts, key=lambda value: (-counts[value], value))[:most]
        wanted = dict.fromkeys((*kept, *named))
        return [hashed[bucket] for bucket in range(buckets)], {
            value: counts[value] for value in wanted if value in counts
        }
    found = _answers(connection, queries.value_counts(groups, buckets, named, most), table)
    hashed = Counter({int(text): int(count) for what, text, count in found if what == "bucket"})
    counts = {text: int(count) for what, text, count in found if what != "bucket"}
    return [hashed[bucket] for bucket in range(buckets)], counts


def _answers(connection: Connection, query: str, table: Table) -> list[Any]:
    import duckdb

    try:
        return connection.execute(query).fetchall()
    except duckdb.Error as problem:
        raise SourceError(
            f"{table.shown} cannot be read: {reason(problem)}", hint="write the file again, or raise the memory limit"
        ) from None
