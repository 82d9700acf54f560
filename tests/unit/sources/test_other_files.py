"""Further tables in the connection of one: each opened once, before the lock, and none in the way of another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.config.other_tables import OtherTable
from mlgate.errors import SourceError
from mlgate.sources.open_tables import OpenTable
from mlgate.sources.tables import OtherFiles, open_table

MAIN = {"t.csv": "id,code\n1,a\n2,b\n", "t.jsonl": '{"id": "1", "code": "a"}\n{"id": "2", "code": "b"}\n'}


def write(folder: Path, name: str, content: str | None = None) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if content is not None:
        path.write_text(content)
    else:
        pq.write_table(pa.table({"id": ["1", "2"], "code": ["a", "b"]}), path)
    return path


def codes(table: Any) -> list[str]:
    assert isinstance(table, OpenTable)
    rows = table.connection.execute(f"SELECT {table.sql('code')} FROM {table.relation} ORDER BY {table.row_number}")  # noqa: S608  # names of ours
    return [row[0] for row in rows.fetchall()]


def files(folder: Path) -> dict[OtherTable, OtherFiles]:
    """One table of each format."""
    paths = {
        "csv": write(folder, "w.csv", 'name,code\nx,c\n"y\nz",d\n'),
        "json": write(folder, "w.jsonl", "".join(json.dumps({"code": code}) + "\n" for code in "ef")),
        "parquet": folder / "w.parquet",
        "more": folder / "more.parquet",
        "latin": folder / "latin.csv",
    }
    pq.write_table(pa.table({"n": [1, 2], "code": ["g", "h"]}), paths["parquet"])
    pq.write_table(pa.table({"code": ["k"]}), paths["more"])
    paths["latin"].write_bytes("code;x\né;1\n".encode())
    return {
        OtherTable(dataset=name): OtherFiles(paths=[path], shown=path.name, columns=("code",))
        for name, path in paths.items()
    }


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_tables_of_every_format_stand_side_by_side(tmp_path: Path, name: str) -> None:
    main = write(tmp_path, name, MAIN.get(name))
    others = files(tmp_path)
    with open_table([main], shown=name, others=others) as table:
        assert codes(table) == ["a", "b"]
        found = {other.dataset: codes(opened) for other, opened in table.others.items()}
    assert found == {"csv": ["c", "d"], "json": ["e", "f"], "parquet": ["g", "h"], "more": ["k"], "latin": ["é"]}


def test_only_the_columns_that_are_asked_for_are_kept_of_text(tmp_path: Path) -> None:
    other = OtherTable(dataset="csv")
    main = write(tmp_path, "t.csv", MAIN["t.csv"])
    with open_table([main], shown="t", others={other: files(tmp_path)[other]}) as table:
        opened: Any = table.others[other]
        assert opened.columns == ("name", "code")
        kept = table.connection.execute(f"DESCRIBE SELECT * FROM {opened.relation}").fetchall()  # noqa: S608  # a name of ours
        assert [row[0] for row in kept] == ["row", "c1"]
        assert opened.count_rows() == 2


def test_one_that_cannot_be_opened_is_said_and_the_rest_is_there(tmp_path: Path) -> None:
    main = write(tmp_path, "t.csv", MAIN["t.csv"])
    broken = {
        "gone.csv": None,
        "empty.csv": "",
        "bad.parquet": "PAR1",
        "list.jsonl": "[1]\n",
        "header.csv": 'a,"b\n1,2\n',
        "two.csv": "a,b\n1,2\n",
    }
    others = {}
    for name, content in broken.items():
        path = tmp_path / "others" / name
        path.parent.mkdir(exist_ok=True)
        if content is not None:
            path.write_text(content)
        others[OtherTable(path=name)] = OtherFiles(paths=[path], shown=name)
    with open_table([main], shown="t", others=others | files(tmp_path)) as table:
        problems = {other.path: found for other, found in table.others.items() if isinstance(found, SourceError)}
        assert set(problems) == set(broken) - {"two.csv"}
        assert all(name in problem.message and problem.hint for name, problem in problems.items())
        assert codes(table) == ["a", "b"]
        assert codes(table.others[OtherTable(dataset="more")]) == ["k"]
        made = table.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert len(made) == 1 + sum(isinstance(found, OpenTable) and found.is_text for found in table.others.values())


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_the_lock_holds_around_all_of_them(tmp_path: Path, name: str) -> None:
    main = write(tmp_path, name, MAIN.get(name))
    secret = write(tmp_path, "secret.parquet")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with open_table([main], shown=name, others=files(tmp_path)) as table:
        for source in (f"read_parquet('{secret}')", f"read_csv('{tmp_path}/secret.csv')"):
            with pytest.raises(duckdb.Error):
                table.connection.execute(f"SELECT * FROM {source}")  # noqa: S608  # a path of this test
        with pytest.raises(duckdb.Error):
            table.connection.execute("SET memory_limit = '9GB'")
        assert codes(table.others[OtherTable(dataset="parquet")]) == ["g", "h"]


def test_unparseable_rows_of_another_table_are_kept_apart(tmp_path: Path) -> None:
    main = write(tmp_path, "t.csv", MAIN["t.csv"])
    bad = write(tmp_path, "bad.csv", "code,x\na,1\nb\n")
    other = OtherTable(path="bad.csv")
    with open_table([main], shown="t", others={other: OtherFiles(paths=[bad], shown="bad.csv")}) as table:
        opened: Any = table.others[other]
        assert (table.problem_rows, opened.problem_rows) == (0, 1)
        assert opened.problems[0].line == 3
        assert codes(opened) == ["a"]
