from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlgate.errors import SourceError, UsageError
from mlgate.sources.records import (
    Record,
    artifact_folder,
    check_predictions,
    file_digest,
    make_document,
    predictions_name,
    read_document,
    render_document,
)
from mlgate.sources.redaction import redact


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("p.csv", "predictions.csv"),
        ("out.d/p.v2.parquet", "predictions.parquet"),
        ("p.csv.gz", "predictions.csv.gz"),
        ("p.v1.jsonl.zst", "predictions.jsonl.zst"),
        ("p", "predictions"),
    ],
)
def test_the_name_keeps_what_says_how_to_read_it(file: str, name: str) -> None:
    assert predictions_name(file) == name


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "ä", ".x", "a" * 200])
def test_a_name_that_cannot_be_a_folder(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        artifact_folder(name)


def test_a_record_is_strict_json_and_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("id\n1\n")
    record = Record(
        evaluation="e",
        predictions=file,
        facts={"commit": "c", "x": float("nan")},
        metrics={"a": 0.5, "b": float("inf")},
    )
    assert (record.commit, record.finite_metrics) == ("c", {"a": 0.5})
    assert Record(evaluation="e", predictions=file, facts={"commit": 3}).commit is None
    document = make_document(record, "2026-01-01T00:00:00Z")
    kept = tmp_path / "baseline.json"
    kept.write_bytes(render_document(document))
    read = read_document(kept, "file p")
    assert read == document
    assert (read["x"], read["metrics"], read["created_at"]) == (None, {"a": 0.5, "b": None}, "2026-01-01T00:00:00Z")
    assert read["predictions"] == {"name": "predictions.csv", "sha256": file_digest(file), "bytes": 5}
    check_predictions(read, file, "file p")
    file.write_text("id\n2\n")
    with pytest.raises(SourceError, match="are not those that its record describes"):
        check_predictions(read, file, "file p")
    with pytest.raises(SourceError, match="recorded None"):
        check_predictions({}, file, "file p")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"record_version": 2}'])
def test_another_record_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(SourceError, match="the record of file p"):
        read_document(file, "file p")


def test_absent_predictions(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read p\.csv"):
        file_digest(tmp_path / "p.csv")
    with pytest.raises(SourceError, match="the record of"):
        read_document(tmp_path / "absent.json", "file p")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a:b@host/x", "see https://host/x"),
        ("https://token@host:8080", "https://host:8080"),
        ("http://a:p@ss@host/x?token=t#y", "http://host/x#y"),
        ("postgresql://u:p@h/db?sslmode=x", "postgresql://h/db"),
        ("mail ann@example.org", "mail ann@example.org"),
        ("sqlite:////a@b/c.db", "sqlite:////a@b/c.db"),
    ],
)
def test_credentials_are_taken_out(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_the_document_is_stable(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("x")
    document = make_document(Record(evaluation="e", predictions=file), "t")
    assert render_document(document) == render_document(dict(reversed(document.items())))
    assert json.loads(render_document(document))["record_version"] == 1
