"""The demo's table is the public one, and its import changes only what the README of the demo says."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from mlgate.demo import table

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def rows() -> list[table.Row]:
    return list(table.import_rows())


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo_table", ROOT / "scripts" / "make_demo_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shipped_table_is_that_of_statsmodels(script: ModuleType) -> None:
    pytest.importorskip("statsmodels")
    assert gzip.decompress(table.TABLE.read_bytes()).decode("utf-8") == script.table_text()


def test_licence_beside_the_table_says_what_the_source_says() -> None:
    randhie = pytest.importorskip("statsmodels.datasets.randhie")
    licence = " ".join((table.TABLE.parent / "randhie.LICENSE.md").read_text(encoding="utf-8").split())
    assert randhie.COPYRIGHT in licence
    assert "The data was collected by the RAND corporation as part of the Health Insurance Experiment (HIE)" in licence
    assert "public domain" in randhie.COPYRIGHT


def test_compressed_file_carries_no_time(script: ModuleType) -> None:
    assert script.compressed("a\n") == script.compressed("a\n")
    assert table.TABLE.read_bytes()[4:8] == bytes(4)


def test_import_keeps_every_row_and_value(rows: list[table.Row]) -> None:
    with gzip.open(table.TABLE, "rt", encoding="utf-8") as stream:
        source = list(csv.DictReader(stream))
    assert len(rows) == len(source) == 20_190
    assert [row["example_id"] for row in rows] == [str(number) for number in range(1, 20_191)]
    for name, original in (
        ("visits", "mdvis"),
        ("limitation", "physlm"),
        ("conditions", "disea"),
        ("log_maximum", "fmde"),
    ):
        assert [row[name] for row in rows] == [row[original] for row in source]


def test_codes_are_read_back(rows: list[table.Row]) -> None:
    assert Counter(row["coinsurance"] for row in rows) == {"0": 10997, "25": 4065, "50": 1401, "95": 2653, "100": 1074}
    assert Counter(row["health"] for row in rows) == {"excellent": 11019, "good": 7309, "fair": 1560, "poor": 302}
    assert Counter(row["deductible_plan"] for row in rows) == {"false": 14941, "true": 5249}


def test_rows_of_one_member_share_all_answers_but_visits(rows: list[table.Row]) -> None:
    answers: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        kept = tuple(value for name, value in row.items() if name not in ("example_id", "visits"))
        answers.setdefault(row["member"], set()).add(kept)
    assert len(answers) == 5294
    assert {len(kinds) for kinds in answers.values()} == {1}


def test_new_export_has_three_defects_and_else_the_same_rows(rows: list[table.Row]) -> None:
    changed = list(table.new_export(rows))
    assert len(changed) == len(rows)
    new = [(old, row) for old, row in zip(rows, changed, strict=True) if old != row]
    assert {row["health"] for _, row in new} - {old["health"] for old, _ in new} == {"very good"}
    assert sum(row["coinsurance"] == "-1" for row in changed) > 500
    assert sum(row["example_id"] == "" for row in changed) == 20
    assert [row["visits"] for row in changed] == [row["visits"] for row in rows]


def test_csv_reads_back(rows: list[table.Row]) -> None:
    assert list(csv.DictReader(io.StringIO(table.as_csv(rows[:50])))) == rows[:50]
