"""Row conditions of Great Expectations as conditions of ours."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.config.expression_parser import parse_condition
from mlgate.data.imports.declarations import NotMappedError
from mlgate.data.imports.gx_conditions import condition

OWN = "great_expectations__experimental__"


def compared(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


TREES = [
    (compared("a", "==", "it's"), "a = 'it''s'"),
    (compared("a b", ">=", 1.5), '"a b" >= 1.5'),
    (compared("not", "<", True), '"not" < true'),
    (compared("a", "!=", 1), "(a <> 1 or a is null)"),
    (compared("a", "IN", [1, 2]), "a in (1, 2)"),
    (compared("a", "NOT_IN", ["x"]), "(a not in ('x') or a is null)"),
    ({"type": "nullity", "column": {"name": "a"}, "is_null": True}, "a is null"),
    ({"type": "nullity", "column": {"name": "a"}, "is_null": False}, "a is not null"),
    (
        {
            "type": "or",
            "conditions": [compared("a", "<", 0), {"type": "and", "conditions": [compared("b", ">", 1)] * 2}],
        },
        "a < 0 or (b > 1 and b > 1)",
    ),
    ({"type": "pass_through", "pass_through_filter": "a > 1"}, "a > 1"),
]
QUERIES = [
    ("a > 5 and b == 'x'", "a > 5 and b = 'x'"),
    ('a > 5 & b == "x"', "a > 5 and b = 'x'"),
    ("(a > 5) | (b <= -1)", "a > 5 or b <= -1"),
    ("a > 1 or b > 2 and c > 3", "a > 1 or (b > 2 and c > 3)"),
    ("1 < a <= 7", "1 < a and a <= 7"),
    ("a in ['x', 'y']", "a in ('x', 'y')"),
    ("a not in (1, 2)", "(a not in (1, 2) or a is null)"),
    ("a != b", "(a <> b or a is null or b is null)"),
    ("`first name` == 'Ann & Bob'", "\"first name\" = 'Ann & Bob'"),
    ("a.isnull()", "a is null"),
    ("~`a b`.isna()", '"a b" is not null'),
    ("not a.notnull()", "a is null"),
]
TEXTS = [
    ('col("age") >= 18', OWN, "age >= 18"),
    ('col("a.b-c").notNull()', OWN, '"a.b-c" is not null'),
    ("col(\"sex\") == 'F'", OWN, "sex = 'F'"),
    ('col("day") > date("2020-01-01")', OWN, "day > '2020-01-01'"),
    ("age >= 18 AND sex = 'F'", "spark", "age >= 18 AND sex = 'F'"),
]


@pytest.mark.parametrize(
    ("value", "parser", "expected"),
    [
        *((tree, None, text) for tree, text in TREES),
        *((query, "pandas", text) for query, text in QUERIES),
        *TEXTS,
    ],
)
def test_a_condition_is_written_in_our_grammar(value: object, parser: str | None, expected: str) -> None:
    text, _ = condition(value, parser)
    assert text == expected
    parse_condition(text)


@pytest.mark.parametrize(
    ("value", "parser"),
    [
        (3, None),
        ({"type": "nullity", "column": {"name": "a"}, "is_null": "yes"}, None),
        ({"type": "and", "conditions": []}, None),
        ({"type": "comparison"}, None),
        (compared("a", "~", 1), None),
        (compared("a", "==", None), None),
        (compared("a", "==", [1]), None),
        (compared("a", "==", float("inf")), None),
        (compared("a", "IN", []), None),
        ("a > ", "pandas"),
        ("a.abs() > 1", "pandas"),
        ("a > @limit", "pandas"),
        ("__import__('os').system('x')", "pandas"),
        ("not (a > 1)", "pandas"),
        ("a is None", "pandas"),
        ("lambda: 1", "pandas"),
        ("a[0] > 1", "pandas"),
        ("a > 1j", "pandas"),
        ("\0", "pandas"),
        ("age > 18", OWN),
        ('sex = "F"', "spark"),
        ("a > 1" + " and a > 1" * 300, "pandas"),
        ("not " * 450 + "a.isnull()", "pandas"),
        ("(" * 400 + "a > 1" + ")" * 400, "pandas"),
        ("-" * 1900 + "1 < a", "pandas"),
    ],
)
def test_what_the_grammar_does_not_have_is_left(value: object, parser: str | None) -> None:
    with pytest.raises(NotMappedError):
        condition(value, parser)


def test_a_tree_is_read_to_a_depth_only() -> None:
    tree: dict[str, Any] = compared("a", "==", 1)
    for _ in range(60):
        tree = {"type": "and", "conditions": [tree]}
    with pytest.raises(NotMappedError):
        condition(tree, None)


def test_missing_values_of_an_inequality_are_said() -> None:
    assert condition(compared("a", "!=", 1), None)[1]
    assert not condition(compared("a", "==", 1), None)[1]
