"""Notes what the tests of each file touch: files, folders, processes, networks. The gate reuses results by it.

It is loaded where `--mlgate-trace=FOLDER` asks for it, and hears what Python itself tells (`sys.addaudithook`): a
library that opens files in its own machine code is not heard, so the names of such libraries are noted too. Each
process, also each worker of xdist, leaves one file of JSON in the folder when it ends; one that died leaves none.

What happens in the tests of a file, or while it is collected, is noted for it. What happens elsewhere, in a
`conftest.py` or a fixture of the whole session, counts for every file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Generator
from typing import Any

import pytest

from mlgate_pytest.touched import Touched, listener

FORMAT = 1
COLLECTING = "collect:"
"""Begins the name under which is noted what happens while a file is collected: before the first test of any file."""
WIDE_SCOPES = ("session", "package")
"""Fixtures that serve the tests of several files."""

_touched: Touched | None = None


def begin() -> None:
    """Listen from now on; a process listens once. What was imported before counts for every file.

    So plugins do that an entry point or `-p` names, which pytest loads before anybody could listen.
    """
    global _touched  # noqa: PLW0603  # an audit hook cannot be taken away again, so neither can this
    if _touched is None:
        _touched = Touched()
        paths = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        _touched.current.code.update({path: set() for path in paths if isinstance(path, str)})
        sys.addaudithook(listener(_touched))


def pytest_configure(config: pytest.Config) -> None:
    begin()
    if _touched is not None:
        config.pluginmanager.register(Tracer(_touched, config), "mlgate-tracer")


class Tracer:
    """Says for which file things happen, and writes down what was touched."""

    def __init__(self, touched: Touched, config: pytest.Config) -> None:
        self._touched = touched
        self._folder = config.getoption("mlgate_trace")
        touched.made[os.path.dirname(os.path.abspath(self._folder))] = None  # the gate's own, which nothing hangs on
        self._root = str(config.rootpath)
        self._process = os.getpid()
        self._tests: dict[str, list[str]] = {}
        self._marked: list[str] = []
        self._spans: dict[str, list[int]] = {}
        self._count = 0

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, None]:
        path = collector.nodeid.partition("::")[0]
        collects = isinstance(collector, (pytest.File, pytest.Class)) and path
        before = self._touched.of(f"{COLLECTING}{path}" if collects else "")
        yield
        self._touched.go_back(before)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        path = item.nodeid.partition("::")[0]
        self._count += 1
        self._spans.setdefault(path, [self._count, self._count])[1] = self._count
        self._tests.setdefault(path, []).append(item.nodeid)
        before = self._touched.of(path)
        yield
        self._touched.go_back(before)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, None]:
        if fixturedef.scope not in WIDE_SCOPES:
            yield
            return
        before = self._touched.of("")
        yield
        self._touched.go_back(before)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, None]:
        """A test that a mark skips tells the same again; one that skips itself may not."""
        if call.excinfo is not None and getattr(call.excinfo.value, "_use_item_location", False):
            self._marked.append(item.nodeid)
        yield

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        if os.getpid() == self._process:
            self._write()

    def _write(self) -> None:
        """Leave the file as a whole or not at all: half of what was touched would be worse than nothing."""
        told = {
            "format": FORMAT,
            "root": self._root,
            "tests": self._tests,
            "marked": self._marked,
            "spans": self._spans,
            **self._touched.to_json(self._root),
        }
        body = json.dumps(told)
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".trace-")
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(body)
        os.replace(temporary, os.path.join(self._folder, f"trace-{self._process}.json"))
