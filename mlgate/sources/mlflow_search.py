"""The newest run of an experiment that a filter finds in MLflow, told with what was passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_client import Store, translated
from mlgate.sources.records import AbsentBaselineError

COMMIT_TAGS = ("mlgate.commit", "mlflow.source.git.commit")
MAX_RUNS = 1000
"""Runs that one search counts."""
MAX_LOOKED_AT = 50
"""Finished runs whose artifacts are looked at, newest first."""
MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """The run that won, and in words how it was found."""

    run: Any
    phrase: str


def newest_run(
    reference: Reference, store: Store, *, holds: Callable[[Any], bool], what: str, own_commit: str | None
) -> Taken:
    """The newest finished run of an experiment that matches a filter and holds what is looked for.

    Newest is the latest end, then the latest start, then the largest id. A failed, killed or running run is never
    taken, nor one of the candidate's own commit: what would have been taken before the winner is named.

    Parameters
    ----------
    reference : with `experiment`, and `filter` or None for all runs
    holds : whether a run has what is looked for
    what : what that is, e.g. `predictions of readmission`
    own_commit : commit of the candidate, or None

    Raises
    ------
    AbsentBaselineError
        No finished run matches, or none of them holds it.
    SourceError
        There is no such experiment, the filter is not one of MLflow's, or no access.
    """
    experiment = _experiment_id(reference, store)
    finished = sorted(_search(reference, experiment, store, finished=True), key=_moment, reverse=True)
    passed: list[str] = []
    for run in finished[:MAX_LOOKED_AT]:
        if own_commit is not None and own_commit in map(run.data.tags.get, COMMIT_TAGS):
            passed.append(f"{run.info.run_id} is of this commit")
        elif holds(run):
            passed += _unfinished(reference, experiment, store, since=_moment(run)[:2])
            return Taken(run, _phrase(reference, run, what, len(finished), passed))
        else:
            passed.append(f"{run.info.run_id} has no {what}")
    passed += _unfinished(reference, experiment, store, since=(0, 0))
    looked = f" (the newest {MAX_LOOKED_AT} were looked at)" if len(finished) > MAX_LOOKED_AT else ""
    found = f"{_counted(len(finished))} found, and none has {what}{looked}" if finished else "no finished run found"
    raise AbsentBaselineError(
        f"{_subject(reference)}: {found}{_named(passed)}",
        hint="correct the filter, or record one with `mlgate baseline save`: a run needs to be finished to be taken",
    )


def _experiment_id(reference: Reference, store: Store) -> str:
    name = reference.experiment or ""
    with translated(store.shown, f"look up experiment {name}"):
        experiment = store.client.get_experiment_by_name(name)
    if experiment is None or experiment.lifecycle_stage != "active":
        fact = "there is no experiment" if experiment is None else "somebody has deleted the experiment"
        raise AbsentBaselineError(f"{fact} {name!r} at {store.shown}", hint="correct its name in mlgate.yaml")
    return str(experiment.experiment_id)


def _search(reference: Reference, experiment: str, store: Store, *, finished: bool) -> list[Any]:
    """Runs by their state, newest first as far as MLflow orders them."""
    state = "attributes.status = 'FINISHED'" if finished else "attributes.status != 'FINISHED'"
    order = ["attributes.end_time DESC" if finished else "attributes.start_time DESC"]
    with translated(store.shown, f"search the runs of experiment {reference.experiment}"):
        try:
            found = store.client.search_runs(
                [experiment],
                filter_string=f"{reference.filter} and {state}" if reference.filter else state,
                max_results=MAX_RUNS if finished else MAX_NAMED + 1,
                order_by=order,
            )
        except Exception as problem:
            if getattr(problem, "error_code", "") != "INVALID_PARAMETER_VALUE":
                raise
            reason = " ".join(str(problem).split())[:300]
            raise SourceError(
                f"MLflow does not accept the filter {reference.filter!r}: {reason}",
                hint="write it as in MLflow's search of runs, e.g. tags.branch = 'main' and metrics.auc > 0.8",
            ) from None
        return [run for run in found if (run.info.status == "FINISHED") is finished]


def _moment(run: Any) -> tuple[int, int, str]:
    """End, start and id."""
    return run.info.end_time or 0, run.info.start_time or 0, str(run.info.run_id)


def _unfinished(reference: Reference, experiment: str, store: Store, *, since: tuple[int, ...]) -> list[str]:
    """Runs that match and did not finish, as far as they are newer than one with this end and start."""
    found = _search(reference, experiment, store, finished=False)
    moments = [(run.info.end_time, run.info.start_time or 0) for run in found]
    newer = [end >= since[0] if end else start >= since[1] for end, start in moments]
    return [f"{run.info.run_id} is {run.info.status}" for run, taken in zip(found, newer, strict=True) if taken]


def _phrase(reference: Reference, run: Any, what: str, count: int, passed: Iterable[str]) -> str:
    taken = f"run {run.info.run_id} is the newest with {what}"
    return f"{_subject(reference)}: {_counted(count)} found, {taken}{_named(list(passed))}"


def _subject(reference: Reference) -> str:
    condition = f" for {reference.filter.strip()}" if reference.filter else ""
    return f"MLflow search in experiment {reference.experiment}{condition}"


def _counted(count: int) -> str:
    more = " or more" if count == MAX_RUNS else ""
    return f"{count:,}{more} finished run{'' if count == 1 else 's'}"


def _named(passed: list[str]) -> str:
    if not passed:
        return ""
    more = f" and {len(passed) - MAX_NAMED:,} more" if len(passed) > MAX_NAMED else ""
    return f"; not taken: {', '.join(passed[:MAX_NAMED])}{more}"
