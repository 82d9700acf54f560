"""Columns and types of both sides, and the distributions of features."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from mlgate.config.skew_rules import SkewRules
from mlgate.outcome import Status
from tests.unit.data.linked import Content, schema_of
from tests.unit.data.skew.compared import KEY, compared

DECLARED = schema_of(
    "{id: {type: integer}, age: {type: integer}, y: {type: boolean, label: true}, "
    "seen: {type: date, environments: [training]}, model: {type: string, environments: [serving]}}",
    "row_count: {min: 0}",
)


class TestColumns:
    def test_what_one_side_lacks(self, tmp_path: Path) -> None:
        found = compared("id,age,income\n1,2,3\n", "id,age,session,model\n1,2,3,4\n", folder=tmp_path)
        outcome = found["skew_columns"]
        assert (outcome.status, outcome.observed) == (Status.FAIL, ["income", "session", "model"])
        assert outcome.message == ("1 feature missing in serving: income; 2 features in serving only: session, model")
        rules = SkewRules(key=("id",), ignore=("income", "session", "model"), distribution=False)
        found = compared("id,age,income\n1,2,3\n", "id,age,session,model\n1,2,3,4\n", rules, folder=tmp_path)
        assert found["skew_columns"].message == "all 1 feature are in both"

    def test_labels_and_environments_are_no_finding(self, tmp_path: Path) -> None:
        found = compared(
            "id,age,y,seen\n1,2,true,2026-01-01\n",
            "id,age,model\n1,2,m\n",
            folder=tmp_path,
            schemas=(DECLARED, DECLARED),
            environments=("training", "serving"),
        )
        outcome = found["skew_columns"]
        assert outcome.status is Status.PASS
        assert outcome.message == (
            "all 1 feature are in both; y is a label; seen is not expected in serving; model is not expected in training"
        )
        assert [name for name in found if name.endswith("skew_values")] == ["age/skew_values"]

    def test_the_same_without_environments_is_one(self, tmp_path: Path) -> None:
        found = compared(
            "id,age,seen\n1,2,2026-01-01\n", "id,age\n1,2\n", folder=tmp_path, schemas=(DECLARED, DECLARED)
        )
        assert found["skew_columns"].observed == ["seen"]

    def test_a_column_that_serving_should_have(self, tmp_path: Path) -> None:
        found = compared(
            "id,age\n1,2\n",
            "id\n1\n",
            folder=tmp_path,
            schemas=(DECLARED, DECLARED),
            environments=("training", "serving"),
        )
        assert found["skew_columns"].observed == ["age"]
        assert found["skew_join"].observed == 1

    def test_named_features(self, tmp_path: Path) -> None:
        rules = SkewRules(key=("id",), columns=("age", "nix", "income"), distribution=False)
        found = compared("id,age,other\n1,2,3\n", "id,age,income\n1,2,3\n", rules, folder=tmp_path)
        assert found["skew_columns"].message == "1 feature in serving only: income; 1 feature in neither: nix"
        assert [name for name in found if name.endswith("skew_values")] == ["age/skew_values"]

    def test_nothing_in_both(self, tmp_path: Path) -> None:
        found = compared("id,a\n1,2\n", "id,b\n1,2\n", folder=tmp_path)
        assert found["skew_columns"].status is Status.FAIL
        only_keys = compared("id\n1\n", "id\n1\n", folder=tmp_path)
        assert (only_keys["skew_columns"].status, only_keys["skew_columns"].message) == (
            Status.FAIL, "no feature is in both",
        )  # fmt: skip


def x(*found: Any, type_: Any = None) -> Content:
    return {"id": list(range(len(found))), "x": pa.array(list(found), type_)}


def csv(*found: Any) -> str:
    return "id,x\n" + "".join(f"{place},{value}\n" for place, value in enumerate(found))


class TestTypes:
    @pytest.mark.parametrize(
        ("trained", "served", "words"),
        [
            (x(1, 2), csv("one", "two"), "x is integer in training and text in serving"),
            (csv(1, 2, 3), csv(1, "N/A", 3), "1 of 3 values of x in serving is not of type integer"),
            (x("a", "b"), x(1, 2), "x is text in training and integer in serving"),
            (x(1, 2), x("1", "2"), "x is integer in training and text in serving"),
            (x(dt.date(2026, 1, 1)), x(5), "x is date in training and integer in serving"),
            (x(True), x(2), "x is boolean in training and integer in serving"),
            (csv("01", "7"), csv(1, 7), "all 1 feature are of the same type"),
            (x(1, 2), x(1.0, 2.5), "all 1 feature are of the same type"),
            (x(True, False), x(1, 0), "all 1 feature are of the same type"),
            (x(1, 2), x(None, None, type_=pa.string()), "all 1 feature are of the same type"),
            (csv("", ""), csv(1, 2), "all 1 feature are of the same type"),
            (csv(1, 2), csv("", ""), "all 1 feature are of the same type"),
            (x("a", "b"), csv(1, 2), "all 1 feature are of the same type"),
        ],
    )
    def test_types(self, tmp_path: Path, trained: Content, served: Content, words: str) -> None:
        outcome = compared(trained, served, folder=tmp_path)["skew_types"]
        assert outcome.message == words
        assert outcome.status is (Status.PASS if words.startswith("all") else Status.FAIL)

    def test_declared_types_count(self, tmp_path: Path) -> None:
        text = schema_of("{x: {type: string}}", "row_count: {min: 0}")
        found = compared(csv("1", "2"), csv("1", "2"), folder=tmp_path, schemas=(text, text))
        assert found["x/skew_values"].status is Status.PASS
        found = compared(csv("1", "2"), csv("1.0", "2"), folder=tmp_path, schemas=(text, text))
        assert found["x/skew_values"].observed == 1


class TestDistributions:
    RULES = SkewRules(key=("id",))

    @staticmethod
    def table(shift: float, city: str, rows: int = 600, seed: int = 1) -> str:
        draw = random.Random(seed)
        lines = (
            f"{place},{draw.gauss(shift, 1):.6f},{draw.choice(['Linz', 'Graz', city])},{place + 0.5}"
            for place in range(rows)
        )
        return "id,x,city,plain\n" + "".join(f"{line}\n" for line in lines)

    def test_shifted_values(self, tmp_path: Path) -> None:
        found = compared(self.table(0, "Wien"), self.table(1, "Rom", seed=2), self.RULES, folder=tmp_path)
        number, text = found["x/skew_distribution"], found["city/skew_distribution"]
        assert (number.status, text.status, found["plain/skew_distribution"].status) == (
            Status.FAIL, Status.FAIL, Status.PASS,
        )  # fmt: skip
        assert number.message.startswith("distributed otherwise: ")
        assert "drift" not in number.message + number.hint + text.message + found["plain/skew_distribution"].message

    def test_the_same_distribution_of_other_rows(self, tmp_path: Path) -> None:
        found = compared(self.table(0, "Wien"), self.table(0, "Wien", seed=2), self.RULES, folder=tmp_path)
        assert [found[f"{name}/skew_distribution"].status for name in ("x", "city", "plain")] == [Status.PASS] * 3
        assert found["x/skew_values"].status is Status.FAIL

    def test_too_few_rows(self, tmp_path: Path) -> None:
        found = compared(self.table(0, "Wien"), self.table(9, "Rom", rows=50), self.RULES, folder=tmp_path)
        outcome = found["skew_distribution"]
        assert (outcome.status, outcome.message) == (
            Status.WARN, "cannot say: 600 rows of training and 50 of serving are there, at least 100 of each are needed",
        )  # fmt: skip

    def test_timestamps_only_where_they_are_named(self, tmp_path: Path) -> None:
        days = [dt.date(2026, 1, 1) + dt.timedelta(days=place) for place in range(200)]
        later = [day + dt.timedelta(days=400) for day in days]
        trained, served = ({"id": list(range(200)), "day": found} for found in (days, later))
        found = compared(trained, served, self.RULES, folder=tmp_path)
        assert found["day/skew_distribution"].status is Status.SKIP
        rules = SkewRules(key=("id",), columns=("day",))
        assert compared(trained, served, rules, folder=tmp_path)["day/skew_distribution"].status is Status.FAIL

    def test_not_asked_for(self, tmp_path: Path) -> None:
        found = compared(self.table(0, "Wien"), self.table(9, "Rom"), KEY, folder=tmp_path)
        assert not [name for name in found if "distribution" in name]
