from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources.pipelines import read_stages
from mlgate.sources.pointers import dvc_root, find_pointer, read_all, read_pointers, verify

Git = Callable[..., str]


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def listing(files: dict[str, bytes]) -> tuple[bytes, str]:
    """A folder's listing and its hash, written as DVC's documentation says."""
    entries = [{"md5": md5(content), "relpath": name} for name, content in sorted(files.items())]
    text = json.dumps(entries).encode()
    return text, md5(text) + ".dir"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path


def write_pointer(file: Path, hash_: str, *, legacy: bool = False, out: str | None = None) -> None:
    kind = "" if legacy else "  hash: md5\n"
    file.write_text(f"outs:\n- md5: {hash_}\n{kind}  path: {out or file.name.removesuffix('.dvc')}\n")


def mismatch(root: Path, path: str) -> str | None:
    pointer = find_pointer(root, path)
    assert pointer is not None
    return verify(root, pointer)


def test_a_file_in_sync_and_out_of_sync(root: Path) -> None:
    first, second = md5(b"1\r\n"), md5(b"2\r\n")
    (root / "data" / "x.csv").write_bytes(b"1\r\n")
    write_pointer(root / "data" / "x.csv.dvc", first)
    pointer = find_pointer(root, "data/x.csv")
    assert pointer is not None
    assert (pointer.file, pointer.out, pointer.path) == ("data/x.csv.dvc", "data/x.csv", "data/x.csv")
    assert (pointer.is_dir, pointer.legacy_text, pointer.size) == (False, False, None)
    assert verify(root, pointer) is None
    (root / "data" / "x.csv").write_bytes(b"2\r\n")
    assert verify(root, pointer) == f"data/x.csv is {second}, data/x.csv.dvc says {first}"
    (root / "data" / "x.csv").unlink()
    assert verify(root, pointer) == f"data/x.csv is absent, data/x.csv.dvc says {first}"


def test_an_old_pointer_reads_text_with_line_feeds(root: Path) -> None:
    (root / "x.csv").write_bytes(b"1\r\n")
    write_pointer(root / "x.csv.dvc", md5(b"1\n"), legacy=True)
    assert mismatch(root, "x.csv") is None
    write_pointer(root / "x.csv.dvc", md5(b"1\n"))
    assert mismatch(root, "x.csv") is not None


def test_a_file_inside_a_tracked_folder_counts_with_the_folder(root: Path) -> None:
    files = {"a.csv": b"a", "sub/b.csv": b"b", "ü.csv": b"c"}
    (root / "data" / "sub").mkdir()
    for name, content in files.items():
        (root / "data" / name).write_bytes(content)
    _, digest = listing(files)
    write_pointer(root / "data.dvc", digest)
    pointer = find_pointer(root, "data/sub/b.csv")
    assert pointer is not None
    assert (pointer.out, pointer.path, pointer.is_dir) == ("data", "data/sub/b.csv", True)
    assert verify(root, pointer) is None
    assert mismatch(root, "data") is None
    (root / "data" / "a.csv").write_bytes(b"changed")
    assert "data.dvc says" in (verify(root, pointer) or "")


def test_the_listing_in_the_cache_tells_files_apart(root: Path) -> None:
    files = {"a.csv": b"a", "sub/b.csv": b"b"}
    (root / "data" / "sub").mkdir()
    for name, content in files.items():
        (root / "data" / name).write_bytes(content)
    text, digest = listing(files)
    write_pointer(root / "data.dvc", digest)
    cached = root / "cache" / "files" / "md5" / digest[:2] / digest[2:]
    cached.parent.mkdir(parents=True)
    (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n[cache]\n    dir = ../cache\n")
    cached.write_bytes(b"[]")  # damaged: the folder's own hash decides
    assert mismatch(root, "data/a.csv") is None
    cached.write_bytes(text)
    (root / "data" / "a.csv").write_bytes(b"changed")
    assert mismatch(root, "data/sub/b.csv") is None
    assert mismatch(root, "data/sub") is None
    assert mismatch(root, "data/a.csv") == f"data/a.csv is {md5(b'changed')}, data.dvc says {md5(b'a')}"
    assert "is not one of the files" in (mismatch(root, "data/new.csv") or "")
    (root / "data" / "a.csv").unlink()
    assert "data/a.csv is absent" in (mismatch(root, "data/a.csv") or "")
    (root / "data" / "sub" / "c.csv").write_bytes(b"c")
    assert "1 files of data/sub differ" in (mismatch(root, "data/sub") or "")


def test_outs_of_a_pipeline_with_a_working_folder(root: Path) -> None:
    (root / "pipe").mkdir()
    (root / "pipe" / "dvc.yaml").write_text(
        "stages:\n  train: {cmd: x, wdir: ../data, outs: [m.bin]}\n"
        "  each: {foreach: [a], do: {cmd: x, wdir: w, outs: ['${item}.csv']}}\n"
    )
    (root / "pipe" / "dvc.lock").write_text(
        "schema: '2.0'\nstages:\n"
        "  train:\n    cmd: x\n    deps: [{path: in.csv, hash: md5, md5: " + md5(b"i") + "}]\n"
        "    outs: [{path: m.bin, hash: md5, md5: " + md5(b"m") + ", size: 1}]\n"
        "  each@a:\n    cmd: x\n    outs: [{path: a.csv, hash: md5, md5: " + md5(b"a") + "}]\n"
    )
    lock = root / "pipe" / "dvc.lock"
    assert {pointer.out for pointer in read_pointers(root, lock)} == {"data/m.bin", "pipe/w/a.csv"}
    assert {name: stage.inputs for name, stage in read_stages(root / "pipe").items()} == {
        "train": {"../data/in.csv": md5(b"i")},
        "each": {},
        "each@a": {},
    }
    pointer = find_pointer(root, "pipe/w/a.csv")
    assert pointer is not None
    assert pointer.file == "pipe/dvc.lock"
    project = find_pointer(root / "pipe", "w/a.csv")
    assert project is not None
    assert (project.file, project.out) == ("dvc.lock", "w/a.csv")


def test_a_pipeline_elsewhere_is_found_through_git(repository: Path) -> None:
    (repository / ".dvc").mkdir()
    (repository / "data").mkdir()
    pipe = repository / "pipe"
    pipe.mkdir()
    (pipe / "dvc.lock").write_text(
        f"schema: '2.0'\nstages:\n  s:\n    cmd: x\n    outs: [{{path: ../data/o.csv, hash: md5, md5: {md5(b'o')}}}]\n"
    )
    pointer = find_pointer(repository, "data/o.csv")
    assert pointer is not None
    assert (pointer.file, pointer.size) == ("pipe/dvc.lock", None)
    assert find_pointer(repository, "data/other.csv") is None


def test_untracked_means_none(root: Path) -> None:
    (root / "x.csv").write_text("1")
    assert find_pointer(root, "x.csv") is None


def test_without_a_dvc_repository_a_pointer_still_counts(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_bytes(b"a")
    write_pointer(tmp_path / "d.dvc", listing({"a": b"a"})[1])
    assert dvc_root(tmp_path) is None
    assert mismatch(tmp_path, "d/a") is None


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("outs: [", "cannot read the DVC file"),
        ("- a", "not a mapping"),
        ("md5: x", "no 'outs'"),
        ("outs: [{md5: abc, path: x}]", "the md5 of"),
        ("outs: [{md5: 1, path: x}]", "the md5 of"),
        ("outs: [{path: 3}]", "no path"),
        ("outs: [x]", "no path"),
        ("outs: [{md5: d41d8cd98f00b204e9800998ecf8427e, size: -1, path: x}]", "the size of"),
        ("outs: [{md5: !!python/object/apply:os.system ['true'], path: x}]", "cannot read the DVC file"),
    ],
)
def test_a_malformed_pointer_is_an_error(root: Path, text: str, fact: str) -> None:
    (root / "x.dvc").write_text(text)
    with pytest.raises(SourceError, match=fact):
        find_pointer(root, "x")


@pytest.mark.parametrize("text", ["stages: []", "stages: {a: 1}", "stages: {a: {outs: 1}}"])
def test_a_malformed_lock_is_an_error(root: Path, text: str) -> None:
    (root / "dvc.lock").write_text(text)
    with pytest.raises(SourceError, match=r"dvc\.lock is not a DVC file"):
        find_pointer(root, "x")


def test_a_malformed_lock_has_no_inputs(root: Path) -> None:
    (root / "dvc.lock").write_text("stages: []")
    with pytest.raises(SourceError, match=r"dvc\.lock is not a DVC file"):
        read_stages(root)


def test_another_kind_of_hash_cannot_be_told(root: Path) -> None:
    (root / "x").write_text("1")
    (root / "x.dvc").write_text("outs: [{hash: blake3, blake3: ab, path: x}]")
    with pytest.raises(SourceError, match="cannot tell"):
        mismatch(root, "x")


def test_a_version_aware_folder_lists_its_files_in_the_pointer(root: Path) -> None:
    (root / "data" / "a").write_bytes(b"a")
    (root / "data.dvc").write_text(
        f"outs:\n- path: data\n  hash: md5\n  files:\n  - {{relpath: a, md5: {md5(b'a')}, size: 1}}\n"
    )
    assert mismatch(root, "data") is None
    (root / "data.dvc").write_text("outs: [{path: data, hash: md5, files: [{relpath: a}]}]")
    with pytest.raises(SourceError, match="cannot tell"):
        mismatch(root, "data")


def test_ignore_rules_inside_a_tracked_folder_cannot_be_told(root: Path) -> None:
    (root / "data" / ".dvcignore").write_text("x")
    write_pointer(root / "data.dvc", "0" * 32 + ".dir")
    with pytest.raises(SourceError, match="inside a tracked folder"):
        mismatch(root, "data")


def test_unreadable_data_is_an_error(root: Path) -> None:
    (root / "data" / "a").symlink_to("nowhere")
    write_pointer(root / "data.dvc", "0" * 32 + ".dir")
    with pytest.raises(SourceError, match="cannot read"):
        mismatch(root, "data")


def test_a_file_cannot_hold_a_file(root: Path) -> None:
    write_pointer(root / "x.dvc", "a" * 32)
    assert "cannot exist" in (mismatch(root, "x/y") or "")


def test_unreadable_settings_fall_back_to_the_usual_cache(root: Path) -> None:
    (root / ".dvc" / "config").write_text("no section")
    (root / "data" / "a").write_bytes(b"a")
    text, digest = listing({"a": b"a"})
    write_pointer(root / "data.dvc", digest)
    cached = root / ".dvc" / "cache" / digest[:2] / digest[2:]
    cached.parent.mkdir(parents=True)
    cached.write_bytes(text)
    (root / "data" / "b").write_bytes(b"b")
    assert mismatch(root, "data/a") is None
    assert "says" in (mismatch(root, "data") or "")


def test_all_that_is_tracked_with_and_without_git(root: Path, repository: Path) -> None:
    for top in (root, repository):
        (top / ".dvc").mkdir(exist_ok=True)
        (top / "deep" / "er").mkdir(parents=True)
        write_pointer(top / "x.csv.dvc", "a" * 32)
        write_pointer(top / "deep" / "er" / "y.dvc", "b" * 32 + ".dir")
        (top / "deep" / "dvc.lock").write_text(
            f"stages: {{s: {{cmd: x, outs: [{{path: z, hash: md5, md5: {'c' * 32}}}]}}}}\n"
        )
        found = {pointer.out: pointer for pointer in read_all(top)}
        assert set(found) == {"x.csv", "deep/er/y", "deep/z"}
        assert found["deep/z"].stage == "s"
        assert found["x.csv"].stage is None
        assert {pointer.out for pointer in read_all(top / "deep")} == {"../x.csv", "er/y", "z"}
