"""`mlgate run` on an evaluation: verdicts, exit codes, and one clear message for whatever is wrong with the input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

PROJECT = """\
version: 1
evaluations:
  clinic:
    predictions: out/candidate.csv
    columns: {id: id, label: label, prediction: prediction, score: score}
    positive: 1
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.01, min: 0.6}, roc_auc: {tolerance: 0.01}}
    slices: [sex]
"""
Rows = list[dict[str, Any]]
Make = Callable[..., Rows]


def prepare(place: Any, candidate: Rows, baseline: Rows, project: str = PROJECT) -> None:
    place.write("mlgate.yaml", project)
    place.write_rows("out/candidate.csv", candidate)
    place.write_rows("base/predictions.csv", baseline)


def test_the_same_predictions_pass(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions())
    ran = place.run()
    assert ran.code == 0, ran.err
    assert ran.report["verdict"] == "pass"
    overall = ran.outcome("model/clinic/accuracy")
    assert overall["evidence"]["verdict"] == "equivalent"
    assert overall["evidence"]["n"] == 2000
    assert overall["location"] == {"path": "mlgate.yaml", "line": 8}
    assert ran.report["provenance"]["baselines"][0]["reference"] == "file:base/predictions.csv"
    for name in ("report.json", "report.md", "report.html", "junit.xml"):
        assert (place.root / "out" / "report" / name).stat().st_size > 0


def test_a_slice_that_got_worse_blocks_alone(place: Any, predictions: Make) -> None:
    prepare(place, predictions(seed=2, noise=0.15, hurt="F", by=0.16), predictions())
    ran = place.run()
    assert ran.code == 1
    slice_ = ran.outcome("model/clinic/roc_auc/sex=F")
    assert slice_["status"] == "fail"
    evidence = slice_["evidence"]
    assert evidence["slice"] == {"sex": "F"}
    assert evidence["high"] < -evidence["tolerance"]
    assert evidence["family_size"] == 6
    assert ran.outcome("model/clinic/roc_auc/sex=M")["status"] == "pass"
    assert evidence["p_adjusted"] <= 0.05
    assert evidence["confidence"] == pytest.approx(0.9)


def test_row_order_does_not_matter(place: Any, predictions: Make) -> None:
    prepare(place, predictions(seed=2), predictions())
    first = place.run().report
    place.write_rows("out/candidate.csv", predictions(seed=2)[::-1])
    second = place.run().report
    assert [outcome["evidence"] for outcome in first["outcomes"]] == [
        outcome["evidence"] for outcome in second["outcomes"]
    ]


def test_a_value_bound_is_judged_on_its_own(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("min: 0.6", "min: 0.999"))
    ran = place.run()
    assert ran.code == 1
    assert ran.outcome("model/clinic/accuracy/min")["status"] == "fail"


def test_without_a_baseline_bounds_are_judged_and_a_warning_says_so(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("file:base/predictions.csv", "none"))
    ran = place.run()
    assert ran.code == 0
    assert ran.outcome("model/clinic/baseline")["status"] == "warn"
    assert ran.outcome("model/clinic/accuracy/min")["status"] == "pass"
    assert place.run("--strict").code == 1


def change(rows: Rows, **values: Any) -> Rows:
    return [{**rows[0], **values}, *rows[1:]]


@pytest.mark.parametrize(
    ("side", "edit", "words"),
    [
        ("candidate", lambda rows: change(rows, score="nan"), "score"),
        ("candidate", lambda rows: change(rows, score="inf"), "score"),
        ("candidate", lambda rows: change(rows, score=""), "score"),
        ("candidate", lambda rows: change(rows, score="high"), "score"),
        ("candidate", lambda rows: [*rows, rows[0]], "id"),
        ("candidate", lambda rows: change(rows, id=""), "id"),
        ("candidate", lambda rows: change(rows, label=""), "label"),
        ("candidate", lambda rows: change(rows, prediction=""), "prediction"),
        ("candidate", lambda _: [], "rows"),
        ("candidate", lambda rows: rows[:1000], "not comparable"),
        ("candidate", lambda rows: change(rows, label=1 - rows[0]["label"]), "label"),
        ("candidate", lambda rows: [{**row, "label": 0} for row in rows], "two classes"),
        ("candidate", lambda rows: [{**row, "sex": "M"} for row in rows], "sex"),
        ("candidate", lambda rows: [{key: row[key] for key in row if key != "score"} for row in rows], "score"),
        ("candidate", lambda rows: [{key: row[key] for key in row if key != "sex"} for row in rows], "sex"),
        ("baseline", lambda rows: [*rows, rows[0]], "baseline"),
        ("baseline", lambda rows: change(rows, score="nan"), "baseline"),
        ("baseline", lambda _: [], "baseline"),
    ],
)
def test_what_cannot_be_compared_is_an_error_with_one_message(
    place: Any, predictions: Make, side: str, edit: Callable[[Rows], Rows], words: str
) -> None:
    rows = predictions()
    prepare(place, edit(rows) if side == "candidate" else rows, edit(rows) if side == "baseline" else rows)
    ran = place.run()
    assert ran.code == 3, ran.out
    assert ran.report["verdict"] == "error"
    errors = [outcome for outcome in ran.report["outcomes"] if outcome["status"] == "error"]
    assert any(words in outcome["message"] for outcome in errors), errors
    assert all(outcome["hint"] for outcome in errors), errors
    assert "Traceback" not in ran.err
    assert (place.root / "out" / "report" / "report.md").exists()


def test_an_absent_baseline_is_an_error_and_the_bounds_are_still_judged(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions())
    (place.root / "base" / "predictions.csv").unlink()
    ran = place.run()
    assert ran.code == 3
    assert ran.outcome("model/clinic/baseline")["status"] == "error"
    assert "base/predictions.csv is absent" in ran.outcome("model/clinic/baseline")["message"]
    assert ran.outcome("model/clinic/accuracy/min")["status"] == "pass"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("raise SystemExit('no model here')", "exited with 1: no model here"),
        ("pass", "did not write out/candidate.csv"),
        ("import time; time.sleep(60)", "was stopped after 1 s"),
    ],
)
def test_a_command_that_fails_or_writes_nothing_is_an_error(
    place: Any, predictions: Make, script: str, words: str
) -> None:
    command = (
        f"    command: [{sys.executable}, evaluate.py]\n    timeout: 1s\n"
        if "sleep" in script
        else f"    command: [{sys.executable}, evaluate.py]\n"
    )
    prepare(place, predictions(), predictions(), PROJECT.replace("    positive", f"{command}    positive"))
    place.write("evaluate.py", script)
    ran = place.run()
    assert ran.code == 3
    assert words in ran.outcome("model/clinic/predictions")["message"]
    assert ran.report["verdict"] == "error"


def test_a_command_makes_the_predictions_of_this_commit(place: Any, predictions: Make) -> None:
    command = f"    command: [{sys.executable}, evaluate.py]\n    positive"
    prepare(place, predictions(), predictions(), PROJECT.replace("    positive", command))
    (place.root / "out" / "candidate.csv").unlink()
    place.write("evaluate.py", "import shutil; shutil.copy('base/predictions.csv', 'out/candidate.csv')")
    ran = place.run()
    assert ran.code == 0
    assert ran.report["provenance"]["candidates"][0]["made_by"] == "command"


def test_two_evaluations_share_one_family(place: Any, predictions: Make) -> None:
    second = PROJECT.split("evaluations:\n")[1].replace("clinic:", "again:")
    prepare(place, predictions(), predictions(), PROJECT + second)
    assert place.run().outcome("model/again/accuracy")["evidence"]["family_size"] in (0, 12)


def test_baseline_save_and_show_with_a_file(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions())
    (place.root / "base" / "predictions.csv").unlink()
    missing = place.mlgate("baseline", "show")
    assert missing.code == 3
    assert "could not be found" in missing.out
    saved = place.mlgate("baseline", "save")
    assert saved.code == 0, saved.err
    assert "clinic: saved as file base/predictions.csv (accuracy 0." in saved.out
    shown = place.mlgate("baseline", "show")
    assert shown.code == 0
    assert "file base/predictions.csv" in shown.out
    assert "seconds ago" in shown.out
    assert place.run().code == 0


def test_a_baseline_of_another_definition_is_not_comparable(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions())
    assert place.mlgate("baseline", "save").code == 0
    place.write("mlgate.yaml", PROJECT.replace("positive: 1", "positive: 0"))
    ran = place.run()
    assert ran.code == 3
    assert "positive" in ran.outcome("model/clinic/baseline")["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["save", "--evaluation", "clinik"], "did you mean 'clinic'?"), (["show", "--evaluation", "x"], "known: clinic")],
)
def test_an_unknown_evaluation_is_wrong_usage(place: Any, predictions: Make, arguments: list[str], words: str) -> None:
    prepare(place, predictions(), predictions())
    ran = place.mlgate("baseline", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_a_baseline_that_is_none_cannot_be_saved_to(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("file:base/predictions.csv", "none"))
    assert "no baseline is declared" in place.mlgate("baseline", "show").out
    ran = place.mlgate("baseline", "save")
    assert ran.code == 2
    assert "set its `baseline`" in ran.err


def test_accepted_is_a_warning_until_its_day_and_blocks_after_it(place: Any, predictions: Make) -> None:
    accepted = "accepted:\n  - {id: model/clinic/accuracy/min, reason: known, until: 2999-12-31}\n"
    bound = PROJECT.replace("min: 0.6", "min: 0.999")
    prepare(place, predictions(), predictions(), bound + accepted)
    ran = place.run()
    assert ran.code == 0
    outcome = ran.outcome("model/clinic/accuracy/min")
    assert outcome["status"] == "warn"
    assert outcome["message"].startswith("accepted until 2999-12-31 (known): ")
    place.write("mlgate.yaml", bound + accepted.replace("2999", "2020"))
    ran = place.run()
    assert ran.code == 1
    assert "its acceptance ended on 2020-12-31" in ran.outcome("model/clinic/accuracy/min")["hint"]


def test_advisory_reports_everything_and_exits_0_unless_usage_is_wrong(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("min: 0.6", "min: 0.999"))
    ran = place.run("--mode", "advisory")
    assert (ran.code, ran.report["verdict"], ran.report["mode"]) == (0, "fail", "advisory")
    place.write("mlgate.yaml", "version: 1\nmod: advisory\n")
    assert place.run("--mode", "advisory").code == 2
