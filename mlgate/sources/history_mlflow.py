"""A history in MLflow: one experiment, one run per entry.

The run's metrics are there for MLflow's own charts. The entry itself is in the run's tags, cut into pieces that every
server takes, so that one search returns whole entries, and an entry is there as a whole or not at all: MLflow makes a
run and its tags in one step.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.history_lines import Appended, Entry, Loaded, parse_lines, render_entry
from mlgate.sources.mlflow_client import Store, open_store, translated

PIECES_TAG = "mlgate.history"
"""Number of the pieces; they are `mlgate.history.0` and so on."""

PIECE_CHARACTERS = 4000
MAX_PIECES = 1000
PAGE_RUNS = 1000
MAX_PAGES = 100


def experiment_name(ref: str) -> str:
    """The experiment of a declared ref: `refs/mlgate/history` is `mlgate/history`."""
    return ref.removeprefix("refs/")


def append(
    ref: str, entries: Sequence[Entry], *, root: Path, now: datetime, tracking_uri: str | None = None
) -> Appended:
    """Add one run per entry to the experiment, which is made if it is not there.

    Raises
    ------
    SourceError
        The store cannot be reached, or refuses.
    """
    from mlflow.entities import Metric

    store = open_store(root, tracking_uri, writing=True)
    name = experiment_name(ref)
    moment = int(now.timestamp() * 1000)
    known = set(_lines(store, name))
    with translated(store.shown, f"write the history to experiment {name}"):
        experiment_id = _experiment(store, name)
        for entry in entries:
            line = render_entry(entry)
            if line in known:
                continue
            run = store.client.create_run(experiment_id, start_time=moment, tags=_tags(entry, line)).info.run_id
            metrics = [Metric(key, value, moment, 0) for key, value in _values(entry).items()]
            if metrics:
                store.client.log_batch(run, metrics=metrics)
            store.client.set_terminated(run, "FINISHED", end_time=moment)
    return Appended(where=f"experiment {name} of {store.shown}")


def load(ref: str, *, root: Path, tracking_uri: str | None = None) -> Loaded:
    """All entries of the experiment; one that is not there holds none.

    Raises
    ------
    SourceError
        The store cannot be reached, or the experiment has more runs than can be looked through.
    """
    store = open_store(root, tracking_uri)
    name = experiment_name(ref)
    return parse_lines(_lines(store, name), where=f"experiment {name} of {store.shown}")


def _experiment(store: Store, name: str) -> str:
    """Id of the experiment, made where it is not there; another job may make it first."""
    found = store.client.get_experiment_by_name(name)
    if found is None:
        # Without this a local store keeps its files below whatever folder the command was started in.
        place = None if store.folder is None else (store.folder / "mlruns" / name).absolute().as_uri()
        try:
            return str(store.client.create_experiment(name, artifact_location=place))
        except Exception:
            found = store.client.get_experiment_by_name(name)
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        raise SourceError(
            f"the experiment {name} at {store.shown} is deleted",
            hint="restore it with `mlflow experiments restore`, or name another ref under `history` in mlgate.yaml",
        )
    return str(found.experiment_id)


def _lines(store: Store, name: str) -> list[str]:
    with translated(store.shown, f"read the history of experiment {name}"):
        experiment = store.client.get_experiment_by_name(name)
        if experiment is None or experiment.lifecycle_stage == "deleted":
            return []
        return [line for run in _runs(store, experiment.experiment_id) if (line := _line(run.data.tags)) is not None]


def _runs(store: Store, experiment_id: str) -> Iterator[Any]:
    token = None
    for _ in range(MAX_PAGES):
        page = store.client.search_runs([experiment_id], max_results=PAGE_RUNS, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
    raise SourceError(
        f"the history at {store.shown} has more than {MAX_PAGES * PAGE_RUNS:,} runs",
        hint="name another ref under `history` in mlgate.yaml",
    )


def _tags(entry: Entry, line: str) -> dict[str, str]:
    pieces = [line[at : at + PIECE_CHARACTERS] for at in range(0, len(line), PIECE_CHARACTERS)]
    tags = {"mlflow.runName": entry.evaluation, PIECES_TAG: str(len(pieces))}
    if entry.commit is not None:
        tags |= {"mlgate.commit": entry.commit, "mlflow.source.git.commit": entry.commit}
    return tags | {f"{PIECES_TAG}.{number}": piece for number, piece in enumerate(pieces)}


def _line(tags: Mapping[str, str]) -> str | None:
    """The entry of a run, None where the run is not ours; where a piece is lost, what is no entry and gets counted."""
    count = tags.get(PIECES_TAG)
    if count is None:
        return None
    numbers = range(min(int(count), MAX_PIECES) if count.isdecimal() else 0)
    return "".join(tags.get(f"{PIECES_TAG}.{number}", "") for number in numbers) or "(the entry's pieces are lost)"


def _values(entry: Entry) -> dict[str, float]:
    """The metrics by names that MLflow's charts take: `ndcg@10` is `ndcg_10`. The entry keeps the real ones."""
    named = {f"{_safe(entry.evaluation)}/{_safe(name)}": metric.value for name, metric in entry.metrics.items()}
    return {name: value for name, value in named.items() if value is not None and math.isfinite(value)}


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_. -]", "_", name).lstrip(".")[:120] or "_"
