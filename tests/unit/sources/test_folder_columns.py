"""Datasets of many files: folders that name columns, and columns that stand in another order."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources.table_files import expand
from mlgate.sources.tables import OpenTable, open_table

Save = Callable[[str, Mapping[str, Sequence[Any]]], Path]
FORMATS = ["parquet", "csv", "csv.gz", "jsonl"]


@pytest.fixture(params=FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def save(tmp_path: Path, kind: str) -> Save:
    """Write columns below the folder in a format."""

    def write(name: str, columns: Mapping[str, Sequence[Any]]) -> Path:
        path = tmp_path / f"{name}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        text = ",".join(columns) + "\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows)
        match kind:
            case "parquet":
                pq.write_table(pa.table(dict(columns)), path)
            case "jsonl":
                path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            case "csv.gz":
                path.write_bytes(gzip.compress(text.encode()))
            case _:
                path.write_text(text, encoding="utf-8")
        return path

    return write


def opened(root: Path, pattern: str, **options: Any) -> Any:
    paths = [root / name for name in expand(root, pattern)]
    return open_table(paths, shown=pattern, top=root, **options)


def rows_of(table: OpenTable) -> list[tuple[Any, ...]]:
    names = "".join(f", c{place}" for place in range(len(table.columns)))
    return table.connection.execute(f'SELECT "row"{names} FROM data ORDER BY "row"').fetchall()  # noqa: S608  # names of ours


def as_text(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(value if value is None else str(value) for value in row) for row in rows]


class TestFolders:
    def test_folders_name_columns(self, tmp_path: Path, save: Save, kind: str) -> None:
        for year, day in ((2023, "2023-05-01"), (2024, "2024-06-01"), (2024, "2024-07-01")):
            save(f"data/year={year}/day={day}/part", {"x": [f"a{day}", "b"]})
        for pattern in ("data", "data/**/*.*", "data/year=*/*/*"):
            with opened(tmp_path, pattern) as table:
                assert table.columns == ("x", "year", "day")
                assert table.count_rows() == 6
                assert as_text(rows_of(table))[:3] == [
                    ("1", "a2023-05-01", "2023", "2023-05-01"),
                    ("2", "b", "2023", "2023-05-01"),
                    ("3", "a2024-06-01", "2024", "2024-06-01"),
                ]
                types = {"x": "VARCHAR", "year": "BIGINT", "day": "DATE"}
                assert table.engine_types == (types if kind == "parquet" else dict.fromkeys(types, "VARCHAR"))

    def test_single_file_keeps_what_its_folders_name(self, tmp_path: Path, save: Save, kind: str) -> None:
        save("data/year=2024/part", {"x": ["a"]})
        with opened(tmp_path, f"data/year=2024/part.{kind}") as table:
            assert as_text(rows_of(table)) == [("1", "a", "2024")]

    def test_only_folders_right_above_the_file_and_below_the_top(self, tmp_path: Path, save: Save) -> None:
        path = save("a=1/data/b=2/part", {"x": ["v"]})
        for top, names in ((tmp_path, ("x", "b")), (path.parent, ("x",)), (tmp_path / "other", ("x",)), (None, ("x",))):
            with open_table([path], shown="t", top=top) as table:
                assert table.columns == names

    def test_null_and_escaped_values(self, tmp_path: Path, save: Save, kind: str) -> None:
        for value in ("a%2Fb", "__HIVE_DEFAULT_PARTITION__", "it's", "007"):
            save(f"data/k={value}/part", {"x": ["v"]})
        with opened(tmp_path, "data") as table:
            assert [row[2] for row in rows_of(table)] == ["007", None, "a/b", "it's"]

    def test_what_is_null_in_the_files_is_null_in_their_folders(self, tmp_path: Path, save: Save) -> None:
        for value in ("NA", "%4EA", "", "b"):
            save(f"data/k={value}/part", {"x": ["v"]})
        with opened(tmp_path, "data", read=Read(delimiter=",", null=("", "NA"))) as table:
            assert sorted(str(row[2]) for row in rows_of(table)) == ["None", "None", "None", "b"]

    def test_an_empty_folder_value_is_null_as_an_empty_field_is(self, tmp_path: Path, save: Save, kind: str) -> None:
        save("data/k=/part", {"x": ["v"]})
        with opened(tmp_path, "data") as table:
            assert rows_of(table)[0][2] == (None if kind.startswith("csv") else "")

    def test_folders_that_differ(self, tmp_path: Path, save: Save) -> None:
        save("data/a=1/part", {"x": ["v"]})
        save("data/b=1/part", {"x": ["v"]})
        with pytest.raises(SourceError, match="name other columns"), opened(tmp_path, "data"):
            pass

    def test_folder_holds_its_data_files_only(self, tmp_path: Path, save: Save, kind: str) -> None:
        save("data/part", {"x": ["v"]})
        for name in ("_SUCCESS", ".part.crc", "notes.txt", "_delta_log/0.json", ".cache/x.csv"):
            other = tmp_path / "data" / name
            other.parent.mkdir(exist_ok=True)
            other.write_text("{}", encoding="utf-8")
        assert expand(tmp_path, "data") == (f"data/part.{kind}",)
        assert expand(tmp_path, "data/") == (f"data/part.{kind}",)


class TestOrder:
    def test_columns_in_another_order_are_matched_by_name(self, tmp_path: Path, save: Save) -> None:
        save("p1", {"a": ["1a", "2a"], "b": ["1b", "2b"]})
        save("p2", {"b": ["3b"], "a": ["3a"]})
        save("p3", {"a": ["4a"], "b": ["4b"]})
        with opened(tmp_path, "p*") as table:
            assert table.columns == ("a", "b")
            assert rows_of(table) == [(1, "1a", "1b"), (2, "2a", "2b"), (3, "3a", "3b"), (4, "4a", "4b")]

    @pytest.mark.parametrize("kind", ["parquet", "csv", "csv.gz"], indirect=True)  # a key that JSON lacks is null
    def test_other_columns_are_an_error(self, tmp_path: Path, save: Save) -> None:
        save("p1", {"a": ["v"], "b": ["v"]})
        save("p2", {"a": ["v"], "c": ["v"]})
        with (
            pytest.raises(SourceError, match=r"columns of p\* \(p2\..*\) are not those of p\* \(p1"),
            opened(tmp_path, "p*"),
        ):
            pass


class TestProblems:
    @pytest.mark.parametrize("kind", ["csv"], indirect=True)
    def test_rows_that_cannot_be_parsed_keep_numbers_and_folders(self, tmp_path: Path, save: Save) -> None:
        for year, text in ((1, "a,b\n1,x\n2\n"), (2, "b,a\ny,3\n"), (3, 'a,b\n4,"z"w\n5,v\n')):
            path = tmp_path / f"data/year={year}/part.csv"
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
        with opened(tmp_path, "data") as table:
            assert rows_of(table) == [(1, "1", "x", "1"), (3, "3", "y", "2"), (5, "5", "v", "3")]
            assert [(bad.line, bad.message.partition(":")[0]) for bad in table.problems] == [
                (3, "data (data/year=1/part.csv)"),
                (2, "data (data/year=3/part.csv)"),
            ]
            assert table.count_rows() == 3

    @pytest.mark.parametrize("kind", ["jsonl"], indirect=True)
    def test_lines_that_cannot_be_parsed_keep_numbers_and_folders(self, tmp_path: Path, save: Save) -> None:
        for year, text in ((1, '{"a": 1}\n{bad\n'), (2, '{"a": 2}\n')):
            path = tmp_path / f"data/year={year}/part.jsonl"
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
        with opened(tmp_path, "data") as table:
            assert rows_of(table) == [(1, "1", "1"), (3, "2", "2")]
            assert table.problem_rows == 1

    @pytest.mark.parametrize("kind", ["csv"], indirect=True)
    def test_large_files_of_folders_are_read_as_text(self, tmp_path: Path, save: Save, monkeypatch: Any) -> None:
        monkeypatch.setattr("mlgate.sources.open_tables.LARGE_BYTES", 0)
        save("data/k=1/part", {"x": ["v"], "y": ["w"]})
        with opened(tmp_path, "data", lazy=True) as table:
            assert list(table.quick.passes({"x": ""}, ())) == []
            assert rows_of(table) == [(1, "v", "w", "1")]

    @pytest.mark.parametrize("kind", ["parquet"], indirect=True)
    def test_one_broken_file_among_many_is_named(self, tmp_path: Path, save: Save) -> None:
        for number in range(3):
            save(f"p{number}", {"x": [number]})
        (tmp_path / "p1.parquet").write_bytes(b"PAR1 no")
        with (
            pytest.raises(SourceError, match=r"p\* \(p1\.parquet\) is not a readable Parquet file"),
            opened(tmp_path, "p*"),
        ):
            pass

    @pytest.mark.parametrize("kind", ["parquet"], indirect=True)
    def test_types_that_differ_and_names_of_the_engine(self, tmp_path: Path, save: Save) -> None:
        for number in range(2):
            save(f"p{number}", {"file_row_number": [number, 7], "filename": ["x", "y"], "d": [dt.date(2024, 1, 1)] * 2})
        with opened(tmp_path, "p*", read=Read()) as table:
            assert [row[:3] for row in rows_of(table)] == [(1, 0, "x"), (2, 7, "y"), (3, 1, "x"), (4, 7, "y")]
        save("p1", {"file_row_number": ["x"], "filename": ["x"], "d": [dt.date(2024, 1, 1)]})
        with pytest.raises(SourceError, match="types of the columns of"), opened(tmp_path, "p*"):
            pass


class TestOwnColumns:
    """A file may have the column that its folder names, as long as both say the same."""

    @pytest.mark.parametrize(
        ("folder", "values"),
        [
            ("1", [1, 1]),
            ("01", [1, 1]),
            ("a%20b", ["a b", "A B"]),
            ("2024-01-05", ["2024-01-05"] * 2),
            ("1.50", [1.5] * 2),
        ],
    )
    def test_the_same_is_read_once(self, tmp_path: Path, save: Save, folder: str, values: list[Any]) -> None:
        save(f"data/y={folder}/k=7/part", {"y": values, "x": ["p", "q"]})
        with opened(tmp_path, "data") as table:
            assert table.columns == ("y", "x", "k")
            assert as_text(rows_of(table)) == [
                (str(row), str(value), x, "7") for row, value, x in zip((1, 2), values, "pq", strict=True)
            ]
            assert table.engine_types["k"] == ("VARCHAR" if table.is_text else "BIGINT")

    def test_another_value_names_file_and_column(self, tmp_path: Path, save: Save, kind: str) -> None:
        save("data/y=1/part", {"x": ["p", "q"], "y": [1, 1]})
        save("data/y=2/part", {"x": ["p", "q", "r"], "y": [2, 3, 4]})
        fact = (
            f"the column 'y' of data (y=2/part.{kind}) says otherwise than the folder `y=...` in 2 rows, first in row 4"
        )
        for lazy in (False, True):
            with pytest.raises(SourceError) as caught, opened(tmp_path, "data", lazy=lazy):
                pass
            assert str(caught.value).splitlines()[0].replace("(data/", "(") == fact
        assert "3" not in str(caught.value).replace("3 rows", "")  # no value of a row

    def test_the_only_file_is_named(self, tmp_path: Path, save: Save, kind: str) -> None:
        save("data/x=9/part", {"x": ["own"]})
        with pytest.raises(SourceError, match=rf"the column 'x' of data \(part.{kind}\) says otherwise"):
            opened(tmp_path, "data").__enter__()

    def test_large_text_is_compared_at_once(self, tmp_path: Path, save: Save, monkeypatch: Any) -> None:
        monkeypatch.setattr("mlgate.sources.open_tables.LARGE_BYTES", 1)
        save("data/y=1/part", {"x": ["p"], "y": [2]})
        with pytest.raises(SourceError, match="says otherwise"), opened(tmp_path, "data", lazy=True):
            pass
        with open_table([tmp_path / "data" / "y=1" / next((tmp_path / "data/y=1").iterdir()).name], shown="t") as table:
            assert table.columns == ("x", "y")  # without a top no folder says anything

    def test_one_of_several_files_of_a_folder(self, tmp_path: Path, save: Save) -> None:
        save("data/y=1/a", {"y": [1]})
        save("data/y=1/b", {"y": [2]})
        with pytest.raises(SourceError, match=r"or 1 more of its folder.* in 1 row, first in row 2"):
            opened(tmp_path, "data").__enter__()

    def test_null_is_no_value_of_a_folder(self, tmp_path: Path, save: Save, kind: str) -> None:
        null = [None] if kind in ("parquet", "jsonl") else [""]
        save("data/y=1/part", {"x": ["p"], "y": null})
        with pytest.raises(SourceError, match="the column 'y'"):
            opened(tmp_path, "data").__enter__()
        (tmp_path / "data" / "y=1").rename(tmp_path / "data" / "y=__HIVE_DEFAULT_PARTITION__")
        with opened(tmp_path, "data") as table:
            assert table.columns == ("x", "y")
            assert as_text(rows_of(table)) == [("1", "p", None)]
        (tmp_path / "data" / "y=__HIVE_DEFAULT_PARTITION__").rename(tmp_path / "data" / "y=NA")
        with opened(tmp_path, "data", read=Read(null=("", "NA"))) as table:
            assert as_text(rows_of(table)) == [("1", "p", None)]
