"""Green runs of main are recorded, the next run is judged by them, and `mlgate history` shows them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from mlgate.cli import run_command
from mlgate.cli.history import history as command
from mlgate.config.project import Project
from mlgate.errors import SourceError, UsageError
from mlgate.gate.history import append_history, append_measured, judge_history, measure
from mlgate.gate.history_show import show_history
from mlgate.gate.load import load_project
from mlgate.outcome import Outcome, Report, Status
from mlgate.sources import history as store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CONFIG = """\
version: 1
evaluations:
  readmission:
    predictions: p.csv
    columns: {label: label, prediction: prediction, score: score}
    positive: 1
    baseline: file:base.csv
    metrics:
      roc_auc: {tolerance: 0.01}
      accuracy: {tolerance: 0.01}
history: {store: git, window: 5}
"""
KEY = {"rows": 1204, "labels": "sha256:a", "positive": "1", "metrics": {"roc_auc": "roc_auc/1: area"}}
Z = 1.6448536269514722


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "mlgate.yaml").write_text(CONFIG)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    return load_project(None, tmp_path)


def compared(value: float, before: float, *, se: float = 0.003, **changes: Any) -> Outcome:
    facts: dict[str, Any] = {
        "evaluation": "readmission",
        "metric": "roc_auc",
        "slice": None,
        "n": 1204,
        "baseline": before,
        "candidate": value,
        "delta": value - before,
        "low": value - before - Z * se,
        "high": value - before + Z * se,
        "confidence": 0.9,
        "tolerance": 0.01,
        "verdict": "pass",
    }
    return Outcome(
        id="model/readmission/roc_auc",
        check="metric_change",
        tier="model",
        subject="readmission.roc_auc",
        status=Status.PASS,
        message="",
        evidence=facts | changes,
    )


def provenance(number: int, value: float, key: dict[str, Any] | None = KEY) -> dict[str, Any]:
    """Run `number` of main, whose baseline is the one before it."""
    candidate = {"evaluation": "readmission", "metrics": {"roc_auc": value, "accuracy": 0.8}, "rows": 1204}
    return {
        "commit": f"{number:040x}",
        "dirty": False,
        "candidates": [candidate | ({} if key is None else {"key": key})],
        "baselines": [{"evaluation": "readmission", "commit": f"{number - 1:040x}" if number > 1 else None}],
    }


def report(number: int, value: float, before: float | None, **changes: Any) -> Report:
    outcomes = (Outcome(id="x", check="x", tier="data", subject="x", status=Status.PASS, message=""),)
    if before is not None:
        outcomes = (compared(value, before, **changes),)
    return Report(
        gate="default", outcomes=outcomes, started_at="", duration_s=0.0, provenance=provenance(number, value)
    )


def record(project: Project, values: list[float], **changes: Any) -> None:
    for number, value in enumerate(values, start=1):
        before = values[number - 2] if number > 1 else None
        append_history(project, report(number, value, before, **changes), now=NOW + timedelta(hours=number))


def judge(project: Project, number: int, value: float, before: float, **changes: Any) -> dict[str, Outcome]:
    found = judge_history(
        project, [compared(value, before, **changes)], provenance(number, value), now=NOW + timedelta(days=9)
    )
    return {outcome.id: outcome for outcome in found}


FALLING = [round(0.871 - 0.006 * step, 6) for step in range(10)]


def test_a_slow_decline_over_recorded_runs_is_a_warning(project: Project) -> None:
    record(project, FALLING[:-1])
    found = judge(project, 10, FALLING[-1], FALLING[-2])
    outcome = found["model/readmission/roc_auc/history"]
    assert outcome.status is Status.WARN
    assert outcome.message.startswith("roc_auc fell by 0.054 over the last 9 merges, no single one by more than")
    assert outcome.location is not None
    assert outcome.location.line == 9
    assert outcome.evidence["alpha"] == 0.05
    assert found["model/history"].status is Status.PASS
    assert "9 entries in refs/mlgate/history of this clone" in found["model/history"].message


def test_the_level_is_shared_by_the_metrics_that_are_tested(project: Project) -> None:
    record(project, FALLING[:-1])
    second = compared(0.8, 0.8, metric="accuracy")
    found = judge_history(
        project, [compared(FALLING[-1], FALLING[-2]), second], provenance(10, FALLING[-1]), now=NOW + timedelta(days=9)
    )
    assert {outcome.evidence["alpha"] for outcome in found[1:]} == {0.025}


def test_the_trend_of_a_metric_that_was_not_compared_is_shown(project: Project) -> None:
    record(project, FALLING[:-1])
    outcome = judge(project, 10, FALLING[-1], FALLING[-2])["model/readmission/accuracy/history"]
    assert (outcome.status, len(outcome.evidence["points"])) == (Status.SKIP, 6)
    assert "no standard error" in outcome.message


def test_slices_and_other_checks_are_not_taken_for_the_metric(project: Project) -> None:
    outcomes = [compared(0.1, 0.9, slice={"sex": "F"}), replace(compared(0.2, 0.9), check="other"), compared(0.7, 0.8)]
    (entry,) = measure(project, outcomes, provenance(2, 0.7), NOW)
    assert entry.metrics["roc_auc"].baseline == 0.8


def test_what_is_recorded_of_a_run(project: Project) -> None:
    record(project, [0.8, 0.79])
    assert project.history is not None
    first, second = store.load(project.history, root=project.root).entries
    assert (first.baseline_commit, first.metrics["roc_auc"].delta) == (None, None)
    assert (second.commit, second.baseline_commit) == (f"{2:040x}", f"{1:040x}")
    assert (second.rows, second.dirty, second.time) == ("sha256:a, positive 1", False, "2026-11-21T14:00:00.000000Z")
    metric = second.metrics["roc_auc"]
    assert metric.se == pytest.approx(0.003)
    assert metric.delta == pytest.approx(-0.01)
    assert (metric.value, metric.n, metric.tolerance, metric.verdict) == (0.79, 1204, 0.01, "pass")
    assert metric.definition == "roc_auc/1: area"
    assert second.metrics["accuracy"].definition == project.evaluations["readmission"].metrics[1].spec.definition


@pytest.mark.parametrize(
    "changes",
    [
        {"low": None},
        {"high": None},
        {"confidence": 1.0},
        {"confidence": None},
        {"low": 0.1, "high": -0.1},
        {"low": True},
    ],
)
def test_an_interval_that_is_none_gives_no_standard_error(project: Project, changes: dict[str, Any]) -> None:
    (entry,) = measure(project, [compared(0.8, 0.8, **changes)], provenance(2, 0.8), NOW)
    assert entry.metrics["roc_auc"].se is None


def test_a_value_that_is_not_finite_is_not_recorded(project: Project) -> None:
    broken = provenance(2, float("nan"))
    (entry,) = measure(project, [], broken, NOW)
    assert list(entry.metrics) == ["accuracy"]
    (entry,) = measure(project, [compared(0.7, 0.8)], broken, NOW)
    assert entry.metrics["roc_auc"].value == 0.7  # of the rows that both sides share


def test_without_a_key_the_rows_are_not_known_and_nothing_is_claimed(project: Project) -> None:
    record(project, FALLING[:-1])
    found = judge_history(project, [compared(FALLING[-1], FALLING[-2])], provenance(10, 0.8, None), now=NOW)
    assert found[1].status is Status.SKIP
    assert "other rows" in found[1].message


def test_without_a_declared_history_nothing_happens(project: Project) -> None:
    plain = replace(project, history=None)
    assert judge_history(plain, [compared(0.8, 0.8)], provenance(2, 0.8), now=NOW) == ()
    assert append_history(plain, report(1, 0.8, None), now=NOW) == ()


def test_a_run_that_blocks_is_not_recorded(project: Project) -> None:
    red = report(2, 0.7, 0.8)
    red = red.with_outcomes([replace(red.outcomes[0], status=Status.FAIL)])
    with pytest.raises(SourceError, match="its verdict is fail"):
        append_history(project, red, now=NOW)
    empty = replace(report(2, 0.7, None), provenance={"commit": None})
    assert append_history(project, empty, now=NOW) == ("history: nothing was measured, so nothing is added",)
    assert project.history is not None
    assert store.load(project.history, root=project.root).entries == ()


def test_what_was_saved_by_force_is_recorded_so_that_the_line_does_not_end(project: Project) -> None:
    record(project, [0.87, 0.86])
    append_measured(project, [compared(0.80, 0.86)], provenance(3, 0.80), now=NOW + timedelta(hours=3))
    outcome = judge(project, 4, 0.80, 0.80)["model/readmission/roc_auc/history"]
    assert (outcome.status, outcome.evidence["runs_added_up"]) == (Status.WARN, 4)
    assert "0.060 of it at 000000000" in outcome.message


def test_where_it_was_recorded_is_told(project: Project) -> None:
    (line,) = append_history(project, report(1, 0.8, None), now=NOW)
    assert line.startswith(
        "history: added readmission to refs/mlgate/history of this clone (the repository has no remote"
    )


def test_a_store_out_of_reach_is_one_warning(project: Project) -> None:
    subprocess.run(["git", "-C", str(project.root), "remote", "add", "origin", "file:///nowhere.git"], check=True)
    found = judge(project, 2, 0.8, 0.8)
    assert list(found) == ["model/history"]
    assert found["model/history"].status is Status.WARN
    assert found["model/history"].message.startswith("no slow decline can be shown: ")


def test_an_old_copy_and_lines_that_are_no_entries_are_said(project: Project) -> None:
    record(project, FALLING[:-1])
    root = str(project.root)
    old = subprocess.run(
        ["git", "-C", root, "show", "refs/mlgate/history:history.jsonl"], check=True, capture_output=True
    )

    def made(*arguments: str, given: bytes) -> str:
        return (
            subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, input=given)
            .stdout.decode()
            .strip()
        )

    blob = made("hash-object", "-w", "--stdin", given=old.stdout + b"{cut\n")
    tree = made("mktree", given=f"100644 blob {blob}\thistory.jsonl\n".encode())
    made("update-ref", "refs/mlgate/history", made("commit-tree", tree, given=b"x"), given=b"")
    made("remote", "add", "origin", "file:///nowhere.git", given=b"")
    found = judge(project, 10, FALLING[-1], FALLING[-2])
    said = found["model/history"]
    assert said.status is Status.WARN
    assert "1 line is no entry of this version" in said.message
    assert "as it was when last asked" in said.message
    assert found["model/readmission/roc_auc/history"].status is Status.WARN


def test_the_history_is_shown_as_text_and_json(project: Project) -> None:
    assert show_history(None, project.root, ()).metrics == ()
    record(project, FALLING)
    shown = show_history(None, project.root, ("readmission",))
    text = shown.as_text().splitlines()
    assert text[0].startswith("history: 10 entries in refs/mlgate/history of this clone")
    assert text[2:5] == [
        "readmission.roc_auc",
        "  \u2588\u2587\u2585\u2584\u2582\u2581 over 6 runs",
        "  now 0.817 (2026-11-21T22:00:00.000000Z), best 0.871 (2026-11-21T13:00:00.000000Z)",
    ]
    assert text[5].startswith("  warning: roc_auc fell by 0.054 over the last 9 merges, no single one by more than")
    raw = json.loads(shown.as_json())
    assert raw["history"]["entries"] == 10
    assert raw["metrics"][0]["status"] == "warn"
    assert raw["metrics"][0]["points"][-1]["value"] == FALLING[-1]


def test_the_command_prints_and_exits(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    record(project, FALLING[:2])
    assert isinstance(command, click.Command)
    assert run_command(command, []) == 0
    assert "readmission.roc_auc" in capsys.readouterr().out
    assert run_command(command, ["--format", "json", "--evaluation", "readmission"]) == 0
    assert json.loads(capsys.readouterr().out)["history"]["entries"] == 2
    assert run_command(command, ["--evaluation", "readmision"]) == 2
    assert "readmission" in capsys.readouterr().err
    subprocess.run(["git", "-C", str(project.root), "remote", "add", "origin", "file:///nowhere.git"], check=True)
    (project.root / "mlgate.yaml").write_text(CONFIG.replace("store: git", "store: git, ref: refs/other/place"))
    assert run_command(command, []) == 3
    (project.root / "mlgate.yaml").write_text(CONFIG.partition("history:")[0])
    assert run_command(command, []) == 2
    with pytest.raises(UsageError, match="declares no history"):
        show_history(None, project.root, ())
