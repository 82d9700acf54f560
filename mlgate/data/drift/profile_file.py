"""Reads a profile back into the sketch that it was written from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node, load_document
from mlgate.config.schema import TYPES
from mlgate.data.drift.columns import ORDERED
from mlgate.data.drift.profile_text import VERSION, digest_of, edge_of
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
from mlgate.errors import ConfigError

_COUNT = f.Number(low=0, integer=True)
AGAIN = "write it again with `mlgate data profile`"


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
            raise node.error("the cells are not in order", hint=AGAIN)
        if list(counts)[-1:] != ["above"]:
            raise node.error("the last cell is `above`", hint=AGAIN)
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
        "column_count": f.Key(f.Number(low=1, integer=True), "how many columns follow", required=True),
        "digest": f.Key(f.Text(), "of all that is written, so that a cut and an edit are noticed", required=True),
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
        It is no profile, or not what `mlgate data profile` wrote: it was cut off, or changed by hand.
    """
    try:
        return _parsed(text, path)
    except ConfigError as mistake:
        line, column = mistake.line, mistake.column
        raise ConfigError(mistake.reason, hint=AGAIN, path=mistake.path, line=line, column=column) from None


def _parsed(text: str, path: str) -> Sketch:
    document = load_document(text, path)
    _require_version(document)
    reading = f.Reading()
    values = _PROFILE.parse(document, reading)
    found = values.get("columns", {}).values()
    columns = {name: _column(name, node, values.get("rows", 0), reading) for name, node in found}
    if not reading.mistakes and len(columns) != values["column_count"]:
        fact = f"{len(columns)} of {values['column_count']} columns are here: the profile was cut off or changed"
        reading.mistakes.append(document.key_error("column_count", fact))
    elif not reading.mistakes and values["digest"] != digest_of(text):
        fact = "this is not what was written: the profile was cut off, or changed by hand"
        reading.mistakes.append(document.key_error("digest", fact))
    reading.finish()
    return Sketch(name=values["data"], rows=values["rows"], columns=columns, profile=path)


def _require_version(document: Node) -> None:
    version = document.value.get("profile") if isinstance(document.value, dict) else None
    if version is not None and isinstance(version.value, int) and version.value != VERSION:
        raise version.error(f"written by another version of mlgate: format {version.value}, this one reads {VERSION}")


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
    """What the kind of a column needs is there, and every way to count the rows that have a value gives as many."""
    if column.present < 0:
        fact = f"{column.rows - column.present:,} rows without a value, of {column.rows:,}"
        reading.mistakes.append(node.error(f"{column.name}: {fact}"))
        return
    written = node.value if isinstance(node.value, dict) else {}
    values_key = "buckets" if "buckets" in written else "values"
    counted = {
        "cells": column.ordered and column.ordered.rows,
        values_key: column.values and column.values.rows,
        "lengths": column.writing and column.writing.length.rows,
    }
    missing = _missing_key(column, written)
    if missing:
        reading.mistakes.append(node.error(f"{column.name}: {missing}"))
    for key, rows in counted.items():
        if rows is not None and rows != column.present:
            fact = f"{column.name}: {key} add up to {rows:,} rows, {column.present:,} have a value"
            reading.mistakes.append(node.key_error(key, fact))
    problem = _bucket_problem(column.values) if column.values else ""
    if problem:
        reading.mistakes.append(node.key_error(values_key, f"{column.name}: {problem}"))


def _missing_key(column: Column, written: Mapping[str, Any]) -> str:
    """What is not written of a column and must be, or the other way round; empty where all is there."""
    if column.personal:
        kept = [key for key in ("cells", "values", "buckets", "lengths", "holding") if key in written]
        return f"it holds personal data, and {kept[0]!r} stands here" if kept else ""
    if column.kind in ORDERED and "cells" not in written:
        return "'cells' are missing, so nothing could be compared"
    if column.present and not {"cells", "values", "lengths"} & set(written):
        return "'values' are missing, so nothing could be compared"
    pairs = (("buckets", "others_at_most"), ("buckets", "values"), ("lengths", "holding"))
    lacking = [other for key, other in pairs if key in written and other not in written]
    if lacking:
        return f"{lacking[0]!r} are missing"
    absent = [name for name in CLASSES if "lengths" in written and name not in written["holding"].value]
    return f"'holding' lacks {absent[0]!r}" if absent else ""


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
