"""JSON lines say what is a text, a number and a boolean: no check takes one for another."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.config.json_types import BOOLEAN, NESTED, NUMBER, STRING
from mlgate.config.schema import Read
from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table
from mlgate.data.infer import infer_schema
from mlgate.outcome import Outcome
from mlgate.sources.tables import open_table
from tests.unit.data.conftest import Check, make_column, make_rule, make_schema

LINES = Read()


def lines(values: Sequence[Any], name: str = "x") -> str:
    return "".join(json.dumps({"row": row, name: value}) + "\n" for row, value in enumerate(values))


@pytest.fixture
def typed(check: Check, save: Callable[..., Path]) -> Callable[..., Outcome]:
    """The outcome of the type of x, or of one rule on it."""

    def run(values: Sequence[Any] | str, type_: str, name: str = "type", argument: Any = None) -> Outcome:
        path = save(values if isinstance(values, str) else lines(values), "t.jsonl")
        rules = [] if name == "type" else [make_rule(name, argument)]
        return check(path, make_schema(make_column("x", type_, *rules), read=LINES), privacy="full")[f"x/{name}"]

    return run


@pytest.mark.parametrize(
    ("type_", "values", "wrong"),
    [
        ("string", ["a", "1", ""], []),
        ("string", ["a", 1, True, [1], {"k": 1}], [2, 3, 4, 5]),
        ("string", [1, 2], [1, 2]),
        ("string", [[], {}], [1, 2]),
        ("integer", [1, -2, 3.0, 2e3, 10**30], []),
        ("integer", [1, "1", 1.5, True, [1]], [2, 3, 4, 5]),
        ("integer", ["1", "2"], [1, 2]),
        ("number", [1, 1.5, -0.0, 1e300], []),
        ("number", [1.5, "1.5", False, {}], [2, 3, 4]),
        ("boolean", [True, False], []),
        ("boolean", [True, "true", 1, 0, [True]], [2, 3, 4, 5]),
        ("date", ["2026-01-05", 20260105, "x"], [2, 3]),
        ("datetime", ["2026-01-05T10:00:00", 1767607200], [2]),
        ("time", ["10:00", 10], [2]),
        ("duration", ["P1D", 1], [2]),
        ("any", ["a", 1, True, [1], {"k": 1}], []),
    ],
)
def test_a_value_of_another_json_type_is_not_of_the_type(
    check: Check, save: Callable[..., Path], type_: str, values: list[Any], wrong: list[int]
) -> None:
    declared = make_schema(make_column("x", type_), read=LINES)
    found = check(save(lines(values), "t.jsonl"), declared, privacy="full")
    if type_ == "any":
        assert "x/type" not in found
        return
    outcome = found["x/type"]
    assert outcome.status == ("fail" if wrong else "pass")
    assert [row["row"] for row in outcome.evidence.get("rows", ())] == wrong
    assert outcome.evidence["failing"] == len(wrong)


def test_message_names_the_json_types(typed: Callable[..., Outcome]) -> None:
    assert typed([1, "1"], "integer").message == (
        "1 of 2 values is not of type integer (JSON types of the column: text, number)"
    )
    assert typed([None, "a"], "string").message == "1 value judged, every one of type string; beside them 1 null"


def test_other_checks_do_not_judge_what_is_not_of_the_type(typed: Callable[..., Outcome]) -> None:
    found = typed([1, "999", 3.0], "integer", "between", [0, 5])
    assert (found.status, found.evidence["judged"], found.evidence["not_of_type"]) == ("pass", 2, 1)
    found = typed(["ab", 12, [1]], "string", "regex", "^a")
    assert (found.status, found.evidence["judged"], found.evidence["not_of_type"]) == ("pass", 1, 2)


def test_without_a_type_a_text_is_no_number_that_a_bound_could_judge(typed: Callable[..., Outcome]) -> None:
    assert typed([1, "2"], "any", "between", [0, 5]).evidence["failing"] == 1
    assert typed([1, 2.5], "any", "between", [0, 5]).status == "pass"
    assert typed([1, "2", [3]], "any", "regex", "[123]").status == "pass"  # which asks for text, of any value


def test_null_tokens_have_no_type(check: Check, save: Callable[..., Path]) -> None:
    path = save(lines([1, "NA", None, 2]), "t.jsonl")
    declared = make_schema(make_column("x", "integer"), read=Read(null=("NA",)))
    found = check(path, declared)["x/type"]
    assert (found.status, found.message) == ("pass", "2 values judged, every one of type integer; beside them 2 null")


def test_types_are_known_by_column(tmp_path: Path) -> None:
    rows = [{"a": "x", "b": 1, "c": True, "d": [1], "e": None, "f~/g": 1.5}, {"a": 1, "b": 2.5, "d": {}, "new": "y"}]
    path = tmp_path / "y=1" / "t.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_table([path], shown="t.jsonl", top=tmp_path) as table:
        assert dict(table.json_types) == {
            "a": STRING | NUMBER, "b": NUMBER, "c": BOOLEAN, "d": NESTED, "f~/g": NUMBER, "new": STRING,
        }  # fmt: skip
        assert table.columns == ("a", "b", "c", "d", "e", "f~/g", "new", "y")


def test_a_folder_names_text_of_any_type(tmp_path: Path) -> None:
    path = tmp_path / "y=1" / "t.jsonl"
    path.parent.mkdir()
    path.write_text('{"x": 1}\n', encoding="utf-8")
    declared = make_schema(make_column("y", "integer"), read=LINES)
    with open_table([path], shown="t.jsonl", top=tmp_path) as table:
        found = check_table(table, declared, dataset="t")
    assert [outcome.status for outcome in found if outcome.check == "type"] == ["pass"]


def test_lines_with_a_fault_keep_the_types_of_the_others(typed: Callable[..., Outcome]) -> None:
    found = typed('{"x": 1}\n{"x": \n{"x": "1"}\n', "integer")
    assert [row["row"] for row in found.evidence["rows"]] == [3]


class TestHygiene:
    @pytest.mark.parametrize(
        ("values", "status", "message"),
        [
            ([1, "a", [1]], "warn", "3 values of several JSON types: 1 text, 1 number, 1 nested value"),
            ([1, 2, 3, "4"], "fail", "4 values of several JSON types: 1 text, 3 numbers"),
            ([True] * 40 + [1, 1], "fail", "42 values of several JSON types: 2 numbers, 40 booleans"),
            ([True] * 39 + [1, 1, 1], "warn", "42 values of several JSON types: 3 numbers, 39 booleans"),
        ],
    )
    def test_several_json_types_are_told(
        self, save: Callable[..., Path], values: list[Any], status: str, message: str
    ) -> None:
        outcome = hygiene_of(save(lines(values), "t.jsonl"))["x/mixed_types"]
        assert (outcome.status, outcome.message) == (status, message)

    def test_the_rows_are_those_of_the_rarer_types(self, save: Callable[..., Path]) -> None:
        outcome = hygiene_of(save(lines([1, "a", 2, 3, None, "N/A"]), "t.jsonl"))["x/mixed_types"]
        assert [row["row"] for row in outcome.evidence["rows"]] == [2]

    @pytest.mark.parametrize(
        "values", [[1, 2.5, 3], ["1", "2", "3", "x"], [1, 2, 3, "NA"], [True, None], [[1], {"a": 1}], [0, 1]]
    )
    def test_one_json_type_is_one(self, save: Callable[..., Path], values: list[Any]) -> None:
        found = hygiene_of(save(lines(values), "t.jsonl"))
        assert found["mixed_types"].status == "pass"

    def test_dates_among_texts_are_still_looked_at(self, save: Callable[..., Path]) -> None:
        days = [f"2026-01-{day:02}" for day in range(1, 20)]
        assert hygiene_of(save(lines([*days, "soon"]), "t.jsonl"))["x/mixed_types"].status == "fail"

    def test_rows_that_differ_in_a_json_type_alone_are_two(self, save: Callable[..., Path]) -> None:
        same = '{"x": 1, "y": 1}\n{"x": "1", "y": 1}\n'
        assert hygiene_of(save(same, "t.jsonl"))["duplicate_rows"].observed == 0
        assert hygiene_of(save(same.replace('"1"', "1"), "t.jsonl"))["duplicate_rows"].observed == 1


def hygiene_of(path: Path) -> dict[str, Outcome]:
    from mlgate.data import check_hygiene

    with open_table([path], shown=path.name) as table:
        found = check_hygiene(table, dataset="t", privacy="full")
    return {outcome.id.removeprefix("data/t/"): outcome for outcome in found}


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([1, 2, 3.0], "integer"),
        ([1, 2.5], "number"),
        (["1", "2"], "string"),
        (["001", "002"], "string"),
        (["true", "false"], "string"),
        ([True, False, None], "boolean"),
        ([1, "NA", 2, 3], "integer"),
        (["2026-01-05", "2026-02-01"], "date"),
        ([[1], {"a": 1}], "any"),
        ([1, "a"], "any"),
        (["00", 7], "any"),
        ([0, 1, True], "any"),
    ],
)
def test_inferred_type(tmp_path: Path, values: list[Any], type_: str) -> None:
    text = infer_and_check(tmp_path, lines(values))
    assert f"  x: {{type: {type_}, " in text
    assert ("of the JSON types" in text) == (type_ == "any" and not isinstance(values[0], list))
    assert "numbers with commas" not in text


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.sampled_from(["1", "a", "true", "NA", "007", ""]),
    st.sampled_from([[], [1], {"a": 1}, "2026-01-05", "10:00", "P1D", 1e30, 10**30]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(
        st.lists(VALUES, min_size=4, max_size=4) | st.sampled_from([[1, 2, 3, 4], ["1", "2", "3", "x"]]), min_size=1,
        max_size=3,
    )
)  # fmt: skip
def test_what_is_inferred_holds_for_its_own_file(tmp_path: Path, columns: list[list[Any]]) -> None:
    names = [f"c{place}" for place in range(len(columns))]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    infer_and_check(tmp_path, "".join(json.dumps({"row": 1, **row}) + "\n" for row in rows))


def infer_and_check(folder: Path, content: str) -> str:
    path = folder / "t.jsonl"
    path.write_text(content, encoding="utf-8")
    with open_table([path], shown="t.jsonl") as table:
        text = infer_schema(table, path="t.jsonl")
    declared = parse_schema(text, "s.yaml")
    with open_table([path], shown="t.jsonl", read=declared.read) as table:
        found = check_table(table, declared, dataset="t")
    assert [(one.id, one.message) for one in found if one.status in ("fail", "error")] == []
    return text
