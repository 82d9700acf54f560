"""How well one column alone predicts another, from 0 (not at all) to 1 (always right). Pure functions of arrays.

The columns are cut into bins, the label of a bin is learned on one half of the rows and tried on the other, so that a
column of many values is not rewarded for memory. Two classes: twice the area under the ROC curve, minus one. More
classes: of the errors that always guessing the largest class makes, the share that is avoided. Numbers: the share of
the variance that is explained, also by a straight line of the values or of their ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

BINS = 128
MOST_CLASSES = 50
Z = 1.645
"""One-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label as codes of classes, 0 ... k - 1, or as numbers; the other one is None. Never missing."""

    codes: Codes | None
    numbers: Floats | None

    @property
    def classes(self) -> int:
        return int(self.codes.max()) + 1 if self.codes is not None and self.codes.size else 0


@dataclass(frozen=True, slots=True)
class Strength:
    """How well, and how well at least: the lower end of a one-sided interval of 95 %."""

    value: float
    low: float


def strength_of(values: Floats, label: Label, *, ordered: bool) -> Strength:
    """How well the values of a column predict the label.

    Parameters
    ----------
    values : shape (n,), NaN where missing; codes of categories where not `ordered`
    label : of the same n rows
    ordered : whether the values have an order
    """
    bins = binned(values, ordered=ordered)
    if label.codes is not None:
        return _of_classes(values, bins, label.codes, label.classes, ordered=ordered)
    if label.numbers is None or label.numbers.size < 3:
        return Strength(0.0, 0.0)
    return _of_numbers(values, bins, label.numbers, ordered=ordered)


def binned(values: Floats, *, ordered: bool) -> Codes:
    """Codes of bins: of an order, about 128 of equal size; else the values themselves. Missing ones have their own."""
    import numpy as np

    known = ~np.isnan(values)
    bins = np.zeros(values.size, dtype=np.int64)
    if not known.any():
        return bins
    different = np.unique(values[known])
    if ordered and different.size > BINS:
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
        bins[known] = np.searchsorted(edges, values[known], side="right") + 1
    else:
        bins[known] = np.searchsorted(different, values[known]) + 1
    return bins


def _halves(size: int) -> tuple[Codes, Codes]:
    import numpy as np

    places = np.arange(size)
    # Neighbours are alike in many files: halves of pairs of rows, so that no half has all of the even rows.
    first = ((places // 2) + places) % 2 == 0
    return places[first], places[~first]


def _of_classes(values: Floats, bins: Codes, codes: Codes, classes: int, *, ordered: bool) -> Strength:
    import numpy as np

    if classes < 2:
        return Strength(0.0, 0.0)
    shares = np.zeros((codes.size, classes))
    halves = _halves(codes.size)
    for fitted, tried in (halves, halves[::-1]):
        counts = np.zeros((int(bins.max()) + 1, classes))
        np.add.at(counts, (bins[fitted], codes[fitted]), 1)
        prior = np.bincount(codes[fitted], minlength=classes) / max(fitted.size, 1)
        smooth = (counts + prior) / (counts.sum(axis=1, keepdims=True) + 1)
        shares[tried] = smooth[bins[tried]]
    if classes == 2:
        scores = [shares[:, 1]]
        if ordered and not np.isnan(values).any():
            scores += [values, -values]
        return _of_two(max(area(score, codes == 1) for score in scores), codes)
    right = float((shares.argmax(axis=1) == codes).mean())
    if ordered and not np.isnan(values).all():
        right = max(right, _by_neighbour(values, codes))
    base = float(np.bincount(codes).max() / codes.size)
    low, _ = wilson(right, codes.size)
    return Strength(_avoided(right, base), _avoided(low, base))


def _by_neighbour(values: Floats, codes: Codes) -> float:
    """Share of rows that have the class of the row with the nearest value in the other half.

    Bins do not end where a class does; a column that is made from the label has gaps there.
    """
    import numpy as np

    filled = np.where(np.isnan(values), np.nanmin(values) - 1e9, values)
    right = 0
    halves = _halves(codes.size)
    for fitted, tried in (halves, halves[::-1]):
        order = fitted[np.argsort(filled[fitted], kind="stable")]
        known = filled[order]
        after = np.clip(np.searchsorted(known, filled[tried]), 0, known.size - 1)
        before = np.maximum(after - 1, 0)
        nearer = np.abs(known[before] - filled[tried]) < np.abs(known[after] - filled[tried])
        guess = codes[order[np.where(nearer, before, after)]]
        right += int((guess == codes[tried]).sum())
    return right / codes.size


def _avoided(right: float, base: float) -> float:
    return max(0.0, (right - base) / (1 - base)) if base < 1 else 0.0


def area(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve; ties count half.

    Examples
    --------
    >>> import numpy as np
    >>> area(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    ranks = ranked(scores)
    ones = int(positive.sum())
    zeros = positive.size - ones
    if not ones or not zeros:
        return 0.5
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def ranked(values: Floats) -> Floats:
    """Ranks from 1 on; equal values share the mean of theirs."""
    import numpy as np

    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[inverse].astype(np.float64)
    return ranks


def _of_two(curve: float, codes: Codes) -> Strength:
    """The area is known as well as a share of so many rows as the smaller class has."""
    import numpy as np

    fewer = int(np.bincount(codes, minlength=2).min())
    low, _ = wilson(curve, fewer)
    return Strength(max(0.0, 2 * curve - 1), max(0.0, 2 * low - 1))


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Interval of a share, each end at 95 %.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(1.0, 50)]
    [0.949, 1.0]
    """
    if rows < 1:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * rows)) / (1 + Z * Z / rows)
    half = Z * sqrt(share * (1 - share) / rows + Z * Z / (4 * rows * rows)) / (1 + Z * Z / rows)
    return max(0.0, middle - half), min(1.0, middle + half)


def _of_numbers(values: Floats, bins: Codes, numbers: Floats, *, ordered: bool) -> Strength:
    import numpy as np

    total = float(((numbers - numbers.mean()) ** 2).sum())
    if not total > 0:
        return Strength(0.0, 0.0)
    guess = np.zeros(numbers.size)
    halves = _halves(numbers.size)
    for fitted, tried in (halves, halves[::-1]):
        counts = np.bincount(bins[fitted], minlength=int(bins.max()) + 1)
        sums = np.bincount(bins[fitted], weights=numbers[fitted], minlength=counts.size)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), numbers[fitted].mean())
        guess[tried] = means[bins[tried]]
    found = 1 - float(((numbers - guess) ** 2).sum()) / total
    known = ~np.isnan(values)
    if ordered and known.sum() > 3:
        share = float(known.mean())
        for one, other in ((values[known], numbers[known]), (ranked(values[known]), ranked(numbers[known]))):
            found = max(found, share * correlation(one, other) ** 2)
    found = min(1.0, max(0.0, found))
    return Strength(found, _low_square(found, numbers.size))


def correlation(one: Floats, other: Floats) -> float:
    """Pearson's; 0 where one of them is constant or not finite."""
    import numpy as np

    one, other = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / spread if np.isfinite(spread) and spread > 0 else 0.0


def _low_square(square: float, rows: int) -> float:
    """Lower end for a squared correlation, by Fisher's transformation."""
    from math import atanh, tanh

    if rows < 5:
        return 0.0
    return max(0.0, tanh(atanh(min(sqrt(square), 1 - 1e-12)) - Z / sqrt(rows - 3))) ** 2
