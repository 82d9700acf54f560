"""Outcomes about what broke, as the gate would make them."""

from __future__ import annotations

from typing import Any

from mlgate.outcome import Location, Outcome, Status

SLICE = {"health": "fair"}


def _points(shift: float, rows: tuple[int, ...]) -> list[dict[str, Any]]:
    return [
        {
            "low": place / 10,
            "high": (place + 1) / 10,
            "n": n,
            "score": place / 10 + 0.05 if n else None,
            "frequency": round(place / 10 + 0.05 + shift * place, 4) if n else None,
        }
        for place, n in enumerate(rows)
    ]


CALIBRATION: dict[str, Any] = {
    "of": "true",
    "baseline": _points(0.0, (310, 190, 120, 90, 70, 60, 80, 110, 174, 0)),
    "candidate": _points(0.015, (290, 200, 130, 80, 80, 70, 70, 120, 164, 0)),
}
CURVES: dict[str, Any] = {
    "of": "true",
    "rows": {"positive": 463, "negative": 741},
    "roc": {
        "baseline": {"false_positive_fraction": [0, 0.1, 0.4, 1], "true_positive_fraction": [0, 0.6, 0.9, 1]},
        "candidate": {"false_positive_fraction": [0, 0.2, 1], "true_positive_fraction": [0, 0.5, 1]},
    },
    "scores": {
        "baseline": {"positive": [3, 60, 100, 300], "negative": [400, 241, 80, 20]},
        "candidate": {"positive": [33, 100, 180, 150], "negative": [380, 231, 90, 40]},
    },
}
CONFUSION = {
    "moved": 4,
    "cells": [
        {"label": "true", "prediction": "false", "before": 61, "after": 128, "delta": 67},
        {"label": "true", "prediction": "true", "before": 402, "after": 335, "delta": -67},
        {"label": "false", "prediction": "true", "before": 92, "after": 98, "delta": 6},
        {"label": "false", "prediction": "false", "before": 649, "after": 643, "delta": -6},
    ],
}


def example(name: str, harm: float, *, full: bool) -> dict[str, Any]:
    told = {"id": name, "label": "true", "before": "true", "after": "false", "harm": harm}
    return told | ({"score_before": 0.91, "score_after": round(0.91 - harm, 4)} if full else {})


def flips(
    where: dict[str, Any] | None = None, *, evaluation: str = "readmission", privacy: str = "masked", **changes: Any
) -> Outcome:
    """74 of 1,204 examples turned wrong; all rows carry three times as many."""
    n = 5230 if where is None else 1204
    names = [f"visit-{number}" for number in (1042, 77, 3310, 218, 954, 12)]
    if privacy == "masked":
        names = [f"v*** ({len(name)} characters)" for name in names]
    shown = [example(name, 0.8 - 0.05 * place, full=privacy == "full") for place, name in enumerate(names)]
    evidence = {
        "evaluation": evaluation,
        "slice": where,
        "kind": "classes",
        "n": n,
        "turned_wrong": 74 if where else 81,
        "turned_right": 1 if where else 74,
        "predictions_differ": 75 if where else 155,
        "churn_fraction": 75 / 1204 if where else 155 / 5230,
        "privacy": privacy,
        "harm": "probability",
        "worst": [] if privacy == "none" else shown,
        "best": []
        if privacy == "none"
        else [{**example(names[0], -0.3, full=False), "before": "false", "after": "true"}],
        "confusion": CONFUSION,
        "calibration": CALIBRATION,
        "curves": CURVES,
    }
    place = "" if where is None else "/" + ",".join(f"{column}={value}" for column, value in where.items())
    return Outcome(
        id=f"model/{evaluation}/flips{place}",
        check="flips",
        tier="model",
        subject=evaluation,
        status=Status.PASS,
        message=f"{evidence['turned_wrong']} examples turned wrong",
        observed=evidence["turned_wrong"],
        location=Location("mlgate.yaml", 19),
        evidence={**evidence, **changes},
    )


def outcome(check: str, status: Status, message: str, hint: str = "", **evidence: Any) -> Outcome:
    return Outcome(
        id=f"model/readmission/{check}",
        check=check,
        tier="model",
        subject="readmission",
        status=status,
        message=message,
        hint=hint,
        location=Location("mlgate.yaml", 19),
        evidence={"evaluation": "readmission", **evidence},
    )


def others(privacy: str = "full") -> tuple[Outcome, ...]:
    """A golden set that misses, a past failure that is back, unequal groups, a found slice, and what to look at."""
    shown = privacy != "none"
    rates = [
        {"group": group, "rate": "selection_rate", "n": n, "baseline": 0.4, "candidate": rate, "low": low, "high": high}
        for group, n, rate, low, high in (("F", 2700, 0.31, 0.296, 0.325), ("M", 2530, 0.44, 0.424, 0.456))
    ]
    return (
        outcome(
            "golden",
            Status.FAIL,
            "2 of 40 golden examples miss what is expected (0 may)",
            "look at them, or correct `expected` if the new output is right",
            judged=40,
            failing=2,
            privacy=privacy,
            examples=[
                {"id": "visit-12", "found": "expected true, got false"},
                {"id": "visit-77", "found": "expected false, got true"},
            ]
            * shown,
        ),
        outcome(
            "must_stay_right",
            Status.FAIL,
            "1 of 12 past failures is wrong again",
            "look at what brought them back",
            judged=12,
            failing=1,
            privacy=privacy,
            examples=[{"id": "visit-3310", "found": "wrong again"}] * shown,
        ),
        outcome(
            "demographic_parity_ratio",
            Status.WARN,
            "F is selected 0.705 times as often as M (at least 0.8 asked; 90 % interval 0.66 to 0.75; 5,230 rows)",
            "look at the labels and the threshold of the group that differs",
            column="sex",
            measure="demographic_parity_ratio",
            groups=rates,
            low=0.66,
            high=0.75,
        ),
        outcome(
            "slice_discovery",
            Status.WARN,
            "exploratory: worse in ward=3 (by 4.1 points, 410 rows) (312 slices of 4 columns searched)",
            "look at their rows, and declare under `slices` those that matter: then they are judged",
            slices=[
                {
                    "slice": {"ward": "3"},
                    "n": 410,
                    "worse_by": 0.041,
                    "low": 0.02,
                    "high": 0.062,
                    "p_value": 0.0004,
                    "p_adjusted": 0.002,
                }
            ],
        ),
        outcome("simple_baseline", Status.PASS, "better than always false: accuracy 0.872 against 0.71"),
    )


def hostile(text: str) -> tuple[Outcome, ...]:
    """Every field that data can reach holds `text`."""
    named = {"id": text, "label": text, "before": text, "after": text, "harm": 0.5}
    cell = {"label": text, "prediction": text, "before": 3, "after": 5, "delta": text}
    rate = {"group": text, "rate": text, "n": 50, "baseline": 0.1, "candidate": text, "low": 0.1, "high": 0.2}
    found = {"slice": {text: text}, "n": 50, "worse_by": 0.1, "low": text, "high": text, "p_adjusted": text}
    changed = flips(
        {text: text},
        evaluation=text,
        privacy="full",
        worst=[named, text, {"id": text}],
        best=[named],
        confusion={"moved": text, "cells": [cell, text, {"label": text}]},
        calibration={**CALIBRATION, "of": text},
        curves={**CURVES, "of": text},
    )
    return (
        changed,
        outcome("golden", Status.FAIL, text, text, privacy="full", examples=[{"id": text, "found": text}, text]),
        outcome("equalized_odds_difference", Status.WARN, text, text, groups=[rate, text]),
        outcome("slice_discovery", Status.WARN, text, text, slices=[found, text]),
    )
