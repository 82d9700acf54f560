"""`mlgate baseline save` on a real MLflow: the alias moves where the gate lets pass, and nowhere else."""

from __future__ import annotations

import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.gate.baseline_files import judged_files
from mlgate.gate.load import load_project
from mlgate.sources.mlflow_client import open_store

pytestmark = [pytest.mark.slow]

PROJECT = """\
version: 1
evaluations:
  clinic:
    predictions: out/p.csv
    columns: {id: id, label: label, prediction: prediction}
    baseline: mlflow:models:/MODEL@champion
    metrics: {accuracy: {tolerance: 0.02, min: 0.6}}
"""


class Clinic:
    """A project whose candidate is right in a share of its rows."""

    def __init__(self, root: Path, tracking: str) -> None:
        self.root, self.tracking, self.model = root, tracking, f"clinic-{uuid.uuid4().hex[:8]}"
        (root / "mlgate.yaml").write_text(PROJECT.replace("MODEL", self.model))
        (root / "out").mkdir()

    def candidate(self, right: float, seed: int = 1) -> None:
        truth, model = random.Random(0), random.Random(seed)
        lines = ["id,label,prediction"]
        for number in range(2000):
            label = int(truth.random() < 0.5)
            lines.append(f"{number},{label},{label if model.random() < right else 1 - label}")
        (self.root / "out" / "p.csv").write_text("\n".join([*lines, ""]))

    def report(self) -> None:
        run_command(cli, ["run", "--output", "report"])
        file = self.root / "report" / "report.json"
        document = json.loads(file.read_text())
        for entry in document["provenance"]["candidates"]:
            entry.setdefault("files", judged_files(self.root, load_project(None, self.root).evaluations["clinic"]))
        file.write_text(json.dumps(document))

    @property
    def version(self) -> str | None:
        """What the alias names."""
        client: Any = open_store(self.root, self.tracking).client
        version = client.get_registered_model(self.model).aliases.get("champion")
        return None if version is None else str(version)


def save(*arguments: str) -> int:
    return run_command(cli, ["baseline", "save", *arguments])


def test_the_alias_moves_only_where_the_gate_lets_pass(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.chdir(tmp_path)
    clinic = Clinic(tmp_path, server)
    clinic.candidate(0.9)
    assert save() == 0
    assert "the first baseline" in capsys.readouterr().out
    assert clinic.version == "1"
    clinic.candidate(0.7, seed=2)
    assert save() == 1
    assert "nothing was saved: the gate says fail: model/clinic/accuracy: " in capsys.readouterr().err
    assert clinic.version == "1"
    assert save("--force") == 0
    assert clinic.version == "2"
    assert run_command(cli, ["baseline", "show"]) == 0
    assert "it was saved although its gate said fail" in capsys.readouterr().out
    clinic.candidate(0.95, seed=3)
    assert save() == 0
    assert clinic.version == "3"


def test_the_alias_moves_only_for_a_report_that_compared_with_what_it_names(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import subprocess

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.chdir(tmp_path)
    clinic = Clinic(tmp_path, server)
    clinic.candidate(0.9)
    for arguments in (["init", "-q"], ["add", "mlgate.yaml"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    assert save() == 0
    clinic.candidate(0.95, seed=3)
    clinic.report()
    assert save() == 0  # by somebody else, between the run and its save
    assert clinic.version == "2"
    capsys.readouterr()
    assert save("--report", "report") == 3
    said = capsys.readouterr().err
    assert f"clinic was compared with version 1 of {clinic.model}, and somebody else has moved alias champion" in said
    assert clinic.version == "2"
    clinic.report()
    assert save("--report", "report") == 0
    assert clinic.version == "3"


def test_a_store_that_is_not_there_yet_takes_the_first_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/new.db")
    monkeypatch.chdir(tmp_path)
    clinic = Clinic(tmp_path, f"sqlite:///{tmp_path}/new.db")
    clinic.candidate(0.55)
    assert save() == 1
    assert "model/clinic/accuracy/min" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()
    clinic.candidate(0.9)
    assert save() == 0
    assert clinic.version == "1"
