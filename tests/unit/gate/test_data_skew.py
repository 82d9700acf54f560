"""`mlgate data skew`, and `skew:` and `refreshed:` of mlgate.yaml: options, exit codes, bad input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[2] / "cases" / "skew"
HEAD = "id,x,city\n"
TRAIN = HEAD + "".join(f"{place},{place * 1.5},{'Linz' if place % 2 else 'Graz'}\n" for place in range(20))


@pytest.fixture
def skewed(place: Any) -> Any:
    place.write("train.csv", TRAIN)
    place.write("logs.csv", TRAIN.replace("Linz", "LINZ"))
    place.write("equal.csv", TRAIN)
    return place


def outcomes(ran: Any) -> dict[str, dict[str, Any]]:
    return {item["id"].removeprefix("data/skew/training..serving/"): item for item in json.loads(ran.out)["outcomes"]}


def test_what_differs_is_a_failure(skewed: Any) -> None:
    ran = skewed.mlgate("data", "skew", "train.csv", "logs.csv", "--key", "id", "--no-distribution", "--format", "json")
    assert ran.code == 1
    found = outcomes(ran)
    assert {name: item["status"] for name, item in found.items()} == {
        "skew_columns": "pass", "skew_types": "pass", "skew_join": "pass", "city/skew_values": "fail", "x/skew_values": "pass",
    }  # fmt: skip
    assert found["city/skew_values"]["message"] == (
        "10 of 20 joined rows differ (50.0 %): letters are of the other case in all 10"
    )
    assert found["city/skew_values"]["location"] == {"path": "logs.csv", "line": None}
    assert "LINZ" not in ran.out
    shown = skewed.mlgate(
        "data", "skew", "train.csv", "logs.csv", "--key", "id", "--no-distribution", "--privacy", "full"
    )
    assert "training: Linz, serving: LINZ" in shown.out


def test_options(skewed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    common = ["data", "skew", "train.csv", "logs.csv", "--no-distribution"]
    assert skewed.mlgate(*common, "--key", "id", "--ignore", "city").code == 0
    assert skewed.mlgate(*common, "--key", "id", "--columns", "x").code == 0
    assert skewed.mlgate(*common, "--key", "id", "--mostly", "0.5").code == 0
    assert skewed.mlgate("data", "skew", "train.csv", "logs.csv").code == 0  # no key: no rows are compared
    monkeypatch.setenv("MLGATE_KEY", "id")
    monkeypatch.setenv("MLGATE_IGNORE", "city")
    assert "20 rows joined by id" in skewed.mlgate(*common, "--format", "json").out
    skewed.write("logs.csv", TRAIN.replace("3.0,", "3.2,").replace("28.5,", "28.4,"))
    assert skewed.mlgate(*common).code == 1
    assert skewed.mlgate(*common, "--absolute", "0.19").code == 1
    assert skewed.mlgate(*common, "--absolute", "0.2").code == 0  # although 3.2 - 3.0 is a little more in doubles
    assert skewed.mlgate(*common, "--absolute", "x:0.05", "--relative", "x:0.07").code == 0
    for fmt in ("markdown", "junit", "sarif", "github"):
        assert "skew_values" in skewed.mlgate(*common, "--format", fmt).out or fmt == "github"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--absolute", "much"], "--absolute 'much' is no tolerance"),
        (["--relative", "x:-1"], "--relative 'x:-1' is no tolerance"),
        (["--relative", "nan"], "--relative 'nan' is no tolerance"),
        (["--key", "id", "--absolute", "x:1", "--absolute", "x:2"], "it is given twice"),
        (["--absolute", "1"], "rows are compared by a key, and none is named"),
        (["--key", "id", "--ignore", "id"], "'id' is ignored and named"),
        (["--no-distribution"], "no value is compared: no key is named, and distributions are not compared"),
        (["--ignore", "ciyt"], "ciyt is ignored, and neither training nor serving has such a column"),
        (["--ignore", "ciyt"], "did you mean 'city'?"),
        (["--key", "id", "--absolute", "xx:0.1"], "xx has a tolerance, and neither training nor serving has"),
        (["--mostly", "0"], "--mostly"),
        (["--memory-limit", "much"], "much"),
        (["--schema", "nix.yaml"], "nix.yaml"),
    ],
)
def test_wrong_usage_is_2(skewed: Any, arguments: list[str], words: str) -> None:
    ran = skewed.mlgate("data", "skew", "train.csv", "logs.csv", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_what_cannot_be_compared_is_3(skewed: Any) -> None:
    ran = skewed.mlgate("data", "skew", "train.csv", "nix.csv", "--key", "id")
    assert (ran.code, "nix.csv does not exist" in ran.out) == (3, True)
    ran = skewed.mlgate("data", "skew", "nix.csv", "logs.csv", "--key", "id")
    assert ran.code == 3
    ran = skewed.mlgate("data", "skew", "train.csv", "./train.csv", "--key", "id", "--format", "json")
    assert ran.code == 3
    assert outcomes(ran)["readable"]["message"] == (
        "train.csv is in training and in serving: a file compared with itself shows nothing"
    )
    (skewed.root / "link.csv").symlink_to(skewed.root / "train.csv")
    assert skewed.mlgate("data", "skew", "train.csv", "*.csv", "--key", "id").code == 3
    assert skewed.mlgate("data", "skew", "train.csv", "link.csv", "--key", "id").code == 3
    assert skewed.mlgate("data", "skew", "train.csv", "equal.csv", "--key", "id", "--no-distribution").code == 0


def test_a_hand_made_case_from_the_command_line(place: Any) -> None:
    for name in ("training.csv", "serving.csv"):
        shutil.copy(CASES / name, place.root / name)
    key = ["--key", "site", "--key", "request", "--absolute", "amount:0.01", "--format", "json"]
    found = outcomes(place.mlgate("data", "skew", "training.csv", "serving.csv", *key))
    assert [found[f"{name}/skew_values"]["observed"] for name in ("amount", "count", "city", "flag")] == [3, 1, 2, 2]
    assert found["skew_distribution"]["status"] == "warn"  # 12 and 13 rows


YAML = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: s.yaml, environment: training}
  logs: {path: data/logs.csv, schema: s.yaml, environment: serving}
skew:
  - {training: train, serving: logs, key: id, distribution: false}
privacy: {examples: full}
"""
SCHEMA = """\
version: 1
columns:
  id: {type: integer}
  x: {type: number}
  city: {type: string}
  y: {type: boolean, label: true, environments: [training]}
"""


class TestRun:
    @pytest.fixture
    def project(self, place: Any) -> Any:
        place.write("mlgate.yaml", YAML)
        place.write("s.yaml", SCHEMA)
        place.write("data/train.csv", TRAIN.replace("\n", ",true\n").replace("city,true", "city,y"))
        place.write("data/logs.csv", TRAIN.replace("Linz", "LINZ"))
        return place

    def test_the_gate_judges_it(self, project: Any) -> None:
        ran = project.run()
        assert ran.code == 1
        found = {name: status for name, status in ran.statuses().items() if name.startswith("data/skew/")}
        assert found == {
            "data/skew/train..logs/skew_columns": "pass",
            "data/skew/train..logs/skew_types": "pass",
            "data/skew/train..logs/skew_join": "pass",
            "data/skew/train..logs/city/skew_values": "fail",
            "data/skew/train..logs/x/skew_values": "pass",
        }
        outcome = ran.outcome("data/skew/train..logs/city/skew_values")
        assert (outcome["location"], outcome["subject"]) == ({"path": "mlgate.yaml", "line": 6}, "logs.city")
        assert outcome["evidence"]["rows"][0]["value"] == "training: Linz, serving: LINZ"
        assert ran.outcome("data/skew/train..logs/skew_columns")["message"] == (
            "all 2 features are in both; y is a label"
        )

    def test_an_accepted_finding_is_a_warning(self, project: Any) -> None:
        accepted = "accepted: [{id: data/skew/train..logs/city/skew_values, reason: known, until: 2099-01-01}]\n"
        project.write("mlgate.yaml", YAML + accepted)
        assert project.run().code == 0

    def test_a_file_that_is_not_there(self, project: Any) -> None:
        (project.root / "data/logs.csv").unlink()
        ran = project.run()
        assert (ran.code, ran.outcome("data/skew/train..logs/readable")["status"]) == (3, "error")

    def test_a_name_that_no_file_has(self, project: Any) -> None:
        other = "  - {training: train, serving: logs, key: id, ignore: [ciyt], distribution: false}\n"
        text = "".join(other if "training: train" in line else line for line in YAML.splitlines(keepends=True))
        project.write("mlgate.yaml", text)
        ran = project.run()
        outcome = ran.outcome("data/skew/train..logs/readable")
        assert (ran.code, outcome["status"], outcome["location"]["line"]) == (3, "error", 6)
        assert (outcome["message"], outcome["hint"]) == (
            "ciyt is ignored, and neither training nor serving has such a column", "did you mean 'city'?",
        )  # fmt: skip

    def test_one_file_under_two_names(self, project: Any) -> None:
        (project.root / "data/logs.csv").unlink()
        (project.root / "data/logs.csv").symlink_to(project.root / "data/train.csv")
        outcome = project.run().outcome("data/skew/train..logs/readable")
        assert outcome["message"].startswith("logs.csv is in training and in serving")

    def test_the_command_takes_the_schemas_of_the_project(self, project: Any) -> None:
        ran = project.mlgate("data", "skew", "data/train.csv", "data/logs.csv", "--key", "id", "--format", "json")
        found = outcomes(ran)
        assert found["skew_columns"]["status"] == "pass"
        assert "training: Linz, serving: LINZ" in ran.out  # privacy of the project


def git(place: Any, *arguments: str, date: str = "2020-01-01T00:00:00Z") -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(place.root), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        cwd=place.root,
        env={**environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
        check=True,
        capture_output=True,
        timeout=30,
    )


def test_refreshed(place: Any) -> None:
    text = "version: 1\ndatasets:\n  test: {path: t.csv, refreshed: {max_age: 180d}}\n"
    place.write("mlgate.yaml", text)
    place.write("t.csv", TRAIN)
    ran = place.run()
    assert (ran.code, ran.outcome("data/test/refreshed")["status"]) == (3, "error")
    git(place, "init", "-q")
    git(place, "add", ".")
    git(place, "commit", "-qm", "one")
    old = place.run()
    outcome = old.outcome("data/test/refreshed")
    assert (old.code, outcome["status"], outcome["location"]) == (0, "warn", {"path": "mlgate.yaml", "line": 3})
    assert "days old: it came with commit" in outcome["message"]
    place.write("mlgate.yaml", text.replace("180d", "180d, severity: fail"))
    assert place.run().code == 1
    place.write("t.csv", TRAIN + "21,1,Wien\n")
    assert place.run().outcome("data/test/refreshed")["status"] == "pass"
    (place.root / "t.csv").unlink()
    assert place.run().outcome("data/test/refreshed")["status"] == "error"
