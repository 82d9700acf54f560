"""What earlier runs made of the tests survives from one run to the next, and damage counts as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.sources.tests_history import read_test_history, write_test_history

HISTORY = {"format": 1, "tiers": {"unit": {"runs": 1, "tests": {"t.py::a": "f"}}}}


def test_it_is_kept_where_no_commit_can_reach_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    assert read_test_history(tmp_path) == {}
    write_test_history(tmp_path, HISTORY)
    assert read_test_history(tmp_path) == HISTORY
    kept = tmp_path / ".git" / "mlgate" / "tests" / "flaky.json"
    kept.write_bytes(kept.read_bytes().replace(b'"f"', b'"."'))
    assert read_test_history(tmp_path) == {}


def test_projects_of_one_repository_do_not_share_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    write_test_history(tmp_path / "a", HISTORY)
    assert read_test_history(tmp_path / "a") == HISTORY
    assert read_test_history(tmp_path / "b") == read_test_history(tmp_path) == {}


def test_outside_a_repository_it_is_kept_with_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "project").mkdir()
    write_test_history(tmp_path / "project", HISTORY)
    assert read_test_history(tmp_path / "project") == HISTORY
    assert list((tmp_path / "project").iterdir()) == []
