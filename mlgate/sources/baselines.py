"""The baseline of an evaluation, wherever it is kept: a file, a revision of Git or DVC, or MLflow."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import dvc, git, mlflow, mlflow_save
from mlgate.sources.mlflow_client import open_store
from mlgate.sources.records import (
    Record,
    check_predictions,
    make_document,
    predictions_name,
    read_document,
    render_document,
)

DVC_TIMEOUT_S = 900.0
SIDECAR_SUFFIX = ".mlgate.json"


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
        The baseline cannot be reached, is absent, or is not what was recorded.
    UsageError
        The reference is `none`.
    """
    path = reference.path or predictions_path
    target = work / predictions_name(path)
    if reference.kind == "file":
        return _from_file(reference, root, now, fetch=True)
    if reference.kind in ("git", "dvc"):
        found = _from_revision(reference, path, root, now)
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

    Raises as `load` does; for `git` and `dvc` only the revision is looked up.
    """
    if reference.kind == "file":
        return _from_file(reference, root, now, fetch=False)
    if reference.kind in ("git", "dvc"):
        return _from_revision(reference, reference.path or predictions_path, root, now)
    return _from_mlflow(reference, evaluation_name, root, now, (tracking_uri, None))


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
        The reference cannot be written: only `file:PATH` and `mlflow:models:/NAME@ALIAS` can.
    SourceError
        See `mlflow_save.save`; or a file cannot be written.
    """
    if not records:
        raise UsageError("there is nothing to save", hint="name an evaluation of mlgate.yaml")
    if reference.kind == "file":
        return _save_file(reference, records, root, now)
    if reference.kind == "mlflow" and reference.alias is not None:
        run = run_id or os.environ.get("MLFLOW_RUN_ID") or ""
        kept = mlflow_save.save(reference, records, root=root, now=now, tracking_uri=tracking_uri, run_id=run)
        where = f"version {kept.version} of {kept.model}, alias {kept.alias}"
        return Saved(where=where, run_id=kept.run_id, version=kept.version, tracking=kept.tracking)
    hints = {
        "none": "set the evaluation's `baseline` to mlflow:models:/NAME@ALIAS or file:PATH",
        "git": f"commit the predictions and move {reference.target!r} with Git",
        "dvc": f"`dvc add` or `dvc commit` the predictions, push them, commit, and move {reference.target!r} with Git",
        "mlflow": "a run or a version is fixed; name an alias: mlflow:models:/NAME@ALIAS",
    }
    raise UsageError(f"a baseline cannot be saved to {str(reference)!r}", hint=hints[reference.kind])


def _from_file(reference: Reference, root: Path, now: datetime, *, fetch: bool) -> Baseline:
    file = _inside(root, reference.target)
    if not file.is_file():
        raise SourceError(
            f"baseline file {reference.target} is absent",
            hint="record it with `mlgate baseline save`; if DVC tracks it, `dvc pull` it",
        )
    subject = f"file {reference.target}"
    sidecar = file.with_name(file.name + SIDECAR_SUFFIX)
    recorded = read_document(sidecar, subject) if sidecar.is_file() else None
    if recorded is not None:
        check_predictions(recorded, file, subject)
    return _baseline(reference, subject, now, predictions=file if fetch else None, recorded=recorded)


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
    return Baseline(reference=str(reference), found=found, age_s=_age(facts.get("created_at"), now, found), **facts)


def _age(created_at: Any, now: datetime, found: str) -> float | None:
    if created_at is None:
        return None
    try:
        moment = datetime.fromisoformat(created_at)
        return max(0.0, (now.astimezone(UTC) - moment.astimezone(UTC)).total_seconds())
    except (TypeError, ValueError) as problem:
        raise SourceError(f"the record of {found} holds no time in created_at: {created_at!r}") from problem


def _save_file(reference: Reference, records: Sequence[Record], root: Path, now: datetime) -> Saved:
    """Predictions first, then the record: what is left after a failure between the two does not pass for a baseline."""
    if len(records) != 1:
        names = ", ".join(record.evaluation for record in records)
        raise UsageError(f"{reference} can hold one evaluation, not {names}", hint="give each its own file")
    file = _inside(root, reference.target)
    document = make_document(records[0], mlflow.utc_text(now))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not (file.exists() and file.samefile(records[0].predictions)):
            _copy_atomically(records[0].predictions, file)
        git.write_atomically(file.with_name(file.name + SIDECAR_SUFFIX), render_document(document))
    except OSError as problem:
        raise SourceError(f"cannot write {reference.target}: {problem.strerror or problem}") from problem
    return Saved(where=f"file {reference.target}")


def _copy_atomically(source: Path, destination: Path) -> None:
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    os.close(handle)
    try:
        shutil.copyfile(source, name)
        Path(name).chmod(0o644)
        Path(name).replace(destination)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _inside(root: Path, path: str) -> Path:
    """The file of the project; a link that leads out of it is refused."""
    file = root / path
    if not file.resolve().is_relative_to(root.resolve()):
        raise SourceError(f"{path} leads out of the project", hint="replace the link by the file itself")
    return file
