"""Records what pytest found, one JSON line at a time.

Each record is written when it happens, or when the next test begins, so a crash loses nothing; only the last record,
`session`, says that pytest came to its end. A test that simply passed is one record in place of three: what it held
back until then says no more than that it had not failed yet.

Kinds of records: `open`, `collected` (how many tests are to be run), `start`, `passed` (a whole test), `phase` (a
setup, call or teardown), `subtest`, `collect` (a module that could not be collected or was skipped), `note` (of another
module of this package), `internal_error`, `interrupted`, `session`.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import re
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.values import TEXT_LIMIT, is_grouped, plain, text, without_group

NAME = "mlgate-results"
FORMAT = 1
TRACEBACK_LINES = 30
LINE_LIMIT = 400
ALWAYS_SKIPPED = "mlgate_always_skipped"
"""User property of a test that carries the mark `skip`: no run can ever run it."""
PHASES = ("setup", "call", "teardown")
SCOPED = ("loadscope", "loadfile", "loadgroup")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(), NAME)
        return
    _end_with_the_first_dead_worker(config)
    path = config.getoption("mlgate_results")
    try:
        recorder = Recorder(Path(path), grouped=is_grouped(config))
    except OSError as problem:
        raise pytest.UsageError(f"--mlgate-results: {path} cannot be written: {problem.strerror}") from problem
    config.pluginmanager.register(recorder, NAME)


def _end_with_the_first_dead_worker(config: pytest.Config) -> None:
    """Where tests are dealt out by file or group, xdist may wait for ever after it replaced a worker that died.

    It then ends in order, and the gate runs the tests that are left in a new process. Seen with xdist 2.5 to 3.8.
    """
    if config.getoption("dist", None) in SCOPED and config.getoption("maxworkerrestart", None) is None:
        config.option.maxworkerrestart = "0"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        if "skip" in item.keywords and item.get_closest_marker("skip") is not None:
            item.user_properties.append((ALWAYS_SKIPPED, True))


class Worker:
    """What a worker of xdist does: its reports must survive the way to the controller."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.user_properties:  # a numpy scalar would stop the whole run
            report.user_properties = [plain(entry) for entry in report.user_properties]


class Recorder:
    """Writes the records. It lives in the one process that sees all reports: the controller under xdist."""

    def __init__(self, path: Path, *, grouped: bool = False) -> None:
        # Kept open and not buffered: a test that replaces `open` or the file system cannot lose a record.
        self._file = path.open("ab", buffering=0)
        self._held: dict[str, list[pytest.TestReport]] = {}
        self._warnings = 0
        self._deselected = 0
        self._collected: int | None = None
        self._silent = False
        self._grouped = grouped
        self._passed = ""
        """The record of the test that ended last, which is written with the next one: one call of the system less."""
        os.register_at_fork(after_in_child=self._fall_silent)
        self._write("open", format=FORMAT)

    def _fall_silent(self) -> None:
        """A test may fork; the copy says nothing."""
        self._silent = True

    def note(self, name: str, **fields: Any) -> None:
        """Record plain data of another module under a name, for the gate to read."""
        self._write("note", name=name, **fields)

    def _write(self, kind: str, **fields: Any) -> None:
        self._put(json.dumps({"kind": kind, **fields}))

    def _put(self, line: str) -> None:
        if not self._silent:
            self._file.write(f"{self._passed}{line}\n".encode("ascii"))
            self._passed = ""

    def _node(self, nodeid: str) -> str:
        return text(without_group(nodeid) if self._grouped else nodeid)

    def pytest_runtest_logstart(self, nodeid: str, location: Sequence[Any]) -> None:
        place = _place(location)
        path = "null" if place["path"] is None else quoted(place["path"])
        line = "null" if place["line"] is None else place["line"]
        self._put(f'{{"kind": "start", "node": {quoted(self._node(nodeid))}, "path": {path}, "line": {line}}}')

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        held = self._held.get(report.nodeid)
        if not _simple(report) or PHASES[len(held or ())] != report.when:
            self._release(report.nodeid)
            self._write_report(report)
        elif held is None:
            self._held[report.nodeid] = [report]
        elif report.when == "call":
            held.append(report)
        else:
            del self._held[report.nodeid]
            self._write_passed(held, report)

    def _write_passed(self, held: Sequence[pytest.TestReport], teardown: pytest.TestReport) -> None:
        """One record for a whole test; written by hand, since most records are like that."""
        setup, call = held
        durations = f"[{setup.duration:.6f}, {call.duration:.6f}, {teardown.duration:.6f}]"
        worker = getattr(teardown, "worker_id", None)
        by = f', "worker": {quoted(text(str(worker)))}' if worker else ""
        node = quoted(self._node(teardown.nodeid))
        self._passed += f'{{"kind": "passed", "node": {node}, "durations_s": {durations}{by}}}\n'

    def _release(self, nodeid: str) -> None:
        """Write what was held back of a test."""
        for report in self._held.pop(nodeid, ()):
            self._write_report(report)

    def _write_report(self, report: pytest.TestReport) -> None:
        subtest = _subtest_label(report)
        fields: dict[str, Any] = {"node": self._node(report.nodeid), "when": report.when}
        fields["outcome"] = report.outcome
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
        self._count(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._count(ids)  # of xdist: the controller itself collects nothing

    def _count(self, nodes: Iterable[str]) -> None:
        count = len(set(nodes))
        if count and count != self._collected:
            self._write("collected", count=count)
        self._collected = count

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
        for nodeid in list(self._held):
            self._release(nodeid)
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
        if self._passed and not self._silent:
            self._file.write(self._passed.encode("ascii"))
        self._silent = True
        self._file.close()


def _simple(report: pytest.TestReport) -> bool:
    """Whether there is nothing to say of a phase but that it passed."""
    if report.outcome != "passed" or type(report) is not pytest.TestReport or "wasxfail" in report.__dict__:
        return False
    return report.when != "teardown" or not report.user_properties


def _place(location: Sequence[Any] | None) -> dict[str, Any]:
    """Path and 1-based line of a test's definition; pytest counts lines from 0."""
    if not location:
        return {"path": None, "line": None}
    path, line = text(location[0]), location[1]
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    return {"path": path, "line": line + 1 if isinstance(line, int) else None}


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
