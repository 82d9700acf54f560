"""A test that kills its process keeps its priority."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from mlgate.config.project import Tier
from mlgate.pyramid.judgement import outcomes_of_tests
from mlgate.pyramid.records import parse_records
from mlgate.pyramid.shape import shape_of
from mlgate_pytest import priorities

pytest_plugins = ["pytester"]

TESTS = """
import pytest

pytestmark = pytest.mark.mlgate(priority="P3")

@pytest.mark.mlgate(priority="P0")
def test_important(): pass

def test_of_the_module(): pass
"""


def records(pytester: pytest.Pytester, tests: str) -> list[Mapping[str, Any]]:
    pytester.makepyfile(test_it=tests)
    results = pytester.path / "results.jsonl"
    pytester.runpytest_inprocess("-p", "no:xdist", f"--mlgate-results={results}").assert_outcomes(passed=2)
    return [json.loads(line) for line in results.read_text(encoding="ascii").splitlines()]


def test_priorities_are_told_before_the_first_test(pytester: pytest.Pytester) -> None:
    found = records(pytester, TESTS)
    notes = [number for number, record in enumerate(found) if record.get("name") == "priorities"]
    starts = [number for number, record in enumerate(found) if record["kind"] == "start"]
    assert len(notes) == 1
    assert notes[0] < starts[0]
    assert found[notes[0]]["tests"] == {"test_it.py::test_important": "P0", "test_it.py::test_of_the_module": "P3"}
    crashed = found[: starts[0] + 1]  # the process died in the first test
    outcomes = outcomes_of_tests(Tier(name="unit"), parse_records(crashed), unfinished="pytest died")
    shape = shape_of(outcomes)
    assert shape is not None
    assert shape["priorities"] == {"P0": {"passed": 0, "failed": 0, "not_run": 1}}


def test_without_a_priority_nothing_is_told(pytester: pytest.Pytester) -> None:
    found = records(pytester, "def test_a(): pass\ndef test_b(): pass\n")
    assert not [record for record in found if record.get("name") == "priorities"]


def test_workers_tell_when_they_end_and_one_that_died_does_not() -> None:
    told: list[dict[str, Any]] = []
    recorder = SimpleNamespace(note=lambda name, **fields: told.append({"name": name, **fields}))
    controller = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda _: recorder))
    item = SimpleNamespace(nodeid="t.py::test_a@group", user_properties=[("mlgate", {"priority": "P1"}), ("other", 5)])
    output: dict[str, Any] = {}

    def getoption(name: str, _: Any) -> Any:
        return name == "loadgroup"

    session: Any = SimpleNamespace(items=[item], config=SimpleNamespace(workeroutput=output, getoption=getoption))
    priorities.pytest_collection_finish(session)
    priorities.pytest_testnodedown(SimpleNamespace(config=controller))
    assert told == []
    priorities.pytest_testnodedown(SimpleNamespace(config=controller, workeroutput=output))
    assert told == [{"name": "priorities", "tests": {"t.py::test_a": "P1"}}]
