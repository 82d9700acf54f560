"""The recorded runs of one metric, and which of them follow from each other."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.outcome import Location

_SAME = 1e-9
"""Relative difference up to which two values of a metric on the same rows are one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run measured of one metric. A fact that is not known is None.

    Parameters
    ----------
    commit : full id of the commit that was evaluated
    time : UTC, ISO 8601 with a final `Z`
    value : of the metric, in its unit
    baseline_commit : full id of the commit whose model was the baseline
    baseline : the baseline's value on the same rows
    delta : value - baseline, and `se` its standard error
    tolerance : accepted worsening that was declared
    rows : digest of the rows, their labels and the positive class
    definition : versioned text of the metric
    """

    commit: str | None
    time: str
    value: float
    baseline_commit: str | None = None
    baseline: float | None = None
    delta: float | None = None
    se: float | None = None
    tolerance: float | None = None
    rows: str | None = None
    definition: str | None = None

    @property
    def name(self) -> str:
        """How a person calls the run."""
        return f"the run of {self.time}" if self.commit is None else self.commit[:9]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric of one evaluation over all rows.

    Parameters
    ----------
    runs : that were recorded, oldest first
    candidate : the run under review
    higher_is_better, unit : of the metric
    location : the metric's declaration
    """

    evaluation: str
    metric: str
    runs: tuple[Measured, ...]
    candidate: Measured
    higher_is_better: bool
    unit: str
    location: Location | None = None

    def worsening(self, delta: float) -> float:
        """`delta` such that positive is worse; it undoes itself."""
        return -delta if self.higher_is_better else delta

    def comparable(self) -> tuple[Measured, ...]:
        """The newest recorded runs, as far back as rows and definition are the candidate's, and the candidate."""
        first = len(self.runs)
        while first and _measure(self.runs[first - 1]) == _measure(self.candidate):
            first -= 1
        return (*self.runs[first:], self.candidate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Runs in which each was measured against the one before it, on the same rows and by the same definition.

    Parameters
    ----------
    runs : oldest first; the last is the candidate
    positions : their places among all runs of the series; the candidate comes after all others
    ends : why it goes no further back, empty where its first run is the first there is
    """

    runs: tuple[Measured, ...]
    positions: tuple[int, ...]
    ends: str


def link_runs(series: Series) -> Chain:
    """Follow the candidate's baseline back from run to run.

    A run's baseline is the newest earlier run of the baseline's commit; where none is of it, the newest earlier one on
    the same rows with the baseline's very value. Runs beside this line (evaluated, but never a baseline of what
    followed) take no part. The chain ends where nothing is known of a step, and starts anew where rows or definition
    changed: changes on different rows do not add up.
    """
    runs, run, place = series.runs, series.candidate, len(series.runs)
    places: dict[str | None, list[int]] = defaultdict(list)
    for index, other in enumerate(runs):
        places[other.commit].append(index)
    found, positions, ends = [run], [place], ""
    while place:
        parent = _baseline_of(run, place, runs, places)
        ends = _why_it_ends(run, None if parent is None else runs[parent])
        if parent is None or ends:
            break
        run, place = runs[parent], parent
        found.append(run)
        positions.append(place)
    return Chain(runs=tuple(reversed(found)), positions=tuple(reversed(positions)), ends=ends)


def _baseline_of(
    run: Measured, place: int, runs: Sequence[Measured], places: dict[str | None, list[int]]
) -> int | None:
    """Index of the run that was the baseline of the run at `place`; None where it was not recorded."""
    if run.baseline_commit is not None:
        same = places.get(run.baseline_commit, [])
        earlier = bisect_left(same, place)
        if earlier:
            return same[earlier - 1]
    if run.baseline is None or run.rows is None:
        return None
    return next((index for index in range(place - 1, -1, -1) if _is_baseline(run, run.baseline, runs[index])), None)


def _is_baseline(run: Measured, value: float, other: Measured) -> bool:
    return _measure(run) == _measure(other) and math.isclose(other.value, value, rel_tol=_SAME, abs_tol=1e-12)


def _measure(run: Measured) -> tuple[str | None, str | None]:
    return run.rows, run.definition


def _why_it_ends(run: Measured, parent: Measured | None) -> str:
    """Why a run cannot be linked with its baseline, empty where it can."""
    if parent is None:
        return f"the baseline of {run.name} is not among the recorded runs"
    if run.rows is None or run.rows != parent.rows:
        return f"{run.name} was evaluated on other rows than {parent.name} before it"
    if run.definition != parent.definition:
        return f"{run.name} was evaluated under another definition than {parent.name} before it"
    if run.delta is None or run.se is None or (run.se == 0 and run.delta != 0):
        return f"the change at {run.name} has no standard error"
    return ""
