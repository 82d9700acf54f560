"""The model of a baseline in MLflow, and its predictions on later data, kept beside those that were saved first."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources import mlflow, mlflow_models, mlflow_save
from mlgate.sources.baselines import own_commit, store_of
from mlgate.sources.mlflow_client import Store
from mlgate.sources.mlflow_runs import Located, locate, utc_text
from mlgate.sources.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineModel:
    """A model on this machine.

    Parameters
    ----------
    folder : holds its MLmodel file
    located : its run, and how it was found
    recorded : what was saved with the baseline; empty where nothing was
    """

    folder: Path
    located: Located
    store: Store
    recorded: Mapping[str, Any] = field(default_factory=dict)

    @property
    def commit(self) -> str | None:
        """Commit that the model belongs to."""
        return self.recorded.get("commit") or self.located.commit


def fetch_model(
    reference: Reference, evaluation: str, *, root: Path, folder: Path, tracking_uri: str | None = None
) -> BaselineModel:
    """Bring the model behind a reference to this machine; it is not loaded.

    Parameters
    ----------
    reference : of MLflow
    folder : an existing empty folder

    Raises
    ------
    SourceError
        The reference leads nowhere, its run has logged no model or several, or it cannot be downloaded.
    """
    store = store_of(reference, root, tracking_uri)
    commit = own_commit(reference, root)
    located = locate(reference, store, holds=mlflow_models.has_model, what="a model", own_commit=commit)
    address = mlflow_models.find_model(reference, located)
    original = mlflow.find_original(located, evaluation, store)
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
        recorded = None if original is None else mlflow.read_record(original, Path(place), store)
    model = mlflow_models.download_model(address, folder, store)
    return BaselineModel(folder=model, located=located, store=store, recorded=recorded or {})


def keep_scoring(model: BaselineModel, record: Record, now: datetime) -> str:
    """Add predictions on later data to the run of the model; where they lie is returned.

    The record is dated as the model is, so that its age stays what it was; `rescored_at` of its facts is `now`.

    Raises
    ------
    SourceError
        The upload failed.
    """
    key = record.facts.get("key")
    if not isinstance(key, Mapping):
        raise SourceError("the scoring has no key of its rows", hint="score the model again")
    folder = mlflow.scoring_folder(record.evaluation, now, str(key["labels"]))
    created_at = model.recorded.get("created_at") or model.located.finished_at or utc_text(now)
    mlflow_save.save_scoring(record, model.located.run_id, folder, created_at, model.store)
    return folder
