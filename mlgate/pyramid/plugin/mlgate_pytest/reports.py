"""What a report of pytest says, as the recorder writes it: where a test is, why it failed or was skipped."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from typing import Any

import pytest

from mlgate_pytest.values import TEXT_LIMIT, text

TRACEBACK_LINES = 30
LINE_LIMIT = 400


def place_of(location: Sequence[Any] | None) -> dict[str, Any]:
    """Path and 1-based line of a test's definition; pytest counts lines from 0."""
    if not location:
        return {"path": None, "line": None}
    path, line = text(location[0]), location[1]
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    return {"path": path, "line": line + 1 if isinstance(line, int) else None}


def details_of(report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any]:
    """Why a test was skipped or failed."""
    details: dict[str, Any] = {}
    expected_failure = getattr(report, "wasxfail", None)
    if expected_failure is not None:
        details["xfail"] = text(str(expected_failure), TEXT_LIMIT)
    if report.outcome == "skipped":
        reason = report.longrepr
        if isinstance(reason, (tuple, list)) and len(reason) == 3:
            details["message"] = text(str(reason[2]), TEXT_LIMIT)
    elif report.outcome != "passed":
        details.update(_failure(report))
    return details


def _failure(report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any]:
    full = report.longreprtext
    crash = getattr(report.longrepr, "reprcrash", None)
    details = lines_of(full)
    if crash is not None:
        details["message"] = text(str(crash.message), TEXT_LIMIT)
    path = (report.location or ("",))[0]
    line = _last_line_in(path.replace(os.sep, "/"), full) if path else None
    if line is not None:
        details["line"] = line
    return details


def lines_of(full: str) -> dict[str, Any]:
    """The last lines of a traceback, and its last error line as the message."""
    lines = [text(line, LINE_LIMIT) for line in full.splitlines()]
    errors = [line[1:].strip() for line in lines if line.startswith("E ")]
    said = [line.strip() for line in errors or lines if line.strip()]
    if not errors and "Expected:" in said and said[-1].endswith("DocTestFailure"):
        said = [" ".join(said[said.index("Expected:") : -1])]
    return {"message": said[-1] if said else "", "traceback": lines[-TRACEBACK_LINES:]}


def _last_line_in(path: str, traceback: str) -> int | None:
    """Line number of the innermost frame of `traceback` that lies in the test's own file."""
    name = r"(?:[^\n\"]*/)?" + re.escape(path)
    places = re.findall(rf'^(?:E? +)?(?:File "{name}", line |{name}:)(\d+)', traceback.replace("\\", "/"), re.MULTILINE)
    return int(places[-1]) if places else None


def subtest_label(report: pytest.TestReport) -> str | None:
    """Description of a subtest, or None for the report of a test.

    Built in since pytest 9, before that in pytest-subtests; recognised by the name of the report's type.
    """
    if type(report).__name__.lower() != "subtestreport":
        return None
    context = getattr(report, "context", None)
    message = getattr(context, "msg", None)
    values = getattr(context, "kwargs", None) or {}
    parts = [] if message is None else [f"[{message}]"]
    if values:
        from_worker = hasattr(report, "node")
        parts.append("(" + ", ".join(f"{key}={_value(item, from_worker)}" for key, item in values.items()) + ")")
    return text(" ".join(parts) or "(subtest)", LINE_LIMIT)


def _value(value: object, from_worker: bool) -> str:  # noqa: FBT001 - private, called once
    """Text of a subtest's argument: pytest 9 stores its repr, and the repr of that when it crossed from a worker."""
    if not isinstance(value, str):
        return repr(value)
    if from_worker and value[:1] in ("'", '"'):
        try:
            return str(ast.literal_eval(value))
        except (SyntaxError, ValueError):
            return value
    return value
