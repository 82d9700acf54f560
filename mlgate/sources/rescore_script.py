"""Scores a model on data, in the interpreter that has what the model needs.

Started by its path, with the path of a job file: it imports nothing of mlgate, and what it finds crosses as a file.
Only the standard library, pandas and MLflow are needed, and whatever the model itself imports.
"""

from __future__ import annotations

import json
import os
import sys

if __name__ == "__main__":
    # The folder of this file holds modules called `mlflow` and `git`; as with `python -m`, the project's folder is
    # what a model may import from.
    sys.path[0] = os.getcwd()  # noqa: PTH109  (Path would be one more import)

from pathlib import Path
from typing import Any

MAX_MESSAGE = 600


class JobError(Exception):
    """Why a model could not be scored: a kind that mlgate knows, and a message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = " ".join(message.split())[:MAX_MESSAGE]


def main(job_path: str) -> int:
    """Do a job and write its result; 1 where the result is an error."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    try:
        result = score(job)
    except JobError as problem:
        result = {"error": problem.kind, "message": problem.message}
    text = json.dumps(result, default=str)
    Path(job["result"]).write_text(text, encoding="utf-8")
    return 1 if "error" in result else 0


def score(job: dict[str, Any]) -> dict[str, Any]:
    """The outputs of the model `job["model"]` (a folder) for each row of `job["data"]`.

    Raises
    ------
    JobError
        A library is absent; the data cannot be read or lacks a feature; the model cannot be loaded or refuses the data.
    """
    try:
        import pandas as pd
        from mlflow import pyfunc
    except ImportError as problem:
        raise JobError("import", str(problem)) from problem
    frame = _read(pd, job)
    features = _features(frame, job)
    try:
        model = pyfunc.load_model(job["model"])
    except Exception as problem:
        raise JobError("load", f"{type(problem).__name__}: {problem}") from problem
    missing = [name for name in _required(model) if name not in features.columns]
    if missing:
        raise JobError("signature", f"the model asks for {', '.join(map(str, missing))}, which the data does not have")
    try:
        found = model.predict(features)
    except Exception as problem:
        raise JobError("predict", f"{type(problem).__name__}: {problem}") from problem
    return {**_outputs(pd, found), "classes": _classes(model), "rows": len(frame)}


def _read(pd: Any, job: dict[str, Any]) -> Any:
    path, form = job["data"], job["format"]
    try:
        if form == "parquet":
            return pd.read_parquet(path)
        if form == "json lines":
            return pd.read_json(path, lines=True)
        return pd.read_csv(path, sep="\t" if form == "tsv" else ",")
    except Exception as problem:
        raise JobError("data", f"{type(problem).__name__}: {problem}") from problem


def _features(frame: Any, job: dict[str, Any]) -> Any:
    """The declared columns in their order, else all but those that are left out."""
    absent = [name for name in job["features"] if name not in frame.columns]
    if absent:
        raise JobError("features", f"the data has no column {', '.join(absent)}")
    if job["features"]:
        return frame[job["features"]]
    return frame[[name for name in frame.columns if name not in job["left_out"]]]


def _required(model: Any) -> list[str]:
    """Names that the model's signature asks for; none where it has no signature, or one without names."""
    schema = model.metadata.get_input_schema() if model.metadata is not None else None
    if schema is None or not schema.has_input_names():
        return []
    return [column.name for column in schema.inputs if getattr(column, "required", True)]


def _outputs(pd: Any, found: Any) -> dict[str, Any]:
    """Outputs as lists: `values` of one column, or `columns` with `names` where they have some."""
    import numpy as np

    if isinstance(found, dict):
        found = pd.DataFrame(found)
    if isinstance(found, pd.DataFrame):
        return {"names": [str(name) for name in found.columns], "columns": [found[n].tolist() for n in found.columns]}
    array = np.asarray(found)
    if array.ndim == 1:
        return {"values": array.tolist()}
    if array.ndim == 2:
        return {"names": None, "columns": array.T.tolist()}
    raise JobError("predict", f"the model gives an array of shape {array.shape}, not a row per example")


def _classes(model: Any) -> list[Any] | None:
    """The classes of a classifier in the order of its probabilities, as scikit-learn keeps them; None if not known."""
    try:
        classes = model.get_raw_model().classes_
        found: list[Any] = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    except Exception:  # noqa: BLE001  (any library may be behind it; without classes, only named outputs are taken)
        return None
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
