"""Tells the gate which tests are important before they run: one that brings its process down cannot tell at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mlgate_pytest.marks import PROPERTY
from mlgate_pytest.values import is_grouped, without_group

RECORDER = "mlgate-results"
OUTPUT = "mlgate_priorities"
"""Where a worker of xdist leaves it for the process that records. All workers collect the same tests."""


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    grouped = is_grouped(session.config)
    found = {
        without_group(item.nodeid) if grouped else item.nodeid: said["priority"]
        for item in session.items
        for name, said in item.user_properties
        if name == PROPERTY and isinstance(said, dict) and "priority" in said
    }
    if not found:
        return
    output = getattr(session.config, "workeroutput", None)
    if output is None:
        _note(session.config, found)
    else:
        output[OUTPUT] = found


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker came to its end; one that died has left nothing, and another one has the same."""
    found = getattr(node, "workeroutput", {}).get(OUTPUT)
    if found:
        _note(node.config, found)


def _note(config: pytest.Config, found: Mapping[str, str]) -> None:
    recorder = config.pluginmanager.get_plugin(RECORDER)
    if recorder is not None and hasattr(recorder, "note"):
        recorder.note("priorities", tests=found)
