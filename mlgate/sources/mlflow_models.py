"""The model that a run of MLflow has logged: where it is, and its files on this machine. It is not loaded here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_client import Store, translated
from mlgate.sources.mlflow_runs import Located

_HISTORY_TAG = "mlflow.log-model.history"
"""Of MLflow 2: the models of a run as JSON. MLflow 3 has outputs instead."""


def find_model(reference: Reference, located: Located) -> str:
    """Address of the one model behind a baseline.

    A registered version that others made is the model; one that `mlgate baseline save` made, or a run, leads to what
    the run has logged.

    Raises
    ------
    SourceError
        No model was logged, or several.
    """
    if located.version is not None and not located.saved:
        return f"models:/{reference.model}/{located.version}"
    models = _logged(located.run)
    if len(models) == 1:
        return models[0]
    if models:
        raise SourceError(
            f"run {located.run_id} has logged {len(models)} models: {', '.join(models)}",
            hint="name the registered version of one of them: mlflow:models:/NAME@ALIAS",
        )
    raise SourceError(
        f"{located.phrase} has no model: its run {located.run_id} has logged none",
        hint="log the model with MLflow, and save with MLFLOW_RUN_ID set to the run that holds it",
    )


def has_model(run: Any) -> bool:
    """Whether a run has logged a model."""
    return bool(_logged(run))


def _logged(run: Any) -> list[str]:
    outputs = getattr(getattr(run, "outputs", None), "model_outputs", None) or []
    if outputs:
        return sorted({f"models:/{output.model_id}" for output in outputs})
    try:
        history: Any = json.loads(run.data.tags.get(_HISTORY_TAG) or "[]")
        paths = {str(entry["artifact_path"]) for entry in history}
    except (ValueError, TypeError, KeyError):
        return []
    return sorted(f"runs:/{run.info.run_id}/{path}" for path in paths)


def download_model(address: str, folder: Path, store: Store) -> Path:
    """Bring the files of a model into a folder; the one that holds `MLmodel` is returned.

    Raises
    ------
    SourceError
        It cannot be downloaded, or is no model.
    """
    from mlflow import artifacts

    uri = store.client.tracking_uri
    with translated(store.shown, f"download the model {address}"):
        place = artifacts.download_artifacts(
            artifact_uri=address,
            dst_path=str(folder),
            tracking_uri=uri,
            registry_uri=os.environ.get("MLFLOW_REGISTRY_URI") or uri,
        )
    found = sorted(Path(place).rglob("MLmodel"), key=lambda file: len(file.parts))
    if not found:
        raise SourceError(f"{address} holds no model: there is no MLmodel file in it", hint="log the model with MLflow")
    return found[0].parent
