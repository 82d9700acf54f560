"""A schema that has changed: what is judged again and what is taken over says what judging everything says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from mlgate.config.schema_file import parse_schema
from mlgate.data import check_table
from mlgate.data.rechecking import recheck
from mlgate.sources.tables import open_table
from tests.unit.data.test_wide_tables import Watched

CONTENT = "a,b,c,d\n1,x,2.5,2024-01-05\n2,y,,2024-01-06\n2,x,7,\n9,zz,-1,2024-02-01\n,,3,2024-01-05\n"
COLUMNS: Mapping[str, list[str]] = {
    "a": [
        "{type: integer}",
        "{type: integer, between: [0, 5]}",
        "{type: integer, between: [0, 9], not_null: true}",
        '{type: number, checks: [{between: [0, 5], where: "b = \'x\'"}, {mean: [0, 9], where: "c > 2", name: m}]}',
        "{type: boolean, environments: [training]}",
    ],
    "b": ["{type: string}", "{type: string, in_set: [x, y]}", '{checks: [{length: [1, 1], where: "a > 1 and c > 0"}]}'],
    "c": ["{type: number}", "{type: integer, between: [0, 9]}", '{checks: [{between: [0, 9], where: "a = 2"}]}'],
    "d": ["{type: date, between: [2024-01-01, 2024-01-31]}", "{type: string, unique: true}"],
    "e": ["{type: integer, between: [0, 1]}", "{}"],
}
TABLE = [
    "row_count: {min: 1}",
    "row_count: {min: 9}",
    "unique: [[a, b]]",
    'expressions: ["a < c"]',
    "compare_columns: [{a: a, op: <, b: c}]",
    "column_count: [1, 3]",
    "extra_columns: warn",
    'checks: [{unique: [b, d], where: "c > 0", name: pairs}]',
    "checks: [{columns: [b], not_null: true}]",
]
Pairs = dict[str, str]


def schemas() -> st.SearchStrategy[str]:
    """Texts of schemas of some of the columns, some lines further down than in others."""
    columns = st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in COLUMNS.items()})
    rules = st.lists(st.sampled_from(TABLE), max_size=3, unique_by=lambda text: text.split(":")[0])
    return st.builds(
        written, columns.filter(bool), rules, st.integers(0, 1), st.sampled_from(["", "read: {null: [x]}\n"])
    )


def written(columns: Pairs, rules: list[str], lines: int, read: str) -> str:
    listed = "".join(f"  {name}: {declared}\n" for name, declared in columns.items())
    of_table = "".join(f"  {rule}\n" for rule in rules)
    return "version: 1\n" + "#\n" * lines + read + "columns:\n" + listed + (f"table:\n{of_table}" if rules else "")


def parsed(text: str) -> Any:
    from mlgate.errors import ConfigError

    try:
        return parse_schema(text, "s.yaml")
    except ConfigError:  # a rule of the table about a column that is not declared
        return None


def said(outcomes: Any) -> list[Any]:
    """Everything but the line, by id."""
    found = sorted(outcomes, key=lambda one: one.id)
    return [
        (one.id, one.check, one.subject, one.status, one.message, one.hint, one.observed, one.expected, one.evidence)
        for one in found
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Any], Any]]:
    path = tmp_path_factory.mktemp("rechecked") / "t.csv"
    path.write_text(CONTENT, encoding="utf-8")
    with (
        open_table([path], shown="t.csv") as table,
        open_table(
            [path], shown="t.csv", read=parse_schema(written({"a": "{}"}, [], 0, "read: {null: [x]}\n"), "s").read
        ) as other,
    ):
        yield lambda schema: table if schema.read.null == ("",) else other


@settings(max_examples=60, deadline=None)
@given(
    before=schemas().map(parsed).filter(bool),
    after=schemas().map(parsed).filter(bool),
    environment=st.sampled_from([None, "training", "serving"]),
)
def test_as_if_everything_was_judged_again(opened: Any, before: Any, after: Any, environment: str | None) -> None:
    options: dict[str, Any] = {"dataset": "t", "environment": environment, "privacy": "full"}
    known = check_table(opened(before), before, **options)
    again = recheck(opened(after), before, after, outcomes=known, **options)
    assert said(again) == said(check_table(opened(after), after, **options))


def test_only_what_changed_is_asked(save: Callable[..., Path]) -> None:
    columns = {"a": "{type: integer}", "b": "{type: string, in_set: [x, y]}", "c": "{type: number}"}
    rules = ["unique: [[a, d]]", 'expressions: ["c < 9"]']
    before = parsed(written({**columns, "d": "{type: date}"}, rules, 0, ""))
    after = parsed(written({**columns, "b": "{type: string, in_set: [x, y, zz]}", "d": "{type: date}"}, rules, 1, ""))
    with open_table([save(CONTENT)], shown="t.csv") as table:
        known = check_table(table, before, dataset="t")
        watch: Any = Watched(table)
        again = recheck(watch, before, after, outcomes=known, dataset="t")
    assert set(re.findall(r"\bc[0-9]\b", "\n".join(watch.connection.queries))) == {"c1"}
    status = {one.id: one.status.value for one in again}
    assert status["data/t/b/in_set"] == "pass"
    assert {one.id for one in again} == {one.id for one in known}
