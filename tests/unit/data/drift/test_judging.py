"""Outcomes of two tables: what is said of each column, and of what cannot be compared."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from mlgate.outcome import Status
from tests.unit.data.drift.conftest import Compare, newer, outcomes_of, sketch

N = 400


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def wards(first: float, n: int = 2000, seed: int = 0) -> list[str]:
    return list(rng(seed).choice(["A1", "A2", "C1"], n, p=[0.95 - first, 0.05, first]))


def test_unchanged_tables_pass_and_say_what_was_compared(compare: Compare) -> None:
    found = compare(
        {"x": rng(1).normal(size=N), "ward": wards(0.1, N, 2), "smoker": rng(3).random(N) < 0.3},
        {"x": rng(4).normal(size=N), "ward": wards(0.1, N, 5), "smoker": rng(6).random(N) < 0.3},
    )
    assert {name: outcome.status for name, outcome in found.items()} == {
        "drift_rows": Status.PASS,
        "x/drift": Status.PASS,
        "ward/drift": Status.PASS,
        "smoker/drift": Status.PASS,
    }
    assert found["drift_rows"].message == "400 rows of before and 400 of after are compared"
    assert "which chance explains" in found["x/drift"].message
    assert "points would have been found" in found["x/drift"].message


def test_the_value_that_moved_is_said(compare: Compare) -> None:
    found = compare({"ward": wards(0.05)}, {"ward": wards(0.11, seed=1)})["ward/drift"]
    assert found.status is Status.FAIL
    assert found.message.startswith("drifted: 'C1' rose from ")
    assert found.evidence["share"] > 0.02
    moved = {item["what"]: item for item in found.evidence["moved"]}
    assert moved["'C1'"]["current"] == sum(value == "C1" for value in wards(0.11, seed=1))
    assert found.evidence["p_adjusted"] < 0.01
    assert found.hint.startswith("find out what changed in after")


def test_values_are_not_named_where_nothing_of_rows_may_appear(compare: Compare) -> None:
    found = compare({"ward": wards(0.05)}, {"ward": wards(0.11, seed=1)}, privacy="none")["ward/drift"]
    assert found.status is Status.FAIL
    assert "C1" not in found.message + repr(found.evidence)


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "missing values"), (math.nan, "NaN"), (math.inf, "+infinity"), (-math.inf, "-infinity")],
)
def test_what_is_no_number_is_a_bucket(compare: Compare, value: Any, words: str) -> None:
    before: list[Any] = list(rng(1).normal(size=2000))
    after: list[Any] = list(rng(2).normal(size=2000))
    for place in range(20):
        before[place] = value
    same = list(after)
    for place in range(20):
        same[place] = value
    assert compare({"x": before}, {"x": same})["x/drift"].status is Status.PASS
    for place in range(100):
        after[place] = value
    found = compare({"x": before}, {"x": after})["x/drift"]
    assert found.status is Status.FAIL
    assert f"{words} rose from 1.0 % to 5.0 %" in found.message


def test_a_column_of_nothing_but_missing_values(compare: Compare) -> None:
    empty = {"x": [None] * N, "y": [1.0] * N}
    found = compare(empty, empty | {"y": list(rng().normal(size=N))})
    assert found["x/drift"].status is Status.PASS
    assert found["x/drift"].message == "all values are missing in both"
    filled = compare(empty, {"x": [None] * 200 + [1] * 200, "y": [1.0] * N})
    assert filled["x/drift"].status is Status.FAIL
    assert "missing values fell from 100 % to 50.0 %" in filled["x/drift"].message
    emptied = compare({"y": list(rng().normal(size=N))}, {"y": [None] * N})
    assert emptied["y/drift"].status is Status.FAIL


def test_a_constant_column(compare: Compare) -> None:
    same = compare({"x": [3] * N, "y": ["a"] * N, "z": range(N)}, {"x": [3] * N, "y": ["a"] * N, "z": range(1, N + 1)})
    assert same["x/drift"].message == "the same in both: 400 and 400 values"
    assert same["y/drift"].status is Status.PASS
    other = compare({"x": [3] * N, "y": ["a"] * N}, {"x": [4] * N, "y": ["b"] * N})
    assert (
        "the value 3 fell from 100 % to 0 %" in other["x/drift"].message or "values above 3" in other["x/drift"].message
    )
    assert other["y/drift"].status is Status.FAIL


def test_sentinel_below_a_frequent_value(compare: Compare) -> None:
    ages = rng(1).integers(0, 90, 2000)
    after = rng(2).integers(0, 90, 2000)
    after[:90] = -1
    found = compare({"age": ages}, {"age": after})["age/drift"]
    assert found.status is Status.FAIL
    assert "values up to -1" in found.message or "up to 0" in found.message or "above" in found.message


@pytest.mark.parametrize(("usual", "new"), [(0, -1), (3, 1)])
def test_values_below_a_frequent_smallest_one_are_told_as_such(compare: Compare, usual: int, new: int) -> None:
    rates = [usual] * 1100 + [25] * 500 + [95] * 400
    found = compare({"rate": rates}, {"rate": [new] * 100 + rates[100:]})["rate/drift"]
    assert f"values below {usual} rose from 0 % to 5.0 %" in found.message
    assert f"values {usual} or more fell from 100 % to 95.0 %" in found.message


def test_identifiers_and_timestamps_are_compared_where_they_are_named(compare: Compare) -> None:
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001  # as files store them
    days = [start + dt.timedelta(days=int(day)) for day in rng(1).integers(0, 100, N)]
    later = [start + dt.timedelta(days=int(day)) for day in rng(2).integers(50, 150, N)]
    before = {
        "patient_id": range(N),
        "visit": days,
        "code": [f"{place:08d}" for place in range(N)],
        "x": rng().random(N),
    }
    after = before | {"visit": later, "x": rng(3).random(N), "patient_id": range(N, 2 * N)}
    found = compare(before, after)
    assert found["patient_id/drift"].status is Status.SKIP
    assert found["visit/drift"].message == "timestamps are compared only where they are named"
    assert "identifier" in found["code/drift"].message
    named = compare(before, after, columns=("patient_id", "visit"))
    assert set(named) == {"drift_rows", "patient_id/drift", "visit/drift"}
    assert named["patient_id/drift"].status is Status.FAIL
    assert named["visit/drift"].status is Status.FAIL
    assert "2024-0" in named["visit/drift"].message


def test_columns_of_one_table_only(compare: Compare) -> None:
    found = compare({"x": rng(1).random(N), "old": rng(2).random(N)}, {"x": rng(3).random(N), "new": rng(4).random(N)})
    assert found["old/drift_columns"].status is Status.FAIL
    assert found["old/drift_columns"].message == "before has this column, after does not"
    assert found["new/drift_columns"].status is Status.WARN
    named = compare({"x": rng(1).random(N)}, {"x": rng(3).random(N)}, columns=("x", "y"))
    assert named["y/drift_columns"].status is Status.ERROR
    assert named["x/drift"].status is Status.PASS


@pytest.mark.parametrize("rules", [{"columns": ("x", "y")}, {"label": "y"}, {"columns": ("x",), "label": "y"}])
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (["x"], ["x"], "neither before nor after has this column"),
        (["x", "y"], ["x"], "after does not have this column, which is to be compared"),
        (["x"], ["x", "y"], "before does not have this column, which is to be compared"),
    ],
)
@pytest.mark.parametrize("rows", [N, 40])
def test_what_is_named_must_be_there(
    compare: Compare, rules: dict[str, Any], before: list[str], after: list[str], message: str, rows: int
) -> None:
    sides = [
        {name: rng(seed + place).random(rows) for place, name in enumerate(names)}
        for seed, names in ((1, before), (3, after))
    ]
    found = compare(*sides, **rules)
    assert found["y/drift_columns"].status is Status.ERROR
    assert message in found["y/drift_columns"].message.replace("profile.yaml", "before")
    if rows == N:
        assert found["x/drift"].status is Status.PASS


def test_where_nothing_can_be_compared_nothing_passes(compare: Compare) -> None:
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001  # as files store them
    table = {"patient_id": range(N), "day": [start] * N}
    found = compare(table, table | {"patient_id": range(N, 2 * N)})
    assert found["drift_rows"].status is Status.ERROR
    assert found["drift_rows"].message == "nothing is compared: there is no column for it"
    assert {one.status for name, one in found.items() if name != "drift_rows"} == {Status.SKIP}
    assert compare({"x": rng(1).random(N)}, {"z": rng(2).random(N)})["drift_rows"].status is Status.ERROR


def test_what_is_judged_otherwise_is_told(compare: Compare) -> None:
    before, after = {"x": rng(1).normal(size=N)}, {"x": rng(2).normal(0.5, 1, N)}
    blunt = compare(before, after, thresholds=_thresholds(share=0.5, distance=0.9), alpha=0.001)
    assert blunt["x/drift"].status is Status.PASS
    assert blunt["drift_rows"].message.endswith("are compared; judged with alpha 0.001, share 0.5, distance 0.9")
    assert blunt["drift_rows"].evidence["rules"] == {"alpha": 0.001, "share": 0.5, "distance": 0.9}


def test_a_name_alone_makes_no_identifier(compare: Compare) -> None:
    before = {"key_rate": rng(1).integers(0, 300, 2000), "id_score": rng(2).integers(0, 100, 2000)}
    after = {"key_rate": rng(1).integers(9000, 9300, 2000), "id_score": rng(2).integers(200, 300, 2000)}
    found = compare(before, after)
    assert found["key_rate/drift"].status is Status.FAIL
    assert found["id_score/drift"].status is Status.FAIL


def test_few_values_are_no_identifier(compare: Compare) -> None:
    few = {"n": [*range(1000, 1050), *([None] * 1950)], "y": rng(3).random(2000)}
    found = compare(few, few | {"y": rng(4).random(2000)})
    assert found["n/drift"].status is Status.WARN
    assert (
        found["n/drift"].message == "cannot say: 50 values in the reference and 50 now, at least 100 of each are needed"
    )


def test_values_that_are_named_like_an_identifier_have_no_name(compare: Compare) -> None:
    before = {"patient_id": [f"P{place // 8:04d}" for place in range(2000)], "x": rng(1).random(2000)}
    after = {"patient_id": [f"P{place // 8:04d}" for place in range(2000, 4000)], "x": rng(2).random(2000)}
    assert "P0" not in repr(sketch(before).columns["patient_id"])
    found = compare(before, after)["patient_id/drift"]
    assert found.status is Status.FAIL
    assert "P0" not in repr(found)
    assert "no value is named: named like an identifier" in found.message


def test_another_type_is_said_and_values_are_read_as_before(compare: Compare) -> None:
    numbers = rng(1).integers(0, 30, N)
    found = compare({"x": numbers}, {"x": [str(value) for value in rng(2).integers(0, 30, N)]})
    assert found["x/drift_columns"].status is Status.FAIL
    assert found["x/drift_columns"].message == "stored as VARCHAR in after, as BIGINT in before"
    assert found["x/drift"].status is Status.PASS
    words = compare({"x": numbers}, {"x": ["n/a"] * N})
    assert "values that are no integer rose from 0 % to 100 %" in words["x/drift"].message
    floats = compare({"x": numbers}, {"x": rng(2).integers(0, 30, N).astype(float)})
    assert "x/drift_columns" not in floats


def test_too_few_rows_say_nothing(compare: Compare) -> None:
    found = compare({"x": rng(1).random(99)}, {"x": rng(2).random(N) + 5})
    assert list(found) == ["drift_rows"]
    assert found["drift_rows"].status is Status.WARN
    assert found["drift_rows"].message.startswith("cannot say: 99 rows of before and 400 of after are there")
    assert compare({"x": rng(1).random(1)}, {"x": rng(2).random(N)})["drift_rows"].status is Status.WARN
    lowered = compare({"x": rng(1).random(99)}, {"x": rng(2).random(N) + 5}, minimum_rows=50)
    assert lowered["x/drift"].status is Status.FAIL


def test_no_rows_are_an_error(compare: Compare) -> None:
    assert compare({"x": np.zeros(0)}, {"x": rng(2).random(N)})["drift_rows"].status is Status.ERROR
    assert compare({"x": rng(2).random(N)}, {"x": np.zeros(0)})["drift_rows"].message == "after has no rows"


def test_too_few_values_of_a_column_say_nothing(compare: Compare) -> None:
    before = {"x": [*rng(1).random(60), *([None] * 340)], "y": rng(3).random(N)}
    after = {"x": [*(rng(2).random(60) + 9), *([None] * 340)], "y": rng(4).random(N)}
    found = compare(before, after)["x/drift"]
    assert found.status is Status.WARN
    assert found.message == "cannot say: 60 values in the reference and 60 now, at least 100 of each are needed"
    filled = compare(before, {"x": list(rng(2).random(N)), "y": rng(4).random(N)})["x/drift"]
    assert filled.status is Status.FAIL


def test_a_copy_is_told(compare: Compare) -> None:
    table = {"x": rng(1).random(N), "ward": wards(0.1, N)}
    found = compare(table, table)
    assert found["drift_rows"].status is Status.WARN
    assert "looks like a copy" in found["drift_rows"].message
    assert found["x/drift"].status is Status.PASS


def test_label_drift_is_a_check_of_its_own(compare: Compare) -> None:
    before, after = rng(1).random(2000) < 0.12, rng(2).random(2000) < 0.2
    found = compare({"y": before, "x": rng(3).random(2000)}, {"y": after, "x": rng(4).random(2000)}, label="y")
    assert found["y/label_drift"].status is Status.FAIL
    assert found["y/label_drift"].check == "label_drift"
    assert "'true' rose from" in found["y/label_drift"].message
    assert found["x/drift"].evidence["family_size"] == 2
    assert set(compare({"y": before}, {"y": before[::-1]}, columns=("y",), label="y")) == {
        "drift_rows",
        "y/label_drift",
    }


def test_long_texts_are_compared_by_how_they_are_written(compare: Compare) -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]

    def texts(seed: int, most: int, upper: float) -> list[str]:
        draw = rng(seed)
        made = [" ".join(draw.choice(words, size)) for size in draw.integers(3, most, 1000).tolist()]
        return [text.upper() if draw.random() < upper else text for text in made]

    same = compare({"note": texts(1, 9, 0)}, {"note": texts(2, 9, 0)})["note/drift"]
    assert same.status is Status.PASS
    longer = compare({"note": texts(1, 9, 0)}, {"note": texts(2, 16, 0)})["note/drift"]
    assert "texts of more than" in longer.message
    shouted = compare({"note": texts(1, 9, 0)}, {"note": texts(2, 9, 0.1)})["note/drift"]
    assert "texts with upper case rose from 0 % to" in shouted.message


def test_significance_alone_is_not_enough(compare: Compare) -> None:
    before, after = [0] * 50_000 + [1] * 50_000, [0] * 49_000 + [1] * 51_000
    found = compare({"x": before}, {"x": after})["x/drift"]
    assert found.status is Status.PASS
    assert found.message.startswith("differs by less than matters: the value 1 rose from 50.0 % to 51.0 %; p = ")
    strict = compare({"x": before}, {"x": after}, thresholds=_thresholds(share=0.005))["x/drift"]
    assert strict.status is Status.FAIL


def _thresholds(**values: float) -> Any:
    from mlgate.config.drift_rules import Thresholds

    return Thresholds(**values)


def test_columns_that_hold_personal_data_name_no_value(compare: Compare) -> None:
    people = [f"person{place}@uni-linz.ac.at" for place in range(20)]
    before = {"contact": list(rng(1).choice(people, 2000))}
    after = {"contact": list(rng(2).choice(people[:10], 2000))}
    reference = sketch(before)
    assert reference.columns["contact"].values is not None
    assert reference.columns["contact"].values.named == {}
    found = compare(before, after)["contact/drift"]
    assert found.status is Status.FAIL
    assert "person" not in found.message + repr(found.evidence)
    assert "no value is named: 2,000 of 2,000 values look like e-mail addresses" in found.message


CARDS = [4539356230123836, 4539607776793618, 4539730486761418]


@pytest.mark.parametrize("privacy", ["none", "masked", "full"])
def test_numbers_that_are_personal_data_are_not_named(compare: Compare, privacy: str) -> None:
    before = {"card": CARDS * 400, "text": list(map(str, CARDS)) * 400, "v": rng(1).random(1200)}
    after = {"card": CARDS[:1] * 1200, "text": list(map(str, CARDS[:1])) * 1200, "v": rng(2).random(1200)}
    found = compare(before, after, privacy=privacy, statistics={"psi": 0.1})
    for name in ("card", "text"):
        assert found[f"{name}/drift"].status is Status.FAIL
        assert "no value is named: 1,200 of 1,200 values are payment card numbers" in found[f"{name}/drift"].message
    assert "4539" not in repr(found)
    assert "4.539" not in repr(found)


def test_a_profile_cannot_judge_what_it_keeps_no_value_of() -> None:
    from mlgate.data.drift import parse_profile, profile_text

    before = {"card": [*CARDS * 400, None, None], "v": rng(1).random(1202)}
    profile = parse_profile(profile_text(sketch(before), 5), "p.yaml")
    card = profile.columns["card"]
    assert (card.ordered, card.values, card.writing, card.present, card.states["missing"]) == (
        None,
        None,
        None,
        1200,
        2,
    )
    after = {"card": [*CARDS[:1] * 1200, None, None], "v": rng(2).random(1202)}
    found = outcomes_of(profile, newer(after, profile), statistics={"psi": 0.1})
    assert found["card/drift"].status is Status.WARN
    assert found["card/drift"].message.startswith("cannot say: the profile holds no values of this column, since 1,200")
    assert found["card/psi"].status is Status.WARN
    assert found["v/drift"].status is Status.PASS
    emptied = outcomes_of(profile, newer({"card": [CARDS[0]] * 602 + [None] * 600, "v": rng(2).random(1202)}, profile))
    assert emptied["card/drift"].status is Status.FAIL
    assert "missing values rose from 0.17 % to 49.9 %" in emptied["card/drift"].message


def test_with_privacy_none_no_number_is_named(compare: Compare) -> None:
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001  # as files store them
    before = {"k": rng(1).choice([7131, 7132], 2000), "x": rng(2).normal(7133, 1, 2000), "d": [start] * 2000}
    after = {"k": [7131] * 2000, "x": rng(3).normal(7134, 1, 2000), "d": [start + dt.timedelta(days=1)] * 2000}
    found = compare(before, after, privacy="none", columns=("k", "x", "d"))
    assert {one.status for name, one in found.items() if name != "drift_rows"} == {Status.FAIL}
    assert "713" not in repr(found)
    assert "2024-01" not in repr(found)
    shown = compare(before, after, columns=("k", "x", "d"))
    assert "the value 7,131 rose" in shown["k/drift"].message
    assert "the median went from about 7,133 to about 7,134" in shown["x/drift"].message


def test_a_new_value_that_looks_personal_is_not_named(compare: Compare) -> None:
    found = compare({"ward": ["A", "B"] * 500}, {"ward": ["A", "B"] * 400 + ["anna.huber@gmail.com"] * 200})
    assert found["ward/drift"].status is Status.FAIL
    assert "anna" not in repr(found)
    assert "the share of one value rose from 0 % to 20.0 %" in found["ward/drift"].message


def test_what_was_not_there_rose_from_nothing(compare: Compare) -> None:
    found = compare({"ward": ["A", "B"] * 500}, {"ward": ["A", "B"] * 400 + ["d"] * 200})
    assert "'d' rose from 0 % to 20.0 %" in found["ward/drift"].message


def test_the_first_of_two_columns_of_one_name_counts() -> None:
    import pyarrow as pa

    from mlgate.data.drift import sketch_reference
    from mlgate.sources.frames import open_frame

    twice = pa.Table.from_arrays([pa.array(range(N)), pa.array(["a"] * N)], names=["x", "x"])
    with open_frame(twice, shown="before") as table:
        reference = sketch_reference(table, name="before", declared={})
    assert list(reference.columns) == ["x"]


def test_a_profile_that_keeps_nothing_of_a_named_column_cannot_judge_it() -> None:
    from dataclasses import replace

    table = {"patient_id": range(N), "x": rng(1).random(N)}
    profile = replace(sketch(table), profile="profile.yaml")
    found = outcomes_of(profile, newer(table, profile, asked_for=("patient_id", "x")), columns=("patient_id", "x"))
    assert found["patient_id/drift"].status is Status.ERROR
    assert "keeps nothing of this column" in found["patient_id/drift"].message
    assert found["x/drift"].status is Status.PASS


def test_nested_values_are_skipped(compare: Compare) -> None:
    lists = [[1, 2]] * N
    found = compare({"items": lists, "x": rng(1).random(N)}, {"items": lists, "x": rng(2).random(N)})
    assert found["items/drift"].status is Status.SKIP
    assert "bigint[]" in found["items/drift"].message
