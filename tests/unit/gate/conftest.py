"""A small project with predictions of two models, run in this process."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command

Row = dict[str, Any]


@dataclass
class Ran:
    """What a run gave back."""

    code: int
    out: str
    err: str
    report: dict[str, Any] = field(default_factory=dict)

    def outcome(self, id_: str) -> dict[str, Any]:
        found = [outcome for outcome in self.report["outcomes"] if outcome["id"] == id_]
        assert len(found) == 1, [outcome["id"] for outcome in self.report["outcomes"]]
        result: dict[str, Any] = found[0]
        return result

    def statuses(self) -> dict[str, str]:
        return {outcome["id"]: outcome["status"] for outcome in self.report["outcomes"]}


@dataclass
class Place:
    """A project folder in which `mlgate` is run."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_rows(self, name: str, rows: list[Row]) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]) if rows else ["id", "label", "prediction", "score", "sex"])
            writer.writeheader()
            writer.writerows(rows)

    def mlgate(self, *arguments: str) -> Ran:
        self.capsys.readouterr()
        code = run_command(cli, arguments)
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)

    def run(self, *arguments: str) -> Ran:
        ran = self.mlgate("run", "--output", "out/report", "--format", "json", *arguments)
        if ran.out:
            ran.report = json.loads(ran.out)
        return ran


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # ours take longer to load than a project's tests to run
    monkeypatch.setenv("MLGATE_NO_CACHE", "1")  # keeping proofs of each run takes longer than most of these runs
    return Place(tmp_path, capsys)


@pytest.fixture
def predictions() -> Callable[..., list[Row]]:
    """Predictions of `n` examples with the same truth for every model; `noise` makes a model worse, `hurt` one slice."""

    def make(n: int = 2000, *, seed: int = 1, noise: float = 0.2, hurt: str = "", by: float = 0.0) -> list[Row]:
        truth, model = random.Random(0), random.Random(seed)
        rows: list[Row] = []
        for number in range(n):
            label, sex = truth.random() < 0.4, truth.choice("FM")
            score = (0.65 if label else 0.35) + model.gauss(0, noise + (by if sex == hurt else 0.0))
            score = min(1.0, max(0.0, score))
            rows.append(
                {"id": f"p{number:05}", "label": int(label), "prediction": int(score > 0.5), "score": score, "sex": sex}
            )
        return rows

    return make
