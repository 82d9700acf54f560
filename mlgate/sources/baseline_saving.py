"""Keeping what this run has shown as the baseline of later ones: in a file of the project, or in MLflow."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mlgate.config.references import Reference
from mlgate.errors import UsageError
from mlgate.sources import baseline_files, mlflow_save
from mlgate.sources.mlflow_save import Place
from mlgate.sources.records import Record, artifact_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where `save` put a baseline; `where` is a phrase for a person."""

    where: str
    run_id: str | None = None
    version: str | None = None
    tracking: str | None = None


def require_savable(reference: Reference, files: Mapping[str, str], several: Collection[str] = ()) -> None:
    """Refuse what `save` can never write; opens nothing.

    Parameters
    ----------
    files : path or glob of what is to be kept by the name of its evaluation, at least one
    several : evaluations of several runs (seeds), each of which is kept as a file of its own

    Raises
    ------
    UsageError
        The reference is not `file:PATH` or `mlflow:models:/NAME@ALIAS`, a file is to hold several evaluations, several
        runs or another format, or MLflow cannot keep an evaluation under its name.
    """
    if not files:
        raise UsageError("there is nothing to save", hint="name an evaluation of mlgate.yaml")
    if reference.kind == "file":
        if len(files) != 1:
            raise UsageError(
                f"{reference} can hold one evaluation, not {', '.join(files)}", hint="give each its own file"
            )
        for evaluation, path in files.items():
            baseline_files.require_format(reference.target, path)
            baseline_files.run_paths(reference.target, 2 if evaluation in several else 1)
        return
    if reference.kind == "mlflow" and reference.alias is not None:
        for evaluation in files:
            artifact_folder(evaluation)
        return
    base = reference.target or "the merge base"
    hints = {
        "none": "set the evaluation's `baseline` to mlflow:models:/NAME@ALIAS or file:PATH",
        "git": f"commit the predictions and move {base!r} with Git",
        "dvc": f"`dvc add` or `dvc commit` the predictions, push them, commit, and move {base!r} with Git",
        "mlflow": "a run, a version or a search cannot be moved; name an alias: mlflow:models:/NAME@ALIAS",
    }
    raise UsageError(f"a baseline cannot be saved to {str(reference)!r}", hint=hints[reference.kind])


def require_writable(
    reference: Reference,
    evaluations: Sequence[str],
    *,
    root: Path,
    tracking_uri: str | None = None,
    run_id: str | None = None,
) -> Place | None:
    """Look whether the place behind a reference that is savable can be written, and what it holds; nothing is written.

    Returns
    -------
    Place or None
        For `save`, so that it can tell whether somebody else was faster; None for a file.

    Raises
    ------
    SourceError
        As `save` does before it writes: no store is named, none answers, or somebody's model would be lost.
    """
    if reference.kind != "mlflow":
        return None
    run = _run_to_add_to(run_id)
    return mlflow_save.require_writable(reference, evaluations, root=root, tracking_uri=tracking_uri, run_id=run)


def _run_to_add_to(run_id: str | None) -> str:
    return run_id or os.environ.get("MLFLOW_RUN_ID") or ""


def save(  # noqa: PLR0913  (all by name; the folder, the clock and what was seen before come from the caller)
    reference: Reference,
    records: Sequence[Record],
    *,
    root: Path,
    now: datetime,
    tracking_uri: str | None = None,
    run_id: str | None = None,
    place: Place | None = None,
) -> Saved:
    """Keep what this run has shown as the baseline behind `reference`.

    Evaluations that share an MLflow reference must be saved in one call, so that one run holds them all.
    `run_id` (default: `MLFLOW_RUN_ID`) adds them to an existing run, whose registered version then gets the alias.

    Parameters
    ----------
    place : what `require_writable` gave before the records were made

    Raises
    ------
    UsageError
        See `require_savable`; or the predictions are the file that they would be saved to.
    SourceError
        See `mlflow_save.save`; or a file cannot be written.
    """
    named = {record.evaluation: next(iter(record.files.values())).name for record in records}
    require_savable(reference, named, [record.evaluation for record in records if len(record.runs) > 1])
    if reference.kind == "file":
        baseline_files.save_files(reference.target, records[0], root=root, now=now)
        return Saved(where=f"file {reference.target}")
    run = _run_to_add_to(run_id)
    kept = mlflow_save.save(reference, records, root=root, now=now, tracking_uri=tracking_uri, run_id=run, place=place)
    where = f"version {kept.version} of {kept.model}, alias {kept.alias}"
    return Saved(where=where, run_id=kept.run_id, version=kept.version, tracking=kept.tracking)
