"""The fixtures of data and models: with what the gate hands over, with mlgate beside pytest, and with neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.api_declared import read_declared
from mlgate_pytest import declared
from mlgate_pytest.handover import nearest, read_handover

pytest_plugins = ["pytester"]

CSV = "id,label,prediction\n" + "".join(f"{n},{n % 2},{n % 2}\n" for n in range(20))
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv}
  shards: {path: "data/s-*.csv"}
  gone: {path: data/gone.csv}
evaluations:
  given:
    predictions: out/given.csv
    columns: {prediction: prediction}
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.01}}
  made:
    command: [python, make.py]
    predictions: out/made.csv
    columns: {prediction: prediction}
    baseline: none
    metrics: {accuracy: {tolerance: 0.01}}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    files = ("data/train.csv", "data/s-1.csv", "data/s-2.csv", "out/given.csv", "out/made.csv", "base/predictions.csv")
    for name in files:
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(CSV, encoding="utf-8")
    pytester.path.joinpath("mlgate.yaml").write_text(PROJECT, encoding="utf-8")
    found = read_declared(pytester.path / "mlgate.yaml")  # imports what pytester would forget after each run within
    assert found.entry("baselines", "given")["reference"] == "file:base/predictions.csv"
    return pytester.path


def said(result: pytest.RunResult) -> dict[str, str]:
    """First line of why each test failed, by its name."""
    lines = result.stdout.lines
    heads = [number for number, line in enumerate(lines) if line.startswith("____")]
    return {
        lines[head].strip("_ "): next((line[1:].strip() for line in lines[head:] if line.startswith("E ")), "")
        for head in heads
    }


BESIDE = """
import pytest

def test_dataset(dataset):
    assert dataset("train").read_text().startswith("id,")
    assert [path.name for path in dataset.files("shards")] == ["s-1.csv", "s-2.csv"]

def test_several(dataset): dataset("shards")
def test_gone(dataset): dataset("gone")
def test_unknown(dataset): dataset("trian")

def test_given(candidate):
    assert candidate("given").predictions.name == "given.csv"

def test_stale(candidate):
    with pytest.warns(pytest.PytestWarning, match="made by `python make.py`, which this run has not called"):
        assert candidate("made").predictions.name == "made.csv"

def test_no_metrics(candidate): candidate("given").metrics
def test_baseline(baseline): assert baseline("given").facts["found"]
def test_no_baseline(baseline): baseline("made")
"""


def test_beside_mlgate_the_fixtures_ask_it(project: Path, run: Any) -> None:
    (project / "test_it.py").write_text(BESIDE, encoding="utf-8")
    found = run("test_it.py")
    assert said(found) == {
        "test_several": 'Failed: the dataset shards has 2 files: use `dataset.files("shards")`',
        "test_gone": "Failed: the dataset gone (data/gone.csv) is not here",
        "test_unknown": "Failed: mlgate.yaml declares no dataset 'trian'",
        "test_no_metrics": "Failed: the evaluation given was not judged before this test, so its metrics are not known",
        "test_no_baseline": "Failed: the evaluation made declares no baseline",
    }
    found.assert_outcomes(passed=4, failed=5)
    assert "hint: did you mean 'train'?" in found.stdout.str()
    assert "handover.py" not in found.stdout.str()


def test_the_mlgate_yaml_of_the_tests_is_asked_wherever_pytest_is_started(project: Path, run: Any) -> None:
    for name in ("service", "other"):
        (project / name / "tests").mkdir(parents=True)
        (project / name / f"{name}.csv").write_text(CSV, encoding="utf-8")
        yaml = f"version: 1\ndatasets: {{train: {{path: {name}.csv}}}}\n"
        (project / name / "mlgate.yaml").write_text(yaml, encoding="utf-8")
        test = f"def test_{name}(dataset):\n    assert dataset('train').name == '{name}.csv'\n"
        (project / name / "tests" / f"test_{name}.py").write_text(test, encoding="utf-8")
    run("service/tests").assert_outcomes(passed=1)
    run("other/tests/test_other.py::test_other", "other").assert_outcomes(passed=2)
    both = run("service/tests", "other/tests")
    both.assert_outcomes(failed=2)
    assert said(both)["test_other"].startswith("Failed: the tests belong to several projects: ")
    (project / "mlgate.yaml").unlink()
    (project / "test_it.py").write_text('def test_it(dataset): dataset("train")\n', encoding="utf-8")
    assert said(run("test_it.py")) == {
        "test_it": "Failed: no mlgate.yaml lies in the folders that pytest was given, or above"
    }


HANDED = """
import pytest

def test_dataset(dataset):
    assert dataset("train").name == "train.csv"

def test_undeclared(dataset): dataset("other")
def test_unknown(dataset): dataset("tarin")

def test_baseline(baseline):
    found = baseline("e")
    assert (found.metrics, found.commit) == ({"accuracy": 0.9}, "abc")

def test_late(baseline): baseline("f")

def test_candidate(candidate):
    assert candidate("e").predictions.name == "given.csv"
    assert candidate("e").metrics == {"accuracy": 0.91}

def test_not_fresh(candidate): candidate("f").predictions
def test_absent(candidate): candidate("g").predictions
def test_seed(seeded): assert seeded == 11
"""


def test_under_the_gate_a_test_can_rely_on_nothing_that_the_run_has_not_made_sure_of(project: Path, run: Any) -> None:
    (project / "mlgate.yaml").unlink()
    (project / "test_it.py").write_text(HANDED, encoding="utf-8")
    told = {
        "tier": "model",
        "root": str(project),
        "seed": 11,
        "tiers": {"model": ["."]},
        "datasets": {
            "train": {"path": "data/train.csv", "files": ["data/train.csv"]},
            "other": {"problem": "the tier model does not declare the dataset other", "hint": "add it"},
        },
        "baselines": {
            "e": {"metrics": {"accuracy": 0.9, "f1": None}, "commit": "abc"},
            "f": {"problem": "cannot be reached"},
        },
        "candidates": {
            "e": {"files": ["out/given.csv"], "made_by": None, "fresh": True, "metrics": {"accuracy": 0.91}},
            "f": {"files": ["out/made.csv"], "made_by": "python make.py", "fresh": False, "metrics": None},
            "g": {"files": ["out/none.csv"], "path": "out/none.csv", "made_by": None, "fresh": True},
        },
    }
    file = project / "handover.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    found = run(f"--mlgate-context={file}", "test_it.py")
    assert said(found) == {
        "test_undeclared": "Failed: the tier model does not declare the dataset other",
        "test_unknown": "Failed: no dataset is called 'tarin'",
        "test_late": "Failed: cannot be reached",
        "test_not_fresh": "Failed: the predictions of f are made by `python make.py`, which this run has not called "
        "before these tests",
        "test_absent": "Failed: the predictions of g are not here",
    }
    found.assert_outcomes(passed=4, failed=5)


def test_without_the_gate_and_mlgate_it_is_said_how_to_get_it(
    project: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "_api", lambda: None)
    (project / "test_it.py").write_text('def test_it(dataset): dataset("train")\n', encoding="utf-8")
    found = run("test_it.py")
    found.assert_outcomes(failed=1)
    assert said(found) == {"test_it": "Failed: what mlgate.yaml declares is not known here"}
    assert "hint: run the tests with `mlgate run`, or install mlgate beside pytest" in found.stdout.str()
    tiers = run("--mlgate-tier=unit", "test_it.py")
    assert tiers.ret == pytest.ExitCode.USAGE_ERROR
    assert "the tiers of mlgate.yaml are not known: what mlgate.yaml declares" in tiers.stderr.str()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"root": 1}'])
def test_a_file_that_the_gate_did_not_write_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "handover.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(pytest.UsageError, match="--mlgate-context: "):
        read_handover(file)


NAMES = ("golden", "dataset", "baseline", "candidate", "record_metric", "seeded", "mlgate_deterministic")
THEIRS = "import pytest\n" + "".join(f"@pytest.fixture\ndef {name}(): return 'theirs'\n" for name in NAMES)


@pytest.mark.parametrize("arguments", [("-p", "theirs"), ()])
def test_a_fixture_of_another_plugin_is_taken_before_ours(
    arguments: tuple[str, ...], pytester: pytest.Pytester, run: Any
) -> None:
    pytester.syspathinsert()
    pytester.makepyfile(
        theirs=THEIRS,
        conftest="" if arguments else 'pytest_plugins = ["theirs"]',
        test_it=f"def test_it({', '.join(NAMES)}):\n    assert {{{', '.join(NAMES)}}} == {{'theirs'}}\n",
    )
    run(*arguments, "test_it.py").assert_outcomes(passed=1)


def test_nearest_names() -> None:
    assert nearest("x", [], "datasets") == "mlgate.yaml declares no datasets"
    assert nearest("x", ["train"], "datasets") == "declared datasets: train"


METRICS = """
import numpy as np, pytest

def test_metrics(record_metric, request):
    record_metric("auc", np.float32(0.5))
    record_metric("auc", 1, slice={"sex": "F", "age": 3})
    assert request.node.user_properties == [
        ("mlgate_metric", {"name": "auc", "value": 0.5, "slice": None}),
        ("mlgate_metric", {"name": "auc", "value": 1.0, "slice": {"sex": "F", "age": "3"}}),
    ]
    assert type(request.node.user_properties[0][1]["value"]) is float

def test_nan(record_metric): record_metric("auc", float("nan"))
def test_inf(record_metric): record_metric("auc", -np.inf)
def test_text(record_metric): record_metric("auc", "0.5")
def test_array(record_metric): record_metric("auc", np.zeros(2))
def test_name(record_metric): record_metric("", 1)
def test_twice(record_metric):
    record_metric("auc", 1)
    record_metric("auc", 1)
"""


def test_a_metric_is_a_number_that_was_computed(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(METRICS)
    found = run()
    assert {name: line.partition(":")[2].partition(":")[0].strip() for name, line in said(found).items()} == {
        "test_nan": "the metric auc is nan",
        "test_inf": "the metric auc is -inf",
        "test_text": "the metric auc is no number",
        "test_array": "the metric auc is no number",
        "test_name": "a metric is named by a text, got ''",
        "test_twice": "the metric auc was recorded before in this test",
    }
    found.assert_outcomes(passed=1, failed=6)
