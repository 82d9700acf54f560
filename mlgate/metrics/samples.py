"""Typed rows as what a metric sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlgate.metrics.canonical import Ids
from mlgate.metrics.coding import Column, dense, recode, union_values
from mlgate.metrics.paired import Coded
from mlgate.metrics.rows import Rows
from mlgate.metrics.sample import Codes, Flags, Floats, Sample


def rows_sample(rows: Rows) -> Sample:
    """One side alone, in ascending order of id: for bounds, which hold whether or not there is a baseline."""
    return build_samples([rows], example=Example.of(rows, rows.ids, all_classes([rows])))[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """What is true of the examples whichever model judges them; see `Sample` for the parts."""

    classes: tuple[str, ...]
    ids: Ids
    labels: Codes | None
    label_set: Flags | None
    truth: Floats | None
    references: Any
    query: Codes | None
    weights: Floats | None

    @classmethod
    def of(cls, rows: Rows, ids: Ids, classes: tuple[str, ...]) -> Example:
        """The examples as these rows have them."""
        return cls(
            classes=classes,
            ids=ids,
            labels=None if rows.labels is None else recode(rows.labels, classes),
            label_set=rows.label_set,
            truth=rows.truth,
            references=rows.references,
            query=None if rows.query is None else dense(rows.query.codes, len(rows.query.values))[0],
            weights=rows.weights,
        )


def all_classes(runs: Sequence[Rows]) -> tuple[str, ...]:
    """Every class that a label, prediction or score column of a run has, in text order."""
    columns = [column for rows in runs for column in (rows.labels, rows.predictions) if column is not None]
    return tuple(sorted({*union_values(columns), *(name for rows in runs for name in rows.score_classes)}))


def build_samples(runs: Sequence[Rows], *, example: Example) -> tuple[Sample, ...]:
    """A sample per run; all share the arrays of `example`."""
    return tuple(_sample(rows, example) for rows in runs)


def _sample(rows: Rows, example: Example) -> Sample:
    positive = rows.positive if rows.positive in example.classes else None
    return Sample(
        n_rows=rows.n_rows,
        labels=example.labels,
        predictions=None if rows.predictions is None else recode(rows.predictions, example.classes),
        classes=example.classes,
        positive=None if positive is None else example.classes.index(positive),
        scores=rows.scores,
        label_set=example.label_set,
        predicted_set=rows.predicted_set,
        truth=example.truth,
        estimate=rows.estimate,
        references=example.references,
        hypotheses=rows.hypotheses,
        query=example.query,
        weights=example.weights,
        columns=rows.columns,
        ids=example.ids,
    )


def to_coded(column: Column) -> Coded:
    """The column without the values that have no row."""
    codes, kept = dense(column.codes, len(column.values))
    narrow = codes.astype(np.int8 if kept.size <= np.iinfo(np.int8).max else np.int32, copy=False)
    return Coded(codes=narrow, values=tuple(column.values[place] for place in kept.tolist()))


def same_outputs(one: Sample, other: Sample) -> Flags:
    """Whether two models say the same of each example, shape (n_rows,): predictions, scores, and all other numbers."""
    same = np.ones(one.n_rows, dtype=bool)
    for part in ("predictions", "scores", "predicted_set", "estimate", "hypotheses"):
        left, right = getattr(one, part), getattr(other, part)
        if left is not None and right is not None:
            equal = np.asarray(left == right, dtype=bool)
            same &= equal if equal.ndim == 1 else equal.all(axis=1)
    for name, values in one.columns.items():
        same &= values == other.columns[name]
    return same
