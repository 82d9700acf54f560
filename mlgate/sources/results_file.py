"""The file that the pytest plugin appends to: one JSON object per line."""

from __future__ import annotations

import json
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError


def read_records(path: Path) -> list[dict[str, Any]]:
    """The records of a results file, in the order in which they were written.

    A line that is not a JSON object becomes `{"kind": "malformed", "message": ...}`, so that the judge sees it.
    A file that does not exist has no records: pytest ended before it could write.

    Raises
    ------
    SourceError
        The file exists and cannot be read.
    """
    records: list[dict[str, Any]] = []
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                records.append(_record(line, number))
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise SourceError(
            f"the results of pytest cannot be read: {path}: {problem.strerror}",
            hint="check the permissions of the output folder",
        ) from problem
    return records


def read_stacks(path: Path) -> list[str]:
    """What the timers of the processes wrote beside a results file, one text for each process.

    A file that cannot be read is left out: then its test is one whose process died.
    """
    texts = []
    for stack in sorted(path.parent.glob(f"{escape(path.name)}.*.stack")):
        with suppress(OSError):
            texts.append(stack.read_bytes().decode("utf-8", errors="replace"))
    return texts


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    return {"kind": "malformed", "message": f"line {number} of the results is not a JSON object"}
