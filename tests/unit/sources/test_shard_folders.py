"""Reports of jobs, read from folders that may hold anything: what cannot be read is told by its path."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Report, Status, report_to_dict
from mlgate.sources import shard_folders
from mlgate.sources.shard_folders import read_plan, read_reports


def document(**fields: Any) -> dict[str, Any]:
    held = Outcome(id="unit/a", check="test", tier="unit", subject="a", status=Status.PASS, message="passed")
    report = Report(
        gate="default", outcomes=(held,), started_at="2026-11-26T12:00:00Z", duration_s=1.0, provenance={"commit": None}
    )
    return {**report_to_dict(report), **fields}


def write(folder: Path, content: str | bytes | None = None) -> Path:
    folder.mkdir(parents=True)
    raw = json.dumps(document()) if content is None else content
    (folder / "report.json").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return folder


def test_a_folder_with_a_report_and_a_folder_of_such_folders_are_read(tmp_path: Path) -> None:
    write(tmp_path / "all" / "unit-1")
    write(tmp_path / "all" / "unit-2")
    write(tmp_path / "all" / ".hidden")
    (tmp_path / "all" / "notes.txt").write_text("not a folder")
    write(tmp_path / "model")
    found = read_reports([tmp_path / "all", tmp_path / "model"])
    assert [(Path(item.place).name, item.problem) for item in found] == [("unit-1", ""), ("unit-2", ""), ("model", "")]
    assert all(item.report and item.report.outcomes[0].id == "unit/a" for item in found)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (json.dumps(document())[:-40], "is not a report"),
        (b"", "is not a report"),
        (b"\xff\xfe\x00", "is not a report"),
        ("[" * 100_000, "is not a report"),
        ("[]", "it is no JSON object"),
        (json.dumps(document(schema_version=2)), "schema_version"),
        (json.dumps(document(verdict="warn")), "does not follow from the outcomes"),
        (json.dumps(document(duration_s=float("nan"))), "NaN is not JSON"),
        (json.dumps(document(outcomes=[{"id": "unit/a\n::error::x", "status": "great"}])), "outcomes/0"),
    ],
)
def test_a_report_that_cannot_be_read_is_a_problem_with_its_path(
    content: str | bytes, problem: str, tmp_path: Path
) -> None:
    (found,) = read_reports([write(tmp_path / "unit-1", content)])
    assert found.report is None
    assert found.place == (tmp_path / "unit-1").as_posix()
    assert problem in found.problem
    assert found.problem.isprintable()
    assert found.hint


def test_a_report_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_folders, "MAX_REPORT_BYTES", 100)
    (found,) = read_reports([write(tmp_path / "unit-1")])
    assert found.problem == "report.json has more than 100 bytes"


def test_links_pipes_and_absent_folders_are_problems(tmp_path: Path) -> None:
    good = write(tmp_path / "good")
    (tmp_path / "linked").symlink_to(good)
    (tmp_path / "of-links").mkdir()
    (tmp_path / "of-links" / "report.json").symlink_to(good / "report.json")
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "report.json")
    (tmp_path / "file").write_text("{}")
    (tmp_path / "empty").mkdir()
    names = ("linked", "of-links", "pipe", "file", "empty", "absent")
    found = read_reports([tmp_path / name for name in names])
    assert [(Path(item.place).name, item.problem) for item in found] == [
        ("linked", "report.json is behind a link"),
        ("of-links", "report.json is a link"),
        ("pipe", "report.json is not a file"),
        ("file", "report.json cannot be read: there is no such folder"),
        ("empty", "report.json is not there"),
        ("absent", "report.json cannot be read: there is no such folder"),
    ]


def test_a_folder_that_is_named_twice_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "all" / "unit-1")
    found = read_reports([tmp_path / "all", tmp_path / "all" / "unit-1"])
    assert [bool(item.problem) for item in found] == [False, True]
    assert found[1].problem.endswith("all/unit-1 is the same folder")


def test_a_folder_of_more_folders_than_are_read_is_a_problem_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_folders, "MAX_FOLDERS", 1)
    for name in ("a", "b"):
        write(tmp_path / "all" / name)
    (found,) = read_reports([tmp_path / "all"])
    assert found.problem == "report.json is not there"


def test_where_a_plan_says_what_must_be_there_an_absent_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "log.txt").write_text("")
    found = read_reports([tmp_path / "absent", tmp_path / "empty", tmp_path / "odd"], may_lack=True)
    assert [Path(item.place).name for item in found] == ["odd"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is not there"),
        ("[]", "it is no JSON object"),
        ('{"a": 1, "a": 2}', "a key stands twice"),
        ('{"a', "Unterminated"),
    ],
)
def test_a_plan_that_cannot_be_read_is_named(content: str | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SourceError, match=reason) as caught:
        read_plan(path)
    assert "plan.json" in caught.value.message
