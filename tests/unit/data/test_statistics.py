"""Numbers over a whole column: against numpy and statistics, and what happens when there is none."""

from __future__ import annotations

import itertools
import math
import statistics
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import HealthCheck, assume, given, settings

from mlgate.config.schema import Bound
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]


def text(*values: object) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("mean", 3.25, "the mean of 4 values is 3.25"),
        ("std", statistics.stdev([1, 2, 3, 7]), "the standard deviation of 4 values is 2.62996"),
        ("median", 2.5, "the median of 4 values is 2.5"),
        ("sum", 13, "the sum of 4 values is 13"),
        ("min", 1, "the smallest value of 4 values is 1"),
        ("max", 7, "the largest value of 4 values is 7"),
    ],
    ids=itertools.count(),
)
def test_statistic_and_its_bound(one: One, name: str, value: float, words: str) -> None:
    content = text(1, 2, 3, 7, "")
    good = one(content, "integer", name, [value - 1e-9, value + 1e-9])
    assert good.status is Status.PASS
    assert good.observed == pytest.approx(value)
    assert good.message.startswith(words)
    assert good.evidence == {"judged": 4, "null": 1}
    bad = one(content, "integer", name, [value + 1, None])
    assert bad.status is Status.FAIL
    assert "expected at least" in bad.message


def test_exact_bounds_are_inclusive_unless_strict(one: One) -> None:
    assert one(text(1, 3), "integer", "mean", [2, 2]).status is Status.PASS
    assert one(text(1, 3), "integer", "mean", Bound(strict_min=2)).status is Status.FAIL


def test_sum_of_integers_is_exact(one: One) -> None:
    outcome = one(text(2**63 - 1, 2**63 - 1), "integer", "sum", [2**64 - 2, 2**64 - 2])
    assert (outcome.status, outcome.observed) == (Status.PASS, 2**64 - 2)


def test_quantiles(one: One) -> None:
    content = text(*range(101))
    good = one(content, "integer", "quantile", {0.01: [1, 1], 0.99: [99, 99]})
    assert good.status is Status.PASS
    assert good.observed == {"0.01": 1.0, "0.99": 99.0}
    bad = one(content, "integer", "quantile", {0.5: [50, 50], 0.9: [None, 80]})
    assert bad.status is Status.FAIL
    assert bad.message == "quantile 0.9 is 90, expected at most 80"
    assert bad.expected == "0.5: exactly 50; 0.9: at most 80"


@pytest.mark.parametrize(
    ("type_", "values", "labels", "observed"),
    [
        ("boolean", ["true", "false", "0", "False", ""], {"true": [0.25, 0.25]}, {"true": 0.25}),
        ("string", ["a", "b", "b", "c"], {"a": [0, 0.25], "b": [0.5, 1]}, {"a": 0.25, "b": 0.5}),
        ("integer", ["1", "0", "01", "2"], {"1": [0.5, 0.5]}, {"1": 0.5}),
        ("number", ["1.0", "2"], {"1": [0.5, 0.5]}, {"1": 0.5}),
        ("any", ["x", "y"], {"x": [0.5, None]}, {"x": 0.5}),
        ("string", ["a", "b"], {"never": [0, 0.1]}, {"never": 0.0}),
    ],
)
def test_label_distribution(one: One, type_: str, values: list[str], labels: Any, observed: Any) -> None:
    good = one(text(*values), type_, "label_distribution", labels)
    assert (good.status, good.observed) == (Status.PASS, observed)


def test_label_share_outside(one: One) -> None:
    outcome = one(
        text("a", "b", "b", "b"), "string", "label_distribution", {"a": [0.3, 0.7], "b": [0, 1], "c": [0.1, None]}
    )
    assert outcome.status is Status.FAIL
    assert outcome.message == "share of a is 0.25, expected between 0.3 and 0.7; share of c is 0, expected at least 0.1"


class TestExtremes:
    @pytest.mark.parametrize(
        ("type_", "values", "low", "high"),
        [
            ("integer", ["7", "-3", "5", ""], -3, 7),
            ("integer", [str(2**53 + 1), str(2**62)], 2**53 + 1, 2**62),
            ("number", ["0.5", "1e3", "-2"], -2.0, 1000.0),
            ("date", ["2020-03-01", "2019-12-31", ""], "2019-12-31", "2020-03-01"),
            ("datetime", ["2020-03-01T10:00:00", "2020-03-01"], "2020-03-01T00:00:00", "2020-03-01T10:00:00"),
            ("time", ["10:00", "09:30"], "09:30:00", "10:00:00"),
        ],
        ids=itertools.count(),
    )
    def test_of_each_type(self, one: One, type_: str, values: list[str], low: Any, high: Any) -> None:
        content = text(*values)
        for name, value in (("min", low), ("max", high)):
            good = one(content, type_, name, [value, value])
            assert (good.status, good.observed) == (Status.PASS, value)
            assert one(content, type_, name, Bound(strict_min=value)).status is Status.FAIL
            assert one(content, type_, name, Bound(strict_max=value)).status is Status.FAIL

    def test_a_bound_that_is_a_day_means_the_whole_day(self, one: One) -> None:
        content = text("2020-03-01T10:00:00")
        assert one(content, "datetime", "max", ["2020-03-01", "2020-03-01"]).status is Status.PASS
        outcome = one(content, "datetime", "max", [None, "2020-02-28"])
        assert outcome.status is Status.FAIL
        assert outcome.message == ("the largest value of 1 value is 2020-03-01T10:00:00, expected at most 2020-02-28")

    def test_single_precision_is_compared_as_it_is_stored(self, one: One) -> None:
        import pyarrow as pa

        stored = {"x": pa.array([0.1, 0.2], pa.float32())}
        assert one(stored, "number", "min", [0.1, 0.1]).status is Status.PASS

    def test_nothing_is_neither_small_nor_large(self, one: One) -> None:
        for name in ("min", "max"):
            assert (
                one(text("", ""), "date", name, ["2020-01-01", None]).message == "nothing observed: no value is there"
            )
            assert one(text("abc"), "any", name, [0, None]).status is Status.ERROR
            assert one({"x": ["a"]}, "string", name, [0, None]).status is Status.ERROR


@pytest.mark.parametrize("name", ["mean", "std", "median", "sum", "min", "max", "iqr"])
class TestNoNumber:
    def test_nothing_observed(self, one: One, name: str) -> None:
        outcome = one(text("", ""), "number", name, [None, 5])
        assert outcome.status is Status.ERROR
        assert outcome.message == "nothing observed: no value is there"

    def test_nothing_of_the_type(self, one: One, name: str) -> None:
        assert one(text("a", "b"), "number", name, [None, 5]).status is Status.ERROR

    def test_nan(self, one: One, name: str) -> None:
        outcome = one(text("nan", "1", "2"), "number", name, [None, None])
        assert outcome.status is Status.ERROR
        if name in ("mean", "sum", "min", "max"):  # for the others some versions of the engine refuse by themselves
            assert outcome.message.endswith("cannot be computed: 1 of its values is NaN")

    def test_infinity(self, one: One, name: str) -> None:
        outcome = one(text("inf", "inf", "2", "-inf" if name == "min" else "inf"), "number", name, [None, None])
        assert outcome.status is Status.ERROR
        assert outcome.observed is None

    def test_text_in_a_column_of_any_type(self, one: One, name: str) -> None:
        assert one(text("1", "2"), "any", name, [None, 5]).status is Status.PASS
        assert one(text("1", "2", "abc"), "any", name, [None, 5]).status is Status.ERROR


def test_no_number_from_other_checks(one: One) -> None:
    assert one(text("", ""), "number", "quantile", {0.5: [0, 1]}).status is Status.ERROR
    assert one(text("nan"), "number", "quantile", {0.5: [0, 1]}).status is Status.ERROR
    assert one(text("", ""), "string", "label_distribution", {"a": [0, 1]}).status is Status.ERROR
    assert one(text("x", ""), "integer", "label_distribution", {"1": [0, 1]}).status is Status.ERROR


def test_standard_deviation_of_one_value(one: One) -> None:
    outcome = one(text("5"), "number", "std", [0, 1])
    assert (outcome.status, outcome.message) == (
        Status.ERROR,
        "the standard deviation cannot be computed: 1 value is too few",
    )


def test_overflow_is_an_error_not_a_crash(one: One) -> None:
    assert one(text("9" * 38, "9" * 38), "integer", "sum", [0, None]).status is Status.ERROR
    assert one(text("1.7e308", "1.7e308"), "number", "sum", [0, None]).status is Status.ERROR


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float), min_size=3, max_size=12),
    level=st.floats(0.01, 0.99),
    parquet=st.booleans(),
)
def test_same_numbers_as_numpy(  # noqa: PLR0917  # fixtures and what is drawn
    check: Any, column: Any, rule: Any, schema: Any, values: list[float | None], level: float, parquet: bool
) -> None:
    present = np.array([value for value in values if value is not None])
    assume(present.size > 1)
    free = [-1e300, 1e300]
    names = ("mean", "std", "median", "sum", "min", "max", "unique_count", "unique_fraction", "null_fraction")
    declared = column("x", "number", *(rule(name, free) for name in names), rule("quantile", {level: free}))
    lines = text(*("" if value is None else repr(value) for value in values))
    found = check({"x": values} if parquet else lines, schema(declared))
    expected = {
        "mean": present.mean(),
        "std": present.std(ddof=1),
        "median": np.median(present),
        "sum": present.sum(),
        "min": present.min(),
        "max": present.max(),
        "unique_count": np.unique(present).size,
        "unique_fraction": np.unique(present).size / present.size,
        "null_fraction": 1 - present.size / len(values),
    }
    for name, value in expected.items():
        assert found[f"x/{name}"].observed == pytest.approx(value, rel=1e-9, abs=1e-6), name
    (quantile,) = found["x/quantile"].observed.values()
    assert quantile == pytest.approx(np.quantile(present, level), rel=1e-9, abs=1e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(2**53 - 3, 2**53 + 3) | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8))
def test_integers_beyond_the_double_stay_exact(
    check: Any, column: Any, rule: Any, schema: Any, values: list[int]
) -> None:
    names = ("sum", "min", "max", "unique_count")
    declared = schema(column("x", "integer", *(rule(name, [-(2**100), 2**100]) for name in names)))
    for content in (text(*values), {"x": values}):
        found = check(content, declared)
        observed = {name: found[f"x/{name}"].observed for name in names}
        assert observed == {
            "sum": sum(values),
            "min": min(values),
            "max": max(values),
            "unique_count": len(set(values)),
        }


def interpolated(values: list[float], level: float) -> float:
    """Linear interpolation between ranks; numpy multiplies infinity by 0 where none is needed."""
    ordered = sorted(values)
    place = level * (len(values) - 1)
    low, share = math.floor(place), place - math.floor(place)
    return ordered[low] * (1 - share) + ordered[low + 1] * share if share else ordered[low]


ODD = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, 2.5]) | st.none()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(ODD, min_size=1, max_size=6), level=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_a_number_that_does_not_exist_never_passes(
    check: Any, column: Any, rule: Any, schema: Any, values: list[float | None], level: float
) -> None:
    import pyarrow as pa

    free = [-1e300, 1e300]
    names = ("mean", "std", "median", "sum", "min", "max", "iqr", "skew", "kurtosis", "entropy")
    declared = column("x", "number", *(rule(name, free) for name in names), rule("quantile", {level: free}))
    found = check({"x": pa.array(values, pa.float64())}, schema(declared))
    present = [value for value in values if value is not None]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "mean": np.mean(present),
            "std": np.std(present, ddof=1),
            "sum": np.sum(present),
            "skew": pd.Series(present).skew() if len(set(present)) > 1 else math.nan,
            "kurtosis": pd.Series(present).kurt() if len(set(present)) > 1 else math.nan,
        }
    nothing = not present or any(map(math.isnan, present))
    if not nothing:
        quartiles = [interpolated(present, share) for share in (0.25, 0.75)]
        expected |= {
            "median": interpolated(present, 0.5),
            "quantile": interpolated(present, level),
            "iqr": quartiles[1] - quartiles[0],
            "min": min(present),
            "max": max(present),
            "entropy": scipy.stats.entropy(list(Counter(present).values())),
        }
    for name in (*names, "quantile"):
        outcome = found[f"x/{name}"]
        if nothing or not math.isfinite(expected[name]):
            assert (outcome.status, outcome.observed) == (Status.ERROR, None), name
        else:
            observed = outcome.observed[f"{level:g}"] if name == "quantile" else outcome.observed
            assert (outcome.status, observed) == (Status.PASS, pytest.approx(expected[name], abs=1e-9)), name
