"""What a project may write about when the gate blocks, through `mlgate run`: and what it never switches off."""

from __future__ import annotations

import datetime as dt
import json
import subprocess

import pytest

from tests.unit.gate.conftest import Place
from tests.unit.gate.test_evaluation_kinds import BINARY, weighted_rows
from tests.unit.gate.whole_gate import changed, checks, compare, judge, problems, project, verdicts

WORSE = weighted_rows(seed=2, bad=0.35)
LOOSE = "accuracy: {tolerance: 0.3}"
STRICT = "accuracy: {tolerance: 0.02}"


def save_at(place: Place, age: dt.timedelta, **facts: object) -> None:
    """The candidate recorded as the baseline, some time ago."""
    saved = place.mlgate("baseline", "save")
    assert saved.code == 0, saved.err
    sidecar = place.root / "base" / "predictions.csv.mlgate.json"
    record = json.loads(sidecar.read_text())
    created = (dt.datetime.now(dt.UTC) - age).isoformat(timespec="seconds").replace("+00:00", "Z")
    sidecar.write_text(json.dumps(record | {"created_at": created} | facts))


def git(place: Place, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=place.root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize(("days", "status"), [(3, None), (40, "warn")])
def test_a_baseline_that_is_too_old_is_a_warning(place: Place, days: int, status: str | None) -> None:
    place.write("mlgate.yaml", project(LOOSE, "max_age: 30d", columns=BINARY))
    place.write_rows("out/candidate.csv", weighted_rows())
    save_at(place, dt.timedelta(days=days))
    ran = judge(place)
    assert ran.code == 0
    assert ran.statuses().get("model/e/baseline/age") == status
    if status:
        assert "it is 40 days old, older than 30 days" in ran.outcome("model/e/baseline/age")["message"]
    assert verdicts(ran) == {"accuracy": "equivalent"}


def test_an_age_that_is_not_known_is_a_warning(place: Place) -> None:
    ran = compare(place, project(LOOSE, "max_age: 30d", "max_commits_behind: 3", columns=BINARY), WORSE, WORSE)
    assert ran.code == 0
    message = ran.outcome("model/e/baseline/age")["message"]
    assert "its age is not known" in message
    assert "how many commits it is behind is not known" in message


@pytest.mark.parametrize(("allowed", "status"), [(2, None), (1, "warn")])
def test_a_baseline_that_is_too_far_behind_is_a_warning(place: Place, allowed: int, status: str | None) -> None:
    place.write("mlgate.yaml", project(LOOSE, f"max_commits_behind: {allowed}", columns=BINARY))
    place.write_rows("out/candidate.csv", weighted_rows())
    git(place, "init", "-q")
    for number in range(3):
        place.write("notes.txt", str(number))
        git(place, "add", "notes.txt", "mlgate.yaml")
        git(place, "commit", "-q", "-m", str(number))
    save_at(place, dt.timedelta(0), commit=git(place, "rev-parse", "HEAD~2"))
    ran = judge(place)
    assert ran.code == 0
    assert ran.statuses().get("model/e/baseline/age") == status
    if status:
        assert "it is 2 commits behind, more than 1" in ran.outcome("model/e/baseline/age")["message"]


def test_a_baseline_whose_gate_did_not_pass_is_a_warning(place: Place) -> None:
    place.write("mlgate.yaml", project("accuracy: {min: 0.999}", columns=BINARY))
    place.write_rows("out/candidate.csv", weighted_rows())
    assert place.mlgate("baseline", "save", "--force").code == 0
    place.write("mlgate.yaml", project(LOOSE, columns=BINARY))
    ran = judge(place)
    assert ran.code == 0
    assert "should not be relied on" in ran.outcome("model/e/baseline/reliable")["message"]


def test_a_metric_that_does_not_block_at_most_warns_and_stays_out_of_the_family(place: Place) -> None:
    metrics = "accuracy: {tolerance: 0.5}, roc_auc: {tolerance: 0.01, blocking: false}"
    ran = compare(place, project(metrics, "positive: 1", "slices: [copies]", columns=BINARY), weighted_rows(), WORSE)
    assert ran.code == 0
    told = ran.outcome("model/e/roc_auc")
    assert (told["status"], told["evidence"]["verdict"], told["evidence"]["blocking"]) == ("warn", "regression", False)
    assert told["evidence"]["family_size"] == 1
    assert ran.outcome("model/e/accuracy")["evidence"]["family_size"] == 4
    assert place.mlgate("run", "--strict").code == 1


@pytest.mark.parametrize(("policy", "status", "code"), [("warn", "warn", 0), ("fail", "fail", 1), ("pass", "pass", 0)])
def test_what_the_rows_cannot_tell_has_the_status_that_is_written(
    place: Place, policy: str, status: str, code: int
) -> None:
    few = [weighted_rows(seed=seed)[:80] for seed in (1, 2)]
    ran = compare(place, project("accuracy: {tolerance: 0.001}", f"inconclusive: {policy}", columns=BINARY), *few)
    assert ran.code == code
    outcome = ran.outcome("model/e/accuracy")
    assert (outcome["status"], outcome["evidence"]["verdict"]) == (status, "inconclusive")
    assert outcome["evidence"]["rows_needed"] > 80
    assert f"{outcome['evidence']['rows_needed']:,} needed, 80 given" in outcome["message"]


def test_a_policy_for_what_cannot_be_told_does_not_let_a_regression_or_an_error_pass(place: Place) -> None:
    text = project(STRICT, "inconclusive: pass", columns=BINARY)
    assert compare(place, text, weighted_rows(), WORSE).code == 1
    assert compare(place, text, weighted_rows(), changed(WORSE, lambda _: {"prediction": ""})).code == 3


def accepted(id_: str, until: str) -> str:
    return f'accepted:\n  - {{id: "{id_}", reason: known, until: {until}}}\n'


def test_an_accepted_regression_is_a_warning_and_only_that_one(place: Place) -> None:
    text = project("accuracy: {tolerance: 0.02}, f1: {tolerance: 0.02}", "positive: 1", columns=BINARY)
    one = compare(place, text + accepted("model/e/accuracy", "2999-12-31"), weighted_rows(), WORSE)
    assert one.code == 1
    assert one.outcome("model/e/accuracy")["status"] == "warn"
    assert one.outcome("model/e/accuracy")["evidence"]["accepted"]["status"] == "fail"
    assert one.outcome("model/e/f1")["status"] == "fail"
    both = text + accepted("model/e/accuracy", "2999-12-31") + accepted("model/e/f1", "2999-12-31").split("\n", 1)[1]
    assert compare(place, both, weighted_rows(), WORSE).code == 0
    over = compare(place, text + accepted("model/e/accuracy", "2020-01-01"), weighted_rows(), WORSE)
    assert over.outcome("model/e/accuracy")["status"] == "fail"
    assert "its acceptance ended on 2020-01-01" in over.outcome("model/e/accuracy")["hint"]


def test_an_accepted_slice_keeps_its_place_in_the_family(place: Place) -> None:
    text = project(STRICT, "slices: [copies]", columns=BINARY)
    id_ = "model/e/accuracy/copies=1"
    ran = compare(place, text + accepted(id_, "2999-12-31"), weighted_rows(), WORSE)
    assert ran.outcome(id_)["status"] == "warn"
    assert ran.outcome(id_)["evidence"]["family_size"] == 4


@pytest.mark.parametrize("mode", ["advisory", "enforce"])
def test_advisory_says_all_and_blocks_nothing(place: Place, mode: str) -> None:
    place.write("mlgate.yaml", project(STRICT, columns=BINARY) + f"mode: {mode}\n")
    place.write_rows("base/predictions.csv", weighted_rows())
    place.write_rows("out/candidate.csv", WORSE)
    ran = place.mlgate("run", "--format", "json")
    assert json.loads(ran.out)["verdict"] == "fail"
    assert ran.code == (0 if mode == "advisory" else 1)


def test_a_family_makes_a_weak_finding_no_regression(place: Place) -> None:
    """Alone it is a regression; among 40 unchanged slices it is not, and the message says so."""
    before = [{**row, "ward": f"w{number % 40:02}"} for number, row in enumerate(weighted_rows() * 5)]
    before = [{**row, "id": number} for number, row in enumerate(before)]
    right = [row["id"] for row in before if row["label"] == row["prediction"]]
    lost = set(right[::28])
    after = changed(before, lambda row: {"prediction": 1 - row["prediction"]} if row["id"] in lost else {})
    for slices, verdict in ((), "regression"), (("slices: [ward]", "min_slice_rows: 20"), "regression"):
        ran = compare(place, project("accuracy: {tolerance: 0.02}", *slices, columns=BINARY), before, after)
        assert verdicts(ran)["accuracy"] == verdict
    hidden = [
        outcome
        for outcome in checks(ran, "metric_change")
        if "worse than the tolerance if looked at alone" in outcome["message"]
    ]
    assert all(outcome["evidence"]["verdict"] == "inconclusive" for outcome in hidden)
    assert all(outcome["evidence"]["family_size"] == 41 for outcome in checks(ran, "metric_change"))


def test_two_evaluations_of_which_one_cannot_be_read_are_both_reported(place: Place) -> None:
    text = project(STRICT, columns=BINARY)
    second = text.split("evaluations:\n")[1].replace("  e:", "  broken:").replace("out/candidate.csv", "out/absent.csv")
    ran = compare(place, text + second, weighted_rows(), WORSE)
    assert ran.code == 1
    assert ran.outcome("model/e/accuracy")["status"] == "fail"
    assert ran.outcome("model/broken/predictions")["status"] == "error"
    assert "out/absent.csv" in problems(ran)
