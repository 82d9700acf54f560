"""Declared values beside values of the data: days beside moments, and numbers that double precision cannot tell apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest

from mlgate.config.column_arguments import DomainMass, MostCommon
from mlgate.config.expression_parser import parse_condition
from mlgate.config.expression_tree import columns_of
from mlgate.config.expressions import Expression
from mlgate.config.row_rules import TOLERANCE, Comparison, Pairs, RowSum
from mlgate.config.schema import Bound
from mlgate.data.number_literals import number_end, number_member
from mlgate.data.plan import Field
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]
Ask = Callable[..., dict[str, bool]]
Cases = list[tuple[str, Any, bool]]
DAY = "2020-01-01"
NOON = "2020-01-01T12:00:00"
LARGE = 2**53


def text(*values: Any) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


def statuses(one: One, content: Any, type_: str, cases: Cases) -> dict[str, Status]:
    """What came out otherwise than expected."""
    found = [(one(content, type_, name, argument), name, argument, holds) for name, argument, holds in cases]
    return {
        f"{name} {argument}: {outcome.message}": outcome.status
        for outcome, name, argument, holds in found
        if outcome.status is not (Status.PASS if holds else Status.FAIL)
    }


OF_A_DAY: Cases = [
    ("not_in_set", (DAY,), False),
    ("not_in_set", ("2019-12-31", "2020-01-02T00:00:00"), True),
    ("in_set", (DAY,), True),
    ("in_set", ("2019-12-31", NOON), True),
    ("in_set", ("2019-12-31",), False),
    ("distinct_in_set", (DAY,), True),
    ("distinct_contain", (DAY, NOON), True),
    ("distinct_contain", (DAY, "2020-01-02"), False),
    ("distinct_equal", (DAY,), True),
    ("most_common", MostCommon((DAY,), ties_okay=False), True),
    ("domain_mass", DomainMass((DAY,), 1), True),
    ("label_distribution", ((DAY, Bound(min=1)),), True),
]


class TestDays:
    def test_a_day_is_all_moments_of_it_in_text(self, one: One) -> None:
        assert statuses(one, text(NOON, "2020-01-01 12:00:00"), "datetime", OF_A_DAY) == {}

    def test_a_day_is_all_moments_of_it_in_parquet(self, one: One) -> None:
        assert statuses(one, {"x": [dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)]}, "any", OF_A_DAY) == {}

    def test_a_day_of_a_column_of_days_is_that_day(self, one: One) -> None:
        cases: Cases = [
            ("in_set", (DAY,), True),
            ("not_in_set", (DAY,), False),
            ("distinct_equal", (DAY, "2020-01-02"), False),
        ]
        assert statuses(one, text(DAY), "date", cases) == {}


class TestLargeIntegers:
    def test_beside_a_fraction_or_a_float(self, one: One) -> None:
        cases: Cases = [
            ("in_set", (LARGE, 0.5), False),
            ("in_set", (LARGE + 1, 0.5), True),
            ("not_in_set", (LARGE + 1, 0.5), False),
            ("in_set", (0.5,), False),
            ("not_in_set", (0.5,), True),
            ("distinct_contain", (float(LARGE), 0.5), False),
            ("between", [0, float(LARGE)], False),
            ("between", Bound(strict_min=float(LARGE)), True),
            ("max", Bound(max=float(LARGE)), False),
            ("min", Bound(min=LARGE + 0.5), True),
            ("between", [-1e300, 1e300], True),
            ("between", [None, float("-inf")], False),
        ]
        assert statuses(one, text(LARGE + 1), "integer", cases) == {}
        assert statuses(one, {"x": [LARGE + 1]}, "number", cases) == {}

    def test_end_with_a_fraction(self, one: One) -> None:
        cases: Cases = [
            ("between", [4.5, 5.5], True),
            ("between", [5.5, None], False),
            ("between", [None, 4.5], False),
            ("between", Bound(strict_min=4.5, strict_max=5.5), True),
            ("between", Bound(strict_min=5.5), False),
            ("between", Bound(strict_max=4.5), False),
        ]
        assert statuses(one, text(5), "integer", cases) == {}


class TestDecimals:
    def test_are_compared_as_they_are_stored(self, one: One) -> None:
        import pyarrow as pa

        content = {"x": pa.array([Decimal("10000000000000000.01"), None], pa.decimal128(20, 2))}
        end = 10**16
        cases: Cases = [
            ("between", [0, end], False),
            ("between", [0, float(end)], False),
            ("between", [0, end + 1], True),
            ("between", Bound(strict_min=end), True),
            ("between", [-1e300, 1e300], True),
            ("in_set", (end,), False),
            ("in_set", (end, 0.001, 1e300), False),
            ("not_in_set", (end, 0.001, 1e300), True),
            ("distinct_in_set", (end,), False),
            ("distinct_contain", (end,), False),
            ("max", Bound(max=end), False),
            ("max", Bound(max=end + 1), True),
            ("label_distribution", ((str(end), Bound(max=0)),), True),
        ]
        assert statuses(one, content, "number", cases) == {}
        assert "10000000000000000.01" in one(content, "any", "between", [0, end]).message

    def test_meet_what_is_written_with_a_point(self, one: One) -> None:
        import pyarrow as pa

        content = {"x": pa.array([Decimal("0.10"), Decimal("0.30")], pa.decimal128(10, 2))}
        cases: Cases = [
            ("between", [0.1, 0.3], True),
            ("between", [0.1, 0.299], False),
            ("between", [0.101, 0.3], False),
            ("between", Bound(strict_min=0.099, strict_max=0.301), True),
            ("in_set", (0.1, 0.3), True),
            ("distinct_equal", (0.3, 0.1), True),
            ("not_in_set", (0.3,), False),
            ("not_in_set", (0.301,), True),
        ]
        assert statuses(one, content, "number", cases) == {}
        outcome = one(content, "number", "between", [0, 0.2])
        assert (outcome.observed, outcome.message.count("largest 0.3")) == (0.3, 1)

    def test_whole_decimals_as_integers(self, one: One) -> None:
        import pyarrow as pa

        content = {"x": pa.array([Decimal(LARGE + 1)], pa.decimal128(20, 2))}
        cases: Cases = [("in_set", (LARGE, 0.5), False), ("between", [0, float(LARGE)], False)]
        assert statuses(one, content, "integer", cases) == {}


class TestSinglePrecision:
    def test_ends_and_members_are_not_rounded_to_what_is_stored(self, one: One) -> None:
        import pyarrow as pa

        cases: Cases = [
            ("between", Bound(max=16777215.5), False),
            ("between", Bound(min=16777216.5), False),
            ("between", Bound(max=16777217), True),
            ("max", Bound(max=16777215.5), False),
            ("in_set", (16777217,), False),
            ("in_set", (16777217, 16777216), True),
            ("not_in_set", (16777217,), True),
            ("distinct_contain", (16777217,), False),
        ]
        assert statuses(one, {"x": pa.array([16777216.0], pa.float32())}, "number", cases) == {}
        whole: Cases = [("in_set", (16777217,), False), ("between", Bound(max=16777215.5), False)]
        assert statuses(one, {"x": pa.array([16777216.0], pa.float32())}, "integer", whole) == {}

    def test_a_short_number_stands_for_the_stored_one(self, one: One) -> None:
        import pyarrow as pa

        cases: Cases = [
            ("between", [0.1, 0.3], True),
            ("between", [0.1, 0.3000000000001], False),
            ("in_set", (0.1, 0.3), True),
            ("not_in_set", (0.3,), False),
            ("between", [None, 1e300], True),
            ("not_in_set", (1e300,), True),
        ]
        assert statuses(one, {"x": pa.array([0.1, 0.3], pa.float32())}, "number", cases) == {}


def test_whole_end_of_numbers_in_double_precision_is_not_rounded_outwards(one: One) -> None:
    cases: Cases = [
        ("between", [0, LARGE + 3], False),
        ("between", [LARGE + 4, None], True),
        ("between", [0, LARGE + 4], True),
    ]
    assert statuses(one, {"x": [float(LARGE + 4)]}, "number", cases) == {}


@pytest.fixture
def ask(check: Any, column: Any, rule: Any, schema: Any) -> Ask:
    """Whether each condition holds in the one row of a table, whose columns are `name kind, name kind`."""

    def run(content: Any, kinds: str, conditions: Iterable[str]) -> dict[str, bool]:
        columns = [column(*each.split()) for each in kinds.split(", ")]
        rules = [rule("expressions", expression(text), name=f"e{n}") for n, text in enumerate(conditions)]
        found = check(content, schema(*columns, rules=tuple(rules)))
        verdicts = [outcome.status for outcome in found.values() if outcome.check == "expressions"]
        assert set(verdicts) <= {Status.PASS, Status.FAIL}
        return {text: status is Status.PASS for text, status in zip(conditions, verdicts, strict=True)}

    return run


def expression(text: str) -> Expression:
    tree = parse_condition(text)
    return Expression(text, tree, columns_of(tree))


def field(kind: str, engine_type: str) -> Field:
    return Field(name="x", kind=kind, raw="r0", value="v0", engine_type=engine_type, is_text=False)


@pytest.mark.parametrize("engine_type", ["BIGINT", "DECIMAL(10,2)", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("value", [True, "5", float("nan")])
def test_what_is_no_number_is_refused(engine_type: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"is no number|NaN"):
        number_member(field("number", engine_type), value)
    with pytest.raises(ValueError, match=r"is no number|NaN"):
        number_end(field("number", engine_type), "<=", value)


def test_literals_keep_the_type_of_the_column() -> None:
    """Or the engine converts the column, which takes time."""
    assert number_end(field("integer", "BIGINT"), "<=", 5.0) == "5"
    assert number_end(field("number", "DECIMAL(10,2)"), "<", 0.125) == "CAST('0.13' AS DECIMAL(10,2))"
    assert number_end(field("number", "FLOAT"), "<", 0.125) == "CAST('0.125' AS FLOAT)"
    assert number_end(field("number", "DOUBLE"), "<", 0.125) == "CAST('0.125' AS DOUBLE)"
    assert number_member(field("number", "DECIMAL(10,2)"), 0.125) is None


def test_large_whole_numbers_of_a_row_are_exact(ask: Ask) -> None:
    content = f"a,b,n\n{LARGE + 1},1,{LARGE}\n"
    cases = {
        f"a <= {LARGE}.0": False,
        f"{LARGE}.0 < a": True,
        f"a in ({LARGE}, 0.5)": False,
        f"a in (0.5, {LARGE + 1})": True,
        "a in (0.5, 1.5)": False,
        "not a = 0.5 and 0.5 <> a": True,
        "a + b > 0.5 and 0.5 < a + b": True,
        f"a + b <= {LARGE}.0": False,
        "a <= n": False,
        "n < a": True,
        "a = n": False,
        "b < n and b <> n": True,
    }
    assert ask(content, "a integer, b integer, n number", cases) == cases


def test_decimals_of_a_row_are_exact(ask: Ask) -> None:
    import pyarrow as pa

    content = {
        "a": pa.array([Decimal("10000000000000000.01")], pa.decimal128(20, 2)),
        "b": pa.array([Decimal("10000000000000000.0")], pa.decimal128(38, 1)),
        "c": pa.array([Decimal("0.5")], pa.decimal128(38, 37)),
        "i": pa.array([10**16]),
        "n": pa.array([1e16]),
    }
    cases = {
        f"a <= {10**16}": False,
        f"a = {10**16}": False,
        f"a in ({10**16}, 0.001)": False,
        f"a in ({10**16}, {10**16 + 1}) or a > {10**16}": True,
        "a = i or a < i": False,
        "i < a": True,
        "b = i": True,
        "c < a and c = 0.5 and c < i": True,
        "a * 0.5 > 1 and a >= n": True,
        "coalesce(a, 0) > 1 and abs(a) > 1": True,
    }
    assert ask(content, "a number, b number, c number, i integer, n number", cases) == cases


def test_single_precision_of_a_row_is_not_rounded_to_what_is_stored(ask: Ask) -> None:
    import pyarrow as pa

    content = {"a": pa.array([16777216.0], pa.float32()), "i": pa.array([16777217])}
    cases = {"a <= 16777215.5": False, "a = 16777217": False, "a <> 16777217": True, "a = i": False, "a < i": True}
    assert ask(content, "a number, i integer", cases) == cases


@pytest.mark.parametrize(
    ("name", "argument", "holds"),
    [
        ("row_sum", RowSum(("a", "b"), Bound(min=LARGE, max=LARGE), TOLERANCE), False),
        ("row_sum", RowSum(("a", "b"), Bound(min=LARGE + 2, max=LARGE + 2), 0), True),
        ("pair_in_set", Pairs("a", "b", ((LARGE, 1), (0.5, 1))), False),
        ("pair_in_set", Pairs("a", "b", ((LARGE + 1, 1), (0.5, 1))), True),
        ("pair_in_set", Pairs("a", "b", ((0.5, 1),)), False),
        ("compare_columns", Comparison("a", "<=", "n"), False),
    ],
)
def test_large_whole_numbers_of_checks_of_rows(  # noqa: PLR0917  # fixtures and what is parametrized
    check: Any, column: Any, rule: Any, schema: Any, name: str, argument: Any, holds: bool
) -> None:
    columns = [column("a", "integer"), column("b", "integer"), column("n", "number")]
    found = check(f"a,b,n\n{LARGE + 1},1,{LARGE}\n", schema(*columns, rules=(rule(name, argument),)))
    (outcome,) = (outcome for outcome in found.values() if outcome.check == name)
    assert outcome.status is (Status.PASS if holds else Status.FAIL)


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_nanoseconds_lie_in_their_microsecond_also_before_1970(one: One, zone: str | None) -> None:
    import pyarrow as pa

    start = "1970-01-01T00:00:00"
    before = {"x": pa.array([-1, -500, -999], pa.timestamp("ns", zone))}
    assert (
        statuses(one, before, "datetime", [("between", [start, None], False), ("max", Bound(strict_max=start), True)])
        == {}
    )
    after = {"x": pa.array([1, 500, 999], pa.timestamp("ns", zone))}
    assert statuses(one, after, "datetime", [("in_set", (start,), True), ("between", [start, None], True)]) == {}
