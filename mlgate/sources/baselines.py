"""The baseline of an evaluation, wherever it is kept: a file, a revision of Git or DVC, or MLflow."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import baseline_files, baseline_revisions, git, mlflow
from mlgate.sources.mlflow_client import Store, open_store
from mlgate.sources.mlflow_runs import Located, utc_text
from mlgate.sources.record_reading import check_files, find_doubt, kept_files, parse_time
from mlgate.sources.shards import join_shards


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Predictions to compare with, and where they come from. A fact that is not known is None.

    Parameters
    ----------
    reference : as in `mlgate.yaml`
    found : how it was found, e.g. `registry alias champion of readmission, version 3`
    predictions : the file, the first where there are several runs; None from `describe`
    runs : the files of all runs (seeds) in their order, one where there is one
    values : metrics without rows by their names, where they were asked for or recorded; NaN for one that is not finite
    recorded : the facts that were saved with it (comparability key, columns, metrics, ...)
    version, run_id : of MLflow
    commit : full id of the commit that it belongs to
    created_at : UTC, ISO 8601 with a final `Z`; of the model, also where it was scored again later
    age_s : seconds since then, at least 0
    rescored_at : when the model was scored on later data, else None
    tracking : address of the MLflow server, without credentials
    unreliable : why it should not be relied on (its run failed, its gate did not pass, few rows), else None
    """

    reference: str
    found: str
    predictions: Path | None = None
    runs: tuple[Path, ...] = ()
    values: Mapping[str, float] | None = None
    recorded: Mapping[str, Any] | None = None
    version: str | None = None
    run_id: str | None = None
    commit: str | None = None
    created_at: str | None = None
    age_s: float | None = None
    rescored_at: str | None = None
    tracking: str | None = None
    unreliable: str | None = None


def load(  # noqa: PLR0913  (all by name; the folder and the clock come from the caller)
    reference: Reference,
    *,
    root: Path,
    evaluation_name: str,
    predictions_path: str,
    work: Path,
    now: datetime,
    tracking_uri: str | None = None,
    runs: Sequence[str] = (),
    labels: Callable[[], str | None] | None = None,
) -> Baseline:
    """Bring the predictions of a baseline to this machine.

    Parameters
    ----------
    reference : anything but `none`
    root : folder of the project
    evaluation_name : name in `mlgate.yaml`
    predictions_path : where the candidate's predictions lie, POSIX, relative to `root`; the default path in a
        revision. A glob names shards, which are joined to one file
    work : an existing folder for what is downloaded
    now : aware time, for the age
    tracking_uri : address of MLflow; None takes the environment's
    runs : in place of `predictions_path`, the paths or globs of several runs: each file that they, or a glob in the
        reference, name is a run
    labels : gives the digest of the candidate's rows (`labels` of its comparability key), so that of several scorings
        of one model the one on these rows is taken; asked only where there are several

    Raises
    ------
    AbsentBaselineError
        Nothing was recorded there yet.
    SourceError
        The baseline cannot be reached, is not what was recorded, or its record is incomplete.
    UsageError
        The reference is `none`.
    """
    with without_folders(work, root):
        if reference.kind == "file":
            return from_file(reference, root, now, work, several=bool(runs))
        if reference.kind in ("git", "dvc"):
            source = baseline_revisions.find(reference, root, runs or (predictions_path,))
            files = baseline_revisions.fetch(source, root, work)
            return _with_files(from_revision(reference, source, root, now), files, work, several=bool(runs))
        store = store_of(reference, root, tracking_uri)
        found = mlflow.resolve(reference, evaluation_name, store, labels=labels, own_commit=own_commit(reference, root))
        recorded = mlflow.read_record(found, work, store)
        files = tuple(mlflow.download(found.located.run_id, path, work, store) for path in found.files)
        if recorded is not None and kept_files(recorded):
            check_files(recorded, files, found.located.phrase)
        baseline = from_mlflow(reference, found.located, store, now, recorded)
        return _with_files(baseline, files, work, several=True)


def describe(  # noqa: PLR0913  (as `load`)
    reference: Reference,
    *,
    root: Path,
    evaluation_name: str,
    predictions_path: str,
    now: datetime,
    tracking_uri: str | None = None,
    runs: Sequence[str] = (),
) -> Baseline:
    """The facts of `load` without the predictions: nothing larger than a record is downloaded.

    Raises as `load` does, as far as that shows without the predictions.
    """
    with without_folders(root):
        if reference.kind == "file":
            return from_file(reference, root, now, None, several=bool(runs))
        if reference.kind in ("git", "dvc"):
            source = baseline_revisions.find(reference, root, runs or (predictions_path,))
            baseline_revisions.require_files(source, root)
            return from_revision(reference, source, root, now)
        store = store_of(reference, root, tracking_uri)
        found = mlflow.resolve(reference, evaluation_name, store, own_commit=own_commit(reference, root))
        with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
            recorded = mlflow.read_record(found, Path(place), store)
        return from_mlflow(reference, found.located, store, now, recorded)


def from_file(reference: Reference, root: Path, now: datetime, work: Path | None, *, several: bool) -> Baseline:
    """The baseline of `file:`; `work` None gives its facts alone."""
    files, recorded = baseline_files.find_files(root, reference.target)
    baseline = _baseline(reference, f"file {reference.target}", now, recorded=recorded)
    if work is None or (recorded is not None and not kept_files(recorded)):
        return baseline
    several = several or (recorded is not None and len(kept_files(recorded)) > 1)
    return _with_files(baseline, files, work, several=several)


def from_revision(reference: Reference, source: baseline_revisions.Source, root: Path, now: datetime) -> Baseline:
    """The facts of a baseline in a revision."""
    _, date = git.resolve_commit(root, source.commit)
    created_at = utc_text(datetime.fromisoformat(date))
    return _baseline(reference, source.phrase, now, commit=source.commit, created_at=created_at)


def from_mlflow(
    reference: Reference, located: Located, store: Store, now: datetime, recorded: Mapping[str, Any] | None
) -> Baseline:
    """The facts of a baseline in MLflow."""
    baseline = _baseline(
        reference,
        located.phrase,
        now,
        recorded=recorded,
        version=located.version,
        run_id=located.run_id,
        commit=located.commit,
        created_at=located.finished_at,
        tracking=store.shown,
    )
    doubts = [located.doubt(complete=recorded is not None), baseline.unreliable]
    return replace(baseline, unreliable="; ".join(doubt for doubt in doubts if doubt) or None)


def store_of(reference: Reference, root: Path, tracking_uri: str | None) -> Store:
    """The store behind a reference that is none of a file or revision.

    Raises
    ------
    UsageError
        It is `none`.
    """
    if reference.kind != "mlflow":
        raise UsageError("the evaluation has no baseline", hint="set its `baseline` in mlgate.yaml")
    return open_store(root, tracking_uri)


def own_commit(reference: Reference, root: Path) -> str | None:
    """The candidate's commit, where a search could meet a run of it."""
    return git.head(root) if reference.experiment is not None else None


def _with_files(baseline: Baseline, files: Sequence[Path], work: Path, *, several: bool) -> Baseline:
    """The baseline with its predictions: each file a run, or all of them shards of one file."""
    if len(files) > 1 and not several:
        ending = "".join(files[0].suffixes)
        files = [join_shards(files, work / f"joined{ending}", shown=baseline.reference)]
    return replace(baseline, predictions=files[0] if files else None, runs=tuple(files))


def _baseline(reference: Reference, found: str, now: datetime, **facts: Any) -> Baseline:
    """A baseline whose commit and time are the recorded ones where there is a record."""
    recorded = facts.get("recorded")
    if recorded is not None:
        facts["commit"] = recorded.get("commit") or facts.get("commit")
        facts["created_at"] = recorded.get("created_at") or facts.get("created_at")
        facts["rescored_at"] = recorded.get("rescored_at")
        facts["unreliable"] = find_doubt(recorded)
        if recorded.get("values"):
            facts["values"] = {name: math.nan if v is None else float(v) for name, v in recorded["values"].items()}
        if facts["rescored_at"]:
            found = f"{found}, its model scored again at {facts['rescored_at']}"
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
        raise type(problem)(message, hint=hint) from problem.__cause__


def _without(folder: Path, text: str) -> str:
    if folder == folder.parent:
        return text
    name = rf"(?<![\w./-]){re.escape(str(folder.absolute()))}"
    return re.sub(rf"{name}(?![\w.-])", ".", re.sub(f"{name}/", "", text))
