"""The reports of several jobs, read from the folders that were named. What cannot be read is told by its path.

They may come from artifacts of jobs that ran a stranger's code: nothing of them is trusted that `checked_report` has
not checked, and no link is followed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Report, report_to_dict
from mlgate.sources.one_line import printable
from mlgate.sources.strict_json import strict_json

REPORT = "report.json"

MAX_FOLDERS = 1000
"""Below one folder that was named. A plan has at most 512 jobs."""
MAX_REPORT_BYTES = 64_000_000
MAX_PLAN_BYTES = 64_000_000
MAX_OUTCOMES = 100_000
"""Of one report. A report of this repository's own jobs may be larger than one of a stranger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one folder holds: a report, or the problem that it cannot be read with. `place` is how messages name it."""

    place: str
    report: Report | None = None
    problem: str = ""
    hint: str = ""


def read_reports(folders: Sequence[Path], *, may_lack: bool = False) -> list[Found]:
    """What the folders hold: each is one with a report, or one of such folders, as downloaded artifacts are.

    A folder without a report, one that stands twice, and a report that cannot be read are each told with their problem.
    Hidden folders are passed over.

    Parameters
    ----------
    may_lack : a folder that is not there, or that holds nothing, is none
    """
    found: list[Found] = []
    seen: dict[str, str] = {}
    for folder in folders:
        for place in _places(folder, may_lack=may_lack):
            real = os.path.realpath(place)
            if real in seen:
                problem = f"{seen[real]} is the same folder"
                found.append(Found(place=_shown(place), problem=problem, hint="name each folder once"))
                continue
            seen[real] = _shown(place)
            found.append(_read(place))
    return found


def read_plan(path: Path) -> Mapping[str, Any]:
    """The JSON object of a plan file, within limits; what it says is still to be checked.

    Raises
    ------
    SourceError
        It cannot be read, or it is no JSON object.
    """
    try:
        raw = _object(_bytes(path, MAX_PLAN_BYTES))
    except (OSError, ValueError) as problem:
        raise SourceError(
            f"the plan {_shown(path)} cannot be used: it {_reason(problem)}",
            hint="write it with `mlgate plan --format json > plan.json`",
        ) from None
    return raw


def _object(content: bytes) -> dict[str, Any]:
    try:
        raw = strict_json(content)
    except ValueError as problem:
        raise ValueError(f"is not JSON: {problem}") from None
    if not isinstance(raw, dict):
        raise ValueError("is no JSON object")
    return raw


def require_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Refuse outcomes, as of a plan, that no report could hold.

    Raises
    ------
    ValueError
        The published schema of the report does not allow them.
    """
    if outcomes:
        report = Report(gate="plan", outcomes=tuple(outcomes), started_at="", duration_s=0.0, provenance={})
        _checked(json.dumps(report_to_dict(report)).encode())


def _places(folder: Path, *, may_lack: bool) -> Iterator[Path]:
    """The folder itself, or the folders in it where it has no report."""
    try:
        if folder.is_symlink() or os.path.lexists(folder / REPORT):
            yield folder
            return
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        entries = []
    except OSError:  # reading it will say why
        yield folder
        return
    inside = [entry for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    if not entries and may_lack:
        return
    yield from inside if 0 < len(inside) <= MAX_FOLDERS else [folder]


def _read(folder: Path) -> Found:
    place = _shown(folder)
    try:
        if folder.is_symlink():
            raise ValueError("is behind a link")
        if not folder.is_dir():
            raise ValueError("cannot be read: there is no such folder")
        content = _bytes(folder / REPORT, MAX_REPORT_BYTES)
        return Found(place=place, report=_checked(content))
    except (OSError, ValueError) as problem:
        return Found(
            place=place,
            problem=f"{REPORT} {_reason(problem)}",
            hint="its job was ended before it could write, or wrote elsewhere; run it again",
        )


def _checked(content: bytes) -> Report:
    from mlgate.sources.reported import checked_report  # brings jsonschema

    return checked_report(content, most_bytes=MAX_REPORT_BYTES, most_outcomes=MAX_OUTCOMES)


def _bytes(path: Path, most: int) -> bytes:
    """The content of a regular file, and no more of it than one byte too many."""
    if path.is_symlink():
        raise ValueError("is a link")
    if not path.exists():
        raise ValueError("is not there")
    if not path.is_file():  # a pipe would be waited for
        raise ValueError("is not a file")
    with path.open("rb") as stream:
        return stream.read(most + 1)


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"cannot be read: {problem.strerror or type(problem).__name__}"
    return printable(str(problem))[:300]


def _shown(path: Path) -> str:
    return printable(path.as_posix())[:200]
