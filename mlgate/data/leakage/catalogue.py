"""The checks of splits by the names that a report uses, each with the function that documents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.data.leakage import (
    balance,
    duplicates,
    entities,
    header,
    near_numbers,
    near_text,
    order,
    target,
    times,
)

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = tuple(
    (check.__name__, "data", check)
    for check in (
        header.same_file,
        header.split_columns,
        duplicates.shared_rows,
        near_numbers.near_duplicates,
        near_text.near_duplicate_texts,
        entities.entity_overlap,
        times.time_overlap,
        entities.entity_time,
        duplicates.conflicting_labels,
        target.target_leakage,
        order.identifier_leakage,
        order.row_order,
        balance.split_proportions,
        balance.label_balance,
    )
)
"""(name, tier, documented function) of every check of splits."""
