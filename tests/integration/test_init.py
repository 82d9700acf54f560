"""`mlgate init` on three repositories of different shape: the gate is green at once, and catches what is planted then."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.sources import dvc_command
from mlgate.sources.mlflow_client import open_store, translated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TRAIN = '''\
"""Trains on data/train.csv and predicts data/test.csv."""

import csv

import numpy as np
from sklearn.linear_model import LogisticRegression

SEED = 7


def read(path):
    with open(path, newline="") as stream:
        rows = list(csv.DictReader(stream))
    features = np.array([[float(row["age"]), float(row["dose"])] for row in rows])
    return [row["visit"] for row in rows], features, np.array([int(row["outcome"]) for row in rows])


def main():
    _, features, labels = read("data/train.csv")
    model = LogisticRegression(random_state=SEED).fit(features, labels)
    ids, features, labels = read("data/test.csv")
    scores = model.predict_proba(features)[:, 1]
    with open("outputs/predictions.csv", "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "label", "prediction", "score"])
        for row in zip(ids, labels, (scores > 0.5).astype(int), scores.round(4)):
            writer.writerow(row)


if __name__ == "__main__":
    main()
'''

EVALUATE = '''\
"""Predicts data/visits.csv with the weights of a network that train.py has learnt on a GPU."""

import csv
import json
import math


def main():
    with open("weights.json") as stream:
        weights = json.load(stream)
    with open("data/visits.csv", newline="") as source, open("predictions.csv", "w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["id", "label", "prediction", "score"])
        for row in csv.DictReader(source):
            score = 1 / (1 + math.exp(-weights["dose"] * (float(row["dose"]) - weights["middle"])))
            writer.writerow([row["visit"], row["outcome"], int(score > 0.5), round(score, 4)])


if __name__ == "__main__":
    main()
'''

TORCH = """\
import json

import torch

torch.manual_seed(7)


def main():
    layer = torch.nn.Linear(1, 1)
    json.dump({"dose": layer.weight.item(), "middle": layer.bias.item()}, open("weights.json", "w"))


if __name__ == "__main__":
    main()
"""

TEST = "def test_sense():\n    assert sum([1, 2]) == 3\n"


@dataclass
class Repository:
    """A Git repository in which `mlgate` runs in this process."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def call(self, *command: str) -> None:
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr

    def commit(self, message: str) -> None:
        self.call("git", "add", "--all")
        self.call("git", "commit", "--quiet", "--message", message)

    def init(self, *options: str) -> str:
        self.capsys.readouterr()
        assert run_command(cli, ["init", *options]) == 0
        return self.capsys.readouterr().out

    def gate(self) -> tuple[int, dict[str, str]]:
        """Exit code, and the status of each outcome."""
        self.capsys.readouterr()
        code = run_command(cli, ["run", "--format", "json"])
        report: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return code, {outcome["id"]: outcome["status"] for outcome in report["outcomes"]}

    def must_be_green(self) -> dict[str, str]:
        code, found = self.gate()
        assert code == 0, {name: status for name, status in found.items() if status in ("fail", "error")}
        return found

    def must_fail(self, *parts: str) -> None:
        code, found = self.gate()
        failed = [name for name, status in found.items() if status == "fail"]
        assert code == 1, {name: status for name, status in found.items() if status == "error"}
        assert all(any(name.startswith(part) for name in failed) for part in parts), failed


def visits(rows: int, seed: int, start: int = 0) -> str:
    """A table of visits: a higher dose makes a good outcome likelier."""
    draw = random.Random(seed)
    lines = ["visit,age,sex,ward,dose,outcome"]
    for number in range(start, start + rows):
        dose = draw.uniform(0, 10)
        good = int(draw.random() < (0.9 if dose > 5 else 0.1))
        lines.append(f"v{number:05},{draw.randint(18, 90)},{draw.choice('FM')},{draw.choice('ABC')},{dose:.2f},{good}")
    return "\n".join([*lines, ""])


def rewrite(path: Path, change: Callable[[int, dict[str, str]], None]) -> None:
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        change(number, row)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def break_data(_number: int, row: dict[str, str]) -> None:
    row["ward"] = "unknown" if row["ward"] == "C" else row["ward"]


def break_predictions(number: int, row: dict[str, str]) -> None:
    if number % 5 == 0:
        row["prediction"] = str(1 - int(row["prediction"]))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    found = Repository(root, capsys)
    found.call("git", "init", "--quiet")
    return found


def test_plain_files_and_scikit_learn(repository: Repository) -> None:
    repository.write(
        {
            "data/train.csv": visits(1500, 1),
            "data/test.csv": visits(1000, 2, start=1500),
            "src/train.py": TRAIN,
            "tests/test_sense.py": TEST,
            "requirements.txt": "scikit-learn\n",
            "outputs/predictions.csv": "",
        }
    )
    repository.call(sys.executable, "src/train.py")
    repository.commit("A model of visits")
    told = repository.init()
    assert "scikit-learn (src/train.py)" in told
    found = repository.must_be_green()
    assert {"pass"} == {found["unit/tests/test_sense.py::test_sense"], found["model/predictions/accuracy"]}
    repository.commit("A gate")
    assert "nothing is new since mlgate.yaml was written" in repository.init()
    rewrite(repository.root / "data/train.csv", break_data)
    repository.must_fail("data/train/ward/")
    repository.call("git", "checkout", "--quiet", "data")
    rewrite(repository.root / "outputs/predictions.csv", break_predictions)
    repository.must_fail("model/predictions/accuracy")


def test_dvc_and_a_network(repository: Repository) -> None:
    dvc = dvc_command.find_command()
    repository.write(
        {
            ".dvc/config": f'[core]\n    remote = store\n[remote "store"]\n    url = {repository.root.parent / "remote"}\n',
            ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
            "data/visits.csv": visits(1500, 3),
            "train.py": TORCH,
            "evaluate.py": EVALUATE,
            "weights.json": '{"dose": 0.9, "middle": 5.0}\n',
            "dvc.yaml": f"stages:\n  evaluate:\n    cmd: {sys.executable} evaluate.py\n"
            "    deps: [data/visits.csv, evaluate.py, weights.json]\n    outs: [predictions.csv]\n",
            "tests/unit/test_sense.py": TEST,
            "tests/model/test_train.py": "import torch\n\n\ndef test_layer():\n    assert torch.nn.Linear(1, 1) is not None\n",
        }
    )
    repository.call(dvc, "add", "--quiet", "data/visits.csv")
    repository.call(dvc, "repro", "--quiet")
    repository.call(dvc, "push", "--quiet")
    repository.commit("A network of visits")
    told = repository.init()
    assert "seen   DVC, with dvc.yaml" in told
    assert "PyTorch (train.py)" in told
    text = (repository.root / "mlgate.yaml").read_text()
    assert "baseline: 'dvc:" in text
    assert "stage evaluate makes them" in text
    found = repository.must_be_green()
    assert found["model/predictions/accuracy"] == "pass"
    repository.commit("A gate")
    rewrite(repository.root / "data/visits.csv", break_data)
    rewrite(repository.root / "predictions.csv", break_predictions)
    repository.call(dvc, "commit", "--quiet", "--force")
    repository.must_fail("data/visits/ward/")
    code, found = _keep_going(repository)
    assert (code, found["model/predictions/accuracy"]) == (1, "fail")


def _keep_going(repository: Repository) -> tuple[int, dict[str, str]]:
    repository.capsys.readouterr()
    code = run_command(cli, ["run", "--tier", "model", "--format", "json"])
    report = json.loads(repository.capsys.readouterr().out)
    return code, {outcome["id"]: outcome["status"] for outcome in report["outcomes"]}


def test_an_mlflow_project_with_a_champion(
    repository: Repository, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(database.removeprefix("sqlite:///"), repository.root / "mlflow.db")  # making one takes seconds
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{repository.root / 'mlflow.db'}")
    draw = random.Random(5)
    rows = [(f"c{number}", int(draw.random() < 0.4)) for number in range(1200)]
    lines = [f"{name},{label},{label if draw.random() < 0.85 else 1 - label},north" for name, label in rows]
    repository.write(
        {
            "MLproject": "name: churn\nentry_points:\n  main:\n    command: python -m churn.train\n",
            "churn/__init__.py": "",
            "churn/train.py": "import mlflow\n\n\ndef main():\n    mlflow.set_experiment('churn')\n",
            "conf/train.yaml": "model: {depth: 3}\nseed: 7\n",
            "data/customers.csv": visits(1000, 6),
            "outputs/predictions.csv": "\n".join(["id,label,prediction,region", *lines, ""]),
            ".gitignore": "mlflow.db\nmlruns\n",
        }
    )
    _register(repository.root, "churn")
    repository.commit("A model of churn")
    told = repository.init()
    assert "churn@champion" in told
    text = (repository.root / "mlgate.yaml").read_text()
    assert "baseline: 'mlflow:models:/churn@champion'" in text
    assert "MLproject names this project's commands" in text
    found = repository.must_be_green()
    assert found["model/churn/accuracy"] == "pass"
    rewrite(repository.root / "outputs/predictions.csv", break_predictions)
    repository.must_fail("model/churn/accuracy")
    rewrite(repository.root / "data/customers.csv", break_data)
    repository.must_fail("data/customers/ward/")


def _register(root: Path, model: str) -> None:
    """A champion whose run holds its predictions where the gate looks for those of an evaluation."""
    store = open_store(root, None, writing=True)
    with translated(store.shown, "register a champion"):
        client = store.client
        experiment = client.create_experiment(model, artifact_location=(root / "mlruns").as_uri())
        run = client.create_run(experiment)
        client.log_artifact(run.info.run_id, str(root / "outputs" / "predictions.csv"), f"mlgate/{model}")
        client.set_terminated(run.info.run_id)
        client.create_registered_model(model)
        version = client.create_model_version(model, f"{run.info.artifact_uri}/model", run.info.run_id)
        client.set_registered_model_alias(model, "champion", version.version)
