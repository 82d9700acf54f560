"""The metrics by name; what is known of each stands in `mlgate.config.metric_specs`."""

from __future__ import annotations

from mlgate.config.metric_specs import METRICS, MetricSpec, find_metric

__all__ = ["METRICS", "MetricSpec", "find_metric"]
