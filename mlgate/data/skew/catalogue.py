"""The checks of skew by the names that a report uses, each with the function that documents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.data.skew.checks import skew_columns, skew_join, skew_types, skew_values
from mlgate.data.skew.distributions import skew_distribution

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("skew_columns", "data", skew_columns),
    ("skew_types", "data", skew_types),
    ("skew_join", "data", skew_join),
    ("skew_values", "data", skew_values),
    ("skew_distribution", "data", skew_distribution),
)
"""(name, tier, documented function)."""
