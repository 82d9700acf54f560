"""The lines of a history, and the Git ref that keeps them."""

from __future__ import annotations

import json
import math
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.evaluation import History
from mlgate.errors import SourceError
from mlgate.outcome import Location
from mlgate.sources import git_process, history, history_git
from mlgate.sources.history_lines import (
    Entry,
    MetricEntry,
    merge_lines,
    parse_entry,
    parse_lines,
    render_entry,
    render_time,
)

Git = Callable[..., str]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REF = "refs/mlgate/history"
STORE = History(location=Location("mlgate.yaml", 1))

numbers = st.one_of(st.none(), st.floats())
texts = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))


def entry(number: int = 1, *, value: float | None = 0.87, evaluation: str = "readmission") -> Entry:
    return Entry(
        evaluation=evaluation,
        time=render_time(NOW + timedelta(minutes=number)),
        commit=f"{number:040x}",
        dirty=False,
        baseline_commit=f"{number - 1:040x}",
        rows="sha256:a",
        metrics={"roc_auc": MetricEntry(value=value, n=1204, baseline=0.86, delta=0.01, se=0.004, tolerance=0.01)},
    )


def lines(*numbers: int) -> list[str]:
    return [render_entry(entry(number)) for number in numbers]


def test_an_entry_is_one_line_of_strict_json_and_comes_back() -> None:
    written = render_entry(entry())
    assert "\n" not in written
    assert json.loads(written)["version"] == 1
    assert parse_entry(written) == entry()


@given(value=numbers, se=st.one_of(st.none(), st.floats(min_value=0)), name=st.text(min_size=1), rows=texts)
def test_whatever_is_written_can_be_read(value: float | None, se: float | None, name: str, rows: str | None) -> None:
    metrics = {name: MetricEntry(value=value, se=se, definition=rows)}
    written = render_entry(Entry(evaluation=name, time=render_time(NOW), rows=rows, metrics=metrics))
    assert written.isascii()
    assert not {"NaN", "Infinity"} & set(written.replace('"', " ").split())
    read = parse_entry(written)
    finite = value if value is not None and math.isfinite(value) else None
    assert (read.evaluation, read.rows, read.metrics[name].value) == (name, rows, finite)


def test_fields_that_are_not_known_are_ignored() -> None:
    raw = json.loads(render_entry(entry())) | {"mood": "good"}
    raw["metrics"]["roc_auc"]["colour"] = [1]
    assert parse_entry(json.dumps(raw)) == entry()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "version is 2"),
        ({"version": None}, "version is None"),
        ({"time": "2026-01-01"}, "not a time"),
        ({"time": "2026-01-01\x1b10:00:00+00:00"}, "not a time"),
        ({"time": "2026-13-01T00:00:00Z"}, "month"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "outside the calendar"),
        ({"time": None}, "`time` is empty"),
        ({"evaluation": ""}, "`evaluation` is empty"),
        ({"evaluation": 7}, "not of type str"),
        ({"commit": "\x1b[31m"}, "not the id of a commit"),
        ({"dirty": "yes"}, "not of type bool"),
        ({"metrics": None}, "not a mapping"),
        ({"metrics": {"a": 1}}, "not a mapping"),
        ({"metrics": {"a": {"value": "high"}}}, "not a finite number"),
        ({"metrics": {"a": {"value": True}}}, "not a finite number"),
        ({"metrics": {"a": {"value": 10**400}}}, "not a finite number"),
        ({"metrics": {"a": {"value": 1, "se": -1}}}, "below 0"),
    ],
)
def test_a_line_of_another_shape_is_no_entry(change: dict[str, Any], words: str) -> None:
    line = json.dumps(json.loads(render_entry(entry())) | change)
    with pytest.raises(ValueError, match=words):
        parse_entry(line)


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "7", '{"version": NaN}', "[" * 100_000, "\udcff", '{"version": 1' + " " * 9]
)
def test_what_is_no_json_object_is_no_entry(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the words are those of the JSON parser
        parse_entry(line)


def test_a_line_that_is_no_entry_is_counted_and_hides_no_other() -> None:
    loaded = parse_lines([*lines(2), "{broken", "", *lines(1), '{"version": 9}'], where="here")
    assert [found.commit for found in loaded.entries] == [entry(1).commit, entry(2).commit]
    assert (loaded.malformed, loaded.where) == (2, "here")
    assert loaded.problem


def test_entries_are_ordered_by_time_then_commit_whatever_the_offset_says() -> None:
    late, early = entry(1), entry(2)
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    stamped = [
        Entry(evaluation="a", time="2026-01-01T08:00:00Z", commit=late.commit, metrics=late.metrics),
        Entry(evaluation="a", time=moment.isoformat(), commit=early.commit, metrics=early.metrics),  # 07:00 UTC
        Entry(evaluation="a", time="2026-01-01T08:00:00.000Z", commit="0" * 40, metrics={}),
    ]
    loaded = parse_lines(map(render_entry, stamped), where="")
    assert [found.commit for found in loaded.entries] == [early.commit, "0" * 40, late.commit]


@given(st.permutations(range(1, 7)), st.integers(0, 6))
def test_a_merge_keeps_every_line_once_in_one_order(order: list[int], cut: int) -> None:
    mixed = [*lines(*order), "no entry"]
    merged = merge_lines(mixed[:cut], mixed, mixed[cut:])
    assert merged == ["no entry", *lines(1, 2, 3, 4, 5, 6)]
    assert merge_lines(merged, merged) == merged


def test_a_ref_is_written_and_read(repository: Path, git: Git) -> None:
    assert history.load(STORE, root=repository).entries == ()
    first = history.append(STORE, [entry(1)], root=repository, now=NOW)
    assert first.where == f"{REF} of this clone"
    assert "no remote" in first.note
    history.append(STORE, [entry(2), entry(3, evaluation="other")], root=repository, now=NOW)
    loaded = history.load(STORE, root=repository)
    assert [found.commit for found in loaded.entries] == [entry(n).commit for n in (1, 2, 3)]
    assert loaded.entries[0] == entry(1)
    assert (loaded.malformed, loaded.stale) == (0, "")
    assert "only runs of this clone" in loaded.note
    assert git(repository, "rev-list", "--count", REF) == "2"
    assert git(repository, "log", "-1", "--format=%an %cn %ct", REF) == f"mlgate mlgate {int(NOW.timestamp())}"
    assert git(repository, "ls-tree", "--name-only", REF) == "history.jsonl"


def test_an_entry_that_is_there_is_not_added_again(repository: Path, git: Git) -> None:
    history.append(STORE, [entry(1)], root=repository, now=NOW)
    before = git(repository, "rev-parse", REF)
    history.append(STORE, [entry(1)], root=repository, now=NOW + timedelta(days=1))
    assert git(repository, "rev-parse", REF) == before


def test_nothing_else_of_the_repository_changes(repository: Path, git: Git) -> None:
    (repository / "a.txt").write_text("changed\n")
    (repository / "staged.txt").write_text("new\n")
    git(repository, "add", "staged.txt")
    hook = repository / ".git" / "hooks" / "reference-transaction"
    hook.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
    hook.chmod(0o755)

    def state() -> tuple[object, ...]:
        index = (repository / ".git" / "index").read_bytes()
        told = [
            git(repository, *c) for c in (("status", "--porcelain"), ("symbolic-ref", "HEAD"), ("branch", "-a", "-v"))
        ]
        return (
            index,
            *told,
            sorted(path.name for path in repository.iterdir()),
            (repository / ".git" / "FETCH_HEAD").exists(),
        )

    before = state()
    history.append(STORE, [entry(1)], root=repository, now=NOW)
    history.load(STORE, root=repository)
    assert state() == before


def test_a_detached_head_and_a_folder_below_the_top_are_fine(repository: Path, git: Git) -> None:
    git(repository, "checkout", "-q", "--detach")
    below = repository / "models" / "one"
    below.mkdir(parents=True)
    history.append(STORE, [entry(1)], root=below, now=NOW)
    assert len(history.load(STORE, root=repository).entries) == 1


def test_a_repository_without_commits_and_without_a_person_will_do(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    git(tmp_path, "init", "-q")
    history.append(STORE, [entry(1)], root=tmp_path, now=NOW)
    assert len(history.load(STORE, root=tmp_path).entries) == 1


def test_lines_that_are_no_entries_survive_an_append_byte_by_byte(repository: Path, git: Git) -> None:
    odd = b'{broken\n\xff\xfe\n{"version":2,"x":1}\n'
    put(repository, odd)
    history.append(STORE, [entry(1)], root=repository, now=NOW)
    content = subprocess.run(
        ["git", "-C", str(repository), "show", f"{REF}:history.jsonl"], check=True, capture_output=True
    ).stdout
    assert sorted(content.splitlines()) == sorted([*odd.splitlines(), render_entry(entry(1)).encode()])
    loaded = history.load(STORE, root=repository)
    assert (len(loaded.entries), loaded.malformed) == (1, 3)


def put(root: Path, content: bytes, *, name: str = "history.jsonl") -> None:
    """Write a ref as nobody of ours would."""

    def run(*arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(["git", "-C", str(root), *arguments], input=given, check=True, capture_output=True)
        return done.stdout.decode().strip()

    blob = run("hash-object", "-w", "--stdin", given=content)
    tree = run("mktree", given=f"100644 blob {blob}\t{name}\n".encode())
    run("update-ref", REF, run("commit-tree", tree, "-m", "by hand"))


def test_a_ref_that_holds_something_else_is_refused(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repository, b"x", name="other.txt")
    with pytest.raises(SourceError, match=r"holds no history\.jsonl") as caught:
        history.load(STORE, root=repository)
    assert "ref of its own" in caught.value.hint
    with pytest.raises(SourceError, match=r"holds no history\.jsonl"):
        history.append(STORE, [entry(1)], root=repository, now=NOW)
    put(repository, b"x" * 100)
    monkeypatch.setattr(history_git, "MAX_BYTES", 99)
    with pytest.raises(SourceError, match="of 100 bytes"):
        history.load(STORE, root=repository)


def test_without_a_repository_or_git_the_error_says_so(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SourceError, match="not a git repository") as caught:
        history.load(STORE, root=tmp_path)
    assert "store: mlflow" in caught.value.hint
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="Git cannot be started"):
        history.load(STORE, root=tmp_path)


def is_running(process: str) -> bool:
    """Whether a process is there and has not ended; one that nobody has asked for its end is `Z`."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_command_that_does_not_end_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\n/bin/sleep 60 &\necho $! > child\nwait\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"`git fetch` did not end within 0\.5 s"):
        git_process.GitProcess(tmp_path).run(["fetch"], timeout_s=0.5)
    child = (tmp_path / "child").read_text().strip()
    guard = time.monotonic() + 30
    while is_running(child) and time.monotonic() < guard:  # it was told to end, which takes a moment
        time.sleep(0.01)
    assert not is_running(child)


def test_credentials_in_what_git_says_are_not_repeated(repository: Path, git: Git) -> None:
    git(repository, "remote", "add", "origin", "https://ann:secret@127.0.0.1:1/x.git")
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        history.load(STORE, root=repository)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
