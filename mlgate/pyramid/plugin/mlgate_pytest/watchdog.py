"""Ends the process of a test that takes too long, and leaves where it was.

The timer is `faulthandler`'s: a thread in C, which ends even a test that holds the interpreter's lock. Beside the
results lies one file for each process, `<results>.<worker>.stack`: the node id that is running, as one line of JSON,
and below it the stack of every thread once the time is over.
"""

from __future__ import annotations

import faulthandler
import json
import os
from pathlib import Path

import pytest

from mlgate_pytest.values import is_grouped, text, without_group

NAME = "mlgate-timer"


def pytest_configure(config: pytest.Config) -> None:
    written, results = config.getoption("mlgate_test_timeout"), config.getoption("mlgate_results", None)
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0.0
    if not seconds > 0 or not results:
        raise pytest.UsageError(f"--mlgate-test-timeout: {written} are no seconds, or there is no --mlgate-results")
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    config.pluginmanager.register(Timer(Path(f"{results}.{worker}.stack"), seconds), NAME)


class Timer:
    """One timer for the test that is running."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._file = -1
        self._process = os.getpid()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Armed in the setup, which is after pytest armed its own timer: there is only one."""
        if os.getpid() != self._process:
            return
        if self._file < 0:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, 0)
        node = without_group(item.nodeid) if is_grouped(item.config) else item.nodeid
        os.write(self._file, json.dumps(text(node)).encode("ascii") + b"\n")
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._file)

    def pytest_runtest_logfinish(self) -> None:
        faulthandler.cancel_dump_traceback_later()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        faulthandler.cancel_dump_traceback_later()
