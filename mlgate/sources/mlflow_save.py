"""Saving a baseline to MLflow, so that half a baseline never replaces a whole one."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow import list_files
from mlgate.sources.mlflow_client import Store, is_absent, is_new_store, open_store, translated
from mlgate.sources.mlflow_runs import COMMIT_TAG, EVALUATION_TAG, parse_tag, read_run, render_tag, utc_text
from mlgate.sources.records import (
    RECORD_FILE,
    Record,
    artifact_folder,
    make_document,
    render_document,
)

EXPERIMENT = "mlgate"
METRICS_PER_CALL = 1000
"""As many as MLflow takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where a baseline was recorded."""

    tracking: str
    run_id: str
    model: str
    alias: str
    version: str


@dataclass(frozen=True, slots=True)
class Place:
    """What an alias named when it was looked at: a version, or None where there was none."""

    version: str | None


def require_writable(
    reference: Reference, evaluations: Sequence[str], *, root: Path, tracking_uri: str | None, run_id: str
) -> Place:
    """Whether `save` could begin: the store answers, and neither a record nor somebody's model would be lost.

    A store that is not there yet is not made.

    Raises
    ------
    SourceError
        As `save` does before it writes.
    """
    if is_new_store(root, tracking_uri):
        return Place(None)
    store = open_store(root, tracking_uri)
    _require_place(reference, evaluations, run_id, store)
    return Place(_alias_version(reference.model or "", reference.alias or "", store))


def save(  # noqa: PLR0913  (all by name; the folder, the clock and what was seen before come from the caller)
    reference: Reference,
    records: Sequence[Record],
    *,
    root: Path,
    now: datetime,
    tracking_uri: str | None,
    run_id: str,
    place: Place | None = None,
) -> Saved:
    """Record evaluations as the baseline behind `models:/NAME@ALIAS`.

    Everything is uploaded and checked before the alias moves. With `run_id` the records are added to that run
    and its registered version gets the alias; without, a run and a version are made that hold no model.

    Parameters
    ----------
    place : what `require_writable` gave before the records were made: an alias that names another version by now was
        moved by somebody else, and is left alone. MLflow cannot compare and set in one step, so the alias is read
        right before and right after it is set.

    Raises
    ------
    SourceError
        The alias names a version that others made and it would be replaced by one without a model; the run has
        such a record already; an upload failed; somebody else moved the alias.
    """
    store = open_store(root, tracking_uri, writing=True)
    model, alias = reference.model or "", reference.alias or ""
    place = place or Place(_alias_version(model, alias, store))
    _require_unmoved(reference, place.version, store, "nothing was saved")
    version = _require_place(reference, [record.evaluation for record in records], run_id, store)
    if run_id:
        _mark_run(run_id, records, store)
    run = run_id or _create_run(records, store, now)
    try:
        for record in records:
            _log_metrics(record, run, store, now)
            _upload(record, artifact_folder(record.evaluation), run, store, utc_text(now))
        if not run_id:
            with translated(store.shown, f"finish run {run}"):
                store.client.set_terminated(run, "FINISHED")
    except BaseException:
        if not run_id:
            with suppress(SourceError), translated(store.shown, f"end run {run}"):  # the first error is the one to tell
                store.client.set_terminated(run, "FAILED")
        raise
    version = version or _create_version(model, run, records, store)
    _require_unmoved(reference, place.version, store, f"version {version} has no alias")
    _set_alias(model, alias, version, store)
    return Saved(tracking=store.shown, run_id=run, model=model, alias=alias, version=version)


def _require_unmoved(reference: Reference, version: str | None, store: Store, left: str) -> None:
    """Refuse to overtake somebody else; `version` is what the alias named before, `left` says what comes of it."""
    model, alias = reference.model or "", reference.alias or ""
    found = _alias_version(model, alias, store)
    if found != version:
        raise SourceError(
            f"alias {alias} of {model} was moved by somebody else meanwhile, from {_worded(version)} to "
            f"{_worded(found)}; it was left there, and {left}",
            hint="compare with the baseline that it names now, and save again",
        )


def _set_alias(model: str, alias: str, version: str, store: Store) -> None:
    with translated(store.shown, f"set alias {alias} of {model}"):
        store.client.set_registered_model_alias(model, alias, version)
    found = _alias_version(model, alias, store)
    if found != version:
        raise SourceError(
            f"alias {alias} of {model} was set to version {version}, and somebody else moved it to {_worded(found)}",
            hint="compare with the baseline that it names now, and save again",
        )


def _worded(version: str | None) -> str:
    return "no version" if version is None else f"version {version}"


def _alias_version(model: str, alias: str, store: Store) -> str | None:
    """The version that an alias names; None where it, or the model, is not there."""
    with translated(store.shown, f"look up model {model}"):
        try:
            version = store.client.get_registered_model(model).aliases.get(alias)
        except Exception as problem:
            if is_absent(problem):
                return None
            raise
    return None if version is None else str(version)


def _require_place(reference: Reference, evaluations: Sequence[str], run_id: str, store: Store) -> str | None:
    """The version that the alias will name, None where one will be made."""
    model = reference.model or ""
    folders = [artifact_folder(evaluation) for evaluation in evaluations]
    version = None
    if run_id:
        read_run(run_id, store)
        _refuse_second_record(run_id, zip(evaluations, folders, strict=True), store)
        version = _version_of_run(model, run_id, store)
    if version is None:
        _refuse_loss_of_model(model, reference.alias or "", store)
    return version


def _refuse_second_record(run_id: str, folders: Iterable[tuple[str, str]], store: Store) -> None:
    for evaluation, folder in folders:
        if list_files(run_id, folder, store):
            raise SourceError(
                f"run {run_id} has predictions of evaluation {evaluation!r} already, and a record is not overwritten",
                hint="record another run: leave MLFLOW_RUN_ID unset, or set it to the new model's run",
            )


def _version_of_run(model: str, run_id: str, store: Store) -> str | None:
    """Newest version of a model that came from a run."""
    with translated(store.shown, f"look up the versions of {model}"):
        found = store.client.search_model_versions(f"run_id='{run_id}'")
    versions = [int(entry.version) for entry in found if entry.name == model]
    return str(max(versions)) if versions else None


def _refuse_loss_of_model(model: str, alias: str, store: Store) -> None:
    """An alias that others set may be what serves a model: a version without one must not take its place."""
    version = _alias_version(model, alias, store)
    if version is None:
        return
    with translated(store.shown, f"look up model {model}"):
        if EVALUATION_TAG in store.client.get_model_version(model, version).tags:
            return
    raise SourceError(
        f"alias {alias} of {model} names version {version}, which was not made here and may serve a model; "
        "a version with predictions alone must not take its place",
        hint="set MLFLOW_RUN_ID to the run of a registered version, or name another alias in mlgate.yaml",
    )


def _mark_run(run_id: str, records: Sequence[Record], store: Store) -> None:
    """Name the evaluations on a run that others made, first of all: predictions whose record is lost then show."""
    names = parse_tag(read_run(run_id, store).data.tags) | {record.evaluation for record in records}
    with translated(store.shown, f"tag run {run_id}"):
        store.client.set_tag(run_id, EVALUATION_TAG, render_tag(sorted(names)))


def _create_run(records: Sequence[Record], store: Store, now: datetime) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    commits = [record.commit for record in records if record.commit]
    tags = {EVALUATION_TAG: render_tag(record.evaluation for record in records), "mlflow.runName": "mlgate baseline"}
    if commits:
        tags |= {COMMIT_TAG: commits[0], "mlflow.source.git.commit": commits[0]}
    with translated(store.shown, "create a run"):
        experiment = store.client.get_experiment_by_name(name)
        if experiment is not None:
            experiment_id = experiment.experiment_id
        else:
            # Without this a local store keeps its files below whatever folder the command was started in.
            local = None if store.folder is None else (store.folder / "mlruns" / name).absolute().as_uri()
            experiment_id = store.client.create_experiment(name, artifact_location=local)
        run = store.client.create_run(experiment_id, start_time=int(now.timestamp() * 1000), tags=tags)
        return str(run.info.run_id)


def save_scoring(record: Record, run_id: str, folder: str, created_at: str, store: Store) -> None:
    """Add predictions of a run's model on later data; its metrics and its alias stay.

    Raises
    ------
    SourceError
        The upload failed.
    """
    _upload(record, folder, run_id, store, created_at)


def _upload(record: Record, folder: str, run_id: str, store: Store, created_at: str) -> None:
    """Predictions, then the record, which says that the rest is complete."""
    document = make_document(record, created_at)
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place, translated(store.shown, f"upload to run {run_id}"):
        expected = {}
        for name, source in record.files.items():
            file = Path(shutil.copyfile(source, Path(place) / name))
            store.client.log_artifact(run_id, str(file), folder)
            expected[f"{folder}/{name}"] = file.stat().st_size
        file = Path(place) / RECORD_FILE
        file.write_bytes(render_document(document))
        store.client.log_artifact(run_id, str(file), folder)
        expected[f"{folder}/{RECORD_FILE}"] = file.stat().st_size
    observed = list_files(run_id, folder, store)
    if any(observed.get(path) != size for path, size in expected.items()):
        raise SourceError(
            f"the upload to run {run_id} is incomplete: sent {expected}, found {observed}", hint="save again"
        )


def _log_metrics(record: Record, run_id: str, store: Store, now: datetime) -> None:
    from mlflow.entities import Metric

    moment = int(now.timestamp() * 1000)
    values = {name: value for name, value in record.values.items() if math.isfinite(value)} | record.finite_metrics
    metrics = [Metric(f"{record.evaluation}/{name}", value, moment, 0) for name, value in values.items()]
    with translated(store.shown, f"log the metrics of run {run_id}"):
        for start in range(0, len(metrics), METRICS_PER_CALL):
            store.client.log_batch(run_id, metrics=metrics[start : start + METRICS_PER_CALL])


def _create_version(model: str, run_id: str, records: Sequence[Record], store: Store) -> str:
    tags = {EVALUATION_TAG: render_tag(record.evaluation for record in records)}
    with translated(store.shown, f"register a version of {model}"):
        try:
            store.client.get_registered_model(model)
        except Exception as problem:
            if not is_absent(problem):
                raise
            store.client.create_registered_model(model)
        source = store.client.get_run(run_id).info.artifact_uri
        entry = store.client.create_model_version(model, source, run_id, tags=tags, await_creation_for=60)
        return str(entry.version)
