"""Datasets that must not stand still: `refreshed` of mlgate.yaml, by the history of the repository."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from mlgate.config.project import Dataset
from mlgate.config.refreshed import Refreshed
from mlgate.errors import MlgateError
from mlgate.gate.record import Record, could_not_check
from mlgate.outcome import Outcome
from mlgate.sources import table_files

if TYPE_CHECKING:
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled


def check_declared_refreshed(loaded: Loaded, pulled: Pulled, record: Record, *, now: dt.datetime) -> None:
    """Judge the age of every dataset that declares how old it may be; one that cannot be told is an `error`."""
    for dataset in loaded.project.datasets.values():
        if dataset.refreshed is not None:
            record.progress(f"data: age of {dataset.name} ({dataset.path})")
            record.add(_judged(loaded, pulled, dataset, dataset.refreshed, now))


def _judged(loaded: Loaded, pulled: Pulled, dataset: Dataset, rule: Refreshed, now: dt.datetime) -> Outcome:
    from mlgate.data.outcomes import make_outcome, outcome_id
    from mlgate.data.refreshed import ContentAge, refreshed
    from mlgate.sources.content_history import first_seen

    root = loaded.project.root
    try:
        problem = pulled.problem_of(dataset.path)
        if problem is not None:
            raise problem
        seen = first_seen(root, table_files.expand(root, dataset.path))
    except MlgateError as problem:
        return could_not_check(
            problem,
            id=outcome_id(dataset.name, "refreshed"),
            check="refreshed",
            tier="data",
            subject=dataset.name,
            location=rule.location,
        )
    age = ContentAge(since=seen.since, commit=seen.commit, complete=seen.complete, by=seen.by)
    return make_outcome(refreshed(rule, age, now), dataset=dataset.name, check="refreshed", location=rule.location)
