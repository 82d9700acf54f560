from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlgate.sources.content_digests import ABSENT, ContentDigests

LATER = 10**10


def later(path: Path) -> int:
    """A time at which a file has been as it is for ten seconds."""
    return path.stat().st_ctime_ns + LATER


def test_a_digest_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one", encoding="utf-8")
    (tmp_path / "b").write_text("one", encoding="utf-8")
    (tmp_path / "link").symlink_to("a")
    digests = ContentDigests(tmp_path)
    assert digests.of("a") == digests.of("b") == digests.of("link") == digests.of(str(tmp_path / "a"))
    assert digests.of("none") == digests.of("a/none") == ABSENT
    assert digests.of(".") == "folder"
    before = digests.of("a")
    (tmp_path / "a").write_text("two", encoding="utf-8")
    assert digests.of("a") == before
    digests.forget()
    assert digests.of("a") == digests.of("link") != before


def test_what_may_be_executed_and_where_a_link_leads_is_part_of_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    (tmp_path / "a.sh").write_text("true", encoding="utf-8")
    (tmp_path / "v1").mkdir()
    (tmp_path / "current").symlink_to("v1")
    first = ContentDigests(tmp_path, kept, now_ns=lambda: later(tmp_path / "a.sh"))
    before = first.of("a.sh"), first.of("current")
    first.save()
    (tmp_path / "a.sh").chmod(0o755)
    (tmp_path / "current").unlink()
    (tmp_path / "v1").rename(tmp_path / "v2")
    (tmp_path / "current").symlink_to("v2")
    again = ContentDigests(tmp_path, kept)
    assert not {again.of("a.sh"), again.of("current")} & set(before)


def test_what_cannot_be_read_is_never_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("one", encoding="utf-8")

    def refuse(path: str) -> str:
        raise PermissionError(13, "no", path)

    monkeypatch.setattr("mlgate.sources.content_digests.digest_of_file", refuse)
    assert ContentDigests(tmp_path).of("a") != ContentDigests(tmp_path).of("a")


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = tmp_path / "a", tmp_path / "kept.json"
    path.write_text("one", encoding="utf-8")
    first = ContentDigests(tmp_path, kept, now_ns=lambda: later(path))
    digest = first.of("a")
    first.save()
    monkeypatch.setattr("mlgate.sources.content_digests.digest_of_file", lambda _path: "read again")
    assert ContentDigests(tmp_path, kept).of("a") == digest
    times = path.stat()
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert ContentDigests(tmp_path, kept).of("a") == "read again"


def test_a_file_that_changed_just_now_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = tmp_path / "a", tmp_path / "kept.json"
    path.write_text("one", encoding="utf-8")
    digests = ContentDigests(tmp_path, kept, now_ns=lambda: path.stat().st_ctime_ns)
    digests.of("a")
    digests.save()
    monkeypatch.setattr("mlgate.sources.content_digests.digest_of_file", lambda _path: "read again")
    assert ContentDigests(tmp_path, kept).of("a") == "read again"


def test_a_damaged_file_of_digests_counts_as_none(tmp_path: Path) -> None:
    path, kept = tmp_path / "a", tmp_path / "kept.json"
    path.write_text("one", encoding="utf-8")
    digests = ContentDigests(tmp_path, kept, now_ns=lambda: later(path))
    right = digests.of("a")
    digests.save()
    kept.write_bytes(kept.read_bytes().replace(right.encode(), right[::-1].encode()))
    assert ContentDigests(tmp_path, kept).of("a") == right
