"""The model of a baseline, scored on today's data in the project's own interpreter."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources import environment, processes, rescore_script
from mlgate.sources.redaction import redact
from mlgate.sources.table_files import identify

_HINTS = {
    "import": "install mlflow, pandas and what the model needs there, or name another interpreter: tiers.model.python",
    "data": "does pandas read the file that `rescore.data` names?",
    "features": "correct `rescore.features`, or the data",
    "load": "install there what the model was logged with, in the same versions; or name another interpreter: "
    "tiers.model.python",
    "signature": "name data that has the model's features in `rescore.data`",
    "predict": "list the columns that the model takes under `rescore.features`, with the types that it was trained on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What a model gave, in the order of the rows.

    Parameters
    ----------
    columns : lists of n_rows values each, at least one
    names : of the columns, where they have names
    classes : of a classifier, in the order of its probabilities, where they are known
    """

    columns: Sequence[Sequence[Any]]
    names: tuple[str, ...] | None = None
    classes: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A model folder and a data file; `features` empty gives the model all columns but `left_out`."""

    model: Path
    data: Path
    features: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    subject: str = "the model"
    shown: str = field(default="the data")


def require_trusted() -> None:
    """Refuse to load a model where a stranger's pull request could have named it.

    Loading a model runs what is stored in it.

    Raises
    ------
    SourceError
        The run is not trusted, see `environment.is_trusted`.
    """
    if not environment.is_trusted():
        raise SourceError(
            "scoring a model runs what is stored in it, and this run is not trusted",
            hint="run it on main or by hand, neither on `pull_request_target` nor with MLGATE_TRUSTED=0",
        )


def score_model(job: Job, *, root: Path, python: str | None, timeout_s: float | None) -> Outputs:
    """Load a model with MLflow's pyfunc and let it predict, in another process.

    Parameters
    ----------
    root : folder of the project; the process runs in it
    python : interpreter of the model tier, as `processes.resolve_command` takes it; None takes that on PATH

    Raises
    ------
    SourceError
        The interpreter, a library or a feature is absent; the model cannot be loaded or refuses the data; time is up.
    """
    require_trusted()
    form = identify(job.data, job.shown).format
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
        result = Path(place) / "result.json"
        order = {
            "model": str(job.model),
            "data": str(job.data),
            "format": form,
            "features": job.features,
            "left_out": job.left_out,
            "result": str(result),
        }
        (Path(place) / "job.json").write_text(json.dumps(order), encoding="utf-8")
        command = ("python", rescore_script.__file__, str(Path(place) / "job.json"))
        argv = processes.resolve_command(root, command, python)
        settings = {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}
        done = processes.run(argv, cwd=root, env=settings, timeout_s=timeout_s)
        if done.timed_out:
            raise SourceError(
                f"scoring {job.subject} was stopped after {timeout_s or 0:,.0f} s",
                hint="raise the evaluation's `timeout`, or name less data in `rescore.data`",
            )
        found = _read_result(result)
    if found is None:
        tail = redact(done.output_tail).strip().splitlines()[-4:]
        raise SourceError(
            f"scoring {job.subject} ended with {done.returncode}: {' / '.join(tail)[-500:] or 'it printed nothing'}",
            hint="does the model load in the interpreter of tiers.model.python?",
        )
    if "error" in found:
        kind = str(found["error"])
        raise SourceError(
            f"{job.subject} cannot be scored ({kind}): {redact(str(found['message']))}", hint=_HINTS[kind]
        )
    return _outputs(found, job.subject)


def _read_result(file: Path) -> Mapping[str, Any] | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _outputs(found: Mapping[str, Any], subject: str) -> Outputs:
    columns = [found["values"]] if "values" in found else found["columns"]
    if not columns or any(len(column) != found["rows"] for column in columns):
        lengths = sorted({len(column) for column in columns})
        raise SourceError(
            f"{subject} gave outputs of {lengths or 'no'} rows for {found['rows']} rows of data",
            hint="the model must give one output for each row",
        )
    names, classes = found.get("names"), found.get("classes")
    return Outputs(
        columns=columns, names=tuple(names) if names else None, classes=None if classes is None else tuple(classes)
    )


def write_predictions(columns: Mapping[str, Any], file: Path) -> None:
    """Columns of shape (n_rows,) as a Parquet file that reads back as the same values.

    Raises
    ------
    SourceError
        pyarrow is absent, or the file cannot be written.
    """
    try:
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as problem:
        raise SourceError(f"writing Parquet needs {problem.name}", hint='install "mlgate[data]"') from None
    arrays = {}
    for name, values in columns.items():
        array = np.asarray(values)
        if array.dtype == object or array.dtype.kind == "U":
            arrays[name] = pa.array([None if value is None else str(value) for value in array.tolist()], pa.string())
        else:
            arrays[name] = pa.array(array)
    try:
        pq.write_table(pa.table(arrays), file)
    except (OSError, pa.ArrowException) as problem:
        raise SourceError(f"{file.name} cannot be written: {problem}", hint="is the disk full?") from None
