"""The checks of drift, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.data.drift import checks, table_checks
from mlgate.data.drift.statistics import STATISTICS

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("drift_rows", "data", table_checks.drift_rows),
    ("drift_columns", "data", table_checks.drift_columns),
    ("drift", "data", checks.drift),
    ("label_drift", "data", checks.label_drift),
    ("multivariate_drift", "data", checks.multivariate_drift),
    *((name, "data", function) for name, function in STATISTICS.items()),
    ("same_files", "data", table_checks.shared_files),
)
"""(name, tier, documented function)."""
