"""`mlgate init`: predictions files as evaluations, with the baseline that is there and passes."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Rows = Callable[..., list[dict[str, Any]]]
TABLE = "outputs/predictions.csv"


def git(place: Any, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=place.root, check=True, capture_output=True)


def commit(place: Any) -> None:
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "a change")


@pytest.fixture
def repository(place: Any) -> Any:
    git(place, "init", "--quiet")
    return place


def project(place: Any) -> str:
    return str((place.root / "mlgate.yaml").read_text())


def test_the_first_commit_is_a_baseline_by_its_id(repository: Any, predictions: Rows) -> None:
    repository.write_rows(TABLE, predictions(400))
    commit(repository)
    assert repository.mlgate("init").code == 0
    text = project(repository)
    assert "baseline: 'git:" in text
    assert "# this commit; once another one follows, `git` means the merge base" in text
    assert "columns: {id: id, label: label, prediction: prediction, score: score}\n    positive: 1\n" in text
    assert "# slices: [sex]   # each value judged on its own" in text
    assert repository.run().code == 0
    repository.write_rows(TABLE, predictions(400, noise=2.0))
    ran = repository.run()
    assert ran.code == 1
    assert ran.outcome("model/predictions/accuracy")["status"] == "fail"


def test_a_later_commit_is_compared_with_the_one_before(repository: Any, predictions: Rows) -> None:
    repository.write_rows(TABLE, predictions(400))
    commit(repository)
    repository.write("README.md", "more\n")
    commit(repository)
    repository.mlgate("init")
    assert "baseline: git   # the merge base" in project(repository)
    assert repository.run().code == 0


def test_a_regression_that_is_there_already_moves_the_baseline(repository: Any, predictions: Rows) -> None:
    """Against the commit before the gate would be red at once."""
    repository.write_rows(TABLE, predictions(400))
    commit(repository)
    repository.write_rows(TABLE, predictions(400, noise=2.0))
    commit(repository)
    repository.mlgate("init")
    assert "baseline: 'git:" in project(repository)
    assert repository.run().code == 0


def test_predictions_that_git_ignores_are_a_comment(repository: Any, predictions: Rows) -> None:
    repository.write_rows(TABLE, predictions(100))
    repository.write(".gitignore", "outputs/\n")
    commit(repository)
    ran = repository.mlgate("init")
    assert "a pull request would not have them: name the command that writes them" in ran.out
    assert "#     command: [python, -m, my_package.evaluate]   # what writes them" in project(repository)
    assert "#     predictions: outputs/predictions.csv" in project(repository)


def test_without_a_commit_a_floor_notices_a_regression(repository: Any, predictions: Rows) -> None:
    repository.write_rows(TABLE, predictions(400))
    repository.mlgate("init")
    text = project(repository)
    assert "baseline: none   # only the floor below holds" in text
    assert "accuracy: {tolerance: 0.005, min: 0." in text
    assert repository.run().code == 0
    repository.write_rows(TABLE, predictions(400, noise=2.0))
    assert repository.run().code == 1


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("y_true,y_pred", "1,1", "it has no column that names each row once"),
        ("row_id,target,predicted", "{n},{x:.3f},{x:.2f}", "metrics: {mae: {tolerance: "),
        ("sample_id,Label,Pred", "{n},cat,cat", "columns: {id: sample_id, label: Label, prediction: Pred}"),
        ("visit,label,prediction", "v{n},{b},{b}", "columns: {id: visit, label: label, prediction: prediction}"),
        (
            "id,label,prediction,score",
            "{n},a{b},a{b},{x:.3f}",
            "columns: {id: id, label: label, prediction: prediction}\n",
        ),
        ("id,label,score", "{n},{b},{x:.3f}", "metrics: {roc_auc: {tolerance: 0.01"),
    ],
)
def test_columns(repository: Any, header: str, row: str, expected: str) -> None:
    draw = random.Random(3)
    lines = [row.format(n=number, x=draw.uniform(0, 1), b=draw.randint(0, 1)) for number in range(300)]
    repository.write(TABLE, "\n".join([header, *lines, ""]))
    assert repository.mlgate("init").code == 0
    assert expected in project(repository)
    if "# it has" not in expected and "no column" not in expected:
        assert repository.run("--tier", "model").code == 0


def test_a_table_with_a_label_and_a_score_is_data(repository: Any) -> None:
    repository.write("data/train.csv", "id,label,score\n" + "".join(f"{n},{n % 2},{n % 9}\n" for n in range(90)))
    repository.mlgate("init")
    assert "  train: {path: data/train.csv" in project(repository)
    assert "# evaluations:" in project(repository)


def test_two_predictions_files_of_one_name(repository: Any, predictions: Rows) -> None:
    for folder in ("a", "b"):
        repository.write_rows(f"{folder}/predictions.csv", predictions(200))
    commit(repository)
    repository.mlgate("init")
    assert "  a-predictions:\n" in project(repository)
    assert "  b-predictions:\n" in project(repository)
    assert repository.run("--tier", "model").code == 0


def test_rows_that_cannot_be_paired_are_a_comment(repository: Any) -> None:
    repository.write(TABLE, "id,label,prediction\n" + "1,1,1\n" * 100)
    commit(repository)
    ran = repository.mlgate("init")
    assert "outputs/predictions.csv stands in a comment: no baseline passes; " in ran.out
    assert "# evaluations:" in project(repository)


def test_values_that_a_stage_writes_are_shown_for_a_person_to_judge(repository: Any) -> None:
    repository.write(
        "dvc.yaml", "stages:\n  train:\n    cmd: x\n    metrics:\n    - metrics.json:\n        cache: false\n"
    )
    repository.write("metrics.json", '{"auc": 0.8, "time": {"train": 3}, "name": "a"}\n')
    repository.mlgate("init")
    text = project(repository)
    assert "metrics_file: metrics.json" in text
    assert "auc: {key: auc, higher_is_better: true, tolerance: 2%}" in text
    assert "time.train" in text
