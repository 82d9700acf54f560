"""What a declared path or glob names under DVC, as far as it can be told without starting DVC."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.gate.paths import fixed_start, may_match_below, path_matches
from mlgate.gate.pull import named_pointers, pull
from mlgate.gate.record import Record
from mlgate.sources import dvc, dvc_remotes, pointers

PARTS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(st.sampled_from(["a", "b", "a*", "?", "*", "**", "[ab]"]), min_size=1, max_size=4).map("/".join)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def track(root: Path, path: str, content: bytes | dict[str, bytes]) -> str:
    """Write a file or folder and its pointer as `dvc add` does; gives the hash."""
    place = root / path
    if isinstance(content, bytes):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        digest = md5(content)
    else:
        for name, inner in content.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(inner)
        entries = [{"md5": md5(inner), "relpath": name} for name, inner in sorted(content.items())]
        digest = md5(json.dumps(entries).encode()) + ".dir"
    Path(f"{place}.dvc").write_text(f"outs:\n- md5: {digest}\n  hash: md5\n  path: {place.name}\n")
    return digest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".dvc").mkdir()
    return tmp_path


def named(root: Path, path: str) -> set[str]:
    return {pointer.path for pointer in named_pointers(root, path, lambda: pointers.read_all(root))}


@given(PARTS, PARTS, PATTERNS)
def test_a_folder_is_left_out_only_where_nothing_in_it_can_match(folder: str, below: str, pattern: str) -> None:
    if path_matches(f"{folder}/{below}", pattern):
        assert may_match_below(folder, pattern)
        start = fixed_start(pattern)
        assert start == "." or f"{folder}/{below}".startswith(start)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("data/*.csv", {"data/a.csv", "data/b.csv"}),
        ("data/?.csv", {"data/a.csv", "data/b.csv"}),
        ("./data/b*.csv", {"data/b.csv"}),
        ("**/*.csv", {"data/a.csv", "data/b.csv", "tree", "out/made.csv"}),
        ("tree/*.csv", {"tree"}),
        ("tree/x/*.csv", {"tree/x"}),
        ("tree/x/1.csv", {"tree/x/1.csv"}),
        ("tr*/**/*.csv", {"tree"}),
        ("*", {"tree"}),
        ("data", {"data/a.csv", "data/b.csv"}),
        (".", {"data/a.csv", "data/b.csv", "tree", "out/made.csv"}),
        ("out/*", {"out/made.csv"}),
        ("src/*.py", set()),
        ("data/a.csv/x", {"data/a.csv/x"}),
        ("data/untracked.csv", set()),
    ],
)
@pytest.mark.parametrize("present", [True, False])
def test_a_glob_names_what_the_pointers_say_not_what_is_on_disk(
    root: Path, pattern: str, expected: set[str], present: bool
) -> None:
    track(root, "data/a.csv", b"a")
    track(root, "data/b.csv", b"b")
    track(root, "tree", {"1.csv": b"1", "x/1.csv": b"2"})
    lock = f"stages:\n  s:\n    cmd: x\n    outs: [{{path: out/made.csv, hash: md5, md5: {md5(b'm')}}}]\n"
    (root / "dvc.lock").write_text(lock)
    if not present:
        for file in [*root.glob("data/*.csv"), *root.glob("tree/**/*.csv")]:
            file.unlink()
    assert named(root, pattern) == expected


def test_an_output_of_a_stage_that_was_removed_is_not_asked_for(root: Path) -> None:
    (root / "dvc.yaml").write_text("stages: {kept: {cmd: x, outs: [kept.csv]}}\n")
    (root / "dvc.lock").write_text(
        "stages:\n"
        f"  kept:\n    cmd: x\n    outs: [{{path: kept.csv, hash: md5, md5: {md5(b'k')}}}]\n"
        f"  gone:\n    cmd: x\n    outs: [{{path: gone.csv, hash: md5, md5: {md5(b'g')}}}]\n"
    )
    assert named(root, "*.csv") == {"kept.csv"}


def test_a_folder_with_another_kind_of_hash_is_an_error_not_silence(root: Path) -> None:
    (root / "tree").mkdir()
    (root / "tree" / "1.csv").write_text("1")
    (root / "tree.dvc").write_text("outs: [{hash: blake3, blake3: ab, path: tree}]\n")
    pulled = pull(root, ("tree/*.csv",), Record())
    assert "cannot tell" in pulled.problems["tree/*.csv"].message


def test_a_pointer_that_cannot_be_read_is_an_error_of_the_glob(root: Path) -> None:
    (root / "other.dvc").write_text("outs: [")
    pulled = pull(root, ("data/*.csv",), Record())
    assert "other.dvc" in pulled.problems["data/*.csv"].message


def test_digests_of_files_folders_and_globs(root: Path) -> None:
    first, second = track(root, "data/a.csv", b"a"), track(root, "data/b.csv", b"b")
    folder = track(root, "tree", {"1.csv": b"1", "x/1.csv": b"2"})
    (root / "plain.csv").write_text("1")
    paths = ("data/a.csv", "data/*.csv", "tree/*.csv", "tree/x/1.csv", "plain.csv", "*.csv", "data")
    pulled = pull(root, paths, Record())
    assert pulled.problems == {}
    lines = f"data/a.csv {first}\ndata/b.csv {second}"
    assert pulled.digests == {
        "data/a.csv": f"md5:{first}",
        "data/*.csv": f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}",
        "tree/*.csv": f"md5:{folder}",
        "tree/x/1.csv": f"md5:{folder}",
    }
    (root / "data" / "c.csv").write_text("not tracked")
    assert "data/*.csv" not in pull(root, paths, Record()).digests


def test_what_the_remote_lacks_keeps_nothing_else_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As DVC answers for object storage: a lost object ends the pull, other bytes are taken with exit code 0."""
    for path, content in (("data/a.csv", b"a"), ("data/b.csv", b"b")):
        track(root, path, content)
        (root / path).unlink()
    digest = track(root, "tree", {"1.csv": b"1", "2.csv": b"2"})
    shutil.rmtree(root / "tree")
    pulls: list[list[str]] = []

    def run_dvc(_root: Path, arguments: Sequence[str], *, timeout_s: float) -> tuple[int, str]:
        targets = list(arguments[arguments.index("--") + 1 :])
        if arguments[0] == "data":
            assert "--granular" in arguments
            return 0, json.dumps({"not_in_remote": ["tree/2.csv"]})
        pulls.append(targets)
        if "tree" in targets:
            return 255, f"ERROR: failed to transfer '{md5(b'2')}' - The specified key does not exist."
        for target in targets:
            (root / target).write_bytes(b"a")
        return 0, ""

    monkeypatch.setattr(dvc, "run_dvc", run_dvc)
    monkeypatch.setattr(dvc_remotes, "run_dvc", run_dvc)
    pulled = pull(root, ("data/a.csv", "data/b.csv", "tree"), Record())
    assert pulls == [["data/a.csv", "data/b.csv", "tree"], ["data/a.csv", "data/b.csv"]]
    assert {path: problem.message for path, problem in pulled.problems.items()} == {
        "tree": "the remote does not have tree/2.csv",
        "data/b.csv": f"after `dvc pull`, data/b.csv is {md5(b'a')}, data/b.csv.dvc says {md5(b'b')}: "
        "the remote or cache holds other bytes than the pointer says",
    }
    assert f"{digest[:2]}/{digest[2:]}" in pulled.problems["tree"].hint
    assert f"{md5(b'b')[:2]}/{md5(b'b')[2:]} in the cache" in pulled.problems["data/b.csv"].hint
    assert pulled.digests == {"data/a.csv": f"md5:{md5(b'a')}"}
