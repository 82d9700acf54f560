"""`mlgate baseline save`: only what has passed becomes the baseline, and nothing is written otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.evaluation import Columns, Evaluation
from mlgate.config.project import Project
from mlgate.errors import SourceError
from mlgate.gate.baseline_files import judged_files, keep_files, require_judged
from mlgate.gate.load import load_project
from mlgate.outcome import Location
from mlgate.sources.records import file_digest

PROJECT = """\
version: 1
evaluations:
  clinic:
    predictions: out/candidate.csv
    columns: {id: id, label: label, prediction: prediction, score: score}
    positive: 1
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.01, min: 0.6}}
"""
Rows = list[dict[str, Any]]
Make = Callable[..., Rows]


def git(place: Any, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=place.root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def clinic(place: Any, predictions: Make) -> Any:
    """A committed project whose candidate is as good as its baseline, which has a record."""
    place.write("mlgate.yaml", PROJECT)
    place.write(".gitignore", "out/\nbase/\n")
    place.write_rows("out/candidate.csv", predictions())
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "first")
    assert place.mlgate("baseline", "save").code == 0
    return place


def kept(place: Any) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((place.root / "base").iterdir())}


def recorded(place: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((place.root / "base" / "predictions.csv.mlgate.json").read_text())
    return document


def refused(place: Any, *arguments: str) -> Any:
    """A save that fails and changes nothing."""
    before = kept(place) if (place.root / "base").exists() else {}
    ran = place.mlgate("baseline", "save", *arguments)
    assert ran.code != 0
    assert ran.out == ""
    assert (kept(place) if (place.root / "base").exists() else {}) == before
    return ran


def test_there_can_be_a_first_baseline(clinic: Any) -> None:
    assert recorded(clinic)["gate_verdict"] == "warn"
    for file in (clinic.root / "base").iterdir():
        file.unlink()
    said = clinic.mlgate("baseline", "save").out
    assert "clinic: saved as file base/predictions.csv (accuracy 0." in said
    assert "clinic: the first baseline, so that the bounds of its metrics alone were judged" in said
    assert "first" not in clinic.mlgate("baseline", "save").out
    assert recorded(clinic)["gate_verdict"] == "pass"


def test_a_first_baseline_that_breaks_its_bound_is_refused(clinic: Any) -> None:
    for file in (clinic.root / "base").iterdir():
        file.unlink()
    clinic.write("mlgate.yaml", PROJECT.replace("min: 0.6", "min: 0.999"))
    ran = refused(clinic)
    assert ran.code == 1
    assert "nothing was saved: the gate says fail: model/clinic/accuracy/min: " in ran.err
    assert "`--force` saves it all the same" in ran.err


def test_what_got_worse_is_refused_and_can_be_forced(clinic: Any, predictions: Make) -> None:
    clinic.write_rows("out/candidate.csv", predictions(seed=2, noise=0.5))
    ran = refused(clinic)
    assert ran.code == 1
    assert "the gate says fail: model/clinic/accuracy: " in ran.err
    forced = clinic.mlgate("baseline", "save", "--force")
    assert forced.code == 0
    assert "warning: saved although the gate says fail: model/clinic/accuracy: " in forced.out
    assert recorded(clinic)["gate_verdict"] == "fail"
    shown = clinic.mlgate("baseline", "show").out
    assert "the baseline is unreliable: it was saved although its gate said fail" in shown


def test_an_accepted_outcome_does_not_stand_in_the_way(clinic: Any) -> None:
    accepted = "accepted:\n  - {id: model/clinic/accuracy/min, reason: known, until: 2999-12-31}\n"
    clinic.write("mlgate.yaml", PROJECT.replace("min: 0.6", "min: 0.999") + accepted)
    assert clinic.mlgate("baseline", "save").code == 0
    assert recorded(clinic)["gate_verdict"] == "warn"


def test_a_baseline_that_cannot_be_compared_with_is_refused_and_can_be_forced(clinic: Any) -> None:
    sidecar = clinic.root / "base" / "predictions.csv.mlgate.json"
    sidecar.write_text("{")
    ran = refused(clinic)
    assert ran.code == 3
    assert "cannot read the record" in ran.err
    assert clinic.mlgate("baseline", "save", "--force").code == 0
    assert clinic.run().code == 0


def test_predictions_that_cannot_be_judged_cannot_be_forced(clinic: Any, predictions: Make) -> None:
    clinic.write_rows("out/candidate.csv", [{**row, "prediction": ""} for row in predictions()])
    for arguments in ([], ["--force"]):
        assert refused(clinic, *arguments).code == 3
    (clinic.root / "out" / "candidate.csv").unlink()
    ran = refused(clinic, "--force")
    assert ran.code == 3
    assert "does not exist" in ran.err


def report(place: Any, *arguments: str) -> dict[str, Any]:
    """The report of a run."""
    place.run(*arguments)
    file = place.root / "out" / "report" / "report.json"
    document: dict[str, Any] = json.loads(file.read_text())
    for candidate in document["provenance"]["candidates"]:
        asked = load_project(None, place.root).evaluations[candidate["evaluation"]]
        candidate.setdefault("files", judged_files(place.root, asked))
    file.write_text(json.dumps(document))
    return document


def test_a_report_that_passed_saves_what_it_has_judged(clinic: Any, predictions: Make) -> None:
    clinic.write(
        "mlgate.yaml", PROJECT.replace("    positive", f"    command: [{sys.executable}, run.py]\n    positive")
    )
    clinic.write("run.py", "import shutil; shutil.copy('data.csv', 'out/candidate.csv')")
    clinic.write_rows("data.csv", predictions(seed=3))
    report(clinic)
    clinic.write("run.py", "raise SystemExit('the command ran again')")
    ran = clinic.mlgate("baseline", "save", "--report", "out/report")
    assert ran.code == 0, ran.err
    assert (clinic.root / "base" / "predictions.csv").read_bytes() == (clinic.root / "data.csv").read_bytes()
    assert recorded(clinic)["gate_verdict"] in ("pass", "warn")
    assert recorded(clinic)["commit"] == git(clinic, "rev-parse", "HEAD")


def test_a_report_without_a_baseline_saves_the_first(clinic: Any) -> None:
    for file in (clinic.root / "base").iterdir():
        file.unlink()
    assert report(clinic)["verdict"] == "error"
    ran = clinic.mlgate("baseline", "save", "--report", "out/report")
    assert ran.code == 0, ran.err
    assert "the first baseline" in ran.out
    # By now there is one, so the report, which knew none, is no proof any more.
    assert refused(clinic, "--report", "out/report").code == 3


@pytest.mark.parametrize("mode", ["enforce", "advisory"])
def test_a_report_that_failed_is_refused(clinic: Any, predictions: Make, mode: str) -> None:
    clinic.write_rows("out/candidate.csv", predictions(seed=2, noise=0.5))
    report(clinic, "--mode", mode)
    ran = refused(clinic, "--report", "out/report")
    assert ran.code == 1
    assert "the gate says fail: model/clinic/accuracy: " in ran.err
    assert clinic.mlgate("baseline", "save", "--report", "out/report", "--force").code == 0


def test_a_warning_that_blocks_is_refused(clinic: Any, predictions: Make) -> None:
    clinic.write_rows("out/candidate.csv", predictions(200))
    assert clinic.mlgate("baseline", "save", "--force").code == 0  # of other rows than the one before
    clinic.write_rows("out/candidate.csv", predictions(200, seed=5))
    assert report(clinic, "--strict")["verdict"] == "warn"
    assert refused(clinic, "--report", "out/report").code == 1
    report(clinic)
    assert clinic.mlgate("baseline", "save", "--report", "out/report").code == 0


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"commit": "0" * 40}, "it is of commit 000000000000, and "),
    ({"commit": None}, "it is of commit None, and "),
    ({"config": "other/mlgate.yaml"}, "it is of other/mlgate.yaml, not of mlgate.yaml"),
    ({"not_selected": ["data"]}, "it left out the tier data"),
    ({"candidates": []}, "it did not judge the predictions of clinic"),
    ({"candidates": "x"}, "it did not judge the predictions of clinic"),
    ({"candidates": [{"evaluation": "clinic"}]}, "does not say which files of clinic it judged"),
    ({"candidates": [{"evaluation": "clinic", "files": ["x"]}]}, "does not say which files of clinic it judged"),
    (
        {"candidates": [{"evaluation": "clinic", "files": [{"path": "p.csv", "sha256": "0"}]}]},
        "out/candidate.csv of clinic is not among the files that were judged",
    ),
    (
        {"candidates": [{"evaluation": "clinic", "files": [{"path": "out/candidate.csv", "sha256": "0"}]}]},
        "out/candidate.csv has changed since it was judged",
    ),
]


def test_a_report_that_does_not_speak_for_this_is_refused(clinic: Any) -> None:
    document = report(clinic)
    for number, (changes, words) in enumerate(FAULTS):
        changed = document | {"provenance": document["provenance"] | changes}
        (clinic.root / "out" / "report" / "report.json").write_text(json.dumps(changed))
        ran = refused(clinic, "--report", "out/report", *["--force"][: number % 2])
        assert ran.code == 3
        assert words in ran.err
        assert "hint: " in ran.err


def test_a_report_that_was_interrupted_is_refused(clinic: Any) -> None:
    document = report(clinic)
    document["outcomes"].append(document["outcomes"][0] | {"id": "model/interrupted", "check": "interrupted"})
    (clinic.root / "out" / "report" / "report.json").write_text(json.dumps(document))
    ran = refused(clinic, "--report", "out/report")
    assert ran.code == 3
    assert "the run was interrupted" in ran.err


def test_a_report_that_cannot_be_read_is_refused(clinic: Any) -> None:
    assert "cannot be read as a report" in refused(clinic, "--report", "no/such").err


def test_what_does_not_go_together_is_wrong_usage(clinic: Any) -> None:
    for arguments in (["--force"], ["--report", "out/report"]):
        ran = refused(clinic, "--rescore", *arguments)
        assert ran.code == 2
        assert "--rescore saves no candidate" in ran.err


def evaluation(**settings: Any) -> Evaluation:
    return Evaluation(name="e", columns=Columns(), location=Location("mlgate.yaml", 2), **settings)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "out").mkdir()
    for number in range(3):
        (tmp_path / "out" / f"seed-{number}.csv").write_text(f"id,label\n{number},1\n")
    (tmp_path / "kept").mkdir()
    return Project(root=tmp_path, path="mlgate.yaml")


def test_runs_are_kept_one_by_one_and_shards_as_one(project: Project) -> None:
    kept_runs = keep_files(project, evaluation(runs=("out/seed-[12].csv", "out/seed-0.csv")), project.root / "kept")
    assert [file.read_text() for file in kept_runs.runs] == ["id,label\n1,1\n", "id,label\n2,1\n", "id,label\n0,1\n"]
    kept_shards = keep_files(project, evaluation(predictions="out/seed-*.csv"), project.root / "kept")
    assert [file.read_text() for file in kept_shards.runs] == ["id,label\n0,1\n1,1\n2,1\n"]
    with pytest.raises(SourceError, match="no file matches"):
        keep_files(project, evaluation(predictions="out/no-*.csv"), project.root / "kept")
    with pytest.raises(SourceError, match=r"out/no\.csv cannot be copied"):
        keep_files(project, evaluation(predictions="out/no.csv"), project.root / "kept")


def test_every_file_has_to_be_the_one_that_was_judged(project: Project) -> None:
    asked = evaluation(runs=("out/seed-*.csv",))
    judged = {"files": judged_files(project.root, asked)}
    assert [entry["path"] for entry in judged["files"]] == [f"out/seed-{number}.csv" for number in range(3)]
    assert judged["files"][0]["sha256"] == file_digest(project.root / "out" / "seed-0.csv")
    require_judged(project, asked, judged)
    (project.root / "out" / "seed-1.csv").write_text("id,label\n1,0\n")
    with pytest.raises(SourceError, match=r"out/seed-1\.csv has changed"):
        require_judged(project, asked, judged)
    (project.root / "out" / "seed-3.csv").write_text("id,label\n1,0\n")
    with pytest.raises(SourceError, match=r"out/seed-3\.csv of e is not among the files"):
        require_judged(project, asked, judged)


def test_values_of_a_metrics_file_are_kept(project: Project) -> None:
    (project.root / "m.json").write_text('{"test": {"auc": 0.5}}')
    found = keep_files(project, evaluation(metrics_file="m.json"), project.root / "kept")
    assert (found.runs, found.values) == ((), {"test.auc": 0.5})
    assert found.metrics_file is not None
    assert found.metrics_file.read_bytes() == (project.root / "m.json").read_bytes()
