"""A repository of forty tests in five tiers, some of which cannot be trusted: one run names each of them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command

DECLARED = """\
version: 1
tiers:
  unit: {tests: tests/unit, test_budget: 1s, budget: 5m, over_budget: warn, retries: 1}
  data: {tests: tests/data, retries: 2, workers: 2}
  integration: {tests: tests/integration}
  model: {tests: tests/model, retries: 2}
  serving: {tests: tests/serving, retries: 2}
"""
FLAKY = """\
import pathlib

def test_flaky_{name}():
    seen = pathlib.Path(__file__).with_suffix(".seen")
    times = len(seen.read_text()) if seen.exists() else 0
    seen.write_text("x" * (times + 1))
    assert times == {fails}, "not yet"
"""
MANY = "import pytest\n\n@pytest.mark.parametrize('number', range({count}))\ndef test_{name}(number):\n    assert number >= 0\n"
FILES = {
    "unit/test_sums.py": MANY.format(name="sum", count=17),
    "unit/test_flaky.py": FLAKY.format(name="unit", fails=1),
    "unit/test_never.py": "import pytest\n\n@pytest.mark.skip(reason='ticket 12')\ndef test_never():\n    assert False\n",
    "unit/test_slow.py": "import time\n\ndef test_slow():\n    time.sleep(1.2)\n",
    "data/test_rows.py": MANY.format(name="row", count=5),
    "data/test_flaky.py": FLAKY.format(name="data", fails=2),
    "integration/test_parts.py": MANY.format(name="part", count=6),
    "model/test_scores.py": MANY.format(name="score", count=4),
    "model/test_gpu.py": "import pytest\n\n@pytest.mark.mlgate(gpu='required')\ndef test_on_gpu():\n    assert False\n",
    "serving/test_answers.py": MANY.format(name="answer", count=2),
    "serving/test_flaky.py": FLAKY.format(name="serving", fails=1),
}


@pytest.mark.slow
def test_one_run_names_each_test_rightly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in FILES.items():
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "mlgate.yaml").write_text(DECLARED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code = run_command(cli, ["run", "--format", "json"])
    out, err = capsys.readouterr()
    report = json.loads(out)
    outcomes = {outcome["id"]: outcome for outcome in report["outcomes"]}
    tests = {outcome["id"]: outcome for outcome in report["outcomes"] if outcome["check"] == "test"}
    assert (code, report["verdict"]) == (0, "warn"), err
    assert Counter(test["tier"] for test in tests.values()) == {
        "unit": 20, "data": 6, "integration": 6, "model": 5, "serving": 3,
    }  # fmt: skip
    assert Counter(test["status"] for test in tests.values()) == {"pass": 34, "warn": 4, "skip": 2}
    assert_named(tests)
    assert outcomes["unit/budget"]["status"] == "pass"
    assert outcomes["unit/budget"]["message"].endswith("s, within the budget of 5m")
    rows = {row["tier"]: row for row in report["provenance"]["pyramid"]["tiers"]}
    assert {tier: row["tests"] for tier, row in rows.items()} == Counter(test["tier"] for test in tests.values())
    assert {tier: row["flaky"] for tier, row in rows.items()} == {
        "unit": 1, "data": 1, "integration": 0, "model": 0, "serving": 1,
    }  # fmt: skip


def assert_named(tests: dict[str, Any]) -> None:
    """What the report says of those that are not like the others."""
    place = "{0}/tests/{0}/test_flaky.py::test_flaky_{0}"
    for tier, words in {
        "unit": "flaky: passed on try 2 of 2; before: not yet",
        "data": "flaky: passed on try 3 of 3; before: not yet",
        "serving": "flaky: passed on try 2 of 3; before: not yet",
    }.items():
        flaky = tests[place.format(tier)]
        assert flaky["status"] == "warn"
        assert flaky["message"].startswith(words)
        assert [one["status"] for one in flaky["evidence"]["tries"]][-1] == "pass"
    never = tests["unit/tests/unit/test_never.py::test_never"]
    assert (never["status"], never["message"]) == ("skip", "always skipped: ticket 12")
    slow = tests["unit/tests/unit/test_slow.py::test_slow"]
    assert slow["status"] == "warn"
    assert slow["message"].startswith("passed, but took ")
    assert slow["message"].endswith("more than 1s (test_budget)")
    gpu = tests["model/tests/model/test_gpu.py::test_on_gpu"]
    assert gpu["status"] == "skip"
    assert "GPU" in gpu["message"]
