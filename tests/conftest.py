"""What holds for every test: nothing of the user's environment leaks in, and a property test is repeatable."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("mlgate", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "mlgate"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so that tests of interrupts hold in the background, too
    signal.signal(signal.SIGINT, signal.default_int_handler)


collect_ignore = ["cases"]
"""Files that are judged, some of which are called as tests are: no tests of ours."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker ends with one while the other waits.

    Property tests do not count as coverage: what only they reach lacks an example, and tracing them is slow.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.pluginmanager.hasplugin("pytest_cov"):
        for item in items:
            if item.get_closest_marker("hypothesis"):
                item.add_marker("no_cover")


LEAKS = ("MLFLOW_", "DVC_", "GITHUB_", "MLGATE_", "RUNNER_", "INPUT_", "AWS_", "PRE_COMMIT", "GIT_")
"""Prefixes of variables that steer what we run; a test sets the ones that it is about."""

KEPT = frozenset({"AWS_CA_BUNDLE", "GIT_SSL_CAINFO"})
"""Where this machine's certificates lie: without them no package can be installed in a test."""

_NUMBERS = itertools.count()

MEASURING = "COVERAGE_PROCESS_CONFIG"
"""By this a Python process measures itself: a quarter of a second, and half as slow again, whatever it runs."""

GIT_CONFIG = """\
[user]
    name = Test Person
    email = test@example.org
[init]
    defaultBranch = main
[commit]
    gpgsign = false
[gc]
    auto = 0
[protocol "file"]
    allow = always
"""


@pytest.fixture(scope="session")
def git_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Git configuration with a name and a default branch, in place of the user's."""
    path = tmp_path_factory.mktemp("git") / "config"
    path.write_text(GIT_CONFIG, encoding="utf-8")
    return path


def _clean_environment(patch: pytest.MonkeyPatch, git_config: Path) -> None:
    for name in list(os.environ):
        if name.startswith(LEAKS) and name not in KEPT:
            patch.delenv(name)
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", MEASURING):
        patch.delenv(name, raising=False)
    patch.setenv("GIT_CONFIG_GLOBAL", str(git_config))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    patch.setenv("GIT_TERMINAL_PROMPT", "0")
    patch.setenv("DVC_NO_ANALYTICS", "1")
    patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")


@pytest.fixture(scope="session")
def measuring() -> dict[str, str]:
    """Variables for a process whose lines count as covered: for code of ours that runs in no other way."""
    return {name: os.environ[name] for name in (MEASURING,) if name in os.environ}


@pytest.fixture(scope="session", autouse=True)
def _clean_session(git_config: Path, measuring: dict[str, str]) -> Iterator[None]:
    """For servers and repositories that live as long as the session."""
    with pytest.MonkeyPatch.context() as patch:
        _clean_environment(patch, git_config)
        patch.setenv("DVC_SITE_CACHE_DIR", str(git_config.parent / "dvc"))
        yield


@pytest.fixture(autouse=True)
def _clean_test(monkeypatch: pytest.MonkeyPatch, git_config: Path) -> None:
    """For one test: what an earlier one has set in the process does not reach it either."""
    _clean_environment(monkeypatch, git_config)
    # Not `tmp_path`: most tests write nothing, and a folder for each of so many takes long.
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(git_config.parent / f"dvc-{next(_NUMBERS)}"))
