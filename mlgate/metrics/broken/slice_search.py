"""Slices in which the candidate looks worse: searched on one half of the rows, tested on the other."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.broken.losses import RowLosses
from mlgate.metrics.broken.means import mean_of
from mlgate.metrics.canonical import id_texts
from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Codes, Flags, Floats, Index
from mlgate.metrics.student import incomplete_beta, student_cdf
from mlgate.metrics.tango import PairedCounts

MAX_VALUES = 200
"""Values of a column above which it is not searched: it looks like an identifier."""

MAX_SEARCHED = 100_000
"""Rows that are searched: enough to find what is worth a test, and no more to be held at once."""

_LEAST_SCORE = 1.2816
"""Normal score of one in ten: what looks less worse than that is not worth a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSlice:
    """A slice that was tested on rows that had no part in finding it.

    Parameters
    ----------
    slice_key : column -> value, one column or two
    n_rows : tested rows
    worse_by : mean loss of the candidate less that of the baseline on the tested rows; positive is worse
    low, high : its interval, both infinite without one
    p_value : one-sided, of the hypothesis that the candidate is no worse there, or no worse than elsewhere
    """

    slice_key: Mapping[str, str]
    n_rows: int
    worse_by: float
    low: float
    high: float
    p_value: float


def split_rows(paired: Paired, *, seed: int, most: int = MAX_SEARCHED) -> tuple[Flags, Flags]:
    """Which rows are searched and which are tested, shape (n_rows,) each: two halves by a keyed hash.

    The half of a row depends on its id (of grouped rows: on its group) and the seed alone, not on any order. Of very
    many rows about `most` are searched; all of the other half are tested.
    """
    if paired.groups is not None:
        present, place = np.unique(paired.groups, return_inverse=True)
        hashed = _hashed(list(map(str, present.tolist())), seed)[place.reshape(-1)]
    else:
        names = [str(row) for row in range(paired.n_rows)] if paired.ids is None else id_texts(paired.ids)
        hashed = _hashed(names, seed)
    half = (hashed & np.uint64(1)) == 1
    kept = hashed >> np.uint64(1) < np.uint64(int(min(1.0, 2 * most / max(paired.n_rows, 1)) * (2**63 - 1)))
    return half & kept, ~half


def _hashed(names: list[str], seed: int) -> NDArray[np.uint64]:
    keyed = hashlib.blake2b(key=seed.to_bytes(16, "big", signed=True), digest_size=8)

    def digest(name: str) -> bytes:
        hashed = keyed.copy()
        hashed.update(name.encode("utf-8", "surrogatepass"))
        return hashed.digest()

    return np.frombuffer(b"".join(map(digest, names)), dtype=">u8").astype(np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """The slices of one column or two: their rows, which are large enough, and the cell of each row that changed."""

    columns: tuple[Coded, ...]
    names: tuple[str, ...]
    n_rows: NDArray[np.intp]
    large: Flags
    cell: Codes

    def slice_key(self, cell: int) -> dict[str, str]:
        codes = np.unravel_index(cell, [len(column.values) for column in self.columns])
        return {
            name: column.values[int(code)] for name, column, code in zip(self.names, self.columns, codes, strict=True)
        }


def find_slices(
    features: Mapping[str, Coded], harm: Floats, searched: Flags, *, least_rows: int, most: int
) -> tuple[list[dict[str, str]], int]:
    """Slices of the searched half that look worst, the worst first, and how many were looked at.

    Parameters
    ----------
    features : columns of at most 200 values, shape (n_rows,) each
    harm : what each row lost, shape (n_rows,)
    searched : the rows that are looked at
    least_rows : rows that a slice needs among them
    most : slices to return

    Notes
    -----
    A slice is a value of one column or of two. It is worth a test if its harm over the root of the sum of squares
    (McNemar's statistic for right and wrong) is that of one in ten by chance. Of these the worst is the one whose harm
    exceeds that of as many other rows by most, over the root of its rows, which prefers where the harm is to all that
    contains it. After each choice the rows of the chosen slice no longer count, so that the next one is not the same
    again in other words. Equal scores: fewer columns first, then the order of the names.
    """
    rows = np.flatnonzero(searched)
    changed = harm[rows] != 0
    inside = {name: column.take(rows) for name, column in features.items()}
    cells = list(_all_cells(inside, changed, least_rows))
    left = harm[rows[changed]]
    usual = max(0.0, float(np.sum(left)) / max(rows.size, 1))
    chosen: list[dict[str, str]] = []
    while len(chosen) < most:
        best: tuple[float, int, int] | None = None
        for number, each in enumerate(cells):
            scores = _scores(each, left, usual)
            place = int(np.argmax(scores))
            if best is None or scores[place] > best[0]:
                best = float(scores[place]), number, place
        if best is None or not best[0] > 0:
            break
        _, number, place = best
        chosen.append(cells[number].slice_key(place))
        left[cells[number].cell == place] = 0.0
    return chosen, sum(int(np.count_nonzero(each.large)) for each in cells)


def _all_cells(features: Mapping[str, Coded], changed: Flags, least_rows: int) -> Iterator[_Cells]:
    names = sorted(features)
    for chosen in (*itertools.combinations(names, 1), *itertools.combinations(names, 2)):
        columns = tuple(features[name] for name in chosen)
        cell = np.zeros(changed.size, dtype=np.int32)
        for column in columns:
            cell = cell * np.int32(len(column.values)) + column.codes
        n_rows = np.bincount(cell, minlength=math.prod(len(column.values) for column in columns))
        large = n_rows >= least_rows
        if large.any():
            yield _Cells(columns=columns, names=chosen, n_rows=n_rows, large=large, cell=cell[changed])


def _scores(cells: _Cells, harm: Floats, usual: float) -> Floats:
    """Harm beyond the usual one over the root of the rows; 0 where a cell is too small or not worth a test."""
    n_cells = cells.n_rows.size
    total = np.bincount(cells.cell, weights=harm, minlength=n_cells)
    square = np.bincount(cells.cell, weights=harm * harm, minlength=n_cells)
    worth = cells.large & (square > 0) & (total >= _LEAST_SCORE * np.sqrt(square))
    return np.where(worth, (total - usual * cells.n_rows) / np.sqrt(np.maximum(cells.n_rows, 1)), 0.0)


def rows_in(features: Mapping[str, Coded], slice_key: Mapping[str, str]) -> Flags:
    """Which rows lie in a slice, shape (n_rows,)."""
    found = [features[name].codes == features[name].values.index(value) for name, value in slice_key.items()]
    return np.asarray(np.logical_and.reduce(found))


def judge_slice(
    paired: Paired, losses: RowLosses, halves: tuple[Flags, Flags], slice_key: Mapping[str, str], *, alpha: float
) -> FoundSlice:
    """Whether the candidate is worse in a slice, and worse there than elsewhere.

    Parameters
    ----------
    halves : which rows are tested: those of the slice, and others to compare with

    Notes
    -----
    Right and wrong of independent rows that weigh the same: the exact test of McNemar, and Tango's interval. Else
    Student's, of the mean change between units. The p-value is the larger one of that and of the difference to the
    other rows, so that a model that is worse everywhere is not found in every slice.
    """
    harm = losses.candidate - losses.baseline
    rows = np.flatnonzero(halves[0])
    elsewhere = _p_like_elsewhere(paired, harm, *halves)
    weights, groups = paired.candidate.weights, paired.groups
    if losses.right_or_wrong and weights is None and groups is None:
        lost, gained = int(np.count_nonzero(harm[rows] > 0)), int(np.count_nonzero(harm[rows] < 0))
        counts = PairedCounts(gained=lost, lost=gained, n_rows=rows.size, discordant=lost + gained)
        interval = counts.interval(margin=0.0, alpha=alpha)
        low, high, worse_by = interval.low, interval.high, counts.delta
        p_value = incomplete_beta(lost, gained + 1, 0.5) if lost else 1.0
    else:
        mean = mean_of(harm[rows], weights=_taken(weights, rows), units=_codes(groups, rows))
        low, high = mean.interval(alpha=alpha)
        # Units that all lost the same have no spread: then it is the chance that all of them point one way.
        alike = mean.standard_error == 0 and mean.value > 0
        worse_by, p_value = mean.value, 0.5**mean.n_units if alike else mean.p_value()
    return FoundSlice(
        slice_key=slice_key,
        n_rows=int(rows.size),
        worse_by=worse_by,
        low=low,
        high=high,
        p_value=max(p_value, elsewhere),
    )


def _p_like_elsewhere(paired: Paired, harm: Floats, inside: Flags, outside: Flags) -> float:
    """One-sided p-value of the hypothesis that the mean harm inside is at most that outside; 0 if there is no outside.

    The variance is that of the hypothesis, around the mean of all these rows, so that a slice which is wrong throughout
    has one, too.
    """
    rows = np.flatnonzero(inside | outside)
    weight = np.ones(rows.size) if paired.candidate.weights is None else paired.candidate.weights[rows]
    within = inside[rows]
    masses = [float(np.sum(weight[side])) for side in (within, ~within)]
    if not min(masses) > 0:
        return 0.0 if masses[0] > 0 else 1.0
    values = harm[rows]
    totals = [float(np.sum((weight * values)[side])) for side in (within, ~within)]
    pooled = sum(totals) / sum(masses)
    moved: Floats = weight * (values - pooled) * np.where(within, 1 / masses[0], -1 / masses[1])
    if paired.groups is not None:
        units = np.unique(paired.groups[rows], return_inverse=True)[1].reshape(-1)
        moved = np.bincount(units, weights=moved).astype(np.float64)
    error = math.sqrt(float(np.sum(moved * moved)))
    if not error > 0:
        return 1.0
    return student_cdf((totals[1] / masses[1] - totals[0] / masses[0]) / error, max(moved.size - 1, 1))


def _taken(values: Floats | None, rows: Index) -> Floats | None:
    return None if values is None else values[rows]


def _codes(values: Codes | None, rows: Index) -> Codes | None:
    return None if values is None else values[rows]
