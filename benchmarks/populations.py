"""Pairs of models whose true difference is known, and samples of their predictions.

Every population draws rows for two models that are exchangeable: they share part of what they get wrong, and the rest
is independent and has the same distribution. Their true difference is exactly 0 for every metric. A degraded candidate
takes a share of its rows, chosen by a coin, from a worse model; its true difference is measured on millions of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.config.evaluation import MetricPolicy
from mlgate.metrics.kernels.catalogue import kernel_of
from mlgate.metrics.kernels.kernel import Kernel
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Codes, Floats, Sample
from mlgate.outcome import Location

Rng = np.random.Generator
Share = float | NDArray[np.float64]
"""Of rows that a worse model predicts: of all rows, or of each."""

PREVALENCE = 0.4
CLASSES = (0.4, 0.3, 0.2, 0.1)
"""Shares of the classes: 30 rows of the rarest in 300."""

SHARED = 0.7
"""Share of the variance of an error that both models have in common."""

ICC = 0.3
"""Share of the variance of anything that rows of one group have in common."""

_EVIDENCE = 2.0
"""Distance of the two classes, in standard deviations of what a model sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How rows are sampled.

    Parameters
    ----------
    name : of the table
    groups : number of groups of unequal size (coefficient of variation about 0.5), 0 for independent rows
    weighted : whether rows weigh as an exponential number
    rounded : whether scores have one decimal, so that most are tied
    """

    name: str
    groups: int = 0
    weighted: bool = False
    rounded: bool = False


PLAIN = Design(name="independent rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Two models on the same examples.

    Parameters
    ----------
    name : of the kind of rows
    metrics : what is judged on them
    draw : (rng, number of units, design, share of the candidate's rows that a worse model predicts) to paired rows;
        the same rng gives the same rows whatever the share
    kernel : of a metric's name
    n_large : units of a sample that is large enough to know the truth from a few of them
    """

    name: str
    metrics: tuple[str, ...]
    draw: Callable[[Rng, int, Design, Share], Paired]
    kernel: Callable[[str], Kernel]
    n_large: int = 400_000


def policy_of(metric: str, tolerance: float = 0.0) -> MetricPolicy:
    """A metric as it would be declared."""
    return MetricPolicy(name=metric, tolerance=tolerance, location=Location("benchmark", 1))


def plain_kernel(metric: str) -> Kernel:
    """The kernel that the gate uses for a metric."""
    return kernel_of(policy_of(metric), label_sets=False)


@dataclass(frozen=True, slots=True)
class TrueChange:
    """What a degraded candidate truly loses.

    Parameters
    ----------
    loss : worsening, above 0 where the candidate is worse
    se : standard error of that number
    """

    loss: float
    se: float


def true_changes(
    population: Population, design: Design, share: float, *, metrics: Sequence[str] = (), parts: int = 5
) -> dict[str, TrueChange]:
    """Worsening of a candidate with `share` of its units from the worse model, against itself without them, by metric.

    The undegraded candidate has the distribution of the baseline and most units of the degraded one, so that the
    difference of the two is known much better than either value. Groups and weights change no row's distribution and
    are left out.

    Parameters
    ----------
    metrics : those of the population unless given
    parts : samples of `population.n_large` units of which the mean is taken
    """
    rows = Design(name=design.name, rounded=design.rounded)
    names = tuple(metrics) or population.metrics
    losses: dict[str, list[float]] = {name: [] for name in names}
    for part in range(parts):
        sides = [
            population.draw(np.random.default_rng([77, part]), population.n_large, rows, worse).candidate
            for worse in (0.0, share)
        ]
        for name in names:
            before, after = (compute_value(population.kernel(name), side) for side in sides)
            losses[name].append(policy_of(name).spec.oriented(before - after))
    return {
        name: TrueChange(float(np.mean(found)), float(np.std(found, ddof=1)) / parts**0.5)
        for name, found in losses.items()
    }


class Noise:
    """Standard normal numbers of rows, of which rows of one group share a part.

    Parameters
    ----------
    rng : the only source of randomness
    n_rows : number of rows
    groups : number of groups, or 0
    """

    def __init__(self, rng: Rng, n_rows: int, groups: int) -> None:
        self.rng, self.n_rows, self.n_groups = rng, n_rows, groups
        self.groups: Codes | None = None
        if groups:
            sizes = rng.gamma(4.0, size=groups)
            self.groups = rng.choice(groups, size=n_rows, p=sizes / sizes.sum()).astype(np.int32)

    def normal(self) -> Floats:
        """One number per row."""
        own = self.rng.normal(size=self.n_rows)
        if self.groups is None:
            return own
        shared = self.rng.normal(size=self.n_groups)[self.groups]
        return np.asarray(np.sqrt(ICC) * shared + np.sqrt(1 - ICC) * own)

    def errors(self) -> tuple[Floats, Floats]:
        """What two models get wrong: standard normal each, with correlation `SHARED`."""
        common = self.normal()
        return mixed(common, self.normal()), mixed(common, self.normal())

    def coins(self, share: Share) -> NDArray[np.bool_]:
        """Rows that the worse model predicts: a share of them."""
        return self.rng.random(self.n_rows) < share

    def weights(self, design: Design) -> Floats | None:
        """Weights of the rows, or None."""
        return self.rng.exponential(size=self.n_rows) if design.weighted else None


def mixed(common: Floats, own: Floats) -> Floats:
    """Parts in common and of one's own, with variance 1 if both have it."""
    return np.asarray(np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own)


def pair_of(sides: tuple[Sample, Sample], same: NDArray[np.bool_], noise: Noise) -> Paired:
    return Paired(n_rows=noise.n_rows, baselines=(sides[0],), candidates=(sides[1],), same=same, groups=noise.groups)


def _binary(rng: Rng, n_rows: int, design: Design, share: Share, *, sharpness: float) -> Paired:
    """Two classes and a score; the log odds of both models are `sharpness` times the right ones."""
    noise = Noise(rng, n_rows, design.groups)
    positive = noise.normal() > 0.2533471  # 60 % quantile
    signal = _EVIDENCE * (positive - 0.5)
    before, after = noise.errors()
    # The worse model sees more noise and is too sure of itself.
    blurred = after + noise.normal()
    worse = noise.coins(share)
    weights = noise.weights(design)
    prior = np.log(PREVALENCE / (1 - PREVALENCE))
    odds = [_EVIDENCE * (signal + before) + prior, _EVIDENCE * (signal + np.where(worse, blurred, after)) + prior]
    sharp = [np.full(n_rows, sharpness), np.where(worse, 1.5 * sharpness, sharpness)]
    scores = [1 / (1 + np.exp(-factor * value)) for factor, value in zip(sharp, odds, strict=True)]
    if design.rounded:
        scores = [np.round(score, 1) for score in scores]
    sides = [
        Sample(
            n_rows=n_rows,
            labels=positive.astype(np.int32),
            predictions=(score >= 0.5).astype(np.int32),
            classes=("0", "1"),
            positive=1,
            scores=score,
            weights=weights,
        )
        for score in scores
    ]
    return pair_of((sides[0], sides[1]), scores[0] == scores[1], noise)


def overconfident(rng: Rng, n_rows: int, design: Design, share: Share) -> Paired:
    """Two classes; both models are somewhat too sure, as most are."""
    return _binary(rng, n_rows, design, share, sharpness=1.3)


def calibrated(rng: Rng, n_rows: int, design: Design, share: Share) -> Paired:
    """Two classes; both models are perfectly calibrated, the hardest case for a calibration error."""
    return _binary(rng, n_rows, design, share, sharpness=1.0)


def classes(rng: Rng, n_rows: int, design: Design, share: Share) -> Paired:
    """Four classes of unequal size, and a probability of each."""
    noise = Noise(rng, n_rows, design.groups)
    labels = np.searchsorted(np.cumsum(CLASSES)[:-1], rng.random(n_rows)).astype(np.int32)
    errors = [noise.errors() for _ in CLASSES]
    blur = np.stack([noise.normal() for _ in CLASSES]).T * noise.coins(share)[:, None]
    weights = noise.weights(design)
    sides = []
    for side, extra in ((0, 0.0), (1, blur)):
        evidence = _EVIDENCE * np.eye(len(CLASSES))[labels] + np.stack([pair[side] for pair in errors]).T + extra
        odds = 1.2 * _EVIDENCE * evidence + np.log(CLASSES)
        scores = np.exp(odds - odds.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        sides.append(
            Sample(
                n_rows=n_rows,
                labels=labels,
                predictions=scores.argmax(axis=1).astype(np.int32),
                classes=tuple("abcd"),
                scores=np.round(scores, 1) if design.rounded else scores,
                weights=weights,
            )
        )
    return pair_of((sides[0], sides[1]), np.zeros(n_rows, dtype=bool), noise)


def numbers(rng: Rng, n_rows: int, design: Design, share: Share) -> Paired:
    """A number, with errors that grow with its distance from the middle."""
    noise = Noise(rng, n_rows, design.groups)
    truth = noise.normal()
    before, after = noise.errors()
    after = after + 0.8 * noise.normal() * noise.coins(share)
    weights = noise.weights(design)
    spread = 0.3 + 0.3 * np.abs(truth)
    estimates = [truth + spread * error for error in (before, after)]
    if design.rounded:
        truth, estimates = np.round(truth, 1), [np.round(estimate, 1) for estimate in estimates]
    sides = [Sample(n_rows=n_rows, truth=truth, estimate=estimate, weights=weights) for estimate in estimates]
    return pair_of((sides[0], sides[1]), estimates[0] == estimates[1], noise)
