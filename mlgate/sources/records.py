"""What is kept beside the predictions of a baseline: the facts that a later run is compared against."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.outcome import to_json
from mlgate.sources.table_files import COMPRESSIONS

RECORD_VERSION = 1
RECORD_FILE = "baseline.json"
SAVE_AGAIN = "save the baseline again with `mlgate baseline save --force`"


class AbsentBaselineError(SourceError):
    """Nothing has been recorded behind a reference yet, as opposed to what is there and cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one evaluation has shown, to be kept as a baseline.

    Parameters
    ----------
    evaluation : name in `mlgate.yaml`
    predictions : the file; the first where there are several runs, None where there is a metrics file alone
    runs : the predictions of every run (seed) in their order, where there are several
    metrics_file : the file of values without rows, kept where there are no predictions
    values : the numbers of that file by their dotted names
    facts : plain data: comparability key, columns, positive class, commit, dirty, data digests, gate_verdict
    metrics : value of each metric over all rows; one that is not finite is recorded as null
    """

    evaluation: str
    predictions: Path | None = None
    runs: tuple[Path, ...] = ()
    metrics_file: Path | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, Path]:
        """What is kept, by the name that it gets beside its record; not empty."""
        if len(self.runs) > 1:
            return {run_name(file.name, number): file for number, file in enumerate(self.runs)}
        if self.predictions is not None:
            return {predictions_name(self.predictions.name): self.predictions}
        if self.metrics_file is None:
            raise ValueError(f"nothing is to be kept of {self.evaluation}")
        return {f"metrics{self.metrics_file.suffix.lower()}": self.metrics_file}

    @property
    def commit(self) -> str | None:
        commit = self.facts.get("commit")
        return commit if isinstance(commit, str) else None

    @property
    def finite_metrics(self) -> dict[str, float]:
        return {name: float(value) for name, value in self.metrics.items() if math.isfinite(value)}


def artifact_folder(evaluation: str) -> str:
    """Folder of an evaluation among a run's artifacts.

    Raises
    ------
    UsageError
        The name cannot be a folder everywhere.
    """
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", evaluation):
        raise UsageError(
            f"evaluation {evaluation!r} cannot be kept in MLflow under its name",
            hint="use letters, digits, '.', '_' and '-' in the evaluation's name",
        )
    return f"mlgate/{evaluation}"


def predictions_name(file: str) -> str:
    """`predictions` with the suffixes that say how to read it.

    Examples
    --------
    >>> predictions_name("out/model.v2.csv.gz")
    'predictions.csv.gz'
    """
    suffixes = [suffix.lower() for suffix in Path(file).suffixes]
    packed = bool(suffixes) and suffixes[-1] in COMPRESSIONS
    return "predictions" + "".join(suffixes[-2:] if packed else suffixes[-1:])


def run_name(file: str, number: int) -> str:
    """The name of one of several runs, counted from 0.

    Examples
    --------
    >>> run_name("seed-7.csv.gz", 2)
    'predictions-2.csv.gz'
    """
    return predictions_name(file).replace("predictions", f"predictions-{number}", 1)


def make_document(record: Record, created_at: str) -> dict[str, Any]:
    """The content of `baseline.json`; `created_at` is UTC, ISO 8601 with a final `Z`."""
    facts = to_json(record.facts)
    kept = [
        {"name": name, "sha256": file_digest(file), "bytes": file.stat().st_size} for name, file in record.files.items()
    ]
    document = {
        **facts,
        "record_version": RECORD_VERSION,
        "evaluation": record.evaluation,
        "created_at": created_at,
        "metrics": to_json(record.metrics),
        "metrics_file" if record.predictions is None and not record.runs else "predictions": kept[0],
    }
    if len(kept) > 1:
        document["runs"] = kept
    if record.values:
        document["values"] = to_json(record.values)
    return document


def render_document(document: Mapping[str, Any]) -> bytes:
    """Strict JSON, as written to disk."""
    return (json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")


def file_digest(file: Path) -> str:
    """sha256 of a file in hexadecimal.

    Raises
    ------
    SourceError
        The file cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise SourceError(
            f"cannot read {file.name}: {reason}", hint="does the file exist, may it be read?"
        ) from problem
