"""The rows of each slice, with what was found for all rows and need not be found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Index, Order, Sample, whole_numbers

_SMALL = 256
"""Values that fit into a byte, whose order is found in linear time."""


def with_order(paired: Paired) -> Paired:
    """The pairs with the order of their scores, so that each is sorted once, whatever number of metrics and slices."""
    return replace(
        paired,
        baselines=tuple(_ordered(sample) for sample in paired.baselines),
        candidates=tuple(_ordered(sample) for sample in paired.candidates),
    )


def _ordered(sample: Sample) -> Sample:
    scores = sample.scores
    if scores is None or scores.ndim != 1 or sample.order is not None:
        return sample
    return replace(sample, order=whole_numbers(np.argsort(scores, kind="stable"), largest=sample.n_rows))


def group_rows(column: Coded) -> dict[str, Index]:
    """Indices of the rows of each value that occurs, values in text order, indices ascending."""
    order = np.argsort(_narrow(column), kind="stable")
    ends = np.cumsum(np.bincount(column.codes, minlength=len(column.values)))
    parts = np.split(order, ends[:-1])
    return {value: part for value, part in zip(column.values, parts, strict=True) if part.size}


def slice_rows(paired: Paired, name: str) -> Iterator[tuple[str, Paired]]:
    """The pairs of each value of a slice column that occurs, values in text order; their scores need no sorting.

    Notes
    -----
    Rows in order of score, grouped stably by slice, are in order of score within each: linear in the rows.
    """
    column = paired.slices[name]
    groups = group_rows(column)
    place = np.empty(paired.n_rows, dtype=np.int32)  # of a row in its slice
    for index in groups.values():
        place[index] = np.arange(index.size, dtype=np.int32)
    sides = [_split(side, column, place) for side in (paired.baselines, paired.candidates)]
    for number, (value, index) in enumerate(groups.items()):
        rows = paired.take(index)
        yield (
            value,
            replace(
                rows,
                baselines=_with_orders(rows.baselines, [orders[number] for orders in sides[0]]),
                candidates=_with_orders(rows.candidates, [orders[number] for orders in sides[1]]),
            ),
        )


def _with_orders(samples: tuple[Sample, ...], orders: list[Order | None]) -> tuple[Sample, ...]:
    return tuple(replace(sample, order=order) for sample, order in zip(samples, orders, strict=True))


def _split(side: tuple[Sample, ...], column: Coded, place: NDArray[np.int32]) -> list[list[Order | None]]:
    """For each run and slice that occurs, its own rows in order of score."""
    counts = np.bincount(column.codes, minlength=len(column.values))
    ends = np.cumsum(counts[counts > 0])[:-1]
    found: list[list[Order | None]] = []
    for sample in side:
        if sample.order is None:
            found.append([None] * (ends.size + 1))
            continue
        grouped = sample.order[np.argsort(_narrow(column)[sample.order], kind="stable")]
        found.append(list(np.split(place[grouped], ends)))
    return found


def _narrow(column: Coded) -> NDArray[np.integer]:
    """The codes in as few bytes as they need: one byte or two are sorted by counting."""
    small = np.uint8 if len(column.values) <= _SMALL else np.uint16 if len(column.values) <= _SMALL**2 else np.int32
    return column.codes.astype(small, copy=False)
