"""Rows that belong together: whole groups are exchanged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from mlgate.config.drift_rules import DriftRules
from mlgate.data.drift import Between, More, judge_drift, permuting, sketch_like, sketch_reference
from mlgate.data.drift.classifier import draw_rows
from mlgate.data.drift.groups import MAX_GROUPS, Groups, count_groups
from mlgate.data.drift.permuting import Sides, compare_groups
from mlgate.errors import SourceError
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources.frames import open_frame
from tests.unit.data.drift.conftest import Columns, frame


def patients(seed: int, groups: int, shift: float = 0.0, rows: int = 8) -> dict[str, Any]:
    """Rows of one patient are nearly alike in `pressure` and all of one `ward`; `noise` is of the row."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 2 * rows, groups)
    mean = rng.normal(shift, 1, groups)
    return {
        "patient": np.repeat([f"{seed}-{place}" for place in range(groups)], sizes),
        "pressure": np.repeat(mean, sizes) + rng.normal(0, 0.2, sizes.sum()),
        "ward": np.repeat(rng.choice(["A", "B", "C"], groups), sizes),
        "noise": rng.normal(size=sizes.sum()),
    }


def judged(before: Columns, after: Columns, seed: int = 0, **rules: Any) -> dict[str, Outcome]:
    names = [name for name in before if name != "patient"]
    with open_frame(frame(before), shown="before") as table:
        reference = sketch_reference(table, name="before", declared={}, only=names)
        first = count_groups(table, reference, names, "patient")
    with open_frame(frame(after), shown="after") as table:
        current = sketch_like(table, reference, name="after", asked_for=names)
        second = count_groups(table, reference, names, "patient", together=first.together)
    between = Between(reference=reference, current=current, rules=DriftRules(group="patient", **rules))
    more = More(groups=Sides(first, second), seed=seed)
    return {one.id.split("..after/")[1]: one for one in judge_drift(between, location=Location("a"), more=more)}


def test_rows_of_a_group_are_not_independent() -> None:
    """Taken for independent, the rows of 60 patients alarm nearly always; whole groups do not."""
    alarms = 0
    for seed in range(8):
        found = judged(patients(seed, 60), patients(100 + seed, 60))
        alarms += any(outcome.status is Status.FAIL for outcome in found.values())
    assert alarms <= 1


def test_a_change_of_groups_is_found() -> None:
    found = judged(patients(1, 150), patients(2, 150, shift=1.0))
    assert found["pressure/drift"].status is Status.FAIL
    assert found["noise/drift"].status is Status.PASS
    assert found["drift_rows"].message.endswith("in 150 and 150 groups, are compared")
    assert found["pressure/drift"].evidence["groups"] == [150, 150]
    assert "150 and 150 groups" in found["pressure/drift"].message


def test_the_same_seed_gives_the_same_verdict() -> None:
    before, after = patients(1, 40), patients(2, 40, shift=0.4)
    one, two = judged(before, after, seed=3), judged(before, after, seed=3)
    assert one == two
    other = judged(before, after, seed=4)
    assert one["pressure/drift"].evidence["p_value"] == pytest.approx(
        other["pressure/drift"].evidence["p_value"], abs=0.05
    )


def test_few_groups_say_nothing() -> None:
    found = judged(patients(1, 9, rows=40), patients(2, 50))
    assert list(found) == ["drift_rows"]
    assert found["drift_rows"].status is Status.WARN
    assert "9 groups of before and 50 groups of after" in found["drift_rows"].message.replace("50 of", "50 groups of")


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_rows_without_a_group_are_left_out_and_counted(nothing: Any) -> None:
    rng = np.random.default_rng(0)
    table = {"patient": [nothing, 1.0, 2.0] * 100, "x": rng.normal(size=300)}
    with open_frame(frame(table), shown="t") as opened:
        reference = sketch_reference(opened, name="t", declared={}, only=["x"])
        found = count_groups(opened, reference, ["x"], "patient")
        drawn = draw_rows(opened, reference, ["x"], group="patient", seed=0)
    assert (found.count, found.without) == (2, 100)
    assert found.columns["x"].of[:, 0].tolist() == [100, 100]
    assert len(drawn.groups) <= 3


def without(table: dict[str, Any], share: float, seed: int = 0) -> dict[str, Any]:
    lost = np.random.default_rng(seed).random(len(table["x" if "x" in table else "pressure"])) < share
    return table | {"patient": [None if gone else name for gone, name in zip(lost, table["patient"], strict=True)]}


def test_few_rows_without_a_group_are_told_and_many_are_a_warning() -> None:
    before, after = patients(1, 60), patients(2, 60)
    few = judged(before, without(after, 0.03))["drift_rows"]
    assert few.status is Status.PASS
    assert "have no 'patient' and are left out" in few.message
    assert few.evidence["without_group"][0] == 0 < few.evidence["without_group"][1]
    many = judged(before, without(after, 0.5))["drift_rows"]
    assert many.status is Status.WARN
    assert "have no 'patient' and are left out" in many.message


def test_no_row_with_a_group_is_an_error() -> None:
    found = judged(patients(1, 60), without(patients(2, 60), 1.0))
    assert list(found) == ["drift_rows"]
    assert found["drift_rows"].status is Status.ERROR
    assert found["drift_rows"].message == "no row of after has a value of 'patient', by which rows are grouped"


def test_rows_without_a_group_do_not_alarm() -> None:
    """Half of the rows of 60 patients have lost whose they are: the rest is judged as before."""
    alarms = 0
    for seed in range(8):
        lost = without(patients(100 + seed, 60), 0.5, seed)
        found = judged(patients(seed, 60), lost)
        alarms += any(outcome.status is Status.FAIL for outcome in found.values())
    assert alarms <= 1


def test_an_absent_column_of_groups_is_an_error() -> None:
    with open_frame(frame({"x": range(300)}), shown="t") as opened:
        reference = sketch_reference(opened, name="t", declared={})
        with pytest.raises(SourceError, match="has no column 'patient' of groups"):
            count_groups(opened, reference, [], "patient")


def test_many_groups_are_put_together_alike() -> None:
    groups = 3 * MAX_GROUPS
    rng = np.random.default_rng(0)
    table = {"patient": np.arange(groups), "x": rng.normal(size=groups)}
    few = {"patient": np.arange(600), "x": rng.normal(size=600)}
    with open_frame(frame(few), shown="few") as opened:
        reference = sketch_reference(opened, name="few", declared={}, only=["x"])
        first = count_groups(opened, reference, ["x"], "patient")
    with open_frame(frame(table), shown="many") as opened:
        second = count_groups(opened, reference, ["x"], "patient", together=3)
    assert first.together == 1
    assert second.together == 3
    assert len(second.columns["x"].of) == pytest.approx(groups / 3, rel=0.05)
    assert second.columns["x"].of[:, 0].sum() == groups
    current = sketch_of(table, reference)
    pairs = [(reference.columns["x"], current.columns["x"])]
    (found,) = compare_groups(Sides(first, second), pairs, alpha=0.01, least_rows=50, seed=0)
    assert found.p_value() > 0.01


def sketch_of(table: Columns, reference: Any) -> Any:
    with open_frame(frame(table), shown="many") as opened:
        return sketch_like(opened, reference, name="many", asked_for=["x"])


def test_many_and_few_groups_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The normal distribution and the exchange of groups give about the same p-value."""
    before, after = patients(1, 400), patients(2, 400, shift=0.25)
    exchanged = judged(before, after)["pressure/drift"].evidence["p_value"]
    monkeypatch.setattr(permuting, "FEW_GROUPS", 10)
    normal = judged(before, after)["pressure/drift"].evidence["p_value"]
    assert exchanged == pytest.approx(normal, rel=2.0)
    assert normal < 0.1


def test_single_rows_as_groups_give_the_exact_test() -> None:
    """With one row in each group the exchange of groups is Fisher's test of a table of two by two."""
    before = {"patient": np.arange(200), "x": np.array([0] * 150 + [1] * 50)}
    after = {"patient": np.arange(200), "x": np.array([0] * 130 + [1] * 70)}
    found = judged(before, after)["x/drift"].evidence["p_value"]
    known = scipy.stats.fisher_exact([[150, 50], [130, 70]]).pvalue
    assert found == pytest.approx(float(known), abs=0.01)


def test_kinds_of_rows_add_up() -> None:
    table = patients(5, 50)
    with open_frame(frame(table), shown="t") as opened:
        reference = sketch_reference(opened, name="t", declared={})
        found: Groups = count_groups(opened, reference, ["ward", "pressure"], "patient")
    ward = found.columns["ward"]
    place = {event.what: at for at, event in enumerate(ward.events) if event.kind == "value"}
    assert ward.rows[:, place["A"]].sum() == (table["ward"] == "A").sum()
    pressure = found.columns["pressure"]
    for at, event in enumerate(pressure.events):
        if event.kind == "above":
            assert pressure.rows[:, at].sum() == (table["pressure"] > event.low).sum()
