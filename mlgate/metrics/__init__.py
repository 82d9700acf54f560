"""Metrics of a model: paired comparison with a baseline, statistics and verdicts. Pure; opens nothing."""

from __future__ import annotations

from mlgate.metrics.compare import Facts, compare_evaluation
from mlgate.metrics.comparison import Comparison
from mlgate.metrics.decisions import decide_comparisons
from mlgate.metrics.joined import comparability_key
from mlgate.metrics.methods import Plan
from mlgate.metrics.rows import PredictionsError, Rows, parse_rows
from mlgate.metrics.specs import METRICS, MetricSpec

__all__ = [
    "METRICS",
    "Comparison",
    "Facts",
    "MetricSpec",
    "Plan",
    "PredictionsError",
    "Rows",
    "comparability_key",
    "compare_evaluation",
    "decide_comparisons",
    "parse_rows",
]
