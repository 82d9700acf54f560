"""Skewness, kurtosis, entropy and distance from the mean: against pandas, scipy and exact fractions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import HealthCheck, assume, given, settings

from mlgate.config.column_arguments import ZScore
from mlgate.config.schema import Bound
from mlgate.data import shape_checks as shape
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]
FREE = [-1e300, 1e300]


def text(*values: object) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


@pytest.mark.parametrize(
    ("name", "values", "value"),
    [
        ("skew", [1, 2, 3, 10], 1.7636326148),
        ("skew", [1, 2, 3], 0.0),
        ("kurtosis", [1, 2, 3, 10], 3.228),
        ("kurtosis", [1, 2, 3, 4], -1.2),
        ("entropy", [1, 1, 2, 3], 1.0397207708),
        ("entropy", [7, 7, 7], 0.0),
        ("entropy", [1, 2], math.log(2)),
        ("iqr", [1, 2, 3, 10], 3.0),
    ],
)
def test_number_and_its_bound(one: One, name: str, values: list[int], value: float) -> None:
    good = one(text(*values, ""), "integer", name, [value - 1e-9, value + 1e-9])
    assert good.status is Status.PASS
    assert good.observed == pytest.approx(value, abs=1e-9)
    assert good.evidence == {"judged": len(values), "null": 1}
    bad = one({"x": [*values, None]}, "integer", name, [value + 0.1, None])
    assert (bad.status, bad.observed) == (Status.FAIL, pytest.approx(value, abs=1e-9))
    assert f"of {len(values)} values is" in bad.message
    assert "expected at least" in bad.message


@pytest.mark.parametrize("name", ["skew", "kurtosis"])
class TestNoShape:
    def test_too_few_values(self, one: One, name: str) -> None:
        few = {"skew": [1, 2], "kurtosis": [1, 2, 4]}[name]
        outcome = one(text(*few), "integer", name, FREE)
        assert outcome.status is Status.ERROR
        assert outcome.message.endswith(f"cannot be computed: {len(few)} values are too few")

    @pytest.mark.parametrize("value", ["5", "1e300", "1e-320", "0"])
    def test_values_that_are_all_equal(self, one: One, name: str, value: str) -> None:
        outcome = one(text(*[value] * 5), "number", name, FREE)
        assert outcome.status is Status.ERROR
        assert outcome.message.endswith("cannot be computed: all its values are equal")

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            (["", ""], "nothing observed: no value is there"),
            (["nan", "1", "2", "3"], ""),  # some versions of the engine refuse by themselves
            (["inf", "1", "2", "3"], ""),
            (["1e308", "-1e308", "1e308", "1"], ""),
        ],
    )
    def test_no_number(self, one: One, name: str, values: list[str], why: str) -> None:
        outcome = one(text(*values), "number", name, FREE)
        assert (outcome.status, outcome.observed) == (Status.ERROR, None)
        assert outcome.message.endswith(why)

    def test_text(self, one: One, name: str) -> None:
        assert one(text("1", "2", "4", "9", "abc"), "any", name, FREE).status is Status.ERROR
        assert one(text("1", "2", "4", "9"), "any", name, FREE).status is Status.PASS
        assert one({"x": ["a"]}, "any", name, FREE).status is Status.ERROR

    def test_a_mean_far_from_zero(self, one: One, name: str) -> None:
        near = [0, 1, 2, 3, 10, 20]
        shifted = one({"x": [1e9 + value for value in near]}, "number", name, FREE).observed
        assert shifted == pytest.approx(one(text(*near), "integer", name, FREE).observed, rel=1e-9)


class TestEntropy:
    def test_of_any_type(self, one: One) -> None:
        for type_, values in (
            ("string", ["ä", "", "日"]),
            ("boolean", ["true", "false", "1"]),
            ("date", ["2020-01-01"] * 3),
        ):
            expected = scipy.stats.entropy(list(Counter({"1": "true"}.get(value, value) for value in values).values()))
            found = one({"x": values} if type_ == "string" else text(*values), type_, "entropy", [0, None])
            assert (found.status, found.observed) == (Status.PASS, pytest.approx(expected, abs=1e-12))

    def test_nothing_and_nan(self, one: One) -> None:
        assert one(text("", ""), "string", "entropy", [0, None]).message == "nothing observed: no value is there"
        assert one(text("nan", "1"), "number", "entropy", [0, None]).status is Status.ERROR
        assert one(text("inf", "1"), "number", "entropy", [0, None]).observed == pytest.approx(math.log(2))

    def test_the_same_to_the_bit_in_any_order(self) -> None:
        counts = [{"n": number, "times": number % 3 + 1} for number in range(1, 60)]
        assert shape.in_nats(counts) == shape.in_nats(counts[::-1])
        assert str(shape.in_nats([{"n": 5, "times": 1}])) == "0.0"


class TestZScore:
    VALUES = (*range(10), 1000)

    def test_a_value_far_away(self, one: One) -> None:
        outcome = one(text(*self.VALUES, ""), "integer", "z_score", ZScore(3))
        farthest = max(abs(scipy.stats.zscore(self.VALUES, ddof=1)))
        assert (outcome.status, outcome.observed) == (Status.FAIL, pytest.approx(farthest))
        assert outcome.message == (
            "1 of 11 values is more than 3 standard deviations from the mean (the farthest 3.01498); beside them 1 null"
        )
        assert outcome.expected == "at most 3 standard deviations from the mean"
        assert [(row["row"], row["value"]) for row in outcome.evidence["rows"]] == [(11, "1000")]
        assert (outcome.evidence["mean"], outcome.evidence["std"]) == pytest.approx(
            (np.mean(self.VALUES), np.std(self.VALUES, ddof=1))
        )
        assert one(text(*self.VALUES), "integer", "z_score", ZScore(3.1)).status is Status.PASS
        assert one({"x": self.VALUES}, "number", "z_score", ZScore(3), mostly=0.9).status is Status.PASS

    def test_one_side(self, one: One) -> None:
        low = [-value for value in self.VALUES]
        assert one(text(*low), "integer", "z_score", ZScore(3)).status is Status.FAIL
        good = one(text(*low), "integer", "z_score", ZScore(3, double_sided=False))
        assert good.status is Status.PASS
        assert good.expected == "at most 3 standard deviations above the mean"
        assert one(text(*self.VALUES), "integer", "z_score", ZScore(3, double_sided=False)).status is Status.FAIL

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            (["", ""], "nothing observed: no value is there"),
            (["5", "5"], "the distance from the mean cannot be computed: all its values are equal"),
            (["5"], "the distance from the mean cannot be computed: 1 value is too few"),
        ],
    )
    def test_no_distance(self, one: One, values: list[str], why: str) -> None:
        outcome = one(text(*values), "number", "z_score", ZScore(3))
        assert (outcome.status, outcome.message) == (Status.ERROR, why)

    @pytest.mark.parametrize("odd", ["inf", "-inf", "nan"])
    def test_what_is_not_finite(self, one: One, odd: str) -> None:
        assert one(text(odd, "1", "2"), "number", "z_score", ZScore(3)).status is Status.ERROR


def exact_moments(values: Sequence[float]) -> tuple[float, float]:
    """Skewness and excess kurtosis of the doubles as they are, in fractions up to the last root."""
    n = len(values)
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / n
    second, third, fourth = (sum((value - mean) ** power for value in exact) / n for power in (2, 3, 4))
    skew = math.sqrt(n * (n - 1)) / (n - 2) * float(third) / float(second) ** 1.5
    excess = (n + 1) * (fourth / second**2 - 3) + 6
    return skew, float(Fraction(n - 1, (n - 2) * (n - 3)) * excess)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.integers(-10_000, 10_000).map(lambda value: value / 8), min_size=4, max_size=15),
    far=st.sampled_from([0.0, 1e6, -1e9]),
    nulls=st.integers(0, 3),
)
def test_as_pandas_and_scipy(  # noqa: PLR0917  # fixtures and what is drawn
    check: Any, column: Any, rule: Any, schema: Any, values: list[float], far: float, nulls: int
) -> None:
    assume(len(set(values)) > 1)
    values = [far + value for value in values]
    names = ("skew", "kurtosis", "entropy", "iqr")
    rules = [*(rule(name, Bound(min=-1e300, max=1e300)) for name in names), rule("z_score", ZScore(1.5))]
    found = check({"x": [*values, *[None] * nulls]}, schema(column("x", "number", *rules)))
    series = pd.Series(values)
    near = pd.Series([value - far for value in values])  # pandas itself loses digits far from 0
    observed = {name: found[f"x/{name}"].observed for name in names}
    assert observed["skew"] == pytest.approx(near.skew(), rel=1e-6, abs=1e-9)
    assert observed["kurtosis"] == pytest.approx(near.kurt(), rel=1e-6, abs=1e-6)
    assert (observed["skew"], observed["kurtosis"]) == pytest.approx(exact_moments(values), rel=1e-7, abs=1e-9)
    assert observed["entropy"] == pytest.approx(scipy.stats.entropy(series.value_counts()), abs=1e-12)
    assert observed["iqr"] == pytest.approx(scipy.stats.iqr(series), rel=1e-12, abs=1e-12)
    scores = np.abs(scipy.stats.zscore(near, ddof=1))
    assume(not np.any(np.abs(scores - 1.5) < 1e-9))
    assert found["x/z_score"].evidence["failing"] == (scores > 1.5).sum()
    assert found["x/z_score"].evidence["judged"] == len(values)
