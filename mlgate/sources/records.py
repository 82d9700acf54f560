"""What is kept beside the predictions of a baseline: the facts that a later run is compared against."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.outcome import to_json
from mlgate.sources.table_files import COMPRESSIONS

RECORD_VERSION = 1
RECORD_FILE = "baseline.json"
SAVE_AGAIN = "save the baseline again with `mlgate baseline save`"


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
    suffixes = [suffix.lower() for suffix in Path(file).suffixes]
    packed = bool(suffixes) and suffixes[-1] in COMPRESSIONS
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

    Parameters
    ----------
    subject : what messages call it; the file itself may lie in a temporary folder, and only its name is shown

    Raises
    ------
    SourceError
        It is not a record of this version, a part is missing, or a part is not of its type.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
        json.dumps(raw, ensure_ascii=False).encode("utf-8")  # an escape may stand for half a character
    except (OSError, ValueError, RecursionError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
        raise SourceError(f"cannot read the record of {subject} ({file.name}): {reason}", hint=SAVE_AGAIN) from problem
    if not isinstance(raw, dict) or raw.get("record_version") != RECORD_VERSION:
        raise SourceError(
            f"the record of {subject} ({file.name}) is not of version {RECORD_VERSION}",
            hint=SAVE_AGAIN,
        )
    for name, (expected, holds) in _PARTS.items():
        part: Any = raw
        for key in name.split("."):
            part = part.get(key) if isinstance(part, dict) else None
        if not holds(part):
            fault = f"is incomplete: it has no `{name}`"
            if part is not None:
                fault = f"is malformed: `{name}` does not hold {expected}"
            raise SourceError(f"the record of {subject} ({file.name}) {fault}", hint=SAVE_AGAIN)
    return raw


def _refuse_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")


def parse_time(text: Any) -> datetime | None:
    """An ISO 8601 time with its offset, as UTC; None where it is not one."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float can hold
        return False


def _is_mapping(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(of(item) for item in value.values())


def _or_absent(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


_PARTS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "evaluation": ("text", _is_text),
    "created_at": ("a time", lambda value: parse_time(value) is not None),
    "key": ("a mapping", lambda value: isinstance(value, dict)),
    "key.rows": ("a count", _is_count),
    "key.labels": ("text", _is_text),
    "key.positive": ("text", _or_absent(_is_text)),
    "key.metrics": ("a mapping of texts", _is_mapping(_is_text)),
    "metrics": ("a mapping of finite numbers", _is_mapping(_or_absent(_is_number))),
    "predictions": ("a mapping", lambda value: isinstance(value, dict)),
    "predictions.sha256": ("text", _is_text),
    "commit": ("text", _or_absent(_is_text)),
    "data": ("a mapping of texts", _or_absent(_is_mapping(_is_text))),
}
"""What a record holds, by the name of the part: in words, and as a test."""


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
            hint=SAVE_AGAIN,
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
        reason = problem.strerror or type(problem).__name__
        raise SourceError(
            f"cannot read {file.name}: {reason}", hint="does the file exist, may it be read?"
        ) from problem
