"""A real DVC, with its remote in a local folder and behind a local web server."""

from __future__ import annotations

import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.sources import baselines, dvc, dvc_command, dvc_stages
from mlgate.sources.pointers import find_pointer, verify

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LIMIT_S = 120.0
COPY = "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])"
PIPELINE = f"""\
stages:
  prepare:
    cmd: {sys.executable} copy.py data/train.csv work/clean.csv
    deps: [data/train.csv, copy.py]
    outs: [work/clean.csv]
  evaluate:
    cmd: {sys.executable} ../copy.py clean.csv predictions.csv
    wdir: work
    deps: [clean.csv]
    outs: [predictions.csv]
"""
ENVIRONMENT = {
    "DVC_NO_ANALYTICS": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
}


def run(folder: Path, *command: str) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def run_dvc(folder: Path, *arguments: str) -> str:
    return run(folder, dvc_command.find_command(), *arguments)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def drop_data(root: Path, *, cache: bool = True) -> None:
    """As a fresh checkout has it: pointers, no data."""
    for path in ("data/train.csv", "data/images", "work/clean.csv", "work/predictions.csv"):
        place = root / path
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    if cache:
        shutil.rmtree(root / ".dvc" / "cache")


def remote_object(root: Path, digest: str) -> Path:
    return root.parent / "remote" / "files" / "md5" / digest[:2] / digest[2:]


def corrupt(file: Path) -> None:
    mode = file.stat().st_mode
    file.chmod(0o644)
    with file.open("ab") as stream:
        stream.write(b"7 bytes")
    file.chmod(mode)


def add(root: Path, path: str, content: bytes) -> None:
    """What `dvc add` does to a file, but for the cache; to start DVC takes a second."""
    place = root / path
    place.unlink(missing_ok=True)
    place.write_bytes(content)
    out = f"- md5: {md5(content)}\n  size: {len(content)}\n  hash: md5\n  path: {place.name}\n"
    (root / f"{path}.dvc").write_text(f"outs:\n{out}")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository with a file, a folder and two stages, committed and pushed."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("dvc-template")
        for name, value in {**ENVIRONMENT, "DVC_SITE_CACHE_DIR": str(place / "site")}.items():
            patch.setenv(name, value)
        root = place / "project"
        (root / "data" / "images").mkdir(parents=True)
        run(root, "git", "init", "-q", "-b", "main")
        run_dvc(root, "init", "-q")
        run_dvc(root, "remote", "add", "-q", "-d", "store", "../remote")
        (root / "data" / "train.csv").write_bytes(b"id,x\r\n1,2\r\n")
        for number in range(3):
            (root / "data" / "images" / f"{number}.bin").write_bytes(bytes([number]) * 10)
        (root / "copy.py").write_text(COPY)
        (root / "dvc.yaml").write_text(PIPELINE)
        (root / "work").mkdir()
        run_dvc(root, "add", "-q", "data/train.csv", "data/images")
        run_dvc(root, "repro", "-q")
        run_dvc(root, "push", "-q")
        run(root, "git", "add", "-A")
        run(root, "git", "commit", "-q", "-m", "first")
        yield place


@pytest.fixture
def root(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {**ENVIRONMENT, "DVC_SITE_CACHE_DIR": str(tmp_path / "site")}.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(template, tmp_path / "copy", ignore=shutil.ignore_patterns("site", "tmp"))
    return tmp_path / "copy" / "project"


def test_our_hashes_are_dvcs(root: Path) -> None:
    folder = root / "data" / "odd"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "sub2").mkdir()
    for name in ("a.tmp", "ünï.csv", "sub/keep.tmp", "sub/deep/x y.csv", "sub2/z", "sub.csv", "sub-1.csv", "empty"):
        (folder / name).write_bytes(b"" if name == "empty" else name.encode() + b"\r\n")
    (folder / "sub" / "link.csv").symlink_to("../sub.csv")
    (root / ".dvcignore").write_text("*.tmp\n!keep.tmp\n/data/odd/sub2/\n")
    (folder.parent / "one.csv").write_bytes(b"id,x\r\n")
    run_dvc(root, "add", "-q", "data/odd", "data/one.csv")
    written = (folder.parent / "one.csv.dvc").read_text()
    add(root, "data/one.csv", b"id,x\r\n")
    assert (folder.parent / "one.csv.dvc").read_text() == written  # so that `add` stands for it elsewhere
    for path in ("data/odd", "data/odd/sub/deep/x y.csv", "data/train.csv", "data/images", "work/predictions.csv"):
        pointer = find_pointer(root, path)
        assert pointer is not None, path
        assert verify(root, pointer) is None, path
    shutil.rmtree(root / ".dvc" / "cache")  # without the cache the whole folder is hashed
    inside = find_pointer(root, "data/odd/sub.csv")
    assert inside is not None
    assert verify(root, inside) is None
    (folder / "sub2" / "z").write_text("ignored")
    assert verify(root, inside) is None
    (folder / "empty").write_text("not empty")
    assert verify(root, inside) is not None


def test_pull_brings_exactly_what_is_asked(root: Path) -> None:
    drop_data(root)
    assert dvc.needed(root, ["data/train.csv", "data/images", "copy.py"]) == ["data/train.csv", "data/images"]
    result = dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
    assert result.pulled == ("data/train.csv",)
    assert "1 file" in result.output
    assert (root / "data" / "train.csv").read_bytes() == b"id,x\r\n1,2\r\n"
    assert not (root / "data" / "images").exists()
    assert dvc.needed(root, ["data/train.csv"]) == []


def test_a_file_of_a_tracked_folder_is_pulled_alone(root: Path) -> None:
    drop_data(root)
    assert dvc.pull(root, ["data/images/1.bin"], timeout_s=LIMIT_S).pulled == ("data/images/1.bin",)
    assert [file.name for file in (root / "data" / "images").iterdir()] == ["1.bin"]
    assert dvc.pull(root, ["data/images"], timeout_s=LIMIT_S).pulled == ("data/images",)
    assert len(list((root / "data" / "images").iterdir())) == 3


def test_nothing_is_started_when_all_is_in_sync(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dvc_command, "find_command", lambda: "/nonexistent/dvc")
    assert dvc.pull(root, ["data/train.csv", "data/images"], timeout_s=LIMIT_S).pulled == ()


def test_a_project_in_a_subfolder(root: Path) -> None:
    drop_data(root)
    project = root / "data"
    assert dvc.pull(project, ["train.csv"], timeout_s=LIMIT_S).pulled == ("train.csv",)
    with pytest.raises(SourceError, match=r"other\.csv is not tracked by DVC"):
        dvc.pull(project, ["other.csv"], timeout_s=LIMIT_S)


def test_a_corrupt_object_in_the_remote_is_refused(root: Path) -> None:
    drop_data(root)
    corrupt(remote_object(root, md5(b"id,x\r\n1,2\r\n")))
    with pytest.raises(SourceError, match="dvc pull"):
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)


def test_corrupt_bytes_that_dvc_accepts_are_refused(root: Path) -> None:
    """A web remote is not checked by DVC: only hashing again tells."""
    drop_data(root)
    digest = md5(b"id,x\r\n1,2\r\n")
    corrupt(remote_object(root, digest))
    handler = functools.partial(QuietHandler, directory=str(root.parent / "remote"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run_dvc(root, "remote", "add", "-q", "-d", "web", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(SourceError, match="other bytes than the pointer says") as caught:
            dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
        server.shutdown()
    for fact in ("data/train.csv", "data/train.csv.dvc", digest, md5(b"id,x\r\n1,2\r\n7 bytes")):
        assert fact in caught.value.message


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name in the base class)
        pass


def test_a_corrupt_object_in_the_cache_is_refused(root: Path) -> None:
    drop_data(root, cache=False)
    digest = md5(b"id,x\r\n1,2\r\n")
    corrupt(root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:])
    with pytest.raises(SourceError, match="other bytes than the pointer says"):
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)


def test_an_object_that_was_never_pushed(root: Path) -> None:
    drop_data(root)
    remote_object(root, md5(b"id,x\r\n1,2\r\n")).unlink()
    with pytest.raises(SourceError, match=r"`dvc pull data/train\.csv` failed: ERROR") as caught:
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
    assert "dvc push" in caught.value.hint


def test_a_failed_pull_names_what_is_missing_and_blames_nothing_else(root: Path) -> None:
    add(root, "data/extra.csv", b"extra")
    (root / "data" / "extra.csv").unlink()  # never pushed, and gone here
    (root / "data" / "train.csv").unlink()
    (root / "data" / "train.csv").write_bytes(b"id,x\n9,9\n")
    run_dvc(root, "add", "-q", "data/train.csv")
    run(root, "git", "checkout", "-q", "data/train.csv.dvc")  # an old file here, which DVC may replace
    with pytest.raises(SourceError, match=r"following targets: data/extra\.csv") as caught:
        dvc.pull(root, ["data/train.csv", "data/extra.csv"], timeout_s=LIMIT_S)
    assert (root / "data" / "train.csv").read_bytes() == b"id,x\r\n1,2\r\n"
    assert "data/train.csv" not in caught.value.hint
    assert str(root) not in caught.value.message


def test_an_untracked_file_in_a_tracked_folder_is_named(root: Path) -> None:
    (root / "data" / "images" / "mine.bin").write_bytes(b"mine")
    with pytest.raises(SourceError, match="unsaved files") as caught:
        dvc.pull(root, ["data/images"], timeout_s=LIMIT_S)
    assert "data/images/mine.bin" in caught.value.message
    assert str(root) not in caught.value.message
    assert "data/images differs" in caught.value.hint


def test_an_unreachable_remote_and_its_credentials(root: Path) -> None:
    drop_data(root)
    run_dvc(root, "remote", "add", "-q", "-d", "web", "http://ann:secret@127.0.0.1:1/store")
    started = time.monotonic()
    with pytest.raises(SourceError, match="failed") as caught:
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
    assert time.monotonic() - started < 60
    assert "secret" not in str(caught.value)
    assert "remote can be reached" in caught.value.hint


def test_a_change_here_is_not_overwritten(root: Path) -> None:
    (root / "data" / "train.csv").write_text("mine")
    with pytest.raises(SourceError, match="failed") as caught:
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
    assert "`dvc add`" in caught.value.hint
    assert (root / "data" / "train.csv").read_text() == "mine"


def test_time_is_limited(root: Path) -> None:
    drop_data(root)
    with pytest.raises(SourceError, match=r"took longer than 0.05 s"):
        dvc.pull(root, ["data/train.csv"], timeout_s=0.05)


def test_dvc_is_absent(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_data(root)
    git = tmp_path / "bin"
    git.mkdir()
    (git / "git").symlink_to(shutil.which("git") or "git")
    monkeypatch.setenv("PATH", str(git))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(SourceError, match="DVC is not installed") as caught:
        dvc.pull(root, ["data/train.csv"], timeout_s=LIMIT_S)
    assert "mlgate[dvc]" in caught.value.hint


def test_a_stage_that_is_up_to_date(root: Path) -> None:
    status = dvc_stages.stage_status(root, "evaluate")
    assert (status.changed, status.stale, status.missing) == ((), {}, ())
    result = dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)
    assert "didn't change" in result.output
    assert result.pulled == ()


def test_a_stage_in_a_fresh_checkout_gets_its_inputs_alone(root: Path) -> None:
    drop_data(root)
    status = dvc_stages.stage_status(root, "evaluate")
    assert (status.stale, status.missing) == ({}, ("work/clean.csv",))
    result = dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)
    assert result.pulled == ("work/clean.csv",)
    assert (root / "work" / "predictions.csv").read_bytes() == b"id,x\r\n1,2\r\n"
    assert not (root / "data" / "train.csv").exists()


def test_exactly_the_stage_that_changed_runs(root: Path) -> None:
    text = (root / "dvc.yaml").read_text().replace("clean.csv predictions.csv", "../copy.py predictions.csv")
    (root / "dvc.yaml").write_text(text)
    assert dvc_stages.stage_status(root, "evaluate").changed == ("changed command",)
    dvc_stages.reproduce(root, "dvc.yaml:evaluate", timeout_s=LIMIT_S)
    assert (root / "work" / "predictions.csv").read_text() == COPY


@pytest.mark.parametrize("present", [True, False])
def test_data_that_changed_makes_the_candidate_stale(root: Path, present: bool) -> None:
    content = b"id,x\n1,3\n"
    add(root, "data/train.csv", content)
    if not present:
        remote_object(root, md5(content)).parent.mkdir()
        remote_object(root, md5(content)).write_bytes(content)
        drop_data(root)
    with pytest.raises(SourceError, match="stale-candidate: stage evaluate") as caught:
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)
    assert "prepare" in caught.value.message
    assert "data/train.csv" in caught.value.message
    assert "dvc repro prepare" in caught.value.hint
    assert present == (root / "work" / "predictions.csv").exists()


def test_code_that_changed_makes_the_candidate_stale(root: Path) -> None:
    with (root / "copy.py").open("a") as stream:
        stream.write("\n# changed\n")
    with pytest.raises(SourceError, match=r"stale-candidate.*copy\.py modified"):
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)


def test_data_that_was_edited_without_dvc_makes_the_candidate_stale(root: Path) -> None:
    (root / "data" / "train.csv").write_text("edited")
    with pytest.raises(SourceError, match=r"stale-candidate.*train\.csv"):
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)


def test_a_stage_that_fails(root: Path) -> None:
    text = (root / "dvc.yaml").read_text().replace("../copy.py clean.csv", "../copy.py absent.csv")
    (root / "dvc.yaml").write_text(text)
    with pytest.raises(SourceError, match="stage evaluate failed"):
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)


def test_a_stage_that_does_not_exist(root: Path) -> None:
    with pytest.raises(SourceError, match="dvc status nothing"):
        dvc_stages.stage_status(root, "nothing")


def test_a_stage_of_the_same_name_in_another_pipeline_is_another_stage(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other" / "source.txt").write_text("one")
    (root / "other" / "dvc.yaml").write_text(
        f"stages:\n  evaluate:\n    cmd: {sys.executable} ../copy.py source.txt made.txt\n"
        "    deps: [source.txt]\n    outs: [made.txt]\n"
    )
    (root / "dvc.yaml").write_text(PIPELINE.replace("deps: [clean.csv]", "deps: [clean.csv, ../other/made.txt]"))
    run_dvc(root, "repro", "-q", "other/dvc.yaml:evaluate", "evaluate")
    assert dvc_stages.stage_status(root, "evaluate").stale == {}
    assert dvc_stages.stage_status(root / "other", "evaluate").changed == ()
    (root / "other" / "source.txt").write_text("two")
    with pytest.raises(SourceError, match=r"stale-candidate.*other/dvc\.yaml:evaluate"):
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)
    assert dvc_stages.stage_status(root / "other", "evaluate").changed == ("changed deps: source.txt modified",)


def test_predictions_are_an_output_of_the_stage_that_ran(root: Path) -> None:
    dvc_stages.require_output(root, "evaluate", "work/predictions.csv")
    dvc_stages.require_output(root, "dvc.yaml:evaluate", "work/predictions.csv")
    for path, fact in (("work/clean.csv", "stage prepare does"), ("data/train.csv", r"train\.csv\.dvc tracks it")):
        with pytest.raises(SourceError, match=f"stage evaluate does not make {path}: .*{fact}"):
            dvc_stages.require_output(root, "evaluate", path)
    with pytest.raises(SourceError, match="no stage makes it"):
        dvc_stages.require_output(root, "evaluate", "other.csv")
    (root / "work" / "predictions.csv").unlink()
    (root / "work" / "predictions.csv").write_text("edited")
    with pytest.raises(SourceError, match=r"did not leave work/predictions\.csv as dvc\.lock says"):
        dvc_stages.require_output(root, "evaluate", "work/predictions.csv")


def freeze(root: Path, stage: str) -> None:
    """What `dvc freeze` writes."""
    (root / "dvc.yaml").write_text(PIPELINE.replace(f"  {stage}:\n", f"  {stage}:\n    frozen: true\n"))


def test_a_frozen_stage_is_not_run(root: Path) -> None:
    freeze(root, "evaluate")
    with pytest.raises(SourceError, match=r"^stale-candidate: stage evaluate is frozen") as caught:
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)
    assert "dvc unfreeze evaluate" in caught.value.hint


@pytest.mark.parametrize("present", [True, False])
def test_a_frozen_stage_before_it_hides_no_change(root: Path, present: bool) -> None:
    freeze(root, "prepare")
    if not present:
        drop_data(root)
    dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)  # nothing changed: frozen alone is no reason
    add(root, "data/train.csv", b"id,x\n1,3\n")
    if not present:
        (root / "data" / "train.csv").unlink()
    with pytest.raises(SourceError, match=r"^stale-candidate.*prepare \(frozen.*data/train\.csv"):
        dvc_stages.reproduce(root, "evaluate", timeout_s=LIMIT_S)


def test_a_frozen_stage_with_other_inputs_or_parameters(root: Path) -> None:
    pipeline = PIPELINE.replace("outs: [work/clean.csv]", "outs: [work/clean.csv]\n    params: [train.rate]")
    frozen = pipeline.replace("prepare:\n", "prepare:\n    frozen: true\n")
    (root / "params.yaml").write_text("train: {rate: 1e-5}\n")
    (root / "dvc.yaml").write_text(pipeline)
    run_dvc(root, "repro", "-q")
    (root / "dvc.yaml").write_text(frozen)
    assert dvc_stages.stage_status(root, "evaluate").stale == {}
    (root / "params.yaml").write_text("train: {rate: 2e-5}\n")
    assert "parameter train.rate of params.yaml" in str(dvc_stages.stage_status(root, "evaluate").stale["prepare"])
    (root / "params.yaml").write_text("train: {rate: 0.00001}\n")
    assert dvc_stages.stage_status(root, "evaluate").stale == {}
    (root / "dvc.yaml").write_text(frozen.replace("copy.py]", "copy.py, params.yaml]", 1))
    assert "deps in dvc.yaml" in str(dvc_stages.stage_status(root, "evaluate").stale["prepare"])


def test_a_file_whose_stage_is_out_of_date_is_refused(root: Path) -> None:
    dvc_stages.require_fresh(root, "work/predictions.csv")
    dvc_stages.require_fresh(root, "data/train.csv")
    dvc_stages.require_fresh(root, "copy.py")
    freeze(root, "evaluate")
    dvc_stages.require_fresh(root, "work/predictions.csv")
    with (root / "copy.py").open("a") as stream:
        stream.write("\n# changed\n")
    with pytest.raises(SourceError, match=r"^stale-candidate: work/predictions\.csv .* evaluate.*prepare.*copy\.py"):
        dvc_stages.require_fresh(root, "work/predictions.csv")


def test_a_file_in_a_fresh_checkout_is_not_out_of_date(root: Path) -> None:
    drop_data(root)
    dvc.pull(root, ["work/predictions.csv"], timeout_s=LIMIT_S)
    dvc_stages.require_fresh(root, "work/predictions.csv")
    assert not (root / "work" / "clean.csv").exists()


def test_a_command_that_takes_too_long_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, mark = tmp_path / "dvc", tmp_path / "pid"
    script.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {mark}\nwait\n")
    script.chmod(0o755)
    monkeypatch.setattr(dvc_command, "find_command", lambda: str(script))
    with pytest.raises(SourceError, match=r"`dvc repro` took longer than 3 s"):
        dvc_command.run_dvc(tmp_path, ["repro"], timeout_s=3)
    guard = time.monotonic() + 30
    while (state := state_of(mark.read_text().strip())) not in ("", "Z") and time.monotonic() < guard:
        time.sleep(0.05)  # it was told to end, which takes a moment
    assert state in ("", "Z")


def state_of(process: str) -> str:
    """As `ps` shows it: empty where the process is gone."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_an_old_pointer_of_another_revision(root: Path, tmp_path: Path) -> None:
    content = b"id,x\r\n1,2\r\n"
    digest = md5(content.replace(b"\r\n", b"\n"))
    (root / "old.csv.dvc").write_text(f"outs:\n- md5: {digest}\n  size: {len(content)}\n  path: old.csv\n")
    (root / "old.csv").write_bytes(content)
    cached = root / ".dvc" / "cache" / digest[:2] / digest[2:]
    cached.parent.mkdir(parents=True)
    cached.write_bytes(content)
    run(root, "git", "add", "old.csv.dvc")
    run(root, "git", "commit", "-q", "-m", "old")
    found = load("dvc:main:old.csv", root, "x", tmp_path)
    assert found.predictions is not None
    assert found.predictions.read_bytes() == content


def load(reference: str, root: Path, path: str, work: Path) -> baselines.Baseline:
    return baselines.load(
        parse_reference(reference), root=root, evaluation_name="e", predictions_path=path, work=work, now=NOW
    )


def test_a_baseline_of_another_revision(root: Path, tmp_path: Path) -> None:
    commit = run(root, "git", "rev-parse", "HEAD").strip()
    (root / "data" / "train.csv").write_text("id,x\n1,3\n")
    run_dvc(root, "add", "-q", "data/train.csv")
    run_dvc(root, "repro", "-q")
    run(root, "git", "commit", "-q", "-a", "-m", "second")
    shutil.rmtree(root / ".dvc" / "cache")
    found = load("dvc:HEAD~1", root, "work/predictions.csv", tmp_path)
    assert found.predictions == tmp_path / "predictions.csv"
    assert found.predictions.read_bytes() == b"id,x\r\n1,2\r\n"
    assert found.found == f"dvc revision HEAD~1 ({commit[:9]}), work/predictions.csv"
    assert (found.commit, found.created_at, found.recorded) == (commit, "2026-01-02T03:04:05Z", None)
    assert found.age_s == (NOW - datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)).total_seconds()
    assert (root / "work" / "predictions.csv").read_text() == "id,x\n1,3\n"
    project = load("dvc:HEAD~1:images/1.bin", root / "data", "x", tmp_path)
    assert project.predictions is not None
    assert project.predictions.read_bytes() == bytes([1]) * 10


def test_a_corrupt_object_of_another_revision_is_refused(root: Path, tmp_path: Path) -> None:
    digest = md5(b"id,x\r\n1,2\r\n")
    corrupt(root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:])
    with pytest.raises(SourceError, match=r"other bytes than the pointer says|failed"):
        load("dvc:main", root, "work/predictions.csv", tmp_path)


def test_the_remote_lacks_the_old_data(root: Path, tmp_path: Path) -> None:
    drop_data(root)
    shutil.rmtree(root.parent / "remote")
    with pytest.raises(SourceError, match=r"`dvc get work/predictions.csv` of revision main failed"):
        load("dvc:main", root, "work/predictions.csv", tmp_path)


def test_without_a_dvc_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    run(tmp_path, "git", "init", "-q", "-b", "main")
    run(tmp_path, "git", "commit", "-q", "--allow-empty", "-m", "first")
    with pytest.raises(SourceError, match="no DVC repository"):
        load("dvc:main", tmp_path, "p.csv", tmp_path)
    with pytest.raises(SourceError, match="revision 'gone' is not known here"):
        load("dvc:gone", tmp_path, "p.csv", tmp_path)
