"""Checks of several columns at once: chosen by name, by a pattern in the name, or by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mlgate.config.schema_file import parse_schema
from mlgate.errors import ConfigError
from mlgate.outcome import Outcome, Status

Check = Callable[..., Mapping[str, Outcome]]
TABLE = "x_a,x_b,day,free\n1,5,2026-01-01,7\n2,,2026-01-02,\n"


def schema(*checks: str, extra: str = "") -> Any:
    listed = "".join(f"\n    - {check}" for check in checks)
    return parse_schema(
        "version: 1\ncolumns:\n  x_a: {type: integer, between: [0, 1]}\n  x_b: {type: integer}\n  day: {type: date}\n"
        f"{extra}table:\n  extra_columns: ignore\n  checks:{listed}\n",
        "s.yaml",
    )


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ("[x_a, day]", {"x_a", "day"}),
        ("{regex: '^x_'}", {"x_a", "x_b"}),
        ("{regex: 'e'}", {"free"}),
        ("{type: integer}", {"x_a", "x_b"}),
        ("{type: [integer, date]}", {"x_a", "x_b", "day"}),
    ],
)
def test_the_chosen_columns_are_judged(check: Check, columns: str, chosen: set[str]) -> None:
    found = check(TABLE, schema(f"{{columns: {columns}, not_null: true}}"))
    judged = {name.partition("/")[0]: outcome.status for name, outcome in found.items() if name.endswith("/not_null")}
    assert judged == {name: Status.FAIL if name in ("x_b", "free") else Status.PASS for name in chosen}


def test_a_choice_of_nothing_is_an_error(check: Check) -> None:
    found = check(TABLE, schema("{columns: {regex: '^z'}, not_null: true}"))["not_null"]
    assert found.status is Status.ERROR
    assert "no column is chosen" in found.message


@pytest.mark.parametrize("odd", ["\n", "\u00a0", "\t", "\u200b", "\u2028", "\u00ad"])
def test_a_name_with_odd_characters_is_chosen(check: Check, odd: str) -> None:
    found = check(
        f'x_a,x_b,day,"total{odd}EUR"\n1,,2026-01-01,\n', schema("{columns: {regex: '^total'}, not_null: true}")
    )
    assert [o.status for name, o in found.items() if name.startswith("total")] == [Status.FAIL]


def test_a_name_on_which_no_pattern_can_be_tried_is_an_error(check: Check) -> None:
    found = check("x_a,x_b,day,to\0tal\n1,2,2026-01-01,\n", schema("{columns: {regex: '^x_a'}, not_null: true}"))
    assert found["not_null"].status is Status.ERROR
    assert "cannot be tried" in found["not_null"].message
    assert found["x_a/not_null"].status is Status.PASS


def test_a_second_check_of_one_name_is_numbered(check: Check) -> None:
    found = check(TABLE, schema("{columns: [x_a], between: [0, 9]}", "{columns: [x_a], between: [0, 3]}"))
    assert [found[f"x_a/{name}"].status for name in ("between", "between%3A2", "between%3A3")] == [
        Status.FAIL,
        Status.PASS,
        Status.PASS,
    ]


def test_modifiers_hold_for_each_column(check: Check) -> None:
    found = check(
        TABLE,
        schema(
            "{columns: {type: integer}, not_null: true, severity: warn, description: ask the ward, where: 'x_a > 1'}"
        ),
    )
    assert found["x_b/not_null"].status is Status.WARN
    assert found["x_b/not_null"].hint.startswith("ask the ward; ")
    assert found["x_a/not_null"].evidence["judged"] == 1


def test_a_hostile_pattern_cannot_run_away(check: Check) -> None:
    name = "a" * 60 + "!"
    declared = schema(
        "{columns: {regex: '(a+)+$'}, not_null: true}", "{columns: {regex: 'a'}, not_null: true, name: b}"
    )
    found = check(f"x_a,x_b,day,{name}\n1,2,2026-01-01,\n", declared)
    assert found[f"{name}/b".replace("!", "%21")].status is Status.FAIL


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("[x_c]", "'x_c' is not declared"),
        ("{regex: '^x', type: integer}", "chosen in one way"),
        ("{regex: '('}", "not a regular expression"),
        ("{type: whole}", "'whole' is not one of"),
        ("[]", "at least 1"),
    ],
)
def test_a_wrong_choice_is_a_mistake_with_its_line(columns: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        schema(f"{{columns: {columns}, not_null: true}}")
    assert caught.value.line


def test_a_check_that_no_chosen_column_can_meet_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="regex needs text"):
        schema("{columns: {type: integer}, regex: x}")
