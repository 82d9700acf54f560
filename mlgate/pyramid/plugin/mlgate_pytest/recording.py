"""Records what pytest found, one JSON line at a time.

Each record is written when it happens, or when the next test begins, so a crash loses nothing; only the last record,
`session`, says that pytest came to its end. A test that simply passed is one record in place of three: what it held
back until then says no more than that it had not failed yet.

Kinds of records: `open`, `collected` (how many tests are to be run), `start`, `passed` (a whole test), `phase` (a
setup, call or teardown), `subtest`, `collect` (a module that could not be collected or was skipped), `note` (of another
module of this package), `internal_error`, `interrupted`, `session`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.reports import details_of, lines_of, place_of, subtest_label
from mlgate_pytest.values import TEXT_LIMIT, is_grouped, plain, text, without_group

NAME = "mlgate-results"
FORMAT = 1
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
        place = place_of(location)
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
        subtest = subtest_label(report)
        fields: dict[str, Any] = {"node": self._node(report.nodeid), "when": report.when}
        fields["outcome"] = report.outcome
        fields["duration_s"] = float(report.duration)
        fields.update(place_of(report.location))
        fields.update(details_of(report))  # after the place: a failure has a better line than the definition's
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
            self._write("collect", **{**fields, "line": None, **details_of(report)})

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
        self._write("internal_error", **lines_of(str(excrepr)))

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
