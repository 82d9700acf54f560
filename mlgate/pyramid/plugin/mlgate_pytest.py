"""Records what pytest found, one JSON line at a time.

This file runs in the environment of the user's tests: Python 3.9 or newer, pytest 7.4 or newer, nothing of
mlgate. It is loaded by name (`-p mlgate_pytest`, its folder on PYTHONPATH) and does nothing until
`--mlgate-results=FILE` is given. Each record is written and flushed when it happens, so a crash loses nothing;
only the last record, `session`, says that pytest came to its end.

Kinds of records: `open`, `start` and `phase` (one per setup, call and teardown of a test), `subtest`, `collect`
(a module that could not be collected or was skipped), `internal_error`, `interrupted`, `session`.
"""

# ruff: noqa: INP001 - not a package: pytest finds it by its bare name

from __future__ import annotations

import ast
import json
import os
import platform
import re
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

FORMAT = 1
OPTION = "--mlgate-results"
DESTINATION = "mlgate_results"
NAME = "mlgate-results"
TEXT_LIMIT = 2000
TRACEBACK_LINES = 30
LINE_LIMIT = 400
LARGEST_INT = 2**63


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mlgate")
    try:
        group.addoption(OPTION, dest=DESTINATION, metavar="FILE", default=None, help="append test results to FILE")
    except ValueError:
        return  # a second copy of this plugin is loaded; the first one records


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption(DESTINATION, None)
    if not path or hasattr(config, "workerinput") or config.pluginmanager.has_plugin(NAME):
        return
    try:
        recorder = Recorder(Path(path), config.rootpath)
    except OSError as problem:
        raise pytest.UsageError(f"{OPTION}: {path} cannot be written: {problem.strerror}") from problem
    config.pluginmanager.register(recorder, NAME)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Cast user properties to plain Python where the test ran: a numpy scalar stops a whole xdist run."""
    outcome = yield
    if item.config.getoption(DESTINATION, None):
        report = outcome.get_result()
        report.user_properties = [plain(entry) for entry in report.user_properties]


class Recorder:
    """Writes the records. It lives in the one process that sees all reports: the controller under xdist."""

    def __init__(self, path: Path, root: Path) -> None:
        # Kept open: a test that replaces `open` or the file system cannot lose a record.
        self._stream = path.open("a", encoding="ascii", newline="\n")
        self._process = os.getpid()
        self._root = root
        self._warnings = 0
        self._deselected = 0
        self._collected: int | None = None
        self._write("open", format=FORMAT)

    def _write(self, kind: str, **fields: Any) -> None:
        if os.getpid() == self._process:  # a test may fork; the copy stays silent
            self._stream.write(json.dumps({"kind": kind, **fields}) + "\n")
            self._stream.flush()

    def pytest_runtest_logstart(self, nodeid: str, location: Sequence[Any]) -> None:
        self._write("start", node=text(nodeid), **_place(location))

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        subtest = _subtest_label(report)
        fields: dict[str, Any] = {"node": text(report.nodeid), "when": report.when, "outcome": report.outcome}
        fields["duration_s"] = float(report.duration)
        fields.update(_place(report.location))
        fields.update(_details(report))  # after the place: a failure has a better line than the definition's
        worker = getattr(report, "worker_id", None)
        if worker:
            fields["worker"] = text(str(worker))
        if subtest is not None:
            self._write("subtest", label=subtest, **fields)
            return
        if report.when == "teardown" and report.user_properties:
            fields["properties"] = [plain(entry) for entry in report.user_properties]
        self._write("phase", **fields)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            path = text(report.nodeid).partition("::")[0]
            fields = {"node": text(report.nodeid), "when": "collect", "outcome": report.outcome, "path": path}
            self._write("collect", **{**fields, "line": None, **_details(report)})

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._collected = len({item.nodeid for item in session.items})

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._collected = len(set(ids))  # of xdist: the controller itself collects nothing

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._deselected += len(items)

    def pytest_warning_recorded(self) -> None:
        self._warnings += 1

    def pytest_internalerror(self, excrepr: object) -> None:
        self._write("internal_error", **_lines(str(excrepr)))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self._write("interrupted", reason=text(str(excinfo.value) or excinfo.typename, TEXT_LIMIT))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._write(
            "session",
            exit_status=int(exitstatus),
            collected=session.testscollected if self._collected is None else self._collected,
            deselected=self._deselected,
            warnings=self._warnings,
            pytest=pytest.__version__,
            python=platform.python_version(),
        )

    def pytest_unconfigure(self) -> None:
        if os.getpid() == self._process:
            self._stream.close()


def plain(value: object, depth: int = 6) -> Any:
    """`value` in plain Python types that JSON and xdist can carry; anything else becomes its repr."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if -LARGEST_INT <= value < LARGEST_INT else hex(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return text(value, TEXT_LIMIT)
    try:
        return _plain_object(value, depth)
    except Exception:  # noqa: BLE001 - a repr that raises must not stop the user's tests
        return f"<{type(value).__name__}>"


def _plain_object(value: Any, depth: int) -> Any:
    if depth and isinstance(value, Mapping):
        return {text(str(key), TEXT_LIMIT): plain(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth - 1) for item in value]
    if getattr(value, "shape", None) == ():  # a scalar of numpy or of a tensor library
        item = value.item()
        return float(item) if type(item) is type(value) else plain(item, 0)
    return text(repr(value), TEXT_LIMIT)


def text(value: str, limit: int | None = None) -> str:
    """`value` without lone surrogates, so that it can be written as UTF-8, and at most `limit` characters."""
    clean = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return clean if limit is None or len(clean) <= limit else clean[: limit - 3] + "..."


def _place(location: Sequence[Any] | None) -> dict[str, Any]:
    """Path and 1-based line of a test's definition; pytest counts lines from 0."""
    if not location:
        return {"path": None, "line": None}
    line = location[1]
    return {"path": text(str(location[0])).replace(os.sep, "/"), "line": line + 1 if isinstance(line, int) else None}


def _details(report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any]:
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
    details = _lines(full)
    if crash is not None:
        details["message"] = text(str(crash.message), TEXT_LIMIT)
    path = (report.location or ("",))[0]
    line = _last_line_in(path.replace(os.sep, "/"), full) if path else None
    if line is not None:
        details["line"] = line
    return details


def _lines(full: str) -> dict[str, Any]:
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


def _subtest_label(report: pytest.TestReport) -> str | None:
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
