"""What a run of MLflow holds of an evaluation. Models are never loaded here."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_client import Store, translated
from mlgate.sources.mlflow_runs import SAVE_HINT, Located, locate, parse_tag
from mlgate.sources.record_reading import read_document
from mlgate.sources.records import RECORD_FILE, SAVE_AGAIN, AbsentBaselineError, artifact_folder

SCORINGS = "rescored"
"""Folder of the predictions of the baseline's model on later data, one folder below it for each scoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A baseline in MLflow, not yet downloaded.

    Parameters
    ----------
    located : the run that holds the predictions
    files : artifact paths of the predictions, one per run (seed); empty where values alone were recorded
    record : artifact path; None where the predictions were logged by other means
    rescored : whether the predictions are those of the baseline's model on later data
    """

    located: Located
    files: tuple[str, ...]
    record: str | None
    rescored: bool = False


def resolve(
    reference: Reference,
    evaluation: str,
    store: Store,
    *,
    labels: Callable[[], str | None] | None = None,
    own_commit: str | None = None,
) -> Found:
    """Follow a reference to the predictions of an evaluation.

    Where the model was scored again on later data, the newest scoring on the rows of `labels` is taken, else what was
    saved first if it is of those rows, else the newest scoring.

    Parameters
    ----------
    labels : gives the digest of the candidate's rows (`labels` of its comparability key); asked only where the model
        was scored again
    own_commit : commit of the candidate; a search does not take its runs

    Raises
    ------
    SourceError
        As `locate`; the run has no predictions of the evaluation, or they were saved by `mlgate baseline save` and
        their record is absent.
    """
    located = locate(
        reference,
        store,
        holds=lambda run: bool(list_files(run.info.run_id, artifact_folder(evaluation), store)),
        what=f"predictions of {evaluation}",
        own_commit=own_commit,
    )
    found, scorings = find_original(located, evaluation, store), list_scorings(located.run_id, evaluation, store)
    if not scorings:
        if found is None:
            raise AbsentBaselineError(
                f"run {located.run_id} has no mlgate predictions of evaluation {evaluation!r}", hint=SAVE_HINT
            )
        return found
    digest = None if labels is None else labels()
    same = [scoring for scoring in scorings if digest is not None and scoring.endswith(scoring_digest(digest))]
    if not same and found is not None and digest is not None and _labels_of(found, store) == digest:
        return found
    return _scoring(located, evaluation, (same or scorings)[-1], store)


def find_original(located: Located, evaluation: str, store: Store) -> Found | None:
    """What was saved first; None where the run holds nothing of the evaluation."""
    run_id, folder = located.run_id, artifact_folder(evaluation)
    files, record = _predictions(run_id, evaluation, folder, store)
    if record is None and evaluation in located.saved | parse_tag(located.run.data.tags):
        raise SourceError(
            f"the record of evaluation {evaluation!r} in run {run_id} is incomplete: {RECORD_FILE} is absent",
            hint=SAVE_AGAIN,
        )
    return Found(located=located, files=files, record=record) if files or record else None


def _scoring(located: Located, evaluation: str, folder: str, store: Store) -> Found:
    files, record = _predictions(located.run_id, evaluation, folder, store)
    return Found(located=located, files=files, record=record, rescored=True)


def _labels_of(found: Found, store: Store) -> str | None:
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
        document = read_record(found, Path(place), store)
    return None if document is None else str(document["key"]["labels"])


def download(run_id: str, artifact: str, folder: Path, store: Store) -> Path:
    """Bring one artifact of a run into a folder and return where it lies (older clients keep its folders)."""
    folder.mkdir(parents=True, exist_ok=True)
    with translated(store.shown, f"download {artifact} of run {run_id}"):
        return Path(store.client.download_artifacts(run_id, artifact, str(folder)))


def read_record(found: Found, folder: Path, store: Store) -> dict[str, Any] | None:
    """`baseline.json` of a found baseline; None where the predictions were logged by other means."""
    if found.record is None:
        return None
    located = found.located
    return read_document(download(located.run_id, found.record, folder, store), located.phrase)


def scoring_folder(evaluation: str, moment: datetime, labels: str) -> str:
    """Where the predictions of the baseline's model on the rows of `labels` are kept; sorts by time."""
    folder = f"{artifact_folder(evaluation)}/{SCORINGS}"
    return f"{folder}/{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{scoring_digest(labels)}"


def scoring_digest(labels: str) -> str:
    """Short form of the digest of rows, at the end of a scoring's folder."""
    return hashlib.sha256(labels.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def list_scorings(run_id: str, evaluation: str, store: Store) -> list[str]:
    """Folders of complete scorings on later data, oldest first."""
    found = list_files(run_id, f"{artifact_folder(evaluation)}/{SCORINGS}", store, folders=True)
    return [path for path in sorted(found) if f"{path}/{RECORD_FILE}" in list_files(run_id, path, store)]


def _predictions(run_id: str, evaluation: str, folder: str, store: Store) -> tuple[tuple[str, ...], str | None]:
    """Artifact paths of the predictions, those of several runs in their order, and of the record."""
    sizes = list_files(run_id, folder, store)
    record = f"{folder}/{RECORD_FILE}"
    start = re.escape(f"{folder}/predictions")
    single = [path for path in sizes if re.match(rf"{start}\.", path)]
    numbered = {int(match[1]): path for path in sizes if (match := re.match(rf"{start}-([0-9]+)\.", path))}
    if len(single) > 1 or (single and numbered):
        raise SourceError(
            f"run {run_id} has several predictions of evaluation {evaluation!r}: "
            f"{', '.join(sorted([*single, *numbered.values()]))}",
            hint=f"leave one of them in the run, or {SAVE_HINT}",
        )
    files = tuple(single) or tuple(numbered[number] for number in sorted(numbered))
    return files, record if record in sizes else None


def list_files(run_id: str, folder: str, store: Store, *, folders: bool = False) -> dict[str, int | None]:
    """Files right below a folder of a run's artifacts, with their sizes where they are known; or its folders."""
    with translated(store.shown, f"list the artifacts of run {run_id}"):
        found = store.client.list_artifacts(run_id, folder)
    return {item.path: item.file_size for item in found if item.is_dir is folders}
