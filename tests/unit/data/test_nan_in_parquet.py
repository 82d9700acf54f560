"""Parquet files keep the smallest and largest value of each part without NaN: nothing may be decided by them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.column_arguments import DomainMass, MostCommon, ZScore
from mlgate.config.schema import Bound
from mlgate.data import check_table
from mlgate.outcome import Status
from mlgate.sources.tables import open_table

FAILS: dict[str, Any] = {
    "not_null": True,
    "null_fraction": Bound(max=0),
    "between": Bound(min=0, max=9),
    "finite": True,
    "in_set": (1, 2),
    "distinct_in_set": (1, 2),
    "distinct_equal": (1, 2),
    "domain_mass": DomainMass((1, 2), 1.0),
}
ERRORS: dict[str, Any] = {
    **{
        name: Bound(min=-9, max=9) for name in ("min", "max", "mean", "std", "median", "sum", "iqr", "skew", "kurtosis")
    },
    "quantile": {0.25: [0, 9]},
    "entropy": Bound(min=0),
    "z_score": ZScore(3),
}
WITHOUT_ROWS = ("null_fraction",)


@pytest.fixture(params=["one part", "a part of its own", "float32"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Seven rows, the last of them NaN."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = pa.array([1, 2, 1, 2, 1, 1, math.nan], pa.float32() if request.param == "float32" else pa.float64())
    target = tmp_path / "t.parquet"
    pq.write_table(pa.table({"x": values}), target, row_group_size=6 if request.param == "a part of its own" else 99)
    return target


def outcome(path: Path, column: Any, rule: Any, schema: Any, name: str, argument: Any) -> Any:
    with open_table([path], shown=path.name) as table:
        declared = schema(column("x", "number", rule(name, argument)))
        found = check_table(table, declared, dataset="t", privacy="full")
    return next(item for item in found if item.check == name)


@pytest.mark.parametrize("name", list(FAILS))
def test_a_nan_fails_and_its_row_is_shown(path: Path, column: Any, rule: Any, schema: Any, name: str) -> None:
    found = outcome(path, column, rule, schema, name, FAILS[name])
    assert found.status is Status.FAIL
    assert found.evidence["failing"] == 1
    assert [row["row"] for row in found.evidence.get("rows", [])] == ([] if name in WITHOUT_ROWS else [7])


@pytest.mark.parametrize("name", list(ERRORS))
def test_no_number_is_computed_of_a_nan(path: Path, column: Any, rule: Any, schema: Any, name: str) -> None:
    found = outcome(path, column, rule, schema, name, ERRORS[name])
    assert (found.status, found.observed) == (Status.ERROR, None)


def test_nan_is_counted_as_a_value_among_others(path: Path, column: Any, rule: Any, schema: Any) -> None:
    assert outcome(path, column, rule, schema, "unique_count", [3, 3]).observed == 3
    assert outcome(path, column, rule, schema, "not_in_set", (5,)).evidence["failing"] == 0
    assert outcome(path, column, rule, schema, "most_common", MostCommon((1,))).status is Status.PASS
    assert outcome(path, column, rule, schema, "null", True).evidence["failing"] == 6
