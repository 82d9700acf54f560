"""Reads a profile back into the sketch that it was written from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node, load_document
from mlgate.config.schema import TYPES
from mlgate.data.drift.profile_text import VERSION, edge_of
from mlgate.data.drift.queries import CLASSES
from mlgate.data.drift.sketch import (
    MAX_HASHED,
    STATES,
    Column,
    Ordered,
    Sketch,
    Values,
    Writing,
    bucket_of,
    values_of,
)

_COUNT = f.Number(low=0, integer=True)


class _Counts:
    """A mapping of texts to counts; `keys` closes the set of names."""

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        self.map = f.MapOf(lambda _name, node, reading: _COUNT.parse(node, reading), _COUNT.json_schema, keys=keys)

    def parse(self, node: Node, reading: f.Reading) -> dict[str, int]:
        if isinstance(node.value, dict) and "" in node.value:
            rest = {name: child for name, child in node.value.items() if name}
            empty = {"": int(_COUNT.parse(node.value[""], reading))}
            return empty | self.map.parse(Node(rest, node.path, node.line, node.column), reading)
        return self.map.parse(node, reading)

    def json_schema(self) -> f.JsonSchema:
        return self.map.json_schema()


class _Cells:
    """`{to 5: 10, below 7: 2, at 7: 31, above: 4}`."""

    def parse(self, node: Node, reading: f.Reading) -> Ordered:
        counts = _Counts().parse(node, reading)
        edges: list[float] = []
        cells: list[int] = []
        for name, count in counts.items():
            if name == "above":
                break
            word, _, text = name.partition(" ")
            try:
                edge = {"to": lambda x: x, "at": lambda x: x, "below": _before}[word](edge_of(text))
            except (KeyError, ValueError):
                raise node.key_error(
                    name, f"{name!r} is no cell", hint="write `to 5`, `at 5`, `below 5` or `above`"
                ) from None
            if word == "at" and (not edges or edges[-1] != _before(edge)):
                edges.append(_before(edge))
                cells.append(0)
            edges.append(edge)
            cells.append(count)
        if not all(a < b for a, b in itertools.pairwise(edges)) or not all(map(math.isfinite, edges)):
            raise node.error("the cells are not in order", hint="write the profile again with `mlgate data profile`")
        if list(counts)[-1:] != ["above"]:
            raise node.error("the last cell is `above`", hint="write the profile again with `mlgate data profile`")
        return Ordered(tuple(edges), (*cells, counts["above"]))

    def json_schema(self) -> f.JsonSchema:
        return _Counts().json_schema()


def _before(edge: float) -> float:
    return math.nextafter(edge, -math.inf)


_BUCKETS = f.ListOf(_COUNT, least=4, distinct=False)
_COLUMN = f.Struct(
    "a column of a profile",
    {
        "type": f.Key(f.Text(choices=(*TYPES, "other")), "type of the values", required=True),
        "stored": f.Key(f.Text(), "type that the file stores"),
        "left_out": f.Key(f.Text(), "why nothing is kept of the column"),
        "without_value": f.Key(_Counts(STATES), "rows without a value to compare"),
        "withheld": f.Key(f.Text(), "why no value is named"),
        "personal": f.Key(f.Text(), "that it holds personal data, so that no value is kept"),
        "cells": f.Key(_Cells(), "rows by where their value lies"),
        "values": f.Key(_Counts(), "rows of each value"),
        "others_at_most": f.Key(_COUNT, "rows that a value without a name may have"),
        "buckets": f.Key(_BUCKETS, "rows of all values by the first digits of their MD5"),
        "lengths": f.Key(_Cells(), "rows by the length of their text"),
        "holding": f.Key(_Counts(tuple(CLASSES)), "rows whose text holds characters of a class"),
    },
)


def _named(name: str, node: Node, _reading: f.Reading) -> tuple[str, Node]:
    return name, node


_PROFILE = f.Struct(
    "a profile",
    {
        "profile": f.Key(f.Number(low=VERSION, high=VERSION, integer=True), "version of this format: 1", required=True),
        "data": f.Key(f.Text(), "what it was made of", required=True),
        "rows": f.Key(_COUNT, "rows of the data", required=True),
        "columns": f.Key(f.MapOf(_named, _COLUMN.json_schema), "columns", required=True),
    },
)


def parse_profile(text: str, path: str) -> Sketch:
    """A profile as a sketch.

    Parameters
    ----------
    path : shown in errors

    Raises
    ------
    ConfigError
        It is no profile, or its counts do not add up: somebody changed it by hand.
    """
    document = load_document(text, path)
    reading = f.Reading()
    values = _PROFILE.parse(document, reading)
    found = values.get("columns", {}).values()
    columns = {name: _column(name, node, values.get("rows", 0), reading) for name, node in found}
    reading.finish()
    return Sketch(name=values["data"], rows=values["rows"], columns=columns, profile=path)


def _column(name: str, node: Node, rows: int, reading: f.Reading) -> Column:
    before = len(reading.mistakes)
    known = _COLUMN.parse(node, reading)
    states = {state: known.get("without_value", {}).get(state, 0) for state in STATES}
    column = Column(
        name=name,
        kind=known.get("type", "any"),
        stored=known.get("stored", ""),
        rows=rows,
        states=states,
        ordered=known.get("cells"),
        values=_values(known),
        writing=_writing(known),
        withheld=known.get("withheld", ""),
        personal=known.get("personal", ""),
        left_out=known.get("left_out", ""),
    )
    if len(reading.mistakes) == before and not column.left_out:
        _require_sums(column, node, reading)
    return column


def _values(known: Mapping[str, Any]) -> Values | None:
    if "values" not in known:
        return None
    if "buckets" not in known:  # every value is named
        return values_of(known["values"], floor=1)
    return Values(known["values"], known.get("others_at_most", 0), tuple(known["buckets"]))


def _writing(known: Mapping[str, Any]) -> Writing | None:
    if "lengths" not in known:
        return None
    held = known.get("holding", {})
    return Writing(known["lengths"], {name: held.get(name, 0) for name in CLASSES})


def _require_sums(column: Column, node: Node, reading: f.Reading) -> None:
    """Every way to count the rows that have a value gives as many."""
    values_key = "buckets" if isinstance(node.value, dict) and "buckets" in node.value else "values"
    counted = {
        "cells": column.ordered and column.ordered.rows,
        values_key: column.values and column.values.rows,
        "lengths": column.writing and column.writing.length.rows,
    }
    for key, rows in counted.items():
        if rows is not None and rows != column.present:
            reading.mistakes.append(
                node.key_error(
                    key,
                    f"{column.name}: {key} add up to {rows:,} rows, {column.present:,} have a value",
                    hint="write the profile again with `mlgate data profile`",
                )
            )
    problem = _bucket_problem(column.values) if column.values else ""
    if problem:
        hint = "write the profile again with `mlgate data profile`"
        reading.mistakes.append(node.key_error(values_key, f"{column.name}: {problem}", hint=hint))


def _bucket_problem(values: Values) -> str:
    """Why the named values cannot be among those of the buckets; empty where they can."""
    buckets = len(values.hashed)
    if MAX_HASHED % buckets:
        return f"{buckets} buckets, expected 4, 8, 16, 32 or 64"
    named = [0] * buckets
    for value, rows in values.named.items():
        named[bucket_of(value, buckets)] += rows
    over = [place for place in range(buckets) if named[place] > values.hashed[place]]
    return f"bucket {over[0] + 1} has fewer rows than its values" if over else ""
