"""The baseline of an evaluation, wherever it is kept: a file, a revision of Git or DVC, or MLflow."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import baseline_files, dvc, dvc_revisions, git, mlflow, mlflow_save
from mlgate.sources.mlflow_client import open_store
from mlgate.sources.records import Record, artifact_folder, check_predictions, parse_time, predictions_name

DVC_TIMEOUT_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Predictions to compare with, and where they come from. A fact that is not known is None.

    Parameters
    ----------
    reference : as in `mlgate.yaml`
    found : how it was found, e.g. `registry alias champion of readmission, version 3`
    predictions : the file; None from `describe`
    recorded : the facts that were saved with it (comparability key, columns, metrics, ...)
    version, run_id : of MLflow
    commit : full id of the commit that it belongs to
    created_at : UTC, ISO 8601 with a final `Z`
    age_s : seconds since then, at least 0
    tracking : address of the MLflow server, without credentials
    """

    reference: str
    found: str
    predictions: Path | None
    recorded: Mapping[str, Any] | None = None
    version: str | None = None
    run_id: str | None = None
    commit: str | None = None
    created_at: str | None = None
    age_s: float | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where `save` put a baseline; `where` is a phrase for a person."""

    where: str
    run_id: str | None = None
    version: str | None = None
    tracking: str | None = None


def load(  # noqa: PLR0913  (all by name; the folder and the clock come from the caller)
    reference: Reference,
    *,
    root: Path,
    evaluation_name: str,
    predictions_path: str,
    work: Path,
    now: datetime,
    tracking_uri: str | None = None,
) -> Baseline:
    """Bring the predictions of a baseline to this machine.

    Parameters
    ----------
    reference : anything but `none`
    root : folder of the project
    evaluation_name : name in `mlgate.yaml`
    predictions_path : where the candidate's predictions lie, POSIX, relative to `root`; the default path in a revision
    work : an existing folder for what is downloaded
    now : aware time, for the age
    tracking_uri : address of MLflow; None takes the environment's

    Raises
    ------
    SourceError
        The baseline cannot be reached, is absent, is not what was recorded, or its record is incomplete.
    UsageError
        The reference is `none`.
    """
    path = reference.path or predictions_path
    with without_folders(work, root):
        if reference.kind == "file":
            return _from_file(reference, root, now, fetch=True)
        if reference.kind in ("git", "dvc"):
            found, target = _from_revision(reference, path, root, now), work / predictions_name(path)
            if reference.kind == "git":
                git.show_file(root, reference.target, path, target)
            else:
                dvc.get(root, reference.target, path, target, timeout_s=DVC_TIMEOUT_S)
            return replace(found, predictions=target)
        return _from_mlflow(reference, evaluation_name, root, now, (tracking_uri, work))


def describe(
    reference: Reference,
    *,
    root: Path,
    evaluation_name: str,
    predictions_path: str,
    now: datetime,
    tracking_uri: str | None = None,
) -> Baseline:
    """The facts of `load` without the predictions: nothing larger than a record is downloaded.

    Raises as `load` does, as far as that shows without the predictions.
    """
    path = reference.path or predictions_path
    with without_folders(root):
        if reference.kind == "file":
            return _from_file(reference, root, now, fetch=False)
        if reference.kind in ("git", "dvc"):
            found = _from_revision(reference, path, root, now)
            require_file = git.require_file if reference.kind == "git" else dvc_revisions.require_file
            require_file(root, reference.target, path)
            return found
        return _from_mlflow(reference, evaluation_name, root, now, (tracking_uri, None))


def require_savable(reference: Reference, predictions: Mapping[str, str]) -> None:
    """Refuse what `save` can never write; opens nothing.

    Parameters
    ----------
    predictions : paths of the predictions by the name of their evaluation, at least one

    Raises
    ------
    UsageError
        The reference is not `file:PATH` or `mlflow:models:/NAME@ALIAS`, a file is to hold several evaluations or
        another format, or MLflow cannot keep an evaluation under its name.
    """
    if not predictions:
        raise UsageError("there is nothing to save", hint="name an evaluation of mlgate.yaml")
    if reference.kind == "file":
        if len(predictions) != 1:
            raise UsageError(
                f"{reference} can hold one evaluation, not {', '.join(predictions)}", hint="give each its own file"
            )
        for path in predictions.values():
            baseline_files.require_format(reference.target, path)
        return
    if reference.kind == "mlflow" and reference.alias is not None:
        for evaluation in predictions:
            artifact_folder(evaluation)
        return
    hints = {
        "none": "set the evaluation's `baseline` to mlflow:models:/NAME@ALIAS or file:PATH",
        "git": f"commit the predictions and move {reference.target!r} with Git",
        "dvc": f"`dvc add` or `dvc commit` the predictions, push them, commit, and move {reference.target!r} with Git",
        "mlflow": "a run or a version is fixed; name an alias: mlflow:models:/NAME@ALIAS",
    }
    raise UsageError(f"a baseline cannot be saved to {str(reference)!r}", hint=hints[reference.kind])


def require_writable(
    reference: Reference,
    evaluations: Sequence[str],
    *,
    root: Path,
    tracking_uri: str | None = None,
    run_id: str | None = None,
) -> None:
    """Look whether the place behind a reference that is savable can be written; nothing is.

    Raises
    ------
    SourceError
        As `save` does before it writes: no store is named, none answers, or somebody's model would be lost.
    """
    if reference.kind == "mlflow":
        run = _run_to_add_to(run_id)
        mlflow_save.require_writable(reference, evaluations, root=root, tracking_uri=tracking_uri, run_id=run)


def _run_to_add_to(run_id: str | None) -> str:
    return run_id or os.environ.get("MLFLOW_RUN_ID") or ""


def save(
    reference: Reference,
    records: Sequence[Record],
    *,
    root: Path,
    now: datetime,
    tracking_uri: str | None = None,
    run_id: str | None = None,
) -> Saved:
    """Keep the predictions of this run as the baseline behind `reference`.

    Evaluations that share an MLflow reference must be saved in one call, so that one run holds them all.
    `run_id` (default: `MLFLOW_RUN_ID`) adds them to an existing run, whose registered version then gets the alias.

    Raises
    ------
    UsageError
        See `require_savable`; or the predictions are the file that they would be saved to.
    SourceError
        See `mlflow_save.save`; or a file cannot be written.
    """
    require_savable(reference, {record.evaluation: record.predictions.name for record in records})
    if reference.kind == "file":
        baseline_files.save_file(reference.target, records[0], root=root, now=now)
        return Saved(where=f"file {reference.target}")
    run = _run_to_add_to(run_id)
    kept = mlflow_save.save(reference, records, root=root, now=now, tracking_uri=tracking_uri, run_id=run)
    where = f"version {kept.version} of {kept.model}, alias {kept.alias}"
    return Saved(where=where, run_id=kept.run_id, version=kept.version, tracking=kept.tracking)


def _from_file(reference: Reference, root: Path, now: datetime, *, fetch: bool) -> Baseline:
    file, recorded = baseline_files.find_file(root, reference.target)
    found = f"file {reference.target}"
    return _baseline(reference, found, now, predictions=file if fetch else None, recorded=recorded)


def _from_revision(reference: Reference, path: str, root: Path, now: datetime) -> Baseline:
    if reference.kind == "none":
        raise UsageError("the evaluation has no baseline", hint="set its `baseline` in mlgate.yaml")
    commit, date = git.resolve_commit(root, reference.target)
    created_at = mlflow.utc_text(datetime.fromisoformat(date))
    found = f"{reference.kind} revision {reference.target} ({commit[:9]}), {path}"
    return _baseline(reference, found, now, commit=commit, created_at=created_at)


def _from_mlflow(
    reference: Reference, evaluation: str, root: Path, now: datetime, options: tuple[str | None, Path | None]
) -> Baseline:
    """`options` are the address of MLflow and the folder to download to, None to leave the predictions there."""
    if reference.kind != "mlflow":
        raise UsageError("the evaluation has no baseline", hint="set its `baseline` in mlgate.yaml")
    tracking_uri, work = options
    store = open_store(root, tracking_uri)
    found = mlflow.resolve(reference, evaluation, store)
    predictions = None
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
        recorded = mlflow.read_record(found, work or Path(place), store)
        if work is not None:
            predictions = mlflow.download(found.run_id, found.predictions, work, store)
            if recorded is not None:
                check_predictions(recorded, predictions, found.phrase)
    return _baseline(
        reference,
        found.phrase,
        now,
        predictions=predictions,
        recorded=recorded,
        version=found.version,
        run_id=found.run_id,
        commit=found.commit,
        created_at=found.finished_at,
        tracking=store.shown,
    )


def _baseline(reference: Reference, found: str, now: datetime, **facts: Any) -> Baseline:
    """A baseline whose commit and time are the recorded ones where there is a record."""
    recorded = facts.get("recorded")
    if recorded is not None:
        facts["commit"] = recorded.get("commit") or facts.get("commit")
        facts["created_at"] = recorded.get("created_at") or facts.get("created_at")
    facts.setdefault("predictions", None)
    return Baseline(reference=str(reference), found=found, age_s=_age(facts.get("created_at"), now), **facts)


def _age(created_at: str | None, now: datetime) -> float | None:
    moment = parse_time(created_at)
    return None if moment is None else max(0.0, (now.astimezone(UTC) - moment).total_seconds())


@contextmanager
def without_folders(*folders: Path) -> Iterator[None]:
    """Take folders of this machine out of the messages of whatever is asked, e.g. those of DVC."""
    try:
        yield
    except SourceError as problem:
        message, hint = problem.message, problem.hint
        for folder in folders:
            message, hint = _without(folder, message), _without(folder, hint)
        raise SourceError(message, hint=hint) from problem.__cause__


def _without(folder: Path, text: str) -> str:
    if folder == folder.parent:
        return text
    name = rf"(?<![\w./-]){re.escape(str(folder.absolute()))}"
    return re.sub(rf"{name}(?![\w.-])", ".", re.sub(f"{name}/", "", text))
