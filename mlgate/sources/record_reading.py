"""Reading back the record of a baseline: nothing is taken for granted of what another program may have written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.records import RECORD_VERSION, SAVE_AGAIN, file_digest

FEW_ROWS = 50
"""A baseline of fewer rows proves little: an interval of its accuracy is wider than 20 points."""


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
    if raw.get("predictions") is None and raw.get("metrics_file") is None:
        raise SourceError(
            f"the record of {subject} ({file.name}) is incomplete: it has no `predictions`", hint=SAVE_AGAIN
        )
    return raw


def kept_files(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Name, digest and size of each predictions file that a record describes, in order; empty for values alone."""
    if document.get("runs"):
        return list(document["runs"])
    return [document["predictions"]] if document.get("predictions") else []


def find_doubt(document: Mapping[str, Any]) -> str | None:
    """Why a baseline that can be read should not be relied on; None where its record gives no reason."""
    verdict, rows = document.get("gate_verdict"), document["key"]["rows"]
    if verdict is not None and verdict not in ("pass", "warn"):
        return f"it was saved although its gate said {verdict}"
    if kept_files(document) and rows < FEW_ROWS:
        return f"it has {rows} row{'' if rows == 1 else 's'}, fewer than {FEW_ROWS}"
    return None


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


def _is_list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(of(item) for item in value)


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("sha256")) and _is_text(value.get("name", ""))


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
    "predictions": ("a file with its `sha256`", _or_absent(_is_file)),
    "runs": ("a list of files with their `sha256`", _or_absent(_is_list(_is_file))),
    "metrics_file": ("a file with its `sha256`", _or_absent(_is_file)),
    "values": ("a mapping of finite numbers", _or_absent(_is_mapping(_or_absent(_is_number)))),
    "commit": ("text", _or_absent(_is_text)),
    "data": ("a mapping of texts", _or_absent(_is_mapping(_is_text))),
    "gate_verdict": ("text", _or_absent(_is_text)),
    "tests": ("text", _or_absent(_is_text)),
    "rescored_at": ("a time", _or_absent(lambda value: parse_time(value) is not None)),
}
"""What a record holds, by the name of the part: in words, and as a test."""


def check_files(document: Mapping[str, Any], files: Sequence[Path], subject: str) -> None:
    """Whether the files, in their order, are those that the record describes: predictions, or a metrics file.

    Raises
    ------
    SourceError
        They are not: the baseline was saved only in part, or changed afterwards.
    """
    described = kept_files(document) or [document.get("metrics_file") or {}]
    if len(files) != len(described):
        raise SourceError(
            f"the record of {subject} describes {len(described)} files, and {len(files)} are there", hint=SAVE_AGAIN
        )
    for file, kept in zip(files, described, strict=True):
        observed = file_digest(file)
        if observed != kept.get("sha256"):
            raise SourceError(
                f"the predictions of {subject} are not those that its record describes: "
                f"sha256 is {observed}, recorded {kept.get('sha256')}",
                hint=SAVE_AGAIN,
            )
