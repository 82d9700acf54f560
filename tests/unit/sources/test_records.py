from __future__ import annotations

import ast
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlgate
from mlgate.errors import SourceError, UsageError
from mlgate.sources.record_reading import check_files, find_doubt, kept_files, read_document
from mlgate.sources.records import (
    Record,
    artifact_folder,
    file_digest,
    make_document,
    predictions_name,
    render_document,
    run_name,
)
from mlgate.sources.redaction import redact

KEY = {"rows": 1, "labels": "sha256:0", "positive": None, "metrics": {}}
WHOLE = {
    "record_version": 1,
    "evaluation": "e",
    "created_at": "2026-01-01T00:00:00Z",
    "key": KEY,
    "metrics": {"accuracy": 0.5, "roc_auc": None},
    "predictions": {"name": "predictions.csv", "sha256": "0", "bytes": 5},
}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("p.csv", "predictions.csv"),
        ("out.d/p.v2.parquet", "predictions.parquet"),
        ("p.csv.gz", "predictions.csv.gz"),
        ("p.v1.jsonl.zst", "predictions.jsonl.zst"),
        ("p", "predictions"),
        ("P.CSV.GZ", "predictions.csv.gz"),
        ("p.csv.zstd", "predictions.csv.zstd"),
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
        facts={"commit": "c", "x": float("nan"), "key": KEY},
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
    check_files(read, [file], "file p")
    file.write_text("id\n2\n")
    with pytest.raises(SourceError, match="are not those that its record describes"):
        check_files(read, [file], "file p")
    with pytest.raises(SourceError, match="recorded None"):
        check_files({}, [file], "file p")
    with pytest.raises(SourceError, match="describes 1 files, and 2 are there"):
        check_files(read, [file, file], "file p")


def test_runs_are_kept_in_their_order(tmp_path: Path) -> None:
    files = tuple(tmp_path / f"seed-{number}.csv" for number in (7, 3, 11))
    for file in files:
        file.write_text(f"id\n{file.name}\n")
    record = Record(evaluation="e", predictions=files[0], runs=files, facts={"key": KEY}, values={"size": 3.5})
    assert list(record.files) == ["predictions-0.csv", "predictions-1.csv", "predictions-2.csv"]
    kept = tmp_path / "baseline.json"
    kept.write_bytes(render_document(make_document(record, "2026-01-01T00:00:00Z")))
    read = read_document(kept, "file p")
    assert read["predictions"]["sha256"] == file_digest(files[0])  # what an earlier version reads
    assert [entry["name"] for entry in kept_files(read)] == list(record.files)
    assert read["values"] == {"size": 3.5}
    check_files(read, files, "file p")
    with pytest.raises(SourceError, match="are not those that its record describes"):
        check_files(read, files[::-1], "file p")
    assert run_name("p.v1.jsonl.zst", 12) == "predictions-12.jsonl.zst"


def test_values_without_rows_have_a_record_too(tmp_path: Path) -> None:
    file = tmp_path / "m.JSON"
    file.write_text("{}")
    record = Record(evaluation="e", metrics_file=file, facts={"key": KEY | {"rows": 0}}, values={"size": float("inf")})
    assert list(record.files) == ["metrics.json"]
    kept = tmp_path / "baseline.json"
    kept.write_bytes(render_document(make_document(record, "2026-01-01T00:00:00Z")))
    read = read_document(kept, "file p")
    assert (kept_files(read), read["values"], find_doubt(read)) == ([], {"size": None}, None)
    check_files(read, [file], "file p")
    with pytest.raises(ValueError, match="nothing is to be kept"):
        _ = Record(evaluation="e").files


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({}, "it has 1 row, fewer than 50"),
        ({"key": KEY | {"rows": 0}}, "it has 0 rows, fewer than 50"),
        ({"key": KEY | {"rows": 50}}, None),
        ({"key": KEY | {"rows": 50}, "gate_verdict": "warn"}, None),
        ({"key": KEY | {"rows": 50}, "gate_verdict": "fail"}, "it was saved although its gate said fail"),
        ({"key": KEY | {"rows": 50}, "gate_verdict": "error"}, "it was saved although its gate said error"),
    ],
)
def test_what_should_not_be_relied_on(tmp_path: Path, change: dict[str, Any], doubt: str | None) -> None:
    assert find_doubt(read_raw(tmp_path, json.dumps(WHOLE | change))) == doubt


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"record_version": 2}'])
def test_another_record_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(SourceError, match="the record of file p"):
        read_document(file, "file p")


PARTS = ["evaluation", "created_at", "key", "metrics", "predictions", "commit", "data"]
PARTS += ["runs", "metrics_file", "values", "gate_verdict", "rescored_at"]
OTHERS = [True, 5, -1, 1.5, "", "abc", [], ["x"], {}, {"x": "y"}, {"x": 1}, {"x": [1]}, {"": None}, 10**400]


def read_raw(tmp_path: Path, text: str) -> dict[str, Any]:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    return read_document(file, "file p")


def test_a_whole_record_is_read(tmp_path: Path) -> None:
    assert read_raw(tmp_path, json.dumps(WHOLE)) == WHOLE
    extra = WHOLE | {"commit": "any text", "data": {"train": "md5:0"}, "later": [1]}
    assert read_raw(tmp_path, json.dumps(extra)) == extra


@pytest.mark.parametrize(
    "path",
    ["evaluation", "created_at", "key", "key.rows", "key.labels", "key.metrics", "metrics", "predictions"],
)
def test_a_record_that_lacks_a_part_is_incomplete(tmp_path: Path, path: str) -> None:
    raw = json.loads(json.dumps(WHOLE))
    *above, last = path.split(".")
    del (raw[above[0]] if above else raw)[last]
    with pytest.raises(SourceError, match=f"baseline.json. is incomplete: it has no `{path}`") as caught:
        read_raw(tmp_path, json.dumps(raw))
    assert caught.value.hint == "save the baseline again with `mlgate baseline save --force`"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "abc"}, "`key` does not hold a mapping"),
        ({"key": KEY | {"rows": True}}, "`key.rows` does not hold a count"),
        ({"key": KEY | {"positive": 1}}, "`key.positive` does not hold text"),
        ({"key": KEY | {"metrics": {"accuracy": 1}}}, "`key.metrics` does not hold a mapping of texts"),
        ({"commit": 5}, "`commit` does not hold text"),
        ({"metrics": {"accuracy": "hi"}}, "`metrics` does not hold a mapping of finite numbers"),
        ({"metrics": {"accuracy": 10**400}}, "`metrics` does not hold a mapping of finite numbers"),
        ({"metrics": {"accuracy": True}}, "`metrics` does not hold a mapping of finite numbers"),
        ({"created_at": 1700000000}, "`created_at` does not hold a time"),
        ({"created_at": "2026-01-01T00:00:00"}, "`created_at` does not hold a time"),
        ({"created_at": "0001-01-01T00:00:00+23:00"}, "`created_at` does not hold a time"),
        ({"data": "abc"}, "`data` does not hold a mapping of texts"),
        ({"predictions": "p.csv"}, "`predictions` does not hold a file with its `sha256`"),
        ({"predictions": {"name": "p.csv"}}, "`predictions` does not hold a file with its `sha256`"),
        ({"runs": {"name": "p.csv"}}, "`runs` does not hold a list of files"),
        ({"runs": [{"sha256": 5}]}, "`runs` does not hold a list of files"),
        ({"values": {"size": "big"}}, "`values` does not hold a mapping of finite numbers"),
        ({"gate_verdict": True}, "`gate_verdict` does not hold text"),
        ({"rescored_at": "soon"}, "`rescored_at` does not hold a time"),
    ],
)
def test_a_part_of_another_type_is_malformed(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceError, match=f"record of file p .baseline.json. is malformed: {words}"):
        read_raw(tmp_path, json.dumps(WHOLE | change))


@pytest.mark.parametrize(
    "text",
    ['{"metrics": {"accuracy": NaN}}', "[" * 100_000, '{"evaluation": "\\ud800"}', "9" * 5000, "\udcff"],
)
def test_what_is_not_strict_json_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceError, match="cannot read the record of file p") as caught:
        read_document(file, "file p")
    assert str(tmp_path) not in str(caught.value)


@given(
    change=st.dictionaries(st.sampled_from(PARTS), st.sampled_from(OTHERS)),
    inner=st.dictionaries(st.sampled_from(["rows", "labels", "positive", "metrics"]), st.sampled_from(OTHERS)),
)
def test_whatever_a_record_holds_it_is_read_or_refused(
    change: dict[str, Any], inner: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_text(json.dumps(WHOLE | {"key": KEY | inner} | change))
    with suppress(SourceError):
        read = read_document(file, "file p")
        assert all(value is None or f"{value:.4f}" for value in read["metrics"].values())
        assert isinstance(read["key"]["metrics"], dict)
        assert isinstance(read.get("commit", ""), str)
        assert all(isinstance(entry["sha256"], str) for entry in kept_files(read))
        assert find_doubt(read) is None or find_doubt(read)


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


@pytest.mark.parametrize(
    "module",
    [
        *("sources/baselines", "sources/baseline_files", "sources/baseline_revisions", "sources/baseline_saving"),
        "sources/baseline_metrics",
        *("sources/dvc_revisions", "sources/git", "sources/git_base", "sources/records", "sources/record_reading"),
        *("sources/mlflow", "sources/mlflow_client", "sources/mlflow_runs", "sources/mlflow_save", "sources/shards"),
        *("sources/mlflow_search", "sources/mlflow_models", "sources/rescore", "sources/baseline_scoring"),
        *("gate/baselines", "gate/baseline_files", "gate/baseline_judgement", "gate/baseline_save"),
        *("gate/baseline_rescore", "gate/model_outputs", "gate/evaluations"),
    ],
)
def test_every_error_says_the_next_step(module: str) -> None:
    tree = ast.parse((Path(mlgate.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    raised = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("SourceError", "AbsentBaselineError", "GateRefusedError", "UsageError", "ConfigError")
    ]
    assert raised
    assert [node.lineno for node in raised if "hint" not in {keyword.arg for keyword in node.keywords}] == []
