"""Numbers as members of a column of text without a type are refused: the text would answer otherwise than Parquet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.config.column_fits import require_type
from mlgate.config.schema_file import parse_schema
from mlgate.errors import ConfigError

CHECKS = [
    "in_set: [1, 2]",
    "not_in_set: [x, 0.5]",
    "not_in_set: [true]",
    "distinct_in_set: [1]",
    "distinct_contain: [1]",
    "distinct_equal: [1]",
    "most_common: [1]",
    "domain_mass: {values: [1, 2], min: 0.5}",
    "checks: [{not_in_set: [1], mostly: 0.5}]",
]


def schema(check: str, type_: str = "") -> str:
    return f"version: 1\ncolumns:\n  id: {{type: integer}}\n  x: {{{type_}{check}}}\n"


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("type_", ["", "type: any, "])
def test_members_that_are_no_text(check: str, type_: str) -> None:
    column = parse_schema(schema(check, type_), "s.yaml").columns["x"]
    with pytest.raises(ConfigError) as caught:
        require_type(column)
    assert (caught.value.path, caught.value.line) == ("s.yaml", 4)
    assert "declare the type" in caught.value.hint


@pytest.mark.parametrize(
    "declared",
    ["type: integer, in_set: [1, 2]", "type: number, not_in_set: [0.5]", "in_set: ['1', x]", "between: [0, 5]",
     "type: boolean, in_set: [true]", "type: any, label_distribution: {1: [0, 1]}", "mean: [0, 1]", "length: [1, 3]"],
)  # fmt: skip
def test_what_text_answers_as_parquet_does_is_left_alone(declared: str) -> None:
    require_type(parse_schema(schema(declared), "s.yaml").columns["x"])


@pytest.fixture
def checked(place: Any) -> Any:
    def run(name: str, *command: str) -> Any:
        place.write("s.yaml", schema("not_in_set: [1]"))
        if name.endswith("parquet"):
            import pyarrow as pa
            import pyarrow.parquet as pq

            pq.write_table(pa.table({"id": [1], "x": [1.0]}), place.root / name)
        else:
            place.write(name, '{"id": 1, "x": 1.0}\n' if name.endswith("jsonl") else "id,x\n1,1.0\n")
        return place.mlgate(*command)

    return run


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_text_files_are_refused_before_they_are_read(checked: Any, place: Any, name: str) -> None:
    ran = checked(name, "data", "check", name, "--schema", "s.yaml")
    assert ran.code == 2
    assert "s.yaml:4" in ran.err
    assert "declare the type" in ran.err
    place.write("mlgate.yaml", f"version: 1\ndatasets: {{t: {{path: {name}, schema: s.yaml}}}}\n")
    assert place.mlgate("run").code == 2


def test_parquet_knows_its_types(checked: Any) -> None:
    ran = checked("t.parquet", "data", "check", "t.parquet", "--schema", "s.yaml", "--format", "json")
    failing = [one["id"] for one in json.loads(ran.out)["outcomes"] if one["status"] == "fail"]
    assert failing == ["data/t.parquet/x/not_in_set"]


def test_where_the_name_does_not_tell_it_is_an_error(checked: Any) -> None:
    ran = checked("d/t.csv", "data", "check", "d", "--schema", "s.yaml", "--format", "json")
    (found,) = [one for one in json.loads(ran.out)["outcomes"] if one["status"] in ("fail", "error")]
    assert (found["id"], found["status"]) == ("data/d/x/not_in_set", "error")
    assert "declare the column's type" in found["message"]


def test_columns_that_a_pattern_chooses(place: Any) -> None:
    place.write("t.csv", "id,x\n1,1.0\n")
    place.write("s.yaml", "version: 1\ntable: {checks: [{columns: {regex: x}, not_in_set: [1]}]}\n")
    ran = place.mlgate("data", "check", "t.csv", "--schema", "s.yaml", "--format", "json")
    assert [one["id"] for one in json.loads(ran.out)["outcomes"] if one["status"] == "error"] == [
        "data/t.csv/x/not_in_set"
    ]
