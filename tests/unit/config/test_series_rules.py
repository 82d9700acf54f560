"""Series checks as a schema declares them: what is read, and what is a mistake with its place."""

from __future__ import annotations

import jsonschema
import pytest

from mlgate.config.document import load_document
from mlgate.config.schema_file import parse_schema, schema_json_schema
from mlgate.config.series_rules import A_DAY, Frozen, Gaps, NotInFuture, Series
from mlgate.config.spans import Span
from mlgate.errors import ConfigError
from mlgate.outcome import Status

HEAD = "version: 1\ncolumns: {at: {type: datetime}, day: {type: date}, s: {}, v: {type: number}, t: {type: string}}\n"


def test_all_of_them() -> None:
    text = HEAD + (
        "table:\n"
        "  series_gaps: [{time: at, entity: s, step: 1h}, {time: day, step: 1d, tolerance: 0s}]\n"
        "  series_order: [{time: at, strictly: true}]\n"
        "  series_duplicates: [{time: at, entity: [s, t]}]\n"
        "  series_freshness: [{time: at, entity: s, max_age: 2d}]\n"
        "  series_frozen: [{column: v, time: at, readings: 10, tolerance: 0.1}, {column: t, time: at, duration: 6h}]\n"
        "  not_in_future: [{column: day}, {column: at, allowance: 0s}]\n"
    )
    rules = {rule.name: rule for rule in parse_schema(text, "s.yaml").rules}
    assert list(rules) == [
        "series_gaps:s+at", "series_gaps:day", "series_order:at", "series_duplicates:s+t+at", "series_freshness:s+at",
        "series_frozen:at+v", "series_frozen:at+t", "not_in_future:day", "not_in_future:at",
    ]  # fmt: skip
    hour = Span(seconds=3600, written="1h")
    assert rules["series_gaps:s+at"].argument == Gaps(time="at", entity=("s",), step=hour)
    assert rules["series_gaps:s+at"].argument.longest == 5_400_000_000
    assert rules["series_gaps:day"].argument.longest == 86_400_000_000
    assert rules["series_duplicates:s+t+at"].argument == Series(time="at", entity=("s", "t"))
    assert rules["series_frozen:at+v"].argument == Frozen(time="at", column="v", readings=10, tolerance=0.1)
    assert rules["not_in_future:day"].argument == NotInFuture(column="day", allowance=A_DAY)
    assert rules["not_in_future:at"].argument.allowance.seconds == 0
    assert rules["series_frozen:at+v"].columns == ("at", "v")
    severities = {rule.check: rule.severity for rule in rules.values()}
    assert [check for check, severity in severities.items() if severity is Status.WARN] == ["series_freshness"]
    assert not list(
        jsonschema.Draft202012Validator(schema_json_schema()).iter_errors(load_document(text, "s").plain_data())
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("series_gaps: [{time: day, step: 1h}]", "series_gaps: 'day' holds dates, which are whole days apart"),
        ("series_gaps: [{time: day, step: 1d, tolerance: 1h}]", "which are whole days apart"),
        ("series_gaps: [{time: v, step: 1h}]", "series_gaps: 'v' is number, a time is date or datetime"),
        ("series_gaps: [{time: at}]", "series_gaps needs the key 'step'"),
        ("series_gaps: [{time: at, step: 0s}]", "'0s' is not a duration"),
        ("series_gaps: [{time: at, step: 1 month}]", "'1 month' is not a duration"),
        ("series_gaps: [{time: at, step: 1h, max: 2h}]", "unknown key 'max'"),
        ("series_gaps: {time: at, step: 1h}", "expected a list"),
        ("series_order: [{time: nix}]", "the column 'nix' is not declared"),
        ("series_order: [{time: at, entity: at}]", "'at' is named twice"),
        (
            "series_order: [{time: at}, {time: at, strictly: true}]",
            "two checks of the table are called 'series_order:at'",
        ),
        ("series_duplicates: [{time: at, entity: []}]", "expected at least 1 items"),
        ("series_freshness: [{time: at, max_age: 1d}]", "series_freshness needs the key 'entity'"),
        ("series_freshness: [{time: at, entity: s, max_age: 1d, reference_time: now}]", "'now' is no date or time"),
        ("series_frozen: [{column: v, time: at}]", "it is said in one way how long"),
        ("series_frozen: [{column: v, time: at, readings: 3, duration: 1h}]", "it is said in one way how long"),
        ("series_frozen: [{column: v, time: at, readings: 1}]", "1 is outside 2 to 10000"),
        ("series_frozen: [{column: t, time: at, readings: 3, tolerance: 1}]", "a tolerance is for numbers"),
        ("series_frozen: [{column: v, time: at, entity: v, readings: 3}]", "'v' is named twice"),
        ("series_frozen: [{column: v, time: at, readings: 3, tolerance: -1}]", "-1 is outside"),
        ("not_in_future: [{column: v}]", "not_in_future: 'v' is number, it has no future"),
        ("not_in_future: [{column: at, allowance: -1d}]", "'-1d' is not a duration"),
        ("checks: [{series_gaps: {time: day, step: 1h}}]", "which are whole days apart"),
        ("checks: [{series_order: {time: at}, severity: no}]", "'no' is not one of fail, warn"),
    ],
)
def test_a_mistake_has_its_line(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_schema(f"{HEAD}table:\n  {line}\n", "s.yaml")
    assert words in str(raised.value)
    assert raised.value.line == 4
