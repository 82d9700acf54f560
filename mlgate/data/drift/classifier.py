"""Drift of several columns together: a classifier that is asked from which table a row is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from mlgate.data import aggregates as sql
from mlgate.data.drift import queries
from mlgate.data.drift.columns import ORDERED, read_as
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.drift.tails import normal_tail
from mlgate.data.plan import Field
from mlgate.data.table import Table
from mlgate.data.typed_pass import kept_source
from mlgate.errors import SourceError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MAX_ROWS = 10_000
FOLDS = 5
MAX_CATEGORIES = 200
"""Values of a column that the classifier tells apart; the others are one."""
MAX_TOLD = 3
TELLING = 0.2
"""Share of what is told beyond chance that is lost where a column is shuffled: then it is named."""
HUGE = 1e300


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows drawn from a table: the values of each column by its name, and the hash of each row's group."""

    columns: Mapping[str, Array]
    groups: Array


@dataclass(frozen=True, slots=True)
class Apart:
    """How well rows of two tables are told apart.

    Parameters
    ----------
    auc : mean over the folds; 0.5 is chance
    low, high : interval of 95 %, as wide as if all folds said the same
    p_value : twice the mean of the folds' p-values, which is valid however they depend on each other
    by : columns that tell the most, the one whose shuffling costs most first
    rows : of the reference and of the newer data
    """

    auc: float
    low: float
    high: float
    p_value: float
    by: tuple[str, ...]
    rows: tuple[int, int]


def draw_rows(table: Table, reference: Sketch, columns: Sequence[str], *, group: str | None, seed: int) -> Rows:
    """Up to 10,000 rows of the columns: numbers, texts, the lengths of long texts.

    Raises
    ------
    SourceError
        The engine cannot read the table.
    """
    import duckdb
    import numpy as np

    fields = [read_as(table, name, reference.columns[name].kind) for name in columns]
    by = [read_as(table, group)] if group else []
    parts = [_part(field, reference.columns[field.name]) for field in fields]
    connection, source = kept_source(table, [*fields, *by], [field.raw for field in by])
    query = queries.drawn_rows(parts, source, by[0].raw if by else "", seed, MAX_ROWS)
    try:
        found = connection.execute(query).fetchnumpy()
    except duckdb.Error as problem:
        raise SourceError(f"{table.shown} cannot be read: {problem}", hint="write the file again") from None
    drawn = {}
    for place, field in enumerate(fields):
        values: Any = np.ma.asarray(found[f"p{place}"])
        numeric = values.dtype.kind in "fiu"
        drawn[field.name] = values.astype(float).filled(np.nan) if numeric else values.astype(object).filled(None)
    return Rows(drawn, np.asarray(found["g"]))


def _part(field: Field, column: Column) -> str:
    if field.kind in ORDERED:
        return queries.number_of(field)
    text = sql.as_text(field.value)
    return text if column.values is not None else f"CAST({sql.text_length(text)} AS DOUBLE)"


def tell_apart(before: Rows, after: Rows, *, seed: int) -> Apart:
    """How well a classifier tells rows of two tables apart that it was not trained on.

    Gradient-boosted trees (scikit-learn) are trained on four fifths of the rows and asked about the last one, five
    times; rows of one group are in one fifth. Each fold's area under the curve is tested against 0.5 with the variance
    that the ranks have if nothing differs. The folds share rows, so their p-values are put together in a way that
    holds however they depend on each other.

    Raises
    ------
    SourceError
        scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn
    except ImportError:
        raise SourceError("a classifier needs scikit-learn", hint="install scikit-learn beside mlgate") from None
    import numpy as np

    names = [name for name in before.columns if name in after.columns]
    features, categorical = _features(before, after, names)
    labels = np.concatenate([np.zeros(len(before.groups)), np.ones(len(after.groups))])
    fold_of = np.concatenate([before.groups, after.groups]) % np.uint64(FOLDS)
    rng = np.random.default_rng(seed)
    folds, lost = [], np.zeros(len(names))
    with threadpool_limits(1):  # so few rows: threads that wait for each other take longer than one
        for fold in range(FOLDS):
            test = fold_of == fold
            if min(_sizes(labels[test])) < 2 or min(_sizes(labels[~test])) < 2:  # an area needs both
                continue
            model = HistGradientBoostingClassifier(
                max_iter=60, categorical_features=categorical, early_stopping=False, random_state=seed
            )
            model.fit(features[~test], labels[~test])
            scores = model.predict_proba(features[test])[:, 1]
            auc = area(scores, labels[test])
            folds.append((auc, *_spread(scores, labels[test])))
            for place in range(len(names)):
                shuffled = features[test].copy()
                shuffled[:, place] = rng.permutation(shuffled[:, place])
                lost[place] += auc - area(model.predict_proba(shuffled)[:, 1], labels[test])
    return _apart(folds, lost.tolist(), names, (len(before.groups), len(after.groups)))


def _sizes(labels: Array) -> tuple[int, int]:
    ones = int(labels.sum())
    return len(labels) - ones, ones


def _features(before: Rows, after: Rows, names: Sequence[str]) -> tuple[Array, list[bool]]:
    """A matrix of shape (n_rows, n_columns); texts are numbered by how frequent they are in both tables."""
    import numpy as np

    columns, categorical = [], []
    for name in names:
        both = np.concatenate([before.columns[name], after.columns[name]])
        text = both.dtype == object
        columns.append(_codes(both) if text else np.clip(both, -HUGE, HUGE))
        categorical.append(text)
    return np.column_stack(columns).astype(float), categorical


def _codes(values: Array) -> Array:
    import numpy as np

    counts: dict[str, int] = {}
    for value in values.tolist():
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    order = sorted(counts, key=lambda value: (-counts[value], value))
    places = {value: float(min(place, MAX_CATEGORIES)) for place, value in enumerate(order)}
    return np.array([np.nan if value is None else places[value] for value in values.tolist()])


def area(scores: Array, labels: Array) -> float:
    """Area under the ROC curve; ties count a half."""
    n, m = _sizes(labels)
    ranks = _ranks(scores)
    return float((ranks[labels == 1].sum() - m * (m + 1) / 2) / (n * m))


def _ranks(scores: Array) -> Array:
    import numpy as np

    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    return (last - (counts - 1) / 2)[place]


def _spread(scores: Array, labels: Array) -> tuple[float, float]:
    """Standard errors of the area: if nothing differs (Mann and Whitney, with ties), and as it is (DeLong)."""
    import numpy as np

    n, m = _sizes(labels)
    _, counts = np.unique(scores, return_counts=True)
    total = n + m
    ties = float((counts.astype(float) ** 3 - counts).sum()) / (total * (total - 1.0))
    null = math.sqrt(max(0.0, (total + 1 - ties) / (12.0 * n * m)))
    ones, zeros = scores[labels == 1], scores[labels == 0]
    everywhere, among_ones, among_zeros = _ranks(scores), _ranks(ones), _ranks(zeros)
    v10 = (everywhere[labels == 1] - among_ones) / n
    v01 = 1 - (everywhere[labels == 0] - among_zeros) / m
    return null, math.sqrt(float(v10.var(ddof=1)) / m + float(v01.var(ddof=1)) / n)


def _apart(
    folds: Sequence[tuple[float, float, float]], lost: Sequence[float], names: Sequence[str], rows: tuple[int, int]
) -> Apart:
    if not folds:
        return Apart(0.5, 0.0, 1.0, 1.0, (), rows)
    auc = math.fsum(fold[0] for fold in folds) / len(folds)
    error = math.fsum(fold[2] for fold in folds) / len(folds)
    p_values = [normal_tail((area_ - 0.5) / null) if null > 0 else 1.0 for area_, null, _ in folds]
    half = NormalDist().inv_cdf(0.975) * error
    order = sorted(range(len(names)), key=lambda place: (-lost[place], names[place]))
    least = len(folds) * TELLING * abs(auc - 0.5)
    by = tuple(names[place] for place in order[:MAX_TOLD] if lost[place] > least)
    p_value = min(1.0, 2.0 * math.fsum(p_values) / len(p_values))
    return Apart(auc, max(0.0, auc - half), min(1.0, auc + half), p_value, by, rows)
