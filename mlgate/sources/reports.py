"""Reports read back from a folder, and outputs of a workflow's step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from mlgate.errors import SourceError
from mlgate.outcome import Report, report_from_dict

MAX_REPORT_BYTES = 256_000_000
"""A report of 100,000 comparisons has some 130 MB."""
MAX_SUMMARY_BYTES = 1_000_000


def load_report(directory: Path) -> Report:
    """Read `report.json` of a folder that may come from a stranger.

    Raises
    ------
    SourceError
        There is no such file, it is larger than `MAX_REPORT_BYTES`, or it is not a report.
    """
    path = directory / "report.json"
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("there is no such file")
        if path.stat().st_size > MAX_REPORT_BYTES:
            raise ValueError(f"larger than {MAX_REPORT_BYTES} bytes")
        raw: Any = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
        if not isinstance(raw, dict):
            raise ValueError("not a JSON object")
        return report_from_dict(raw)
    except (OSError, ValueError, OverflowError, RecursionError) as problem:
        raise SourceError(
            f"{path} cannot be read as a report: {problem}", hint="write it with `mlgate run --output DIR`"
        ) from problem


def write_step_output(environ: Mapping[str, str], key: str, value: str) -> None:
    """Set an output of the workflow's step, where there is one (`GITHUB_OUTPUT`).

    Raises
    ------
    ValueError
        `value` is not one line: it could set other outputs.
    SourceError
        The runner's file cannot be written.
    """
    if not re.fullmatch(r"[^\x00-\x1f\x7f\x85\u2028\u2029]*", value):
        raise ValueError(f"the output {key} is not one line")
    target = environ.get("GITHUB_OUTPUT")
    if not target:
        return
    try:
        with Path(target).open("a", encoding="utf-8") as stream:
            stream.write(f"{key}={value}\n")
    except OSError as problem:
        raise SourceError(f"GITHUB_OUTPUT cannot be written: {problem}", hint="it is set by the runner") from problem


def write_step_summary(environ: Mapping[str, str], text: str) -> bool:
    """Add to the summary of the workflow's step, where there is one (`GITHUB_STEP_SUMMARY`); whether it was written.

    GitHub drops a summary of more than 1 MiB as a whole: `text` stays under `MAX_SUMMARY_BYTES`.
    """
    target = environ.get("GITHUB_STEP_SUMMARY")
    content = text.encode("utf-8", "replace")
    if not target or len(content) > MAX_SUMMARY_BYTES:
        return False
    try:
        with Path(target).open("ab") as stream:
            stream.write(content)
    except OSError:
        return False
    return True


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")
