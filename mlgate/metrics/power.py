"""How many rows settle a question, before anyone labels them: arithmetic on assumptions that are stated.

Two answers, since they are two questions. *To pass*: rows at which a model that did not change is shown to lie within
the tolerance. *To detect*: rows at which a true drop is called a regression. Both with a given chance (the power).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from mlgate.config.metric_specs import MetricSpec

DISAGREEMENTS = (0.02, 0.06, 0.10, 0.20)
"""Shares of rows that change from right to wrong or back, where none is given: a small edit to another architecture."""

CORRELATIONS = (0.95, 0.9, 0.8, 0.5)
"""Correlations of the areas of two models on the same rows, where none is given: alike to unlike."""

MIN_CLASS_ROWS = 30
"""Rows of either class under which the interval of an AUC is too narrow."""

MIN_UNITS = 30
"""Rows, queries or groups under which the interval of a mean is too narrow."""

MEANS = frozenset(
    {
        *("mae", "mse", "mape", "smape", "pinball", "mase", "log_loss", "brier"),
        *("f1_samples", "jaccard_samples", "hamming_loss", "ndcg", "mrr", "map", "recall_at_k"),
        *("exact_match", "token_f1", "rouge_1", "rouge_2", "rouge_l", "bertscore"),
    }
)
"""Metrics that are the mean of one value per row (per query, for rankings): a standard deviation says all of them."""

_NORMAL = NormalDist()
_MOST_ROWS = 10**15
_STEPS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be settled, and how surely.

    Parameters
    ----------
    tolerance : accepted worsening, at least 0, in the metric's unit
    drop : true worsening that has to be found, above `tolerance`
    alpha : one-sided error, in (0, 0.5)
    power : chance of the wanted answer, in (0.5, 1)
    comparisons : metrics x (overall and slices) that are decided together; to find a drop among them asks for
        alpha / comparisons (the first step of Holm's procedure), to pass does not
    rows_per_group : mean size of the groups whose rows are not independent; 1 where rows are
    icc : intra-class correlation of the per-row difference within a group, in [0, 1]

    Raises
    ------
    ValueError
        A value outside its range, or that is not a number.
    """

    tolerance: float
    drop: float
    alpha: float = 0.05
    power: float = 0.8
    comparisons: int = 1
    rows_per_group: float = 1.0
    icc: float = 0.0

    def __post_init__(self) -> None:
        _require(0 <= self.tolerance < math.inf, f"a tolerance is at least 0, got {self.tolerance:g}")
        _require(
            self.tolerance < self.drop < math.inf,
            f"a drop of {self.drop:g} is not beyond the tolerance of {self.tolerance:g}",
        )
        _require(0 < self.alpha < 0.5, f"alpha lies above 0 and below 0.5, got {self.alpha:g}")
        _require(0.5 < self.power < 1, f"power lies above 0.5 and below 1, got {self.power:g}")
        _require(self.comparisons >= 1, f"at least 1 comparison, got {self.comparisons:g}")
        _require(1 <= self.rows_per_group < math.inf, f"a group has at least 1 row, got {self.rows_per_group:g}")
        _require(0 <= self.icc <= 1, f"an intra-class correlation lies between 0 and 1, got {self.icc:g}")

    @property
    def design_effect(self) -> float:
        """Factor by which groups inflate the variance: 1 + (rows_per_group - 1) * icc (Kish 1965)."""
        return 1 + (self.rows_per_group - 1) * self.icc

    def spread_to_pass(self, sd: Callable[[float], float]) -> float:
        """Standard deviations of the change that must fit into the distance between 0 and the tolerance."""
        return (_NORMAL.inv_cdf(1 - self.alpha) + _NORMAL.inv_cdf(self.power)) * sd(0.0)

    def spread_to_detect(self, sd: Callable[[float], float]) -> float:
        """The same for the distance between the tolerance and the drop."""
        at_limit = _NORMAL.inv_cdf(1 - self.alpha / self.comparisons) * sd(self.tolerance)
        return at_limit + _NORMAL.inv_cdf(self.power) * sd(self.drop)


def _require(holds: bool, message: str) -> None:  # noqa: FBT001  # reads as an assertion with words
    if not holds:  # NaN fails every comparison, so it never gets past here
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class RowsNeeded:
    """Rows for either answer; None where no number of rows gives it.

    Tolerance 0 cannot be shown to hold, and a drop cannot exceed the share of rows on which the models disagree.
    """

    to_pass: int | None
    to_detect: int | None


def kind_of(spec: MetricSpec) -> str:
    """What has to be assumed: `share` (disagreement), `auc` (its value), `mean` (a standard deviation); else ``.

    Examples
    --------
    >>> from mlgate.config.metric_specs import METRICS
    >>> [kind_of(METRICS[name]) for name in ("accuracy", "roc_auc", "mae", "f1")]
    ['share', 'auc', 'mean', '']
    """
    if spec.method == "tango-score":
        return "share"
    if spec.method == "delong":
        return "auc"
    return "mean" if spec.name.partition("@")[0] in MEANS else ""


def compute_share_rows(disagreement: float, question: Question) -> RowsNeeded:
    """Rows for a share of rows such as accuracy.

    Parameters
    ----------
    disagreement : share of rows that exactly one of the two models gets right, in [0, 1]
    question : what is to be settled; a `drop` above `disagreement` is impossible, so no rows detect it

    Raises
    ------
    ValueError
        `disagreement` is outside [0, 1].

    Notes
    -----
    A per-row difference of -1, 0 or 1 with mean -x has the variance d - x**2. An unchanged model passes after
    (z(1 - alpha) + z(power))**2 * d / tolerance**2 rows, 6.18 d / m**2 by default, and never before a sample without
    any disagreement would show it, z**2 (1 - m) / m rows.
    Source: Tango, *Statistics in Medicine* 17 (1998), 891-908; Card et al., *EMNLP* (2020).

    Examples
    --------
    >>> compute_share_rows(0.06, Question(tolerance=0.01, drop=0.03))
    RowsNeeded(to_pass=3710, to_detect=922)
    """
    _require(0 <= disagreement <= 1, f"a disagreement lies between 0 and 1, got {disagreement:g}")
    found = _solve(question, lambda change: math.sqrt(max(disagreement - change**2, 0.0)), bounded=True)
    return found if question.drop <= disagreement else RowsNeeded(found.to_pass, None)


def compute_mean_rows(sd: float, question: Question) -> RowsNeeded:
    """Rows (queries, for a ranking) for a metric that is a mean.

    Parameters
    ----------
    sd : standard deviation of the per-row difference of the two models, at least 0, in the metric's unit

    Raises
    ------
    ValueError
        `sd` is negative or not a number.

    Notes
    -----
    At least 30, under which the interval of a mean is too narrow.

    Examples
    --------
    >>> compute_mean_rows(0.5, Question(tolerance=0.05, drop=0.1))
    RowsNeeded(to_pass=619, to_detect=619)
    """
    _require(0 <= sd < math.inf, f"a standard deviation is at least 0, got {sd:g}")
    return _solve(question, lambda _change: sd)


def compute_auc_rows(auc: float, positive_fraction: float, question: Question, *, correlation: float) -> RowsNeeded:
    """Rows for the area under the ROC curve.

    Parameters
    ----------
    auc : of the baseline, in (0, 1), such that `auc - drop` is above 0
    positive_fraction : share of rows that are positive, in (0, 1)
    correlation : of the two models' areas over samples of the same rows, in [0, 1)

    Raises
    ------
    ValueError
        A value outside its range.

    Notes
    -----
    Variance of an area by `compute_auc_variance`, of the change by the stated correlation: V1 + V2 - 2 r sqrt(V1 V2).
    At least 30 rows of either class.
    Source: Hanley and McNeil, *Radiology* 148 (1983), 839-843.

    Examples
    --------
    >>> compute_auc_rows(0.85, 0.5, Question(tolerance=0.01, drop=0.03), correlation=0.9)
    RowsNeeded(to_pass=1743, to_detect=469)
    """
    _require(0 < auc < 1, f"an AUC lies above 0 and below 1, got {auc:g}")
    _require(question.drop < auc, f"an AUC of {auc:g} cannot drop by {question.drop:g}")
    _require(0 <= correlation < 1, f"a correlation lies between 0 and 1 (not included), got {correlation:g}")
    _require(0 < positive_fraction < 1, f"a share of positive rows lies in (0, 1), got {positive_fraction:g}")

    def sd_of(rows: int) -> Callable[[float], float]:
        first = compute_auc_variance(auc, positive_fraction * rows, (1 - positive_fraction) * rows)

        def sd(change: float) -> float:
            """Of the change, times the root of the number of rows: then it hardly depends on that number."""
            second = compute_auc_variance(auc - change, positive_fraction * rows, (1 - positive_fraction) * rows)
            return math.sqrt(rows * max(first + second - 2 * correlation * math.sqrt(first * second), 0.0))

        return sd

    smaller = min(positive_fraction, 1 - positive_fraction)
    least = math.ceil(MIN_CLASS_ROWS / smaller)
    found = _solve(question, sd_of(least), bounded=True, units_fraction=smaller, least=least)
    rows = max(found.to_pass or 0, found.to_detect or 0)
    return _solve(question, sd_of(rows), bounded=True, units_fraction=smaller, least=least)


def compute_auc_variance(auc: float, n_positive: float, n_negative: float) -> float:
    """Variance of an area under the ROC curve, where the scores of both classes are normal with one variance.

    Parameters
    ----------
    auc : true area, in (0, 1)
    n_positive, n_negative : rows of either class, above 0; may be expected numbers

    Notes
    -----
    Hanley and McNeil's formula. They give its two probabilities, that two rows of one class are both ordered rightly
    against one of the other, for exponential scores, which makes a high area look harder to tell than it is for normal
    ones. For normal scores both are equal: the integral of phi(z) Phi(sqrt(2) h - z)**2 with h = Phi**-1(auc).
    Source: Hanley and McNeil, *Radiology* 143 (1982), 29-36.

    Examples
    --------
    >>> round(compute_auc_variance(0.8, 180, 420) ** 0.5, 4)
    0.0194
    """
    shift = math.sqrt(2) * _NORMAL.inv_cdf(auc)
    places = [-8 + 16 * step / _STEPS for step in range(_STEPS + 1)]
    both = math.fsum(_NORMAL.pdf(z) * _NORMAL.cdf(shift - z) ** 2 for z in places) * 16 / _STEPS
    spread = auc * (1 - auc) + (n_positive + n_negative - 2) * (both - auc**2)
    return spread / (n_positive * n_negative)


def _solve(
    question: Question,
    sd: Callable[[float], float],
    *,
    bounded: bool = False,
    units_fraction: float = 1.0,
    least: int = 0,
) -> RowsNeeded:
    """Rows from the standard deviation of the per-row difference, given the true worsening.

    Parameters
    ----------
    bounded : the metric lies in [0, 1], so a sample without any visible variance still has an interval; else at least
        `MIN_UNITS` rows are asked
    units_fraction : independent units per row, for that interval
    least : rows at least
    """
    effect = question.design_effect
    floor = max(least, 0 if bounded else MIN_UNITS)
    if question.design_effect > 1:
        floor = max(floor, math.ceil(MIN_UNITS * question.rows_per_group))
    to_pass = None
    if question.tolerance > 0:
        to_pass = _rows(question.spread_to_pass(sd), question.tolerance, effect)
        if bounded:
            z = _NORMAL.inv_cdf(1 - question.alpha)
            unseen = z * z * max(1 - question.tolerance, 0.0) / question.tolerance / units_fraction
            to_pass = max(to_pass, math.floor(unseen) + 1)
        to_pass = max(to_pass, floor)
    to_detect = max(1, floor, _rows(question.spread_to_detect(sd), question.drop - question.tolerance, effect))
    return RowsNeeded(to_pass, to_detect)


def _rows(spread: float, distance: float, design_effect: float) -> int:
    rows = (spread / distance) ** 2 * design_effect
    _require(rows < _MOST_ROWS, "no test set is as large as this asks for")
    return math.ceil(rows)
