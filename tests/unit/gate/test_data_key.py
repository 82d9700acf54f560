"""A key that no row has is told: it is not left out in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mlgate
from mlgate.config.schema_file import parse_schema
from mlgate.errors import UsageError
from mlgate.gate.load import require_key

SCHEMA = "version: 1\ncolumns:\n  id: {type: integer}\n  x: {type: integer, between: [0, 5]}\n"


@pytest.fixture
def dataset(place: Any) -> Any:
    """Write the file, its schema and the project, and run a command."""

    def run(*command: str, key: str = "[id]", schema: str | None = SCHEMA, rows: str = "id,x\n7,9\n") -> Any:
        place.write("t.csv", rows)
        place.write("s.yaml", schema or "")
        named = ", schema: s.yaml" if schema else ""
        place.write("mlgate.yaml", f"version: 1\ndatasets:\n  t: {{path: t.csv{named}, key: {key}}}\n")
        return place.mlgate(*(command or ("data", "check", "t.csv", "--format", "json")))

    return run


def blocking(ran: Any) -> list[tuple[str, str]]:
    found = json.loads(ran.out)["outcomes"]
    return [(one["id"].removeprefix("data/t/"), one["status"]) for one in found if one["status"] in ("fail", "error")]


def test_a_key_that_is_there_names_the_row(dataset: Any) -> None:
    ran = dataset()
    assert blocking(ran) == [("x/between", "fail")]
    (row,) = next(one for one in json.loads(ran.out)["outcomes"] if one["status"] == "fail")["evidence"]["rows"]
    assert list(row["key"]) == ["id"]


@pytest.mark.parametrize("command", [("data", "check", "t.csv"), ("run",)])
def test_a_key_that_the_schema_does_not_declare_is_wrong_usage(dataset: Any, command: tuple[str, ...]) -> None:
    ran = dataset(*command, key="[idd]")
    assert ran.code == 2
    assert "the key names 'idd', which s.yaml does not declare" in ran.err
    assert "did you mean 'id'?" in ran.err
    assert "mlgate.yaml:3" in ran.err


@pytest.mark.parametrize("extra", ["ignore", "warn"])
def test_where_other_columns_may_be_there_the_file_decides(dataset: Any, extra: str) -> None:
    schema = f"{SCHEMA}table: {{extra_columns: {extra}}}\n"
    assert blocking(dataset(key="[person]", schema=schema, rows="id,x,person\n7,1,p\n")) == []
    ran = dataset(key="[person, id]", schema=schema, rows="id,x\n7,1\n")
    assert blocking(ran) == [("key", "error")]
    assert ran.code == 3
    assert "the key names person, which the file does not have" in ran.out


def test_a_declared_column_that_is_absent_is_told_once(dataset: Any) -> None:
    assert blocking(dataset(rows="x\n1\n")) == [("id/column_exists", "fail")]


def test_a_column_of_another_environment_is_told(dataset: Any) -> None:
    schema = SCHEMA.replace("id: {type: integer}", "id: {type: integer, environments: [training]}")
    ran = dataset(
        "data", "check", "t.csv", "--environment", "serving", "--format", "json", schema=schema, rows="x\n1\n"
    )
    assert blocking(ran) == [("key", "error")]


def test_without_a_schema(dataset: Any) -> None:
    assert blocking(dataset(schema=None, key="[person]")) == [("key", "error")]
    assert blocking(dataset(schema=None)) == []


def test_frames() -> None:
    import pandas as pd

    frame = pd.DataFrame({"id": [7], "x": [1]})
    with pytest.raises(UsageError, match="the key names 'nix'"):
        mlgate.check_data(frame, SCHEMA, key="nix")
    assert [one.id for one in mlgate.check_data(frame, key="nix").blocking] == ["data/frame/key"]
    assert mlgate.check_data(frame, SCHEMA, key="id").passed


def test_a_schema_of_the_table_alone_declares_no_column() -> None:
    require_key(parse_schema("version: 1\ntable: {row_count: {min: 1}}\n", "s.yaml"), ["anything"])
