"""Frictionless descriptors: what maps to what, and what is left with which reason."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.data.imports import import_schema
from mlgate.errors import UsageError
from tests.unit.data.imports.importing import differs, file_text, imported, left, plain

COLUMNS = {
    "patient_id": {"type": "integer", "not_null": True, "unique": True},
    "age": {"type": "number", "null_fraction": {"max": 1}, "between": [0, 120]},
    "sex": {"type": "string", "in_set": ["F", "M"], "not_null": True},
    "code": {"type": "string", "null_fraction": {"max": 1}, "fullmatch": "[A-Z]{2}-[0-9]+", "length": [4, 9]},
    "smoker": {"type": "string", "in_set": ["yes", "no"], "null_fraction": {"max": 1}},
    "visit": {"type": "date", "null_fraction": {"max": 1}, "between": {"min": "2020-01-01"}},
    "seen": {"type": "string", "datetime_format": "%d.%m.%Y", "null_fraction": {"max": 1}},
    "place": {"null_fraction": {"max": 1}},
    "tags": {"json_schema": {"type": "array"}, "null_fraction": {"max": 1}},
    "mail": {"type": "string", "null_fraction": {"max": 1}},
    "since": {"type": "integer", "between": [0, 9999], "null_fraction": {"max": 1}},
    "note": {"null_fraction": {"max": 1}},
}
TABLE = {
    "columns_match": {"columns": list(COLUMNS), "ordered": True, "exact": False},
    "foreign_keys": [{"columns": ["code"], "references": {"dataset": "wards", "columns": ["code"]}}],
    "extra_columns": "fail",
}
LEFT_OF_SCHEMA = ["maximum of seen", "type geopoint of place", "type string of mail"]


def field(**keys: Any) -> dict[str, Any]:
    return {"fields": [{"name": "x", **keys}]}


def test_a_table_schema_becomes_a_commented_schema() -> None:
    found = import_schema(file_text("table_schema.json"), "table_schema.json")
    assert plain(found) == {"version": 1, "read": {"null": ["", "NA"]}, "columns": COLUMNS, "table": TABLE}
    assert [text.split(":")[0] for text in left(found)] == LEFT_OF_SCHEMA
    assert "  # Key\n  patient_id:" in found.text
    assert "  # Ward and bed.\n  code:" in found.text
    assert "  # for example a@b.org\n  mail:" in found.text


def test_a_resource_of_a_package_brings_its_dialect() -> None:
    found = import_schema(file_text("datapackage.yaml"), "datapackage.yaml", resource="visits")
    read = {"delimiter": ";", "null": ["", "NA"]}
    assert plain(found) == {"version": 1, "read": read, "columns": COLUMNS, "table": TABLE}
    assert [text.split(":")[0] for text in left(found)] == ["dialect.commentChar", *LEFT_OF_SCHEMA]
    assert any("--reference wards=FILE" in text for text in differs(found))


@pytest.mark.parametrize(
    ("resource", "fact", "hint"),
    [
        ("", "the package has 2 resources with a schema", "choose one with --resource: wards, visits"),
        ("visit", "no resource with a schema is called 'visit'", "there are: wards, visits"),
    ],
)
def test_a_resource_must_be_chosen(resource: str, fact: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        import_schema(file_text("datapackage.yaml"), "datapackage.yaml", resource=resource)
    assert fact in caught.value.message
    assert hint in caught.value.hint


def test_only_a_package_has_resources() -> None:
    with pytest.raises(UsageError, match="the file is no package"):
        imported(field(type="any"), resource="x")
    with pytest.raises(UsageError, match="0 resources with a schema"):
        imported({"resources": [{"name": "x", "schema": "schema.json"}]})


LEFT = [
    ({"type": "geopoint"}, "type geopoint of x: there is no such type here"),
    ({"type": 3}, "its type or format is no text"),
    ({"type": "number", "groupChar": ","}, "numbers with ',' between their digits are not read"),
    ({"type": "integer", "bareNumber": False}, "numbers with signs around them"),
    ({"type": "date", "format": "any"}, "a format that is guessed is not read"),
    ({"type": "date", "format": "%Q"}, "no directive"),
    ({"type": "boolean", "trueValues": [1]}, "its words for true and false are no texts"),
    ({"type": "string", "format": "email"}, "the format email is not judged"),
    ({"type": "geojson"}, "only that it is a JSON object is judged"),
    ({"missingValues": ["-"]}, "missingValues of x: tokens for missing values are those of the whole file"),
    ({"type": "array", "arrayItem": {"type": "string"}}, "what the items of an array are is not judged"),
    ({"categories": ["a"]}, "names for values"),
    ({"surprise": 1}, "surprise of x: it is not read"),
    ({"constraints": [1]}, "constraints of x: they are no mapping"),
    ({"constraints": {"required": "yes"}}, "required of x: it is neither true nor false"),
    ({"constraints": {"maximumWeight": 3}}, "no constraint of this name is known"),
    ({"type": "string", "constraints": {"minimum": 3}}, "between needs numbers, dates or times, the column is string"),
    ({"type": "duration", "constraints": {"minimum": "P1D"}}, "not read as something that has an order"),
    ({"type": "integer", "constraints": {"minimum": "x"}}, "'x' is no integer"),
    ({"type": "integer", "constraints": {"minimum": [1]}}, "`minimum` is no number"),
    ({"type": "integer", "constraints": {"minLength": 3}}, "its values are no text"),
    ({"type": "array", "constraints": {"minLength": 3}}, "its values are no text"),
    ({"type": "string", "constraints": {"pattern": "(?=x)"}}, "is not supported in a pattern"),
    ({"type": "string", "constraints": {"pattern": 3}}, "pattern of x: it is no text"),
    ({"type": "string", "constraints": {"enum": "ab"}}, "enum of x: it is no list"),
    ({"type": "object", "constraints": {"enum": [{}]}}, "neither text, number, true nor false"),
    ({"type": "object", "constraints": {"jsonSchema": "../schema.json"}}, "jsonSchema of x: it is no mapping"),
    (
        {"type": "object", "constraints": {"jsonSchema": {"$ref": "http://x/y"}}},
        "refers to http://x/y, which is not in it",
    ),
    ({"type": "duration", "constraints": {"enum": ["P1D"]}}, "in_set needs values that can be written"),
]


@pytest.mark.parametrize(("keys", "reason"), LEFT)
def test_what_has_no_counterpart_is_left_with_the_reason(keys: dict[str, Any], reason: str) -> None:
    found = imported(field(**keys))
    assert any(reason in told for told in left(found))
    assert list(plain(found)["columns"]) == ["x"]


def test_constraints_of_what_is_not_read_are_left() -> None:
    found = imported(field(type="number", groupChar=".", constraints={"minimum": 0, "required": True, "enum": [1]}))
    assert plain(found)["columns"]["x"] == {"not_null": True}
    assert [text.split(":")[0] for text in left(found)] == ["type number of x", "minimum of x", "enum of x"]


TABLE_LEFT = [
    ({"missingValues": []}, "missingValues: the empty text is always missing here"),
    ({"missingValues": [1]}, "missingValues: "),
    ({"fieldsMatch": "superset"}, "fieldsMatch: superset: here every declared column must be there"),
    ({"fieldsMatch": 3}, "fieldsMatch: 3 is not known"),
    ({"primaryKey": ["z"]}, "primaryKey of z: no field is called z"),
    ({"primaryKey": [1]}, "primaryKey: it is no list of fields"),
    ({"uniqueKeys": [1]}, "uniqueKeys: it is no list of fields"),
    ({"foreignKeys": [3]}, "foreignKeys: it does not name fields on both sides"),
    ({"foreignKeys": [{"fields": "x", "reference": {"fields": "x"}}]}, "foreignKeys of x: it refers to this table"),
    (
        {"foreignKeys": [{"fields": "z", "reference": {"resource": "r", "fields": "x"}}]},
        "foreignKeys of z: it names a field that is not there",
    ),
    ({"checks": 3}, "checks: it is not read"),
]


@pytest.mark.parametrize(("keys", "reason"), TABLE_LEFT)
def test_what_a_table_cannot_say_is_left(keys: dict[str, Any], reason: str) -> None:
    (told,) = left(imported(field(type="integer") | keys))
    assert told.startswith(reason)


@pytest.mark.parametrize("bad", [3, {}, {"name": 3}, {"name": "x"}])
def test_a_field_without_a_name_of_its_own_is_left(bad: object) -> None:
    (told,) = left(imported({"fields": [{"name": "x"}, bad]}))
    assert told == "field 2: it has no name of its own"


def resource(**keys: Any) -> dict[str, Any]:
    return {"name": "own", "path": "x.csv", "schema": field(type="integer"), **keys}


@pytest.mark.parametrize(
    ("keys", "read"),
    [
        ({"encoding": "ISO-8859-1"}, {"encoding": "latin-1"}),
        ({"encoding": "utf-8"}, None),
        ({"dialect": {"delimiter": "\t"}}, {"delimiter": "\t"}),
        ({"dialect": {"csv": {"delimiter": "|", "quoteChar": '"'}}}, {"delimiter": "|"}),
        ({"dialect": {"nullSequence": "\\N"}}, {"null": ["", "\\N"]}),
    ],
)
def test_how_a_file_is_read(keys: dict[str, Any], read: dict[str, Any] | None) -> None:
    found = imported(resource(**keys))
    assert plain(found).get("read") == read
    assert not left(found)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"encoding": "cp1252"}, "encoding: cp1252 is not read; nearest: save the file as UTF-8"),
        ({"dialect": "dialect.json"}, "dialect: it stands in a file of its own"),
        ({"dialect": {"header": False}}, "dialect.header: False"),
        ({"dialect": {"delimiter": ";;"}}, "dialect.delimiter: ';;'"),
        ({"hash": "sha256:0"}, "hash: it says what the file is"),
        ({"checklist": {"checks": []}}, "checklist: it says what the file is"),
    ],
)
def test_how_a_file_is_not_read_is_left(keys: dict[str, Any], reason: str) -> None:
    (told,) = left(imported(resource(**keys)))
    assert told.startswith(reason)


def test_a_key_into_the_resource_itself_names_it() -> None:
    schema = field(type="integer") | {"foreignKeys": [{"fields": ["x"], "reference": {"fields": ["x"]}}]}
    keys = plain(imported(resource(schema=schema)))["table"]["foreign_keys"]
    assert keys == [{"columns": ["x"], "references": {"dataset": "own", "columns": ["x"]}}]
