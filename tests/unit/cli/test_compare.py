"""`mlgate compare` from the command line: what it says, its exit codes, and every kind of bad input."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mlgate.cli import cli, run_command

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
Rows = list[dict[str, Any]]
Compare = Callable[..., tuple[int, dict[str, Any]]]


def make_rows(n_rows: int = 400, *, seed: int = 1, wrong: float = 0.2) -> Rows:
    """Labels and slices depend on the row alone, predictions also on the seed."""
    rng = random.Random(seed)
    rows = []
    for number in range(n_rows):
        label = number % 2
        miss = rng.random() < wrong
        score = round(min(max(0.5 + (label - 0.5) * (-0.6 if miss else 0.6) + rng.uniform(-0.15, 0.15), 0.01), 0.99), 6)
        rows.append(
            {
                "id": number,
                "label": label,
                "prediction": 1 - label if miss else label,
                "score": score,
                "sex": "FM"[number // 2 % 2],
                "weight": 1 + number % 3,
                "patient": number // 4,
            }
        )
    return rows


def changed(rows: Rows, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Rows:
    return [{**row, **change(row)} for row in rows]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Rows, str], str]:
    monkeypatch.chdir(tmp_path)

    def write_rows(rows: Rows, name: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            if name.endswith(".jsonl"):
                stream.writelines(json.dumps(row) + "\n" for row in rows)
            else:
                writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        return name

    return write_rows


def strict_json(text: str) -> dict[str, Any]:
    """A report that is strict JSON and follows its schema."""
    report: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the report"))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)] == []
    return report


@pytest.fixture
def compare(write: Callable[[Rows, str], str], capsys: pytest.CaptureFixture[str]) -> Compare:
    """Write both sides, compare them; exit code and report, which is valid whatever the files hold."""

    def run(before: Rows | str, after: Rows | str, *options: str) -> tuple[int, dict[str, Any]]:
        baseline = before if isinstance(before, str) else write(before, "before.csv")
        candidate = after if isinstance(after, str) else write(after, "after.csv")
        capsys.readouterr()
        code = run_command(cli, ["compare", baseline, candidate, "--format", "json", *options])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert "unexpected" not in said.err
        if code == 2:
            assert said.out == ""
            return code, {"error": said.err}
        report = strict_json(said.out)
        assert code == {"pass": 0, "warn": 0, "fail": 1, "error": 3}[report["verdict"]]
        return code, report | {"error": said.err}

    return run


def verdicts(report: dict[str, Any], metric: str = "accuracy") -> dict[str, str]:
    """Verdict by slice of a metric."""
    return {
        "".join(f"{name}={value}" for name, value in (outcome["evidence"]["slice"] or {}).items()): outcome["evidence"][
            "verdict"
        ]
        for outcome in report["outcomes"]
        if outcome["check"] == "metric_change" and outcome["evidence"]["metric"] == metric
    }


def messages(report: dict[str, Any], *statuses: str) -> str:
    return "\n".join(
        f"{outcome['message']} | {outcome['hint']}" for outcome in report["outcomes"] if outcome["status"] in statuses
    )


# What is found


def test_regression_is_a_failure_with_slice_change_interval_and_rows(compare: Compare) -> None:
    before = make_rows(1200, wrong=0.1)
    worse = changed(before, lambda row: {"prediction": 1 - row["label"]} if row["sex"] == "F" and row["id"] % 8 else {})
    code, report = compare(before, worse, "--metric", "accuracy:0.01", "--slice", "sex")
    assert code == 1
    assert verdicts(report) == {"": "regression", "sex=F": "regression", "sex=M": "equivalent"}
    worst = next(o for o in report["outcomes"] if o["evidence"].get("slice") == {"sex": "F"})
    evidence = worst["evidence"]
    assert evidence["n"] == 600
    assert evidence["low"] <= evidence["delta"] <= evidence["high"] < -0.01
    assert evidence["tolerance"] == 0.01
    assert evidence["family_size"] == 3
    assert evidence["seed"] == 0
    assert report["gate"] == "compare"
    assert report["provenance"]["seed"] == 0
    assert report["provenance"]["baselines"][0]["reference"] == "before.csv"
    assert report["provenance"]["candidates"][0]["rows"] == 1200


def test_examples_that_flipped_are_named_as_far_as_privacy_allows(compare: Compare) -> None:
    rows = make_rows(400, wrong=0.0)
    before = changed(rows, lambda row: {"id": f"case-{row['id']}"})
    flipped = {row["id"] for row in rows if row["sex"] == "F" and row["id"] % 8}
    worse = [
        {**row, "prediction": 1 - row["label"] if number in flipped else row["prediction"]}
        for number, row in enumerate(before)
    ]
    options = ["--metric", "accuracy:0.01", "--slice", "sex"]
    for privacy, named in (("full", True), ("masked", False), ("none", False)):
        _, report = compare(before, worse, *options, "--privacy", privacy)
        flips = {outcome["id"]: outcome["evidence"] for outcome in report["outcomes"] if outcome["check"] == "flips"}
        assert len(flips) == 2, "of all rows, and of the slice that regressed"
        overall = flips["model/model/flips"]
        assert overall["turned_wrong"] == len(flipped)
        assert overall["turned_right"] == 0
        assert ("case-" in json.dumps(report)) == named
    _, report = compare(before, worse, *options)
    assert next(o["evidence"]["privacy"] for o in report["outcomes"] if o["check"] == "flips") == "masked"


def test_device_that_is_not_there_is_an_error(compare: Compare) -> None:
    from mlgate.errors import SourceError
    from mlgate.sources.accelerators import matrix_product

    try:
        matrix_product("cuda")
        expected = 0
    except SourceError:
        expected = 3
    rows = make_rows(200)
    code, report = compare(rows, [dict(row) for row in rows], "--metric", "accuracy", "--device", "cuda")
    assert code == expected
    assert expected == 0 or "CUDA" in messages(report, "error")


def test_identical_models_are_equivalent_at_any_number_of_rows(compare: Compare) -> None:
    for n_rows in (4, 400):
        rows = make_rows(n_rows)
        code, report = compare(rows, [dict(row) for row in rows], "--metric", "accuracy:0.001")
        assert code == 0
        assert verdicts(report) == {"": "equivalent"}


def test_metrics_are_chosen_from_the_columns_and_said(compare: Compare) -> None:
    rows = make_rows()
    code, report = compare(rows, make_rows(seed=2))
    assert code == 0
    assert set(verdicts(report)) == {""}
    assert "compare: accuracy, as the columns allow" in report["error"]
    _, report = compare(rows, make_rows(seed=2), "--positive", "1")
    assert "compare: accuracy, roc_auc, as the columns allow" in report["error"]
    assert verdicts(report, "roc_auc")
    numbers = changed(rows, lambda row: {"label": row["id"] / 4, "prediction": row["id"] / 4 + row["score"]})
    _, report = compare(numbers, changed(numbers, lambda row: {"prediction": row["label"] + 0.5}))
    assert "compare: mae, as the columns allow" in report["error"]


def test_columns_that_allow_no_metric_say_how_to_name_one(compare: Compare) -> None:
    rows = [{"id": row["id"], "label": row["label"], "score": row["score"]} for row in make_rows(50)]
    code, report = compare(rows, changed(rows, lambda row: {"score": row["score"] / 2}))
    assert code == 3
    assert "the columns allow none" in messages(report, "error")
    assert "--metric" in messages(report, "error")


def test_columns_are_named_by_options(compare: Compare) -> None:
    rows = [
        {"key": row["id"], "truth": row["label"], "guess": row["prediction"], "p": row["score"]} for row in make_rows()
    ]
    options = ["--id", "key", "--label", "truth", "--prediction", "guess", "--score", "p", "--positive", "1"]
    code, report = compare(rows, [dict(row) for row in rows], *options)
    assert code == 0
    assert verdicts(report) == verdicts(report, "roc_auc") == {"": "equivalent"}


def test_scores_per_class_and_label_sets(compare: Compare) -> None:
    rows = changed(make_rows(), lambda row: {"p0": 1 - row["score"], "p1": row["score"]})
    options = ["--metric", "log_loss", "--score", "0=p0", "--score", "1=p1"]
    code, report = compare(rows, [dict(row) for row in rows], *options)
    assert code == 0
    assert verdicts(report, "log_loss") == {"": "equivalent"}
    sets = [{"id": row["id"], "a": row["label"], "b": 1, "pa": row["prediction"], "pb": 1} for row in make_rows(200)]
    options = ["--label", "a", "--label", "b", "--prediction", "pa", "--prediction", "pb"]
    code, report = compare(sets, [dict(row) for row in sets], *options)
    assert "compare: f1_samples" in report["error"]
    assert verdicts(report, "f1_samples") == {"": "equivalent"}


def test_tolerance_is_what_follows_the_last_colon(compare: Compare) -> None:
    rows = changed(make_rows(200), lambda row: {"query": row["id"] // 8})
    _, report = compare(rows, make_and_query(seed=2), "--metric", "ndcg@5:0.02", "--query", "query")
    found = next(o for o in report["outcomes"] if o["check"] == "metric_change")["evidence"]
    assert (found["metric"], found["tolerance"]) == ("ndcg@5", 0.02)
    numbers = changed(make_rows(200), lambda row: {"prediction": row["score"]})
    _, report = compare(numbers, changed(numbers, lambda row: {"prediction": row["label"]}), "--metric", "mae:2%")
    found = next(o for o in report["outcomes"] if o["check"] == "metric_change")["evidence"]
    assert found["tolerance"] == pytest.approx(0.02 * found["baseline"])


def make_and_query(*, seed: int) -> Rows:
    return changed(make_rows(200, seed=seed), lambda row: {"query": row["id"] // 8})


def test_function_of_the_user_needs_its_direction(compare: Compare, tmp_path: Path) -> None:
    (tmp_path / "own_metrics.py").write_text(
        "def cost(rows):\n    return float((rows['label'] != rows['prediction']).mean())\n", encoding="utf-8"
    )
    before, after = make_rows(300, wrong=0.1), make_rows(300, wrong=0.4)
    code, said = compare(before, after, "--metric", "own_metrics:cost:0.02")
    assert code == 2
    assert "--lower-is-better own_metrics:cost" in said["error"]
    options = ["--metric", "own_metrics:cost:0.02", "--lower-is-better", "own_metrics:cost"]
    code, report = compare(before, after, *options)
    assert code == 1
    assert verdicts(report, "own_metrics:cost") == {"": "regression"}
    code, report = compare(before, after, "--metric", "nowhere:cost", "--lower-is-better", "nowhere:cost")
    assert code == 3
    assert "cannot be imported" in messages(report, "error")


def test_groups_weights_and_seed_are_passed_on(compare: Compare) -> None:
    before, after = make_rows(800), make_rows(800, seed=2)
    alone = compare(before, after, "--metric", "f1_macro")[1]
    again = compare(before, after, "--metric", "f1_macro")[1]
    other = compare(before, after, "--metric", "f1_macro", "--seed", "7", "--resamples", "400")[1]
    intervals = [
        next(o["evidence"] for o in report["outcomes"] if o["check"] == "metric_change")
        for report in (alone, again, other)
    ]
    assert intervals[0] == intervals[1]
    assert intervals[0]["low"] != intervals[2]["low"]
    assert intervals[2]["seed"] == 7
    grouped = compare(before, after, "--metric", "accuracy", "--group", "patient", "--weight", "weight")[1]
    plain = compare(before, after, "--metric", "accuracy")[1]
    methods = [
        next(o["evidence"]["method"] for o in report["outcomes"] if o["check"] == "metric_change")
        for report in (grouped, plain)
    ]
    assert methods[0] != methods[1] == "tango-score"


def test_order_of_rows_and_shards_change_nothing(compare: Compare, write: Callable[[Rows, str], str]) -> None:
    before, after = make_rows(600), make_rows(600, seed=2)
    options = ["--metric", "accuracy", "--metric", "f1_macro", "--slice", "sex"]
    whole = compare(before, after, *options)[1]["outcomes"]
    shuffled = after[:]
    random.Random(3).shuffle(shuffled)
    assert compare(before, shuffled, *options)[1]["outcomes"] == whole
    for shard in range(4):
        write(shuffled[shard::4], f"shards/part-{shard}.csv")
    assert compare("before.csv", "shards/part-*.csv", *options, "--workers", "3")[1]["outcomes"] == whole


def test_files_of_a_glob_may_be_runs(compare: Compare, write: Callable[[Rows, str], str]) -> None:
    for side, seeds in (("old", (1, 2, 3)), ("new", (4, 5, 6))):
        for seed in seeds:
            write(make_rows(400, seed=seed), f"{side}/seed-{seed}.csv")
    code, report = compare("old/seed-*.csv", "new/seed-*.csv", "--runs", "--metric", "accuracy:0.05")
    assert code == 0
    assert verdicts(report).keys() == {""}
    code, report = compare("old/seed-*.csv", "new/seed-*.csv", "--metric", "accuracy:0.05")
    assert code == 3, "as shards of one file the ids repeat"


def test_output_folder_gets_all_files_and_text_is_printed(
    write: Callable[[Rows, str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(make_rows(), "a.csv")
    write(make_rows(seed=2), "b.csv")
    assert run_command(cli, ["compare", "a.csv", "b.csv", "--metric", "accuracy", "--output", "out"]) == 0
    assert "accuracy of model" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.json",
        "report.md",
        "report.html",
        "junit.xml",
    }
    strict_json((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fmt", ["text", "markdown", "junit", "sarif", "github"])
def test_every_format(fmt: str, write: Callable[[Rows, str], str], capsys: pytest.CaptureFixture[str]) -> None:
    write(make_rows(), "a.csv")
    write(make_rows(seed=2, wrong=0.6), "b.csv")
    assert run_command(cli, ["compare", "a.csv", "b.csv", "--metric", "accuracy", "--format", fmt]) == 1
    assert "accuracy" in capsys.readouterr().out


def test_strict_and_inconclusive_decide_what_blocks(compare: Compare, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = make_rows(60), make_rows(60, seed=2)
    assert compare(before, after, "--metric", "accuracy:0.01")[0] == 0
    assert compare(before, after, "--metric", "accuracy:0.01", "--inconclusive", "fail")[0] == 1
    assert run_command(cli, ["compare", "before.csv", "after.csv", "--metric", "accuracy:0.01", "--strict"]) == 1


def test_options_come_from_the_environment(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_METRIC", "accuracy:0.02 f1:0.03")
    monkeypatch.setenv("MLGATE_POSITIVE", "1")
    monkeypatch.setenv("MLGATE_SLICE", "sex")
    _, report = compare(make_rows(), make_rows(seed=2))
    assert set(verdicts(report)) == set(verdicts(report, "f1")) == {"", "sex=F", "sex=M"}


# An evaluation of mlgate.yaml, and references

PROJECT = """\
version: 1
evaluations:
  readmission:
    predictions: after.csv
    columns: {prediction: prediction}
    positive: 1
    baseline: file:before.csv
    metrics:
      accuracy: {tolerance: 0.02, min: 0.7}
    slices: [sex]
accepted:
  - {id: model/readmission/accuracy/min, reason: known, until: 2999-01-01}
"""


def test_declaration_of_an_evaluation_is_taken_and_changed_by_options(compare: Compare, tmp_path: Path) -> None:
    (tmp_path / "mlgate.yaml").write_text(PROJECT, encoding="utf-8")
    before, after = make_rows(), make_rows(seed=2, wrong=0.35)
    _, report = compare(before, after, "--evaluation", "readmission")
    ids = {outcome["id"]: outcome["status"] for outcome in report["outcomes"]}
    assert ids["model/readmission/accuracy/min"] == "warn", "accepted"
    assert set(verdicts(report)) == {"", "sex=F", "sex=M"}
    _, report = compare(before, after, "--evaluation", "readmission", "--metric", "f1:0.1", "--slice", "patient")
    assert verdicts(report) == {}
    assert set(verdicts(report, "f1")) >= {""}
    code, said = compare(before, after, "--evaluation", "readmision")
    assert code == 2
    assert "did you mean 'readmission'" in said["error"]
    code, said = compare(before, after, "--config", "mlgate.yaml")
    assert code == 2
    assert "--evaluation" in said["error"]


def test_baseline_of_a_revision_of_git(compare: Compare, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    compare(make_rows(wrong=0.1), make_rows(wrong=0.1))
    git("init", "-q")
    git("add", "after.csv")
    git("commit", "-qm", "first")
    code, report = compare("git:HEAD", make_rows(seed=2, wrong=0.4), "--metric", "accuracy:0.01")
    assert code == 1
    assert report["provenance"]["baselines"][0]["found"].startswith("git revision HEAD")
    code, report = compare("git:HEAD:absent.csv", "after.csv", "--metric", "accuracy")
    assert code == 3
    assert "absent.csv is not in revision HEAD" in messages(report, "error")
    for reference, words in (("git:HEAD:../x", "'..'"), ("mlflow:models:/m@best", "--evaluation"), ("file:", "file:")):
        code, said = compare(reference, "after.csv", "--metric", "accuracy")
        assert code == 2
        assert words in said["error"]


# Metrics files: values without rows


def write_values(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


@pytest.fixture
def values(tmp_path: Path) -> Callable[[str, str], tuple[str, str]]:
    """Two metrics files of these texts."""

    def write_both(before: str, after: str) -> tuple[str, str]:
        return write_values(tmp_path, "before.json", before), write_values(tmp_path, "after.json", after)

    return write_both


def test_metrics_files_are_compared_without_interval(
    compare: Compare, write: Any, values: Callable[[str, str], tuple[str, str]]
) -> None:
    sides = values('{"test": {"accuracy": 0.91, "f1": 0.8}, "epoch": 3}', '{"test": {"accuracy": 0.88, "f1": 0.81}}')
    code, report = compare(*sides)
    assert code == 1
    assert "compare: accuracy, f1, as the metrics file names them" in report["error"]
    found = {o["evidence"]["metric"]: o for o in report["outcomes"] if o["check"] == "metric_change"}
    assert found["accuracy"]["status"] == "fail"
    assert found["accuracy"]["evidence"]["delta"] == pytest.approx(-0.03)
    assert found["accuracy"]["evidence"]["low"] is None
    assert "no interval" in found["accuracy"]["message"]
    assert compare(*sides, "--metric", "accuracy:0.05")[0] == 0
    assert compare(*sides, "--metric", "roc_auc:0.05")[0] == 3


def test_metrics_files_of_two_formats_and_a_revision(compare: Compare, write: Any, tmp_path: Path) -> None:
    after = write_values(tmp_path, "metrics.yaml", "accuracy: 0.93\nmodel_size_bytes: 1000\n")
    before = write_values(tmp_path, "old.json", '{"accuracy": 0.92, "model_size_bytes": 2000}')
    code, report = compare(before, after, "--metric", "accuracy:0.01", "--metric", "model_size_bytes:10%")
    assert code == 0
    assert set(verdicts(report, "model_size_bytes")) == {""}
    for command in (["init", "-q"], ["add", "metrics.yaml"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    write_values(tmp_path, "metrics.yaml", "accuracy: 0.5\n")
    code, report = compare("git:HEAD", after, "--metric", "accuracy:0.01")
    assert code == 1
    assert report["provenance"]["baselines"][0]["found"].startswith("git revision HEAD")


BAD_VALUES: dict[str, tuple[tuple[str, str], Sequence[str], int, str]] = {
    "nan": (('{"accuracy": 0.9}', '{"accuracy": NaN}'), ["--metric", "accuracy"], 3, "finite"),
    "null": (('{"accuracy": null}', '{"accuracy": 0.9}'), ["--metric", "accuracy"], 3, "finite"),
    "percent": (('{"accuracy": 0.9}', '{"accuracy": 92}'), ["--metric", "accuracy"], 3, "0.92"),
    "unknown": (('{"loss": 0.9}', '{"loss": 0.9}'), [], 3, "none that is known"),
    "broken": (("{", '{"accuracy": 0.9}'), [], 3, "not JSON"),
    "slice": (('{"accuracy": 0.9}', '{"accuracy": 0.9}'), ["--slice", "sex"], 2, "no slices"),
    "column": (('{"accuracy": 0.9}', '{"accuracy": 0.9}'), ["--label", "y"], 2, "no slices"),
    "runs": (('{"accuracy": 0.9}', '{"accuracy": 0.9}'), ["--runs"], 2, "runs"),
}


@pytest.mark.parametrize("case", BAD_VALUES)
def test_metrics_files_that_cannot_be_compared(
    case: str, compare: Compare, write: Any, values: Callable[[str, str], tuple[str, str]]
) -> None:
    texts, options, expected, words = BAD_VALUES[case]
    code, report = compare(*values(*texts), *options)
    assert code == expected
    assert words in (report["error"] if code == 2 else messages(report, "error"))


def test_a_row_is_no_metrics_file(compare: Compare, write: Any, values: Callable[[str, str], tuple[str, str]]) -> None:
    """JSON lines of one row are rows, also where the file is called .json."""
    row = '{"id": 1, "label": 1, "prediction": 1}'
    code, report = compare(*values(row, row), "--metric", "accuracy")
    assert code == 0
    assert verdicts(report) == {"": "equivalent"}


def test_a_file_of_rows_against_a_metrics_file_is_an_error(compare: Compare, write: Any, tmp_path: Path) -> None:
    write_values(tmp_path, "before.json", '{"accuracy": 0.9}')
    assert compare("before.json", make_rows(40), "--metric", "accuracy")[0] == 3
    assert compare("after.csv", "before.json", "--metric", "accuracy")[0] == 3


# Bad input: a clear outcome each, never a number that is not finite (checked in `compare`)


def one_class(rows: Rows) -> Rows:
    return changed(rows, lambda _row: {"label": 1})


BOTH = ["--metric", "accuracy:0.01", "--metric", "roc_auc:0.01", "--positive", "1"]
BAD: dict[str, tuple[Callable[[Rows], Rows], Callable[[Rows], Rows], Sequence[str], int, str]] = {
    "labels of one class": (one_class, one_class, BOTH, 3, "class"),
    "n = 1": (lambda rows: rows[1:2], lambda rows: rows[1:2], BOTH, 3, "roc_auc"),
    "nan in the scores": (
        list,
        lambda rows: changed(rows, lambda r: {"score": "nan"} if r["id"] == 7 else {}),
        BOTH,
        3,
        "finite",
    ),
    "infinite score": (
        list,
        lambda rows: changed(rows, lambda r: {"score": "inf"} if r["id"] == 7 else {}),
        BOTH,
        3,
        "finite",
    ),
    "text in the scores": (
        list,
        lambda rows: changed(rows, lambda r: {"score": "high"} if r["id"] == 7 else {}),
        BOTH,
        3,
        "number",
    ),
    "label missing": (
        list,
        lambda rows: changed(rows, lambda r: {"label": ""} if r["id"] == 7 else {}),
        BOTH,
        3,
        "missing",
    ),
    "id twice": (list, lambda rows: [*rows, rows[0]], BOTH, 3, "repeats"),
    "other ids": (list, lambda rows: changed(rows, lambda r: {"id": f"x{r['id']}"}), BOTH, 3, "0.00%"),
    "ids with leading zeros": (
        list,
        lambda rows: changed(rows, lambda r: {"id": f"{r['id']:06}"}),
        BOTH,
        3,
        "of the ids",
    ),
    "labels that disagree": (
        list,
        lambda rows: changed(rows, lambda r: {"label": 1 - r["label"]} if r["id"] < 9 else {}),
        BOTH,
        3,
        "another label",
    ),
    "label names against numbers": (
        list,
        lambda rows: changed(rows, lambda r: {"prediction": ["no", "yes"][r["label"]]}),
        BOTH,
        3,
        "label",
    ),
    "slice that vanished": (
        list,
        lambda rows: changed(rows, lambda _r: {"sex": "F"}),
        [*BOTH, "--slice", "sex"],
        3,
        "vanished",
    ),
    "column absent": (list, list, [*BOTH, "--slice", "sexx"], 3, "sexx"),
    "negative weight": (
        list,
        lambda rows: changed(rows, lambda r: {"weight": -1} if r["id"] == 7 else {}),
        [*BOTH, "--weight", "weight"],
        3,
        "weight",
    ),
    "weights all zero": (
        lambda rows: changed(rows, lambda _r: {"weight": 0}),
        lambda rows: changed(rows, lambda _r: {"weight": 0}),
        [*BOTH, "--weight", "weight"],
        3,
        "weight",
    ),
    "positive class that no label is": (list, list, [*BOTH[:4], "--positive", "yes"], 3, "yes"),
    "ten thousand slice values": (
        lambda rows: [{**row, "id": n, "label": n % 2, "zip": n} for n in range(10_000) for row in [rows[n % 400]]],
        lambda rows: [{**row, "id": n, "label": n % 2, "zip": n} for n in range(10_000) for row in [rows[n % 400]]],
        ["--metric", "accuracy", "--slice", "zip"],
        3,
        "10,000 distinct",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_judged_is_an_error_that_says_why(case: str, compare: Compare) -> None:
    before, after, options, expected, words = BAD[case]
    code, report = compare(before(make_rows()), after(make_rows()), *options)
    assert code == expected
    assert words in messages(report, "error")


def test_scores_that_say_nothing_are_no_pass_by_division(compare: Compare) -> None:
    """Constant scores, or ties everywhere: an area of 0.5 without variance."""
    rows = make_rows()
    for score in (lambda _row: {"score": 0.5}, lambda row: {"score": row["id"] // 2 % 2}):
        constant = changed(rows, score)
        code, report = compare(rows, constant, "--metric", "roc_auc:0.01", "--positive", "1")
        assert code == 1
        assert verdicts(report, "roc_auc") == {"": "regression"}
        code, report = compare(constant, [dict(row) for row in constant], "--metric", "roc_auc:0.01", "--positive", "1")
        assert code == 0
        assert verdicts(report, "roc_auc") == {"": "equivalent"}
        found = next(o["evidence"] for o in report["outcomes"] if o["check"] == "metric_change")
        assert found["low"] < 0 < found["high"]


def test_slices_that_are_too_small_or_of_one_class_are_not_evaluable(compare: Compare) -> None:
    def place(row: dict[str, Any]) -> dict[str, Any]:
        return {"ward": "tiny" if row["id"] < 3 else "sick" if row["label"] else "well"}

    before, after = changed(make_rows(), place), changed(make_rows(seed=2), place)
    code, report = compare(before, after, *BOTH[:4], "--positive", "1", "--slice", "ward")
    assert code == 0
    areas = verdicts(report, "roc_auc")
    assert {areas[f"ward={ward}"] for ward in ("tiny", "sick", "well")} == {"inconclusive"}
    assert "not evaluable" in messages(report, "warn")
    assert verdicts(report)["ward=tiny"] == "inconclusive"


def test_groups_of_one_row_are_rows(compare: Compare) -> None:
    before, after = make_rows(800), make_rows(800, seed=2)
    alone = changed(before, lambda row: {"patient": row["id"]})
    code, report = compare(
        alone, changed(after, lambda row: {"patient": row["id"]}), "--metric", "accuracy", "--group", "patient"
    )
    assert code == 0
    grouped = next(o["evidence"] for o in report["outcomes"] if o["check"] == "metric_change")
    plain = next(
        o["evidence"]
        for o in compare(before, after, "--metric", "accuracy")[1]["outcomes"]
        if o["check"] == "metric_change"
    )
    assert grouped["high"] - grouped["low"] == pytest.approx(plain["high"] - plain["low"], rel=0.1)


def test_category_names_of_every_kind_stay_apart_and_readable(
    compare: Compare, write: Callable[[Rows, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["a,b", 'say "no"', "Köln | Bonn", "two\nlines", "<script>alert(1)</script>", "::error::x", "日本", "  "]

    def place(row: dict[str, Any]) -> dict[str, Any]:
        return {"city": names[row["id"] // 2 % len(names)]}

    before, after = changed(make_rows(960), place), changed(make_rows(960, seed=2), place)
    code, report = compare(before, after, "--metric", "accuracy:0.2", "--slice", "city")
    assert code == 0
    assert set(verdicts(report)) == {"", *(f"city={name}" for name in names)}
    assert len({outcome["id"] for outcome in report["outcomes"]}) == len(report["outcomes"])
    for fmt in ("text", "markdown", "github", "junit"):
        run_command(
            cli, ["compare", "before.csv", "after.csv", "--metric", "accuracy:0.2", "--slice", "city", "--format", fmt]
        )
        said = capsys.readouterr().out
        assert "<script>" not in said or fmt == "text"
        assert "\n::error::x" not in said


def test_ids_of_two_types_are_paired_by_their_text(compare: Compare, write: Callable[[Rows, str], str]) -> None:
    rows = make_rows()
    write(rows, "before.csv")
    write(changed(rows, lambda row: {"id": str(row["id"])}), "after.jsonl")
    code, report = compare("before.csv", "after.jsonl", "--metric", "accuracy")
    assert code == 0
    assert verdicts(report) == {"": "equivalent"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("id,label,prediction\n", "zero rows"),
        ("id,label,prediction\n1,0\n", "cannot be parsed"),
        ("\x00\x01\x02", ""),
        ("id,label,label\n1,0,0\n", ""),
    ],
)
@pytest.mark.parametrize("side", ["baseline", "candidate"])
def test_files_that_hold_nothing_to_judge(
    text: str, words: str, side: str, compare: Compare, tmp_path: Path, write: Callable[[Rows, str], str]
) -> None:
    good, bad = write(make_rows(40), "good.csv"), "bad.csv"
    (tmp_path / bad).write_text(text, encoding="utf-8")
    sides = (bad, good) if side == "baseline" else (good, bad)
    code, report = compare(*sides, "--metric", "accuracy")
    assert code == 3
    assert words in messages(report, "error")


def test_absent_files_are_both_named(compare: Compare) -> None:
    code, report = compare("no-before.csv", "no-after.parquet", "--metric", "accuracy")
    assert code == 3
    assert "no-before.csv does not exist" in messages(report, "error")
    assert "no-after.parquet does not exist" in messages(report, "error")
    assert compare("no-before.csv", "none-*.csv", "--metric", "accuracy")[0] == 3


def test_absent_column_names_the_option_and_the_columns_there_are(compare: Compare) -> None:
    rows = [{"key": row["id"], "label": row["label"], "prediction": row["prediction"]} for row in make_rows(40)]
    code, report = compare(rows, [dict(row) for row in rows], "--metric", "accuracy")
    assert code == 3
    assert "column 'id' is absent from the candidate's predictions" in messages(report, "error")
    assert "--id" in messages(report, "error")
    assert "key, label, prediction" in messages(report, "error")
    code, report = compare(rows, make_rows(40), "--metric", "accuracy")
    assert "column 'id' is absent from the baseline's predictions" in messages(report, "error")


USAGE: dict[str, tuple[Sequence[str], str]] = {
    "unknown metric": (["--metric", "acuracy"], "did you mean 'accuracy'"),
    "unknown metric with a tolerance": (["--metric", "rocauc:0.01"], "did you mean 'roc_auc'"),
    "parameter that is none": (["--metric", "accuracy@3"], "did you mean 'accuracy'"),
    "negative tolerance": (["--metric", "accuracy:-0.01"], "at least 0"),
    "tolerance nan": (["--metric", "accuracy:nan"], "at least 0"),
    "tolerance infinite": (["--metric", "mae:inf"], "at least 0"),
    "tolerance in points": (["--metric", "accuracy:2"], "2 points are 0.02"),
    "share of nothing": (["--metric", "mae:0%"], "above 0 %"),
    "share of all": (["--metric", "mae:100%"], "below 100 %"),
    "metric twice": (["--metric", "accuracy", "--metric", "accuracy:0.1"], "twice"),
    "slice twice": (["--metric", "accuracy", "--slice", "sex", "--slice", "sex"], "twice"),
    "no positive class": (["--metric", "roc_auc"], "--positive"),
    "label sets that are none": (["--metric", "f1_samples"], "--label"),
    "one column in two roles": (["--metric", "accuracy", "--prediction", "label"], "both label and prediction"),
    "resamples too few": (["--metric", "f1_macro", "--resamples", "20"], "200"),
    "negative seed": (["--seed", "-1"], "seed"),
    "no workers": (["--workers", "0"], "workers"),
    "direction of a known metric": (["--metric", "accuracy", "--lower-is-better", "accuracy"], "direction"),
    "direction of nothing": (["--metric", "accuracy", "--lower-is-better", "m:cost"], "--metric m:cost"),
    "both directions": (["--metric", "m:f", "--lower-is-better", "m:f", "--higher-is-better", "m:f"], "both ways"),
    "metric of a metrics file": (["--metric", "model_size_bytes"], "metrics file"),
    "unknown role": (["--column", "wieght=w"], "low, high"),
    "scores without classes": (["--score", "a", "--score", "b"], "CLASS=COLUMN"),
    "unknown format": (["--format", "pdf"], "pdf"),
    "unknown device": (["--device", "tpu"], "tpu"),
    "inconclusive maybe": (["--inconclusive", "maybe"], "maybe"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_2_before_anything_is_read(case: str, compare: Compare) -> None:
    options, words = USAGE[case]
    code, said = compare("never-read.csv", "never-read-either.csv", *options)
    assert code == 2
    assert words in said["error"]


def test_one_file_on_both_sides_is_refused(compare: Compare, tmp_path: Path) -> None:
    compare(make_rows(40), make_rows(40))
    (tmp_path / "link.csv").symlink_to("after.csv")
    for baseline, candidate in (
        ("after.csv", "after.csv"),
        ("after.csv", "./after.csv"),
        ("after.csv", "link.csv"),
        ("file:after.csv", "after.csv"),
        ("*.csv", "after.csv"),
        ("a*.csv", "*r.csv"),
        ("git:main:after.csv", "git:main:after.csv"),
    ):
        code, said = compare(baseline, candidate)
        assert code == 2
        assert "one file" in said["error"]


def test_links_of_dvc_to_one_object_of_its_cache_are_two_outputs(compare: Compare, tmp_path: Path) -> None:
    """The model did not change, so DVC keeps both files once."""
    compare(make_rows(80), make_rows(80))
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "object").write_bytes((tmp_path / "after.csv").read_bytes())
    digest = hashlib.md5((tmp_path / "object").read_bytes()).hexdigest()  # noqa: S324  # DVC's own
    for name in ("old.csv", "new.csv"):
        (tmp_path / name).symlink_to("object")
        (tmp_path / f"{name}.dvc").write_text(
            f"outs:\n- md5: {digest}\n  hash: md5\n  path: {name}\n", encoding="utf-8"
        )
    code, report = compare("old.csv", "new.csv", "--metric", "accuracy")
    assert code == 0
    assert verdicts(report) == {"": "equivalent"}
    (tmp_path / "old.csv.dvc").write_text("outs:\n- md5: 0\n  path: old.csv\n", encoding="utf-8")
    assert compare("old.csv", "new.csv", "--metric", "accuracy")[0] == 2


def test_folder_that_cannot_be_written_is_refused_first(compare: Compare, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, said = compare("a.csv", "b.csv", "--output", "file/out")
    assert code == 2
    assert "--output" in said["error"]


def test_no_figure_is_ever_other_than_finite(compare: Compare) -> None:
    """The report of the worst file there is: everything tied, one class in a slice, rows of one side alone."""
    rows = changed(make_rows(240), lambda row: {"score": 0.5, "prediction": 0, "sex": row["label"]})
    _, report = compare(rows, rows[1:], *BOTH, "--slice", "sex", "--slice", "patient")
    numbers = [
        value for outcome in report["outcomes"] for value in outcome["evidence"].values() if isinstance(value, float)
    ]
    assert numbers
    assert all(map(math.isfinite, numbers))
