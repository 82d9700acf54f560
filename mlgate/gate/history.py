"""The history of main runs: written after a green run, judged by the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation, History, MetricPolicy
from mlgate.config.project import Project
from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Report
from mlgate.render.facts import as_number
from mlgate.sources import history as store
from mlgate.sources.history import Entry, Loaded, MetricEntry

if TYPE_CHECKING:
    from mlgate.metrics.lineage import Measured, Series


def judge_history(
    project: Project, decided: Sequence[Outcome], provenance: Mapping[str, Any], *, now: dt.datetime
) -> tuple[Outcome, ...]:
    """Slow declines of the metrics of a run; nothing where the project declares no history.

    Parameters
    ----------
    decided : outcomes of the run; those of `metric_change` over all rows are looked at
    provenance : of the run, as in a report: `commit`, `candidates` (with `metrics`, and the comparability `key` of
        their rows) and `baselines` (with `commit`)
    now : aware time

    Returns
    -------
    tuple
        One outcome about the store, and one per metric. Never raises for what a store holds or lacks: that is a
        `warn`, see `history_readable`.
    """
    from mlgate.metrics.history import ALPHA, history_readable, slow_decline

    if project.history is None:
        return ()
    try:
        loaded = store.load(project.history, root=project.root)
    except SourceError as problem:
        unread = history_readable(
            None, "", problem=problem.message, hint=problem.hint, location=project.history.location
        )
        return (unread,)
    measured = measure(project, decided, provenance, now)
    tested = sum(metric.se is not None for entry in measured for metric in entry.metrics.values())
    alpha = ALPHA / max(1, tested)
    judged = (
        slow_decline(series, window=project.history.window, alpha=alpha)
        for entry in measured
        for series in series_of(project, entry, loaded.entries)
    )
    return (readable(loaded, project.history), *judged)


def append_history(project: Project, report: Report, *, now: dt.datetime) -> tuple[str, ...]:
    """Add what a green run of main has measured to the declared history; the rest is as in `append_measured`.

    Raises
    ------
    SourceError
        The run is not green, or the store cannot be written.
    """
    if project.history is not None and report.verdict.blocks:
        raise SourceError(
            f"the run is not added to the history: its verdict is {report.verdict.value}",
            hint="only a run that blocks nothing tells what main was like",
        )
    return append_measured(project, report.outcomes, report.provenance, now=now)


def append_measured(
    project: Project, outcomes: Iterable[Outcome], provenance: Mapping[str, Any], *, now: dt.datetime
) -> tuple[str, ...]:
    """Add what has become the baseline to the declared history, one entry per evaluation.

    The caller decides that it may: a baseline that is missing here ends the line along which changes are added up, so
    the first one, which was compared with nothing, and one that was saved by force belong here too.

    Parameters
    ----------
    outcomes, provenance : of the run, as in `judge_history`; `dirty` is recorded as well
    now : aware time of the entries

    Returns
    -------
    tuple
        Lines for a person; none where the project declares no history.

    Raises
    ------
    SourceError
        The store cannot be written.
    """
    if project.history is None:
        return ()
    entries = measure(project, outcomes, provenance, now)
    if not entries:
        return ("history: nothing was measured, so nothing is added",)
    done = store.append(project.history, entries, root=project.root, now=now)
    names = ", ".join(entry.evaluation for entry in entries)
    return (f"history: added {names} to {done.where}{f' ({done.note})' if done.note else ''}",)


def readable(loaded: Loaded, history: History) -> Outcome:
    """What there is to say about the store that was read."""
    from mlgate.metrics.history import history_readable

    problem, hint = "", ""
    if loaded.malformed:
        lines = "1 line is" if loaded.malformed == 1 else f"{loaded.malformed:,} lines are"
        problem = f"{lines} no entry of this version and left out (the first: {loaded.problem})"
        hint = "use the newest mlgate that writes to this history, or restore the lines"
    if loaded.stale:
        problem = "; ".join(filter(None, (problem, f"as it was when last asked: {loaded.stale}")))
        hint = hint or "what other clones have added since is missing"
    where = f"{loaded.where} ({loaded.note})" if loaded.note else loaded.where
    return history_readable(len(loaded.entries), where, problem=problem, hint=hint, location=history.location)


def measure(
    project: Project, outcomes: Iterable[Outcome], provenance: Mapping[str, Any], now: dt.datetime
) -> list[Entry]:
    """The entries of a run, one per evaluation that has measured something.

    A metric has the value over all its rows where the run gives one, else that over the rows that both sides share;
    its change is the one that was compared, and the standard error half the interval's width over its normal quantile.
    """
    compared: dict[tuple[str, str], Mapping[str, Any]] = {}
    for outcome in outcomes:
        facts = outcome.evidence
        if outcome.check == "metric_change" and facts.get("slice") is None:
            compared[str(facts.get("evaluation")), str(facts.get("metric"))] = facts
    keys = {str(item.get("evaluation")): item.get("key") or {} for item in provenance.get("candidates") or ()}
    values = {str(item.get("evaluation")): item.get("metrics") or {} for item in provenance.get("candidates") or ()}
    commits = {str(item.get("evaluation")): item.get("commit") for item in provenance.get("baselines") or ()}
    found = []
    for name, evaluation in project.evaluations.items():
        definitions = keys.get(name, {}).get("metrics") or {}
        metrics = {
            policy.name: _metric(
                values.get(name, {}).get(policy.name),
                compared.get((name, policy.name), {}),
                definitions.get(policy.name) or policy.spec.definition,
            )
            for policy in evaluation.metrics
        }
        metrics = {metric: entry for metric, entry in metrics.items() if entry.value is not None}
        if metrics:
            found.append(
                Entry(
                    evaluation=name,
                    time=store.render_time(now),
                    commit=provenance.get("commit"),
                    dirty=provenance.get("dirty"),
                    baseline_commit=commits.get(name),
                    rows=_rows_digest(keys.get(name, {})),
                    metrics=metrics,
                )
            )
    return found


def _rows_digest(key: Mapping[str, Any]) -> str | None:
    """Rows, labels and positive class as one text; None where the run does not name them."""
    labels = key.get("labels")
    if not labels:
        return None
    positive = key.get("positive")
    return str(labels) if positive is None else f"{labels}, positive {positive}"


def _metric(value: Any, compared: Mapping[str, Any], definition: str) -> MetricEntry:
    n = compared.get("n")
    return MetricEntry(
        value=as_number(compared.get("candidate") if as_number(value) is None else value),
        n=n if isinstance(n, int) else None,
        baseline=as_number(compared.get("baseline")),
        delta=as_number(compared.get("delta")),
        se=_standard_error(compared),
        tolerance=as_number(compared.get("tolerance")),
        definition=definition,
        verdict=compared.get("verdict"),
    )


def _standard_error(compared: Mapping[str, Any]) -> float | None:
    low, high, confidence = (as_number(compared.get(key)) for key in ("low", "high", "confidence"))
    if low is None or high is None or confidence is None or not 0 < confidence < 1 or not high >= low:
        return None
    return (high - low) / (2 * NormalDist().inv_cdf((1 + confidence) / 2))


def series_of(project: Project, candidate: Entry, entries: Iterable[Entry]) -> Iterator[Series]:
    """The series of every metric that the run under review has measured, from the entries of its evaluation."""
    from mlgate.metrics.lineage import Series

    evaluation = project.evaluations[candidate.evaluation]
    earlier = [entry for entry in entries if entry.evaluation == candidate.evaluation]
    for policy in _policies(evaluation, candidate):
        runs = (_measured(entry, policy.name) for entry in earlier)
        now = _measured(candidate, policy.name)
        if now is not None:
            yield Series(
                evaluation=evaluation.name,
                metric=policy.name,
                runs=tuple(run for run in runs if run is not None),
                candidate=now,
                higher_is_better=policy.spec.higher_is_better,
                unit=policy.spec.unit,
                location=policy.location,
            )


def _policies(evaluation: Evaluation, candidate: Entry) -> list[MetricPolicy]:
    return [policy for policy in evaluation.metrics if policy.name in candidate.metrics]


def _measured(entry: Entry, metric: str) -> Measured | None:
    from mlgate.metrics.lineage import Measured

    found = entry.metrics.get(metric)
    if found is None or found.value is None:
        return None
    return Measured(
        commit=entry.commit,
        time=entry.time,
        value=found.value,
        baseline_commit=entry.baseline_commit,
        baseline=found.baseline,
        delta=found.delta,
        se=found.se,
        tolerance=found.tolerance,
        rows=entry.rows,
        definition=found.definition,
    )
