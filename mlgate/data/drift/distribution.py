"""How a column is distributed in both tables, in few numbers: for a picture, and for who cannot see it."""

from __future__ import annotations

from typing import Any

from mlgate.data import words
from mlgate.data.drift.comparing import Compared
from mlgate.data.drift.moves import merged
from mlgate.data.drift.sentences import number, shown_edge
from mlgate.data.drift.sketch import Column

MOST_CELLS = 20
MOST_VALUES = 12


def distribution(compared: Compared, privacy: str) -> dict[str, Any] | None:
    """Rows of both tables by what they hold.

    Parameters
    ----------
    privacy : what of values may appear

    Returns
    -------
    dict or None
        `kind`: `ordered` (cells of about equal mass) or `values` (the most frequent ones of the reference); `cells`:
        lists of `name`, `low`, `high`, `reference` and `current`, of values without ends, of moments with seconds since
        1970, and None where an end is open; `others`, `missing` and `rows`: rows of the reference and of the newer
        data. None where values may not be named, or none are kept.
    """
    before, after = compared.before, compared.after
    if compared.too_few or compared.unseen or before.hides(privacy):
        return None
    cells = _ordered(before, after) or _values(before, after)
    if cells is None:
        return None
    told = [sum(cell[side] for cell in cells) for side in ("reference", "current")]
    return {
        "kind": "ordered" if before.ordered else "values",
        "type": before.kind,
        "cells": cells,
        "others": [max(0, before.present - told[0]), max(0, after.present - told[1])],
        "missing": [before.states["missing"], after.states["missing"]],
        "rows": [before.rows, after.rows],
    }


def _ordered(before: Column, after: Column) -> list[dict[str, Any]] | None:
    if not before.ordered or not after.ordered or not before.ordered.edges:
        return None
    x, y, edges = before.ordered.counts, after.ordered.counts, before.ordered.edges
    alone = [before.ordered.single(cell) is not None for cell in range(len(x))]
    cells = []
    for start, end in merged(x, y, alone, most=MOST_CELLS):
        low = shown_edge(edges[start - 1]) if start else None
        high = shown_edge(edges[end - 1]) if end <= len(edges) else None
        name = _name(low, high, before.kind)
        cells.append(
            {"name": name, "low": low, "high": high, "reference": sum(x[start:end]), "current": sum(y[start:end])}
        )
    return cells


def _name(low: float | None, high: float | None, kind: str) -> str:
    if low is None or high is None:
        known = low if high is None else high
        return "any" if known is None else f"{'above' if high is None else 'up to'} {number(known, kind)}"
    return number(low, kind) if low == high else f"{number(low, kind)} to {number(high, kind)}"


def _values(before: Column, after: Column) -> list[dict[str, Any]] | None:
    if not before.values or not after.values or before.withheld or not before.values.named:
        return None
    named = list(before.values.named)[:MOST_VALUES]
    return [
        {
            "name": words.short(value),
            "low": None,
            "high": None,
            "reference": before.values.named[value],
            "current": after.values.named.get(value, 0),
        }
        for value in named
    ]
