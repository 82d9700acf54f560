from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import baseline_files, baseline_saving, baselines
from mlgate.sources.records import Record

Git = Callable[..., str]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def load(reference: str, root: Path, path: str = "out/p.csv", now: datetime = NOW) -> baselines.Baseline:
    work = root / "work"
    work.mkdir(exist_ok=True)
    named = parse_reference(reference)
    return baselines.load(named, root=root, evaluation_name="e", predictions_path=path, work=work, now=now)


def describe(reference: str, root: Path, path: str = "out/p.csv") -> baselines.Baseline:
    named = parse_reference(reference)
    return baselines.describe(named, root=root, evaluation_name="e", predictions_path=path, now=NOW)


KEY = {"rows": 1, "labels": "sha256:0", "positive": "true", "metrics": {"accuracy": "accuracy/1"}}


def record(file: Path, name: str = "e") -> Record:
    facts = {"commit": "c0ffee", "dirty": False, "positive": True, "key": KEY}
    return Record(evaluation=name, predictions=file, facts=facts, metrics={"accuracy": 0.9})


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "p.csv"
    file.write_text("id,label\n1,1\n")
    return file


def test_a_plain_file(tmp_path: Path, predictions: Path) -> None:
    found = load("file:out/p.csv", tmp_path)
    expected = baselines.Baseline(
        reference="file:out/p.csv", found="file out/p.csv", predictions=predictions, runs=(predictions,)
    )
    assert found == expected
    assert describe("file:out/p.csv", tmp_path).predictions is None


def test_a_saved_file_knows_where_it_comes_from(tmp_path: Path, predictions: Path) -> None:
    reference = parse_reference("file:base/e.csv")
    east = NOW.astimezone(timezone(timedelta(hours=5)))
    assert baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=east).where == "file base/e.csv"
    assert sorted(file.name for file in (tmp_path / "base").iterdir()) == ["e.csv", "e.csv.mlgate.json"]
    found = load("file:base/e.csv", tmp_path, now=NOW + timedelta(hours=1))
    assert (found.commit, found.created_at, found.age_s) == ("c0ffee", "2026-11-21T12:00:00Z", 3600.0)
    assert found.recorded is not None
    assert (found.recorded["metrics"], found.recorded["positive"]) == ({"accuracy": 0.9}, True)
    assert found.predictions is not None
    assert found.predictions.read_bytes() == predictions.read_bytes()
    assert load("file:base/e.csv", tmp_path, now=NOW - timedelta(hours=1)).age_s == 0.0


@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_predictions_are_not_saved_onto_themselves(tmp_path: Path, predictions: Path, link: str | None) -> None:
    target = "out/p.csv" if link is None else "base.csv"
    if link is not None:
        getattr(tmp_path / target, link)(predictions)
    with pytest.raises(UsageError, match=f"{target} is the predictions file itself"):
        baseline_saving.save(parse_reference(f"file:{target}"), [record(predictions)], root=tmp_path, now=NOW)
    assert not (tmp_path / f"{target}.mlgate.json").exists()


def test_a_file_that_changed_after_it_was_saved_is_an_error(tmp_path: Path, predictions: Path) -> None:
    baseline_saving.save(parse_reference("file:base.csv"), [record(predictions)], root=tmp_path, now=NOW)
    (tmp_path / "base.csv").write_text("id,label\n1,0\n")
    for look in (load, describe):
        with pytest.raises(SourceError, match="not those that its record describes"):
            look("file:base.csv", tmp_path)


def test_a_save_that_stops_half_way_does_not_pass_for_a_baseline(
    tmp_path: Path, predictions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = parse_reference("file:base.csv")
    baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=NOW)
    predictions.write_text("id,label\n1,0\n")

    def fail(destination: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlgate.sources.git.write_atomically", fail)
    with pytest.raises(SourceError, match=r"cannot write base\.csv: No space left"):
        baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=NOW)
    with pytest.raises(SourceError, match="not those that its record describes"):
        load("file:base.csv", tmp_path)


def test_a_copy_that_fails_leaves_the_old_baseline(tmp_path: Path, predictions: Path) -> None:
    reference = parse_reference("file:base.csv")
    baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=NOW)
    with pytest.raises(SourceError, match=r"cannot read absent\.csv"):
        baseline_saving.save(reference, [record(tmp_path / "absent.csv")], root=tmp_path, now=NOW)
    assert load("file:base.csv", tmp_path).commit == "c0ffee"
    with pytest.raises(IsADirectoryError):
        baseline_files.copy_atomically(tmp_path, tmp_path / "base.csv")
    assert {file.name for file in tmp_path.iterdir()} == {"out", "work", "base.csv", "base.csv.mlgate.json"}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("created_at", "soon"),
        ("created_at", 5),
        ("key", "abc"),
        ("key", None),
        ("commit", 5),
        ("metrics", {"accuracy": "hi"}),
        ("data", ["train"]),
    ],
)
def test_a_record_that_is_malformed_is_an_error(tmp_path: Path, predictions: Path, part: str, value: object) -> None:
    baseline_saving.save(parse_reference("file:base.csv"), [record(predictions)], root=tmp_path, now=NOW)
    sidecar = tmp_path / "base.csv.mlgate.json"
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {part: value}))
    for look in (load, describe):
        with pytest.raises(
            SourceError, match=rf"record of file base\.csv \(base\.csv\.mlgate\.json\) .*`{part}`"
        ) as caught:
            look("file:base.csv", tmp_path)
        assert "mlgate baseline save" in caught.value.hint


def test_a_record_that_cannot_be_followed_is_not_taken_for_none(tmp_path: Path, predictions: Path) -> None:
    sidecar = tmp_path / "out" / "p.csv.mlgate.json"
    sidecar.symlink_to("absent.json")
    with pytest.raises(SourceError, match=r"cannot read the record of file out/p\.csv"):
        load("file:out/p.csv", tmp_path)
    sidecar.unlink()
    sidecar.mkdir()
    with pytest.raises(SourceError, match=r"cannot read the record of file out/p\.csv"):
        load("file:out/p.csv", tmp_path)


def test_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"baseline file base\.csv is absent") as caught:
        load("file:base.csv", tmp_path)
    assert "mlgate baseline save" in caught.value.hint


def test_a_link_out_of_the_project_is_refused(tmp_path: Path, predictions: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "base.csv").symlink_to(predictions)
    (root / "away").symlink_to(tmp_path / "out")
    with pytest.raises(SourceError, match="leads out of the project"):
        load("file:base.csv", root)
    with pytest.raises(SourceError, match="leads out of the project"):
        baseline_saving.save(parse_reference("file:away/b.csv"), [record(predictions)], root=root, now=NOW)


@pytest.mark.parametrize("name", ["loop.csv", "loop/e.csv", "x" * 300 + ".csv"])
def test_a_link_to_itself_is_refused(tmp_path: Path, predictions: Path, name: str) -> None:
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "loop").symlink_to("loop")
    for look in (load, describe):
        with pytest.raises(SourceError, match=r"cannot be followed|is absent") as caught:
            look(f"file:{name}", tmp_path)
        assert caught.value.hint
    with pytest.raises(SourceError, match=r"cannot be followed|cannot write") as caught:
        baseline_saving.save(parse_reference(f"file:{name}"), [record(predictions)], root=tmp_path, now=NOW)
    assert caught.value.hint


def test_a_revision_of_git(repository: Path, git: Git) -> None:
    (repository / "out").mkdir()
    for text in ("old", "new"):
        (repository / "out" / "p.csv").write_text(text)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", text)
    old = git(repository, "rev-parse", "HEAD~1")
    found = load("git:HEAD~1", repository)
    assert found.predictions == repository / "work" / "predictions.csv"
    assert found.predictions.read_text() == "old"
    assert (found.commit, found.created_at) == (old, "2026-01-02T01:04:05Z")
    assert found.found == f"git revision HEAD~1 ({old[:9]}), out/p.csv"
    assert describe("git:HEAD~1", repository).commit == old
    elsewhere = load("git:main:a.txt", repository).predictions
    assert elsewhere is not None
    assert (elsewhere.name, elsewhere.read_text()) == ("predictions.txt", "one\n")
    for look in (load, describe):
        for absent in ("git:HEAD~2", "git:main:no.csv", "git:main:out"):
            with pytest.raises(SourceError, match="is not in revision") as caught:
                look(absent, repository)
            assert "name a file that Git tracks there" in caught.value.hint


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("none", "set the evaluation's `baseline`"),
        ("git:main", "with Git"),
        ("dvc:main", "dvc add"),
        ("mlflow:runs:/abc", "name an alias"),
        ("mlflow:models:/x/3", "name an alias"),
    ],
)
def test_what_cannot_be_written_says_what_to_do(tmp_path: Path, predictions: Path, reference: str, hint: str) -> None:
    with pytest.raises(UsageError, match="cannot be saved to") as caught:
        baseline_saving.save(parse_reference(reference), [record(predictions)], root=tmp_path, now=NOW)
    assert hint in caught.value.hint
    with pytest.raises(UsageError, match="cannot be saved to"):
        baseline_saving.require_savable(parse_reference(reference), {"e": "out/p.csv"})


def test_nothing_or_too_much_to_save(tmp_path: Path, predictions: Path) -> None:
    reference = parse_reference("file:base.csv")
    with pytest.raises(UsageError, match="nothing to save"):
        baseline_saving.save(reference, [], root=tmp_path, now=NOW)
    with pytest.raises(UsageError, match="can hold one evaluation, not a, b"):
        baseline_saving.save(reference, [record(predictions, "a"), record(predictions, "b")], root=tmp_path, now=NOW)


def test_no_baseline_cannot_be_loaded(tmp_path: Path) -> None:
    for look in (load, describe):
        with pytest.raises(UsageError, match="has no baseline"):
            look("none", tmp_path)


@pytest.mark.parametrize(
    ("target", "given", "words"),
    [
        ("b.parquet", "out/p.csv", r"ends in \.csv"),
        ("b.csv", "out/p.csv.gz", r"ends in \.csv\.gz"),
        ("b.d/e", "out/p.jsonl", r"ends in \.jsonl"),
        ("b.csv.zst", "out/p.csv.gz", r"ends in \.csv\.gz"),
        ("b.csv", "out/p.dat", "supported: "),
        ("b.csv", "out/p", "supported: "),
        ("b.parquet.gz", "out/p.parquet", r"ends in \.parquet"),
    ],
)
def test_another_format_is_refused(target: str, given: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        baseline_saving.require_savable(parse_reference(f"file:{target}"), {"e": given})
    assert re.search(words, caught.value.hint)


@pytest.mark.parametrize(
    ("target", "given"), [("b.CSV", "p.csv"), ("b.pq", "p.parquet"), ("b.v2.ndjson.zst", "p.jsonl.zstd")]
)
def test_the_same_format_by_another_ending_is_kept(target: str, given: str) -> None:
    baseline_saving.require_savable(parse_reference(f"file:{target}"), {"e": given})


def test_a_name_that_mlflow_cannot_keep_shows_before_anything_runs() -> None:
    with pytest.raises(UsageError, match="cannot be kept in MLflow"):
        baseline_saving.require_savable(parse_reference("mlflow:models:/m@champion"), {"a b": "p.csv"})


def test_a_store_that_is_not_named_shows_before_anything_runs(tmp_path: Path) -> None:
    reference = parse_reference("mlflow:models:/m@champion")
    with pytest.raises(SourceError, match="no MLflow tracking server is named"):
        baseline_saving.require_writable(reference, ["e"], root=tmp_path)
    baseline_saving.require_writable(parse_reference("file:b.csv"), ["e"], root=tmp_path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no file '/srv/w/p.csv' in /srv/w", "no file 'p.csv' in ."),
        ("/srv/w2/p.csv /srv/w.d x/srv/w/y https://h/srv/w/z", "/srv/w2/p.csv /srv/w.d x/srv/w/y https://h/srv/w/z"),
    ],
)
def test_messages_do_not_name_folders_of_this_machine(text: str, shown: str) -> None:
    cause = OSError("x")
    with pytest.raises(SourceError) as caught, baselines.without_folders(Path("/"), Path("/srv/w")):
        raise SourceError(text, hint=text) from cause
    assert (caught.value.message, caught.value.hint) == (shown, shown)
    assert caught.value.__cause__ is cause
