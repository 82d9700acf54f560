"""Offers the fixtures of this package, each only where no other plugin has one of its name.

pytest takes the fixture of the plugin that it came to know last, which is this one. A project whose fixture is called
`golden` or `dataset` must notice nothing of ours.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest

FIXTURES = {
    "fixtures": ("_mlgate_handover", "_mlgate_written", "golden", "dataset", "baseline", "candidate", "record_metric"),
    "determinism": ("seeded", "mlgate_deterministic"),
}
"""Names by module. Those of conftest.py and of test modules are nearer to a test than any plugin's."""
NAME = "mlgate-offered-fixtures"


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Once pytest knows the fixtures of all plugins."""
    known = session._fixturemanager  # noqa: SLF001 - asked by many plugins under this name; pytest has no other way
    where = session if pytest.version_tuple >= (8,) else session.nodeid
    offered = ModuleType(NAME)
    for module, names in FIXTURES.items():
        for name in names:
            if not known.getfixturedefs(name, where):  # type: ignore[arg-type]  # a text before pytest 8
                setattr(offered, name, getattr(import_module(f"mlgate_pytest.{module}"), name))
    session.config.pluginmanager.register(offered, NAME)
