"""Baselines of several files (runs, shards), of values without rows, and of a revision that nobody wrote down."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import baseline_metrics, baseline_saving, baselines
from mlgate.sources.records import AbsentBaselineError, Record

Git = Callable[..., str]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = {"rows": 100, "labels": "sha256:0", "positive": None, "metrics": {}}


def load(reference: str, root: Path, path: str = "out/p.csv", runs: tuple[str, ...] = ()) -> baselines.Baseline:
    work = root / "work"
    work.mkdir(exist_ok=True)
    named = parse_reference(reference)
    return baselines.load(named, root=root, evaluation_name="e", predictions_path=path, runs=runs, work=work, now=NOW)


def metrics(reference: str, root: Path, *, rows: bool = False) -> baselines.Baseline:
    named = parse_reference(reference)
    return baseline_metrics.load_metrics(
        named, root=root, evaluation_name="e", metrics_path="out/metrics.json", now=NOW, rows=rows
    )


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def record(*files: Path, **more: Any) -> Record:
    facts = {"commit": "c0ffee", "key": KEY, "gate_verdict": "pass"}
    return Record(evaluation="e", predictions=files[0], runs=files, **({"facts": facts} | more))


@pytest.fixture
def seeds(tmp_path: Path) -> list[Path]:
    (tmp_path / "out").mkdir()
    files = [tmp_path / "out" / f"seed-{number}.csv" for number in range(12)]
    for number, file in enumerate(files):
        file.write_text(f"id,label\n{number},1\n")
    return files


def test_runs_come_back_in_their_order(tmp_path: Path, seeds: list[Path]) -> None:
    reference = parse_reference("file:base/run-*.csv")
    baseline_saving.save(reference, [record(*seeds)], root=tmp_path, now=NOW)
    found = load("file:base/run-*.csv", tmp_path, runs=("out/seed-*.csv",))
    assert [file.read_bytes() for file in found.runs] == [file.read_bytes() for file in seeds]
    assert found.predictions == found.runs[0]
    assert (found.commit, found.unreliable) == ("c0ffee", None)
    # What was recorded as runs stays runs, also where the candidate has one by now.
    assert len(load("file:base/run-*.csv", tmp_path).runs) == 12


def test_fewer_runs_leave_none_of_the_earlier_ones(tmp_path: Path, seeds: list[Path]) -> None:
    reference = parse_reference("file:base/run-*.csv")
    baseline_saving.save(reference, [record(*seeds)], root=tmp_path, now=NOW)
    write(tmp_path, base__mine_csv="id\n", **{"base__run-x_csv": "id,label\n1,1\n"})
    baseline_saving.save(reference, [record(*seeds[3:5])], root=tmp_path, now=NOW)
    kept = sorted(file.name for file in (tmp_path / "base").iterdir())
    assert kept == ["mine.csv", "run-0.csv", "run-1.csv", "run-all.csv.mlgate.json", "run-x.csv"]
    with pytest.raises(SourceError, match="describes 2 files, and 3 are there"):  # run-x.csv is not ours
        load("file:base/run-*.csv", tmp_path)
    (tmp_path / "base" / "run-x.csv").unlink()
    assert len(load("file:base/run-*.csv", tmp_path).runs) == 2
    (tmp_path / "base" / "run-1.csv").unlink()
    with pytest.raises(SourceError, match="describes 2 files, and 1 are there"):
        load("file:base/run-*.csv", tmp_path)


def test_a_broken_record_of_earlier_runs_does_not_stand_in_the_way(tmp_path: Path, seeds: list[Path]) -> None:
    reference = parse_reference("file:base/run-*.csv")
    write(tmp_path, **{"base__run-all_csv_mlgate_json": "{"})
    baseline_saving.save(reference, [record(*seeds[:2])], root=tmp_path, now=NOW)
    assert len(load("file:base/run-*.csv", tmp_path).runs) == 2


@pytest.mark.parametrize("target", ["base/e.csv", "base/*/e.csv", "base/*-*.csv", "base/run-[ab]*.csv", "ba?e/*.csv"])
def test_runs_need_one_place_for_their_number(tmp_path: Path, seeds: list[Path], target: str) -> None:
    reference = parse_reference(f"file:{target}")
    for refuse in (
        lambda: baseline_saving.require_savable(reference, {"e": "out/seed-*.csv"}, ["e"]),
        lambda: baseline_saving.save(reference, [record(*seeds)], root=tmp_path, now=NOW),
    ):
        with pytest.raises(UsageError, match="cannot be saved as") as caught:
            refuse()
        assert "one `*`" in caught.value.hint
    assert not (tmp_path / "base").exists()


def test_a_run_is_not_saved_onto_itself(tmp_path: Path, seeds: list[Path]) -> None:
    with pytest.raises(UsageError, match="is the predictions file itself"):
        baseline_saving.save(parse_reference("file:out/seed-*.csv"), [record(*seeds)], root=tmp_path, now=NOW)


def test_a_glob_without_a_record(tmp_path: Path, seeds: list[Path]) -> None:
    as_runs = load("file:out/seed-*.csv", tmp_path, runs=("other/*.csv",))
    assert as_runs.runs == tuple(sorted(seeds))  # by name, as the candidate's runs
    as_shards = load("file:out/seed-*.csv", tmp_path)
    assert len(as_shards.runs) == 1
    assert as_shards.predictions is not None
    rows = as_shards.predictions.read_text().splitlines()
    assert rows == ["id,label", *(f"{number},1" for number in sorted(range(12), key=str))]
    with pytest.raises(AbsentBaselineError, match=r"baseline file no/\*\.csv is absent"):
        load("file:no/*.csv", tmp_path)


def test_runs_and_shards_of_a_revision(repository: Path, git: Git) -> None:
    write(repository, **{f"out__seed-{number}_csv": f"id\n{number}\n" for number in range(3)})
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "seeds")
    write(repository, **{"out__seed-9_csv": "id\n9\n"})
    as_runs = load("git:main", repository, runs=("out/seed-[01].csv", "out/seed-2.csv"))
    assert [file.read_text() for file in as_runs.runs] == ["id\n0\n", "id\n1\n", "id\n2\n"]
    assert as_runs.found.endswith(", out/seed-[01].csv, out/seed-2.csv")
    as_shards = load("git:main", repository, path="out/seed-*.csv")
    assert [file.read_text() for file in as_shards.runs] == ["id\n0\n1\n2\n"]
    written = load("git:main:out/seed-[12].csv", repository, runs=("elsewhere/*.csv",))
    assert [file.read_text() for file in written.runs] == ["id\n1\n", "id\n2\n"]
    with pytest.raises(SourceError, match=r"no file that Git tracks in revision .* matches no/\*\.csv") as caught:
        load("git:main:no/*.csv", repository)
    assert caught.value.hint


def test_without_a_revision_it_is_the_merge_base(repository: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, out__p_csv="old", other_csv="other")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "-b", "work")
    write(repository, out__p_csv="new")
    git(repository, "commit", "-q", "-a", "-m", "third")
    found = load("git", repository)
    assert found.predictions is not None
    assert (found.predictions.read_text(), found.commit) == ("old", base)
    assert found.found == f"git merge base with main ({base[:9]}), out/p.csv"
    assert (found.reference, load("git::other.csv", repository).reference) == ("git", "git::other.csv")
    described = baselines.describe(
        parse_reference("git"), root=repository, evaluation_name="e", predictions_path="out/p.csv", now=NOW
    )
    assert (described.predictions, described.commit) == (None, base)
    git(repository, "checkout", "-q", "main")
    with pytest.raises(SourceError, match=r"out/p\.csv is not in revision"):  # of the first parent
        load("git", repository)
    for text in ("git", "dvc"):
        with pytest.raises(UsageError, match="cannot be saved to") as caught:
            baseline_saving.require_savable(parse_reference(text), {"e": "p.csv"})
        assert "the merge base" in caught.value.hint


def test_an_unreliable_baseline_is_named(tmp_path: Path, seeds: list[Path]) -> None:
    facts = {"key": KEY | {"rows": 3}, "gate_verdict": "pass"}
    reference = parse_reference("file:base.csv")
    baseline_saving.save(reference, [Record(evaluation="e", predictions=seeds[0], facts=facts)], root=tmp_path, now=NOW)
    assert load("file:base.csv", tmp_path).unreliable == "it has 3 rows, fewer than 50"


def test_values_of_a_metrics_file(repository: Path, git: Git) -> None:
    write(repository, out__metrics_json=json.dumps({"test": {"auc": 0.5}, "size": 3}))
    expected = {"test.auc": 0.5, "size": 3.0}
    assert metrics("file:out/metrics.json", repository).values == expected
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "metrics")
    write(repository, out__metrics_json="{}")
    found = metrics("git:main", repository)
    assert found.values == expected
    assert found.found.endswith(", out/metrics.json")
    assert metrics("git:main:out/p.csv", repository, rows=True).values == expected  # the path is the predictions'
    with pytest.raises(SourceError, match="is absent"):
        metrics("file:no.json", repository)


def test_values_are_kept_beside_the_predictions_and_alone(tmp_path: Path, seeds: list[Path]) -> None:
    write(tmp_path, out__metrics_json=json.dumps({"size": 3}))
    beside = record(seeds[0], values={"size": 3.0, "broken": float("nan")})
    baseline_saving.save(parse_reference("file:base.csv"), [beside], root=tmp_path, now=NOW)
    values = metrics("file:base.csv", tmp_path, rows=True).values
    assert values is not None
    assert values["size"] == 3.0
    assert values["broken"] != values["broken"]  # NaN: it was recorded, and is no number
    baseline_saving.save(parse_reference("file:plain.csv"), [record(seeds[0])], root=tmp_path, now=NOW)
    with pytest.raises(SourceError, match=r"file plain\.csv holds no values of a metrics file") as caught:
        metrics("file:plain.csv", tmp_path, rows=True)
    assert "mlgate baseline save" in caught.value.hint
    alone = Record(
        evaluation="e",
        metrics_file=tmp_path / "out" / "metrics.json",
        values={"size": 3.0},
        facts={"key": KEY | {"rows": 0}, "commit": "c0ffee"},
    )
    reference = parse_reference("file:base.json")
    baseline_saving.require_savable(reference, {"e": "out/metrics.json"})
    baseline_saving.save(reference, [alone], root=tmp_path, now=NOW + timedelta(hours=1))
    found = metrics("file:base.json", tmp_path)
    assert (found.values, found.commit, found.unreliable) == ({"size": 3.0}, "c0ffee", None)
    assert load("file:base.json", tmp_path).predictions is None
    (tmp_path / "base.json").write_text('{"size": 4}')
    with pytest.raises(SourceError, match="are not those that its record describes"):
        metrics("file:base.json", tmp_path)


@pytest.mark.parametrize(("target", "given"), [("b.yaml", "m.json"), ("b.json", "m.yml"), ("b.csv", "m.yaml")])
def test_a_metrics_file_keeps_its_format(target: str, given: str) -> None:
    with pytest.raises(UsageError, match="its format stays the same"):
        baseline_saving.require_savable(parse_reference(f"file:{target}"), {"e": given})
    baseline_saving.require_savable(parse_reference("file:b.yaml"), {"e": "m.yaml"})
