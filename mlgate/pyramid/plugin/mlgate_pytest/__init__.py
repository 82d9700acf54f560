"""The part of mlgate that runs beside the user's tests.

This package runs in the environment of the user's tests: Python 3.9 or newer, pytest 7.4 or newer, nothing of
mlgate. The gate loads it by name (`-p mlgate_pytest`, its folder on PYTHONPATH); where mlgate is installed beside
pytest, its entry point has the same name, so that there is one copy.

It is loaded in every run of pytest, so it imports little: the rest is in modules that are imported where they are
needed. `OPTIONS` holds every option of the package, since pytest reads its arguments before anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

import pytest

OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("--mlgate-results", "mlgate_results", "FILE", "append test results to FILE"),
    ("--mlgate-select", "mlgate_select", "FILE", "run only the tests that FILE (JSON) names, or leave out those"),
    ("--mlgate-test-timeout", "mlgate_test_timeout", "SECONDS", "end the process of a test that takes longer"),
    ("--mlgate-context", "mlgate_context", "FILE", "what FILE (JSON) says of datasets, baselines and candidates"),
    ("--mlgate-trace", "mlgate_trace", "FOLDER", "note in FOLDER what the tests of each file touch"),
    ("--mlgate-gpu", "mlgate_gpu", "FILE", "share the GPUs that FILE (JSON) names among the workers"),
)
"""Flag, destination, metavar, help; each takes a text."""

SWITCHES: tuple[tuple[str, str, str], ...] = (
    ("--mlgate-strict", "mlgate_strict", "a warning of a check that mlgate.yaml declares fails its test"),
    ("--mlgate-update-golden", "mlgate_update_golden", "write the golden sets that differ or do not exist"),
)
"""Flag, destination, help; each is on or off."""

TIER = ("--mlgate-tier", "mlgate_tier", "TIER", "run the tests of this tier; may be given several times")


def _option(*destinations: str) -> Callable[[pytest.Config], bool]:
    """Whether one of these options was given."""
    return lambda config: any(config.getoption(name, None) for name in destinations)


def _always(_: pytest.Config) -> bool:
    return True


MODULES: Mapping[str, Callable[[pytest.Config], bool]] = {
    "marks": _always,
    "declared": _always,
    "offered": _always,
    "golden": _option("mlgate_update_golden"),
    "gpu_needed": _always,
    "priorities": _option("mlgate_results"),
    "devices": _option("mlgate_results"),
    "tracing": _option("mlgate_trace"),
    "selecting": _option("mlgate_select"),
    "recording": _option("mlgate_results"),
    "watchdog": _option("mlgate_test_timeout"),
}
"""Modules whose hooks are registered, in this order, where the predicate says so, as `mlgate-<name>`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mlgate")
    try:
        for flag, destination, metavar, told in OPTIONS:
            group.addoption(flag, dest=destination, metavar=metavar, default=None, help=told)
        for flag, destination, told in SWITCHES:
            group.addoption(flag, dest=destination, action="store_true", default=False, help=told)
        flag, destination, metavar, told = TIER
        group.addoption(flag, dest=destination, metavar=metavar, action="append", default=None, help=told)
    except ValueError:
        return  # a second copy of this plugin is loaded; the first one works


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """What must be settled before a conftest.py is imported: what it touches, and which GPU its libraries see.

    What the gate hands over is read first: it is no input of a test file, unless a test asks for it.
    """
    if getattr(early_config.known_args_namespace, "mlgate_context", None):
        import_module("mlgate_pytest.handover").begin(early_config)
    if getattr(early_config.known_args_namespace, "mlgate_trace", None):
        import_module("mlgate_pytest.tracing").begin()
    if getattr(early_config.known_args_namespace, "mlgate_gpu", None):
        import_module("mlgate_pytest.devices").begin(early_config, args)


def pytest_configure(config: pytest.Config) -> None:
    for name, needed in MODULES.items():
        if needed(config) and not config.pluginmanager.has_plugin(f"mlgate-{name}"):
            config.pluginmanager.register(import_module(f"mlgate_pytest.{name}"), f"mlgate-{name}")
