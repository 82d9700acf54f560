"""A data schema: what it may hold, and what a mistake in it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.schema import Bound, Schema
from mlgate.config.schema_file import parse_schema, schema_json_schema
from mlgate.errors import ConfigError
from mlgate.outcome import Status

FULL = """\
version: 1
read: {delimiter: ",", encoding: utf-8, decimal: ".", null: ["", NA]}
columns:
  patient_id: {type: integer, not_null: true, unique: true}
  age:        {type: integer, between: [0, 120], null_fraction: {max: 0.02}, mean: [30, 60], quantile: {0.99: [60, 110]}}
  sex:        {type: string, in_set: [F, M, X, NO]}
  email:      {type: string, regex: '^[^@]+@[^@]+$', pii: allowed, reason: "consented"}
  visit_date: {type: date, between: [2020-01-01, null]}
  readmitted: {type: boolean, label: true, label_distribution: {true: [0.05, 0.30]}, environments: [training]}
  score:      {type: number, checks: [{between: [0, 1], mostly: 0.99, severity: warn, name: score-in-range}]}
table:
  row_count: {min: 1000}
  extra_columns: warn
  unique: [[patient_id, visit_date]]
"""


def test_a_full_schema_becomes_frozen_objects() -> None:
    schema = parse_schema(FULL, "s.yaml")
    age = {rule.name: rule for rule in schema.columns["age"].rules}
    assert age["between"].argument == Bound(min=0, max=120)
    assert age["between"].location.line == 5
    assert age["quantile"].argument == ((0.99, Bound(min=60, max=110)),)
    assert schema.columns["sex"].rules[0].argument == ("F", "M", "X", "NO")
    score = schema.columns["score"].rules[0]
    assert (score.check, score.name, score.mostly, score.severity) == ("between", "score-in-range", 0.99, Status.WARN)
    assert schema.columns["readmitted"].rules[0].argument == (("true", Bound(min=0.05, max=0.30)),)
    assert schema.columns["readmitted"].environments == ("training",)
    assert schema.columns["visit_date"].rules[0].argument == Bound(min="2020-01-01")
    assert [(rule.check, rule.name) for rule in schema.rules] == [
        ("row_count", "row_count"),
        ("unique", "unique:patient_id+visit_date"),
    ]
    assert schema.extra_columns == "warn"
    assert schema.read.null == ("", "NA")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("{type: int}", "'int' is not one of"),
        ("{type: integer, betwen: [0, 1]}", "unknown key 'betwen'"),
        ("{type: integer, between: [5, 1]}", "no value is between"),
        ("{type: integer, between: {strict_min: 1, strict_max: 1}}", "no value is between"),
        ("{type: integer, between: {min: 1, strict_min: 1}}", "either strict or not"),
        ("{type: integer, between: [null, null]}", "at least one end"),
        ("{type: integer, between: [.nan, 1]}", "finite"),
        ("{type: integer, between: [1]}", "expected a bound"),
        ("{type: integer, between: [a, b]}", "is no integer"),
        ("{type: date, between: [01.01.2020, null]}", "is no date"),
        ("{type: string, in_set: [1, 2]}", "1 is no string"),
        ("{type: integer, in_set: ['1']}", "'1' is no integer"),
        ("{type: string, in_set: []}", "at least 1 items"),
        ("{type: string, mean: [0, 1]}", "mean needs a number"),
        ("{type: integer, regex: x}", "regex needs text"),
        ("{type: string, regex: '('}", "not a regular expression"),
        ("{type: string, regex: '(?=a)b'}", "'(?=' is not supported"),
        ("{type: string, regex: 'a++'}", "'++' is not supported"),
        ("{type: string, regex: '(a)\\1'}", "is not supported"),
        ("{type: string, regex: 'a{1001}'}", "is not supported"),
        ("{type: string, checks: [{in_set: [a], name: type}]}", "are called 'type'"),
        ("{type: number, quantile: {1.5: [0, 1]}}", "not a quantile level"),
        ("{label_distribution: {a: [5, 30]}}", "is not a share"),
        ("{not_null: false}", "expected true"),
        ("{not_null: yes}", "expected true or false"),
        ("{checks: [{between: [0, 1], mostly: 0}]}", "outside above 0"),
        ("{checks: [{between: [0, 1], mostly: 99}]}", "outside above 0 to 1"),
        ("{checks: [{mostly: 0.5}]}", "exactly one check"),
        ("{checks: [{between: [0, 1], where: 'a >'}]}", "unexpected the end"),
        ("{checks: [{between: [0, 1], where: 'exec(a) > 1'}]}", "'exec' at character 1 is no function"),
        ("{checks: [{between: [0, 1], where: 'b > 1'}]}", "`where` of between names 'b', which is not declared"),
        ("{type: date, checks: [{not_null: true, where: 'a > 1'}]}", "a is a date and 1 is a number"),
        ("{between: [0, 1], checks: [{between: [0, 2]}]}", "are called 'between'"),
    ],
)
def test_a_mistake_names_the_fact_and_the_line(column: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_schema(f"version: 1\ncolumns:\n  a: {column}\n", "s.yaml")
    assert words in caught.value.message
    assert (caught.value.path, caught.value.line) == ("s.yaml", 3)


@pytest.mark.parametrize("pattern", [r"\p{L}+", r"^[\w.*+-]+$", r"\\1", "(?i)x", "(?P<year>[0-9]{4})", "a{1000}"])
def test_what_re2_knows_is_accepted(pattern: str) -> None:
    schema = parse_schema(f"version: 1\ncolumns:\n  a: {{type: string, regex: '{pattern}'}}\n", "s.yaml")
    assert schema.columns["a"].rules[0].argument == pattern


ROWS = """\
version: 1
columns: {a: {type: integer}, b: {type: number}, s: {type: string}, d: {type: date}, x: {type: any}}
table:
  %s
"""


ROW_CHECKS = """\
expressions: [a <= b, "x = 1 or s in ('p', 'q')"]
  compare_columns: [{a: a, op: '>=', b: b}, {a: a, op: ne, b: x, ignore_row_if: never}]
  pair_in_set: [{a: a, b: s, pairs: [[1, p], [1, q], [2, p]]}]
  row_sum: [{columns: [a, b], total: 1}, {columns: [b, a], total: {strict_min: 0}, tolerance: 0.5}]
  unique_within_row: [[a, b, x]]
  checks: [{expressions: a < 3, mostly: 0.9, where: d > '2024-01-01', severity: warn, name: small}]"""


def test_checks_of_rows_become_rules_with_columns_and_names_of_their_own() -> None:
    rules = {rule.name: rule for rule in parse_schema(ROWS % ROW_CHECKS, "s.yaml").rules}
    assert list(rules) == [
        "expressions:a <= b",
        "expressions:x = 1 or s in ('p', 'q')",
        "compare_columns:a>=b",
        "compare_columns:a<>x",
        "pair_in_set:a+s",
        "row_sum:a+b",
        "row_sum:b+a",
        "unique_within_row:a+b+x",
        "small",
    ]
    assert [rule.columns for rule in rules.values()] == [
        ("a", "b"),
        ("x", "s"),
        ("a", "b"),
        ("a", "x"),
        ("a", "s"),
        ("a", "b"),
        ("b", "a"),
        ("a", "b", "x"),
        ("a",),
    ]
    assert rules["row_sum:a+b"].argument.total == Bound(min=1, max=1)
    assert (rules["row_sum:a+b"].argument.tolerance, rules["row_sum:b+a"].argument.tolerance) == (1e-9, 0.5)
    small = rules["small"]
    assert (small.check, small.mostly, small.severity) == ("expressions", 0.9, Status.WARN)
    assert small.where is not None
    assert small.where.columns == ("d",)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("expressions: a > 1", "expected a list"),
        ("expressions: []", "at least 1 items"),
        ("expressions: [a > 1, a > 1]", "stands twice"),
        ("expressions: [a > 1 --]", "has no comments"),
        ("expressions: [1]", "expected text"),
        ("expressions: [c > 1]", "expressions names 'c', which is not declared"),
        ("expressions: [s > 1]", "s is text and 1 is a number"),
        ("compare_columns: [{a: a, op: le}]", "needs the key 'b'"),
        ("compare_columns: [{a: a, op: like, b: b}]", "'like' is not one of"),
        ("compare_columns: [{a: a, op: le, b: a}]", "'a' is compared with itself"),
        ("compare_columns: [{a: a, op: le, b: c}]", "'c', which is not declared"),
        ("compare_columns: [{a: a, op: le, b: d}]", "a is a number and d is a date"),
        ("compare_columns: [{a: a, op: le, b: b, ignore_row_if: null}]", "expected text"),
        ("pair_in_set: [{a: a, b: s, pairs: []}]", "at least 1 items"),
        ("pair_in_set: [{a: a, b: s, pairs: [[1, p], [2]]}]", "[2] is no pair"),
        ("pair_in_set: [{a: a, b: s, pairs: [[p, 1]]}]", "a is a number and 'p' is text"),
        ("pair_in_set: [{a: a, b: a, pairs: [[1, 1]]}]", "paired with itself"),
        ("row_sum: [{columns: [a], total: 1}]", "at least 2 items"),
        ("row_sum: [{columns: [a, s], total: 1}]", "s is text: only numbers"),
        ("row_sum: [{columns: [a, b], total: [a, null]}]", "the end 'a' is no number"),
        ("row_sum: [{columns: [a, b], total: x}]", "expected a number"),
        ("row_sum: [{columns: [a, b], total: [2, 1]}]", "no value is between"),
        ("row_sum: [{columns: [a, b], total: 1, tolerance: -1}]", "outside 0 or more"),
        ("unique_within_row: [[a]]", "at least 2 items"),
        ("unique_within_row: [[a, s]]", "a is a number and s is text"),
        ("unique_within_row: [a, b]", "expected a list"),
        ("checks: [{expressions: [a > 1]}]", "expected text"),
        ("checks: [{expressions: a > 1, row_count: [1, 2]}]", "exactly one check"),
        ("checks: [{expressions: a > 1}, {expressions: a > 1}]", "are called 'expressions:a > 1'"),
        ("checks: [{expressions: a > 1, where: c > 1}]", "names 'c', which is not declared"),
        ("checks: [{row_count: [1, 2], where: s > 1}]", "s is text and 1 is a number"),
        ("checks: [{columns: [a], not_null: true, where: c > 1}]", "`where` of not_null names 'c'"),
    ],
)
def test_a_mistake_in_a_check_of_rows_names_the_fact_and_the_line(table: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_schema(ROWS % table, "s.yaml")
    assert words in caught.value.message
    assert (caught.value.path, caught.value.line) == ("s.yaml", 4)


def test_a_composite_key_names_declared_columns() -> None:
    with pytest.raises(ConfigError, match="'b' is not declared"):
        parse_schema("version: 1\ncolumns: {a: {}}\ntable: {unique: [[a, b]]}\n", "s.yaml")


def test_the_published_json_schema_takes_what_the_reader_takes() -> None:
    import jsonschema

    from mlgate.config.document import load_document

    validator = jsonschema.Draft202012Validator(schema_json_schema())
    validator.check_schema(validator.schema)
    data = load_document(FULL, "s.yaml").plain_data()
    assert not list(validator.iter_errors(data))
    assert isinstance(data, dict)
    assert list(validator.iter_errors({**data, "columns": {"a": {"betwen": [0, 1]}}}))
    assert not list(validator.iter_errors(load_document(ROWS % ROW_CHECKS, "s.yaml").plain_data()))


_ends = st.none() | st.floats() | st.integers(-5, 5) | st.text(max_size=3) | st.booleans()


@given(
    st.lists(_ends, max_size=3)
    | st.dictionaries(st.sampled_from(["min", "max", "strict_min", "strict_max", "x"]), _ends, max_size=3)
)
def test_a_bound_is_an_interval_that_holds_a_value_or_a_mistake(raw: object) -> None:
    import yaml

    text = yaml.safe_dump({"version": 1, "columns": {"a": {"type": "number", "between": raw}}})
    try:
        schema = parse_schema(text, "s.yaml")
    except ConfigError:
        return
    assert isinstance(schema, Schema)
    bound = schema.columns["a"].rules[0].argument
    low = bound.min if bound.min is not None else bound.strict_min
    high = bound.max if bound.max is not None else bound.strict_max
    assert low is not None or high is not None
    assert low is None or high is None or low <= high


OF_THE_TABLE = [
    "row_count: {min: 5}",
    "column_count: [1, 3]",
    "columns_match: {columns: [a, b]}",
    "table_equals: {path: b.csv}",
    "checks: [{row_count: {max: 5}, severity: warn}]",
    "checks: [{columns: {regex: '^x_'}, not_null: true}]",
    "row_count: {min: 5}\n  extra_columns: ignore",
]


@pytest.mark.parametrize("columns", ["", "columns:\n", "columns: {}\n"])
@pytest.mark.parametrize("table", OF_THE_TABLE)
def test_a_schema_may_hold_checks_of_the_table_alone(table: str, columns: str) -> None:
    text = f"version: 1\n{columns}table:\n  {table}\n"
    schema = parse_schema(text, "s.yaml")
    assert schema.columns == {}
    assert len(schema.rules) + len(schema.selections) == 1
    assert schema.extra_columns == "ignore"
    assert published_mistakes(text) == []


@pytest.mark.parametrize(
    "text",
    ["", "columns: {}", "columns:", "table: {}", "table: {extra_columns: ignore}", "table: {checks: []}\ncolumns: {}"],
)
def test_a_schema_that_checks_nothing_is_a_mistake(text: str) -> None:
    with pytest.raises(ConfigError, match="the schema checks nothing") as raised:
        parse_schema(f"version: 1\n{text}\n", "s.yaml")
    assert raised.value.line == 1
    assert published_mistakes(f"version: 1\n{text}\n")


@pytest.mark.parametrize("means", ["fail", "warn"])
def test_no_column_can_be_extra_where_none_is_declared(means: str) -> None:
    text = f"version: 1\ntable:\n  row_count: {{min: 1}}\n  extra_columns: {means}\n"
    with pytest.raises(ConfigError, match="every column of a file would be extra") as raised:
        parse_schema(text, "s.yaml")
    assert raised.value.line == 4
    assert published_mistakes(text)


def test_a_check_of_the_table_still_names_declared_columns() -> None:
    with pytest.raises(ConfigError, match="the column 'a' is not declared"):
        parse_schema("version: 1\ntable: {unique: [[a, b]]}\n", "s.yaml")


def published_mistakes(text: str) -> list[object]:
    """What the published JSON Schema says of the text of a schema."""
    import jsonschema

    from mlgate.config.document import load_document

    validator = jsonschema.Draft202012Validator(schema_json_schema())
    return list(validator.iter_errors(load_document(text, "s.yaml").plain_data()))


@pytest.mark.parametrize("delimiter", ["${HOME}", ",,", '\\"', "\\n", "\\0"])
def test_a_delimiter_is_one_character(delimiter: str) -> None:
    text = f'version: 1\nread: {{delimiter: "{delimiter}"}}\ncolumns: {{a: {{type: integer}}}}\n'
    with pytest.raises(ConfigError, match="cannot be a delimiter") as caught:
        parse_schema(text, "s.yaml")
    assert caught.value.line == 2
