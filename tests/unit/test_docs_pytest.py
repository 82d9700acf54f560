"""The page on pytest says what the plugin does: its examples run, its options, values and tests are real."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mlgate.api_declared import read_declared
from mlgate_pytest import SWITCHES, TIER, marks
from mlgate_pytest.twice import require_same

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
(MESSAGE,) = re.findall(r"^```text\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)

PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schema.yaml}
evaluations:
  readmission:
    predictions: out/candidate.csv
    columns: {prediction: prediction}
    baseline: none
    metrics: {accuracy: {min: 0.5}}
"""
FILES = {
    "mlgate.yaml": PROJECT,
    "schema.yaml": "version: 1\ncolumns:\n  age: {type: integer, between: [0, 120]}\n",
    "data/train.csv": "age\n20\n30\n",
    "out/candidate.csv": "id,label,prediction\n1,1,1\n2,0,0\n",
}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, text in FILES.items():
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text, encoding="utf-8")
    found = read_declared(pytester.path / "mlgate.yaml")  # imports what pytester would forget after each run within
    assert "problem" not in found.entry("datasets", "train")
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    alone = ("-p", "mlgate_pytest", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    return pytester.runpytest_inprocess(*alone, *arguments)


def test_the_examples_run(project: Path, pytester: pytest.Pytester) -> None:
    assert len(EXAMPLES) == 4
    for number, example in enumerate(EXAMPLES):
        (project / f"test_{number}.py").write_text(example, encoding="utf-8")
    names = [f"test_{number}.py" for number in range(len(EXAMPLES))]
    run(pytester, "--mlgate-update-golden", *names).assert_outcomes(passed=6)
    run(pytester, "--strict-markers", *names).assert_outcomes(passed=6)
    run(pytester, "--mlgate-tier=unit", *names).assert_outcomes(passed=1, deselected=5)


def test_the_commands_and_tests_are_real(project: Path, pytester: pytest.Pytester) -> None:
    lines = [line.partition("#")[0].split() for line in PAGE.splitlines() if line.startswith("pytest mlgate.yaml")]
    assert len(lines) == 3
    listed = run(pytester, "--collect-only", "-q", "mlgate.yaml").stdout.str()
    for _, node in lines:
        assert f"\n{node}" in f"\n{listed}"
    for node in ("data/train::everything-else", "model/readmission::accuracy", "model/readmission::everything-else"):
        assert f"mlgate.yaml::{node}\n" in listed


def test_every_option_of_a_person_is_told_as_the_help_tells_it() -> None:
    table = PAGE.partition("| option | means |")[2]
    told = dict(re.findall(r"^\| `(--[\w-]+)(?:=\w+)?` \| (.*) \|$", table, flags=re.MULTILINE))
    assert told == {TIER[0]: TIER[3]} | {flag: means for flag, _, means in SWITCHES}


def test_every_value_of_the_marker_is_told() -> None:
    (row,) = re.findall(r"^\| `tier` \| (.*) \|$", PAGE, flags=re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", row)) == marks.TIERS
    assert "`P0` (most important) to `P4`" in PAGE
    assert (marks.PRIORITIES[0], marks.PRIORITIES[-1]) == ("P0", "P4")


def test_every_fixture_is_told(project: Path, pytester: pytest.Pytester) -> None:
    listed = run(pytester, "--fixtures").stdout.str()
    found = re.findall(r"^(\w+)(?: \[\w+ scope\])? -- .*mlgate_pytest/", listed, flags=re.MULTILINE)
    named = ["baseline", "candidate", "dataset", "golden", "mlgate_deterministic", "record_metric", "seeded"]
    assert sorted(found) == named
    for name in found:
        assert re.search(rf"`{name}[`(]", PAGE), name


def test_the_message_is_a_real_one() -> None:
    runs = iter([0.5, 0.75])

    def train() -> Any:
        yield "epoch 0", [0.25]
        yield "epoch 1", [next(runs)]

    with pytest.raises(pytest.fail.Exception) as problem:
        require_same(train, seed=0)
    assert str(problem.value) == MESSAGE
