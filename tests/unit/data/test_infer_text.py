"""The proposed text is valid YAML for any name and value, and keeps to 120 characters."""

from __future__ import annotations

import itertools

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given, settings

from mlgate.config.yaml_text import scalar
from mlgate.data.infer_text import WIDTH, Proposal, TableProposal, column_lines, table_lines


@pytest.mark.parametrize(
    "text",
    ["NO", "on", "1e3", "007", "2026-01-31", "null", "~", "", " a", "a ", "a: b", "a #b", "- a", "[a", "0x1F", "1_0",
     ".5", "+1", "y", "N", "*a", "&a", "!a", "%a", "@a", "`a", "'a", '"a', "a\\b", "\t", "\x85", "\u2028", "\ufeff",
     "1:30", ".inf", "true", "a,b", "{", "?", "=", "<<"], ids=itertools.count(),
)  # fmt: skip
def test_text_that_needs_quotes_gets_them(text: str) -> None:
    assert scalar(text).startswith('"')
    assert yaml.load(f"{{k: {scalar(text)}}}", yaml.BaseLoader) == {"k": text}  # noqa: S506  # the base loader makes text only


@pytest.mark.parametrize(
    "text", ["F", "mild pain", "a_b", "a.b", "a/b", "5km", "größe", "v1.2", "C++", "non-smoker"], ids=itertools.count()
)
def test_text_that_needs_none_gets_none(text: str) -> None:
    assert scalar(text) == text
    assert yaml.safe_load(f"{{k: {text}}}") == {"k": text}


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=100)
@given(text=any_text)
def test_any_text_survives_yaml(text: str) -> None:
    for loader in (yaml.SafeLoader, yaml.BaseLoader):
        assert yaml.load(f"{{{scalar(text)}: {scalar(text)}}}", loader) == {text: text}  # noqa: S506  # both are safe


@settings(max_examples=60)
@given(
    name=any_text,
    members=st.lists(any_text, min_size=1, max_size=40, unique=True),
    pattern=any_text,
    above=st.lists(any_text, max_size=2),
    beside=any_text,
)
def test_a_column_means_what_was_proposed(
    name: str, members: list[str], pattern: str, above: list[str], beside: str
) -> None:
    rules = {"type": "string", "null_fraction": {"max": 0.5}, "in_set": members, "fullmatch": pattern, "unique": True}
    lines = list(column_lines(Proposal(name=name, rules=rules, above=above, beside=beside)))
    assert yaml.safe_load("\n".join(["columns:", *lines])) == {"columns": {name: rules}}


def test_long_lines_are_broken() -> None:
    members = [f"a rather long member {place}" for place in range(30)]
    lines = list(column_lines(Proposal(name="x", rules={"type": "string", "in_set": members}, beside="few " * 40)))
    assert all(len(line) <= WIDTH for line in lines)
    assert lines[0].startswith("  # few few")
    assert lines[-1].endswith("member 29]")


def test_a_name_of_a_thousand_characters() -> None:
    name = "ä" * 1200
    lines = list(column_lines(Proposal(name=name, rules={"type": "integer"}, beside="seen 1 to 2")))
    assert yaml.safe_load("\n".join(["columns:", *lines])) == {"columns": {name: {"type": "integer"}}}


def test_many_columns_in_one_check() -> None:
    names = [f"column {place}, with a comma" for place in range(20)]
    proposal = TableProposal(
        least_rows=3,
        rows_remark="60% of the 5 rows that were seen",
        extra_columns="fail",
        unique=[(("firm", "year"), "no combination stands twice")],
        checks=[({"columns": names, "finite": True}, "neither infinite nor NaN")],
    )
    lines = list(table_lines(proposal))
    assert all(len(line) <= WIDTH for line in lines)
    assert yaml.safe_load("\n".join(lines)) == {
        "table": {
            "row_count": {"min": 3},
            "extra_columns": "fail",
            "unique": [["firm", "year"]],
            "checks": [{"columns": names, "finite": True}],
        }
    }
