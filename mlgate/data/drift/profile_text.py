"""A sketch as a small text file: it is written to be read in a review, and holds counts only, no rows."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from mlgate.config.yaml_text import key_text, scalar
from mlgate.data.drift.sketch import Column, Ordered, Sketch, Values

WIDTH = 118
VERSION = 1
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # all moments are UTC without a zone
_MOMENTS = ("date", "datetime", "time")


def profile_text(sketch: Sketch, floor: int) -> str:
    """The YAML text of a profile.

    Parameters
    ----------
    floor : rows that share a value that is named
    """
    columns = [line for item in sketch.columns.values() for line in _column(item)]
    return sealed("\n".join([*_head(sketch, floor), *columns, ""]))


def digest_of(text: str) -> str:
    """SHA-256 of a profile's lines but for comments and the digest itself, its first 32 digits: `sealed` writes it."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("#", "digest:"))]
    return hashlib.sha256("\n".join(kept).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def sealed(text: str) -> str:
    """A profile with the digest of what it holds in place of the one that it has: a cut or an edit is noticed by it."""
    return re.sub(r"^digest:.*$", f"digest: {scalar(digest_of(text))}", text, count=1, flags=re.MULTILINE)


def _head(sketch: Sketch, floor: int) -> Iterator[str]:
    yield "# What `mlgate data drift` compares newer data with: counts of rows, and no row."
    yield f"# A value is named where {floor} rows or more hold it. `to 5` are those above the number before, up to 5."
    yield f"profile: {VERSION}"
    yield f"data: {scalar(sketch.name)}"
    yield f"rows: {sketch.rows}"
    yield f"column_count: {len(sketch.columns)}"
    yield "digest:"
    yield "columns:"


def _column(column: Column) -> Iterator[str]:
    yield f"  {key_text(column.name)}:"
    yield f"    type: {column.kind}"
    if column.stored:
        yield f"    stored: {scalar(column.stored)}"
    if column.left_out:
        yield f"    left_out: {scalar(column.left_out)}"
        return
    states = {state: rows for state, rows in column.states.items() if rows or state == "missing"}
    yield from _mapping("without_value", {key_text(state): rows for state, rows in states.items()}, 4)
    if column.personal:
        yield f"    personal: {scalar(column.personal)}"
        return
    if column.withheld:
        yield f"    withheld: {scalar(column.withheld)}"
    if column.ordered:
        yield from _mapping("cells", _cells(column.ordered, column.kind), 4)
    if column.values:
        yield from _values(column.values)
    if column.writing:
        yield from _mapping("lengths", _cells(column.writing.length, "integer"), 4)
        yield from _mapping("holding", {key_text(what): rows for what, rows in column.writing.holding.items()}, 4)


def _values(values: Values) -> Iterator[str]:
    yield from _mapping("values", {key_text(value): rows for value, rows in values.named.items()}, 4)
    if sum(values.named.values()) < values.rows:
        yield f"    others_at_most: {values.bound}"
        yield from _flow("buckets", "[", list(map(str, values.hashed)), "]", 4)


def _mapping(key: str, counts: Mapping[str, int], indent: int) -> Iterator[str]:
    yield from _flow(key, "{", [f"{name}: {rows}" for name, rows in counts.items()], "}", indent)


def _flow(key: str, start: str, items: Sequence[str], end: str, indent: int) -> Iterator[str]:
    """`key: {a: 1, ...}` on as many lines as it needs."""
    line = f"{' ' * indent}{key}: {start}"
    room = " " * (indent + 2)
    for place, item in enumerate(items):
        last = place == len(items) - 1
        piece = item + (end if last else ",")
        if len(line) + 1 + len(piece) > WIDTH:
            yield line.rstrip()
            line = room + piece
        else:
            line += piece if line.endswith(start) else f" {piece}"
    yield line if items else line + end


def _cells(ordered: Ordered, kind: str) -> dict[str, int]:
    """Rows by the words for a cell: `below 3`, `at 3`, `to 5`, `above`. An empty cell before `at` is not written."""
    cells: dict[str, int] = {}
    for cell, count in enumerate(ordered.counts):
        if cell == len(ordered.edges):
            cells["above"] = count
        elif ordered.single(cell) is not None:
            cells[_label("at", ordered.edges[cell], kind)] = count
        elif cell + 1 < len(ordered.edges) and ordered.single(cell + 1) is not None:
            if count:
                cells[_label("below", ordered.edges[cell + 1], kind)] = count
        else:
            cells[_label("to", ordered.edges[cell], kind)] = count
    return cells


def _label(word: str, edge: float, kind: str) -> str:
    return scalar(f"{word} {edge_text(edge, kind)}")


def edge_text(edge: float, kind: str) -> str:
    """A number so that it is read back as it is: a moment where it is a whole number of microseconds."""
    if kind in _MOMENTS and math.isfinite(edge):
        try:
            moment = _EPOCH + dt.timedelta(seconds=edge)
        except OverflowError:
            return repr(edge)
        if (moment - _EPOCH).total_seconds() == edge:
            if kind == "time" and moment.date() == _EPOCH.date():
                return moment.time().isoformat()
            return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat()
    return str(int(edge)) if edge.is_integer() and abs(edge) < 1e15 else repr(edge)


def edge_of(text: str) -> float:
    """The number that `edge_text` wrote.

    Raises
    ------
    ValueError
        It is no number and no moment.
    """
    try:
        return float(text)
    except ValueError:
        pass
    if len(text) >= 10 and text[4:5] == "-":
        return (dt.datetime.fromisoformat(text) - _EPOCH).total_seconds()
    time = dt.time.fromisoformat(text)
    return (dt.datetime.combine(_EPOCH.date(), time) - _EPOCH).total_seconds()
