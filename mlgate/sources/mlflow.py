"""Baselines in MLflow, found by alias, version or run.

Models are never loaded here. Stages are not used: they are deprecated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_client import Store, is_absent, translated
from mlgate.sources.records import RECORD_FILE, SAVE_AGAIN, artifact_folder, read_document

EVALUATION_TAG = "mlgate.evaluation"
"""On a run and on a version that `mlgate baseline save` wrote to: the evaluations, see `render_tag`."""

COMMIT_TAG = "mlgate.commit"
_SAVE_HINT = "record one with `mlgate baseline save`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A baseline in MLflow, not yet downloaded.

    Parameters
    ----------
    phrase : how it was found, e.g. `registry alias champion of readmission, version 3`
    version : of the registered model, where one was named
    run_id : the run that holds the predictions
    commit : recorded commit, or None
    finished_at : UTC end of the run, ISO 8601 with a final `Z`, or None while it runs
    predictions, record : artifact paths; `record` is None where the predictions were logged by other means
    """

    phrase: str
    version: str | None
    run_id: str
    commit: str | None
    finished_at: str | None
    predictions: str
    record: str | None


def resolve(reference: Reference, evaluation: str, store: Store) -> Found:
    """Follow a reference to the run that holds the predictions of an evaluation.

    Raises
    ------
    SourceError
        The model, alias, version or run is absent; the run has no predictions of the evaluation, or they were saved
        by `mlgate baseline save` and their record is absent; no access.
    """
    version, phrase = None, f"run {reference.run_id}"
    saved: set[str] = set()
    run_id = reference.run_id or ""
    if reference.model is not None:
        entry = _model_version(reference, store)
        version, run_id = str(entry.version), str(entry.run_id or "")
        saved = parse_tag(entry.tags)
        named = f"alias {reference.alias} of {reference.model}, version {version}"
        phrase = f"registry {named}" if reference.alias else f"registry version {version} of {reference.model}"
    if not run_id:
        raise SourceError(f"{phrase} names no run, so nothing was recorded with it", hint=_SAVE_HINT)
    run = read_run(run_id, store)
    predictions, record = _artifacts(run_id, evaluation, store)
    tags = run.data.tags
    if record is None and evaluation in saved | parse_tag(tags):
        raise SourceError(
            f"the record of evaluation {evaluation!r} in run {run_id} is incomplete: {RECORD_FILE} is absent",
            hint=SAVE_AGAIN,
        )
    ended = run.info.end_time
    return Found(
        phrase=phrase,
        version=version,
        run_id=run_id,
        commit=tags.get(COMMIT_TAG) or tags.get("mlflow.source.git.commit"),
        finished_at=None if not ended else utc_text(datetime.fromtimestamp(ended / 1000, UTC)),
        predictions=predictions,
        record=record,
    )


def render_tag(evaluations: Iterable[str]) -> str:
    """Value of `EVALUATION_TAG`; a name holds no comma, see `artifact_folder`."""
    return ", ".join(evaluations)


def parse_tag(tags: Mapping[str, str]) -> set[str]:
    """The evaluations that `EVALUATION_TAG` names among the tags of a run or a version."""
    return {name for name in tags.get(EVALUATION_TAG, "").split(", ") if name}


def download(run_id: str, artifact: str, folder: Path, store: Store) -> Path:
    """Bring one artifact of a run into a folder and return where it lies (older clients keep its folders)."""
    folder.mkdir(parents=True, exist_ok=True)
    with translated(store.shown, f"download {artifact} of run {run_id}"):
        return Path(store.client.download_artifacts(run_id, artifact, str(folder)))


def read_record(found: Found, folder: Path, store: Store) -> dict[str, Any] | None:
    """`baseline.json` of a found baseline; None where the predictions were logged by other means."""
    if found.record is None:
        return None
    return read_document(download(found.run_id, found.record, folder, store), found.phrase)


def utc_text(moment: datetime) -> str:
    """ISO 8601 to the second with a final `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _model_version(reference: Reference, store: Store) -> Any:
    name = reference.model
    with translated(store.shown, f"look up model {name}"):
        try:
            aliases = store.client.get_registered_model(name).aliases
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise SourceError(f"there is no registered model {name!r} at {store.shown}", hint=_SAVE_HINT) from None
        version = reference.version
        if reference.alias is not None:
            version = aliases.get(reference.alias)
            if version is None:
                there = ", ".join(sorted(aliases)) or "none"
                raise SourceError(
                    f"model {name!r} has no alias {reference.alias!r}; its aliases: {there}",
                    hint=f"name one of them in mlgate.yaml, or {_SAVE_HINT}",
                )
        try:
            return store.client.get_model_version(name, str(version))
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise SourceError(
                f"model {name!r} has no version {version}", hint="name an alias or a version there is"
            ) from None


def read_run(run_id: str, store: Store) -> Any:
    with translated(store.shown, f"read run {run_id}"):
        try:
            run = store.client.get_run(run_id)
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise SourceError(
                f"there is no run {run_id} at {store.shown}", hint="name a run there is, or an alias"
            ) from None
    if run.info.lifecycle_stage == "deleted":
        raise SourceError(f"run {run_id} is deleted", hint="restore it with `mlflow runs restore`, or name another one")
    return run


def _artifacts(run_id: str, evaluation: str, store: Store) -> tuple[str, str | None]:
    """Artifact paths of the predictions and of the record."""
    folder = artifact_folder(evaluation)
    sizes = list_sizes(run_id, folder, store)
    record = f"{folder}/{RECORD_FILE}"
    predictions = sorted(path for path in sizes if path.startswith(f"{folder}/predictions."))
    if not predictions:
        raise SourceError(f"run {run_id} has no mlgate predictions of evaluation {evaluation!r}", hint=_SAVE_HINT)
    if len(predictions) > 1:
        raise SourceError(
            f"run {run_id} has several predictions of evaluation {evaluation!r}: {', '.join(predictions)}",
            hint=f"leave one of them in the run, or {_SAVE_HINT}",
        )
    return predictions[0], record if record in sizes else None


def list_sizes(run_id: str, folder: str, store: Store) -> dict[str, int | None]:
    with translated(store.shown, f"list the artifacts of run {run_id}"):
        return {item.path: item.file_size for item in store.client.list_artifacts(run_id, folder) if not item.is_dir}
