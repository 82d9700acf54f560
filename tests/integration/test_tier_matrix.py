"""What becomes of a tier whose tests pass, fail, break, hang or die, in one process and with the workers of xdist."""

from __future__ import annotations

import datetime as dt
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from mlgate.config.project import Project, Tier
from mlgate.gate.record import Record
from mlgate.gate.tests import Asked, run_tests
from mlgate.outcome import Outcome, Status, judge

PASS, WARN, FAIL, ERROR, SKIP = Status
TODAY = dt.date(2026, 11, 26)
WORKERS: dict[str, int | None] = {"plain": None, "xdist": 2}


BASE = Tier(name="unit", tests=("tests",), budget_s=120.0, python=sys.executable)

FLAKY = """\
    import pathlib
    seen = pathlib.Path(__file__).with_name("seen")
    def test_first(): pass
    def test_flaky():
        times = len(seen.read_text()) if seen.exists() else 0
        seen.write_text("x" * (times + 1))
        assert times == 1, f"try {times + 1}"
    """
SKIPPED = """\
    import pytest
    @pytest.mark.skip(reason="later")
    def test_marked(): pass
    def test_inside(): pytest.skip("not here")
    """
MANY = {
    "pass": "def test_first(): pass\ndef test_last(): pass\n",
    "fail": "def test_before(): pass\ndef test_fail(): assert 1 == 2\ndef test_after(): pass\n",
    "error": "import pytest\n@pytest.fixture\ndef broken(): raise OSError('no disk')\ndef test_it(broken): pass\n",
    "crash": "import os\ndef test_before(): pass\ndef test_dies(): os._exit(0)\ndef test_after(): pass\n",
    "timeout": "import threading\ndef test_before(): pass\n"
    "def test_hangs(): threading.Event().wait()\ndef test_after(): pass\n",
}
TIMED = replace(BASE, test_timeout_s=1.5)
GROUP = "import pytest\n@pytest.mark.xdist_group('all')\ndef test_"
PROJECTS = {
    "many": (MANY, TIMED),
    "flaky": ({"flaky": FLAKY}, replace(BASE, retries=2)),
    "grouped": ({name: MANY[name].replace("def test_", GROUP) for name in ("crash", "timeout")}, TIMED),
    "skip all": ({"skip all": SKIPPED}, BASE),
    "none collected": ({"none collected": "def helper(): pass\n"}, BASE),
}
"""Files of tests, one for each case, and the tier that runs them."""
AROUND = {"test_before": (PASS, "passed"), "test_after": (PASS, "passed")}
CASES = {
    "pass": (PASS, {"test_first": (PASS, "passed"), "test_last": (PASS, "passed")}),
    "fail": (FAIL, {**AROUND, "test_fail": (FAIL, "assert 1 == 2")}),
    "error": (ERROR, {"test_it": (ERROR, "setup failed: OSError: no disk")}),
    "crash": (ERROR, {**AROUND, "test_dies": (ERROR, "")}),
    "timeout": (ERROR, {**AROUND, "test_hangs": (ERROR, "did not end: stopped after 1.5s (test_timeout) in wait")}),
    "flaky": (
        WARN,
        {"test_first": (PASS, "passed"), "test_flaky": (WARN, "flaky: passed on try 2 of 3; before: try 1")},
    ),
    "skip all": (
        ERROR,
        {
            "test_marked": (SKIP, "always skipped: later"),
            "test_inside": (SKIP, "skipped: not here"),
            "unit/pytest": (ERROR, "every test was skipped: nothing was checked"),
        },
    ),
    "none collected": (ERROR, {"unit/pytest": (ERROR, "no test was collected in tests")}),
}
"""The verdict of each, and the status and the beginning of the message of every outcome."""

Runs = Callable[[str, str], list[Outcome]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The outcomes of a project, run once with workers or without."""

    @cache
    def run(project: str, workers: str) -> list[Outcome]:
        files, tier = PROJECTS[project]
        root = tmp_path_factory.mktemp("project")
        (root / "tests").mkdir()
        for number, text in enumerate(files.values()):
            (root / "tests" / f"test_{number}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        if project == "grouped":
            (root / "pytest.ini").write_text("[pytest]\naddopts = --dist loadgroup\n", encoding="utf-8")
        work = tmp_path_factory.mktemp("work")
        tier = replace(tier, workers=WORKERS[workers])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            return run_tests(
                Project(root=root, path="mlgate.yaml", tiers={"unit": tier}), tier, Record(), work, Asked(today=TODAY)
            )

    return run


@pytest.mark.slow
@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("name", CASES)
def test_each_result_stands_and_none_is_lost(name: str, workers: str, runs: Runs) -> None:
    verdict, expected = CASES[name]
    project = "many" if name in MANY else name
    file = f"tests/test_{list(PROJECTS[project][0]).index(name)}.py"
    outcomes = [one for one in runs(project, workers) if one.check != "test" or one.subject.startswith(file)]
    found = {one.subject.rpartition("::")[2] if one.check == "test" else one.id: one for one in outcomes}
    assert {key: (one.status, one.message[: len(expected[key][1])]) for key, one in found.items()} == expected
    assert judge(outcomes) is verdict


@pytest.mark.slow
@pytest.mark.parametrize("workers", WORKERS)
def test_the_evidence_says_how_a_test_ended(workers: str, runs: Runs) -> None:
    found = {one.subject.rpartition("::")[2]: one for one in (*runs("many", workers), *runs("flaky", workers))}
    how = "was running when pytest died (exit status 0)" if workers == "plain" else "crashed while running"
    assert how in found["test_dies"].message
    assert "output" in found["test_dies"].evidence
    hangs = found["test_hangs"]
    assert any(line.endswith("in test_hangs") for line in hangs.evidence["stack"])
    assert hangs.location is not None
    assert (hangs.location.path, hangs.location.line) == ("tests/test_4.py", 3)
    flaky = found["test_flaky"]
    assert flaky.evidence["flaky"] is True
    first, second = flaky.evidence["tries"]
    assert (first["status"], second["status"]) == ("fail", "pass")
    assert any("try 1" in line for line in first["traceback"])
    assert ("workers" in found["test_first"].evidence) is (workers == "xdist")


@pytest.mark.slow
def test_dead_workers_of_tests_in_groups_keep_nobody_waiting(runs: Runs) -> None:
    """Under which xdist alone waits for ever, and node ids carry the group."""
    found = {one.subject: (one.status, one.message[:8]) for one in runs("grouped", "xdist")}
    passed = (PASS, "passed")
    assert found == {
        "tests/test_0.py::test_before": passed,
        "tests/test_0.py::test_dies": (ERROR, "worker '"),
        "tests/test_0.py::test_after": passed,
        "tests/test_1.py::test_before": passed,
        "tests/test_1.py::test_hangs": (ERROR, "did not "),
        "tests/test_1.py::test_after": passed,
    }
