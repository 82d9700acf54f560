"""One value in several notations: decimal fractions, codes, text for numbers, zones, names that cannot be printed."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.data.skew import UnknownColumnError
from mlgate.outcome import Status
from tests.unit.data.linked import Content, saved
from tests.unit.data.skew.compared import KEY, compared

NOON = dt.datetime.fromisoformat("2026-01-05T12:00:00")
BIG = 2**53


def csv(*rows: object, ids: Any = None) -> str:
    return "id,x\n" + "".join(f"{ids[place] if ids else place},{value}\n" for place, value in enumerate(rows))


def column(*found: Any, type_: Any = None, ids: Any = None) -> Content:
    return {"id": list(ids or range(len(found))), "x": pa.array(list(found), type_)}


def lines(folder: Path, name: str, *rows: object, ids: Any = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    each = ({"id": ids[place] if ids else place, "x": value} for place, value in enumerate(rows))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in each), encoding="utf-8")
    return path


DIGITS = st.integers(0, 6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    trained=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    places=DIGITS,
    steps=st.integers(1, 10**6),
    sign=st.sampled_from([-1, 1]),
    stored=st.booleans(),
)
def test_a_difference_of_the_tolerance_is_within_it(
    tmp_path: Path, trained: list[int], places: int, steps: int, sign: int, stored: bool
) -> None:
    """In decimal notation the differences are the tolerance exactly; one more step of the last digit is too much."""
    digit = Decimal(1).scaleb(-places)
    rules = SkewRules(key=("id",), tolerance=Tolerance(absolute=float(steps * digit)), distribution=False)

    def content(numbers: list[Decimal]) -> Content:
        return column(*map(float, numbers), type_=pa.float64()) if stored else csv(*numbers)

    base = content([value * digit for value in trained])
    near = content([(value + sign * steps) * digit for value in trained])
    far = content([(value + sign * (steps + 1)) * digit for value in trained])
    assert compared(base, near, rules, folder=tmp_path)["x/skew_values"].status is Status.PASS
    assert compared(base, far, rules, folder=tmp_path)["x/skew_values"].observed == len(trained)


@pytest.mark.parametrize(
    ("tolerance", "trained", "served", "differing"),
    [
        (Tolerance(absolute=0.01), [1.00, 1.10], [1.01, 1.12], 1),
        (Tolerance(relative=1e-6), [9.9787, 12.5], [9.9787 * 1.000001, 12.5 * 1.0000011], 1),
        (Tolerance(relative=0.29), [100, 100], [129, 130], 1),
        (Tolerance(absolute=0.01), [1.0, 1.0, 1.0], [math.nan, math.inf, None], 3),
        (Tolerance(absolute=1), [BIG, BIG + 1], [BIG + 1, BIG + 3], 1),
        (Tolerance(absolute=1), [10**18, 10**18], [10**18 - 1, 10**18 - 2], 1),
    ],
)
def test_the_edge_of_a_tolerance(
    tmp_path: Path, tolerance: Tolerance, trained: list[Any], served: list[Any], differing: int
) -> None:
    rules = SkewRules(key=("id",), tolerance=tolerance, distribution=False)
    found = compared(column(*trained), column(*served), rules, folder=tmp_path)
    assert found["x/skew_values"].observed == differing


def test_single_precision_has_fewer_digits(tmp_path: Path) -> None:
    rules = SkewRules(key=("id",), tolerance=Tolerance(absolute=0.01), distribution=False)
    trained, served = [1.01, 1.02, 33.33, 2.0], [1.02, 1.03, 33.34, 2.0101]
    found = compared(column(*trained, type_=pa.float32()), column(*served, type_=pa.float32()), rules, folder=tmp_path)
    assert [row["row"] for row in found["x/skew_values"].evidence["rows"]] == [4]


def test_large_whole_numbers_are_compared_exactly(tmp_path: Path) -> None:
    trained, served = ([BIG + 2 * place + more for place in range(30)] for more in (0, 1))
    for content in (column(*served), csv(*served)):
        outcome = compared(column(*trained), content, folder=tmp_path)["x/skew_values"]
        assert outcome.message == "30 of 30 joined rows differ (100 %): served 1 higher in all 30"
        assert outcome.evidence["largest_difference"] == outcome.evidence["typical_difference"] == 1


class TestCodes:
    @pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
    def test_leading_zeros_make_text(self, tmp_path: Path, form: str) -> None:
        texts = [f"0{place % 10}" for place in range(40)]
        served: Path | Content = {
            "csv": csv(*texts), "parquet": column(*texts), "jsonl": lines(tmp_path, "l", *texts),
        }[form]  # fmt: skip
        for trained in (csv(*(place % 10 for place in range(40))), column(*(place % 10 for place in range(40)))):
            found = compared(trained, served, folder=tmp_path)
            assert found["skew_types"].message == "x is integer in training and text in serving"
            assert found["x/skew_values"].message.endswith(": the number is served as text in all 40")
            assert found["x/skew_values"].status is Status.FAIL

    def test_a_schema_may_say_that_they_are_numbers(self, tmp_path: Path) -> None:
        from tests.unit.data.linked import schema_of

        whole = schema_of("{x: {type: integer}}", "row_count: {min: 0}")
        found = compared(csv(1, 2), csv("01", "02"), folder=tmp_path, schemas=(whole, whole))
        assert found["skew_types"].status is found["x/skew_values"].status is Status.PASS


class TestTextForNumbers:
    def test_json_and_parquet_say_the_same(self, tmp_path: Path) -> None:
        trained, texts = [place % 10 for place in range(40)], [str(place % 10) for place in range(40)]
        said = []
        for served in (column(*texts), lines(tmp_path, "served", *texts)):
            for training in (column(*trained), lines(tmp_path, "trained", *trained)):
                found = compared(training, served, folder=tmp_path)
                said.append([(found[name].status, found[name].message) for name in ("skew_types", "x/skew_values")])
        assert said == 4 * [
            [
                (Status.FAIL, "x is integer in training and text in serving"),
                (Status.PASS, "40 joined rows, every one with the same value"),
            ]
        ]

    def test_some_texts_among_numbers(self, tmp_path: Path) -> None:
        found = compared(column(1, 2, 3, 4), lines(tmp_path, "l", 1, "2", "3", "4"), folder=tmp_path)
        assert found["skew_types"].message == "3 of 4 values of x in serving are not of type integer"
        assert found["x/skew_values"].message.endswith("the number is served as text in all 3")

    def test_moments_are_texts_in_json(self, tmp_path: Path) -> None:
        days = ["2026-01-05", "2026-01-06"]
        served = lines(tmp_path, "l", *days)
        for trained in (csv(*days), column(*days), column(*map(dt.date.fromisoformat, days))):
            found = compared(trained, served, folder=tmp_path)
            assert found["skew_types"].status is found["x/skew_values"].status is Status.PASS

    def test_booleans(self, tmp_path: Path) -> None:
        found = compared(column(True, False), lines(tmp_path, "l", "true", "false"), folder=tmp_path)
        assert found["skew_types"].message == "x is boolean in training and text in serving"


class TestKeys:
    @pytest.mark.parametrize(
        "keys", [["0.0", "1.0", "2.0"], ["0", "01", "2e0"], ["00", "01", "02"], [" 0", "+1", "2 "]]
    )
    def test_other_notations_of_whole_numbers(self, tmp_path: Path, keys: list[str]) -> None:
        one = column(5, 6, 7)
        for other in (csv(5, 6, 7, ids=keys), column(5, 6, 7, ids=keys), lines(tmp_path, "l", 5, 6, 7, ids=keys)):
            for training, serving in ((one, other), (other, one), (csv(5, 6, 7), other), (other, csv(5, 6, 7))):
                found = compared(training, serving, folder=tmp_path)
                assert found["skew_join"].observed == 3
                assert found["x/skew_values"].status is Status.PASS

    def test_what_is_not_exact_joins_nothing(self, tmp_path: Path) -> None:
        found = compared(column(1, 2, ids=[BIG + 1, 7]), csv(1, 2, ids=[f"{BIG + 1}.0", "7.0"]), folder=tmp_path)
        assert (found["skew_join"].observed, found["skew_join"].evidence["serving"]["key_of_another_type"]) == (1, 1)

    def test_another_type_is_told(self, tmp_path: Path) -> None:
        found = compared(column(1, 2), csv(1, 2, 3, ids=["u0", "u1", ""]), folder=tmp_path)
        join = found["skew_join"]
        assert (join.status, join.evidence["serving"]["key_of_another_type"]) == (Status.ERROR, 2)
        assert join.message == (
            "nothing to compare: no row of serving has a row of training with its id; 2 rows of training without a "
            "partner; 1 row of serving without a key; 2 rows of serving with a key of another type"
        )

    def test_texts_stay_texts_beside_texts(self, tmp_path: Path) -> None:
        found = compared(csv(1, 2, 3, ids=["1", "2", "x"]), csv(1, 2, ids=["1", "2"]), folder=tmp_path)
        assert (found["skew_join"].observed, found["skew_join"].evidence["training"]["only_here"]) == (2, 1)
        codes = compared(csv(1, 2, ids=["007", "7"]), csv(1, 2, ids=["007", "7"]), folder=tmp_path)
        assert (codes["skew_join"].status, codes["skew_join"].observed) == (Status.PASS, 2)


def moments(zone: str, *, count: int = 3) -> list[str]:
    return [f"{(NOON + dt.timedelta(hours=place)).isoformat()}{zone}" for place in range(count)]


class TestZones:
    STORED = column(*(NOON + dt.timedelta(hours=place) for place in range(3)), type_=pa.timestamp("us"))
    IN_UTC = column(*(NOON + dt.timedelta(hours=place) for place in range(3)), type_=pa.timestamp("us", "UTC"))

    @pytest.mark.parametrize("zoned", [csv(*moments("Z")), csv(*moments("+02:00")), csv(*moments("+0200")), IN_UTC])
    @pytest.mark.parametrize("naive", [csv(*moments("")), csv(*moments(".5")), STORED])
    def test_zoned_against_naive_is_an_error(self, tmp_path: Path, zoned: Content, naive: Content) -> None:
        told = "3 of 3 moments of training and 0 of 3 of serving have a time zone: which are the same cannot be told"
        found = compared(zoned, naive, folder=tmp_path)
        assert (found["skew_types"].status, found["skew_types"].message) == (Status.ERROR, f"x: {told}")
        assert (found["x/skew_values"].status, found["x/skew_values"].message) == (Status.ERROR, told)
        assert compared(naive, zoned, folder=tmp_path)["x/skew_values"].status is Status.ERROR

    def test_the_same_kind_on_both_sides(self, tmp_path: Path) -> None:
        for one, other in (
            (csv(*moments("Z")), self.IN_UTC), (csv(*moments("")), self.STORED), (csv("2026-01-05", ""), csv("2026-01-05T00:00", "")),
        ):  # fmt: skip
            found = compared(one, other, folder=tmp_path)
            assert found["skew_types"].status is found["x/skew_values"].status is Status.PASS

    def test_mixed_on_one_side(self, tmp_path: Path) -> None:
        mixed = csv(*moments("Z", count=2), *moments("", count=1))
        found = compared(mixed, csv(*moments("Z")), folder=tmp_path)
        assert found["skew_types"].message.startswith("x: 2 of 3 moments of training and 3 of 3 of serving have")

    def test_as_keys(self, tmp_path: Path) -> None:
        found = compared(csv(1, 2, 3, ids=moments("Z")), csv(1, 2, 3, ids=moments("")), folder=tmp_path)
        assert (found["skew_join"].status, found["skew_join"].message[:14]) == (Status.ERROR, "id: 3 of 3 mom")
        assert not [name for name in found if name.endswith("skew_values")]


@pytest.mark.parametrize(
    ("training", "serving", "told"),
    [
        ("id,x\n1,2\n", "id,x\n", "nothing to compare: serving has no rows"),
        ("id,x\n", "id,x\n1,2\n", "nothing to compare: training has no rows"),
        ("id,x\n", "id,x\n", "nothing to compare: training and serving have no rows"),
    ],
)
def test_no_rows_are_an_error(tmp_path: Path, training: str, serving: str, told: str) -> None:
    for key in ((), ("id",)):
        for distribution in (False, True):
            rules = SkewRules(key=key, distribution=distribution)
            join = compared(training, serving, rules, folder=tmp_path)["skew_join"]
            assert (join.status, join.message) == (Status.ERROR, told)


def test_nan_is_told(tmp_path: Path) -> None:
    found = compared(column(*range(20), type_=pa.float64()), column(*([math.nan] * 20)), folder=tmp_path)
    assert found["x/skew_values"].message == "20 of 20 joined rows differ (100 %): NaN is served in all 20"
    trained = column(1.0, 2.0, 3.0, math.nan, 5.0)
    served = column(math.nan, math.nan, 4.0, 7.0, None)
    outcome = compared(trained, served, folder=tmp_path)["x/skew_values"]
    assert outcome.message == (
        "5 of 5 joined rows differ (100 %): typically by 1, at most by 1; nothing is served in 1; NaN is served in 2; "
        "training has NaN in 1"
    )
    assert (outcome.evidence["nan_served"], outcome.evidence["nan_trained"]) == (2, 1)


def test_names_are_printable(tmp_path: Path) -> None:
    name = "new\nline\u200b"
    training, serving = {"id": [1, 2], name: [1, 2], "a\tb": [1, 2]}, {"id": [1, 2], name: [1, 3]}
    found = compared(training, serving, folder=tmp_path)
    assert found["skew_columns"].message == "1 feature missing in serving: a\\tb"
    (values,) = [outcome for outcome in found.values() if outcome.check == "skew_values"]
    assert values.hint.startswith("compute `new\\nline\\u200b` with the same code")
    for outcome in found.values():
        assert (outcome.message + outcome.hint + outcome.subject).isprintable()


@pytest.mark.parametrize(
    ("rules", "told", "hint"),
    [
        (SkewRules(key=("id",), ignore=("amuont",)), "amuont is ignored, and", "did you mean 'amount'?"),
        (SkewRules(ignore=("zz",)), "zz is ignored, and neither training nor serving", "known: id, amount, x"),
        (SkewRules(key=("id",), tolerances={"xx": Tolerance(absolute=1)}), "xx has a tolerance, and", "did you mean 'x'?"),
    ],
)  # fmt: skip
def test_names_that_neither_side_has(tmp_path: Path, rules: SkewRules, told: str, hint: str) -> None:
    training, serving = saved(tmp_path, "a", "id,amount\n1,2\n"), saved(tmp_path, "b", "id,x\n1,2\n")
    with pytest.raises(UnknownColumnError) as raised:
        compared(training, serving, rules)
    assert raised.value.message.startswith(told)
    assert raised.value.hint == hint
    one_side = SkewRules(key=("id",), ignore=("amount", "x"), distribution=False)
    assert compared(training, serving, one_side)["skew_join"].status is Status.PASS
    assert compared(training, serving, KEY)["skew_columns"].status is Status.FAIL
