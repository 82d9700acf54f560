"""`mlgate power` from the command line."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command

Power = Callable[..., tuple[int, str]]


@pytest.fixture
def power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Power:
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> tuple[int, str]:
        code = run_command(cli, ["power", *options])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert "unexpected" not in said.err
        return code, said.err if code else said.out

    return run


def answers(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    return document


def write_pilot(folder: Path, *, change: float, n_rows: int = 500) -> None:
    rng = random.Random(5)
    rows = [
        {"id": n, "label": n % 2, "prediction": n % 2, "score": round(n % 2 + rng.gauss(0, 1), 6), "patient": n // 5}
        for n in range(n_rows)
    ]
    for name in ("before.csv", "after.csv"):
        with (folder / name).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        for row in rows:
            if rng.random() < change:
                row |= {"prediction": 1 - row["prediction"], "score": round(row["score"] + rng.gauss(0, 1), 6)}


def test_range_of_disagreements_where_none_is_given(power: Power) -> None:
    code, text = power("--metric", "accuracy", "--tolerance", "0.01")
    assert code == 0
    for rows in ("1,237", "3,710", "6,183", "12,366"):
        assert rows in text
    assert "--pilot" in text
    assert "drop 0.02" in text


def test_one_disagreement_as_json(power: Power) -> None:
    options = ["--disagreement", "0.06", "--drop", "0.03", "--comparisons", "20", "--format", "json"]
    code, text = power("--metric", "accuracy", "--tolerance", "0.01", *options)
    found = answers(text)
    assert code == 0
    assert found["answers"] == [{"disagreement": 0.06, "to_pass": 3710, "to_detect": 1988}]
    assert (found["comparisons"], found["alpha"], found["power"]) == (20, 0.05, 0.8)


def test_default_tolerance_is_the_one_of_the_metric(power: Power) -> None:
    found = answers(power("--metric", "accuracy", "--disagreement", "0.06", "--format", "json")[1])
    assert (found["tolerance"], found["drop"]) == (0.005, 0.01)
    assert found["answers"][0]["to_pass"] == 14839


def test_area_needs_its_value_and_the_share_of_positives(power: Power) -> None:
    code, text = power("--metric", "roc_auc", "--tolerance", "0.01")
    assert code == 2
    assert "--baseline-value" in text
    options = ["--baseline-value", "0.8", "--positive-fraction", "0.3"]
    found = answers(power("--metric", "roc_auc", "--tolerance", "0.01", *options, "--format", "json")[1])
    assert [answer["correlation"] for answer in found["answers"]] == [0.95, 0.9, 0.8, 0.5]
    assert found["assumed"] == {"baseline_value": 0.8, "positive_fraction": 0.3}
    rows = [answer["to_pass"] for answer in found["answers"]]
    assert rows == sorted(rows)
    one = answers(power("--metric", "roc_auc", *options, "--correlation", "0.9", "--format", "json")[1])
    assert one["answers"] == [found["answers"][1]]


def test_mean_needs_a_standard_deviation_and_a_share_the_value(power: Power) -> None:
    assert "--sd" in power("--metric", "mae", "--tolerance", "0.1")[1]
    assert "--baseline-value" in power("--metric", "mae", "--sd", "1")[1]
    code, text = power("--metric", "mae", "--sd", "1", "--tolerance", "5%", "--baseline-value", "2")
    assert code == 0
    assert "619" in text
    code, text = power("--metric", "ndcg@10", "--sd", "0.2", "--tolerance", "0.01")
    assert code == 0
    assert "queries to pass" in text


def test_groups_are_said(power: Power) -> None:
    options = ["--disagreement", "0.1", "--group-size", "10", "--icc", "0.3"]
    code, text = power("--metric", "accuracy", "--tolerance", "0.02", *options)
    assert code == 0
    assert "1 / 3.7" in text


def test_tolerance_0_can_never_be_shown_to_hold(power: Power) -> None:
    options = ["--disagreement", "0.1", "--drop", "0.02"]
    assert "never" in power("--metric", "accuracy", "--tolerance", "0", *options)[1]
    found = answers(power("--metric", "accuracy", "--tolerance", "0", *options, "--format", "json")[1])
    assert found["answers"][0]["to_pass"] is None
    assert found["answers"][0]["to_detect"] > 0


def test_pilot_measures_the_disagreement(power: Power, tmp_path: Path) -> None:
    write_pilot(tmp_path, change=0.08)
    options = ["--pilot", "before.csv", "after.csv", "--tolerance", "0.01", "--format", "json"]
    found = answers(power("--metric", "accuracy", *options)[1])
    low, middle, high = (answer["disagreement"] for answer in found["answers"])
    assert low < middle < high
    assert middle == pytest.approx(0.08, abs=0.03)
    assert [answer["to_pass"] for answer in found["answers"]] == pytest.approx(
        [6.1826 * share / 0.01**2 for share in (low, middle, high)], abs=1
    )


@pytest.mark.parametrize("metric", ["roc_auc", "f1", "average_precision"])
def test_pilot_measures_any_metric(metric: str, power: Power, tmp_path: Path) -> None:
    write_pilot(tmp_path, change=0.3)
    options = ["--pilot", "before.csv", "after.csv", "--positive", "1", "--tolerance", "0.02", "--format", "json"]
    code, text = power("--metric", metric, *options)
    assert code == 0
    found = answers(text)
    sd = found["answers"][0]["sd"]
    assert found["answers"][0]["to_pass"] == pytest.approx(6.1826 * sd**2 / 0.02**2, abs=1)
    assert 0 < found["assumed"]["baseline_value"] <= 1


def test_pilot_of_groups_needs_more_rows(power: Power, tmp_path: Path) -> None:
    write_pilot(tmp_path, change=0.3)
    options = ["--metric", "accuracy", "--pilot", "before.csv", "after.csv", "--group", "patient", "--format", "json"]
    code, text = power(*options)
    assert code == 0
    assert answers(text)["answers"]


def test_pilot_that_cannot_be_judged_is_3(power: Power, tmp_path: Path) -> None:
    write_pilot(tmp_path, change=0.1, n_rows=20)
    code, text = power("--metric", "accuracy", "--pilot", "before.csv", "absent.csv")
    assert code == 3
    assert "absent.csv does not exist" in text
    assert power("--metric", "roc_auc", "--positive", "1", "--pilot", "before.csv", "after.csv")[0] == 3


USAGE: dict[str, tuple[Sequence[str], str]] = {
    "no metric": ([], "--metric"),
    "unknown metric": (["--metric", "acuracy"], "did you mean 'accuracy'"),
    "tolerance beside the metric": (["--metric", "accuracy:0.01"], "--tolerance"),
    "metric that no number describes": (["--metric", "f1"], "--pilot"),
    "negative tolerance": (["--metric", "accuracy", "--tolerance", "-0.1"], "at least 0"),
    "tolerance nan": (["--metric", "accuracy", "--tolerance", "nan"], "at least 0"),
    "tolerance in words": (["--metric", "accuracy", "--tolerance", "small"], "is small"),
    "tolerance in points": (["--metric", "accuracy", "--tolerance", "2"], "2 points are 0.02"),
    "tolerance 0 without a drop": (["--metric", "accuracy", "--tolerance", "0"], "--drop"),
    "drop inside the tolerance": (["--metric", "accuracy", "--tolerance", "0.02", "--drop", "0.01"], "not beyond"),
    "drop nan": (["--metric", "accuracy", "--drop", "nan"], "not beyond"),
    "drop above the disagreement": (
        ["--metric", "accuracy", "--tolerance", "0.01", "--disagreement", "0.01"],
        "at least as much",
    ),
    "disagreement nan": (["--metric", "accuracy", "--disagreement", "nan"], "at least as much"),
    "disagreement above 1": (["--metric", "accuracy", "--disagreement", "2"], "between 0 and 1"),
    "disagreement of a mean": (["--metric", "mae", "--sd", "1", "--disagreement", "0.1"], "--disagreement"),
    "sd of a share": (["--metric", "accuracy", "--sd", "1"], "--sd"),
    "negative sd": (["--metric", "mae", "--sd", "-1", "--tolerance", "0.1"], "standard deviation"),
    "alpha nan": (["--metric", "accuracy", "--alpha", "nan"], "alpha"),
    "power of 1": (["--metric", "accuracy", "--power", "1"], "power"),
    "no comparison": (["--metric", "accuracy", "--comparisons", "0"], "comparisons"),
    "icc alone": (["--metric", "accuracy", "--icc", "0.1"], "--group-size"),
    "icc beside a pilot": (
        ["--metric", "accuracy", "--pilot", "a", "b", "--icc", "0.1", "--group-size", "3"],
        "--group",
    ),
    "disagreement beside a pilot": (["--metric", "accuracy", "--pilot", "a", "b", "--disagreement", "0.1"], "measured"),
    "columns without a pilot": (["--metric", "accuracy", "--label", "y"], "--pilot"),
    "format of a report": (["--metric", "accuracy", "--format", "junit"], "junit"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_2(case: str, power: Power) -> None:
    options, words = USAGE[case]
    code, text = power(*options)
    assert code == 2
    assert words in text


def test_options_come_from_the_environment(power: Power, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_METRIC", "accuracy")
    monkeypatch.setenv("MLGATE_TOLERANCE", "0.01")
    monkeypatch.setenv("MLGATE_DISAGREEMENT", "0.06")
    assert "3,710" in power()[1]
