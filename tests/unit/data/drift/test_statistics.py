"""Classical statistics against other implementations, and what chance makes of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats

from mlgate.config.drift_rules import STATISTICS as NAMES
from mlgate.data.drift.comparing import Compared, cells_of, compare_column
from mlgate.data.drift.statistics import STATISTICS, judge_statistic
from mlgate.outcome import Status
from tests.unit.data.drift.test_comparing import numbers, texts


def compared(kind: Any, before: Any, after: Any) -> Compared:
    return compare_column(*kind(before, after), least_rows=50)


def pair(shift: float = 0.0, n: int = 2000, seed: int = 1) -> Compared:
    rng = np.random.default_rng(seed)
    return compared(numbers, rng.normal(size=n), rng.normal(shift, 1, n))


def value(name: str, item: Compared, level: float = 0.01) -> float:
    found = STATISTICS[name](item, level)
    assert found is not None
    return found.value


def test_every_name_has_a_function() -> None:
    assert STATISTICS.keys() == NAMES.keys()


def test_values_of_the_cells() -> None:
    item = pair(0.3)
    cells = cells_of(item.before, item.after, 10)
    x, y = np.array([a for a, _ in cells]), np.array([b for _, b in cells])
    p, q = x / x.sum(), y / y.sum()
    assert 8 <= len(cells) <= 11
    assert value("psi", item) == pytest.approx(float(((q - p) * np.log(q / p)).sum()), rel=1e-9)
    assert value("jensen_shannon", item) == pytest.approx(scipy.spatial.distance.jensenshannon(p, q, base=2), rel=1e-9)
    assert value("l_infinity", item) == pytest.approx(float(np.abs(p - q).max()), rel=1e-9)
    chi2 = scipy.stats.chi2_contingency([x, y], correction=False).statistic
    assert value("chi_squared", item) == pytest.approx(math.sqrt(chi2 / (x.sum() + y.sum())), rel=1e-9)


def test_distances_of_numbers() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=5000), rng.normal(0.3, 1, 5000)
    item = compared(numbers, before, after)
    assert value("kolmogorov_smirnov", item) == pytest.approx(scipy.stats.ks_2samp(before, after).statistic, abs=0.01)
    assert value("wasserstein", item) == pytest.approx(scipy.stats.wasserstein_distance(before, after), abs=0.02)


@pytest.mark.parametrize("where", ["reference", "newer"])
def test_one_outlier_decides_nothing(where: str) -> None:
    rng = np.random.default_rng(2)
    before, after = rng.normal(size=2000), rng.normal(3, 1, 2000)
    (before if where == "reference" else after)[0] = 1e6
    item = compared(numbers, before, after)
    for name in STATISTICS:
        assert judge_statistic(name, item, NAMES[name], 0.001).status is Status.FAIL
    assert value("wasserstein", item) > 1.5


def test_few_rows_of_many_values_are_no_drift() -> None:
    """PSI of 300 categories in 2,000 rows is above 0.1 by chance, and passes."""
    rng = np.random.default_rng(3)
    item = compared(texts, rng.integers(0, 300, 2000), rng.integers(0, 300, 2000))
    for name in ("psi", "jensen_shannon", "l_infinity", "chi_squared"):
        verdict = judge_statistic(name, item, NAMES[name], 0.01)
        assert verdict.status is Status.PASS, verdict
    few = compared(texts, rng.integers(0, 40, 150), rng.integers(0, 40, 150))
    verdict = judge_statistic("psi", few, 0.01, 0.01)
    assert verdict.status is Status.PASS
    assert verdict.observed > 0.01
    assert "what chance makes of so few rows" in verdict.message


def test_chance_is_exceeded_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    over = dict.fromkeys(STATISTICS, 0)
    for _ in range(120):
        item = compared(numbers, rng.normal(size=500), rng.normal(size=400))
        for name, statistic in STATISTICS.items():
            found = statistic(item, 0.05)
            assert found is not None
            over[name] += found.value > found.chance
    assert max(over.values()) <= scipy.stats.binom.isf(0.001, 120, 0.05)


def test_what_is_not_defined_is_skipped() -> None:
    rng = np.random.default_rng(5)
    item = compared(texts, rng.integers(0, 3, 200), rng.integers(0, 3, 200))
    assert judge_statistic("wasserstein", item, 0.1, 0.01).status is Status.SKIP
    constant = compared(numbers, np.ones(200), np.ones(200))
    assert {name: judge_statistic(name, constant, 0.1, 0.01).status for name in STATISTICS} == {
        "psi": Status.SKIP,
        "jensen_shannon": Status.SKIP,
        "kolmogorov_smirnov": Status.PASS,
        "wasserstein": Status.SKIP,
        "l_infinity": Status.SKIP,
        "chi_squared": Status.SKIP,
    }


def test_too_few_values_are_no_pass() -> None:
    item = compare_column(*numbers(np.arange(30.0), np.arange(30.0)), least_rows=50)
    assert judge_statistic("psi", item, 0.1, 0.01).status is Status.WARN


def test_a_value_that_does_not_exist_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from mlgate.data.drift.statistics import Value

    monkeypatch.setitem(STATISTICS, "psi", lambda *_: Value(math.nan, 0.1, 3))
    assert judge_statistic("psi", pair(), 0.1, 0.01).status is Status.FAIL
