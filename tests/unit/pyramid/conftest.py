"""Records as the plugin writes them."""

from __future__ import annotations

from typing import Any

import pytest

Record = dict[str, Any]
OPEN: Record = {"kind": "open", "format": 1}


def start(node: str, line: int = 1) -> Record:
    return {"kind": "start", "node": node, "path": node.partition("::")[0], "line": line}


def phase(node: str, when: str = "call", outcome: str = "passed", **more: Any) -> Record:
    place = {"path": node.partition("::")[0], "line": 1}
    return {"kind": "phase", "node": node, "when": when, "outcome": outcome, "duration_s": 0.5, **place, **more}


def test_records(node: str, **call: Any) -> list[Record]:
    """A whole test; `call` changes the report of its call."""
    return [start(node), phase(node, "setup"), phase(node, **call), phase(node, "teardown")]


def session(collected: int, exit_status: int = 0, **more: Any) -> Record:
    return {"kind": "session", "exit_status": exit_status, "collected": collected, **more}


class Records:
    """The makers of records, for tests that cannot import this file."""

    open = staticmethod(lambda: dict(OPEN))
    start = staticmethod(start)
    phase = staticmethod(phase)
    test = staticmethod(test_records)
    session = staticmethod(session)

    def run(self, *tests: list[Record], exit_status: int = 0) -> list[Record]:
        """A session that came to its end."""
        flat = [record for test in tests for record in test]
        nodes = {record["node"] for record in flat}
        return [dict(OPEN), *flat, session(len(nodes), exit_status)]


@pytest.fixture(scope="session")
def make() -> Records:
    return Records()
