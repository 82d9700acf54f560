"""Conditions as SQL against an evaluation of their trees in Python, over rows with nulls, NaN, infinities and text."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import operator
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config import expression_tree as t
from mlgate.config.expression_parser import parse_condition
from mlgate.config.expressions import Expression
from mlgate.config.schema import Column, Read
from mlgate.data.expressions import condition_sql, nan_sql, to_sql, value_sql
from mlgate.data.plan import Field, field_of, scanned
from mlgate.outcome import Location
from mlgate.sources.tables import OpenTable, open_table

NAN, INF = math.nan, math.inf
KINDS = {
    "i": "integer",
    "j": "integer",
    "n": "number",
    "m": "number",
    "s": "string",
    "u": "string",
    "f": "boolean",
    "g": "boolean",
    "d": "date",
    "e": "datetime",
}
POOLS: dict[str, Sequence[Any]] = {
    "integer": [None, -3, -1, 0, 0, 1, 2, 7, 10],
    "number": [None, NAN, INF, -INF, -2.5, -0.0, 0.1, 0.5, 1.0, 2.0, 1e308],
    "string": [None, "", " ", "a", "A", "b", " a ", "it's", "é", "%_", 'q"', "日本", "NULL", "nan", "1"],
    "boolean": [None, True, False],
    "date": [None, dt.date(2024, 1, 31), dt.date(2024, 2, 1), dt.date(1969, 12, 31)],
    "datetime": [None, *map(dt.datetime.fromisoformat, ("2024-01-31", "2024-01-31T10:30", "2024-02-01T00:00:01"))],
}
_random = random.Random(7)
ROWS = [{name: _random.choice(POOLS[kind]) for name, kind in KINDS.items()} for _ in range(150)]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[OpenTable]]:
    """The same rows as Parquet and as text, in which an empty text is null unless it stands in quotes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("tables")
    types = {"integer": pa.int64(), "number": pa.float64(), "string": pa.string(), "boolean": pa.bool_()}
    types |= {"date": pa.date32(), "datetime": pa.timestamp("us")}
    arrays = {name: pa.array([row[name] for row in ROWS], types[kind]) for name, kind in KINDS.items()}
    pq.write_table(pa.table(arrays), folder / "t.parquet")
    lines = [",".join(KINDS), *(",".join(_cell(row[name]) for name in KINDS) for row in ROWS)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    read = Read(delimiter=",", null=("-",))
    with (
        open_table([folder / "t.parquet"], shown="t.parquet", read=read) as parquet,
        open_table([folder / "t.csv"], shown="t.csv", read=read) as text,
    ):
        yield [parquet, text]


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace('"', '""') + '"'
        case dt.datetime() | dt.date():
            return value.isoformat()
    return str(value)


def fields_of(table: OpenTable, tree: t.Tree, kinds: Mapping[str, str]) -> dict[str, Field]:
    return {
        name: field_of(table, Column(name=name, type=kinds[name], location=Location("s")))
        for name in t.columns_of(tree)
    }


def answers(table: OpenTable, tree: t.Tree, kinds: Mapping[str, str] = KINDS) -> tuple[list[Any], list[Any]]:
    """Of every row, whether the condition holds and whether a NaN took part."""
    fields = fields_of(table, tree, kinds)
    asked = f"{condition_sql(tree, fields)}, {nan_sql(tree, fields) or 'false'}"
    source = scanned(table, list(fields.values()))
    query = f'SELECT {asked} FROM ({source}) AS source ORDER BY "row"'  # noqa: S608  # as the checks ask
    found = table.connection.execute(query).fetchall()
    return [holds for holds, _ in found], [nan for _, nan in found]


class Evaluation:
    """A condition for one row, by the rules that the documentation states."""

    SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
        "=": operator.eq,
        "<>": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.nan = False

    def condition(self, tree: t.Tree) -> bool | None:
        match tree:
            case t.Not(operand=operand):
                found = self.condition(operand)
                return None if found is None else not found
            case t.And(parts=parts):
                results = [self.condition(part) for part in parts]
                return False if False in results else None if None in results else True
            case t.Or(parts=parts):
                results = [self.condition(part) for part in parts]
                return True if True in results else None if None in results else False
            case t.Member(value=value, members=members):
                return self.condition(t.Or(tuple(t.Compare("=", value, member) for member in members)))
            case t.IsNull(value=value):
                found = self.value(value)
                return None if self.is_nan(found) else found is None
            case t.Compare(sign=sign, left=left, right=right):
                return self.compare(sign, self.value(left), self.value(right))
        found = self.value(tree)
        assert found is None or isinstance(found, bool)
        return found

    def is_nan(self, value: Any) -> bool:
        nan = isinstance(value, float) and math.isnan(value)
        self.nan |= nan
        return nan

    def compare(self, sign: str, left: Any, right: Any) -> bool | None:
        nans = [self.is_nan(left), self.is_nan(right)]
        if left is None or right is None or any(nans):
            return None
        if isinstance(left, dt.date) or isinstance(right, dt.date):
            left, right = _moments(left, right)
        return self.SIGNS[sign](left, right)

    def value(self, value: t.Value) -> Any:
        match value:
            case t.Literal(value=literal):
                return literal
            case t.ColumnName(name=name):
                return self.row[name]
            case t.Negative(operand=operand):
                return _operation("-", 0, self.value(operand))
            case t.Arithmetic(first=first, rest=rest):
                total = self.value(first)
                for sign, operand in rest:
                    total = _operation(sign, total, self.value(operand))
                return total
            case t.Call(function="coalesce", arguments=arguments):
                return next((found for found in map(self.value, arguments) if found is not None), None)
            case t.Call(function=function, arguments=(first, *more)):
                found = self.value(first)
                return None if found is None else FUNCTIONS[function](found, *(self.value(other) for other in more))


def _moments(left: Any, right: Any) -> tuple[Any, Any]:
    """Both as dates if one is a date, both as datetimes otherwise."""
    read = [dt.datetime.fromisoformat(x) if isinstance(x, str) and len(x) > 10 else x for x in (left, right)]
    read = [dt.date.fromisoformat(x) if isinstance(x, str) else x for x in read]
    if all(isinstance(x, dt.datetime) for x in read):
        return read[0], read[1]
    one, other = (x.date() if isinstance(x, dt.datetime) else x for x in read)
    return one, other


def _operation(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if sign in "/%" and right == 0:
        return None
    if sign == "/":
        return float(left) / float(right)
    if sign == "%" and isinstance(left, int) and isinstance(right, int):
        return int(math.copysign(abs(left) % abs(right), left))
    if sign == "%":
        return NAN if math.isinf(left) or NAN in (left, right) else math.fmod(left, right)
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign](left, right)


def _rounded(value: Any, digits: int = 0) -> Any:
    if isinstance(value, int):
        return value
    scaled = abs(value) * 10**digits
    if not math.isfinite(scaled):
        return value
    return math.copysign(math.floor(scaled + 0.5) / 10**digits, value)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "round": _rounded,
    "length": len,
    "lower": str.lower,
    "upper": str.upper,
    "trim": lambda text: text.strip(" "),
}

columns = {kind: st.sampled_from([t.ColumnName(name) for name in KINDS if KINDS[name] == kind]) for kind in POOLS}


def _literals(kind: str) -> st.SearchStrategy[t.Literal]:
    usable = [x for x in POOLS[kind] if x is not None and (not isinstance(x, float) or math.isfinite(x))]
    return st.sampled_from([t.Literal(x.isoformat() if isinstance(x, dt.date) else x) for x in usable])


numbers = st.recursive(
    columns["integer"] | columns["number"] | _literals("integer") | _literals("number"),
    lambda inner: (
        st.builds(lambda a, s, b: t.Arithmetic(a, ((s, b),)), inner, st.sampled_from(t.OPERATORS), inner)
        | st.builds(t.Negative, inner)
        | st.builds(lambda a: t.Call("abs", (a,)), inner)
        | st.builds(lambda a, b: t.Call("coalesce", (a, b)), inner, inner)
    ),
    max_leaves=5,
)
rounded = st.builds(
    lambda a, digits: t.Call("round", (a, t.Literal(digits))), columns["integer"] | columns["number"], st.integers(0, 2)
)
texts = st.recursive(
    columns["string"] | _literals("string"),
    lambda inner: (
        st.builds(lambda function, a: t.Call(function, (a,)), st.sampled_from(["lower", "upper", "trim"]), inner)
        | st.builds(lambda a, b: t.Call("coalesce", (a, b)), inner, inner)
    ),
    max_leaves=3,
)
lengths = st.builds(lambda a: t.Call("length", (a,)), texts)
moments = columns["date"] | columns["datetime"]
flags = columns["boolean"] | st.builds(
    lambda a, b: t.Call("coalesce", (a, b)), columns["boolean"], _literals("boolean")
)


def _compared(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[t.Tree]:
    return st.builds(t.Compare, st.sampled_from(t.SIGNS), one, other)


def _member(value: st.SearchStrategy[Any], kind: str) -> st.SearchStrategy[t.Tree]:
    return st.builds(t.Member, value, st.lists(_literals(kind), min_size=1, max_size=4).map(tuple))


comparisons = (
    _compared(numbers, numbers | rounded | lengths)
    | _compared(texts, texts)
    | _compared(moments, moments | _literals("date"))
    | _compared(columns["datetime"], _literals("datetime"))
    | _compared(flags, flags)
    | _member(numbers, "integer")
    | _member(numbers, "number")
    | _member(texts, "string")
    | _member(columns["date"], "date")
    | st.builds(t.IsNull, numbers | texts | moments | flags)
)
conditions = st.recursive(
    comparisons | flags,
    lambda inner: (
        st.builds(t.Not, inner)
        | st.builds(t.And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(t.Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=4,
).filter(t.columns_of)


@given(tree=conditions)
def test_sql_says_what_the_tree_says_in_parquet_and_in_text(tables: list[OpenTable], tree: t.Tree) -> None:
    evaluations = [Evaluation(row) for row in ROWS]
    expected = [evaluation.condition(tree) for evaluation in evaluations]
    nans = [evaluation.nan for evaluation in evaluations]
    for table in tables:
        assert answers(table, tree) == (expected, nans)


@given(tree=conditions)
def test_neither_a_condition_nor_its_negation_holds_where_a_nan_decides(tables: list[OpenTable], tree: t.Tree) -> None:
    holds, nans = answers(tables[0], tree)
    negated, _ = answers(tables[0], t.Not(tree))
    for one, other, nan in zip(holds, negated, nans, strict=True):
        assert {one, other} in ({True, False}, {None})
        assert nan or one is not None or other is None


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., list[Any]]:
    """Whether a condition holds in each row, in text or a mapping of columns."""

    def run(
        content: str | Mapping[str, Any], kinds: Mapping[str, str], text: str, read: Read | None = None
    ) -> list[Any]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = tmp_path / ("t.csv" if isinstance(content, str) else "t.parquet")
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            pq.write_table(pa.table(dict(content)), path)
        with open_table([path], shown=path.name, read=read or Read(delimiter=",")) as table:
            return answers(table, parse_condition(text), kinds)[0]

    return run


BIG = 99999999999999999999999999999999999999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b = 9007199254740994", [True, False, False, None]),
        ("a + b = 9007199254740993", [False, False, False, None]),
        ("a - b = 9007199254740992", [True, False, False, None]),
        ("a * b * b = 9007199254740993", [True, False, False, None]),
        ("a % 10 = 3", [True, False, False, None]),
        ("-a = -9007199254740993", [True, False, False, None]),
        ("abs(-a) = 9007199254740993", [True, False, False, None]),
        ("coalesce(a, 0) - b = 9007199254740992", [True, False, False, False]),
        ("a + b > 0", [True, True, False, None]),
        ("a * b * a * b * a > 0", [True, True, False, None]),
        ("a - b = 0", [False, True, False, None]),
        ("-a < 0", [True, True, False, None]),
        ("a = b", [False, True, False, None]),
        ("a = 9007199254740992", [False, False, False, None]),
    ],
)
def test_large_whole_numbers_are_exact_and_never_overflow(ask: Any, text: str, expected: list[Any]) -> None:
    content = f"a,b\n9007199254740993,1\n{BIG},{BIG}\n-{BIG},{BIG}\n,1\n"
    assert ask(content, {"a": "integer", "b": "integer"}, text) == expected


@pytest.mark.parametrize("kind", ["integer", "number"])
def test_the_ends_of_every_stored_whole_number_are_exact(ask: Any, kind: str) -> None:
    import pyarrow as pa

    for bits, signed in itertools.product((8, 16, 32, 64), (True, False)):
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        type_ = pa.type_for_alias(f"{'' if signed else 'u'}int{bits}")
        content = {"a": pa.array([low, high], type_), "b": pa.array([high, low], type_)}
        kinds = {"a": kind, "b": kind}
        assert ask(content, kinds, f"a + b = {low + high}") == [True, True]
        assert ask(content, kinds, f"a - b = {low - high} or b - a = {low - high}") == [True, True]
        assert ask(content, kinds, f"a * b = {low * high} and -a <> a + 1") == [True, True]
        assert ask(content, kinds, f"abs(a) = {abs(low)}") == [True, abs(low) == high]


@pytest.mark.parametrize("text", ["a / 0 = 1", "a % 0 = 1", "a / b > 0", "a % b = a", "a / (b - b) <> 1"])
def test_division_by_zero_is_null(ask: Any, text: str) -> None:
    import pyarrow as pa

    for kind, type_ in (("integer", pa.int32()), ("number", pa.float64())):
        content = {"a": pa.array([1, 0, -5], type_), "b": pa.array([0, 0, 0], type_)}
        assert ask(content, {"a": kind, "b": kind}, text) == [None, None, None]
        assert ask("a,b\n1,0\n0,0\n-5,0\n", {"a": kind, "b": kind}, text) == [None, None, None]


def test_a_column_of_single_precision_meets_its_literals(ask: Any) -> None:
    import pyarrow as pa

    content = {"a": pa.array([0.1, 0.5, math.nan, None], pa.float32())}
    assert ask(content, {"a": "number"}, "a = 0.1") == [True, False, None, None]
    assert ask(content, {"a": "number"}, "a in (0.1, 0.5)") == [True, True, None, None]
    assert ask(content, {"a": "number"}, "0.1 >= a") == [True, False, None, None]
    assert ask(content, {"a": "number"}, "a < 1e300") == [True, True, None, None]


def test_decimals_and_a_decimal_comma_are_numbers(ask: Any) -> None:
    import decimal

    import pyarrow as pa

    content = {"a": pa.array([decimal.Decimal("1.50"), None], pa.decimal128(10, 2))}
    assert ask(content, {"a": "number"}, "a * 2 = 3 and a = 1.5") == [True, None]
    comma = Read(delimiter=";", decimal=",")
    assert ask("a;b\n1,5;3\nx;3\n", {"a": "number", "b": "number"}, "a * 2 = b", comma) == [True, None]


def test_a_value_that_is_not_of_its_type_is_there_but_compares_with_nothing(ask: Any) -> None:
    assert ask("a,b\n1,1\nx,1\n,1\n", {"a": "integer", "b": "integer"}, "a is null") == [False, False, True]
    assert ask("a,b\n1,1\nx,1\n,1\n", {"a": "integer", "b": "integer"}, "a = 1") == [True, None, None]


def test_times_zones_and_days(ask: Any) -> None:
    content = "t,e,d\n10:30,2024-01-31T23:30:00-02:00,2024-01-31\n"
    kinds = {"t": "time", "e": "datetime", "d": "date"}
    assert ask(content, kinds, "t > '10:29:59' and t < '10:30:00.5'") == [True]
    assert ask(content, kinds, "e = '2024-02-01T02:30:00+01:00' and e = '2024-02-01T01:30:00'") == [True]
    assert ask(content, kinds, "e > d and not e <= '2024-01-31' and e = '2024-02-01'") == [True]


def test_names_and_texts_cannot_break_out(ask: Any) -> None:
    hostile = "'; DROP TABLE t; --"
    quoted = "'" + hostile.replace("'", "''") + "'"
    header = '"x"" FROM y; --"'
    content = f'"x"" FROM y; --",and\n"{hostile}",1\na,1\n'
    kinds = {'x" FROM y; --': "string", "and": "integer"}
    assert ask(content, kinds, f'{header} = {quoted} and "and" = 1') == [True, False]
    assert ask(content, kinds, f"length({header}) = {len(hostile)} or {header} in ('\\', '$1', '%s')") == [True, False]
    assert ask("a\n\U0001f980\n\u202e\n", {"a": "string"}, "a = '\U0001f980' or a = '\u202e'") == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["i"] * 240) + " > 0",
        " and ".join(["f"] * 249),
        "s in (" + ", ".join(f"'{number}'" for number in range(300)) + ")",
        "i in (" + ", ".join(f"{number}, {number}.5" for number in range(100)) + ")",
        "(" * 32 + "i" + ")" * 32 + " = 1",
        "not " * 32 + "f",
        "-(" * 16 + "i" + ")" * 16 + " = 1",
        "abs(" * 31 + "n" + ")" * 31 + " = 1",
        " * ".join(["n"] * 200) + " > 0",
    ],
)
def test_the_largest_conditions_are_answered(tables: list[OpenTable], text: str) -> None:
    for table in tables:
        holds, _ = answers(table, parse_condition(text))
        assert len(holds) == len(ROWS)


def test_what_cannot_be_compared_is_an_error_that_names_both(tables: list[OpenTable]) -> None:
    tree = parse_condition("s > 5")
    with pytest.raises(ValueError, match="s is text and 5 is a number"):
        to_sql(Expression("s > 5", tree, ("s",)), fields_of(tables[1], tree, KINDS))
    with pytest.raises(ValueError, match="s is text: only numbers"):
        value_sql(t.Negative(t.ColumnName("s")), fields_of(tables[1], tree, KINDS))
