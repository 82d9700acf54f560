"""Pairs of tables of twelve columns for `drift_error`: unchanged ones, and ones in which one column has drifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[tuple[int], np.dtype[Any]]
Columns = dict[str, Array]
Rng = np.random.Generator

WORDS = np.array(
    ["the", "patient", "feels", "better", "today", "after", "a", "long", "night", "went", "home", "in", "spirits"]
)
SHARES = np.array([0.05, 0.15, 0.12, 0.1, 0.1, 0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.04, 0.03, 0.03])


def table(rng: Rng, rows: int) -> Columns:
    """Twelve columns of mixed types; `city` has 300 categories of equal size."""
    gap = rng.random(rows) < 0.01
    amount = np.where(rng.random(rows) < 0.3, 0.0, np.round(rng.lognormal(4, 1.2, rows), 2))
    odd = rng.normal(0, 1, rows)
    odd[rng.random(rows) < 0.01] = np.nan
    odd[rng.random(rows) < 0.005] = np.inf
    return {
        "height": rng.normal(0, 1, rows),
        "lab": _without(rng.normal(0, 1, rows), gap),
        "odd": odd,
        "amount": amount,
        "income": np.round(rng.lognormal(10, 0.7, rows), 0),
        "age": rng.integers(0, 100, rows),
        "visits": rng.poisson(3, rows),
        "ward": rng.choice(np.array([f"ward {i}" for i in range(len(SHARES))]), rows, p=SHARES),
        "city": rng.choice(np.array([f"city {i}" for i in range(300)]), rows),
        "product": np.array([f"p{i}" for i in np.minimum(rng.zipf(1.4, rows), 10**6)]),
        "smoker": rng.random(rows) < 0.2,
        "comment": _comments(rng, rows),
    }


def _without(values: Array, gap: Array) -> Array:
    kept = values.astype(object)
    kept[gap] = None
    return kept


def _comments(rng: Rng, rows: int) -> Array:
    chosen = rng.choice(WORDS, (rows, 8))
    sizes = rng.integers(3, 9, rows)
    return np.array([" ".join(row[:size]) for row, size in zip(chosen.tolist(), sizes.tolist(), strict=True)])


def unchanged(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    return table(rng, rows), table(rng, rows)


def category_doubled(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """`ward 0`: 5 % to 10 %."""
    before, after = unchanged(rng, rows)
    after["ward"][rng.random(rows) < 0.05 / 0.95] = "ward 0"
    return before, after


def category_among_300(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """One of 300 categories, 5 % to 10 %."""
    before, after = unchanged(rng, rows)
    before["city"][rng.random(rows) < 0.047] = "city 7"
    after["city"][rng.random(rows) < 0.097] = "city 7"
    return before, after


def shifted(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """0.2 standard deviations."""
    before, after = unchanged(rng, rows)
    after["height"] += 0.2
    return before, after


def variance_doubled(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    before, after = unchanged(rng, rows)
    after["height"] *= np.sqrt(2.0)
    return before, after


def more_missing(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """Missing values, 1 % to 5 %."""
    before, after = unchanged(rng, rows)
    after["lab"][rng.random(rows) < 0.04 / 0.99] = None
    return before, after


def outlier_in_reference(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """Shifted by 0.2 standard deviations, beside one 1e6 in the reference."""
    before, after = shifted(rng, rows)
    before["height"][rng.integers(rows)] = 1e6
    return before, after


def outlier_in_current(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """Shifted by 3 standard deviations, beside one 1e6 in the newer data."""
    before, after = unchanged(rng, rows)
    after["height"] += 3.0
    after["height"][rng.integers(rows)] = 1e6
    return before, after


def new_category(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """A category that the reference does not have, 5 %."""
    before, after = unchanged(rng, rows)
    after["ward"] = after["ward"].astype(object)
    after["ward"][rng.random(rows) < 0.05] = "ward ?"
    return before, after


def sentinel(rng: Rng, rows: int) -> tuple[Columns, Columns]:
    """-1 in place of 4 % of the ages."""
    before, after = unchanged(rng, rows)
    after["age"][rng.random(rows) < 0.04] = -1
    return before, after


PLANTED: dict[str, tuple[Callable[[Rng, int], tuple[Columns, Columns]], int, str]] = {
    "category 5 % to 10 %": (category_doubled, 2000, "ward"),
    "one of 300, 5 % to 10 %": (category_among_300, 2000, "city"),
    "shift of 0.2 sigma": (shifted, 5000, "height"),
    "variance x 2": (variance_doubled, 2000, "height"),
    "missing 1 % to 5 %": (more_missing, 2000, "lab"),
    "0.2 sigma, 1e6 in reference": (outlier_in_reference, 5000, "height"),
    "3 sigma, 1e6 in newer data": (outlier_in_current, 2000, "height"),
    "new category, 5 %": (new_category, 2000, "ward"),
    "-1 in 4 % of ages": (sentinel, 2000, "age"),
}
"""What is planted, with the rows of each table and the column that drifts."""


def arrow(columns: Columns) -> Any:
    """The columns as an Arrow table; NaN stays NaN, None is null."""
    import pyarrow as pa

    return pa.table(
        {name: pa.array(values.tolist() if values.dtype == object else values) for name, values in columns.items()}
    )
