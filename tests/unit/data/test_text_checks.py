"""Checks of texts: patterns in lists, lengths, dates as they are written, JSON."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from mlgate.config.column_arguments import JsonSchema, Patterns
from mlgate.config.schema import Bound
from mlgate.data import json_values, own_queries, text_conditions
from mlgate.data.text_conditions import written_as
from mlgate.outcome import Outcome, Status

One = Callable[..., Outcome]


def table(values: list[str | None], *, parquet: bool) -> Any:
    """A column x in Parquet, or in JSON lines, which keep every character and tell null from the empty text."""
    if parquet:
        return {"x": values}
    return "".join(json.dumps({"x": value, "pad": "."}) + "\n" for value in values)


@pytest.fixture
def texts(check: Any, column: Any, rule: Any, schema: Any, save: Any) -> Callable[..., Outcome]:
    """Outcome of one rule on texts, the same in JSON lines and Parquet."""

    def run(values: list[str | None], name: str, argument: Any, **modifiers: Any) -> Outcome:
        options = {"privacy": modifiers.pop("privacy", "full")}
        declared = schema(column("x", "string", rule(name, argument, **modifiers)))
        lines = save(table(values, parquet=False), "t.jsonl")
        found: Outcome = check(lines, declared, **options)[f"x/{name}"]
        stored = check(table(values, parquet=True), declared, **options)[f"x/{name}"]
        assert (stored.status, stored.message, stored.evidence) == (found.status, found.message, found.evidence)
        return found

    return run


@pytest.mark.parametrize(
    ("name", "argument", "good", "bad"),
    [
        ("regex", Patterns(("^a", "z$")), ["ab", "xyz", "az"], ["b", ""]),
        ("regex", Patterns(("^a", "z$"), every=True), ["az", "abcz"], ["ab", "xyz"]),
        ("not_regex", "[0-9]", ["abc", "", "äöü"], ["a1", "2"]),
        ("not_regex", Patterns(("[0-9]", "^x")), ["abc"], ["a1", "xy", "x1"]),
        ("fullmatch", Patterns(("[A-Z]{2}", "[0-9]{3}")), ["DE", "123"], ["DE1", "12"]),
        ("fullmatch", Patterns((".{2}", "[A-Z]+"), every=True), ["DE"], ["D", "de"]),
        ("length", Bound(min=2, max=2), ["ab", "äö", "日本"], ["a", "abc", ""]),
        ("datetime_format", "%d.%m.%Y", ["05.01.2020", "29.02.2020"], ["5.1.2020", "29.02.2021", " 05.01.2020", "05.01.2020 ", "05.01.20", "2020-01-05", "", "05.01.2020x"]),
        ("datetime_format", "%-d/%-m/%y", ["5/1/20", "15/12/99"], ["05/1/20", "5/01/20", "5/1/2020", "32/1/20"]),
        ("datetime_format", "%Y-%m-%dT%H:%M:%S.%f", ["2020-01-05T23:59:59.000001"], ["2020-01-05T23:59:59.1", "2020-01-05T24:00:00.000000", "2020-01-05 23:59:59.000001"]),
        ("datetime_format", "%Y-%m-%d %H:%M%z", ["2020-01-05 10:20Z", "2020-01-05 10:20+0200", "2020-01-05 10:20-05:30"], ["2020-01-05 10:20", "2020-01-05 10:20+2", "2020-01-05 25:20Z", "2020-01-05 10:20z"]),
        ("datetime_format", "%a %d %b %Y", ["Sun 05 Jan 2020"], ["Mon 05 Jan 2020", "sun 05 Jan 2020", "Sun 05 January 2020"]),
        ("datetime_format", "%A, %B %-d, %Y", ["Sunday, January 5, 2020"], ["Monday, January 5, 2020"]),
        ("datetime_format", "%I:%M %p", ["01:20 PM", "12:00 AM"], ["13:20 PM", "1:20 PM", "01:20 pm", "01:20"]),
        ("datetime_format", "%Y-%j", ["2020-366", "2021-001"], ["2021-366", "2020-1", "2020-000"]),
        ("datetime_format", "%d.%m.", ["29.02.", "31.12."], ["30.02.", "31.04."]),
        ("datetime_format", "%Y年%m月%d日 100%%", ["2020年01月05日 100%"], ["2020年1月5日 100%", "2020年01月05日 100%%"]),
        ("datetime_format", "it's %H", ["it's 07"], ["its 07", "it's 7"]),
        ("datetime_format", "UTC%z", ["UTC+0100", "UTCZ"], ["UTC", "GMT+0100", "UTC+01"]),
        ("json", True, ['{"a": [1, null]}', '"NaN, ]"', "1e999", "true", " [] ", '"\\u00e4"', '{"inf": "nan,}"}', '"\\",]"'], ["", "NaN", '{"a": Infinity}', "[1,]", '{"a": 1,}', "{'a': 1}", "[1] x", "nul", "01", "-inf", '{"a": -Infinity}', "// x\n1"]),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_good_texts_pass_and_each_bad_one_fails(
    texts: One, name: str, argument: Any, good: list[str], bad: list[str]
) -> None:
    passed = texts([*good, None], name, argument)
    assert (passed.status, passed.evidence) == (Status.PASS, {"judged": len(good), "failing": 0, "null": 1})
    failed = texts([*good, *bad], name, argument)
    assert (failed.status, failed.observed if name != "length" else len(bad)) == (Status.FAIL, len(bad))
    assert [row["row"] for row in failed.evidence["rows"]] == [len(good) + 1 + place for place in range(len(bad))][:10]
    assert [row["value"] for row in failed.evidence["rows"]] == bad[:10]


def test_mostly(texts: One) -> None:
    assert texts(["a", "b", "c", "1"], "not_regex", "[0-9]", mostly=0.75).status is Status.PASS
    assert texts(["a", "b", "c", "1"], "not_regex", "[0-9]", mostly=0.76).status is Status.FAIL


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("not_regex", "a"),
        ("datetime_format", "%Y"),
        ("json", True),
        ("json_schema", JsonSchema(schema={})),
        ("length", Bound(min=1, max=1)),
    ],
)
class TestEdges:
    def test_all_null_is_an_error(self, texts: One, name: str, argument: Any) -> None:
        outcome = texts([None, None], name, argument)
        assert (outcome.status, outcome.message) == (Status.ERROR, "0 values judged: all 2 are null")

    def test_one_row(self, texts: One, name: str, argument: Any) -> None:
        assert texts(["x"], name, argument).evidence["judged"] == 1

    def test_no_rows(self, check: Any, column: Any, rule: Any, schema: Any, name: str, argument: Any) -> None:
        declared = schema(column("x", "string", rule(name, argument)), rules=(rule("row_count", Bound(min=0)),))
        outcome = check("x,pad\n", declared)[f"x/{name}"]
        assert (outcome.status, outcome.message) == (Status.PASS, "0 values judged: the table has no rows")
        skipped = check("x,pad\n", schema(column("x", "string", rule(name, argument))))[f"x/{name}"]
        assert skipped.status is Status.SKIP

    def test_numbers_have_no_text(self, one: One, name: str, argument: Any) -> None:
        outcome = one({"x": [1, 2]}, "any", name, argument)
        assert (outcome.status, outcome.message) == (Status.ERROR, f"{name} needs text, the column is integer")


def test_words_for_lists_of_patterns(texts: One) -> None:
    outcome = texts(["b"], "regex", Patterns(("^a", "z$")))
    assert outcome.message == "1 of 1 value is without any of the patterns ^a, z$"
    assert outcome.expected == "contains any of the patterns ^a, z$"
    outcome = texts(["b"], "fullmatch", Patterns(("a", "z"), every=True))
    assert outcome.message == "1 of 1 value is not matched by all of the patterns a, z"
    outcome = texts(["b"], "not_regex", "b")
    assert outcome.message == "1 of 1 value is not free of the pattern b"


@pytest.fixture(scope="module")
def engine() -> Iterator[Callable[[list[str], Callable[[str], str]], list[bool]]]:
    """Whether conditions hold for texts, by the engine alone."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE texts (place INTEGER, t VARCHAR)")

    def ask(texts: list[str], condition: Callable[[str], str]) -> list[bool]:
        connection.execute("DELETE FROM texts")
        connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(texts)))
        query = f"SELECT coalesce({condition('t')}, false) FROM texts ORDER BY place"  # noqa: S608  # made by text_conditions
        found = connection.execute(query).fetchall()
        return [holds for (holds,) in found]

    yield ask
    connection.close()


TIMES = st.sampled_from(["%H:%M", "%H:%M:%S.%f", "%I %p", "%-H-%-M-%-S", "%%%H"])
DATES = st.sampled_from(["%Y-%m-%d", "%-d. %B %Y", "%a %d %b %Y", "%A/%m/%d/%y", "%Y%m%d", "%j %Y", "%d.%m.", "%Y"])
Engine = Callable[[list[str], Callable[[str], str]], list[bool]]


@settings(max_examples=60, deadline=None)
@given(
    moment=st.datetimes(min_value=dt.datetime(1970, 1, 1), max_value=dt.datetime(2068, 12, 31)),  # noqa: DTZ001  # texts have no zone
    parts=st.tuples(DATES, TIMES),
    joint=st.sampled_from([" ", "T", " um ", "|", "ä"]),
)
def test_what_strftime_writes_is_written_so(
    engine: Engine, moment: dt.datetime, parts: tuple[str, str], joint: str
) -> None:
    for form in (*parts, joint.join(parts), joint.join(reversed(parts))):
        text = moment.strftime(form)
        asked = [text, f" {text}", f"{text} ", f"{text}0", moment.replace(microsecond=0).isoformat()]
        assert engine(asked, functools.partial(written_as, form=form)) == [True, False, False, False, False], form


def json_like() -> st.SearchStrategy[str]:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    )
    broken = st.text(alphabet='[]{},:"\\ntrulefasINnfy0123.-+eE ', max_size=8)
    return values.map(json.dumps) | values.map(lambda value: json.dumps(value, ensure_ascii=False)) | broken


def is_json(text: str) -> bool:
    def refuse(_: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(json_like().filter(lambda text: "\\ud" not in text and text.isprintable()), min_size=1, max_size=20)
)
def test_json_is_what_python_reads(engine: Engine, texts: list[str]) -> None:
    assert engine(texts, text_conditions.is_json) == [is_json(text) for text in texts]


PERSON = {
    "type": "object",
    "required": ["age"],
    "properties": {"age": {"$ref": "#/$defs/age"}, "name": {"pattern": "^[A-Z]"}},
    "$defs": {"age": {"type": "integer", "maximum": 120}},
}


class TestJsonSchema:
    VALUES: tuple[str, ...] = (
        '{"age": 1}', '{"age": 131}', '{"age": 131}', "{}", "nonsense", '{"age": 2, "name": "x"}', '{"age": NaN}',
    )  # fmt: skip

    def test_values_that_do_not_satisfy_it(self, texts: One) -> None:
        outcome = texts([*self.VALUES, None], "json_schema", JsonSchema(schema=PERSON))
        assert (outcome.status, outcome.observed) == (Status.FAIL, 6)
        assert outcome.expected == "JSON that satisfies the JSON Schema"
        assert outcome.message == (
            "6 of 7 values are not JSON that satisfies the JSON Schema (not JSON: 2, properties/age/maximum: 2, "
            "properties/name/pattern: 1); beside them 1 null"
        )
        assert outcome.evidence["reasons"] == {
            "not JSON": 2, "properties/age/maximum": 2, "properties/name/pattern": 1, "required": 1,
        }  # fmt: skip
        assert outcome.evidence["distinct_failing"] == 5
        assert [row["row"] for row in outcome.evidence["rows"]] == [2, 4, 5, 6, 7]
        assert outcome.evidence["rows"][0]["value"] == '{"age": 131}'

    def test_values_that_do(self, texts: One) -> None:
        outcome = texts(['{"age": 1}', '{"age": 1, "x": "ä"}'], "json_schema", JsonSchema(schema=PERSON))
        assert (outcome.status, outcome.evidence) == (Status.PASS, {"judged": 2, "failing": 0, "null": 0})

    def test_mostly(self, texts: One) -> None:
        argument = JsonSchema(schema=PERSON)
        assert texts(["{}", '{"age": 1}'], "json_schema", argument, mostly=0.5).status is Status.PASS

    @pytest.mark.parametrize("privacy", ["none", "masked"])
    def test_reasons_show_nothing_of_a_value(self, texts: One, privacy: str) -> None:
        closed = {"additionalProperties": False, "propertyNames": {"maxLength": 3}, "items": {"enum": ["ok"]}}
        values = ['{"jane": "doe"}', '["jane"]', "jane"]
        outcome = texts(values, "json_schema", JsonSchema(schema=closed), privacy=privacy)
        assert outcome.status is Status.FAIL
        assert "jane" not in repr(outcome)

    def test_ten_rows_at_most_and_the_first_ones(self, texts: One) -> None:
        values = [f'"{number:03}"' for number in range(40, 0, -1)]
        outcome = texts(values, "json_schema", JsonSchema(schema={"type": "integer"}))
        assert [row["row"] for row in outcome.evidence["rows"]] == list(range(1, 11))
        assert outcome.evidence["failing"] == 40

    def test_each_distinct_value_is_judged_once(self, texts: One, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[str] = []

        def judge(text: str) -> str:
            seen.append(text)
            return ""

        monkeypatch.setattr("mlgate.data.text_checks.schema_judge", lambda _: judge)
        texts(["1", "2", "1", None, "2"] * 5, "json_schema", JsonSchema(schema={}))
        assert sorted(seen) == ["1", "1", "2", "2"]  # the fixture asks twice

    def test_too_many_values_are_an_error(self, texts: One, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(own_queries, "MAX_JUDGED", 3)
        outcome = texts(["1", "2", "3", "4"], "json_schema", JsonSchema(schema={}))
        assert outcome.status is Status.ERROR
        assert outcome.message.startswith("not judged: the column holds more than")
        assert texts(["1", "2", "3", "3"], "json_schema", JsonSchema(schema={})).status is Status.PASS

    def test_two_schemas_for_one_column(self, check: Any, column: Any, rule: Any, schema: Any) -> None:
        rules = [
            rule("json_schema", JsonSchema(schema={"type": kind}), name=kind)
            for kind in ("integer", "string", "number")
        ]
        found = check({"x": ["1", "2"]}, schema(column("x", "string", *rules)))
        assert [found[f"x/{kind}"].status for kind in ("integer", "string", "number")] == ["pass", "fail", "pass"]

    def test_a_schema_that_was_not_loaded_is_an_error(self, texts: One) -> None:
        outcome = texts(["1"], "json_schema", JsonSchema(path="schemas/p.json"))
        assert (outcome.status, outcome.message) == (Status.ERROR, "the JSON Schema schemas/p.json was not loaded")

    @pytest.mark.parametrize(
        ("schema", "text", "reason"),
        [
            ({"$ref": "#"}, "1", "more than 20,000 references to follow|nested too deeply"),
            ({"$ref": "#/$defs/a", "$defs": {chr(97 + place): {"allOf": [{"$ref": f"#/$defs/{chr(98 + place)}"}] * 2} for place in range(24)} | {"y": {}}}, "1", "more than 20,000 references to follow"),
            ({"type": "array"}, "[" * 20_000, "nested too deeply|not JSON"),
            ({"pattern": "a"}, '"' + "a" * 10_001 + '"', "longer than the 10,000 characters that a pattern is tried on"),
            ({"not": {"pattern": "b"}}, '"b' + "a" * 10_001 + '"', "longer than the 10,000 characters that a pattern is tried on"),
            (False, "1", "false"),
        ],
        ids=itertools.count(),
    )  # fmt: skip
    def test_nothing_runs_away(self, schema: Any, text: str, reason: str) -> None:
        assert json_values.schema_judge(schema)(text) in reason.split("|")

    @pytest.mark.parametrize(
        ("schema", "text", "reason"),
        [
            ({"pattern": "^abc$"}, '"abc"', ""),
            ({"pattern": "^abc$"}, '"abc\\n"', "pattern"),
            ({"pattern": r"^(a$|b)"}, '"a\\n"', "pattern"),
            ({"pattern": r"^a\$[$\]]$"}, '"a$$"', ""),
            ({"pattern": r"^a\$[$\]]$"}, '"a$]\\n"', "pattern"),
            ({"propertyNames": {"pattern": "^a$"}}, '{"a\\n": 1}', "propertyNames/pattern"),
            ({"patternProperties": {"^a$": {"type": "integer"}}}, '{"a": "x"}', "patternProperties/^a$/type"),
            ({"patternProperties": {"^a$": True}, "additionalProperties": False}, '{"a\\n": 1}', "additionalProperties"),
            ({"properties": {"const": {"pattern": "a$"}}}, '{"const": "a\\n"}', "properties/const/pattern"),
            ({"enum": [{"pattern": "a$"}]}, '{"pattern": "a$"}', ""),
        ],
        ids=itertools.count(),
    )  # fmt: skip
    def test_a_dollar_is_the_end_of_the_text(self, schema: Any, text: str, reason: str) -> None:
        assert json_values.schema_judge(schema)(text) == reason

    def test_a_reference_to_a_host_is_refused(self, texts: One) -> None:
        outcome = texts(["1"], "json_schema", JsonSchema(schema={"$ref": "http://127.0.0.1:9/x"}))
        assert outcome.status is Status.ERROR
        assert "refers to http://127.0.0.1:9/x, which is not in it" in outcome.message

    def test_the_library_is_imported_only_where_values_are_judged(self) -> None:
        import subprocess
        import sys

        code = (
            "import sys; from mlgate.data.json_values import schema_judge; schema_judge({}); "
            "print(int('jsonschema' in sys.modules), int('referencing' in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.split() == ["0", "0"]
