"""A real MLflow: a SQLite store in the process, and one server on the loopback address."""

from __future__ import annotations

import http.server
import importlib
import json
import os
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError, UsageError
from mlgate.sources import baseline_saving, baselines, mlflow_client, mlflow_save
from mlgate.sources.mlflow_client import open_store
from mlgate.sources.records import Record

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "server"])
def tracking(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("database" if request.param == "sqlite" else "server"))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def model() -> str:
    return f"model-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    file = tmp_path / "p.csv"
    file.write_text("id,label,prediction\n1,1,1\n2,0,1\n")
    return file


KEY = {"rows": 2, "labels": "sha256:0", "positive": "true", "metrics": {"accuracy": "accuracy/1"}}


def record(file: Path, name: str = "readmission") -> Record:
    facts = {"commit": "c0ffee", "dirty": False, "positive": True, "columns": {"id": "id"}, "key": KEY}
    return Record(evaluation=name, predictions=file, facts=facts, metrics={"accuracy": 0.5, "broken": float("nan")})


def save(text: str, records: list[Record], root: Path, tracking: str, **options: Any) -> baseline_saving.Saved:
    return baseline_saving.save(parse_reference(text), records, root=root, now=NOW, tracking_uri=tracking, **options)


def load(text: str, root: Path, tracking: str | None, evaluation: str = "readmission") -> baselines.Baseline:
    work = root / f"work-{uuid.uuid4().hex[:8]}"
    work.mkdir()
    reference = parse_reference(text)
    now = NOW + timedelta(hours=1)
    return baselines.load(
        reference,
        root=root,
        evaluation_name=evaluation,
        predictions_path="p.csv",
        work=work,
        now=now,
        tracking_uri=tracking,
    )


def raw_client(tracking: str) -> Any:
    return open_store(Path.cwd(), tracking, writing=True).client


def make_run(client: Any) -> str:
    return str(client.create_run("0").info.run_id)


def test_what_is_saved_comes_back(
    tracking: str, model: str, predictions: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = f"mlflow:models:/{model}@champion"
    saved = save(text, [record(predictions), record(predictions, "other")], tmp_path, tracking)
    assert (saved.version, saved.where) == ("1", f"version 1 of {model}, alias champion")
    found = load(text, tmp_path, tracking)
    assert found.predictions is not None
    assert found.predictions.read_bytes() == predictions.read_bytes()
    assert found.predictions.suffix == ".csv"
    assert found.found == f"registry alias champion of {model}, version 1"
    assert (found.version, found.run_id, found.commit) == ("1", saved.run_id, "c0ffee")
    assert (found.created_at, found.age_s) == ("2026-11-21T12:00:00Z", 3600.0)
    assert found.tracking == tracking
    assert found.recorded is not None
    assert found.recorded["metrics"] == {"accuracy": 0.5, "broken": None}
    assert found.recorded["positive"] is True
    run = raw_client(tracking).get_run(saved.run_id)
    assert run.data.metrics == {"readmission/accuracy": 0.5, "other/accuracy": 0.5}
    assert (run.data.tags["mlgate.evaluation"], run.data.tags["mlgate.commit"]) == ("readmission, other", "c0ffee")
    assert run.info.status == "FINISHED"
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_version_and_run_lead_to_the_same_predictions(
    tracking: str, model: str, predictions: Path, tmp_path: Path
) -> None:
    saved = save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, tracking)
    by_version = load(f"mlflow:models:/{model}/1", tmp_path, tracking)
    by_run = load(f"mlflow:runs:/{saved.run_id}", tmp_path, tracking)
    assert by_version.found == f"registry version 1 of {model}"
    assert (by_run.found, by_run.version) == (f"run {saved.run_id}", None)
    assert by_version.run_id == by_run.run_id
    assert by_version.recorded == by_run.recorded


def test_the_alias_moves_with_the_next_save(tracking: str, model: str, predictions: Path, tmp_path: Path) -> None:
    text = f"mlflow:models:/{model}@champion"
    save(text, [record(predictions)], tmp_path, tracking)
    predictions.write_text("id,label,prediction\n1,1,0\n")
    assert save(text, [record(predictions)], tmp_path, tracking).version == "2"
    found = load(text, tmp_path, tracking)
    assert found.version == "2"
    assert found.predictions is not None
    assert found.predictions.read_bytes() == predictions.read_bytes()


def test_describe_brings_the_facts_alone(tracking: str, model: str, predictions: Path, tmp_path: Path) -> None:
    text = f"mlflow:models:/{model}@champion"
    saved = save(text, [record(predictions)], tmp_path, tracking)
    before = set(tmp_path.iterdir())
    found = baselines.describe(
        parse_reference(text),
        root=tmp_path,
        evaluation_name="readmission",
        predictions_path="p.csv",
        now=NOW,
        tracking_uri=tracking,
    )
    assert (found.predictions, found.run_id, found.commit, found.age_s) == (None, saved.run_id, "c0ffee", 0.0)
    assert found.recorded is not None
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("step", ["log_artifact", "log_batch", "create_model_version", "set_registered_model_alias"])
def test_a_save_that_fails_half_way_leaves_the_old_baseline(
    database: str, model: str, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from mlflow import MlflowClient

    text = f"mlflow:models:/{model}@champion"
    first = save(text, [record(predictions)], tmp_path, database)
    content = predictions.read_bytes()
    predictions.write_text("id,label,prediction\n1,1,0\n")

    def fail(*arguments: object, **options: object) -> None:
        raise ConnectionError("reset by peer")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, step, fail)
        with pytest.raises(SourceError, match="reset by peer"):
            save(text, [record(predictions)], tmp_path, database)
    found = load(text, tmp_path, database)
    assert (found.run_id, found.version) == (first.run_id, "1")
    assert found.predictions is not None
    assert found.predictions.read_bytes() == content


def test_an_upload_that_loses_bytes_does_not_become_the_baseline(
    database: str, model: str, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    upload = MlflowClient.log_artifact

    def shorten(self: Any, run_id: str, local_path: str, artifact_path: str) -> None:
        if local_path.endswith(".csv"):
            Path(local_path).write_bytes(Path(local_path).read_bytes()[:-1])
            upload(self, run_id, local_path, artifact_path)
            Path(local_path).write_bytes(predictions.read_bytes())
        else:
            upload(self, run_id, local_path, artifact_path)

    monkeypatch.setattr(MlflowClient, "log_artifact", shorten)
    with pytest.raises(SourceError, match="is incomplete"):
        save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, database)
    with pytest.raises(SourceError, match="no registered model"):
        load(f"mlflow:models:/{model}@champion", tmp_path, database)


def test_a_model_that_others_serve_is_not_replaced(
    tracking: str, model: str, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = raw_client(tracking)
    run_id = make_run(client)
    client.create_registered_model(model)
    client.create_model_version(model, client.get_run(run_id).info.artifact_uri, run_id)
    client.set_registered_model_alias(model, "champion", "1")
    text = f"mlflow:models:/{model}@champion"
    with pytest.raises(SourceError, match="no mlgate predictions of evaluation 'readmission'") as caught:
        load(text, tmp_path, tracking)
    assert "mlgate baseline save" in caught.value.hint
    with pytest.raises(SourceError, match="names version 1, which was not made here") as caught:
        save(text, [record(predictions)], tmp_path, tracking)
    assert "MLFLOW_RUN_ID" in caught.value.hint
    monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
    saved = save(text, [record(predictions)], tmp_path, tracking)
    assert (saved.run_id, saved.version) == (run_id, "1")
    assert load(text, tmp_path, tracking).run_id == run_id
    run = client.get_run(run_id)
    assert (run.info.status, run.data.tags["mlgate.evaluation"]) == ("RUNNING", "readmission")
    with pytest.raises(SourceError, match="a record is not overwritten"):
        save(text, [record(predictions)], tmp_path, tracking)
    with pytest.raises(SourceError, match="there is no run"):
        save(text, [record(predictions)], tmp_path, tracking, run_id="f" * 32)


def test_absent_things_are_told_apart(tracking: str, model: str, predictions: Path, tmp_path: Path) -> None:
    save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, tracking)
    save(f"mlflow:models:/{model}@archive", [record(predictions)], tmp_path, tracking)
    for text, fact in [
        (f"mlflow:models:/{model}-x@champion", f"no registered model '{model}-x'"),
        (
            f"mlflow:models:/{model}@challenger",
            f"model '{model}' has no alias 'challenger'; its aliases: archive, champion",
        ),
        (f"mlflow:models:/{model}/99", f"model '{model}' has no version 99"),
        (f"mlflow:runs:/{'f' * 32}", f"there is no run {'f' * 32}"),
    ]:
        with pytest.raises(SourceError, match=fact):
            load(text, tmp_path, tracking)
    with pytest.raises(SourceError, match="no mlgate predictions of evaluation 'other'"):
        load(f"mlflow:models:/{model}@champion", tmp_path, tracking, "other")


def test_a_version_without_a_run(tracking: str, model: str, tmp_path: Path) -> None:
    client = raw_client(tracking)
    client.create_registered_model(model)
    client.create_model_version(model, "s3://bucket/model")
    client.set_registered_model_alias(model, "champion", "1")
    with pytest.raises(SourceError, match=f"registry alias champion of {model}, version 1 names no run"):
        load(f"mlflow:models:/{model}@champion", tmp_path, tracking)


def test_a_deleted_run(tracking: str, model: str, predictions: Path, tmp_path: Path) -> None:
    saved = save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, tracking)
    raw_client(tracking).delete_run(saved.run_id)
    with pytest.raises(SourceError, match="is deleted"):
        load(f"mlflow:models:/{model}@champion", tmp_path, tracking)


def test_predictions_that_were_logged_by_other_means(database: str, predictions: Path, tmp_path: Path) -> None:
    client = raw_client(database)
    run_id = make_run(client)
    file = tmp_path / "predictions.csv"
    file.write_bytes(predictions.read_bytes())
    client.log_artifact(run_id, str(file), "mlgate/readmission")
    client.set_tag(run_id, "mlflow.source.git.commit", "beef")
    client.set_terminated(run_id, "FINISHED", end_time=int(NOW.timestamp() * 1000))
    found = load(f"mlflow:runs:/{run_id}", tmp_path, database)
    assert (found.recorded, found.commit, found.created_at) == (None, "beef", "2026-11-21T12:00:00Z")
    (tmp_path / "predictions.parquet").write_bytes(b"PAR1")
    client.log_artifact(run_id, str(tmp_path / "predictions.parquet"), "mlgate/readmission")
    with pytest.raises(SourceError, match="several predictions"):
        load(f"mlflow:runs:/{run_id}", tmp_path, database)


def drop_artifact(tracking: str, run_id: str, path: str) -> None:
    place = raw_client(tracking).get_run(run_id).info.artifact_uri
    files: Any = importlib.import_module("mlflow.artifacts")
    files.get_artifact_repository(place, tracking).delete_artifacts(path)


def test_a_record_that_is_gone_is_not_taken_for_none(
    tracking: str, model: str, predictions: Path, tmp_path: Path
) -> None:
    text = f"mlflow:models:/{model}@champion"
    saved = save(text, [record(predictions), record(predictions, "other")], tmp_path, tracking)
    drop_artifact(tracking, saved.run_id or "", "mlgate/other/baseline.json")
    assert load(text, tmp_path, tracking).recorded is not None
    for named in (text, f"mlflow:models:/{model}/1", f"mlflow:runs:/{saved.run_id}"):
        with pytest.raises(
            SourceError, match=r"of evaluation 'other' in run .* is incomplete: baseline\.json"
        ) as caught:
            load(named, tmp_path, tracking, "other")
        assert "mlgate baseline save" in caught.value.hint
    raw_client(tracking).delete_tag(saved.run_id, "mlgate.evaluation")
    with pytest.raises(SourceError, match="is incomplete"):  # the version has the tag too
        load(text, tmp_path, tracking, "other")


def test_a_save_to_a_run_of_others_that_stops_half_way_shows(
    database: str, model: str, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    client = raw_client(database)
    run_id = make_run(client)
    client.create_registered_model(model)
    client.create_model_version(model, client.get_run(run_id).info.artifact_uri, run_id)
    client.set_registered_model_alias(model, "champion", "1")
    text = f"mlflow:models:/{model}@champion"

    def fail(*arguments: object, **options: object) -> None:
        raise ConnectionError("reset by peer")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_batch", fail)  # after the predictions, before the record
        with pytest.raises(SourceError, match="reset by peer"):
            save(text, [record(predictions)], tmp_path, database, run_id=run_id)
    with pytest.raises(SourceError, match="is incomplete"):
        load(text, tmp_path, database)


def test_what_cannot_be_written_shows_before_anything_is(
    database: str, model: str, predictions: Path, tmp_path: Path, dead_address: str
) -> None:
    reference = parse_reference(f"mlflow:models:/{model}@champion")

    def require(tracking: str, run_id: str | None = None) -> None:
        baseline_saving.require_writable(
            reference, ["readmission"], root=tmp_path, tracking_uri=tracking, run_id=run_id
        )

    require(database)
    require(f"sqlite:///{tmp_path}/new.db")
    assert not (tmp_path / "new.db").exists()
    for tracking, fact in [
        (f"sqlite:///{tmp_path}/absent/new.db", "does not exist"),
        (f"http://{dead_address}", "cannot be reached"),
    ]:
        with pytest.raises(SourceError, match=fact):
            require(tracking)
    client = raw_client(database)
    run_id = make_run(client)
    client.create_registered_model(model)
    client.create_model_version(model, client.get_run(run_id).info.artifact_uri, run_id)
    client.set_registered_model_alias(model, "champion", "1")
    with pytest.raises(SourceError, match="names version 1, which was not made here"):
        require(database)
    with pytest.raises(SourceError, match="there is no run"):
        require(database, "f" * 32)
    require(database, run_id)
    save(str(reference), [record(predictions)], tmp_path, database, run_id=run_id)
    with pytest.raises(SourceError, match="a record is not overwritten"):
        require(database, run_id)


def test_predictions_that_changed_on_the_server_are_refused(
    tracking: str, model: str, predictions: Path, tmp_path: Path
) -> None:
    saved = save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, tracking)
    file = tmp_path / "predictions.csv"
    file.write_text("id,label,prediction\n1,1,1\n2,0,0\n")
    raw_client(tracking).log_artifact(saved.run_id, str(file), "mlgate/readmission")
    with pytest.raises(SourceError, match="not those that its record describes"):
        load(f"mlflow:models:/{model}@champion", tmp_path, tracking)


def test_a_name_that_mlflow_cannot_keep(database: str, model: str, predictions: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        save(f"mlflow:models:/{model}@champion", [record(predictions, "a/b")], tmp_path, database)


def test_the_database_of_the_project_is_the_default(model: str, predictions: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    with pytest.raises(SourceError, match="no MLflow tracking server is named") as caught:
        load(f"mlflow:models:/{model}@champion", root, None)
    assert caught.value.hint == "set MLFLOW_TRACKING_URI"
    save(f"mlflow:models:/{model}@champion", [record(predictions)], root, f"sqlite:///{root}/mlflow.db")
    found = load(f"mlflow:models:/{model}@champion", root, None)
    assert (found.version, found.tracking) == ("1", "sqlite:///mlflow.db")
    assert sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("work")) == [
        "mlflow.db",
        "mlruns",
    ]


@pytest.mark.parametrize(
    "address",
    ["sqlite:///absent.db", "sqlite:///{tmp}/absent.db", "{tmp}/absent", "file:///absent/mlruns", "sqlite://"],
)
def test_reading_never_creates_a_store(tmp_path: Path, address: str) -> None:
    address = address.replace("{tmp}", str(tmp_path))
    with pytest.raises(SourceError, match=r"there is no MLflow store at|names no file"):
        load("mlflow:models:/x@champion", tmp_path, address)
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith("work")] == []


def test_writing_needs_a_folder(tmp_path: Path, predictions: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        save("mlflow:models:/x@champion", [record(predictions)], tmp_path, f"sqlite:///{tmp_path}/absent/mlflow.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("this is not a database, and long enough to look like one" * 100)
    with pytest.raises(SourceError, match=r"MLflow at sqlite:///mlflow\.db could not") as caught:
        load("mlflow:models:/x@champion", tmp_path, None)
    assert "restore it" in caught.value.hint
    assert str(tmp_path) not in str(caught.value)


def test_a_dead_server_is_given_up_in_time(tmp_path: Path, dead_address: str) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        load("mlflow:models:/x@champion", tmp_path, f"http://ann:secret@{dead_address}?token=hidden")
    assert time.monotonic() - started < 30
    assert "secret" not in repr(caught.value) + str(caught.value)
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_silent_server_is_given_up_in_time(tmp_path: Path) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        started = time.monotonic()
        with pytest.raises(SourceError, match="cannot be reached"):
            load("mlflow:models:/x@champion", tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert time.monotonic() - started < 30


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A server that answers everything but `/health` in one way: a fault that a real one cannot be made to show."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            healthy = self.path.endswith("/health")
            content = b"OK" if healthy else body.encode()
            self.send_response(200 if healthy else status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name in the base class)
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://ann:secret@127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "fact", "hint"),
    [
        (401, "You are not authenticated.", "refused to look up model x", "MLFLOW_TRACKING_USERNAME"),
        (
            403,
            json.dumps({"error_code": "PERMISSION_DENIED", "message": "no"}),
            "refused to look up",
            "account that may",
        ),
        (403, "Invalid Host header - possible DNS rebinding attack detected", "refused to", "--allowed-hosts"),
        (500, "boom", "MLflow server at .* cannot be reached|could not look up model x", ""),
        (200, "<html>not MLflow</html>", "could not look up model x", ""),
        (404, "<html>not MLflow</html>", "could not look up model x", ""),
    ],
)
def test_what_a_server_refuses(tmp_path: Path, status: int, body: str, fact: str, hint: str) -> None:
    with answering(status, body) as address, pytest.raises(SourceError, match=fact) as caught:
        load("mlflow:models:/x@champion", tmp_path, address)
    assert caught.value.hint
    assert hint in caught.value.hint
    assert "secret" not in str(caught.value)


def test_credentials_do_not_reach_the_report(server: str, model: str, predictions: Path, tmp_path: Path) -> None:
    address = server.replace("http://", "http://ann:secret@")
    saved = save(f"mlflow:models:/{model}@champion", [record(predictions)], tmp_path, address)
    found = load(f"mlflow:models:/{model}@champion", tmp_path, address)
    assert (saved.tracking, found.tracking) == (server, server)
    assert "secret" not in repr(found) + repr(saved)


def test_mlflow_is_absent(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(SourceError, match="MLflow cannot be imported") as caught:
        load("mlflow:models:/x@champion", tmp_path, database)
    assert "mlgate[mlflow]" in caught.value.hint


def test_settings_of_the_user_are_left_alone(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    before = dict(os.environ)
    store = mlflow_client.open_store(tmp_path, database)
    with mlflow_client.translated(store.shown, "look"):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "2"
    assert dict(os.environ) == before


def test_a_server_that_dies_during_a_save_is_given_up_in_time(predictions: Path, tmp_path: Path) -> None:
    """The probe finds the server, everything after it does not."""
    with answering(200, "{}") as address:
        store = open_store(tmp_path, address)
    started = time.monotonic()
    with pytest.raises(SourceError, match="cannot be reached"):
        mlflow_save._create_run([record(predictions)], store, NOW)
    assert time.monotonic() - started < 30
