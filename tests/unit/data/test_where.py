"""`where`: a check of some rows says what the check of all rows says of a table that holds only those."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from mlgate.config.expression_parser import parse_condition
from mlgate.config.expression_tree import columns_of
from mlgate.config.expressions import Expression
from mlgate.config.schema import Bound, Read, Rule, Schema
from mlgate.config.schema_file import parse_schema
from mlgate.data.catalogue import COLUMN_CHECKS
from mlgate.outcome import Status
from tests.unit.data.conftest import make_column, make_rule, make_schema

Check = Callable[..., Mapping[str, Any]]


def where(text: str) -> Expression:
    tree = parse_condition(text)
    return Expression(text=text, tree=tree, columns=columns_of(tree))


_random = random.Random(11)
_NUMBERS: list[float | None] = [None, None, math.nan, -5.0, 0.0, 1.0, 1.0, 2.0, 50.0, 150.0]
_TEXTS = [None, "", "a", "aa", "b", "bb@x", "a", "A"]
ROWS: list[dict[str, Any]] = [
    {
        "x": _random.choice(_NUMBERS),
        "y": _random.choice([None, 1, 2, 3]),
        "s": _random.choice(_TEXTS),
        "f": _random.choice([None, True, False]),
        "id": number,
    }
    for number in range(60)
]
TYPES = {"x": "number", "y": "integer", "s": "string", "f": "boolean", "id": "integer"}

CASES: list[tuple[str, str]] = [
    ("x", "not_null: true, mostly: 0.9"),
    ("f", "not_null: true"),
    ("x", "null: true, mostly: 0.2"),
    ("x", "null_fraction: [null, 0.1]"),
    ("x", "null_fraction: [0, 1]"),
    ("s", "unique: true"),
    ("y", "unique: true, mostly: 0.1"),
    ("s", "unique_fraction: [0, 0.5]"),
    ("y", "unique_count: [3, 3]"),
    ("x", "between: [0, 100]"),
    ("y", "between: [0, 100]"),
    ("x", "finite: true"),
    ("s", "in_set: [a, b], mostly: 0.2"),
    ("f", "in_set: [true]"),
    ("y", "not_in_set: [2]"),
    ("s", "domain_mass: {values: [a, b], min: 0.4}"),
    ("y", "distinct_in_set: [1, 2]"),
    ("s", "distinct_contain: [A, bb@x]"),
    ("y", "distinct_equal: [1, 2, 3]"),
    ("s", "most_common: [a, aa]"),
    ("s", "regex: a"),
    ("s", "not_regex: b"),
    ("s", "fullmatch: '[a-z]+'"),
    ("s", "length: [1, 2]"),
    ("s", "datetime_format: '%Y'"),
    ("s", "json: true"),
    ("s", "json_schema: {type: string}"),
    ("y", "increasing: true, mostly: 0.1"),
    ("id", "increasing: {strictly: true}"),
    ("y", "decreasing: {strictly: true}"),
    ("y", "min: [2, null]"),
    ("y", "max: [null, 2]"),
    ("y", "mean: [0, 1.5]"),
    ("x", "mean: [0, 10]"),
    ("y", "std: [0, 5]"),
    ("y", "median: [2, 2]"),
    ("y", "sum: [0, 10]"),
    ("y", "quantile: {0.5: [1, 2], 0.9: [0, 1]}"),
    ("y", "iqr: [0, 1]"),
    ("id", "skew: [0, 5]"),
    ("id", "kurtosis: [0, 5]"),
    ("s", "entropy: [0, 1]"),
    ("id", "z_score: 1"),
    ("f", "label_distribution: {true: [0.4, 0.6], false: [0.1, 0.2]}"),
    ("s", "label_distribution: {a: [0, 0.1], zz: [0, 0]}"),
]
CONDITIONS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "y >= 2": lambda row: row["y"] is not None and row["y"] >= 2,
    "x > 0": lambda row: row["x"] is not None and row["x"] > 0,
    "s <> 'a' or f": lambda row: (row["s"] is not None and row["s"] != "a") or row["f"] is True,
    "x is null": lambda row: row["x"] is None,
    "not s = 'a' and id % 2 = 0": lambda row: row["s"] is not None and row["s"] != "a" and row["id"] % 2 == 0,
}


def csv(rows: list[dict[str, Any]]) -> str:
    def cell(value: Any) -> str:
        if value is None:
            return "NA"
        return str(value).lower() if isinstance(value, bool) else f'"{value}"' if value == "" else str(value)

    return "\n".join([",".join(TYPES), *(",".join(cell(row[name]) for name in TYPES) for row in rows)]) + "\n"


def parquet(rows: list[dict[str, Any]]) -> dict[str, Any]:
    import pyarrow as pa

    types = {"number": pa.float64(), "integer": pa.int64(), "string": pa.string(), "boolean": pa.bool_()}
    return {name: pa.array([row[name] for row in rows], types[kind]) for name, kind in TYPES.items()}


def declared(rules: Mapping[str, Sequence[Rule]] | None = None, table: tuple[Rule, ...] = ()) -> Schema:
    """A schema with rules by column, and rules of the table."""
    columns = [make_column(name, kind, *(rules or {}).get(name, ())) for name, kind in TYPES.items()]
    return make_schema(*columns, rules=table, read=Read(delimiter=",", null=("NA",)))


def of_cases(condition: str = "") -> Schema:
    """The schema of all cases, each named by its place, as a file declares them."""
    lines = ["version: 1", 'read: {delimiter: ",", null: [NA]}', "columns:"]
    for column, kind in TYPES.items():
        lines += [f"  {column}:", f"    type: {kind}", "    checks:"]
        for place, (name, case) in enumerate(CASES):
            if name == column:
                chosen = f', where: "{condition}"' if condition else ""
                lines.append(f"    - {{name: case{place}, {case}{chosen}}}")
    return parse_schema("\n".join(lines), "s.yaml")


@pytest.mark.parametrize("form", [csv, parquet])
@pytest.mark.parametrize("text", CONDITIONS)
def test_every_check_of_a_column_judges_only_the_rows_that_are_chosen(check: Check, text: str, form: Any) -> None:
    chosen = [row for row in ROWS if CONDITIONS[text](row)]
    assert 0 < len(chosen) < len(ROWS)
    some = check(form(ROWS), of_cases(text), privacy="full", key=["id"])
    alone = check(form(chosen), of_cases(), privacy="full", key=["id"])
    for place, (column, case) in enumerate(CASES):
        one, other = some[f"{column}/case{place}"], alone[f"{column}/case{place}"]
        for part in ("status", "message", "observed", "expected", "hint"):
            assert getattr(one, part) == getattr(other, part), (column, case)
        told, expected = dict(one.evidence), dict(other.evidence)
        assert told.pop("outside") == len(ROWS) - len(chosen), case
        for row in expected.get("rows", ()):
            row["row"] = int(row["key"]["id"]) + 1
        assert told == expected, case


def test_every_check_of_a_column_has_a_case_here() -> None:
    assert {case.split(":")[0] for _, case in CASES} == COLUMN_CHECKS.keys() - {"type"}


@pytest.mark.parametrize("form", [csv, parquet])
def test_several_conditions_and_none_stand_beside_one_another(check: Check, form: Any) -> None:
    rules = [make_rule("in_set", (1,), name="all")]
    rules += [make_rule("in_set", (1,), name=text, where=where(text)) for text in CONDITIONS]
    found = check(form(ROWS), declared({"y": rules}))
    judged = {rule.name: found[f"y/{_quoted(rule.name)}"].evidence["judged"] for rule in rules}
    assert judged["all"] == sum(row["y"] is not None for row in ROWS)
    for text, holds in CONDITIONS.items():
        assert judged[text] == sum(row["y"] is not None and holds(row) for row in ROWS)


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="=._-")


@pytest.mark.parametrize("form", [csv, parquet])
@pytest.mark.parametrize("text", CONDITIONS)
def test_a_composite_key_is_one_of_the_chosen_rows(check: Check, text: str, form: Any) -> None:
    chosen = [row for row in ROWS if CONDITIONS[text](row)]
    whole: list[Any] = [(row["s"], row["y"]) for row in chosen if row["s"] is not None and row["y"] is not None]
    repeated = [
        row["id"] + 1 for row in chosen if None not in (row["s"], row["y"]) and whole.count((row["s"], row["y"])) > 1
    ]
    rule = make_rule("unique", ("s", "y"), where=where(text))
    found = check(form(ROWS), declared(table=(rule,)))["unique"]
    assert found.evidence["judged"] == len(whole)
    assert found.evidence["failing"] == len(whole) - len(set(whole))
    assert found.evidence["null"] == len(chosen) - len(whole)
    assert found.evidence["outside"] == len(ROWS) - len(chosen)
    assert [row["row"] for row in found.evidence.get("rows", ())] == repeated[:10]
    assert found.status is (Status.FAIL if repeated else Status.PASS)


@pytest.mark.parametrize("form", [csv, parquet])
def test_a_condition_that_chooses_no_row_is_an_error_for_every_check(check: Check, form: Any) -> None:
    none = check(form(ROWS), of_cases("id < 0"))
    for place, (column, case) in enumerate(CASES):
        found = none[f"{column}/case{place}"]
        assert found.status is Status.ERROR, case
        assert found.evidence.get("outside") == len(ROWS)
    key = make_rule("unique", ("s", "y"), where=where("id < 0"))
    found = check(form(ROWS), declared(table=(key,)))["unique"]
    assert (found.status, found.message) == (Status.ERROR, "0 values judged: no row meets the condition `where`")


def test_where_the_chosen_rows_are_null_the_schema_decides(check: Check) -> None:
    content = "x,g\nNA,1\nNA,1\n5,2\n"

    def outcome(*more: Rule) -> Any:
        rule = make_rule("between", [0, 1], where=where("g = 1"))
        columns = (make_column("x", "number", rule, *more), make_column("g", "integer"))
        return check(content, make_schema(*columns, read=Read(delimiter=",", null=("NA",))))["x/between"]

    assert (outcome().status, outcome().message) == (Status.ERROR, "0 values judged: all 2 are null")
    allowed = outcome(make_rule("null_fraction", [0, 1]))
    assert (allowed.status, allowed.evidence["outside"]) == (Status.PASS, 1)


def test_a_table_without_rows_that_may_be_empty_passes_under_a_condition(check: Check) -> None:
    rule = make_rule("between", [0, 1], where=where("g = 1"))
    columns = (make_column("x", "number", rule), make_column("g", "integer"))
    found = check("x,g\n", make_schema(*columns, rules=(make_rule("row_count", Bound(min=0)),)))
    assert found["x/between"].status is Status.PASS
    assert check("x,g\n", make_schema(*columns))["x/between"].status is Status.SKIP


def test_a_condition_on_an_absent_column_skips_and_says_which(check: Check) -> None:
    rule = make_rule("between", [0, 1], where=where("gone > 1 and x > 0 and lost"))
    counted = make_rule("row_count", [0, 1], where=where("gone > 1"), name="some")
    columns = (make_column("x", "number", rule), make_column("gone", "integer"), make_column("lost", "boolean"))
    found = check("x\n5\n", make_schema(*columns, rules=(counted,)))
    assert (found["x/between"].status, found["x/between"].message) == (Status.SKIP, "column absent: gone, lost")
    assert found["some"].status is Status.SKIP
    assert found["gone/column_exists"].status is Status.FAIL


def test_a_condition_that_compares_number_and_text_is_an_error_and_leaves_the_others_alone(check: Check) -> None:
    broken = make_rule("between", [0, 9], where=where("s > 1"), name="broken")
    columns = (make_column("x", "number", broken, make_rule("between", [0, 9])), make_column("s"))
    found = check("x,s\n5,a\n", make_schema(*columns))
    assert (found["x/broken"].status, found["x/broken"].message) == (
        Status.ERROR,
        "s is text and 1 is a number: they cannot be compared",
    )
    assert found["x/between"].status is Status.PASS


def test_the_number_of_chosen_rows_is_a_check_beside_that_of_all(check: Check) -> None:
    rules = (
        make_rule("row_count", [60, 60]),
        make_rule("row_count", [1, 5], where=where("y >= 2"), name="many"),
        make_rule("row_count", [0, 0], where=where("id < 0"), name="none"),
        make_rule("row_count", [1, None], where=where("id < 0"), name="some", severity=Status.WARN),
        make_rule("row_count", [1, 50], name="again"),
    )
    found = check(csv(ROWS), declared(table=rules))
    chosen = sum(CONDITIONS["y >= 2"](row) for row in ROWS)
    statuses = {name: (found[name].status.value, found[name].observed) for name in ("row_count", "many", "none")}
    assert statuses == {"row_count": ("pass", 60), "many": ("fail", chosen), "none": ("pass", 0)}
    assert (found["some"].status, found["again"].status) == (Status.WARN, Status.FAIL)
    assert found["many"].message == f"{chosen} rows chosen by `where`, expected between 1 and 5"


def test_a_row_count_with_a_condition_does_not_allow_an_empty_table(check: Check) -> None:
    rules = (make_rule("row_count", Bound(min=0), where=where("x > 1"), name="some"),)
    found = check("x\n", make_schema(make_column("x", "number"), rules=rules))
    assert found["row_count"].status is Status.ERROR


def test_where_the_chosen_values_are_not_of_the_type_nothing_is_judged_twice(check: Check) -> None:
    rule = make_rule("between", [0, 9], where=where("g = 1"))
    columns = (make_column("x", "integer", rule), make_column("g", "integer"))
    found = check("x,g\n1,1\nbad,1\nworse,2\n100,2\n5,x\n", make_schema(*columns))["x/between"]
    assert found.status is Status.PASS
    assert found.evidence == {"judged": 1, "failing": 0, "null": 0, "not_of_type": 1, "outside": 3}
