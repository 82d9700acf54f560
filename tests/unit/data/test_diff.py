"""What changed between two tables is what a plain comparison in Python says."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema_file import parse_schema
from mlgate.data.diff import Known, TableDiff, compare_tables
from mlgate.data.diff_header import shared_mass
from mlgate.sources.tables import OpenTable, OtherFiles, open_table

BEFORE = OtherTable(path="before")
Columns = Mapping[str, list[Any]]


def write(path: Path, columns: Columns) -> Path:
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(dict(columns)), path)
        return path
    import csv

    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return path


def diff(before: Path, after: Path, **known: Any) -> TableDiff:
    others = {BEFORE: OtherFiles(paths=[before], shown="old")}
    with open_table([after], shown="new", others=others) as table:
        old = table.others[BEFORE]
        assert isinstance(old, OpenTable), old
        return compare_tables(old, table, Known(**known))


@pytest.fixture
def compared(tmp_path: Path) -> Any:
    def compare(before: Columns, after: Columns, form: str = "csv", form_after: str = "", **known: Any) -> TableDiff:
        old = write(tmp_path / f"old.{form}", before)
        return diff(old, write(tmp_path / f"new.{form_after or form}", after), **known)

    return compare


def of(found: TableDiff, name: str) -> Any:
    return next(change for change in found.columns if change.name == name)


PEOPLE: dict[str, list[Any]] = {
    "id": list(range(40)),
    "age": [20 + n % 30 for n in range(40)],
    "sex": ["F" if n % 3 else "M" for n in range(40)],
    "note": [f"text {n}" for n in range(40)],
}


@pytest.mark.parametrize(("form", "form_after"), [("csv", "csv"), ("parquet", "parquet"), ("csv", "parquet")])
def test_the_same_table_in_another_order_has_not_changed(compared: Any, form: str, form_after: str) -> None:
    found = compared(PEOPLE, {name: values[::-1] for name, values in PEOPLE.items()}, form, form_after)
    assert (found.rows.same, found.rows.only_before, found.rows.only_after) == (40, 0, 0)
    assert found.columns == ()
    assert found.unchanged == ("id", "age", "sex", "note")
    assert (found.header.added, found.header.removed, found.header.renamed) == ((), (), ())
    by_key = compared(PEOPLE, {name: values[::-1] for name, values in PEOPLE.items()}, key=("id",))
    assert (by_key.key.same, by_key.key.changed, by_key.rows) == (40, 0, None)


def test_columns_that_came_went_moved_and_are_of_another_type(compared: Any) -> None:
    after = {
        "age": [f"{value}.5" for value in PEOPLE["age"]],
        "id": PEOPLE["id"],
        "new": ["x"] * 40,
        "note": PEOPLE["note"],
    }
    header = compared(PEOPLE, after).header
    assert header.added == (("new", "string"),)
    assert header.removed == (("sex", "string"),)
    assert header.retyped == (("age", "integer", "number"),)
    assert header.reordered
    assert header.renamed == ()


def test_a_stored_type_that_narrowed_is_another_type(compared: Any) -> None:
    import pyarrow as pa

    header = compared({"x": pa.array([1.5, 2.5])}, {"x": pa.array([1.5, 2.5], pa.float32())}, "parquet").header
    assert header.retyped == (("x", "number (DOUBLE)", "number (FLOAT)"),)


@pytest.mark.parametrize(("old", "new"), [("age", "Age"), ("age", "age_years"), ("sex", "gender"), ("note", "notes")])
def test_a_renamed_column_is_found(compared: Any, old: str, new: str) -> None:
    after = {new if name == old else name: values for name, values in PEOPLE.items()}
    found = compared(PEOPLE, after, key=("id",))
    assert [(one.old, one.new) for one in found.header.renamed] == [(old, new)]
    assert (found.header.added, found.header.removed, found.header.reordered) == ((), (), False)
    assert found.key.changed == 0


def test_a_column_of_other_content_or_type_is_no_rename(compared: Any) -> None:
    for values in (["a", "b"] * 20, PEOPLE["note"], [n * 1000 for n in range(40)]):
        after = {"age_years" if name == "age" else name: list(found) for name, found in PEOPLE.items()}
        after["age_years"] = values
        header = compared(PEOPLE, after).header
        assert header.renamed == ()
        assert [name for name, _ in header.removed] == ["age"]


def test_two_columns_that_are_equally_likely_are_no_rename(compared: Any) -> None:
    after = {name: values for name, values in PEOPLE.items() if name != "sex"}
    after |= {"sex_a": PEOPLE["sex"], "sex_b": PEOPLE["sex"]}
    assert compared(PEOPLE, after).header.renamed == ()


def test_rows_by_key(compared: Any) -> None:
    after = {name: [*values[2:], values[0]] for name, values in PEOPLE.items()}
    after["id"][-1] = 99
    after["age"][0], after["age"][1], after["sex"][0] = 77, 78, "X"
    key = compared(PEOPLE, after, key=("id",)).key
    assert (key.added, key.removed, key.changed, key.same) == (1, 2, 2, 36)
    assert key.changed_by_column == {"age": 2, "sex": 1}


def test_a_key_that_repeats_or_lacks_tells_no_rows_apart(compared: Any) -> None:
    after = {**PEOPLE, "id": [0, 0, *range(2, 40)]}
    found = compared(PEOPLE, after, key=("id",))
    assert "1 row of the newer table" in found.key.problem
    assert found.rows.only_after == 1
    assert compared(PEOPLE, PEOPLE, key=("nix", "id")).key.absent == ("nix",)
    holes = compared(PEOPLE, {**PEOPLE, "id": ["", "", *range(2, 40)]}, key=("id",)).key
    assert (holes.without_key, holes.removed, holes.same) == ((0, 2), 2, 38)


def test_the_type_that_a_schema_declares_decides_what_is_equal(compared: Any) -> None:
    before, after = {"id": [1, 2], "x": ["1.0", "2"]}, {"id": [1, 2], "x": ["1", "2.00"]}
    assert compared(before, after, key=("id",)).key.changed_by_column == {"x": 2}
    schema = parse_schema("version: 1\ncolumns:\n  x: {type: number}\n", "s.yaml")
    assert compared(before, after, key=("id",), schema=schema).key.changed_by_column == {}


def test_values_that_came_went_and_moved(compared: Any) -> None:
    after = {**PEOPLE, "sex": ["F"] * 10 + ["X"] * 20 + ["M"] * 5 + ["Y"] * 5}
    change = of(compared(PEOPLE, after, privacy="full"), "sex")
    assert [(value.value, value.before, value.after) for value in change.appeared] == [("X", 0, 20), ("Y", 0, 5)]
    assert (change.n_appeared, change.n_vanished, change.vanished) == (2, 0, ())
    assert (change.most_moved.value, change.most_moved.before, change.most_moved.after) == ("F", 26, 10)
    assert change.moved == pytest.approx(1 - (10 / 40 + 5 / 40))


@pytest.mark.parametrize(
    ("privacy", "values", "low"),
    [("full", ["X", "Y"], True), ("masked", [None, "Y"], True), ("none", [None, "Y"], False)],
)
def test_privacy(compared: Any, privacy: str, values: list[str | None], low: bool) -> None:
    schema = parse_schema("version: 1\ncolumns:\n  sex: {in_set: [F, M, Y]}\n  age: {type: integer}\n", "s.yaml")
    after = {**PEOPLE, "sex": ["X"] * 30 + ["Y"] * 10, "age": [n * 2 for n in range(40)]}
    found = compared(PEOPLE, after, privacy=privacy, schema=schema, key=("id",))
    assert [value.value for value in of(found, "sex").appeared] == values
    assert ("low" in of(found, "age").figures) is low
    told = str(found.as_json())
    assert ("'X'" in told) is (privacy == "full")
    assert "text 3" not in told


def test_a_key_shows_nothing_but_counts(compared: Any) -> None:
    after = {**PEOPLE, "id": [n + 1000 for n in range(40)]}
    found = compared(PEOPLE, after, key=("id",), privacy="masked")
    assert set(of(found, "id").figures) == {"missing_fraction", "distinct"}
    ids = compared(PEOPLE, after, privacy="masked")
    assert "low" not in of(ids, "id").figures
    assert of(compared(PEOPLE, after, privacy="full"), "id").figures["low"] == (0, 1000)


def test_tables_without_rows_or_without_common_columns(compared: Any) -> None:
    found = compared(PEOPLE, {name: [] for name in PEOPLE})
    assert (found.before.rows, found.after.rows, found.rows.only_before) == (40, 0, 40)
    assert found.columns == ()
    apart = compared({"a": [1]}, {"b": ["x"]})
    assert apart.rows is None
    assert apart.header.pairs == ()


def test_a_header_that_repeats_a_name(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "new.csv").write_text("a,b,a,\n1,2,3,4\n", encoding="utf-8")
    found = diff(tmp_path / "old.csv", tmp_path / "new.csv")
    assert found.header.repeated == ("a",)
    assert found.rows is not None
    assert (found.rows.same, found.after.columns, found.unchanged) == (1, 4, ("a", "b"))


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    for name, rows in (("old", "1,2\n3,4\n"), ("new", "1,2\n3\n")):
        (tmp_path / f"{name}.csv").write_text(f"a,b\n{rows}", encoding="utf-8")
    found = diff(tmp_path / "old.csv", tmp_path / "new.csv")
    assert (found.after.rows, found.after.unread) == (1, 1)


NUMBERS = st.none() | st.integers(-50, 50) | st.sampled_from([0.5, -2.25, 1e9])
ROWS = st.lists(st.tuples(NUMBERS, st.sampled_from(["a", "b", "c", "", "é|`"])), min_size=1, max_size=30)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, after=ROWS)
def test_figures_and_rows_are_those_of_python(before: Any, after: Any, tmp_path: Path) -> None:
    def columns(rows: Any) -> Columns:
        numbers, texts = zip(*rows, strict=True)
        return {"id": list(range(len(rows))), "x": ["" if n is None else n for n in numbers], "t": list(texts)}

    old, new = columns(before), columns(after)
    found = diff(write(tmp_path / "o.csv", old), write(tmp_path / "n.csv", new), key=("id",), privacy="full")
    both = min(len(before), len(after))
    by_column = {name: sum(old[name][n] != new[name][n] for n in range(both)) for name in ("x", "t")}
    assert found.key is not None
    assert found.key.changed_by_column == {name: count for name, count in by_column.items() if count}
    assert found.key.changed == sum(any(old[c][n] != new[c][n] for c in ("x", "t")) for n in range(both))
    assert (found.key.added, found.key.removed) == (len(after) - both, len(before) - both)
    whole = diff(tmp_path / "o.csv", tmp_path / "n.csv").rows
    rows_old, rows_new = (Counter(zip(*side.values(), strict=True)) for side in (old, new))
    assert whole is not None
    assert whole.same == (rows_old & rows_new).total()
    assert (whole.only_before, whole.only_after) == ((rows_old - rows_new).total(), (rows_new - rows_old).total())
    _same_figures(found, "x", [n for n, _ in before if n is not None], [n for n, _ in after if n is not None])
    _same_counts(found, "t", Counter(t for _, t in before if t), Counter(t for _, t in after if t))


def _same_figures(found: TableDiff, name: str, before: list[float], after: list[float]) -> None:
    if name in found.unchanged or not before or not after:
        return
    figures = of(found, name).figures
    for key, compute in (("mean", statistics.fmean), ("low", min), ("high", max)):
        for side, values in zip(figures[key], (before, after), strict=True):
            assert side == pytest.approx(compute(values), rel=1e-9, abs=1e-9)
    medians = figures["quantile_0.5"]
    assert medians == tuple(pytest.approx(statistics.median(values)) for values in (before, after))


def _same_counts(found: TableDiff, name: str, before: Counter[str], after: Counter[str]) -> None:
    if name in found.unchanged or not before or not after:
        return
    change = of(found, name)
    assert {value.value: value.after for value in change.appeared} == {
        v: n for v, n in after.items() if v not in before
    }
    assert {value.value: value.before for value in change.vanished} == {
        v: n for v, n in before.items() if v not in after
    }
    assert change.n_appeared == len(after.keys() - before.keys())


def test_shared_mass() -> None:
    assert shared_mass({"a": 1, "b": 1}, {"a": 10, "c": 10}) == 0.5
    assert shared_mass({"a": 1}, {"a": 9}) == 1
    assert shared_mass({}, {"a": 9}) == 0
    assert math.isclose(shared_mass({"a": 1, "b": 3}, {"a": 3, "b": 1}), 0.5)
