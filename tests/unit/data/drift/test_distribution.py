"""The distribution of a column as a report shows it: every row once, nothing that may not be named."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

from mlgate.data.drift.distribution import MOST_CELLS, MOST_VALUES
from tests.unit.data.drift.conftest import Compare

RNG = np.random.default_rng(0)
NUMBERS = {"x": RNG.normal(size=2000)}
MOVED = {"x": RNG.normal(size=1500) + 0.5}


def test_numbers_lie_in_few_cells_that_hold_every_row(compare: Compare) -> None:
    found = compare(NUMBERS, MOVED)["x/drift"].evidence["distribution"]
    assert found["kind"] == "ordered"
    assert 10 <= len(found["cells"]) <= MOST_CELLS + 1
    assert [sum(cell[side] for cell in found["cells"]) for side in ("reference", "current")] == [2000, 1500]
    ends = [(cell["low"], cell["high"]) for cell in found["cells"]]
    assert ends[0][0] is None
    assert ends[-1][1] is None
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert found["cells"][0]["name"].startswith("up to -")
    assert found["cells"][3]["name"] == f"{ends[3][0]:g} to {ends[3][1]:g}"


def test_values_are_the_most_frequent_ones_and_the_rest_is_counted(compare: Compare) -> None:
    old = [f"w{n % 30}" for n in range(900)] + ["top"] * 300 + [None] * 10
    new = ["top"] * 400 + ["new"] * 200
    found = compare({"ward": old}, {"ward": new})["ward/drift"].evidence["distribution"]
    assert found["kind"] == "values"
    assert len(found["cells"]) == MOST_VALUES
    assert found["cells"][0] == {"name": "top", "low": None, "high": None, "reference": 300, "current": 400}
    assert found["others"] == [900 - 11 * 30, 200]
    assert found["missing"] == [10, 0]


def test_days_are_named_as_days(compare: Compare) -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=int(n)) for n in RNG.integers(0, 300, 2000)]
    found = compare({"day": days}, {"day": days}, columns=["day"])["day/drift"].evidence["distribution"]
    assert found["type"] == "date"
    assert found["cells"][2]["name"].startswith("2026-")


@pytest.mark.parametrize("columns", [NUMBERS, {"ward": ["A", "B"] * 300}])
def test_nothing_is_shown_where_values_may_not_be_named(compare: Compare, columns: dict[str, list[object]]) -> None:
    (found,) = [o for name, o in compare(columns, columns, privacy="none").items() if name.endswith("/drift")]
    assert found.evidence["distribution"] is None
