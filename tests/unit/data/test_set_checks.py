"""Checks of the distinct values of a column, of the most frequent one, and of a domain."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.column_arguments import DomainMass, MostCommon
from mlgate.config.schema import Bound
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]
SETS = ("distinct_in_set", "distinct_contain", "distinct_equal", "most_common", "domain_mass")


def text(*values: object) -> str:
    return "x,pad\n" + "".join(f"{value},.\n" for value in values)


def argument(name: str, values: tuple[Any, ...]) -> Any:
    return {"most_common": MostCommon(values), "domain_mass": DomainMass(values, 0.95)}.get(name, values)


@pytest.mark.parametrize(
    ("type_", "declared", "values"),
    [
        ("string", ("a", "b"), ["a", "b", "a"]),
        ("string", ("it's", 'q"x', "ä日"), ["it's", 'q""x', "ä日"]),
        ("integer", (1, 2), ["1", "02", "+2"]),
        ("integer", (2**53 + 1, 2), [2**53 + 1, 2]),
        ("number", (0.1, 2), ["0.1", "2.0", "1e-1"]),
        ("boolean", (True, False), ["true", "0"]),
        ("date", ("2020-01-01",), ["2020-01-01"]),
        ("datetime", ("2020-01-01T10:00:00",), ["2020-01-01 10:00:00"]),
        ("time", ("10:00:00",), ["10:00"]),
        ("any", ("x", "1"), ["x", "1"]),
    ],
    ids=itertools.count(),
)
def test_declared_values_of_each_type(one: One, type_: str, declared: tuple[Any, ...], values: list[object]) -> None:
    content = text(*(f'"{value}"' if isinstance(value, str) else value for value in values), "")
    for name in SETS:
        outcome = one(content, type_, name, argument(name, declared))
        assert outcome.status is Status.PASS, name
        assert outcome.evidence["null"] == 1


class TestDistinct:
    def test_values_that_are_not_declared(self, one: One) -> None:
        outcome = one(text("a", "x", "x", "y", "", "a"), "string", "distinct_in_set", ("a", "b"))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
        assert outcome.message == "2 of 3 distinct values are not one of a, b; beside them 1 null"
        assert outcome.evidence["judged"] == 3
        assert [(row["row"], row["value"]) for row in outcome.evidence["rows"]] == [(2, "x"), (4, "y")]
        assert one(text("a", "x", "x"), "string", "distinct_in_set", ("a",), mostly=0.5).status is Status.PASS

    def test_values_that_are_absent(self, one: One) -> None:
        outcome = one(text("a", "x", ""), "string", "distinct_contain", ("a", "b", "c"))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 2)
        assert outcome.message == "2 of 3 declared values are absent (b, c); beside them 1 null"
        assert outcome.evidence["absent"] == ["b", "c"]
        assert "rows" not in outcome.evidence
        assert one(text("a", "x"), "string", "distinct_contain", ("a", "b"), mostly=0.5).status is Status.PASS

    def test_both_ways(self, one: One) -> None:
        outcome = one(text("a", "x", "y", "x"), "string", "distinct_equal", ("a", "b"))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 3)
        assert outcome.message == "3 of 4 distinct values are absent or not declared (absent: b, 2 not declared)"
        assert outcome.evidence["absent"] == ["b"]
        assert [row["value"] for row in outcome.evidence["rows"]] == ["x", "y"]
        assert one(text("a"), "string", "distinct_equal", ("a", "b")).status is Status.FAIL
        assert one(text("a", "b", "x"), "string", "distinct_equal", ("a", "b")).status is Status.FAIL

    @pytest.mark.parametrize("name", ["distinct_in_set", "distinct_equal", "most_common", "domain_mass"])
    @pytest.mark.parametrize(
        ("privacy", "shown"), [("none", None), ("masked", "j*** (4 characters)"), ("full", "jane")]
    )
    def test_a_value_of_the_data_shows_as_privacy_allows(
        self, one: One, name: str, privacy: str, shown: str | None
    ) -> None:
        outcome = one(text("jane", "jane", "b"), "string", name, argument(name, ("b",)), privacy=privacy)
        assert outcome.status is Status.FAIL
        rows = outcome.evidence.get("rows")
        assert (rows[0]["row"], rows[0]["value"]) == (1, shown) if rows else shown is None
        assert ("jane" in repr(outcome)) is (privacy == "full")

    def test_first_rows_of_ten_values(self, one: One) -> None:
        values = [f"v{number:02}" for number in range(30, 0, -1) for _ in range(2)]
        outcome = one(text(*values), "string", "distinct_in_set", ("a",))
        assert [row["row"] for row in outcome.evidence["rows"]] == list(range(1, 21, 2))

    def test_many_absent_values_are_cut(self, one: One) -> None:
        outcome = one(text("a"), "integer", "distinct_contain", tuple(range(100)))
        assert outcome.status is Status.SKIP  # not one value is an integer: the check `type` has it
        outcome = one(text("1"), "integer", "distinct_contain", tuple(range(100)))
        assert len(outcome.evidence["absent"]) == 20
        assert outcome.message.startswith("99 of 100 declared values are absent (0, 2, 3,")

    def test_nan_is_no_member(self, one: One) -> None:
        content = {"x": [1.0, float("nan"), float("nan"), None]}
        assert one(content, "number", "distinct_in_set", (1,)).observed == 1
        assert one(content, "number", "distinct_equal", (1,)).observed == 1
        assert one(content, "number", "distinct_contain", (1,)).status is Status.PASS


class TestMostCommon:
    def test_another_value(self, one: One) -> None:
        outcome = one(text("a", "x", "x", "x", "a", "y"), "string", "most_common", MostCommon(("a", "b")))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 3)
        assert outcome.message == "the most frequent value stands 3 times among 6 values and is not one of a, b"
        assert outcome.evidence["most_frequent_declared"] == 2
        assert [row["row"] for row in outcome.evidence["rows"]] == [2]

    def test_a_tie(self, one: One) -> None:
        content = text("y", "a", "x", "x", "a", "y", "z")
        outcome = one(content, "string", "most_common", MostCommon(("a",)))
        assert outcome.status is Status.FAIL
        assert outcome.message == (
            "a value that is not one of a is as frequent as the most frequent one of them: each stands 2 times among "
            "7 values"
        )
        assert [(row["row"], row["value"]) for row in outcome.evidence["rows"]] == [(1, "y"), (3, "x")]
        assert one(content, "string", "most_common", MostCommon(("a",), ties_okay=True)).status is Status.PASS
        between_declared = one(text("a", "b"), "string", "most_common", MostCommon(("a", "b")))
        assert between_declared.status is Status.PASS
        assert between_declared.message == "the most frequent value stands 1 time among 2 values and is one of a, b"

    def test_none_is_declared_or_all_are(self, one: One) -> None:
        assert one(text("x"), "string", "most_common", MostCommon(("a",), ties_okay=True)).status is Status.FAIL
        assert one(text("a"), "string", "most_common", MostCommon(("a",))).status is Status.PASS


class TestDomainMass:
    def test_share(self, one: One) -> None:
        content = text(*["a"] * 19, "x", "")
        good = one(content, "string", "domain_mass", DomainMass(("a",), 0.95))
        assert (good.status, good.observed) == (Status.PASS, 0.95)
        assert good.expected == "one of a for at least 0.95 of the values"
        bad = one(content, "string", "domain_mass", DomainMass(("a",), 0.951))
        assert (bad.status, bad.observed) == (Status.FAIL, 0.95)
        assert bad.message == "1 of 20 values is not one of a (0.95 are); beside them 1 null"
        assert [row["row"] for row in bad.evidence["rows"]] == [20]


@pytest.mark.parametrize("name", SETS)
class TestEdges:
    def test_all_null_is_an_error(self, one: One, name: str) -> None:
        outcome = one(text("", ""), "string", name, argument(name, ("a",)))
        assert outcome.status is Status.ERROR
        assert outcome.message in ("0 values judged: all 2 are null", "nothing observed: no value is there")

    def test_all_null_where_the_schema_allows_it(
        self, check: Any, column: Any, rule: Any, schema: Any, name: str
    ) -> None:
        rules = (rule(name, argument(name, ("a",))), rule("null_fraction", Bound(max=1)))
        outcome = check(text("", ""), schema(column("x", "string", *rules)))[f"x/{name}"]
        expected = Status.ERROR if name in ("most_common", "domain_mass") else Status.PASS
        assert outcome.status is expected  # a share and a most frequent value of nothing do not exist

    def test_one_row(self, one: One, name: str) -> None:
        assert one({"x": ["a"]}, "string", name, argument(name, ("a",))).status is Status.PASS
        assert one({"x": ["ä"]}, "string", name, argument(name, ("a",))).status is Status.FAIL

    def test_no_rows(self, check: Any, column: Any, rule: Any, schema: Any, name: str) -> None:
        declared = schema(column("x", "string", rule(name, argument(name, ("a",)))))
        assert check("x,pad\n", declared)[f"x/{name}"].status is Status.SKIP

    def test_a_member_that_the_column_cannot_hold(self, one: One, name: str) -> None:
        outcome = one({"x": [dt.date(2020, 1, 1)]}, "any", name, argument(name, (5,)))
        assert outcome.status is Status.ERROR
        assert "cannot be compared with a column that is date" in outcome.message


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.sampled_from(["a", "b", "ä", "", "B", "x y"]), min_size=1, max_size=12),
    declared=st.lists(st.sampled_from(["a", "b", "ä", "", "z"]), min_size=1, max_size=4, unique=True),
    ties=st.booleans(),
)
def test_as_python_counts(  # noqa: PLR0917  # fixtures and what is drawn
    check: Any, column: Any, rule: Any, schema: Any, values: list[str | None], declared: list[str], ties: bool
) -> None:
    named = tuple(declared)
    arguments: dict[str, Any] = {
        **dict.fromkeys(SETS[:3], named),
        "most_common": MostCommon(named, ties_okay=ties),
        "domain_mass": DomainMass(named, 0.5),
    }
    rules = (rule(name, argument) for name, argument in arguments.items())
    found = check({"x": values}, schema(column("x", "string", *rules)))
    counts = Counter(value for value in values if value is not None)
    if not counts:
        assert {found[f"x/{name}"].status for name in SETS} == {Status.ERROR}
        return
    unknown, absent = set(counts) - set(named), set(named) - set(counts)
    top = max((counts[value] for value in named), default=0)
    rival = max((counts[value] for value in unknown), default=0)
    expected = {
        "distinct_in_set": (not unknown, len(unknown)),
        "distinct_contain": (not absent, len(absent)),
        "distinct_equal": (not unknown and not absent, len(unknown) + len(absent)),
        "most_common": (top > rival or (ties and top == rival), max(top, rival)),
    }
    for name, (holds, observed) in expected.items():
        outcome = found[f"x/{name}"]
        assert (outcome.status, outcome.observed) == (Status.PASS if holds else Status.FAIL, observed), name
    share = sum(counts[value] for value in named) / counts.total()
    assert found["x/domain_mass"].observed == share
    assert (found["x/domain_mass"].status is Status.PASS) is (share >= 0.5)
