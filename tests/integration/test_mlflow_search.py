"""A real MLflow: the newest run that a filter finds, runs that cannot be relied on, an alias that others move."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.sources import baseline_metrics, baseline_saving, baselines, git, mlflow_save, mlflow_search
from mlgate.sources.mlflow_client import open_store
from mlgate.sources.records import AbsentBaselineError, Record

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = {"rows": 100, "labels": "sha256:0", "positive": None, "metrics": {}}


@pytest.fixture(params=["sqlite", "server"])
def tracking(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("database" if request.param == "sqlite" else "server"))


@pytest.fixture(autouse=True)
def _in_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def name() -> str:
    return f"nightly-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    file = tmp_path / "p.csv"
    file.write_text("id,label,prediction\n1,1,1\n2,0,1\n")
    return file


def client_of(tracking: str) -> Any:
    return open_store(Path.cwd(), tracking, writing=True).client


def record(*files: Path, **facts: Any) -> Record:
    return Record(
        evaluation="readmission", predictions=files[0], runs=files, facts={"key": KEY, "commit": "c0ffee"} | facts
    )


class Experiment:
    """An experiment with runs at times of its own."""

    def __init__(self, tracking: str, name: str, folder: Path) -> None:
        self.client = client_of(tracking)
        local = (folder / "artifacts").as_uri() if tracking.startswith("sqlite") else None
        self.id = self.client.create_experiment(name, artifact_location=local)
        self.folder = folder

    def run(
        self,
        end: int | None,
        *,
        start: int = 1,
        status: str = "FINISHED",
        holds: bool = True,
        branch: str = "",
        tags: dict[str, str] | None = None,
    ) -> str:
        tags = {"branch": branch} | (tags or {})
        run_id = str(self.client.create_run(self.id, start_time=start, tags=tags).info.run_id)
        if holds:
            file = self.folder / "predictions.csv"
            file.write_text(f"id,label\n{run_id},1\n")
            self.client.log_artifact(run_id, str(file), "mlgate/readmission")
        if end is not None:
            self.client.set_terminated(run_id, status, end_time=end)
        return run_id


def load(text: str, root: Path, tracking: str) -> baselines.Baseline:
    work = root / f"work-{uuid.uuid4().hex[:8]}"
    work.mkdir()
    return baselines.load(
        parse_reference(text),
        root=root,
        evaluation_name="readmission",
        predictions_path="p.csv",
        work=work,
        now=NOW,
        tracking_uri=tracking,
    )


def test_the_newest_finished_run_that_matches_and_holds_predictions(tracking: str, name: str, tmp_path: Path) -> None:
    runs = Experiment(tracking, name, tmp_path)
    runs.run(1000, branch="main")
    taken = runs.run(2000, branch="main", tags={"mlflow.source.git.commit": "beef"})
    runs.run(3000, branch="other")
    empty = runs.run(4000, branch="main", holds=False)
    failed = runs.run(5000, status="FAILED", branch="main")
    running = runs.run(None, start=6000, branch="main")
    runs.run(500, status="KILLED", branch="main")  # older: it would not have been taken anyway
    found = load(f"mlflow:search:{name}:tags.branch = 'main'", tmp_path, tracking)
    assert (found.run_id, found.commit, found.unreliable) == (taken, "beef", None)
    assert found.found == (
        f"MLflow search in experiment {name} for tags.branch = 'main': 3 finished runs found, run {taken} is the "
        f"newest with predictions of readmission; not taken: {empty} has no predictions of readmission, "
        f"{running} is RUNNING, {failed} is FAILED"
    )
    assert found.predictions is not None
    assert taken in found.predictions.read_text()
    every = load(f"mlflow:search:{name}", tmp_path, tracking)
    assert every.run_id not in (taken, empty, failed, running)
    assert "4 finished runs found" in every.found


def test_ties_are_decided_by_start_and_id(database: str, name: str, tmp_path: Path) -> None:
    runs = Experiment(database, name, tmp_path)
    tied = [runs.run(1000, start=start) for start in (7, 9, 9, 8)]
    assert load(f"mlflow:search:{name}", tmp_path, database).run_id == max(tied[1:3])


def test_a_run_of_the_candidates_own_commit_is_not_taken(
    database: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Experiment(database, name, tmp_path)
    older = runs.run(1000, tags={"mlflow.source.git.commit": "a" * 40})
    own = runs.run(2000, tags={"mlgate.commit": "b" * 40})
    monkeypatch.setattr(git, "head", lambda _root: "b" * 40)
    found = load(f"mlflow:search:{name}", tmp_path, database)
    assert found.run_id == older
    assert f"not taken: {own} is of this commit" in found.found


def test_what_is_not_found_says_why(tracking: str, name: str, tmp_path: Path) -> None:
    runs = Experiment(tracking, name, tmp_path)
    failed = runs.run(1000, status="FAILED", branch="main")
    runs.run(1000, holds=False, branch="other")
    for condition, fact in [
        ("tags.branch = 'main'", f"no finished run found; not taken: {failed} is FAILED"),
        ("tags.branch = 'gone'", r"no finished run found\n"),
        ("tags.branch = 'other'", "1 finished run found, and none has predictions of readmission; not taken: "),
    ]:
        with pytest.raises(AbsentBaselineError, match=fact) as caught:
            load(f"mlflow:search:{name}:{condition}", tmp_path, tracking)
        assert "mlgate baseline save" in caught.value.hint
    for condition in ("nonsense", "tags.branch = 'main' or tags.x = 'y'", "metrics.auc >", "select 1"):
        with pytest.raises(SourceError, match="MLflow does not accept the filter") as refused:
            load(f"mlflow:search:{name}:{condition}", tmp_path, tracking)
        assert "tags.branch = 'main'" in refused.value.hint
    with pytest.raises(AbsentBaselineError, match=f"there is no experiment '{name}-x'"):
        load(f"mlflow:search:{name}-x", tmp_path, tracking)
    runs.client.delete_experiment(runs.id)
    with pytest.raises(AbsentBaselineError, match="somebody has deleted the experiment"):
        load(f"mlflow:search:{name}", tmp_path, tracking)


def test_only_so_many_runs_are_looked_at(
    database: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Experiment(database, name, tmp_path)
    runs.run(1)
    empty = [runs.run(10 + number, holds=False) for number in range(5)]
    monkeypatch.setattr(mlflow_search, "MAX_LOOKED_AT", 3)
    with pytest.raises(SourceError, match=r"6 finished runs found, .*\(the newest 3 were looked at\)") as caught:
        load(f"mlflow:search:{name}", tmp_path, database)
    assert empty[4] in caught.value.message
    monkeypatch.setattr(mlflow_search, "MAX_RUNS", 6)
    with pytest.raises(SourceError, match="6 or more finished runs"):
        load(f"mlflow:search:{name}", tmp_path, database)


@pytest.mark.parametrize("status", ["FAILED", "KILLED", "RUNNING", "FINISHED"])
def test_a_run_that_cannot_be_relied_on_is_named(database: str, name: str, tmp_path: Path, status: str) -> None:
    runs = Experiment(database, name, tmp_path)
    run_id = runs.run(None if status == "RUNNING" else 1000, status=status)
    found = load(f"mlflow:runs:/{run_id}", tmp_path, database)
    assert found.unreliable == (None if status == "FINISHED" else f"its run {run_id} is {status}")


def test_a_record_that_is_whole_makes_a_running_run_reliable(
    database: str, name: str, predictions: Path, tmp_path: Path
) -> None:
    run_id = Experiment(database, name, tmp_path).run(None, holds=False)
    reference = parse_reference(f"mlflow:models:/{name}@champion")
    baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=NOW, tracking_uri=database, run_id=run_id)
    assert load(str(reference), tmp_path, database).unreliable is None
    client_of(database).set_terminated(run_id, "FAILED")
    assert load(str(reference), tmp_path, database).unreliable == f"its run {run_id} is FAILED"


def test_runs_of_several_seeds_come_back(database: str, name: str, tmp_path: Path) -> None:
    files = []
    for number in range(11):
        files.append(tmp_path / f"seed-{number}.csv")
        files[-1].write_text(f"id,label\n{number},1\n")
    reference = parse_reference(f"mlflow:models:/{name}@champion")
    baseline_saving.save(reference, [record(*files)], root=tmp_path, now=NOW, tracking_uri=database)
    found = load(str(reference), tmp_path, database)
    assert [file.read_text() for file in found.runs] == [file.read_text() for file in files]
    assert found.predictions == found.runs[0]
    lost = tmp_path / "predictions-3.csv"
    lost.write_text("id,label\n3,0\n")
    client_of(database).log_artifact(found.run_id, str(lost), "mlgate/readmission")
    with pytest.raises(SourceError, match="not those that its record describes"):
        load(str(reference), tmp_path, database)


def measure(text: str, tmp_path: Path, tracking: str, *, rows: bool = False) -> baselines.Baseline:
    return baseline_metrics.load_metrics(
        parse_reference(text),
        root=tmp_path,
        evaluation_name="readmission",
        metrics_path="m.json",
        now=NOW,
        tracking_uri=tracking,
        rows=rows,
    )


def test_metrics_of_a_run_without_predictions(tracking: str, name: str, predictions: Path, tmp_path: Path) -> None:
    runs = Experiment(tracking, name, tmp_path)
    run_id = runs.run(None, holds=False)
    for key, value in {"auc": 0.5, "readmission/auc": 0.75, "loss": float("nan")}.items():
        runs.client.log_metric(run_id, key, value)
    runs.client.set_terminated(run_id, "FINISHED", end_time=2000)
    runs.run(3000, holds=False)  # without metrics
    for text in (f"mlflow:runs:/{run_id}", f"mlflow:search:{name}"):
        found = measure(text, tmp_path, tracking)
        assert found.values is not None
        assert (found.run_id, found.values["auc"]) == (run_id, 0.75)
        assert found.values["loss"] != found.values["loss"]
    with pytest.raises(SourceError, match="holds no values of a metrics file"):
        measure(f"mlflow:runs:/{runs.run(4000)}", tmp_path, tracking)


def test_values_without_rows_are_recorded_and_come_back(database: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(json.dumps({"size": 3}))
    values = {"size": 3.0, "broken": float("inf")}
    alone = Record(evaluation="readmission", metrics_file=file, values=values, facts={"key": KEY | {"rows": 0}})
    reference = parse_reference(f"mlflow:models:/{name}@champion")
    saved = baseline_saving.save(reference, [alone], root=tmp_path, now=NOW, tracking_uri=database)
    found = measure(str(reference), tmp_path, database)
    assert found.values is not None
    assert found.values["size"] == 3.0
    assert found.values["broken"] != found.values["broken"]
    assert found.unreliable is None
    assert client_of(database).get_run(saved.run_id).data.metrics == {"readmission/size": 3.0}
    assert load(str(reference), tmp_path, database).predictions is None


def alias(tracking: str, name: str) -> str | None:
    version = client_of(tracking).get_registered_model(name).aliases.get("champion")
    return None if version is None else str(version)


def test_an_alias_that_somebody_else_moved_is_left_alone(
    tracking: str, name: str, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = parse_reference(f"mlflow:models:/{name}@champion")

    def save(place: mlflow_save.Place | None) -> baseline_saving.Saved:
        return baseline_saving.save(
            reference, [record(predictions)], root=tmp_path, now=NOW, tracking_uri=tracking, place=place
        )

    def look() -> mlflow_save.Place | None:
        return baseline_saving.require_writable(reference, ["readmission"], root=tmp_path, tracking_uri=tracking)

    empty = look()
    assert empty == mlflow_save.Place(None)
    save(empty)
    with pytest.raises(SourceError, match="from no version to version 1; it was left there, and nothing was saved"):
        save(empty)
    assert alias(tracking, name) == "1"
    seen = look()
    create = mlflow_save._create_version

    def overtaken(*arguments: Any) -> str:
        """Somebody else registers and moves the alias while our upload runs."""
        other = create(*arguments)
        client_of(tracking).set_registered_model_alias(name, "champion", other)
        return create(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(mlflow_save, "_create_version", overtaken)
        with pytest.raises(
            SourceError, match="from version 1 to version 2; it was left there, and version 3 has no"
        ) as caught:
            save(seen)
    assert alias(tracking, name) == "2"
    assert "save again" in caught.value.hint
    assert save(look()).version == "4"
    set_alias = type(client_of(tracking)).set_registered_model_alias

    def moved_at_once(self: Any, model: str, chosen: str, version: str) -> None:
        set_alias(self, model, chosen, version)
        set_alias(self, model, chosen, "2")

    with monkeypatch.context() as patch:
        patch.setattr(type(client_of(tracking)), "set_registered_model_alias", moved_at_once)
        with pytest.raises(SourceError, match="was set to version 5, and somebody else moved it to version 2"):
            save(look())


def test_a_scoring_on_the_candidates_rows_is_preferred(
    tracking: str, name: str, predictions: Path, tmp_path: Path
) -> None:
    reference = parse_reference(f"mlflow:models:/{name}@champion")
    saved = baseline_saving.save(reference, [record(predictions)], root=tmp_path, now=NOW, tracking_uri=tracking)
    store = open_store(tmp_path, tracking)
    from mlgate.sources import mlflow

    def score(labels: str, hour: int, *, whole: bool = True) -> None:
        file = tmp_path / "predictions.csv"
        file.write_text(f"id,label\n{labels} {hour},1\n")
        moment = NOW.replace(hour=hour)
        folder = mlflow.scoring_folder("readmission", moment, labels)
        facts = {"key": KEY | {"labels": labels}, "rescored_at": f"2026-11-21T{hour}:00:00Z", "gate_verdict": "pass"}
        scored = Record(evaluation="readmission", predictions=file, facts=facts)
        if whole:
            mlflow_save.save_scoring(scored, saved.run_id or "", folder, "2026-11-01T00:00:00Z", store)
        else:
            store.client.log_artifact(saved.run_id, str(file), folder)

    def first_row(labels: Sequence[str | None]) -> str:
        work = tmp_path / f"work-{uuid.uuid4().hex[:8]}"
        work.mkdir()
        found = baselines.load(
            reference,
            root=tmp_path,
            evaluation_name="readmission",
            predictions_path="p.csv",
            work=work,
            now=NOW,
            tracking_uri=tracking,
            labels=(lambda: labels[0]) if labels else None,
        )
        assert found.predictions is not None
        return found.predictions.read_text().splitlines()[1].split(",")[0]

    assert first_row(["sha256:new"]) == "1"  # nothing was scored again yet
    score("sha256:new", 13)
    score("sha256:other", 14)
    score("sha256:new", 15)
    score("sha256:cut-off", 16, whole=False)
    assert first_row(["sha256:new"]) == "sha256:new 15"
    assert first_row(["sha256:other"]) == "sha256:other 14"
    assert first_row(["sha256:0"]) == "1"  # what was saved first is of these rows
    assert first_row(["sha256:unknown"]) == first_row([]) == first_row([None]) == "sha256:new 15"
    found = load(str(reference), tmp_path, tracking)
    assert (found.rescored_at, found.created_at) == ("2026-11-21T15:00:00Z", "2026-11-01T00:00:00Z")
    assert found.found.endswith(", its model scored again at 2026-11-21T15:00:00Z")
    assert alias(tracking, name) == saved.version
