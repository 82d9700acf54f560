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

RECORD_VERSION = 1
RECORD_FILE = "baseline.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The predictions of one evaluation, to be kept as a baseline.

    Parameters
    ----------
    evaluation : name in `mlgate.yaml`
    predictions : the file
    facts : plain data: comparability key, columns, positive class, commit, dirty, data digests, mlgate version
    metrics : value of each metric over all rows; one that is not finite is recorded as null
    """

    evaluation: str
    predictions: Path
    facts: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

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
    suffixes = Path(file).suffixes
    packed = suffixes[-1:] in ([".gz"], [".zst"])
    return "predictions" + "".join(suffixes[-2:] if packed else suffixes[-1:])


def make_document(record: Record, created_at: str) -> dict[str, Any]:
    """The content of `baseline.json`; `created_at` is UTC, ISO 8601 with a final `Z`."""
    facts = to_json(record.facts)
    return {
        **facts,
        "record_version": RECORD_VERSION,
        "evaluation": record.evaluation,
        "created_at": created_at,
        "metrics": to_json(record.metrics),
        "predictions": {
            "name": predictions_name(record.predictions.name),
            "sha256": file_digest(record.predictions),
            "bytes": record.predictions.stat().st_size,
        },
    }


def render_document(document: Mapping[str, Any]) -> bytes:
    """Strict JSON, as written to disk."""
    return (json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")


def read_document(file: Path, subject: str) -> dict[str, Any]:
    """Read back what `render_document` wrote.

    Raises
    ------
    SourceError
        It is not a record of this version.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SourceError(
            f"cannot read the record of {subject}: {problem}",
            hint="save the baseline again with `mlgate baseline save`",
        ) from problem
    if not isinstance(raw, dict) or raw.get("record_version") != RECORD_VERSION:
        raise SourceError(
            f"the record of {subject} is not of version {RECORD_VERSION}",
            hint="save the baseline again with `mlgate baseline save`",
        )
    return raw


def check_predictions(document: Mapping[str, Any], file: Path, subject: str) -> None:
    """Whether the predictions are those that the record describes.

    Raises
    ------
    SourceError
        They are not: the baseline was saved only in part, or changed afterwards.
    """
    described = document.get("predictions")
    expected = described.get("sha256") if isinstance(described, dict) else None
    observed = file_digest(file)
    if observed != expected:
        raise SourceError(
            f"the predictions of {subject} are not those that its record describes: "
            f"sha256 is {observed}, recorded {expected}",
            hint="save the baseline again with `mlgate baseline save`",
        )


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
        raise SourceError(f"cannot read {file.name}: {problem.strerror or problem}") from problem
