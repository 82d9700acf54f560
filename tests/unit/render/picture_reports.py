"""Reports for what only a page shows: distributions of columns, and many comparisons with names of all kinds."""

from __future__ import annotations

from typing import Any

from mlgate.outcome import Outcome, Report, Status
from tests.unit.render import broken_reports, reports

NAMES = (
    "</script><script>alert(1)</script>",
    "<!-- <b onclick=alert(1)>x</b>",
    "\u202eright to left\u202c \u0645\u0631\u064a\u0636",
    "\U0001f9ea\U0001f469\u200d\u2695\ufe0f emoji",
    "two\nlines\tand a tab",
    "x" * 10_000,
    "'); alert(1); ('",
    "__proto__",
    "constructor",
    "${alert(1)}",
)
"""What a stranger may call a metric, a slice, a column or a class."""


def cells(*rows: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"name": name, "low": None, "high": None, "reference": a, "current": b} for name, a, b in rows]


def drifted(column: str = "ward", status: Status = Status.FAIL, **changes: Any) -> Outcome:
    distribution = {
        "kind": "values",
        "type": "string",
        "cells": cells(("A1", 600, 500), ("C1", 100, 220)),
        "others": [290, 280],
        "missing": [10, 0],
        "rows": [1000, 1000],
        **changes,
    }
    return reports.outcome(
        f"data/drift/{column}/drift",
        status,
        subject=f"test.{column}",
        message="drifted: 'C1' rose from 10 % to 22 %",
        evidence={"distribution": distribution},
    )


def trend(**changes: Any) -> Outcome:
    values = (0.861, 0.868, 0.866, 0.873, 0.8716)
    points = [
        {"commit": f"{place}4f1c2d9a8b7e6f5d", "time": f"2026-11-{10 + place}T08:00:00Z", "value": value}
        for place, value in enumerate(values)
    ]
    evidence = {"evaluation": "readmission", "metric": "accuracy", "higher_is_better": True, "points": points}
    return reports.outcome(
        "model/readmission/accuracy/history",
        check="slow_decline",
        message="no decline over many runs",
        evidence=evidence | changes,
    )


def pictured() -> Report:
    """All that a page can draw."""
    return reports.report(
        *reports.regressed().outcomes,
        drifted(),
        drifted("age", Status.PASS, kind="ordered", type="integer"),
        trend(),
        *broken_reports.others(),
    )


def hostile_names() -> Report:
    """Names of all kinds wherever a drawing or a filter shows one."""
    outcomes: list[Outcome] = []
    for place, name in enumerate(NAMES):
        evidence = {"evaluation": name, "metric": name, "slice": {name: name}, "unit": name}
        numbers = (0.9, 0.8 + place / 100, -0.12, -0.01 + place / 100, 0.01, 100 + place)
        outcomes += [
            reports.comparison("accuracy", {"a": "b"}, numbers, "regression", Status.FAIL, evidence=evidence),
            broken_reports.flips(
                {name: name},
                evaluation=name,
                calibration={**broken_reports.CALIBRATION, "of": name},
                curves={**broken_reports.CURVES, "of": name},
            ),
            drifted(name, cells=cells((name, 1, 2), (name, 3, 4))),
            trend(evaluation=name, metric=name, points=[{"commit": name, "time": name, "value": v} for v in (1, 2)]),
            reports.outcome("data/x", tier=name, subject=name, check=name, message=name, duration_s=1.0 + place),
        ]
    return reports.report(*outcomes, *reports.hostile().outcomes, gate=NAMES[0])


def many(n: int = 5_000) -> Report:
    """`n` outcomes as a large project has them: mostly tests and checks of data that hold, 400 comparisons."""
    compared = [
        reports.accuracy({"ward": f"w{i % 80}"} if i % 81 else None, 0.9, 0.9 + (i % 7 - 4) / 100, 0.03, n=500 + i)
        for i in range(400)
    ]
    tests = [
        reports.from_test(f"tests/unit/test_{i % 50}.py::test_{i}", Status.FAIL if i % 100 == 0 else Status.PASS)
        for i in range(n // 2)
    ]
    rest = n - len(compared) - len(tests) - 4
    checks = [
        reports.outcome(f"data/train/column_{i}/between", subject=f"train.column_{i}", message="20,920 values hold")
        for i in range(rest)
    ]
    pictures = [broken_reports.flips(), broken_reports.flips({"ward": "w3"}), drifted(), drifted("age", Status.PASS)]
    return reports.report(*compared, *tests, *checks, *pictures)
