"""Runs of pytest with nothing but our plugin, in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest in the folder of `pytester`, without the plugins that are installed here and the filters of ours."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return lambda *arguments: pytester.runpytest_inprocess(
        "-p",
        "mlgate_pytest",
        "-p",
        "no:cacheprovider",
        "-W",
        "default",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        *map(str, arguments),
    )
