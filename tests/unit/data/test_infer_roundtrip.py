"""Infer, then check, on real tables: a small part of `python -m benchmarks.data_roundtrip`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data_roundtrip import Samples, Workplace, judge_halves, judge_table, print_samples, spread
from benchmarks.planted_faults import CSV, FAULTS, PARQUET
from benchmarks.real_tables import RealTable, load_tables


@pytest.fixture(scope="module")
def tables() -> dict[str, RealTable]:
    return {table.name: table for table in load_tables(["grunfeld", "danish_data", "statecrime"])}


@pytest.mark.parametrize(("name", "form"), [("grunfeld", CSV), ("danish_data", PARQUET)])
def test_every_fault_is_caught_and_nothing_else_alarms(
    tables: dict[str, RealTable], tmp_path: Path, name: str, form: str
) -> None:
    counts = judge_table(tables[name], form, tmp_path, most_targets=1)
    assert counts.missed == {}
    assert counts.alarms == []
    assert counts.copies >= 6
    assert len(counts.caught) >= 12


def test_together_the_tables_have_a_place_for_most_faults(tables: dict[str, RealTable]) -> None:
    applied = {fault.name for fault in FAULTS for table in tables.values() if fault.targets(table)}
    assert len(FAULTS) - len(applied) <= 2
    assert len(FAULTS) >= 12


def test_a_schema_that_checks_nothing_misses_and_one_that_is_wrong_alarms(
    tables: dict[str, RealTable], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(text: str) -> None:
        def infer(place: Workplace, _: str, name: str, *, ranges: bool) -> Path:
            schema = place.folder / f"{name}{ranges}.yaml"
            schema.write_text(text, encoding="utf-8")
            return schema

        monkeypatch.setattr(Workplace, "infer", infer)

    write("version: 1\ncolumns:\n  murder: {}\ntable: {extra_columns: ignore, row_count: {min: 0}}\n")
    blind = judge_table(tables["statecrime"], PARQUET, tmp_path, most_targets=1)
    assert {"dropped column", "duplicate key", "one null", "unit x 1000"} <= set(blind.missed)
    write("version: 1\ncolumns:\n  state: {type: integer}\n")
    assert judge_table(tables["statecrime"], PARQUET, tmp_path, most_targets=0).alarms


def test_halves_are_counted_by_check(
    tables: dict[str, RealTable], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = Samples()
    judge_halves(tables["grunfeld"], tmp_path, samples, repeats=1)
    assert samples.made["in_set"] == 1
    assert samples.failed["in_set"] == 0
    assert print_samples(samples, 1)
    samples.failed["in_set"] = 1
    assert not print_samples(samples, 1)
    assert "100.0000%!" in capsys.readouterr().out


def test_targets_are_spread() -> None:
    targets = [(str(place),) for place in range(10)]
    assert [place for (place,) in spread(targets, 3)] == ["0", "3", "6"]
    assert spread(targets, 20) == targets
