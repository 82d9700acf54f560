"""`mlgate report`: folders in, one report out, and the exit code of the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.outcome import Report, Status, report_to_dict
from mlgate.pyramid.plan_file import Decision, plan_to_dict
from tests.unit.pyramid.test_merge import BASE, PLAN, job, outcome, part, plan_of, planned, report, shard


def write(folder: Path, found: Report) -> Path:
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report_to_dict(found)), encoding="utf-8")
    return folder


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = run_command(cli, ["report", *arguments, "--format", "json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else {}

    return run


def test_shards_are_merged_and_the_four_files_written(call: Any, tmp_path: Path) -> None:
    write(tmp_path / "reports" / "unit", report(outcome("unit/a")))
    write(tmp_path / "reports" / "model", report(outcome("model/b", Status.FAIL)))
    code, found = call("reports", "--output", "out")
    assert code == 1
    assert [item["id"] for item in found["outcomes"]] == ["unit/a", "model/b"]
    assert found["provenance"]["command"] == "mlgate report reports"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.json",
        "report.md",
        "report.html",
        "junit.xml",
    }
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == found
    again, _ = call("out")
    assert again == 1


def test_a_folder_that_is_not_there_is_an_error(call: Any) -> None:
    code, found = call("reports")
    assert (code, found["verdict"]) == (3, "error")
    assert "reports" in found["outcomes"][0]["message"]


def test_nothing_named_is_wrong_usage(call: Any) -> None:
    assert call() == (2, {})


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_blocks_where_it_is_asked_for(call: Any, tmp_path: Path, strict: tuple[str, ...], code: int) -> None:
    write(tmp_path / "unit", report(outcome("unit/a", Status.WARN)))
    assert call("unit", *strict)[0] == code


def test_a_plan_without_jobs_passes_without_any_folder(call: Any, tmp_path: Path) -> None:
    plan = plan_of(planned("unit", decision=Decision.UNCHANGED))
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_dict(plan)))
    for folders in ((), ("reports",)):
        code, found = call("--plan", "plan.json", *folders)
        assert code == 0
        assert [(item["id"], item["status"]) for item in found["outcomes"]] == [("unit/unchanged", "pass")]


def test_a_plan_with_jobs_fails_without_reports(call: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_dict(PLAN)))
    code, found = call("--plan", "plan.json")
    assert (code, found["verdict"]) == (3, "error")


def test_why_a_job_is_absent_is_told_as_the_queue_has_it(call: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_dict(PLAN)))
    name = PLAN.jobs[0].name
    code, found = call("--plan", "plan.json", "--absent", json.dumps({name: "no runner took the job"}))
    assert code == 3
    assert [item["message"] for item in found["outcomes"] if item["subject"] == name] == ["no runner took the job"]
    for odd in ("{", "[]", '{"a": 1}', "1"):
        assert call("--plan", "plan.json", "--absent", odd) == (2, {}), odd


@pytest.mark.parametrize("content", ["{}", "{", json.dumps(plan_to_dict(PLAN) | {"jobs": []})])
def test_a_plan_that_is_none_is_an_error_without_a_report(call: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    assert call("--plan", "plan.json") == (3, {})


def test_results_that_a_plan_reuses_are_those_of_the_report_if_a_report_could_hold_them(
    call: Any, tmp_path: Path
) -> None:
    proven = outcome("unit/c", evidence={"reused": {"run": "7", "proven_at": "2026-11-20T00:00:00Z"}}, reused_from="7")
    tier = planned("unit", part("c.py", Decision.REUSE), decision=Decision.REUSE, reused=(proven,))
    document = plan_to_dict(plan_of(tier))
    (tmp_path / "plan.json").write_text(json.dumps(document))
    code, found = call("--plan", "plan.json")
    assert (code, [item["id"] for item in found["outcomes"]]) == (0, ["unit/c"])
    assert found["provenance"]["reused"] == [
        {"tier": "unit", "files": 1, "tests": 1, "runs": ["7"], "since": "2026-11-20T00:00:00Z"}
    ]
    document["tiers"][0]["reused"][0]["evidence"] = {"judged": "all"}
    (tmp_path / "plan.json").write_text(json.dumps(document))
    assert call("--plan", "plan.json") == (3, {})


def test_tests_of_the_baseline_are_compared_with_those_of_all_jobs(call: Any, tmp_path: Path) -> None:
    plan = plan_of(
        planned("unit", part("a.py"), part("b.py"), part("c.py", Decision.UNCHANGED)),
        planned("model", part("m.py")),
        jobs=(job("unit-1", 2, "a.py"), job("unit-2", 2, "b.py"), job("model-1", 1, "m.py")),
    )
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_dict(plan)))
    before = {"commit": BASE, "tests": [f"+ unit/{name}.py::test" for name in ("a", "b", "c")] + ["+ unit/a.py::gone"]}
    passed: dict[str, Any] = {"evidence": {"node": "x"}}
    parts = {
        "unit-1": [outcome("unit/a.py::test", **passed)],
        "unit-2": [outcome("unit/b.py::test", Status.FAIL, **passed)],
        "model-1": [outcome("model/m.py::test", **passed)],
    }
    for name, outcomes in parts.items():
        facts = {"tests_before": before} if name == "model-1" else {}
        made = shard(name, *outcomes, plan=plan, provenance=facts).report
        assert made is not None
        write(tmp_path / "reports" / name, made)
    code, found = call("--plan", "plan.json", "reports")
    assert code == 1
    changed = found["provenance"]["tests_changed"]
    assert (changed["failing"], changed["removed"]) == (["unit/b.py::test"], ["unit/a.py::gone"])
    assert "tests_before" not in found["provenance"]
