"""The gate on real sources: data pulled from a DVC remote, a baseline in an MLflow server, predictions made by a stage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.sources.pointers import find_pointer

pytestmark = pytest.mark.slow

PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schemas/people.yaml}
  extra: {path: data/extra.csv, schema: schemas/people.yaml}
evaluations:
  clinic:
    command: [python, evaluate.py]
    predictions: out/predictions.csv
    columns: {id: id, label: label, prediction: prediction, score: score}
    positive: 1
    baseline: mlflow:models:/MODEL@champion
    needs: [data/train.csv]
    metrics: {accuracy: {tolerance: 0.02}, roc_auc: {tolerance: 0.02}}
    slices: [sex]
"""
SCHEMA = "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  x: {type: number, between: [-10, 10]}\n  sex: {type: string, in_set: [F, M]}\n"
EVALUATE = """\
import csv, os
rows = list(csv.DictReader(open("data/train.csv")))
os.makedirs("out", exist_ok=True)
with open("out/predictions.csv", "w", newline="") as stream:
    writer = csv.writer(stream)
    writer.writerow(["id", "label", "prediction", "score", "sex"])
    for row in rows:
        score = 1 / (1 + 2.718281828 ** -float(row["x"]))
        label = int(row["id"]) % 7 < 3 if float(row["x"]) < 0 else int(row["id"]) % 7 < 6
        writer.writerow([row["id"], int(label), int(score > 0.5), score, row["sex"]])
"""


SEARCHED = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@dataclass
class Repository:
    """A project whose data live in a DVC remote, as a fresh clone has it."""

    root: Path
    remote: Path
    capsys: pytest.CaptureFixture[str]

    def mlgate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """In a process of its own, as users have it: seconds more than `run`, most of them to import MLflow."""
        command = [sys.executable, "-m", "mlgate", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def run(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]], dict[str, Any]]:
        """`mlgate run` in this process."""
        self.capsys.readouterr()
        code = run_command(cli, ["run", "--format", "json", *arguments])
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err, err
        report = json.loads(out)
        return code, {outcome["id"]: outcome for outcome in report["outcomes"]}, report

    def object_of(self, path: str) -> Path:
        pointer = find_pointer(self.root, path)
        assert pointer is not None
        return self.remote / "files" / "md5" / pointer.md5[:2] / pointer.md5[2:]


def call(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data in their remote, and pointers to them; nothing is committed yet."""
    place = tmp_path_factory.mktemp("gate-template")
    root = place / "project"
    rows = "".join(f"{number},{(number * 37 % 101 - 50) / 20},{'FM'[number % 2]}\n" for number in range(1500))
    files = {
        "schemas/people.yaml": SCHEMA,
        "evaluate.py": EVALUATE,
        "data/train.csv": "id,x,sex\n" + rows,
        "data/extra.csv": "id,x,sex\n1,0.5,F\n2,-3,M\n",
        ".gitignore": "out/\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", SEARCHED)
        call(root, "git", "init", "--quiet")
        call(root, "dvc", "init", "--quiet")
        call(root, "dvc", "remote", "add", "--quiet", "--default", "store", "../remote")
        call(root, "dvc", "add", "--quiet", "data/train.csv", "data/extra.csv")
        call(root, "dvc", "push", "--quiet")
    for name in ("data/train.csv", "data/extra.csv"):
        (root / name).unlink()
    shutil.rmtree(root / ".dvc" / "cache")
    shutil.rmtree(root / ".dvc" / "tmp")
    return place


@pytest.fixture
def repository(
    template: Path, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.setenv("PATH", SEARCHED)
    place = shutil.copytree(template, tmp_path / "copy")
    root = place / "project"
    (root / "mlgate.yaml").write_text(PROJECT.replace("MODEL", f"clinic-{tmp_path.name}"))
    call(root, "git", "add", "--all")
    call(root, "git", "commit", "--quiet", "--message", "first")
    monkeypatch.chdir(root)
    return Repository(root, place / "remote", capsys)


def test_save_a_baseline_then_compare_with_it(repository: Repository) -> None:
    code, outcomes, _ = repository.run("--tier", "model")
    assert code == 3
    assert (
        "mlgate baseline save"
        in outcomes["model/clinic/baseline"]["hint"] + outcomes["model/clinic/baseline"]["message"]
    )
    saved = repository.mlgate("baseline", "save")
    assert saved.returncode == 0, saved.stderr
    shown = repository.mlgate("baseline", "show")
    assert shown.returncode == 0, shown.stderr
    assert "alias champion" in shown.stdout
    assert "(0 commits ago)" in shown.stdout
    shutil.rmtree(repository.root / "out")
    done = repository.mlgate("run", "--format", "json")
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    report = json.loads(done.stdout)
    outcomes = {outcome["id"]: outcome for outcome in report["outcomes"]}
    assert outcomes["model/clinic/roc_auc/sex=F"]["evidence"]["verdict"] == "equivalent"
    baseline = report["provenance"]["baselines"][0]
    assert baseline["rows"] == 1500
    assert baseline["age_s"] >= 0
    assert baseline["commit"] == report["provenance"]["commit"]
    assert baseline["data"]["train"].startswith("md5:")
    assert report["provenance"]["datasets"][0]["source"] == "dvc"


def test_only_what_the_selected_tiers_need_is_pulled(repository: Repository) -> None:
    repository.run("--tier", "model")
    assert (repository.root / "data" / "train.csv").exists()
    assert not (repository.root / "data" / "extra.csv").exists()
    code, _, _ = repository.run("--tier", "data")
    assert code == 0
    assert (repository.root / "data" / "extra.csv").exists()


def test_a_missing_remote_object_is_an_error_and_the_other_dataset_is_still_judged(repository: Repository) -> None:
    repository.object_of("data/extra.csv").unlink()
    code, outcomes, _ = repository.run("--tier", "data")
    assert code == 3
    assert outcomes["data/extra/readable"]["status"] == "error"
    assert outcomes["data/extra/readable"]["hint"]
    assert outcomes["data/train/x/between"]["status"] == "pass"


def test_other_bytes_than_the_pointer_says_are_never_judged(repository: Repository) -> None:
    assert repository.run("--tier", "data")[0] == 0
    (repository.root / "data" / "extra.csv").chmod(0o644)
    (repository.root / "data" / "extra.csv").write_text("id,x,sex\n1,0.25,F\n")
    code, outcomes, _ = repository.run("--tier", "data")
    assert code == 3
    assert outcomes["data/extra/readable"]["status"] == "error"
    assert "data/extra/x/between" not in outcomes


def test_a_dead_server_is_an_error_that_says_so(
    repository: Repository, dead_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://ann:secret@{dead_address}")
    code, outcomes, report = repository.run("--tier", "model")
    assert code == 3
    assert "cannot be reached" in outcomes["model/clinic/baseline"]["message"]
    assert "secret" not in json.dumps(report)


def test_a_stage_makes_the_predictions(repository: Repository) -> None:
    root = repository.root
    stage = "stages:\n  evaluate:\n    cmd: python evaluate.py\n    deps: [data/train.csv, evaluate.py]\n    outs: [out/predictions.csv]\n"
    (root / "dvc.yaml").write_text(stage)
    text = (root / "mlgate.yaml").read_text().replace("command: [python, evaluate.py]", "stage: evaluate")
    (root / "mlgate.yaml").write_text(text)
    (root / ".gitignore").write_text("")
    assert run_command(cli, ["baseline", "save"]) == 0
    code, outcomes, report = repository.run("--tier", "model")
    assert code == 0, outcomes
    assert report["provenance"]["candidates"][0]["made_by"] == "stage"


GLOB = """\
version: 1
datasets:
  parts: {path: "parts/**/*.csv"}
  inner: {path: parts/two/b.csv}
"""


def track_parts(repository: Repository) -> None:
    """A tracked folder of three files, as a fresh clone has it."""
    root = repository.root
    (root / "mlgate.yaml").write_text(GLOB)
    for number, name in enumerate(("a.csv", "two/b.csv", "two/c.csv")):
        (root / "parts" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "parts" / name).write_text(f"id,x\n{number},1.5\n{number + 10},2.5\n")
    call(root, "dvc", "add", "--quiet", "parts")
    call(root, "dvc", "push", "--quiet", "parts")
    shutil.rmtree(root / "parts")
    shutil.rmtree(root / ".dvc" / "cache")


def test_a_glob_over_a_tracked_folder_is_never_judged_in_part(repository: Repository) -> None:
    root = repository.root
    track_parts(repository)
    for gone in ("parts", "parts/two", "parts/a.csv"):
        place = root / gone
        if place.is_dir():
            shutil.rmtree(place)
        elif place.exists():
            place.unlink()
        code, outcomes, report = repository.run("--tier", "data")
        assert code == 0, outcomes
        parts, inner = report["provenance"]["datasets"]
        assert parts["rows"] == 6
        assert (parts["source"], inner["source"]) == ("dvc", "dvc")
        assert parts["digest"].endswith(".dir")
    (root / "parts" / "stray.csv").write_text("id,x\n7,1\n")
    code, outcomes, _ = repository.run("--tier", "data")
    assert code == 3
    assert outcomes["data/parts/readable"]["status"] == "error"
    (root / "parts" / "stray.csv").unlink()
    shutil.rmtree(repository.remote)
    shutil.rmtree(root / ".dvc" / "cache")
    (root / "parts" / "a.csv").unlink()
    code, outcomes, _ = repository.run("--tier", "data")
    assert code == 3
    assert outcomes["data/parts/readable"]["status"] == "error"


def test_a_glob_over_the_outputs_of_a_stage_is_never_judged_in_part(repository: Repository) -> None:
    root = repository.root
    make = "import pathlib; [pathlib.Path(f'made-{n}.csv').write_text(f'id,x\\n{n},1.5\\n') for n in range(3)]"
    (root / "make.py").write_text(make)
    outs = "[made-0.csv, made-1.csv, made-2.csv]"
    (root / "dvc.yaml").write_text(
        f"stages:\n  make:\n    cmd: python make.py\n    deps: [make.py]\n    outs: {outs}\n"
    )
    (root / "mlgate.yaml").write_text("version: 1\ndatasets: {made: {path: 'made-*.csv'}}\n")
    call(root, "dvc", "repro", "--quiet", "make")
    (root / "made-1.csv").unlink()
    code, outcomes, report = repository.run("--tier", "data")
    assert code == 0, outcomes
    assert report["provenance"]["datasets"][0]["rows"] == 3
    assert report["provenance"]["datasets"][0]["digest"].startswith("sha256:")
    (root / "made-1.csv").unlink()
    shutil.rmtree(root / ".dvc" / "cache")
    code, outcomes, _ = repository.run("--tier", "data")
    assert code == 3
    assert "made-1.csv" in outcomes["data/made/readable"]["message"]


STAGE = """\
stages:
  evaluate:
    cmd: python evaluate.py
    deps: [data/train.csv, evaluate.py]
    outs: [out/predictions.csv]
  other:
    cmd: cp mlgate.yaml copied
    outs: [copied]
"""


def predictions_of_a_stage(repository: Repository, made_by: str) -> None:
    root = repository.root
    (root / "dvc.yaml").write_text(STAGE)
    (root / ".gitignore").write_text("")
    text = (root / "mlgate.yaml").read_text().replace("    command: [python, evaluate.py]\n", made_by)
    text = "".join(line + "\n" for line in text.splitlines() if "baseline:" not in line and "needs:" not in line)
    (root / "mlgate.yaml").write_text(text)
    call(root, "dvc", "pull", "--quiet", "data/train.csv")
    call(root, "dvc", "repro", "--quiet", "evaluate")
    call(root, "dvc", "push", "--quiet", "evaluate")


def test_a_stage_that_does_not_make_the_predictions_is_an_error(repository: Repository) -> None:
    predictions_of_a_stage(repository, "    stage: other\n")
    code, outcomes, report = repository.run("--tier", "model")
    assert code == 3
    assert "stage other does not make out/predictions.csv" in outcomes["model/clinic/predictions"]["message"]
    assert report["provenance"]["candidates"] == []


def test_given_predictions_under_dvc_are_pulled_and_belong_to_this_commit(repository: Repository) -> None:
    root = repository.root
    predictions_of_a_stage(repository, "")
    shutil.rmtree(root / "out")
    shutil.rmtree(root / ".dvc" / "cache")
    (root / "data" / "train.csv").unlink()
    code, outcomes, report = repository.run("--tier", "model")
    assert code == 0, outcomes
    assert report["provenance"]["candidates"][0]["made_by"] == "given"
    assert not (root / "data" / "train.csv").exists()
    with (root / "evaluate.py").open("a") as stream:
        stream.write("# another model\n")
    code, outcomes, _ = repository.run("--tier", "model")
    assert code == 3
    assert outcomes["model/clinic/predictions"]["message"].startswith("stale-candidate: out/predictions.csv")
    (root / "out" / "predictions.csv").chmod(0o644)
    with (root / "out" / "predictions.csv").open("a") as stream:
        stream.write("9999,1,1,0.9,F\n")
    code, outcomes, _ = repository.run("--tier", "model")
    assert code == 3
    assert outcomes["model/pull/out/predictions.csv"]["status"] == "error"
