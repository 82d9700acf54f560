"""The metrics, each with its direction, unit and default tolerance: nothing downstream asks what "better" means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """A metric and all that a comparison must know of it.

    Parameters
    ----------
    name : scikit-learn's scorer name
    higher_is_better : direction
    unit : `fraction` (a share of rows; messages say points, hundredths) or `1` (dimensionless)
    default_tolerance : accepted worsening in `unit` where none is written; never 0, since that would ask a change
        to be proven better before it may pass
    needs : column that the metric is computed from, besides the label
    definition : versioned text; a baseline that was recorded under another one is not comparable
    method : method of the interval
    """

    name: str
    higher_is_better: bool
    unit: str
    default_tolerance: float
    needs: Literal["prediction", "score"]
    definition: str
    method: str

    def oriented(self, delta: float) -> float:
        """`delta` (candidate - baseline) such that larger is better.

        Examples
        --------
        >>> METRICS["accuracy"].oriented(-0.25)
        -0.25
        """
        return delta if self.higher_is_better else -delta


METRICS: dict[str, MetricSpec] = {
    "accuracy": MetricSpec(
        name="accuracy",
        higher_is_better=True,
        unit="fraction",
        # Half a point: with 6 % of the predictions changed it takes 14,837 rows to show that it holds; one tenth of
        # it would take 1.5 million. Teams that notice less write it down.
        default_tolerance=0.005,
        needs="prediction",
        definition="accuracy/1: share of rows whose prediction equals the label, both as canonical text",
        method="tango-score",
    ),
    "roc_auc": MetricSpec(
        name="roc_auc",
        higher_is_better=True,
        unit="1",
        # The interval of an AUC is about twice as wide as that of accuracy on the same rows, so twice the tolerance.
        default_tolerance=0.01,
        needs="score",
        definition="roc_auc/1: share of positive-negative pairs in which the positive scores higher, ties count half",
        method="delong",
    ),
}
"""Metrics that this version computes, by name."""
