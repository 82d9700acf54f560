"""Bounds on quantiles that are decided by counting, and distinct values that are counted without a table of all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.personal_data import ENTITIES, Allowed
from mlgate.config.schema import Bound
from mlgate.data import aggregates, check_table, distinct_checks, quantile_checks
from mlgate.outcome import Outcome, Status
from mlgate.sources.tables import open_table

One = Callable[..., Outcome]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table of more than two values is a large one."""
    for module in (quantile_checks, distinct_checks):
        monkeypatch.setattr(module, "FEW", 2)
    monkeypatch.setattr(aggregates, "FIRST_ROWS", 2)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch, save: Any, column: Any, rule: Any, schema: Any) -> Callable[..., Any]:
    """Outcome of one rule on x, and the queries that took."""

    def run(content: Any, type_: str, name: str, argument: Any) -> tuple[Outcome, list[str]]:
        asked: list[str] = []
        path = save(content)
        with open_table([path], shown=path.name) as table:

            class Counting:
                def __getattr__(self, key: str) -> Any:
                    return self if key == "connection" else getattr(table, key)

                def execute(self, query: str) -> Any:
                    asked.append(query)
                    return table.connection.execute(query)

            declared = replace(column("x", type_, rule(name, argument)), personal=Allowed(tuple(ENTITIES), "made up"))
            found = check_table(Counting(), schema(declared), dataset="t")
        return next(outcome for outcome in found if outcome.check == name), asked

    return run


def exact_quantile(values: list[float], level: float) -> Fraction:
    """Linear interpolation between ranks, in fractions."""
    ordered = sorted(map(Fraction, values))
    place = level * (len(values) - 1)  # the engine and numpy take the double
    low, share = math.floor(place), Fraction(place) - math.floor(place)
    return ordered[low] + (share * (ordered[low + 1] - ordered[low]) if share else 0)


ENDS = st.integers(-4, 4).map(float) | st.integers(-16, 16).map(lambda end: end / 4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.integers(-4, 4).map(float) | st.floats(-4, 4), min_size=3, max_size=12),
    bounds=st.lists(
        st.tuples(
            st.sampled_from([0.5, 0.25, 0.9, 0.01, 1 / 3]) | st.floats(0.01, 0.99),
            st.sampled_from(["min", "max", "strict_min", "strict_max"]),
            ENDS,
        ),
        min_size=12,
        max_size=12,
    ),
)
@pytest.mark.usefixtures("large")
def test_counting_decides_as_the_exact_quantile_does(
    check: Any, column: Any, rule: Any, schema: Any, values: list[float | None], bounds: list[tuple[float, str, float]]
) -> None:
    present = [value for value in values if value is not None]
    rules = [
        rule("quantile", {level: Bound(**{end: number})}, name=f"{place}")
        for place, (level, end, number) in enumerate(bounds)
    ]
    found = check({"x": values}, schema(column("x", "number", *rules)))
    for place, (level, end, number) in enumerate(bounds):
        outcome = found[f"x/{place}"]
        if not present:
            assert outcome.status is Status.ERROR
            continue
        exact = exact_quantile(present, level)
        holds = {
            "min": exact >= number, "max": exact <= number, "strict_min": exact > number, "strict_max": exact < number,
        }[end]  # fmt: skip
        (observed,) = outcome.observed.values()
        if abs(exact - Fraction(number)) > 1e-12 or exact in map(Fraction, present):
            assert (outcome.status is Status.PASS) is holds, (level, end, number, exact)
        if observed is None:
            assert holds
            assert "decided by counting" in outcome.message
        else:
            assert observed == pytest.approx(float(exact), rel=1e-12, abs=1e-12)
        assert holds or observed is not None  # what fails is always computed


@pytest.mark.usefixtures("large")
class TestLarge:
    def test_a_median_that_holds_takes_one_query_and_no_sort(self, queries: Any) -> None:
        outcome, asked = queries({"x": [1.0, 2.0, 3.0, None]}, "number", "median", [1.5, 2.5])
        assert (outcome.status, outcome.observed, len(asked)) == (Status.PASS, None, 1)
        assert outcome.message == ("the median is between 1.5 and 2.5 (decided by counting 3 values, not computed)")
        assert outcome.expected == "between 1.5 and 2.5"
        assert outcome.evidence == {"judged": 3, "null": 1}

    def test_one_that_does_not_is_computed(self, queries: Any) -> None:
        outcome, asked = queries({"x": [1.0, 2.0, 3.0, 4.0]}, "number", "median", [3, None])
        assert (outcome.status, outcome.observed, len(asked)) == (Status.FAIL, 2.5, 2)
        assert outcome.message == "the median of 4 values is 2.5, expected at least 3"

    def test_a_bound_between_two_values_is_decided_by_the_number(self, queries: Any) -> None:
        outcome, asked = queries({"x": [1.0, 2.0, 3.0, 4.0]}, "number", "median", [2.5, None])
        assert (outcome.status, outcome.observed, len(asked)) == (Status.PASS, 2.5, 2)
        assert queries({"x": [1.0, 2.0, 3.0, 4.0]}, "number", "median", [2.6, None])[0].status is Status.FAIL

    def test_several_quantiles(self, queries: Any) -> None:
        content = {"x": [float(value) for value in range(101)]}
        good, asked = queries(content, "number", "quantile", {0.01: [1, 1], 0.99: [99, None]})
        assert (good.status, good.observed, len(asked)) == (Status.PASS, {"0.01": None, "0.99": None}, 1)
        assert good.message == (
            "the quantile 0.01 is exactly 1; the quantile 0.99 is at least 99 (decided by counting 101 values, not "
            "computed)"
        )
        bad, asked = queries(content, "number", "quantile", {0.01: [1, 1], 0.99: [None, 98]})
        assert (bad.status, bad.observed, len(asked)) == (Status.FAIL, {"0.01": 1.0, "0.99": 99.0}, 2)

    def test_very_many_values_are_sorted_by_the_engine(self, queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(quantile_checks, "MANY", 3)
        outcome, asked = queries({"x": [4.0, 1.0, 2.0, None, 3.0]}, "number", "quantile", {0.5: [3, 9], 0.9: [0, 9]})
        assert (outcome.status, len(asked)) == (Status.FAIL, 3)
        assert outcome.observed == pytest.approx({"0.5": 2.5, "0.9": 3.7})
        outcome, _ = queries({"x": [4.0, 1.0, 2.0, None, 3.0]}, "number", "iqr", [0, 1])
        assert (outcome.status, outcome.observed) == (Status.FAIL, 1.5)

    @pytest.mark.parametrize("name", ["median", "iqr"])
    def test_what_is_no_number_is_an_error(self, one: One, name: str) -> None:
        free = [-1e300, 1e300]
        assert one({"x": [1.0, 2.0, 3.0, math.nan]}, "number", name, free).status is Status.ERROR
        assert one({"x": [None, None, None]}, "number", name, free).status is Status.ERROR
        assert one({"x": [1.0, math.inf, math.inf, math.inf]}, "number", name, free).status is Status.ERROR

    def test_an_infinite_quantile_never_passes(self, one: One) -> None:
        values = {"x": [-math.inf, -math.inf, -math.inf, 0.0, 1.0, math.inf, math.inf, math.inf]}
        assert one(values, "number", "quantile", {0.9: [0, None]}).status is Status.ERROR
        assert one(values, "number", "quantile", {0.1: [None, 0]}).status is Status.ERROR
        assert one(values, "number", "median", [0, None]).status is Status.PASS

    @pytest.mark.parametrize("end", [2**53 + 1, 2**53 - 1, 2**60 + 1])
    def test_an_end_that_is_no_double(self, one: One, end: int) -> None:
        # The column is read in double precision; the end is compared as it is.
        values = [2**53 - 1, 2**53, 2**53 + 2, 2**60, 2**60]
        for value in values:
            outcome = one({"x": [value] * 3}, "integer", "median", Bound(min=end))
            assert outcome.status is (Status.PASS if value >= end else Status.FAIL), value
            outcome = one({"x": [value] * 3}, "integer", "median", Bound(strict_max=end))
            assert outcome.status is (Status.PASS if value < end else Status.FAIL), value


KEYS: dict[str, list[Any]] = {
    "dense": [7, 3, None, 5, 4],
    "wide": [2**60, -(2**60), 0, 5, None],
    "texts": ["a", "ä", "", None, "日", "A"],
    "numbers": [0.5, -1.5, math.inf, None, 1e300],
}


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("name", list(KEYS))
class TestDistinct:
    TYPES = {"dense": "integer", "wide": "integer", "texts": "string", "numbers": "number"}  # noqa: RUF012  # read only

    def test_distinct_values(self, one: One, queries: Any, name: str) -> None:
        values, type_ = KEYS[name], self.TYPES[name]
        n = len(values) - 1
        outcome, asked = queries({"x": values}, type_, "unique", True)
        assert (outcome.status, outcome.evidence) == (Status.PASS, {"judged": n, "failing": 0, "null": 1})
        assert "count(DISTINCT r0)" not in "".join(asked) or name == "texts"
        assert one({"x": values}, type_, "unique_count", [n, n]).status is Status.PASS
        assert one({"x": values}, type_, "unique_fraction", [1, 1]).status is Status.PASS

    def test_values_that_repeat(self, one: One, name: str) -> None:
        values, type_ = KEYS[name] + [KEYS[name][0]] * 2, self.TYPES[name]
        n = len(values) - 1
        outcome = one({"x": values}, type_, "unique", True)
        assert (outcome.status, outcome.evidence["failing"]) == (Status.FAIL, 2)
        assert [row["row"] for row in outcome.evidence["rows"]] == [1, len(values) - 1, len(values)]
        assert one({"x": values}, type_, "unique", True, mostly=(n - 2) / n).status is Status.PASS
        for count, status in ((n - 2, Status.PASS), (n - 1, Status.FAIL)):
            found = one({"x": values}, type_, "unique_count", [count, count])
            assert (found.status, found.observed) == (status, n - 2)
        share = one({"x": values}, type_, "unique_fraction", [None, 0.99])
        assert (share.status, share.observed) == (Status.PASS, (n - 2) / n)

    def test_few_distinct_values_among_many(self, queries: Any, name: str) -> None:
        value = KEYS[name][0]
        outcome, asked = queries({"x": [value] * 20}, self.TYPES[name], "unique_count", [1, 1])
        assert (outcome.status, outcome.observed, len(asked)) == (Status.PASS, 1, 2)


@pytest.mark.usefixtures("large")
def test_nan_and_the_two_zeros_are_one_value_each(one: One) -> None:
    outcome = one({"x": [math.nan, 0.0, 1.0, -0.0, math.nan, math.nan]}, "number", "unique", True)
    assert (outcome.status, outcome.evidence["failing"]) == (Status.FAIL, 3)


def test_words_for_distinct_values(one: One) -> None:
    outcome = one({"x": ["a", "b", "a", None]}, "string", "unique_count", [3, None])
    assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
    assert outcome.message == "2 distinct values among 3, expected at least 3"
    assert outcome.evidence == {"judged": 3, "null": 1}
    outcome = one({"x": ["a", "b", "a", None]}, "string", "unique_fraction", [0, 0.5])
    assert outcome.message == "2 of 3 values are distinct (0.6667), expected between 0 and 0.5"
    for name in ("unique_count", "unique_fraction"):
        assert one({"x": [None]}, "string", name, [0, 1]).message == "nothing observed: no value is there"
        assert one({"x": ["ä"]}, "string", name, [1, 1]).status is Status.PASS


def test_values_out_of_turn_are_an_error(one: One, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlgate.data.own_queries import Query, repeats

    def unsorted(value: str) -> Query:
        return Query(repeats(value).replace("ORDER BY v", ""))

    monkeypatch.setattr(distinct_checks, "repeats", unsorted)
    outcome = one({"x": [3.0, 2.0, 3.0, 1.0]}, "number", "unique", True)
    assert outcome.status is Status.ERROR
    assert "out of order" in outcome.message


def test_a_table_above_the_limits_takes_the_other_way(queries: Any) -> None:
    n = 100_001
    values = {"x": [float(value) for value in range(n)]}
    outcome, asked = queries(values, "number", "median", [n // 2, n // 2])
    assert (outcome.status, outcome.observed, len(asked)) == (Status.PASS, n // 2, 2)
    outcome, asked = queries(values, "number", "unique", True)
    assert (outcome.status, len(asked)) == (Status.PASS, 2)
    few, asked = queries({"x": values["x"][:-1]}, "number", "median", [0, n])
    assert (few.status, few.observed, len(asked)) == (Status.PASS, (n - 2) / 2, 1)


@pytest.mark.parametrize(("bound", "status"), [([0, 4], Status.PASS), ([0, 1], Status.FAIL)])
@pytest.mark.usefixtures("large")
def test_the_interquartile_range_of_a_large_integer_column_is_computed(
    one: One, bound: list[float], status: Status
) -> None:
    import pyarrow as pa

    outcome = one({"x": pa.array([1, 2, 3, 4, 5])}, "integer", "iqr", bound)
    assert (outcome.status, outcome.observed) == (status, 2)
