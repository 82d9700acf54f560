"""Evidence that a metric has declined over several runs, valid however often and from wherever it is looked at."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_LOG_2 = math.log(2.0)
_LARGEST = 1e150
"""Numbers beyond this have no square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One run of a chain in which every run was measured against the one before it.

    Parameters
    ----------
    position : place among all runs of the metric, 0 the oldest
    decline : worsening since the run before it in the chain, positive is worse; of the first it is not looked at
    se : standard error of `decline`, at least 0; of the first None where it is not known
    """

    position: int
    decline: float
    se: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a chain says against "no run has made it worse".

    Parameters
    ----------
    log_value : natural logarithm of the e-value; -inf where nothing points to a decline
    alpha : chance of a false alarm that is accepted over all looks
    """

    log_value: float
    alpha: float

    @property
    def shown(self) -> bool:
        """Whether a decline is shown; NaN shows nothing."""
        return self.log_value >= -math.log(self.alpha)

    @property
    def p_value(self) -> float:
        """Chance that a metric which never declines ever looks as bad as this, at most 1."""
        return math.exp(-max(0.0, self.log_value))


def weigh_decline(chain: Sequence[Link], *, alpha: float, window: int) -> Evidence:
    """Weigh the cumulative worsening since every earlier run of a chain.

    Parameters
    ----------
    chain : oldest first, the run under review last
    alpha : chance of a false alarm over all looks and all starts, in (0, 1)
    window : runs over which a decline is expected to build up; the bound is tightest there, and valid everywhere

    Raises
    ------
    ValueError
        `alpha` or `window` is out of range, a number of a step is not finite, or a standard error is negative.

    Notes
    -----
    For a start j let S be the sum of the declines since then and V the sum of their squared standard errors. Robbins'
    normal mixture, one-sided, is E_j = 2 sqrt(r / (V + r)) exp(S^2 / (2 (V + r))) Phi(S / sqrt(V + r)): while no step
    is a true worsening, E_j is a nonnegative supermartingale that starts at 1 in run j. So is the sum of w_j E_j over
    all starts with the weights w_j = 1 / ((j + 1)(j + 2)), which add up to 1; by Ville's inequality it ever reaches
    1 / alpha with probability at most alpha. Terms left out (S <= 0, runs before a break of the chain) only lower it.
    The sum is at least its largest term, so it finds whatever boundaries at the levels w_j alpha would find, and more.

    r_j is V* / (2 log(1/a) + log(1 + 2 log(1/a))) with a = 0.05 w_j and V* = `window` times the squared median standard
    error up to run j, which is known when that start begins; where no run up to it has one, the first that follows.

    At any single look, 1 / alpha is also reached with probability at most alpha if the run under review is truly no
    worse than every earlier run of the chain, whatever happened in between.

    What it rests on. With fresh rows in every run the steps are independent. On the same rows they are not; the bound
    at a single look then needs the variance of S to be at most V, so the changes of a row must not add up
    over the steps. For right-or-wrong outcomes it holds, since a row that became wrong must become right before it
    becomes wrong again; for a model that is trained anew each time too, since neighbouring steps share it with opposite
    signs. Scores of some rows that drift one way over many steps, while those of others make up for it, break it: such
    a fall is a fact about these rows, not about new ones. `benchmarks/history_error.py` measures all of these.

    Source: Robbins (1970); Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
    confidence sequences" (2021); sums over starts: Shin, Ramdas and Rinaldo, "E-detectors" (2023).

    Examples
    --------
    >>> chain = [Link(position=place, decline=0.3, se=0.1) for place in range(9)]
    >>> weigh_decline(chain, alpha=0.05, window=20).shown
    True
    """
    _check(chain, alpha, window)
    terms = [
        start.log_weight + log_mixture(start.decline, start.variance, start.rho)
        for start in _starts(chain, window)
        if start.decline > 0 and start.rho > 0
    ]
    return Evidence(log_value=_log_sum(terms), alpha=alpha)


def compute_boundary(chain: Sequence[Link], start: int, *, alpha: float, window: int) -> float:
    """The worsening since one run of a chain that would be enough alone, without what the other starts say.

    Parameters
    ----------
    chain, alpha, window : as in `weigh_decline`
    start : index into `chain`, not of its last run

    Returns
    -------
    float
        In the metric's unit, to a relative 1e-12; infinite where no standard error tells how large chance is.
    """
    _check(chain, alpha, window)
    chosen = list(_starts(chain, window))[-1 - start]
    if not chosen.rho > 0:
        return math.inf
    threshold, spread = -math.log(alpha) - chosen.log_weight, chosen.variance + chosen.rho
    low, high = 0.0, math.sqrt(2 * spread * (threshold + 0.5 * math.log(spread / chosen.rho)))
    while high - low > 1e-12 * high:  # at `high` the two-sided mixture is there, and ours is at least as large
        middle = 0.5 * (low + high)
        if log_mixture(middle, chosen.variance, chosen.rho) < threshold:
            low = middle
        else:
            high = middle
    return high


def log_mixture(decline: float, variance: float, rho: float) -> float:
    """Logarithm of the one-sided normal mixture E of `weigh_decline`.

    Parameters
    ----------
    decline : S, at least 0
    variance : V, at least 0
    rho : variance of the mixture's scale, above 0

    Examples
    --------
    >>> log_mixture(0.0, 0.0, 1.0)
    0.0
    """
    spread = variance + rho
    score = decline / math.sqrt(spread)
    log_normal = math.log1p(-0.5 * math.erfc(score / math.sqrt(2.0)))
    return _LOG_2 + 0.5 * math.log(rho / spread) + 0.5 * score * score + log_normal


class _Start(NamedTuple):
    """What has happened since one run of the chain."""

    decline: float
    variance: float
    log_weight: float
    rho: float


def _starts(chain: Sequence[Link], window: int) -> Iterator[_Start]:
    """Every run of the chain but the last as a start, the newest first."""
    scales = _scales(chain)
    decline = variance = 0.0
    for index in range(len(chain) - 2, -1, -1):
        step, start = chain[index + 1], chain[index]
        decline += step.decline
        variance += (step.se or 0.0) ** 2
        log_weight = -math.log((start.position + 1) * (start.position + 2))
        rho = _mixing_variance(window * scales[index] ** 2, log_weight)
        yield _Start(decline, variance, log_weight, rho)


def _mixing_variance(planned: float, log_weight: float) -> float:
    """The mixture's variance for which the bound is tightest where V is `planned`."""
    twice = 2 * (-math.log(0.05) - log_weight)
    return planned / (twice + math.log1p(twice))


def _scales(chain: Sequence[Link]) -> list[float]:
    """By run but the last: median standard error of the runs up to it, else the first that follows; 0 without any."""
    first = next((link.se for link in chain if link.se), 0.0)
    seen: list[float] = []
    scales = []
    for link in chain[:-1]:
        if link.se:
            insort(seen, link.se)
        scales.append(seen[len(seen) // 2] if seen else first)
    return scales


def _log_sum(terms: Sequence[float]) -> float:
    """Logarithm of the sum of exponentials."""
    if not terms:
        return -math.inf
    top = max(terms)
    return top + math.log(math.fsum(math.exp(term - top) for term in terms))


def _check(chain: Sequence[Link], alpha: float, window: int) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1), got {alpha}")
    if not window >= 1:
        raise ValueError(f"window must be at least 1 run, got {window}")
    for link in chain[1:]:
        if link.se is None or not (abs(link.decline) <= _LARGEST and 0 <= link.se <= _LARGEST):
            raise ValueError(f"a step needs a finite change and a standard error of at least 0, got {link}")
        if link.se == 0 and link.decline != 0:
            raise ValueError(f"a change without a standard error cannot be weighed, got {link}")
    if chain and chain[0].se is not None and not 0 <= chain[0].se <= _LARGEST:
        raise ValueError(f"a standard error must be finite and at least 0, got {chain[0]}")
