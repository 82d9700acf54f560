"""The table and the checks that mlgate and its peers are measured on: the sound one passes, the faulty one fails as told."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.peers import setting
from benchmarks.peers.visits import CHECKS, COLUMNS, Check, expressed, rows_sql
from mlgate.gate.standalone import DataRequest, check_data_file
from mlgate.outcome import Report
from mlgate.render.json import render_json

ROWS = 2_000
EVERY = {check.name for check in CHECKS}
BROKEN = {"age/between", "email/regex", "ward/in_set", "code/not_null", "pressure/null_fraction", "id/unique", "unique",
          "compare_columns"}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setting, "BUILD", tmp_path)
    return tmp_path


def checked(place: Path, *, faults: bool, names: set[str], form: str = "parquet") -> Report:
    path = place / f"visits.{form}"
    options = "FORMAT parquet" if form == "parquet" else "HEADER"
    duckdb.execute(f"COPY ({rows_sql(ROWS, faults=faults)}) TO '{path}' ({options})")
    schema = setting.write_schema(names, "some")
    return check_data_file(
        DataRequest(file=path.name, schema=Path(schema.name), environment=None, privacy="masked", start=place)
    )


def broken(report: Report) -> set[str]:
    return setting.broken_for_mlgate(render_json(report))


def test_names_are_unique_and_about_columns() -> None:
    assert len(EVERY) == len(CHECKS) == 42
    assert {column for check in CHECKS for column in check.columns} == set(COLUMNS)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_faults_are_found_and_nothing_else(place: Path, form: str) -> None:
    assert broken(checked(place, faults=False, names=EVERY, form=form)) == set()
    assert broken(checked(place, faults=True, names=EVERY, form=form)) == BROKEN


def test_a_subset_asks_no_more_than_it_names(place: Path) -> None:
    some = {"age/between", "weight/mean", "unique"}
    report = checked(place, faults=True, names=some)
    assert broken(report) == {"age/between", "unique"}
    asked = {outcome.check for outcome in report.outcomes}
    assert asked <= {"between", "mean", "unique", "type", "column_exists", "row_count", "extra_columns", "pii"}


def test_what_was_not_decided_has_no_time(place: Path) -> None:
    report = checked(place, faults=False, names=EVERY)
    text = render_json(report).replace('"status": "pass"', '"status": "error"', 1)
    with pytest.raises(RuntimeError, match="not decided"):
        setting.broken_for_mlgate(text)


def test_a_peer_says_what_it_can_express() -> None:
    def between(check: Check) -> str | None:
        return check.column if check.column != "age" else None

    assert [column for _, column in expressed({"between": between})] == [
        "id", "weight", "pressure", "score", "admitted_at"
    ]  # fmt: skip


def test_rows_are_the_same_in_each_run() -> None:
    rows = rows_sql(500, faults=True)
    first, second = (duckdb.connect().execute(rows).fetchall() for _ in range(2))
    assert first == second
    assert len(first) == 500
