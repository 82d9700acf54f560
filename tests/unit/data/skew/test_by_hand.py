"""Two small tables whose comparison was worked out by hand: `tests/cases/skew/expected.yaml` says how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.outcome import Status
from tests.unit.data.skew.compared import compared

CASES = Path(__file__).parents[3] / "cases" / "skew"
EXPECTED: dict[str, Any] = yaml.safe_load((CASES / "expected.yaml").read_text(encoding="utf-8"))
RULES = SkewRules(key=("site", "request"), tolerances={"amount": Tolerance(absolute=0.01)}, distribution=False)


def as_parquet(name: str, folder: Path) -> Path:
    """The same table with types: numbers, moments in UTC and booleans, NaN apart from null."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    types = {"amount": pa.float64(), "score": pa.float64(), "flag": pa.bool_(), "seen_at": pa.timestamp("us", "UTC")}
    nulls = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    parquet.write_table(csv.read_csv(CASES / f"{name}.csv", convert_options=nulls), folder / f"{name}.parquet")
    return folder / f"{name}.parquet"


@pytest.mark.parametrize("stored", [(), ("training",), ("serving",), ("training", "serving")])
def test_by_hand(tmp_path: Path, stored: tuple[str, ...]) -> None:
    training, serving = (
        as_parquet(name, tmp_path) if name in stored else CASES / f"{name}.csv" for name in ("training", "serving")
    )
    found = compared(training, serving, RULES)
    join = found["skew_join"]
    assert (join.status, join.observed) == (Status.FAIL, EXPECTED["joined"])
    assert {side: join.evidence[side] for side in ("training", "serving")} == {
        side: EXPECTED[side] for side in ("training", "serving")
    }
    values = {name.partition("/")[0]: outcome for name, outcome in found.items() if name.endswith("/skew_values")}
    assert list(values) == EXPECTED["worst_first"]
    for name, wanted in EXPECTED["features"].items():
        evidence = values[name].evidence
        numbers = {key: value for key, value in wanted.items() if key != "rows"}
        assert {key: evidence[key] for key in numbers} == pytest.approx(numbers)
        assert {"not_served", "not_trained"} & evidence.keys() == {"not_served", "not_trained"} & wanted.keys()
        assert [row["row"] for row in evidence["rows"]] == wanted["rows"]
        assert values[name].status is Status.FAIL
        assert evidence["judged"] == 8
    assert found["skew_columns"].status is Status.PASS
    assert found["skew_types"].status is Status.PASS


def test_sentences() -> None:
    found = compared(CASES / "training.csv", CASES / "serving.csv", RULES)
    assert found["skew_join"].message == (
        "8 rows joined by site, request, 66.7 % of serving, 72.7 % of training; 1 row of serving and 1 of training "
        "without a partner; 1 row of serving and 1 of training without a key; 1 row of serving and 1 of training with the "
        "key of an earlier one, whose partners are left out too: 3 rows of serving and 2 of training in all"
    )
    assert found["amount/skew_values"].message == (
        "3 of 8 joined rows differ (37.5 %): typically by 0.02, at most by 0.5; nothing is served in 1"
    )
    assert found["seen_at/skew_values"].message == (
        "3 of 8 joined rows differ (37.5 %): typically by 60 minutes, at most by 90 minutes"
    )
    assert found["count/skew_values"].message == "1 of 8 joined rows differs (12.5 %): typically by 1, at most by 1"
    assert found["amount/skew_values"].evidence["rows"][0] == {
        "row": 2,
        "value": "training: 20.0, serving: 20.02",
        "key": {"site+request": "a, 2"},
        "training_row": 2,
    }
