"""A metric over many runs: its trend, and a decline that no single step shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.metrics import history_wording as wording
from mlgate.metrics.checks import quote_part
from mlgate.metrics.decline import Evidence, Link, compute_boundary, weigh_decline
from mlgate.metrics.lineage import Chain, Measured, Series, link_runs
from mlgate.outcome import Location, Outcome, Status

ALPHA = 0.05
"""Chance that a run of the gate's history, however long, ever gives a false alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A metric over the runs that can be compared with the candidate, by its values alone.

    Parameters
    ----------
    runs : oldest first; the last is the candidate
    best : the best of them, the newest of several
    since_best : candidate - best, in the metric's unit
    since_window : candidate - the run `window` runs ago; None where there are fewer
    last_change : candidate - the run before it; None where there is none
    """

    runs: tuple[Measured, ...]
    best: Measured
    since_best: float
    since_window: float | None
    last_change: float | None


def compute_trend(series: Series, *, window: int) -> Trend:
    """How the metric has moved, without a statement of how sure.

    Parameters
    ----------
    window : runs back that the candidate is compared with, at least 1
    """
    runs = series.comparable()
    now = series.candidate.value
    _, place = min((series.worsening(run.value), -index) for index, run in enumerate(runs))
    best = runs[-place]
    return Trend(
        runs=runs,
        best=best,
        since_best=now - best.value,
        since_window=now - runs[-1 - window].value if len(runs) > window else None,
        last_change=now - runs[-2].value if len(runs) > 1 else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """The cumulative worsening along a chain, and how sure it is.

    Parameters
    ----------
    chain : at least two runs
    best : index in the chain of the run since which the metric is worst off, the newest of several
    since_best : worsening since then, at least 0, in the metric's unit
    since_window : worsening since `window` runs of the chain ago; None where it is shorter
    largest : index of the run since the best with the largest worsening, and that worsening
    boundary : worsening since the best run that would be proof alone; None where the best run is the candidate
    """

    chain: Chain
    best: int
    since_best: float
    since_window: float | None
    largest: tuple[int, float]
    boundary: float | None
    evidence: Evidence

    @property
    def steps(self) -> int:
        """Runs since the best one."""
        return len(self.chain.runs) - 1 - self.best


def compute_decline(series: Series, chain: Chain, *, alpha: float, window: int) -> Decline:
    """Weigh what the steps of a chain add up to.

    Parameters
    ----------
    chain : of the series, at least two runs
    alpha, window : as in `weigh_decline`
    """
    last = len(chain.runs) - 1
    steps = [0.0, *(series.worsening(run.delta or 0.0) for run in chain.runs[1:])]
    links = [
        Link(position=position, decline=step, se=run.se)
        for run, position, step in zip(chain.runs, chain.positions, steps, strict=True)
    ]
    since = [0.0] * (last + 1)
    for index in range(last - 1, -1, -1):
        since[index] = since[index + 1] + steps[index + 1]
    best = max(range(last + 1), key=lambda index: (since[index], index))
    largest = max(range(best + 1, last + 1), key=lambda index: (steps[index], index), default=last)
    return Decline(
        chain=chain,
        best=best,
        since_best=since[best],
        since_window=since[last - window] if last >= window else None,
        largest=(largest, steps[largest]),
        boundary=None if best == last else compute_boundary(links, best, alpha=alpha, window=window),
        evidence=weigh_decline(links, alpha=alpha, window=window),
    )


def slow_decline(series: Series, *, window: int, alpha: float = ALPHA) -> Outcome:
    """A metric does not decline over many merges by more than its tolerance, though no single one shows it.

    The steps from each run to its baseline, from the candidate back through the recorded runs of main, are added up on
    all rows. A `warn` where both hold: the candidate is worse than the best of these runs by more than the metric's
    tolerance, and the evidence against "no run made it worse" is strong enough to be looked at after every merge, from
    every start (an anytime-valid test: over all looks and all metrics of the gate, the chance of a false alarm is at
    most 5 %). It never blocks: a person decides whether the loss of many merges was worth it.

    Steps add up on the same rows and under the same definition alone. Where these changed, or the baseline of a run
    was not recorded, the line starts anew and the message says so. A `skip` where there is nothing to add up: no
    earlier run is recorded, or the change has no standard error (a value without rows); the trend is in the evidence.
    """
    chain, trend = link_runs(series), compute_trend(series, window=window)
    decline = None
    if len(chain.runs) > 1:
        decline = compute_decline(series, chain, alpha=alpha, window=window)
    shown = decline is not None and decline.evidence.shown and decline.since_best > (series.candidate.tolerance or 0.0)
    status = Status.SKIP if decline is None else Status.WARN if shown else Status.PASS
    if decline is None:
        message, hint = wording.nothing_to_judge(series, chain), ""
    else:
        message = wording.declined(series, decline) if shown else wording.not_declined(series, decline)
        hint = wording.next_step(series) if shown else ""
    return Outcome(
        id=f"model/{quote_part(series.evaluation)}/{quote_part(series.metric)}/history",
        check="slow_decline",
        tier="model",
        subject=f"{series.evaluation}.{series.metric}",
        status=status,
        message=message,
        hint=hint,
        observed=trend.since_best if decline is None else series.worsening(decline.since_best),
        expected="no decline over many runs by more than the tolerance",
        location=series.location,
        evidence=_evidence(series, chain, trend, window=window) | _weighed(series, decline, alpha),
    )


def history_readable(
    n_entries: int | None, where: str, *, problem: str = "", hint: str = "", location: Location | None = None
) -> Outcome:
    """The declared history can be read, and every line of it is an entry.

    A `warn` where it cannot: it is advice about many merges, and what this change does is compared with the baseline
    anyway; a gate that stops every merge because a log is out of reach would be taken out. It is no silence either,
    since a slow decline would go unseen as long as it lasts. A line that is no entry hides no other.

    Parameters
    ----------
    n_entries : entries that were read; None where the store cannot be reached
    where : phrase for a person
    problem : what is wrong; empty where nothing is
    """
    warns = n_entries is None or bool(problem)
    message = f"no slow decline can be shown: {problem}"
    if n_entries is not None:
        message = "; ".join(
            filter(None, (f"{n_entries:,} {'entry' if n_entries == 1 else 'entries'} in {where}", problem))
        )
    return Outcome(
        id="model/history",
        check="history_readable",
        tier="model",
        subject="history",
        status=Status.WARN if warns else Status.PASS,
        message=message,
        hint=hint,
        observed=n_entries,
        expected="a history that can be read",
        location=location,
    )


def _evidence(series: Series, chain: Chain, trend: Trend, *, window: int) -> dict[str, Any]:
    """The trend; nothing in it is called `verdict`, which would make it a comparison for a renderer."""
    return {
        "evaluation": series.evaluation,
        "metric": series.metric,
        "unit": series.unit,
        "higher_is_better": series.higher_is_better,
        "tolerance": series.candidate.tolerance,
        "window": window,
        "n_entries": len(series.runs),
        "points": [_point(run) for run in trend.runs[-1 - window :]],
        "best": _point(trend.best),
        "change_since_best": trend.since_best,
        "change_since_window": trend.since_window,
        "last_change": trend.last_change,
        "runs_added_up": len(chain.runs),
        "line_ends": chain.ends or None,
    }


def _point(run: Measured) -> dict[str, Any]:
    return {"commit": run.commit, "time": run.time, "value": run.value}


def _weighed(series: Series, decline: Decline | None, alpha: float) -> dict[str, Any]:
    """The decline as changes in the metric's unit, in place of those of the values alone where there is one."""
    if decline is None:
        return {"boundary": None, "p_value": None, "alpha": alpha}
    since = decline.since_window
    return {
        "best": _point(decline.chain.runs[decline.best]),
        "change_since_best": series.worsening(decline.since_best),
        "change_since_window": None if since is None else series.worsening(since),
        "steps_since_best": decline.steps,
        "boundary": decline.boundary,
        "p_value": decline.evidence.p_value,
        "alpha": alpha,
    }
