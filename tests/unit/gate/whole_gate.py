"""Projects for tests of the metric gate as a whole, and what must hold of every report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.gate.conftest import Place, Ran, Row

Rows = list[Row]

_SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
_EXIT_CODES = {"pass": 0, "warn": 0, "fail": 1, "error": 3}
_NOT_FINITE = re.compile(r"\b(nan|inf|-inf)\b")


def project(metrics: str, *more: str, columns: str = "", predictions: str = "out/candidate.csv") -> str:
    """mlgate.yaml of one evaluation `e`, lines of `more` beside its metrics (flow style)."""
    lines = [f"predictions: {predictions}"] if predictions else []
    lines += [f"columns: {{{columns}}}"] if columns else []
    if not any(line.startswith("baseline:") for line in more):
        lines.append("baseline: file:base/predictions.csv")
    lines += [f"metrics: {{{metrics}}}", "resamples: 200", *more]
    return "version: 1\nevaluations:\n  e:\n" + "".join(f"    {line}\n" for line in lines)


def judge(place: Place, *arguments: str) -> Ran:
    """Run the gate; its report is strict JSON, follows the published schema, and says what the exit code says."""
    ran = place.mlgate("run", "--output", "out/report", "--format", "json", *arguments)
    assert "Traceback" not in ran.err
    assert ran.code != 2, ran.err
    ran.report = json.loads(ran.out, parse_constant=lambda name: pytest.fail(f"{name} in the report"))
    assert json.loads((place.root / "out/report/report.json").read_text(encoding="utf-8")) == ran.report
    assert [error.message for error in Draft202012Validator(_SCHEMA).iter_errors(ran.report)] == []
    assert ran.code == _EXIT_CODES[ran.report["verdict"]]
    for outcome in ran.report["outcomes"]:
        assert outcome["check"] != "defect", outcome["message"]
        assert not _NOT_FINITE.search(outcome["message"]), outcome["message"]
        assert outcome["hint"] or outcome["status"] in ("pass", "warn"), outcome["message"]
    ids = [outcome["id"] for outcome in ran.report["outcomes"]]
    assert len(set(ids)) == len(ids), ids
    return ran


def compare(place: Place, text: str, baseline: Rows, candidate: Rows) -> Ran:
    """Judge two predictions files under an mlgate.yaml."""
    place.write("mlgate.yaml", text)
    place.write_rows("base/predictions.csv", baseline)
    place.write_rows("out/candidate.csv", candidate)
    return judge(place)


def verdicts(ran: Ran) -> dict[str, str]:
    """Verdict of each comparison by its metric, and the slice after a slash."""
    found = {}
    for outcome in ran.report["outcomes"]:
        if outcome["check"] == "metric_change":
            where = [f"{name}={value}" for name, value in (outcome["evidence"]["slice"] or {}).items()]
            found["/".join([outcome["evidence"]["metric"], *where])] = outcome["evidence"]["verdict"]
    return found


def checks(ran: Ran, *names: str) -> list[dict[str, Any]]:
    """Outcomes of the checks of these names."""
    return [outcome for outcome in ran.report["outcomes"] if outcome["check"] in names]


def problems(ran: Ran) -> str:
    """Messages and hints of all that blocks."""
    return "\n".join(
        f"{outcome['message']} | {outcome['hint']}"
        for outcome in ran.report["outcomes"]
        if outcome["status"] in ("fail", "error")
    )


def facts(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Outcomes without what a clock gave."""
    return [{key: value for key, value in outcome.items() if key != "duration_s"} for outcome in report["outcomes"]]


def changed(rows: Rows, change: Callable[[Row], Row]) -> Rows:
    """Every row with some of its values changed."""
    return [{**row, **change(row)} for row in rows]
