"""Rates of groups, and the largest gap between any two of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from mlgate.metrics.broken.means import mean_of
from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.proportions import Share, effective_share, newcombe, ratio_bound
from mlgate.metrics.sample import Codes, Flags, Floats, Index, Sample
from mlgate.metrics.tango import PairedCounts
from mlgate.metrics.verdict import POWER

MIN_ROWS = 30
"""Rows (of grouped rows: units) under which a group is not evaluable."""

SELECTION, TRUE_POSITIVE, FALSE_POSITIVE = "selection_rate", "true_positive_rate", "false_positive_rate"

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouped:
    """Rows of classes, told apart by a column.

    Parameters
    ----------
    column : its name
    groups : its values
    candidate, baseline : predictions of both sides on the same rows; None where there is no baseline
    units : codes of what is independent, None where rows are
    """

    column: str
    groups: Coded
    candidate: Sample
    baseline: Sample | None
    units: Codes | None

    @classmethod
    def of(cls, paired: Paired, column: str, *, compared: bool = True) -> Grouped | None:
        """The first run of either side; None where the rows have no such column.

        `compared` is False where the candidate stands on both sides, since there is no baseline.
        """
        groups = paired.slices.get(column) or paired.features.get(column)
        if groups is None:
            return None
        return cls(
            column=column,
            groups=groups,
            candidate=paired.candidate,
            baseline=paired.baseline if compared else None,
            units=paired.groups,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRate:
    """A rate of one group: of the candidate with its counts, and of the baseline; the rows that it is of."""

    group: str
    rate: str
    share: Share
    baseline: Share | None
    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """The worst pair of groups, with an interval that knows that it was chosen among all pairs."""

    value: float
    low: float
    high: float
    first: GroupRate
    second: GroupRate
    rows_needed: int | None


def group_rates(rows: Grouped, *rates: str) -> tuple[list[GroupRate], list[dict[str, str]]]:
    """Rates of every group that can be evaluated, groups in text order, and why the others cannot.

    A group needs 30 rows (or 30 units, where rows are not independent), and for a rate of one label a row of it.
    """
    sample, found, left_out = rows.candidate, [], []
    labels, predictions = sample.labels, sample.predictions
    assert labels is not None and predictions is not None  # noqa: S101, PT018  # the caller has seen to it
    for code, group in enumerate(rows.groups.values):
        mine = np.flatnonzero(rows.groups.codes == code)
        few = _too_few(rows, mine)
        if few:
            left_out.append({"group": group, "why": few})
            continue
        for rate in rates:
            index = mine
            if rate != SELECTION:
                index = mine[(labels[mine] == sample.positive) == (rate == TRUE_POSITIVE)]
            share = _share(rows, rows.candidate, index)
            if not share.trials > 0:
                kind = "positive" if rate == TRUE_POSITIVE else "negative" if rate == FALSE_POSITIVE else "weighted"
                left_out.append({"group": group, "why": f"no {kind} row, so no {rate}"})
                continue
            before = None if rows.baseline is None else _share(rows, rows.baseline, index)
            found.append(GroupRate(group=group, rate=rate, share=share, baseline=before, index=index))
    return found, left_out


def smallest_ratio(rates: list[GroupRate], *, alpha: float, bound: float) -> Extreme | None:
    """The smallest ratio of two groups' rates; None where no group has any success.

    Parameters
    ----------
    rates : of two groups at least, all of one rate
    alpha : error on either side, in (0, 0.5)
    bound : smallest accepted ratio, for the rows that would show it

    Notes
    -----
    The smallest of all ordered pairs is below x if any pair is: the upper end takes the alpha / pairs of Bonferroni. It
    is above x only if every pair is: the lower end needs no correction (Berger, *Technometrics* 24 (1982), 295-300).
    """
    counts, trials = _arrays(rates)
    if not (counts > 0).any():
        return None
    first, second = _ordered_pairs(len(rates))
    pairs = (counts[first], trials[first], counts[second], trials[second])
    low = ratio_bound(*pairs, alpha=alpha, upper=False)
    high = ratio_bound(*pairs, alpha=alpha / first.size, upper=True)
    values = counts / trials
    least, most = int(np.argmin(values)), int(np.argmax(values))
    if least == most:
        least, most = 0, 1
    pooled = float(np.sum(counts) / np.sum(trials))
    needed = None
    if 0 < bound < 1 and 0 < pooled < 1:
        per_row = (1 - pooled) / pooled * float(np.max(1 / trials[first] + 1 / trials[second]))
        needed = _rows_needed(rates, per_row, math.log(bound), alpha)
    return Extreme(
        value=float(values[least] / values[most]),
        low=float(np.min(low)),
        high=float(min(np.min(high), 1.0)),
        first=rates[least],
        second=rates[most],
        rows_needed=needed,
    )


def largest_difference(families: list[list[GroupRate]], *, alpha: float, bound: float) -> Extreme | None:
    """The largest difference of two groups' rates over all families; None where no family has two groups.

    Parameters
    ----------
    families : groups' rates, one list per rate
    alpha, bound : as in `smallest_ratio`; `bound` is the largest accepted difference

    Notes
    -----
    As in `smallest_ratio`: the lower end is corrected for the number of ordered pairs, the upper end needs none.
    """
    families = [rates for rates in families if len(rates) > 1]
    n_pairs = sum(len(rates) * (len(rates) - 1) for rates in families)
    found: list[Extreme] = []
    for rates in families:
        counts, trials = _arrays(rates)
        first, second = _ordered_pairs(len(rates))
        pairs = (counts[first], trials[first], counts[second], trials[second])
        low = newcombe(*pairs, alpha=alpha / n_pairs)[0]
        high = newcombe(*pairs, alpha=alpha)[1]
        values = counts / trials
        place = int(np.argmax(values[first] - values[second]))
        pooled = float(np.sum(counts) / np.sum(trials))
        spread = pooled * (1 - pooled) * float(np.max(1 / trials[first] + 1 / trials[second]))
        found.append(
            Extreme(
                value=float(values[first[place]] - values[second[place]]),
                low=max(float(np.max(low)), 0.0),
                high=float(np.max(high)),
                first=rates[first[place]],
                second=rates[second[place]],
                rows_needed=_rows_needed(rates, spread, bound, alpha) if bound > 0 and spread > 0 else None,
            )
        )
    if not found:
        return None
    worst = max(found, key=lambda extreme: extreme.value)
    needed = [extreme.rows_needed for extreme in found if extreme.rows_needed is not None]
    return Extreme(
        value=worst.value,
        low=max(extreme.low for extreme in found),
        high=max(extreme.high for extreme in found),
        first=worst.first,
        second=worst.second,
        rows_needed=max(needed, default=None),
    )


def gap_change(rows: Grouped, worst: Extreme, *, alpha: float) -> tuple[float, float, float] | None:
    """Change of the difference of the two groups' rates, candidate - baseline, with its interval; None without one.

    Notes
    -----
    Each group's change is paired (Tango's interval, or Student's where rows are grouped or weighted); the two are put
    together as independent ones by the squares of their distances (Zou and Donner, *Statistics in Medicine* 27 (2008),
    1693-1702). The pair is the candidate's worst, so that the change is that of a gap chosen for being large.
    """
    if rows.baseline is None:
        return None
    (delta_1, low_1, high_1), (delta_2, low_2, high_2) = (
        _paired_change(rows, rate.index, alpha) for rate in (worst.first, worst.second)
    )
    delta = delta_1 - delta_2
    low = delta - math.hypot(delta_1 - low_1, high_2 - delta_2)
    high = delta + math.hypot(high_1 - delta_1, delta_2 - low_2)
    return delta, max(low, -2.0), min(high, 2.0)


def _paired_change(rows: Grouped, index: Index, alpha: float) -> tuple[float, float, float]:
    assert rows.baseline is not None  # noqa: S101  # narrowing only
    before, after = (_selected(sample)[index] for sample in (rows.baseline, rows.candidate))
    gained, lost = int(np.count_nonzero(after & ~before)), int(np.count_nonzero(before & ~after))
    weights = rows.candidate.weights
    if weights is None and rows.units is None:
        counts = PairedCounts(gained=gained, lost=lost, n_rows=index.size, discordant=gained + lost)
        found = counts.interval(margin=0.0, alpha=alpha)
        return found.delta, found.low, found.high
    mean = mean_of(
        after.astype(np.float64) - before,
        weights=None if weights is None else weights[index],
        units=None if rows.units is None else rows.units[index],
    )
    if mean.standard_error > 0:
        low, high = mean.interval(alpha=alpha)
        return mean.value, max(low, -1.0), min(high, 1.0)
    unseen = PairedCounts(gained=0, lost=0, n_rows=max(mean.n_units, 1), discordant=0).interval(margin=0.0, alpha=alpha)
    return mean.value, mean.value + unseen.low, mean.value + unseen.high


def _too_few(rows: Grouped, index: Index) -> str:
    n_units = index.size if rows.units is None else int(np.unique(rows.units[index]).size)
    if n_units >= MIN_ROWS:
        return ""
    noun = "row" if rows.units is None else f"{'group' if n_units == 1 else 'groups'} of row"
    return f"{n_units:,} {noun}{'' if noun == 'row' and n_units == 1 else 's'}, {MIN_ROWS} needed"


def _share(rows: Grouped, sample: Sample, index: Index) -> Share:
    if not index.size:
        return Share(successes=0.0, trials=0.0, n_rows=0)
    return effective_share(
        _selected(sample)[index],
        weights=None if rows.candidate.weights is None else rows.candidate.weights[index],
        units=None if rows.units is None else rows.units[index],
    )


def _selected(sample: Sample) -> Flags:
    return np.asarray(sample.predictions == sample.positive)


def _arrays(rates: list[GroupRate]) -> tuple[Floats, Floats]:
    return np.array([rate.share.successes for rate in rates]), np.array([rate.share.trials for rate in rates])


def _ordered_pairs(n: int) -> tuple[Index, Index]:
    first, second = np.divmod(np.arange(n * n), n)
    different = first != second
    return first[different], second[different]


def _rows_needed(rates: list[GroupRate], variance: float, distance: float, alpha: float) -> int:
    """Rows in all at which two groups with equal rates would be shown to lie within the bound 4 times in 5.

    Either group may come out as the higher one, so that both differences have to hold at the same time.
    """
    z = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf((1 + POWER) / 2)
    n_rows = sum(rate.share.n_rows for rate in rates)
    return math.ceil(n_rows * z * z * variance / distance**2)
