"""The data tier and the evaluations, each reused as a whole: what hangs on anything that changed is judged again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.gate import tier_checks
from mlgate.gate.reuse_state import ProjectState
from mlgate.gate.run import Request, run_gate
from mlgate.outcome import Report, Status
from mlgate.sources.test_environment import TestEnvironment
from tests.unit.gate.conftest import Place, Row

NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC)
YAML = """\
version: 1
datasets:
  visits: {path: data/visits.csv, schema: schemas/visits.yaml}
evaluations:
  e:
    predictions: out/candidate.csv
    columns: {id: id, label: label, prediction: prediction}
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.05}}
    resamples: 200
"""
SCHEMA = "version: 1\ncolumns:\n  age: {type: integer, between: [0, 120]}\n"
FRESH = """\
version: 1
columns: {age: {type: integer}, day: {type: date}}
table: {freshness: {column: day, max_age: 45d}}
"""


@pytest.fixture
def project(place: Place, predictions: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(ProjectState, "gate", lambda _state: "this mlgate")
    monkeypatch.setattr(ProjectState, "environment", lambda *_: TestEnvironment(digest="this environment"))
    place.write("mlgate.yaml", YAML)
    place.write("schemas/visits.yaml", SCHEMA)
    place.write("data/visits.csv", "age\n10\n20\n")
    rows = predictions()
    place.write_rows("base/predictions.csv", rows)
    place.write_rows("out/candidate.csv", rows)
    return place


def run(place: Place, cache: Path, now: dt.datetime = NOW, seed: int = 0) -> Report:
    request = Request(start=place.root, cache=cache, seed=seed, keep_going=True)
    return run_gate(request, progress=lambda _line: None, clock=lambda: now).report


def judged(report: Report) -> set[str]:
    """Tiers of which something was judged now."""
    return {outcome.tier for outcome in report.outcomes if outcome.reused_from is None}


def test_nothing_is_judged_again_where_nothing_changed(
    project: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    first = run(project, cache)
    assert first.verdict is Status.PASS
    assert judged(first) == {"data", "model"}
    for name in ("check_data", "judge_evaluations"):
        monkeypatch.setattr(f"mlgate.gate.run.{name}", lambda *_: pytest.fail("judged again"))
    again = run(project, cache, NOW + dt.timedelta(hours=1))
    assert judged(again) == set()
    assert {outcome.reused_from for outcome in again.outcomes} == {first.provenance["run"]}
    for name in ("datasets", "candidates", "baselines"):
        assert again.provenance[name] == first.provenance[name]
    assert [(o.id, o.status, o.message) for o in again.outcomes] == [
        (o.id, o.status, o.message) for o in first.outcomes
    ]
    assert tier_checks.check_data.__module__ == "mlgate.gate.tier_checks"


BOTH = {"data", "model"}
CHANGES: dict[str, tuple[str, str]] = {
    "data": ("data/visits.csv", "age\n10\n300\n"),
    "schema": ("schemas/visits.yaml", SCHEMA.replace("120", "15")),
    "candidate": ("out/candidate.csv", "id,label,prediction\n1,1,0\n"),
    "baseline": ("base/predictions.csv", "id,label,prediction\n1,1,1\n"),
    "configuration": ("mlgate.yaml", YAML.replace("0.05", "0.04")),
    "code": ("clinic/evaluate.py", "print()\n"),
    "any other file": ("README.md", "# Clinic\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_judges_both_again(name: str, project: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("cache")
    run(project, cache)
    project.write(*CHANGES[name])
    assert judged(run(project, cache)) == BOTH


def test_another_day_seed_or_environment_judges_both_again(
    project: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    run(project, cache)
    assert judged(run(project, cache)) == set()
    assert judged(run(project, cache, NOW + dt.timedelta(days=1))) == BOTH
    assert judged(run(project, cache, seed=1)) == BOTH
    with monkeypatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "7")
        assert judged(run(project, cache)) == BOTH
    monkeypatch.setattr(ProjectState, "environment", lambda *_: TestEnvironment(digest="another"))
    assert judged(run(project, cache)) == BOTH
    monkeypatch.setattr(ProjectState, "environment", lambda *_: TestEnvironment(digest="", problem="not known"))
    assert judged(run(project, cache)) == judged(run(project, cache)) == BOTH


@pytest.mark.parametrize(
    ("path", "text", "tier"),
    [
        ("schemas/visits.yaml", SCHEMA.replace("120", "15"), "data"),
        ("schemas/visits.yaml", FRESH, "data"),
        ("mlgate.yaml", YAML.replace("file:base/predictions.csv", "mlflow:models:/e@champion"), "model"),
    ],
    ids=["a failure", "an age that is counted", "a baseline on a server"],
)
def test_what_is_never_reused(
    path: str, text: str, tier: str, project: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    project.write("data/visits.csv", "age,day\n10,2026-11-25\n20,2026-11-25\n")
    project.write(path, text)
    run(project, cache)
    assert tier in judged(run(project, cache))


def test_the_whole_repository_counts_also_where_the_project_is_a_folder_in_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for path in ("project/a.csv", "shared/b.csv", "shared/c.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("1", encoding="utf-8")
    state = ProjectState(tmp_path / "project", tmp_path / "kept")
    before = state.data, state.everything, state.names
    (tmp_path / "shared/c.py").write_text("2", encoding="utf-8")
    state.forget()
    assert (state.data, state.names) == (before[0], before[2])
    assert state.everything != before[1]
    (tmp_path / "shared/b.csv").write_text("2", encoding="utf-8")
    state.forget()
    assert state.data != before[0]
