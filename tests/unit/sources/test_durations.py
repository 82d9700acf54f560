"""What test files took, from run to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.sources import durations
from mlgate.sources.durations import keep_durations, read_durations
from mlgate.sources.lint_cache import write_kept


def test_what_was_kept_is_read_and_a_new_time_counts_by_half(tmp_path: Path) -> None:
    assert read_durations(tmp_path) == {}
    keep_durations(tmp_path, {"unit": {"a.py": 2.0, "b.py": 1.0}})
    keep_durations(tmp_path, {"unit": {"a.py": 4.0}, "model": {"m.py": 9.0}})
    assert read_durations(tmp_path) == {"unit": {"a.py": 3.0, "b.py": 1.0}, "model": {"m.py": 9.0}}


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    keep_durations(tmp_path / "none", {"unit": {}})
    assert not (tmp_path / "none").exists()


def test_what_is_damaged_or_no_time_counts_as_none(tmp_path: Path) -> None:
    kept = {"unit": {"a.py": -1, "b.py": "x", "c.py": True, "d.py": 2}, "model": 3}
    write_kept(str(tmp_path / durations.FILE), kept)
    assert read_durations(tmp_path) == {"unit": {"d.py": 2.0}}
    path = tmp_path / durations.FILE
    path.write_bytes(path.read_bytes().replace(b"2", b"3"))
    assert read_durations(tmp_path) == {}


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "MOST_FILES", 3)
    keep_durations(tmp_path, {"unit": {"0.py": 1.0, "1.py": 1.0, "2.py": 1.0}})
    keep_durations(tmp_path, {"unit": {"0.py": 1.0, "new.py": 2.0}})
    assert list(read_durations(tmp_path)["unit"]) == ["2.py", "0.py", "new.py"]
