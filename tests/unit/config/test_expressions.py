"""Conditions: what the grammar takes, what it refuses and where, and that hostile text is only ever refused."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config import expression_tree as t
from mlgate.config.document import Node, load_document
from mlgate.config.expression_parser import MAX_DEPTH, MAX_LENGTH, MAX_NODES, parse_condition
from mlgate.config.expression_tokens import ExpressionError
from mlgate.config.expression_types import check_types, kind_of
from mlgate.config.expressions import Expression, ExpressionKind
from mlgate.config.reading import Reading
from mlgate.errors import ConfigError

A, B, C = (t.ColumnName(name) for name in "abc")
ONE, TWO = t.Literal(1), t.Literal(2)


def parsed(text: str) -> Expression:
    return ExpressionKind().parse(Node(text, "s.yaml", 4, 9, text=text), Reading())


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1", t.Compare("=", A, ONE)),
        ("a == 1", t.Compare("=", A, ONE)),
        ("a != 1", t.Compare("<>", A, ONE)),
        ("a<>1", t.Compare("<>", A, ONE)),
        ("1 >= a", t.Compare(">=", ONE, A)),
        ("a", A),
        ("NOT a", t.Not(A)),
        ("not not a", t.Not(t.Not(A))),
        ("a AND b and c", t.And((A, B, C))),
        ("a or b And c", t.Or((A, t.And((B, C))))),
        ("(a or b) and c", t.And((t.Or((A, B)), C))),
        ("not a and b", t.And((t.Not(A), B))),
        ("not a = 1", t.Not(t.Compare("=", A, ONE))),
        ("a is null", t.IsNull(A)),
        ("a IS NOT NULL", t.Not(t.IsNull(A))),
        ("a in (1, 'x', true, -2)", t.Member(A, (ONE, t.Literal("x"), t.Literal(True), t.Literal(-2)))),
        ("a not in (1)", t.Not(t.Member(A, (ONE,)))),
        ("a between 1 and 2", t.And((t.Compare(">=", A, ONE), t.Compare("<=", A, TWO)))),
        ("a not between 1 and b and c", t.And((t.Not(t.And((t.Compare(">=", A, ONE), t.Compare("<=", A, B)))), C))),
        ("a + b * 2 = 1", t.Compare("=", t.Arithmetic(A, (("+", t.Arithmetic(B, (("*", TWO),))),)), ONE)),
        ("(a + b) * 2 = 1", t.Compare("=", t.Arithmetic(t.Arithmetic(A, (("+", B),)), (("*", TWO),)), ONE)),
        ("a - b + 1 > 2", t.Compare(">", t.Arithmetic(A, (("-", B), ("+", ONE))), TWO)),
        ("a-1 < -b", t.Compare("<", t.Arithmetic(A, (("-", ONE),)), t.Negative(B))),
        ("a = - - 1", t.Compare("=", A, ONE)),
        ("a % 2 / b = 1", t.Compare("=", t.Arithmetic(A, (("%", TWO), ("/", B))), ONE)),
        ("a = .5 or a = 1e-3 or a = 2.", t.Or(tuple(t.Compare("=", A, t.Literal(x)) for x in (0.5, 1e-3, 2.0)))),
        ("a = 'it''s'", t.Compare("=", A, t.Literal("it's"))),
        ('"unit ""net"" price" > 1', t.Compare(">", t.ColumnName('unit "net" price'), ONE)),
        ('"AND" = 1', t.Compare("=", t.ColumnName("AND"), ONE)),
        ("select = 1 or straße", t.Or((t.Compare("=", t.ColumnName("select"), ONE), t.ColumnName("straße")))),
        ("length = 1", t.Compare("=", t.ColumnName("length"), ONE)),
        ("LENGTH (a) = 1", t.Compare("=", t.Call("length", (A,)), ONE)),
        ("round(a, 2) = 1", t.Compare("=", t.Call("round", (A, TWO)), ONE)),
        ("coalesce(a, false)", t.Call("coalesce", (A, t.Literal(False)))),
        ("a\n\t = 1", t.Compare("=", A, ONE)),
    ],
)
def test_a_condition_becomes_a_tree(text: str, tree: t.Tree) -> None:
    assert parsed(text).tree == tree


def test_numbers_keep_their_type_and_columns_stand_once_in_order() -> None:
    tree = parse_condition("b > 1.0 and a > 1 and B > b")
    assert isinstance(tree, t.And)
    assert [repr(node.value) for node in t.walk(tree) if isinstance(node, t.Literal)] == ["1.0", "1"]
    assert parsed("b > 1.0 and a > 1 and B > b").columns == ("b", "a", "B")


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("a >", "unexpected the end", "a column, a literal"),
        ("   ", "unexpected the end", "a column"),
        ("a b", "unexpected 'b' at character 3", "AND, OR"),
        ("a like 'x'", "unexpected 'like' at character 3", "a comparison"),
        ("0 < a < 1", "unexpected '<' at character 7", "AND, OR"),
        ("a = b = c", "unexpected '=' at character 7", "AND, OR"),
        ("(a = 1", "unexpected the end", ")"),
        ("a = 1)", "unexpected ')' at character 6", "AND, OR"),
        ("a = null", "unexpected 'null' at character 5", "IS NULL"),
        ("a in (1, null)", "unexpected 'null' at character 10", "IS NULL"),
        ("a in (1, b)", "unexpected 'b' at character 10", "null is in no list"),
        ("a in ()", "unexpected ')'", ""),
        ("a in 1", "unexpected '1' at character 6", "("),
        ("a is true", "unexpected 'true' at character 6", "NULL"),
        ("a between 1 or 2", "unexpected 'or'", "AND"),
        ("and = 1", "unexpected 'and' at character 1", "double quotes"),
        ("a not b", "unexpected 'b' at character 7", "IN, BETWEEN"),
        ("(a = 1) = (b = 1)", "a condition at character 1 stands", "AND, OR and NOT"),
        ("abs(a = 1) > 1", "unexpected '=' at character 7", ")"),
        ("abs((a = 1)) > 1", "a condition at character 5 stands where a value must", ""),
        ("a + 1", "a + 1 is a value and no condition", "compare"),
        ("not (a + 1)", "is a value and no condition", ""),
        ("a = 1 and 'x'", "'x' is a value and no condition", ""),
        ("1 = 1", "speaks of no column", "every row"),
        ("true", "speaks of no column", ""),
        ("exec('x') = 1", "'exec' at character 1 is no function", "there are abs, length"),
        ("abs(a, b) > 1", "abs takes one argument, found 2", ""),
        ("coalesce(a) > 1", "coalesce takes 2 to 20 arguments, found 1", ""),
        ("abs() > 1", "unexpected ')'", ""),
        ("round(a, b) > 1", "round: b is no number of decimals", "0 to 15"),
        ("round(a, -1) > 1", "round: -1 is no number", ""),
        ("round(a, true) > 1", "round: true is no number", ""),
        ("a = 'x", "a text at character 5 is not closed", "doubled"),
        ('"a > 1', "a name at character 1 is not closed", ""),
        ('"" > 1', "the name at character 1 is empty", ""),
        ("a -- b", "'--' at character 3: a condition has no comments", "- -1"),
        ("a > 1 /* x */", "'/*' at character 7", ""),
        ("a > 1; drop table x", "';' at character 6 is not part", ""),
        ("a::int > 1", "':' at character 2", ""),
        ("a > $1", "'$' at character 5", ""),
        ("a > ?", "'?' at character 5", ""),
        ("a = *", "unexpected '*' at character 5", ""),
        ("a.b > 1", "'.' at character 2", "double quotes"),
        ("a = 1_000", "'1_000' at character 5 is no number", ""),
        ("a = 1.2.3", "'1.2.3' at character 5 is no number", ""),
        ("a = 0x1F", "'0x1F' at character 5 is no number", ""),
        ("a = 1e999", "the number at character 5 is too large", ""),
        ("a > ٣", "'٣' at character 5", ""),
        ("a\u00a0> 1", "at character 2 is not part", ""),
        ("a = \u2019x\u2019", "at character 5 is not part", "single quotes"),
        ("a = 'x\0'", "holds a sign that no table can hold", ""),
        ("a = '\ud800'", "holds a sign that no table can hold", ""),
    ],
)
def test_what_is_outside_the_grammar_is_refused_with_its_place(text: str, words: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    assert words in caught.value.reason
    assert hint in caught.value.hint
    assert (caught.value.path, caught.value.line, caught.value.column) == ("s.yaml", 4, 9)


@pytest.mark.parametrize("value", ["1", "true", "[a]", "{a: 1}", "''", "~"])
def test_what_is_no_text_is_refused(value: str) -> None:
    document = load_document(f"where: {value}", "s.yaml").value
    assert isinstance(document, dict)
    with pytest.raises(ConfigError, match="expected text"):
        ExpressionKind().parse(document["where"], Reading())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "a" + ")" * 900,
        "not " * 490 + "a",
        "a > " + "-" * 500 + "1",
        "a > " + "- " * 900 + "b",
        "abs(" * 390 + "a" + ")" * 390 + " > 1",
        "coalesce(a, " * 160 + "b",
        "a in (" * 300,
    ],
)
def test_depth_is_bounded_and_no_recursion_error(text: str) -> None:
    assert len(text) <= MAX_LENGTH
    with pytest.raises(ExpressionError):
        parse_condition(text)


def test_the_limits_are_where_they_are_said_to_be() -> None:
    parse_condition("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH)
    with pytest.raises(ExpressionError, match="more than 32 levels"):
        parse_condition("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))
    parse_condition("+".join(["a"] * (MAX_NODES - 3)) + "> 1")
    with pytest.raises(ExpressionError, match="more than 500 parts"):
        parse_condition("+".join(["a"] * (MAX_NODES - 2)) + "> 1")
    parse_condition("a = '" + "x" * (MAX_LENGTH - 6) + "'")
    with pytest.raises(ExpressionError, match="2,001 characters"):
        parse_condition("a = '" + "x" * (MAX_LENGTH - 5) + "'")


@pytest.mark.parametrize("text", ["x" * 5_000_000, "'" + "''" * 999, '"' * 1999, "a" + " " * 1999, "1" * 2000])
def test_huge_or_repetitive_text_is_answered_at_once(text: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(ExpressionError):
        parse_condition(text)
    assert time.perf_counter() - start < 60


WORDS = ["a", "b", '"c d"', "1", "2.5", "'x'", "and", "or", "not", "in", "is", "null", "between", "(", ")", ",", "true"]
SIGNS = ["=", "<", "<>", "+", "-", "*", "/", "%", "abs(", "coalesce(", "--", ";", "'", '"', "\u202e", "::", "[", "\\"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS + SIGNS), max_size=30).map(" ".join))
def test_any_text_is_a_tree_over_columns_or_a_mistake(text: str) -> None:
    try:
        tree = parse_condition(text)
    except ExpressionError as mistake:
        assert mistake.message
        return
    assert t.columns_of(tree)
    assert all(type(node).__module__ == t.__name__ for node in t.walk(tree))


VALUES = st.recursive(
    st.sampled_from([A, B, t.ColumnName("c d"), t.ColumnName('"'), t.ColumnName("Or")])
    | st.builds(t.Literal, st.integers(0, 10**37 - 1) | st.floats(0, 1e300) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5) | st.booleans()),
    lambda inner: (
        st.builds(lambda a, b: t.Call("coalesce", (a, b)), inner, inner)
        | st.builds(lambda a, sign, b: t.Arithmetic(a, ((sign, b),)), inner, st.sampled_from(t.OPERATORS), inner)
    ),
    max_leaves=6,
)  # fmt: skip


@given(VALUES)
def test_a_value_that_is_written_is_read_again(value: t.Value) -> None:
    tree = parse_condition(f"a = {t.written(value)}")
    assert tree == t.Compare("=", A, value)
    assert isinstance(tree, t.Compare)
    assert repr(tree.right) == repr(value)


KINDS = {"n": "number", "i": "integer", "s": "string", "f": "boolean", "d": "date", "dt": "datetime", "t": "time"}
KINDS |= {"u": "duration", "x": "binary", "o": "other", "y": "any"}


@pytest.mark.parametrize(
    "text",
    [
        "n > i and n in (1, 2.5) and -n < abs(i)",
        "s = 'x' and lower(s) < upper(s) and length(trim(s)) > 1",
        "f and not f and f = true and f = 'true' and f in ('false', true) and coalesce(f, false)",
        "d = '2024-01-31' and dt > '2024-01-31' and dt > '2024-01-31T10:00:00+02:00' and d <= dt and t < '10:00'",
        "d between '2024-01-01' and '2024-12-31' and coalesce(d, '1970-01-01') < dt",
        "u is null and x is not null and o is null",
        "y > 1 and y = 'x' and y + 1 > 2 and y and lower(y) = 'x' and d = y",
        "coalesce(n, i, 0) > 1 and round(n, 2) = round(i)",
    ],
)
def test_what_can_be_compared_is_taken(text: str) -> None:
    check_types(parse_condition(text), KINDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n = 's'", "n is a number and 's' is text"),
        ("s > 5", "s is text and 5 is a number"),
        ("'5' < i + 1", "'5' is text and i + 1 is a number"),
        ("s = n", "s is text and n is a number"),
        ("n in (1, 'x')", "n is a number and 'x' is text"),
        ("f = 1", "f is true or false and 1 is a number"),
        ("f = 'yes'", "f is true or false and 'yes' is text"),
        ("d = 20240131", "d is a date and 20240131 is a number"),
        ("d = '31.01.2024'", "d is a date and '31.01.2024' is text"),
        ("d = '2024-01-31T10:00'", "d is a date and '2024-01-31T10:00' is text"),
        ("t = '10:00+02:00'", "t is a time and '10:00+02:00' is text"),
        ("t < dt", "t is a time and dt is a date and time"),
        ("u = 'PT1S'", "u is a duration and 'PT1S' is text"),
        ("u > u", "they cannot be compared"),
        ("x = 'a'", "x is bytes"),
        ("o = y", "o is a nested value"),
        ("n", "n is a number, where a condition must stand"),
        ("f and s", "s is text, where a condition must stand"),
        ("coalesce(n, 0) or f", "coalesce(n, 0) is a number, where a condition must stand"),
        ("s + 1 > 2", "s is text: only numbers"),
        ("-d > 1", "d is a date: only numbers"),
        ("abs(s) > 1", "s is text: only numbers"),
        ("lower(n) = 'x'", "lower needs text, and n is a number"),
        ("coalesce(n, 'x') = 1", "n is a number and 'x' is text: they cannot stand for one another"),
        ("(s + 1) is null", "only numbers"),
    ],
)
def test_what_cannot_be_compared_names_both_sides(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        check_types(parse_condition(text), KINDS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i + i * 2", "integer"),
        ("i / i", "number"),
        ("i + n", "number"),
        ("-i", "integer"),
        ("coalesce(i, 0.5)", "number"),
        ("coalesce(i, y)", "any"),
        ("coalesce('2024-01-01', d)", "date"),
        ("coalesce(d, dt)", "datetime"),
        ("round(i, 1)", "integer"),
        ("length(s)", "integer"),
        ("trim(s)", "string"),
    ],
)
def test_the_type_of_a_value(text: str, kind: str) -> None:
    tree = parse_condition(f"({text}) is null")
    assert isinstance(tree, t.IsNull)
    assert kind_of(tree.value, KINDS) == kind


def test_a_schema_without_conditions_does_not_load_the_grammar() -> None:
    code = "import sys, mlgate.config.schema_file, mlgate.data.catalogue; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "mlgate.config.expressions" in loaded
    assert not {name for name in loaded if name.startswith("mlgate.config.expression_")}
