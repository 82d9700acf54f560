"""Checks of the values of a row beside one another: counts, rows, nulls, NaN, and what they say."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.outcome import Outcome, Status

NAN, INF = math.nan, math.inf
Outcomes = Mapping[str, Outcome]
Check = Callable[..., Outcomes]

COLUMNS = """\
version: 1
read: {delimiter: ",", null: [NA]}
columns:
  a: {type: number}
  b: {type: integer}
  c: {type: number}
  s: {type: string}
  d: {type: date}
  e: {type: datetime}
table:
  extra_columns: ignore
"""


def schema(*lines: str, columns: str = COLUMNS) -> Schema:
    return parse_schema(columns + "".join(f"  {line}\n" for line in lines), "s.yaml")


def checks(*entries: str) -> Schema:
    return schema("checks:", *(f"- {entry}" for entry in entries))


CSV = """\
a,b,c,s,d,e
1,2,3,x,2024-01-31,2024-01-31T23:00:00
NA,3,1,it,2024-02-01,2024-01-31T23:00:00
nan,1,1,x,NA,NA
2,2,4,y,2024-03-01,NA
NA,NA,NA,NA,NA,NA
inf,x,1,y,2024-03-01,2024-03-01
"""


@pytest.fixture
def only(check: Check) -> Callable[..., Outcome]:
    """The outcome of the one entry of the long form."""

    def run(entry: str, content: Any = CSV, **options: Any) -> Outcome:
        found = check(content, checks(f"{{name: it, {entry}}}"), **{"privacy": "full", **options})
        return found["it"]

    return run


def counts(outcome: Outcome) -> tuple[int, int, int, list[int]]:
    """Rows judged, failing, left out for what is missing or cannot be computed, and the numbers of those shown."""
    evidence = outcome.evidence
    left_out = evidence["null"] + evidence.get("not_of_type", 0) + evidence.get("divided_by_zero", 0)
    return evidence["judged"], evidence["failing"], left_out, [row["row"] for row in evidence.get("rows", ())]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("expressions: a <= b", (3, 1, 3, [3])),
        ("expressions: a > b", (3, 3, 3, [1, 3, 4])),
        ("expressions: not a > b", (3, 1, 3, [3])),
        ("expressions: a is not null", (6, 3, 0, [2, 3, 5])),
        ("expressions: a is null", (6, 4, 0, [1, 3, 4, 6])),
        ("expressions: a > 100 or s = 'x'", (4, 1, 2, [4])),
        ("expressions: a + b = c or b is null", (4, 1, 2, [3])),
        ("expressions: d <= e", (3, 1, 3, [2])),
        ("expressions: a / 0 = 1 or s = 'y'", (2, 0, 4, [])),
        ("compare_columns: {a: a, op: le, b: b}", (3, 1, 3, [3])),
        ("compare_columns: {a: a, op: le, b: b, ignore_row_if: both_null}", (5, 3, 1, [2, 3, 6])),
        ("compare_columns: {a: a, op: le, b: b, ignore_row_if: never}", (6, 4, 0, [2, 3, 5, 6])),
        ("compare_columns: {a: a, op: eq, b: b, ignore_row_if: never}", (6, 5, 0, [1, 2, 3, 5, 6])),
        ("compare_columns: {a: e, op: '>=', b: d}", (3, 1, 3, [2])),
        ("pair_in_set: {a: s, b: b, pairs: [[x, 2], [x, 1], [it, 4]]}", (4, 2, 2, [2, 4])),
        ("pair_in_set: {a: b, b: d, pairs: [[2, 2024-01-31], [2, 2024-03-01]]}", (3, 1, 3, [2])),
        ("row_sum: {columns: [a, b], total: 3}", (3, 2, 3, [3, 4])),
        ("row_sum: {columns: [a, b], total: [3, 4]}", (3, 1, 3, [3])),
        ("row_sum: {columns: [a, b], total: {strict_min: 3}}", (3, 2, 3, [1, 3])),
        ("row_sum: {columns: [a, b], total: 3.5, tolerance: 0.5}", (3, 1, 3, [3])),
        ("row_sum: {columns: [a, c], total: [0, null]}", (4, 1, 2, [3])),
        ("unique_within_row: [a, b, c]", (3, 2, 3, [3, 4])),
        ("unique_within_row: [d, e]", (3, 2, 3, [1, 6])),
    ],
)
def test_each_check_judges_counts_and_shows_its_rows(only: Any, entry: str, expected: Any) -> None:
    judged, failing, null, rows = expected
    outcome = only(entry)
    assert counts(outcome) == (judged, failing, null, rows)
    assert outcome.status is (Status.FAIL if failing else Status.PASS)


ZERO = "a,b,c,s,d,e\n1,2,,,,\n5,0,,,,\nNA,0,,,,\n7,0,,,,\nnan,0,,,,\n1,x,,,,\n"


def test_a_row_in_which_something_is_divided_by_zero_is_counted_apart(only: Any) -> None:
    outcome = only("expressions: a / b <= 1", ZERO)
    assert outcome.status is Status.PASS
    assert outcome.message == (
        "1 row judged, every one in keeping with a / b <= 1; "
        "beside them 1 null and 1 not of the type and 3 divided by zero"
    )
    assert outcome.evidence == {"judged": 1, "failing": 0, "null": 1, "not_of_type": 1, "divided_by_zero": 3}
    assert "divided_by_zero" not in only("expressions: a / 2 <= 1 or b = 2", ZERO).evidence
    assert "divided_by_zero" not in only("expressions: b = 0 or a / b <= 1", ZERO).evidence


def test_a_condition_that_divides_every_row_by_zero_is_an_error(only: Any) -> None:
    outcome = only("expressions: a % b <= 1", "a,b,c,s,d,e\n5,0,,,,\n")
    assert outcome.status is Status.ERROR
    assert outcome.message == "0 values judged: something is divided by zero in 1 row"


def test_a_condition_tells_what_fails_and_why(only: Any) -> None:
    outcome = only("expressions: a <= b and s <> 'z', description: Beds first")
    assert (
        outcome.message == "1 of 3 rows is in conflict with a <= b and s <> 'z' (1 because of NaN); "
        "beside them 2 null and 1 not of the type"
    )
    assert (outcome.check, outcome.expected) == ("expressions", "a <= b and s <> 'z'")
    assert outcome.hint.startswith("Beds first; correct the rows")
    assert outcome.evidence["nan"] == 1
    assert outcome.evidence["rows"] == [{"row": 3, "value": "a: nan, b: 1, s: x", "key": {}}]
    good = only("expressions: b < 5")
    assert (good.status, good.message) == (
        Status.PASS,
        "4 rows judged, every one in keeping with b < 5; beside them 1 null and 1 not of the type",
    )
    assert (good.evidence["null"], good.evidence["not_of_type"]) == (1, 1)


def test_rows_without_a_value_of_its_type_are_left_to_the_type(only: Any) -> None:
    outcome = only("expressions: a <= b", "a,b,c,s,d,e\n1,x,,,,\n2,y,,,,\n")
    assert outcome.status is Status.SKIP
    assert outcome.message == "0 values judged: a value is not of its type in 2 rows, see the check `type`"


@pytest.mark.parametrize(
    ("privacy", "rows"),
    [
        ("none", None),
        (
            "masked",
            [{"row": 2, "value": "s: i*** (2 characters), d: 2*** (10 characters)", "key": {"b": "* (1 character)"}}],
        ),
        ("full", [{"row": 2, "value": "s: it, d: 2024-02-01", "key": {"b": "3"}}]),
    ],
)
def test_the_values_of_all_columns_are_shown_as_privacy_allows(only: Any, privacy: str, rows: Any) -> None:
    outcome = only("expressions: s <> 'it' or d is null", privacy=privacy, key=["b"])
    assert outcome.evidence.get("rows") == rows


def test_nulls_among_the_shown_values_are_called_null(only: Any) -> None:
    outcome = only("compare_columns: {a: a, op: le, b: b, ignore_row_if: never}", privacy="masked")
    assert outcome.evidence["rows"][0]["value"] == "a: null, b: * (1 character)"


def test_mostly_severity_and_where_of_the_long_form(only: Any) -> None:
    assert only("expressions: a < b, mostly: 0.33").status is Status.PASS
    assert only("expressions: a < b, mostly: 0.34").status is Status.FAIL
    assert only("expressions: a < b, severity: warn").status is Status.WARN
    chosen = only("expressions: a < b, where: s = 'x' or a is null")
    assert counts(chosen) == (2, 1, 2, [3])
    assert chosen.evidence["outside"] == 2
    pairs = only("pair_in_set: {a: s, b: b, pairs: [[x, 2]]}, where: s = 'x'")
    assert counts(pairs) == (2, 1, 0, [3])
    none = only("row_sum: {columns: [a, b], total: 3}, where: b > 100")
    assert (none.status, none.message) == (Status.ERROR, "0 values judged: no row meets the condition `where`")
    never = only("compare_columns: {a: a, op: le, b: b, ignore_row_if: never}, where: s = 'x'")
    assert counts(never) == (2, 1, 0, [3])


@pytest.mark.parametrize(
    "entry",
    [
        "expressions: a < b",
        "compare_columns: {a: a, op: le, b: b}",
        "pair_in_set: {a: a, b: b, pairs: [[1, 1]]}",
        "row_sum: {columns: [a, b], total: 1}",
        "unique_within_row: [a, b]",
    ],
)
def test_nothing_judged_is_no_proof(only: Any, check: Check, entry: str) -> None:
    empty = only(entry, "a,b\nNA,1\nNA,2\n")
    assert (empty.status, empty.message) == (Status.ERROR, "0 values judged: all 2 are null")
    allowed = COLUMNS.replace("a: {type: number}", "a: {type: number, null_fraction: [0, 1]}")
    found = check("a,b\nNA,1\nNA,2\n", schema("checks:", f"- {{name: it, {entry}}}", columns=allowed))["it"]
    assert found.status is Status.PASS
    absent = only(entry, "a,c\n1,2\n")
    assert (absent.status, absent.message) == (Status.SKIP, "column absent: b")
    assert only(entry, "a,b\n").status is Status.SKIP


def test_the_sums_that_fail_are_told(only: Any) -> None:
    outcome = only("row_sum: {columns: [a, c], total: [3, 5]}", "a,c\n1,1\n2,2\n4,5\n-1,0\nnan,1\n")
    assert outcome.message == (
        "4 of 5 rows are with a sum that is not between 3 and 5 (1 because of NaN); sums from -1 to 9"
    )
    assert (outcome.observed, outcome.expected) == (4, "a, c sum: between 3 and 5")


def test_shares_that_add_up_to_one_do_although_their_binary_sum_does_not(only: Any) -> None:
    content = "a,c,b\n0.1,0.2,0\n0.7,0.1,0\n0.3,0.00001,0\n"
    assert 0.1 + 0.2 != 0.3
    assert counts(only("row_sum: {columns: [a, c], total: 0.3}", content)) == (3, 2, 0, [2, 3])
    assert counts(only("row_sum: {columns: [a, c], total: 0.3, tolerance: 0}", content)) == (3, 3, 0, [1, 2, 3])


def test_large_whole_numbers_add_up_exactly_without_a_tolerance(check: Check) -> None:
    whole = COLUMNS.replace("a: {type: number}", "a: {type: integer}")
    assert whole != COLUMNS
    declared = schema("row_sum: [{columns: [b, a], total: 9007199254740994, tolerance: 0}]", columns=whole)
    found = check("b,a\n9007199254740993,1\n9007199254740992,1\n", declared)["row_sum%3Ab%2Ba"]
    assert counts(found) == (2, 1, 0, [2])


def test_many_pairs_are_one_condition(only: Any) -> None:
    pairs = ", ".join(f"[k{number}, {number}]" for number in range(2000))
    content = "s,b\n" + "".join(f"k{number},{number + (number == 1500)}\n" for number in range(2000))
    assert counts(only(f"pair_in_set: {{a: s, b: b, pairs: [{pairs}]}}", content)) == (2000, 1, 0, [1501])


def test_a_check_that_fits_no_type_is_an_error_beside_the_others(check: Check) -> None:
    untyped = COLUMNS.replace("s: {type: string}", "s: {}")
    declared = schema("expressions: [s > 1, a <= b]", "unique_within_row: [[s, b]]", columns=untyped)
    found = check(CSV, declared)
    outcome = found["expressions%3As%20%3E%201"]
    assert (outcome.status, outcome.message) == (Status.ERROR, "s is text and 1 is a number: they cannot be compared")
    assert found["unique_within_row%3As%2Bb"].status is Status.ERROR
    assert found["expressions%3Aa%20%3C=%20b"].status is Status.FAIL


def test_names_with_quotes_commas_and_newlines(check: Check) -> None:
    columns = 'version: 1\nread: {delimiter: ","}\ncolumns: {"x, \\"y\\"\\nz": {type: integer}, "or": {type: integer}}\ntable:\n'
    declared = schema(
        """expressions: ['"x, ""y""\n\n    z" < "or"']""",
        'unique_within_row: [["x, \\"y\\"\\nz", or]]',
        columns=columns,
    )
    found = check('"x, ""y""\nz",or\n1,2\n3,3\n', declared, privacy="full")
    outcome = next(outcome for outcome in found.values() if outcome.check == "expressions")
    assert counts(outcome) == (2, 1, 0, [2])
    assert outcome.evidence["rows"][0]["value"] == 'x, "y"\nz: 3, or: 3'


numbers = st.none() | st.sampled_from([NAN, INF, -INF, -1.0, 0.0, 0.5, 1.0, 2.0])


def _is_nan(value: float | None) -> bool:
    return value is not None and math.isnan(value)


def _compare(rows: Any, op: str, ignore: str) -> list[bool | None]:
    """Per row whether it holds; None where it is not judged."""
    found: list[bool | None] = []
    for a, b, _ in rows:
        missing, nan = (a is None) + (b is None), _is_nan(a) or _is_nan(b)
        left_out = {"either_null": missing and not nan, "both_null": missing == 2, "never": False}[ignore]
        holds = not missing and not nan and bool(getattr(operator, op)(a, b))
        found.append(None if left_out else holds)
    return found


def _sum(rows: Any) -> list[bool | None]:
    found: list[bool | None] = []
    for row in rows:
        if None in row:
            found.append(None)
            continue
        total = row[0] + row[1] + row[2]
        found.append(not math.isnan(total) and 0 <= total <= 2)
    return found


def _differ(rows: Any) -> list[bool | None]:
    found: list[bool | None] = []
    for row in rows:
        present = [value for value in row if value is not None and not math.isnan(value)]
        if len(set(present)) < len(present) or any(map(_is_nan, row)):
            found.append(False)
        else:
            found.append(None if None in row else True)
    return found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=25),
    op=st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
    ignore=st.sampled_from(["either_null", "both_null", "never"]),
    text=st.booleans(),
)
def test_counts_and_rows_agree_with_python(check: Check, rows: Any, op: str, ignore: str, text: bool) -> None:
    import pyarrow as pa

    columns = COLUMNS.replace("b: {type: integer}", "b: {type: number}")
    declared = schema(
        "checks:",
        f"- {{name: compared, compare_columns: {{a: a, op: {op}, b: b, ignore_row_if: {ignore}}}}}",
        "- {name: summed, row_sum: {columns: [a, b, c], total: [0, 2]}}",
        "- {name: differ, unique_within_row: [a, b, c]}",
        columns=columns,
    )
    lines = ("a,b,c", *(",".join("NA" if x is None else str(x) for x in row) for row in rows))
    content: Any = "\n".join(lines) + "\n"
    if not text:
        content = {name: pa.array([row[place] for row in rows], pa.float64()) for place, name in enumerate("abc")}
    found = check(content, declared, privacy="full")
    for name, expected in (("compared", _compare(rows, op, ignore)), ("summed", _sum(rows)), ("differ", _differ(rows))):
        failing = [place + 1 for place, holds in enumerate(expected) if holds is False]
        judged = sum(holds is not None for holds in expected)
        assert counts(found[name]) == (judged, len(failing), len(rows) - judged, failing[:10])
        assert found[name].status is (Status.ERROR if not judged else Status.FAIL if failing else Status.PASS)
