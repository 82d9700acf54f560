"""What must not pass in silence: functions that misbehave, bounds that do not block, files of DVC that are not theirs."""

from __future__ import annotations

import subprocess

import pytest

from mlgate.gate.load import dvc_paths, load_project
from tests.unit.gate.conftest import Place
from tests.unit.gate.test_evaluation_kinds import BINARY, BINARY_METRICS, weighted_rows
from tests.unit.gate.whole_gate import changed, compare, problems, project, verdicts

METRICS = "cost: {function: MODULE:cost, higher_is_better: false, tolerance: 0.1}, accuracy: {tolerance: 0.05}"
COLUMNS = "id: id, label: label, prediction: prediction, weight: importance"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def cost(rows):\n    raise SystemExit(0)\n", "cost raised SystemExit: 0"),
        ("raise SystemExit(0)\n", "cannot be imported: SystemExit: 0"),
        ("def cost(rows):\n    rows['weight'].sort()\n    return 1.0\n", "cost raised ValueError"),
        ("def cost(rows):\n    rows['weight'] *= 0\n    return 1.0\n", "cost raised ValueError"),
    ],
)
def test_a_function_that_exits_or_changes_the_rows_is_an_error(place: Place, text: str, words: str) -> None:
    module = f"silence_of_{place.root.name}"
    place.write(f"{module}.py", text)
    ran = compare(
        place, project(METRICS.replace("MODULE", module), columns=COLUMNS), weighted_rows(), weighted_rows(seed=2)
    )
    assert ran.code == 3
    assert words in problems(ran)


def test_a_bound_of_a_metric_that_does_not_block_warns(place: Place) -> None:
    text = project("accuracy: {min: 0.999, blocking: false}, f1: {}", "positive: 1", columns=BINARY)
    ran = compare(place, text, weighted_rows(), weighted_rows())
    assert ran.code == 0
    assert ran.outcome("model/e/accuracy/min")["status"] == "warn"


def test_a_metric_that_does_not_block_and_is_undefined_warns(place: Place) -> None:
    rows = changed(weighted_rows(), lambda row: {"score": 3 * row["score"]})
    text = project("accuracy: {}, brier: {blocking: false}", "positive: 1", "baseline: none", columns=BINARY)
    ran = compare(place, text, rows, rows)
    assert ran.code == 0
    assert ran.outcome("model/e/brier/value")["status"] == "warn"


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_weights_that_leave_the_range_of_numbers_are_refused(place: Place, scale: float) -> None:
    rows = changed(weighted_rows(), lambda row: {"importance": row["importance"] * scale})
    text = project(BINARY_METRICS, "positive: 1", columns=f"{BINARY}, weight: importance")
    ran = compare(place, text, rows, rows)
    assert ran.code == 3
    assert "lies outside 1e-100 to 1e+100 in 400 of 400 rows" in problems(ran)


def test_only_what_an_evaluation_reads_is_pulled(place: Place) -> None:
    golden = "golden: {path: data/golden.csv, must_stay_right: data/ids.csv}"
    runs = project("accuracy: {}", "runs: [out/seed-*.csv]", golden, columns=BINARY, predictions="")
    train = "train_predictions: out/train.csv"
    for text, names in (
        (runs, ("out/seed-*.csv", "data/golden.csv", "data/ids.csv")),
        (project("accuracy: {}", train, columns=BINARY), ("out/candidate.csv", "out/train.csv")),
        (
            project("accuracy: {}", train, golden, "command: [make]", columns=BINARY),
            ("data/golden.csv", "data/ids.csv"),
        ),
        (project("accuracy: {}", "metrics_file: out/m.json", predictions=""), ("out/m.json",)),
    ):
        place.write("mlgate.yaml", text)
        assert dvc_paths(load_project(None, place.root), ["model"]) == {"model": names}


@pytest.mark.parametrize("line", ["golden: {path: kept.csv}", "train_predictions: kept.csv"])
def test_a_file_that_is_not_what_dvc_says_is_not_judged(place: Place, line: str) -> None:
    subprocess.run(["git", "init", "-q"], cwd=place.root, check=True)
    place.write(".dvc/config", "")
    rows = [{**row, "expected": row["prediction"]} for row in weighted_rows()]
    place.write_rows("kept.csv", rows)
    pointer = "outs:\n- md5: abcdefabcdefabcdefabcdefabcdefab\n  size: 5\n  hash: md5\n  path: kept.csv\n"
    place.write("kept.csv.dvc", pointer)
    ran = compare(place, project("accuracy: {}", line, columns=BINARY), rows, rows)
    assert ran.code == 3
    assert ran.outcome("model/pull/kept.csv")["status"] == "error"
    assert not verdicts(ran)
