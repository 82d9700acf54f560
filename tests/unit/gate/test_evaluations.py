"""`mlgate run` on an evaluation: verdicts, exit codes, and one clear message for whatever is wrong with the input."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.errors import ConfigError
from mlgate.gate.evaluations import require_distinct
from mlgate.gate.load import load_project

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


SAME = PROJECT.replace("file:base/predictions.csv", "file:out/candidate.csv")
MAKE = f"    command: [{sys.executable}, evaluate.py]\n    positive"


@pytest.mark.parametrize("command", [["run"], ["baseline", "save"], ["baseline", "show"]])
def test_a_baseline_that_is_the_candidates_own_path_is_wrong_usage(
    place: Any, predictions: Make, command: list[str]
) -> None:
    prepare(place, predictions(), predictions(), SAME)
    if command == ["run"]:
        with pytest.raises(ConfigError, match="is its own predictions file"):
            require_distinct(load_project(None, place.root))
        ran = place.run()
        assert ran.code == 2
        return
    ran = place.mlgate(*command)
    assert ran.code == 2
    assert "mlgate.yaml:4: the baseline of clinic is its own predictions file out/candidate.csv" in ran.err
    assert not (place.root / "out" / "candidate.csv.mlgate.json").exists()


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_baseline_that_is_the_candidate_by_a_link_is_an_error(place: Any, predictions: Make, link: str) -> None:
    prepare(place, predictions(), predictions())
    baseline = place.root / "base" / "predictions.csv"
    baseline.unlink()
    getattr(baseline, link)(place.root / "out" / "candidate.csv")
    ran = place.run()
    assert ran.code == 3
    outcome = ran.outcome("model/clinic/baseline")
    assert (outcome["status"], bool(outcome["hint"])) == ("error", True)
    assert "are one file: the candidate would be compared with itself" in outcome["message"]
    saved = place.mlgate("baseline", "save")
    assert saved.code in (2, 3)
    assert "same file" in saved.err or "are one file" in saved.err


def test_a_command_that_links_its_predictions_to_the_baseline_is_an_error(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("    positive", MAKE))
    place.write(
        "evaluate.py", "import os; os.remove('out/candidate.csv'); os.link('base/predictions.csv', 'out/candidate.csv')"
    )
    ran = place.run()
    assert ran.code == 3
    assert "are one file" in ran.outcome("model/clinic/baseline")["message"]
    assert ran.outcome("model/clinic/accuracy/min")["status"] == "pass"


def test_two_files_that_dvc_links_to_one_object_are_two_files(place: Any, predictions: Make) -> None:
    """What DVC does with the cache type `hardlink`, where the model did not change."""
    prepare(place, predictions(), predictions())
    baseline, candidate = place.root / "base" / "predictions.csv", place.root / "out" / "candidate.csv"
    baseline.unlink()
    baseline.hardlink_to(candidate)
    digest = hashlib.md5(candidate.read_bytes(), usedforsecurity=False).hexdigest()
    for file in (baseline, candidate):
        place.write(
            f"{file.relative_to(place.root)}.dvc", f"outs:\n- md5: {digest}\n  hash: md5\n  path: {file.name}\n"
        )
    assert place.run().code == 0
    (place.root / "out" / "candidate.csv.dvc").unlink()
    ran = place.run()
    assert ran.code == 3
    assert "are one file" in ran.outcome("model/clinic/baseline")["message"]


TWO = """\
version: 1
evaluations:
  first:
    command: [PYTHON, evaluate.py, "1"]
    predictions: out/p.csv
    positive: 1
    columns: {id: id, label: label, prediction: prediction, score: score}
    baseline: file:base/first.csv
    metrics: {accuracy: {tolerance: 0.01}}
  second:
    command: [PYTHON, evaluate.py, "2"]
    predictions: out/p.csv
    positive: 1
    columns: {id: id, label: label, prediction: prediction, score: score}
    baseline: file:base/second.csv
    metrics: {accuracy: {tolerance: 0.01}}
""".replace("PYTHON", sys.executable)


def test_each_baseline_holds_the_rows_of_its_own_command(place: Any, predictions: Make) -> None:
    place.write("mlgate.yaml", TWO)
    place.write_rows("data/1.csv", predictions(seed=1))
    place.write_rows("data/2.csv", predictions(seed=2, noise=0.4))
    (place.root / "out").mkdir()
    place.write("evaluate.py", "import shutil, sys; shutil.copy(f'data/{sys.argv[1]}.csv', 'out/p.csv')")
    saved = place.mlgate("baseline", "save")
    assert saved.code == 0, saved.err
    for number, name in enumerate(("first", "second"), start=1):
        kept = place.root / "base" / f"{name}.csv"
        assert kept.read_bytes() == (place.root / "data" / f"{number}.csv").read_bytes()
        record = json.loads((place.root / "base" / f"{name}.csv.mlgate.json").read_text())
        assert record["predictions"]["sha256"] == hashlib.sha256(kept.read_bytes()).hexdigest()
        assert f"accuracy {record['metrics']['accuracy']:.4f}" in saved.out
    ran = place.run()
    assert ran.code == 0, ran.out
    assert ran.outcome("model/first/accuracy")["evidence"]["verdict"] == "equivalent"
    assert ran.outcome("model/second/accuracy")["evidence"]["verdict"] == "equivalent"
    place.write("data/1.csv", (place.root / "data" / "2.csv").read_text())
    assert place.run().outcome("model/first/accuracy")["status"] == "fail"


def test_a_name_with_a_space_has_one_id(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("clinic:", '"a b":'))
    assert "model/a%20b/accuracy" in place.run().statuses()
    (place.root / "base" / "predictions.csv").unlink()
    assert place.run().outcome("model/a%20b/baseline")["status"] == "error"
    (place.root / "out" / "candidate.csv").unlink()
    assert place.run().outcome("model/a%20b/predictions")["status"] == "error"


@pytest.mark.parametrize(
    "content", ["id,label\n1,2,3\n", "", "id,id,label,prediction,score,sex\n1,1,1,1,1,F\n", "PAR1"]
)
def test_a_baseline_that_cannot_be_read_is_named_as_written(place: Any, predictions: Make, content: str) -> None:
    name = "base/predictions.parquet" if content == "PAR1" else "base/predictions.csv"
    prepare(place, predictions(), predictions(), PROJECT.replace("base/predictions.csv", name))
    place.write(name, content)
    ran = place.run()
    assert ran.code == 3
    message = ran.outcome("model/clinic/baseline")["message"]
    assert f"file:{name}" in message
    assert str(place.root) not in ran.out + ran.err


@pytest.mark.parametrize(
    "change",
    [{"key": "abc"}, {"key": None}, {"commit": 5}, {"metrics": {"accuracy": "hi"}}, {"created_at": 5}, {"data": [1]}],
)
def test_a_record_that_is_malformed_is_an_error_and_no_crash(
    place: Any, predictions: Make, change: dict[str, Any]
) -> None:
    prepare(place, predictions(), predictions())
    assert place.mlgate("baseline", "save").code == 0
    sidecar = place.root / "base" / "predictions.csv.mlgate.json"
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | change))
    ran = place.run()
    assert ran.code == 3
    outcome = ran.outcome("model/clinic/baseline")
    assert "predictions.csv.mlgate.json" in outcome["message"]
    assert "mlgate baseline save" in outcome["hint"]
    shown = place.mlgate("baseline", "show")
    assert (shown.code, "Traceback" in shown.err) == (3, False)
    assert "mlgate baseline save" in shown.out


@pytest.mark.parametrize("commit", ["not a commit", "-x", "HEAD", "a\0b", "^HEAD", "0" * 40])
def test_a_commit_that_is_not_known_is_shown_without_a_distance(place: Any, predictions: Make, commit: str) -> None:
    prepare(place, predictions(), predictions())
    for arguments in (["init", "-q"], ["add", "mlgate.yaml"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=place.root, check=True)
    assert place.mlgate("baseline", "save").code == 0
    sidecar = place.root / "base" / "predictions.csv.mlgate.json"
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"commit": commit}))
    shown = place.mlgate("baseline", "show", "--format", "json")
    assert shown.code == 0, shown.err
    (entry,) = json.loads(shown.out)
    assert (entry["commit"], entry["commits_behind"]) == (commit, None)
    assert place.run().code == 0


FAILING = "raise SystemExit('the command ran')"


@pytest.mark.parametrize(
    ("baseline", "code", "words"),
    [
        ("git:main", 2, "cannot be saved to"),
        ("dvc:main", 2, "cannot be saved to"),
        ("mlflow:models:/x/3", 2, "name an alias"),
        ("mlflow:runs:/abc", 2, "name an alias"),
        ("none", 2, "has no baseline to save to"),
        ("file:base/x.parquet", 2, "ends in .csv"),
        ("file:base/x", 2, "ends in .csv"),
        ("mlflow:models:/x@champion", 3, "no MLflow tracking server is named"),
    ],
)
def test_what_cannot_be_saved_shows_before_the_command_runs(
    place: Any, predictions: Make, baseline: str, code: int, words: str
) -> None:
    project = PROJECT.replace("    positive", MAKE).replace("file:base/predictions.csv", baseline)
    prepare(place, predictions(), predictions(), project)
    place.write("evaluate.py", FAILING)
    ran = place.mlgate("baseline", "save")
    assert ran.code == code
    assert words in ran.err
    assert "hint: " in ran.err
    assert "the command ran" not in ran.err


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("base/a.csv", "base/a.csv", "can hold one evaluation, not first, second"),
        ("base/a.csv", "link/a.csv", "is the same file as the baseline file:base/a.csv"),
        ("base/a.csv", "out/other.csv", "is the same file as the predictions of first"),
    ],
)
def test_two_owners_of_one_file_show_before_a_command_runs(place: Any, first: str, second: str, words: str) -> None:
    project = TWO.replace("out/p.csv", "out/other.csv", 1)
    place.write("mlgate.yaml", project.replace("base/first.csv", first).replace("base/second.csv", second))
    place.write("evaluate.py", FAILING)
    (place.root / "base").mkdir()
    (place.root / "link").symlink_to("base")
    ran = place.mlgate("baseline", "save")
    assert ran.code == 2
    assert words in ran.err
    assert "the command ran" not in ran.err


def test_a_champion_that_breaks_its_own_bound_is_saved_only_by_force(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("min: 0.6", "min: 0.999"))
    refused = place.mlgate("baseline", "save")
    assert refused.code == 1
    assert "nothing was saved: the gate says fail" in refused.err
    assert "at least 0.999" in refused.err
    ran = place.mlgate("baseline", "save", "--force")
    assert ran.code == 0
    assert ran.out.startswith("clinic: saved as ")
    assert "warning" in ran.out
    place.write("mlgate.yaml", PROJECT)
    assert "warning" not in place.mlgate("baseline", "save").out


def test_predictions_that_cannot_be_judged_are_not_saved(place: Any, predictions: Make) -> None:
    prepare(place, change(predictions(), score="nan"), predictions())
    (place.root / "base" / "predictions.csv").unlink()
    ran = place.mlgate("baseline", "save")
    assert ran.code == 3
    assert "is not a finite number" in ran.err
    assert not (place.root / "base" / "predictions.csv").exists()


def test_a_small_slice_takes_the_policy_and_never_passes(place: Any, predictions: Make) -> None:
    rows = [{**row, "sex": "X"} if number < 20 else row for number, row in enumerate(predictions())]
    turned = [
        {**row, "prediction": 1 - int(row["prediction"])} if number < 3 else row for number, row in enumerate(rows)
    ]
    for policy, status in (("warn", "warn"), ("fail", "fail"), ("pass", "warn")):
        prepare(place, turned, rows, PROJECT + f"    inconclusive: {policy}\n")
        assert place.run().outcome("model/clinic/accuracy/sex=X")["status"] == status
    prepare(place, rows, rows, PROJECT + "    inconclusive: fail\n")
    assert place.run().outcome("model/clinic/accuracy/sex=X")["evidence"]["verdict"] == "equivalent"


def test_show_tells_a_revision_without_the_file(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions(), PROJECT.replace("file:base/predictions.csv", "git:main"))
    for arguments in (["init", "-q"], ["add", "mlgate.yaml"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=place.root, check=True)
    shown = place.mlgate("baseline", "show")
    assert shown.code == 3
    assert "could not be found: out/candidate.csv is not in revision main" in shown.out
    place.write("mlgate.yaml", PROJECT.replace("file:base/predictions.csv", "git:main:mlgate.yaml"))
    assert place.mlgate("baseline", "show").code == 0


def test_a_baseline_of_uncommitted_changes_says_so(place: Any, predictions: Make) -> None:
    prepare(place, predictions(), predictions())
    (place.root / "base" / "predictions.csv").unlink()

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=place.root, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    assert "warning" not in place.mlgate("baseline", "save").out
    assert "uncommitted" not in place.mlgate("baseline", "show").out
    place.write("mlgate.yaml", PROJECT + "# changed\n")
    assert "uncommitted changes are part of this" in place.mlgate("baseline", "save").out
    assert "with uncommitted changes" in place.mlgate("baseline", "show").out
    assert place.run().report["provenance"]["baselines"][0]["dirty"] is True
