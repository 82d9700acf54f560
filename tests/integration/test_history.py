"""A history that several clones push to one remote, and one on a real MLflow server."""

from __future__ import annotations

import subprocess
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlgate.config.evaluation import History
from mlgate.errors import SourceError
from mlgate.outcome import Location
from mlgate.sources import history, history_git, history_mlflow
from mlgate.sources.history_lines import Entry, MetricEntry, render_entry, render_time
from mlgate.sources.mlflow_client import open_store

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REF = "refs/mlgate/history"
STORE = History(location=Location("mlgate.yaml", 1))
Clone = Callable[..., Path]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def entry(number: int, *, evaluation: str = "readmission", metrics: int = 1) -> Entry:
    measured = {
        f"metric_{index}": MetricEntry(value=0.8 + number / 1000, n=1204, delta=0.001, se=0.004, definition="d" * 60)
        for index in range(metrics)
    }
    return Entry(
        evaluation=evaluation,
        time=render_time(NOW + timedelta(minutes=number)),
        commit=f"{number:040x}",
        rows="sha256:a",
        metrics=measured,
    )


def commits(root: Path) -> list[str | None]:
    return [found.commit for found in history.load(STORE, root=root).entries]


def of(*numbers: int) -> list[str | None]:
    return [entry(number).commit for number in numbers]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with two commits on `main`."""
    work, bare = tmp_path / "seed", tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(tmp_path, "init", "-q", str(work))
    for text in ("one", "two"):
        (work / "a.txt").write_text(text)
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", text)
    git(work, "push", "-q", str(bare), "main")
    return bare


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Clone:
    def make(name: str, *options: str) -> Path:
        git(tmp_path, "clone", "-q", *options, remote.as_uri(), name)
        return tmp_path / name

    return make


def test_what_one_clone_appends_another_reads(clone: Clone, remote: Path) -> None:
    ann, bob = clone("ann"), clone("bob")
    assert commits(bob) == []
    done = history.append(STORE, [entry(1)], root=ann, now=NOW)
    assert (done.where, done.note) == (f"{REF} of origin", "")
    assert commits(bob) == of(1)
    history.append(STORE, [entry(2)], root=bob, now=NOW)
    assert commits(ann) == of(1, 2)
    assert git(remote, "rev-list", "--count", REF) == "2"
    assert git(remote, "for-each-ref", "--format=%(refname)") == f"refs/heads/main\n{REF}"


def test_a_lost_race_keeps_both_entries(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bob pushes after Ann has fetched and before she pushes; so does Carol, the next time."""
    ann, others = clone("ann"), [clone("bob"), clone("carol")]
    pushed: list[int] = []
    push = history_git._push

    def late(place: history_git._Place, theirs: str | None) -> str:
        if place.git.root == ann and others:
            pushed.append(len(others) + 1)
            history.append(STORE, [entry(len(others) + 1)], root=others.pop(), now=NOW)
        return push(place, theirs)

    monkeypatch.setattr(history_git, "_push", late)
    waited: list[float] = []
    history_git.append(REF, [render_entry(entry(1))], root=ann, now=NOW, pause=waited.append)
    assert pushed == [3, 2]
    assert waited == [0.1, 0.2]
    assert commits(ann) == of(1, 2, 3)


def test_clones_that_push_at_once_lose_nothing(clone: Clone, remote: Path) -> None:
    clones = [clone(f"clone-{number}") for number in range(4)]
    ready = threading.Barrier(len(clones))

    def write(number: int) -> None:
        ready.wait()
        for turn in range(3):
            history.append(STORE, [entry(10 * turn + number)], root=clones[number], now=NOW)

    with ThreadPoolExecutor(len(clones)) as pool:
        list(pool.map(write, range(len(clones))))
    assert commits(clone("reader")) == of(*sorted(10 * turn + number for turn in range(3) for number in range(4)))
    assert git(remote, "rev-list", "--count", "--merges", REF) == "0"


def test_processes_of_one_clone_lose_nothing(clone: Clone) -> None:
    ann = clone("ann")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda n: history.append(STORE, [entry(n)], root=ann, now=NOW), range(1, 7)))
    assert commits(ann) == of(1, 2, 3, 4, 5, 6)
    assert commits(clone("bob")) == of(1, 2, 3, 4, 5, 6)


def test_a_shallow_clone_with_a_detached_head_writes_and_stays_shallow(clone: Clone) -> None:
    history.append(STORE, [entry(1)], root=clone("ann"), now=NOW)
    runner = clone("runner", "--depth=1")
    git(runner, "checkout", "-q", "--detach")
    before = (runner / ".git" / "shallow").read_text()
    history.append(STORE, [entry(2)], root=runner, now=NOW)
    assert (runner / ".git" / "shallow").read_text() == before
    assert git(runner, "rev-list", "--count", "HEAD") == "1"
    assert commits(clone("bob")) == of(1, 2)


def test_a_partial_clone_reads_what_it_has_not(clone: Clone, remote: Path) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    history.append(STORE, [entry(1)], root=clone("ann"), now=NOW)
    assert commits(clone("partial", "--filter=blob:none")) == of(1)


def test_hooks_of_the_clone_do_not_run(clone: Clone) -> None:
    ann = clone("ann")
    hook = ann / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    history.append(STORE, [entry(1)], root=ann, now=NOW)
    assert commits(clone("bob")) == of(1)


def test_a_remote_that_refuses_is_an_error_and_the_entry_is_pushed_later(clone: Clone, remote: Path) -> None:
    ann, hook = clone("ann"), remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho not you >&2\nexit 1\n")
    hook.chmod(0o755)
    waited: list[float] = []
    with pytest.raises(SourceError, match=r"could not be written in 4 attempts: ! \[remote rejected\]") as caught:
        history_git.append(REF, [render_entry(entry(1))], root=ann, now=NOW, pause=waited.append)
    assert "goes with the next" in caught.value.hint
    assert sum(waited) < 2
    assert commits(clone("bob")) == []
    hook.unlink()
    history.append(STORE, [entry(2)], root=ann, now=NOW)
    assert commits(clone("carol")) == of(1, 2)


def test_a_remote_that_is_gone_leaves_the_copy_and_says_so(clone: Clone, remote: Path) -> None:
    ann, bob = clone("ann"), clone("bob")
    history.append(STORE, [entry(1)], root=ann, now=NOW)
    assert commits(bob) == of(1)
    remote.rename(remote.with_name("moved.git"))
    loaded = history.load(STORE, root=bob)
    assert [found.commit for found in loaded.entries] == of(1)
    assert "cannot be reached" in loaded.stale
    with pytest.raises(SourceError, match="cannot be reached"):
        history.append(STORE, [entry(2)], root=bob, now=NOW)


def test_a_remote_that_is_gone_from_the_start_is_an_error(clone: Clone, remote: Path) -> None:
    ann = clone("ann")
    remote.rename(remote.with_name("moved.git"))
    with pytest.raises(SourceError, match="cannot be reached"):
        history.load(STORE, root=ann)


def test_the_only_remote_is_taken_whatever_its_name(clone: Clone) -> None:
    ann, bob = clone("ann", "--origin", "upstream"), clone("bob")
    assert history.append(STORE, [entry(1)], root=ann, now=NOW).where == f"{REF} of upstream"
    assert commits(bob) == of(1)
    git(ann, "remote", "add", "fork", "file:///nowhere")
    assert history.append(STORE, [entry(2)], root=ann, now=NOW).where == f"{REF} of this clone"


def test_a_longer_name_that_ends_alike_is_another_ref(clone: Clone, remote: Path) -> None:
    git(remote, "update-ref", f"refs/x/{REF}", "refs/heads/main")
    assert commits(clone("ann")) == []


def test_ten_thousand_entries_are_read_in_bounded_time(clone: Clone) -> None:
    ann = clone("ann")
    history.append(STORE, [entry(number) for number in range(10_000)], root=ann, now=NOW)
    began = datetime.now(UTC)
    assert len(commits(ann)) == 10_000
    assert datetime.now(UTC) - began < timedelta(seconds=30)


@pytest.fixture(params=["sqlite", "server"])
def tracking(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("database" if request.param == "sqlite" else "server"))


@pytest.fixture
def own_ref() -> str:
    return f"refs/mlgate/history-{uuid.uuid4().hex[:8]}"


def in_mlflow(ref: str, root: Path, tracking: str, *entries: Entry) -> list[Entry]:
    if entries:
        history_mlflow.append(ref, entries, root=root, now=NOW, tracking_uri=tracking)
    loaded = history_mlflow.load(ref, root=root, tracking_uri=tracking)
    assert loaded.malformed == 0
    return list(loaded.entries)


def test_mlflow_keeps_entries_whole(tracking: str, own_ref: str, tmp_path: Path) -> None:
    assert in_mlflow(own_ref, tmp_path, tracking) == []
    large = entry(2, metrics=60)  # more than one tag can hold
    assert in_mlflow(own_ref, tmp_path, tracking, large, entry(1)) == [entry(1), large]
    assert in_mlflow(own_ref, tmp_path, tracking, entry(1), entry(3)) == [entry(1), large, entry(3)]
    client = open_store(tmp_path, tracking).client
    experiment = client.get_experiment_by_name(own_ref.removeprefix("refs/"))
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 3
    assert {run.info.status for run in runs} == {"FINISHED"}
    charted = next(run for run in runs if run.data.tags["mlgate.commit"] == entry(1).commit)
    assert charted.data.metrics == {"readmission/metric_0": 0.801}


def test_mlflow_takes_metric_names_that_its_charts_do_not(tracking: str, own_ref: str, tmp_path: Path) -> None:
    odd = Entry(
        evaluation="../read mission/ü",
        time=render_time(NOW),
        metrics={"ndcg@10": MetricEntry(value=0.5), "r²": MetricEntry(value=None)},
    )
    assert in_mlflow(own_ref, tmp_path, tracking, odd) == [odd]


def test_jobs_that_append_to_mlflow_at_once_lose_nothing(server: str, own_ref: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda n: history_mlflow.append(own_ref, [entry(n)], root=tmp_path, now=NOW, tracking_uri=server),
                range(8),
            )
        )
    assert [found.commit for found in in_mlflow(own_ref, tmp_path, server)] == of(*range(8))


def test_runs_of_others_in_the_experiment_are_passed_over(tracking: str, own_ref: str, tmp_path: Path) -> None:
    in_mlflow(own_ref, tmp_path, tracking, entry(1))
    client = open_store(tmp_path, tracking).client
    experiment = client.get_experiment_by_name(own_ref.removeprefix("refs/")).experiment_id
    client.create_run(experiment, tags={"other": "x"})
    client.create_run(experiment, tags={history_mlflow.PIECES_TAG: "many"})
    client.create_run(experiment, tags={history_mlflow.PIECES_TAG: "1", f"{history_mlflow.PIECES_TAG}.0": "{cut"})
    loaded = history_mlflow.load(own_ref, root=tmp_path, tracking_uri=tracking)
    assert (list(loaded.entries), loaded.malformed) == ([entry(1)], 2)


def test_a_deleted_experiment_is_named(tracking: str, own_ref: str, tmp_path: Path) -> None:
    in_mlflow(own_ref, tmp_path, tracking, entry(1))
    client = open_store(tmp_path, tracking).client
    client.delete_experiment(client.get_experiment_by_name(own_ref.removeprefix("refs/")).experiment_id)
    assert in_mlflow(own_ref, tmp_path, tracking) == []
    with pytest.raises(SourceError, match="is deleted") as caught:
        in_mlflow(own_ref, tmp_path, tracking, entry(2))
    assert "restore it" in caught.value.hint


def test_a_history_that_is_too_long_says_so(
    database: str, own_ref: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_mlflow(own_ref, tmp_path, database, *(entry(n) for n in range(5)))
    monkeypatch.setattr(history_mlflow, "PAGE_RUNS", 2)
    assert len(in_mlflow(own_ref, tmp_path, database)) == 5
    monkeypatch.setattr(history_mlflow, "MAX_PAGES", 2)
    with pytest.raises(SourceError, match="more than 4 runs"):
        in_mlflow(own_ref, tmp_path, database)


def test_a_dead_server_is_an_error_in_time(dead_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{dead_address}")
    declared = History(store="mlflow", location=Location("mlgate.yaml", 1))
    for call in (
        lambda: history.load(declared, root=tmp_path),
        lambda: history.append(declared, [entry(1)], root=tmp_path, now=NOW),
    ):
        with pytest.raises(SourceError, match="cannot be reached"):
            call()


def test_the_declared_store_is_used(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_ref: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database)
    declared = History(store="mlflow", ref=own_ref, location=Location("mlgate.yaml", 1))
    done = history.append(declared, [entry(1)], root=tmp_path, now=NOW)
    assert done.where.startswith(f"experiment {own_ref.removeprefix('refs/')} of sqlite:")
    assert [found.commit for found in history.load(declared, root=tmp_path).entries] == of(1)
