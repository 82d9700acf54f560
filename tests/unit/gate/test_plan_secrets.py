"""Which jobs need credentials, and what of a plan is withheld from a fork and from a draft."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlgate.cli import cli, run_command
from mlgate.gate.load import load_project
from mlgate.gate.plan_secrets import tiers_with_secrets
from mlgate.outcome import TIERS
from tests.unit.gate.test_plan import CONFIG, plan, root  # noqa: F401  # a fixture
from tests.unit.sources.test_git_changes import write

POINTERS = ("data/train.csv.dvc", "data/test.csv.dvc")


@pytest.mark.parametrize(
    ("tracked", "baseline", "needing"),
    [
        (True, "none", {"data", "model"}),  # the model tier reads `test`
        (False, "none", set()),
        (False, "mlflow:models:/readmission@champion", {"model"}),
        (False, "dvc:main:out/predictions.csv", {"model"}),
        (False, "git:main:out/predictions.csv", set()),
    ],
)
def test_a_tier_needs_credentials_for_what_lies_elsewhere(
    root: Path,  # noqa: F811  # the imported fixture
    tracked: bool,
    baseline: str,
    needing: set[str],
) -> None:
    write(root, "mlgate.yaml", CONFIG.replace("baseline: none", f"baseline: {baseline}"))
    if not tracked:
        for pointer in POINTERS:
            (root / pointer).unlink()
    assert tiers_with_secrets(load_project(None, root), TIERS) == needing


def test_a_pointer_that_cannot_be_read_counts_as_needing_them(root: Path) -> None:  # noqa: F811  # the imported fixture
    write(root, "data/train.csv.dvc", "outs: [\n")
    assert "data" in tiers_with_secrets(load_project(None, root), TIERS)


def test_the_plan_of_a_fork_and_of_a_draft(root: Path) -> None:  # noqa: F811  # the imported fixture
    write(root, "Makefile", "all:\n")  # reaches everything
    withheld = {
        flags: {job.name for job in plan(root, **dict.fromkeys(flags, True)).jobs if job.withheld}
        for flags in ((), ("fork",), ("draft",), ("fork", "draft"))
    }
    assert withheld == {
        (): set(),
        ("fork",): {"data-1", "model-1"},
        ("draft",): {"model-1"},
        ("fork", "draft"): {"data-1", "model-1"},
    }


def test_the_command_tells_the_matrix_and_writes_the_plan(
    root: Path,  # noqa: F811  # the imported fixture
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(root)
    write(root, "Makefile", "all:\n")
    assert run_command(cli, ["plan", "--fork", "--output", str(root / "out" / "plan.json"), "--format", "matrix"]) == 0
    matrix = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in matrix["first"]["include"]] == ["static-1", "unit-1"]
    assert (matrix["any_first"], matrix["any_then"]) == (True, False)
    written = json.loads((root / "out" / "plan.json").read_text(encoding="utf-8"))
    assert [job["name"] for job in written["jobs"] if job["withheld"]] == ["data-1", "model-1"]
