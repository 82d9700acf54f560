"""What an imported Table Schema says of data, against the verdicts of the tool.

The tables were made by hand from what the tool documents, and agree with frictionless 5.21 on the same data. Where it gives
another verdict, the case says so, and so does the import.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.imports.importing import by_length, imported, left, verdicts_by_column

Verdict = Callable[..., str]

FIELDS = [
    # field, cells, verdict
    ({"type": "integer"}, ["1", "+2", " 3", ""], "pass"),
    ({"type": "integer"}, ["1.0"], "fail"),
    ({"type": "integer", "constraints": {"required": True}}, ["1", ""], "fail"),
    ({"type": "integer", "constraints": {"unique": True}}, ["1", "1"], "fail"),
    ({"type": "integer", "constraints": {"unique": True}}, ["1", "", ""], "pass"),
    ({"type": "integer", "constraints": {"minimum": "1", "maximum": 5}}, ["1", "5"], "pass"),
    ({"type": "integer", "constraints": {"exclusiveMinimum": 1}}, ["1"], "fail"),
    ({"type": "integer", "constraints": {"exclusiveMaximum": 5}}, ["4"], "pass"),
    ({"type": "integer", "constraints": {"enum": ["1", "2"]}}, ["1", "3"], "fail"),
    ({"type": "number"}, ["1e3", "0.5"], "pass"),
    ({"type": "number"}, ["1,5"], "fail"),
    ({"type": "string", "constraints": {"pattern": "[A-Z].?"}}, ["AX", "B"], "pass"),
    ({"type": "string", "constraints": {"pattern": "a"}}, ["ab"], "fail"),  # the whole text
    ({"type": "string", "constraints": {"minLength": 1, "maxLength": 1}}, ["é", ""], "pass"),
    ({"type": "string", "constraints": {"minLength": 2}}, ["a"], "fail"),
    ({"type": "string", "constraints": {"enum": ["a", "b"]}}, ["a", "c"], "fail"),
    ({"type": "string", "format": "uuid"}, ["550e8400-e29b-41d4-a716-446655440000"], "pass"),
    ({"type": "string", "format": "uuid"}, ["550e8400"], "fail"),
    ({"type": "boolean"}, ["true", "0", "FALSE"], "pass"),
    ({"type": "boolean"}, ["yes"], "fail"),
    ({"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}, ["yes", "no"], "pass"),
    ({"type": "boolean", "trueValues": ["yes"]}, ["yes", "true"], "fail"),
    ({"type": "date", "constraints": {"maximum": "2020-02-01"}}, ["2020-01-31"], "pass"),
    ({"type": "date"}, ["2020-02-30"], "fail"),
    ({"type": "date", "format": "%d.%m.%Y"}, ["31.12.2020"], "pass"),
    ({"type": "date", "format": "%d.%m.%Y"}, ["2020-12-31"], "fail"),
    ({"type": "datetime", "constraints": {"maximum": "2020-12-31T00:00:00"}}, ["2020-12-31T00:00:01"], "fail"),
    ({"type": "time"}, ["25:00:00"], "fail"),
    ({"type": "year", "constraints": {"minimum": 1990}}, ["1989"], "fail"),
    ({"type": "yearmonth"}, ["2020-13"], "fail"),
    ({"type": "yearmonth"}, ["2020-12"], "pass"),
    ({"type": "duration"}, ["P1D"], "pass"),
    ({"type": "duration"}, ["1 day"], "fail"),
    ({"type": "object"}, ['{"a": 1}'], "pass"),
    ({"type": "object"}, ["[1]"], "fail"),
    ({"type": "array"}, ["[1]"], "pass"),
    ({"type": "any"}, ["a", "1"], "pass"),
    ({}, ["a", ""], "pass"),
]


@pytest.mark.parametrize("group", by_length(FIELDS, 1), ids=lambda group: f"{len(next(iter(group.values()))[1])} rows")
def test_fields_give_the_verdicts_of_frictionless(
    group: dict[str, tuple[dict[str, Any], list[str], str]], tmp_path: Path
) -> None:
    schema = {"fields": [{"name": name, **field} for name, (field, _, _) in group.items()]}
    assert not left(imported(schema))
    found = verdicts_by_column({name: case[1] for name, case in group.items()}, schema, tmp_path)
    assert not {name: (group[name], found[name]) for name in group if found[name] != group[name][2]}


def test_a_decimal_comma_is_that_of_the_file(verdict: Verdict) -> None:
    fields = [{"name": "x", "type": "number", "decimalChar": ","}, {"name": "k", "type": "integer"}]
    resource = {"schema": {"fields": fields}, "dialect": {"delimiter": ";"}}
    assert verdict("x;k\n1,5;1\n", resource) == "pass"
    assert verdict("x;k\n1.5;1\n", resource) == "fail"


HEADERS = [
    ({}, ["a", "b"], "pass"),
    ({}, ["b", "a"], "fail"),
    ({}, ["a", "b", "c"], "fail"),
    ({"fieldsMatch": "equal"}, ["b", "a"], "pass"),
    ({"fieldsMatch": "equal"}, ["a", "b", "c"], "fail"),
    ({"fieldsMatch": ["subset"]}, ["c", "b", "a"], "pass"),
    ({"fieldsMatch": "subset"}, ["a"], "fail"),
    ({"primaryKey": ["a", "b"]}, ["a", "b"], "fail"),
    ({"primaryKey": "b"}, ["a", "b"], "pass"),
    ({"uniqueKeys": [["a"]]}, ["a", "b"], "fail"),
]


@pytest.mark.parametrize(("keys", "header", "expected"), HEADERS)
def test_a_table_gives_the_verdict_of_frictionless(
    keys: dict[str, Any], header: list[str], expected: str, verdict: Verdict
) -> None:
    """In every row all the cells are 1, but that `b` counts where it is alone in the key."""
    schema = {"fields": [{"name": name, "type": "integer"} for name in ("a", "b")], **keys}
    rows = [[str(row) if name == "b" and keys.get("primaryKey") == "b" else "1" for name in header] for row in (1, 2)]
    assert verdict("\n".join(",".join(cells) for cells in (header, *rows)) + "\n", schema) == expected


def test_missing_values_of_a_frictionless_schema_are_read_as_missing(verdict: Verdict) -> None:
    field = {"name": "x", "type": "integer", "constraints": {"required": True}}
    assert verdict("x,k\nNA,1\n", {"fields": [field, {"name": "k"}], "missingValues": ["", "NA"]}) == "fail"
    tokens = [{"value": "NA", "label": "not asked"}]
    assert (
        verdict("x,k\nNA,1\n2,2\n", {"fields": [{**field, "constraints": {}}, {"name": "k"}], "missingValues": tokens})
        == "pass"
    )
