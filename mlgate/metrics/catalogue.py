"""The checks of this package, on one screen; a function's docstring is the check's documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.metrics import checks, metric_checks, slice_checks
from mlgate.metrics.broken.discovery import slice_discovery
from mlgate.metrics.broken.fairness import demographic_parity_ratio, equalized_odds_difference
from mlgate.metrics.broken.flips import flips
from mlgate.metrics.broken.gap import train_test_gap
from mlgate.metrics.broken.golden import golden, must_stay_right
from mlgate.metrics.broken.look_at_these import look_at_these
from mlgate.metrics.broken.simple_baseline import simple_baseline
from mlgate.metrics.decisions import metric_change
from mlgate.metrics.history import history_readable, slow_decline

CATALOGUE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("predictions", "model", checks.predictions),
    ("metric_bound", "model", metric_checks.metric_bound),
    ("baseline", "model", checks.baseline),
    ("baseline_remark", "model", checks.baseline_remark),
    ("overlap", "model", checks.overlap),
    ("labels_agree", "model", checks.labels_agree),
    ("weights_agree", "model", checks.weights_agree),
    ("examples_agree", "model", checks.examples_agree),
    ("runs_agree", "model", checks.runs_agree),
    ("slice_values", "model", slice_checks.slice_values),
    ("slices_agree", "model", slice_checks.slices_agree),
    ("slice_present", "model", slice_checks.slice_present),
    ("metric_undefined", "model", metric_checks.metric_undefined),
    ("metric_change", "model", metric_change),
    ("golden", "model", golden),
    ("must_stay_right", "model", must_stay_right),
    ("demographic_parity_ratio", "model", demographic_parity_ratio),
    ("equalized_odds_difference", "model", equalized_odds_difference),
    ("train_test_gap", "model", train_test_gap),
    ("simple_baseline", "model", simple_baseline),
    ("flips", "model", flips),
    ("slice_discovery", "model", slice_discovery),
    ("look_at_these", "model", look_at_these),
    ("history_readable", "model", history_readable),
    ("slow_decline", "model", slow_decline),
)
"""Name, tier and documented function of every check of an evaluation."""
