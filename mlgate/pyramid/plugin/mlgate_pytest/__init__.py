"""The part of mlgate that runs beside the user's tests.

This package runs in the environment of the user's tests: Python 3.9 or newer, pytest 7.4 or newer, nothing of
mlgate. The gate loads it by name (`-p mlgate_pytest`, its folder on PYTHONPATH); where mlgate is installed beside
pytest, its entry point has the same name, so that there is one copy.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.recording import Recorder
from mlgate_pytest.values import plain

OPTION = "--mlgate-results"
DESTINATION = "mlgate_results"
NAME = "mlgate-results"


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
