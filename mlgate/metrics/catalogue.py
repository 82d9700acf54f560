"""The checks of this package, on one screen; a function's docstring is the check's documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.metrics import checks
from mlgate.metrics.decisions import metric_change

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("predictions", "model", checks.predictions),
    ("metric_bound", "model", checks.metric_bound),
    ("baseline", "model", checks.baseline),
    ("baseline_remark", "model", checks.baseline_remark),
    ("overlap", "model", checks.overlap),
    ("labels_agree", "model", checks.labels_agree),
    ("weights_agree", "model", checks.weights_agree),
    ("slice_values", "model", checks.slice_values),
    ("slices_agree", "model", checks.slices_agree),
    ("slice_present", "model", checks.slice_present),
    ("metric_undefined", "model", checks.metric_undefined),
    ("metric_change", "model", metric_change),
)
"""Name, tier and documented function of every check of an evaluation."""
