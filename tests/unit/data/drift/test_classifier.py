"""A classifier that is asked from which table a row is."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.drift_rules import DriftRules
from mlgate.data.drift import Between, More, judge_drift, sketch_like, sketch_reference
from mlgate.data.drift.classifier import Apart, area, draw_rows, tell_apart
from mlgate.errors import SourceError
from mlgate.outcome import Location, Status
from mlgate.sources.frames import open_frame
from tests.unit.data.drift.conftest import Columns, frame


def table(seed: int, n: int = 600, together: float = 1.0) -> dict[str, Any]:
    """`b` follows `a`, up or down; each by itself is always the same."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = together * a + rng.normal(0, 0.3, n)
    b[: n // 50] = np.nan
    return {"a": a, "b": b, "ward": rng.choice(["A", "B", "C"], n)}


def apart(before: Columns, after: Columns, seed: int = 0) -> tuple[Between, Apart]:
    with open_frame(frame(before), shown="before") as opened:
        reference = sketch_reference(opened, name="before", declared={})
        names = [name for name, column in reference.columns.items() if not column.left_out]
        first = draw_rows(opened, reference, names, group=None, seed=seed)
    with open_frame(frame(after), shown="after") as opened:
        current = sketch_like(opened, reference, name="after")
        second = draw_rows(opened, reference, names, group=None, seed=seed)
    between = Between(reference=reference, current=current, rules=DriftRules(multivariate=True))
    return between, tell_apart(first, second, seed=seed)


def test_what_no_column_shows_is_found() -> None:
    between, found = apart(table(1), table(2, together=-1.0))
    outcomes = {one.check: one for one in judge_drift(between, location=Location("a"), more=More(apart=found))}
    assert {one.status for name, one in outcomes.items() if name == "drift"} == {Status.PASS}
    told = outcomes["multivariate_drift"]
    assert told.status is Status.FAIL
    assert told.id == "data/drift/before..after/multivariate_drift"
    assert set(found.by[:2]) == {"a", "b"}
    assert "mostly by" in told.message
    assert found.low < found.auc < found.high


def test_unchanged_tables_are_not_told_apart() -> None:
    between, found = apart(table(1), table(2))
    outcomes = {one.check: one for one in judge_drift(between, location=Location("a"), more=More(apart=found))}
    assert outcomes["multivariate_drift"].status is Status.PASS
    assert outcomes["multivariate_drift"].message.startswith("a classifier hardly tells rows of before and after apart")
    assert outcomes["drift"].evidence["family_size"] == 4
    assert found.p_value > 0.05


def test_the_same_seed_gives_the_same_answer() -> None:
    assert apart(table(1, 200), table(2, 200), seed=5) == apart(table(1, 200), table(2, 200), seed=5)


def test_rows_are_drawn_by_group() -> None:
    rng = np.random.default_rng(0)
    rows = {"patient": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)}
    with open_frame(frame(rows), shown="t") as opened:
        reference = sketch_reference(opened, name="t", declared={}, only=["x"])
        drawn = draw_rows(opened, reference, ["x"], group="patient", seed=0)
    assert len(drawn.groups) == len(set(drawn.groups.tolist())) == 40


def test_without_scikit_learn_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(SourceError, match="scikit-learn"):
        apart(table(1, 200), table(2, 200))
    between, _ = between_of(table(1, 200), table(2, 200))
    problem = SourceError("a classifier needs scikit-learn", hint="install it")
    outcomes = {one.check: one for one in judge_drift(between, location=Location("a"), more=More(apart=problem))}
    assert outcomes["multivariate_drift"].status is Status.ERROR


def between_of(before: Columns, after: Columns) -> tuple[Between, None]:
    with open_frame(frame(before), shown="before") as opened:
        reference = sketch_reference(opened, name="before", declared={})
    with open_frame(frame(after), shown="after") as opened:
        current = sketch_like(opened, reference, name="after")
    return Between(reference=reference, current=current, rules=DriftRules()), None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_areas_against_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    labels = np.array([label for _, label in rows], dtype=float)
    if 0 < labels.sum() < len(labels):
        assert area(scores, labels) == pytest.approx(sklearn.metrics.roc_auc_score(labels, scores), abs=1e-12)
