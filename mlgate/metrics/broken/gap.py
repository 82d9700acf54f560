"""How much worse a model is on rows that it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.metrics.broken.estimate import Estimate
from mlgate.metrics.broken.naming import outcome_id
from mlgate.metrics.proportions import newcombe
from mlgate.metrics.student import student_quantile
from mlgate.metrics.verdict import POWER
from mlgate.outcome import Outcome, Status

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How much worse the metric is on test rows than on training rows: positive is worse.

    `low` and `high` are None where no interval is known.
    """

    value: float
    low: float | None
    high: float | None
    method: str


def train_test_gap(
    evaluation: Evaluation, metric: MetricPolicy, train: Estimate, test: Estimate, *, alpha: float = 0.05
) -> Outcome:
    """The candidate is not much worse on test rows than on training rows: it has not learnt these by heart.

    Judged is the gap in the metric's unit against `max_gap`, by a 90 % interval for two independent sets of rows
    (shares of rows: Newcombe's; other metrics: Student's, from a jackknife of either set):

    - the whole interval is above `max_gap`: `fail`;
    - the whole interval is at or below it: `pass`;
    - otherwise the rows cannot tell: a `warn` that says how many test rows would.

    Where there is no interval (an extreme, a quantile, very few rows) the values themselves are compared. A value that
    is not a number is an `error`. Without `max_gap` the gap is only told.

    Parameters
    ----------
    train, test : the candidate's values on training rows and on the evaluated rows
    alpha : one-sided error, in (0, 0.5)
    """
    gap = measure_gap(metric, train, test, alpha=alpha)
    most = evaluation.max_gap
    finding, status, hint = _verdict(gap, most, train, test, alpha)
    return Outcome(
        id=outcome_id(evaluation, "train_test_gap", metric.name),
        check="train_test_gap",
        tier="model",
        subject=f"{evaluation.name}.{metric.name}",
        status=status,
        message=(
            f"{metric.name} is {test.value:.4g} on {test.n_rows:,} test rows and {train.value:.4g} on "
            f"{train.n_rows:,} training rows: {_words(metric, gap, most, alpha)}"
        ),
        hint=hint,
        observed=gap.value,
        expected=None if most is None else f"worse by at most {most:g}",
        location=metric.location,
        evidence={
            "evaluation": evaluation.name,
            "measured": metric.name,
            "finding": finding,
            "train": train.value,
            "test": test.value,
            "train_rows": train.n_rows,
            "n": test.n_rows,
            "gap": gap.value,
            "low": gap.low,
            "high": gap.high,
            "confidence": 1 - 2 * alpha,
            "method": gap.method,
            "bound": most,
            "unit": metric.spec.unit,
        },
    )


def _words(metric: MetricPolicy, gap: Gap, most: float | None, alpha: float) -> str:
    """How large the gap is, what is accepted, and how sure."""
    factor, unit = (100.0, " points") if metric.spec.unit == "fraction" else (1.0, "")
    sure = "no interval: these values have none"
    if gap.low is not None and gap.high is not None:
        sure = f"{(1 - 2 * alpha) * 100:g} % interval {factor * gap.low:.3g} to {factor * gap.high:.3g}"
    direction = "better" if gap.value < 0 else "worse"
    asked = "no max_gap is declared" if most is None else f"up to {factor * most:g}{unit} worse is accepted"
    return f"{factor * abs(gap.value):.3g}{unit} {direction} ({asked}; {sure})"


def measure_gap(metric: MetricPolicy, train: Estimate, test: Estimate, *, alpha: float) -> Gap:
    """The gap and its interval.

    Notes
    -----
    Of two standard errors: Student's with the degrees of freedom of Welch (*Biometrika* 34 (1947), 28-35).
    """
    sign = 1.0 if metric.spec.higher_is_better else -1.0
    value = sign * (train.value - test.value)
    if train.share is not None and test.share is not None and min(train.share.trials, test.share.trials) > 0:
        low, high = newcombe(
            train.share.successes, train.share.trials, test.share.successes, test.share.trials, alpha=alpha
        )
        ends = sorted((sign * float(low), sign * float(high)))
        return Gap(value=value, low=ends[0], high=ends[1], method="newcombe")
    squares = [each.variance for each in (train, test)]
    if squares[0] is None or squares[1] is None or not 0 < squares[0] + squares[1] < math.inf:
        return Gap(value=value, low=None, high=None, method="none")
    total = squares[0] + squares[1]
    inverse = squares[0] ** 2 / train.df + squares[1] ** 2 / test.df
    df = total**2 / inverse if inverse > 0 else math.inf
    half = student_quantile(1 - alpha, df) * math.sqrt(total)
    return Gap(value=value, low=value - half, high=value + half, method="jackknife")


def _verdict(gap: Gap, most: float | None, train: Estimate, test: Estimate, alpha: float) -> tuple[str, Status, str]:
    if not all(math.isfinite(number) for number in (gap.value, train.value, test.value)):
        return "not known", Status.ERROR, "look at the predictions: a value is not a number"
    if most is None:
        return "told", Status.PASS, ""
    low, high = (gap.value, gap.value) if gap.low is None or gap.high is None else (gap.low, gap.high)
    if low > most:
        return "overfitting", Status.FAIL, "regularise, train on more rows, or look for test rows of another kind"
    if high <= most:
        return "holds", Status.PASS, ""
    needed = rows_needed(most, train, test, alpha=alpha)
    rows = "more training and test rows" if needed is None else f"about {needed:,} test rows"
    return "cannot tell", Status.WARN, f"{rows} would tell, if there is no gap"


def rows_needed(most: float, train: Estimate, test: Estimate, *, alpha: float) -> int | None:
    """Test rows that would show 4 times in 5 that there is no gap above `most`; None with too few training rows."""
    before, after = train.variance, test.variance
    if before is None or after is None or not most > 0:
        return None
    z = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(POWER)
    left = (most / z) ** 2 - before
    return math.ceil(test.n_rows * after / left) if left > 0 and after > 0 else None
