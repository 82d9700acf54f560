"""How often the gate errs about single metrics, and how often its intervals hold the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.populations import Design, Population, TrueChange, policy_of
from mlgate.metrics.calibration_change import is_calibration_error
from mlgate.metrics.intervals import Interval
from mlgate.metrics.kernels.kernel import Kernel
from mlgate.metrics.measure import measure
from mlgate.metrics.methods import Plan
from mlgate.metrics.paired import Paired

ALPHA = 0.05
DEGRADED = 0.25
"""Share of the degraded candidate's units that come from the worse model."""

COVERED = 300
"""Units from which intervals must cover what they say."""

_NORMAL = NormalDist()
_DENSITY = _NORMAL.pdf(_NORMAL.inv_cdf(ALPHA))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One way of sampling one population.

    Parameters
    ----------
    population, design : what is drawn
    n_units : rows, or queries
    degraded : whether the candidate is the degraded one
    """

    population: Population
    design: Design
    n_units: int
    degraded: bool


def judge(metric: str, kernel: Kernel, paired: Paired, *, margin: float, plan: Plan) -> Interval | None:
    """What the gate finds of one metric, larger is better; None where it refuses to judge."""
    spec = policy_of(metric).spec
    change = measure(spec, kernel, paired, plan).change
    if change is None:
        return None
    return (change if spec.higher_is_better else change.swapped()).interval(margin=margin, alpha=ALPHA)


def run_cell(cell: Cell, truth: Mapping[str, TrueChange], seeds: Sequence[int], n_draws: int) -> dict[str, Floats]:
    """Intervals of each metric on one sample per seed, shape (n_seeds, 4): low, high, se and p-value.

    They are NaN where the gate refuses to judge.

    A degraded candidate is judged with a tolerance of what it truly loses, another one with a tolerance of 0.
    """
    kernels = {metric: cell.population.kernel(metric) for metric in cell.population.metrics}
    rows: dict[str, list[tuple[float, ...]]] = {metric: [] for metric in cell.population.metrics}
    for seed in seeds:
        rng = np.random.default_rng([seed, cell.n_units, int(cell.degraded)])
        paired = cell.population.draw(rng, cell.n_units, cell.design, DEGRADED if cell.degraded else 0.0)
        for metric, kernel in kernels.items():
            margin = truth[metric].loss if cell.degraded else 0.0
            found = judge(metric, kernel, paired, margin=margin, plan=Plan(seed=seed, n_draws=n_draws))
            rows[metric].append((np.nan,) * 4 if found is None else (found.low, found.high, found.se, found.p_value))
    return {metric: np.array(found) for metric, found in rows.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of the runs.

    Parameters
    ----------
    value : the share; NaN where no run was judged
    sd : Monte-Carlo standard deviation if the share is what it should be, the error of the true change included
    low, high : what it may be, noise included
    """

    value: float
    sd: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return not (self.value < self.low or self.value > self.high)


def error_rate(errors: NDArray[np.bool_], *, off: float = 0.0) -> Rate:
    """Share of the runs that err; at most alpha and 3 standard deviations.

    Parameters
    ----------
    off : error of the true change, in standard errors of the gate
    """
    sd = float(np.hypot(np.sqrt(ALPHA * (1 - ALPHA) / errors.size), _DENSITY * off))
    return Rate(value=float(errors.mean()), sd=sd, low=0.0, high=ALPHA + 3 * sd)


def coverage(inside: NDArray[np.bool_], n_units: int, *, off: float = 0.0, wide: bool = False) -> Rate:
    """Share of the runs whose interval holds the truth; within 2 points and 3 standard deviations of 90 %.

    Only from `COVERED` units on; below that, and where no run was judged, there is no limit. An interval that is `wide`
    by construction may cover more.
    """
    if not inside.size:
        return Rate(value=float("nan"), sd=float("nan"), low=0.0, high=1.0)
    nominal = 1 - 2 * ALPHA
    # An error of the truth moves one end out as far as it moves the other in; what is left is of second order.
    sd = float(np.hypot(np.sqrt(nominal * (1 - nominal) / inside.size), _DENSITY * off * off))
    value = float(inside.mean())
    if n_units < COVERED:
        return Rate(value=value, sd=sd, low=0.0, high=1.0)
    high = 1.0 if wide else nominal + 0.02 + 3 * sd
    return Rate(value=value, sd=sd, low=nominal - 0.02 - 3 * sd, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a table shows of one metric: rates at a true change of 0 and at one of minus the tolerance.

    Parameters
    ----------
    runs : gates that were simulated, for equal models and for a degraded candidate each
    invalid : share of them that the gate refused to judge
    """

    metric: str
    n_units: int
    runs: int
    invalid: float
    regression: Rate
    false_pass: Rate
    regression_at_tolerance: Rate
    coverage: Rate
    coverage_at_tolerance: Rate

    def rates(self) -> tuple[Rate, ...]:
        return (
            self.regression,
            self.false_pass,
            self.regression_at_tolerance,
            self.coverage,
            self.coverage_at_tolerance,
        )


def rates_of(metric: str, cell: Cell, equal: Floats, degraded: Floats, truth: TrueChange) -> Rates:
    """Rates from the intervals of `run_cell` for equal models and for a degraded candidate.

    Calibration errors of few groups allow for all that the noise of their bins can do, so that they cover more.
    """
    n_units, wide = cell.n_units, bool(cell.design.groups) and is_calibration_error(policy_of(metric).spec)
    judged = [np.isfinite(found[:, 0]) for found in (equal, degraded)]
    off = truth.se / float(np.nanmean(degraded[:, 2])) if judged[1].any() else 0.0
    return Rates(
        metric=metric,
        n_units=n_units,
        runs=len(equal),
        invalid=1 - float(np.concatenate(judged).mean()),
        regression=error_rate(equal[:, 3] <= ALPHA),
        false_pass=error_rate(degraded[:, 0] > -truth.loss, off=off),
        regression_at_tolerance=error_rate(degraded[:, 3] <= ALPHA, off=off),
        coverage=coverage(_inside(equal[judged[0]], 0.0), n_units, wide=wide),
        coverage_at_tolerance=coverage(_inside(degraded[judged[1]], -truth.loss), n_units, off=off, wide=wide),
    )


def _inside(found: Floats, truth: float) -> NDArray[np.bool_]:
    return np.asarray((found[:, 0] <= truth) & (truth <= found[:, 1]))
