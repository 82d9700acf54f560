"""Columns that need not be read, and rows that need not be: the answers are those of a plain scan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mlgate.config.schema import Column, Read
from mlgate.config.schema_file import parse_schema
from mlgate.data import aggregates as sql
from mlgate.data import check_table, distinct_checks, failing_rows, table_checks
from mlgate.data import measure as module
from mlgate.data.measure import measure
from mlgate.data.plan import Field, Plan, Verdict, field_of, scoped
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources import open_tables
from mlgate.sources.lazy_text import LazyText
from mlgate.sources.open_tables import OpenTable
from mlgate.sources.tables import open_table

ROWS = 120_000
COLUMNS = {
    "id": "i",
    "text": "CASE WHEN i % 7 > 0 THEN 'NA' END",
    "number": "CASE WHEN i % 5 > 0 THEN CASE WHEN i % 11 = 0 THEN 'nan'::DOUBLE ELSE i / 8 END END",
    "nested": "CASE WHEN i % 3 > 0 THEN {'a': i, 'b': CASE WHEN i % 2 > 0 THEN i END} END",
    "many": "[i, NULL]",
    "flag": "CASE WHEN i % 4 = 0 THEN i % 8 = 0 END",
    "empty": "CAST(NULL AS VARCHAR)",
}
TYPES = {"id": "integer", "text": "string", "number": "number", "flag": "boolean", "empty": "string"}


class Heard:
    """A connection that keeps what it is asked."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.queries: list[str] = []

    def execute(self, query: str, /) -> Any:
        self.queries.append(query)
        return self.engine.execute(query)


def write(path: Path, columns: Sequence[str] = tuple(COLUMNS), rows: int = ROWS) -> Path:
    listed = ", ".join(f"{COLUMNS[name]} AS {name}" for name in columns)
    query = f"SELECT {listed} FROM range({rows}) t(i)"  # noqa: S608  # made here
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 50_000)")
    return path


@pytest.fixture
def table(tmp_path: Path) -> Iterator[OpenTable]:
    with open_table([write(tmp_path / "t.parquet")], shown="t.parquet") as opened:
        yield opened


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table counts as one of many rows."""
    monkeypatch.setattr(module, "FEW_ROWS", 1_000)


def field(table: OpenTable, name: str) -> Field:
    return field_of(table, Column(name=name, type=TYPES[name], location=Location("s.yaml")))


def counts(*fields: Field) -> list[tuple[tuple[Field, ...], list[str]]]:
    return [((each,), [sql.ROWS, sql.count(each.raw), sql.count(each.value)]) for each in fields]


def listen(table: OpenTable) -> tuple[OpenTable, Heard]:
    heard = Heard(table.connection)
    return replace(table, connection=heard), heard  # type: ignore[arg-type]  # it answers SQL


def told(table: OpenTable) -> dict[str, int]:
    assert table.told is not None
    return {table.columns[place]: count for place, count in table.told().items()}


def test_statistics_tell_what_a_scan_counts(table: OpenTable) -> None:
    counted = ", ".join(f"count({table.sql(name)})" for name in table.columns)
    plain = table.connection.execute(f"SELECT {counted} FROM data").fetchone()  # noqa: S608  # made here
    assert plain is not None
    scanned = dict(zip(table.columns, plain, strict=True))
    assert told(table) == {name: count for name, count in scanned.items() if name not in ("nested", "many")}


def test_columns_that_are_only_counted_are_not_read(table: OpenTable, many: None) -> None:
    heard_table, heard = listen(table)
    fields = [field(table, name) for name in ("text", "number", "flag")]
    facts = measure(heard_table, [*counts(*fields), ((fields[1],), [sql.largest(fields[1].value)])])
    answers = {name: facts[sql.count(each.raw)] for name, each in zip(("text", "number", "flag"), fields, strict=True)}
    assert answers == {name: told(table)[name] for name in answers}
    assert all(facts[sql.count(each.value)] == facts[sql.count(each.raw)] for each in fields)
    (query,) = heard.queries
    assert "count(r2)" in query
    assert not {"count(r1)", "count(r5)"} & set(query.replace(",", "").split())


def test_a_condition_over_a_column_reads_it(table: OpenTable, many: None) -> None:
    heard_table, heard = listen(table)
    text, flag = field(table, "text"), field(table, "flag")
    chosen = scoped(flag, "w1", f"{text.value} = 'NA'", [text])
    facts = measure(heard_table, counts(text, flag, chosen))
    assert facts[sql.count(chosen.raw)] == sum(i % 7 > 0 and i % 4 == 0 for i in range(ROWS))
    assert (facts[sql.count(text.raw)], facts[sql.count(flag.raw)]) == (told(table)["text"], told(table)["flag"])
    assert all(f"count({each.raw})" in heard.queries[0] for each in (text, flag))


def test_a_sample_and_a_small_table_are_scanned(table: OpenTable, monkeypatch: pytest.MonkeyPatch) -> None:
    text = field(table, "text")
    for few, every in ((ROWS, 1), (1_000, 3)):
        monkeypatch.setattr(module, "FEW_ROWS", few)
        heard_table, heard = listen(table)
        facts = measure(heard_table, counts(text), every=every)
        assert facts[sql.count(text.raw)] == sum(i % 7 > 0 for i in range(every - 1, ROWS, every))
        assert "count(r1)" in heard.queries[0]


def test_a_type_that_values_may_miss_is_looked_at(table: OpenTable, many: None) -> None:
    whole = field_of(table, Column(name="number", type="integer", location=Location("s.yaml")))
    facts = measure(table, counts(whole))
    assert facts[sql.count(whole.raw)] == told(table)["number"]
    assert facts[sql.count(whole.value)] == sum(i % 5 > 0 and i % 11 > 0 and i % 8 == 0 for i in range(ROWS))


def test_declared_tokens_are_null_although_no_statistic_knows(tmp_path: Path) -> None:
    with open_table([write(tmp_path / "t.parquet")], shown="t", read=Read(null=("NA",))) as table:
        assert set(told(table)) == {"id", "number", "flag"}


def test_files_of_other_orders_add_up(tmp_path: Path) -> None:
    first, second = ("id", "text", "nested", "number"), ("number", "nested", "id", "text")
    paths = [write(tmp_path / "1.parquet", first, 100), write(tmp_path / "2.parquet", second, 30)]
    with open_table(paths, shown="*.parquet") as table:
        both = [*range(100), *range(30)]
        assert told(table) == {
            "id": 130,
            "text": sum(i % 7 > 0 for i in both),
            "number": sum(i % 5 > 0 for i in both),
        }


def test_nothing_is_told_where_one_file_has_no_statistics(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, statistics in (("1", True), ("2", ["id"])):
        pq.write_table(
            pa.table({"id": [1, 2], "text": ["a", None]}), tmp_path / f"{name}.parquet", write_statistics=statistics
        )
    with open_table(sorted(tmp_path.glob("*.parquet")), shown="*.parquet") as table:
        assert told(table) == {"id": 4}


def test_too_many_chunks_are_not_looked_at(table: OpenTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.sources.parquet.MOST_CHUNKS", 3 * len(COLUMNS) - 1)
    assert told(table) == {}
    monkeypatch.setattr("mlgate.sources.parquet.MOST_CHUNKS", 3 * len(COLUMNS))
    assert told(table)


@pytest.mark.parametrize("files", [1, 2])
def test_first_rows_are_asked_of_the_first_rows(tmp_path: Path, many: None, files: int) -> None:
    paths = [write(tmp_path / f"{number}.parquet", ("id", "number"), ROWS // files) for number in range(files)]
    with open_table(paths, shown="t") as table:
        heard_table, heard = listen(table)
        id_, number = field(table, "id"), field(table, "number")
        first = sql.in_first_rows(id_.value)
        texts = [sql.count(first), sql.count_distinct(first), sql.total(id_.value)]
        asked = [((id_,), texts), ((number,), [sql.count(sql.in_first_rows(number.value))])]
        facts = measure(heard_table, asked)
        ids = [i for _ in range(files) for i in range(ROWS // files)]
        head = ids[: sql.FIRST_ROWS]
        assert [facts[text] for text in texts] == [len(head), len(set(head)), sum(ids)]
        assert facts[sql.count(sql.in_first_rows(number.value))] == sum(i % 5 > 0 for i in head)
        assert len(heard.queries) == 2


def test_the_condition_of_the_first_rows_is_that_of_the_aggregates() -> None:
    assert f"WHEN {module.IN_FIRST_ROWS} THEN" in sql.in_first_rows("x")


def test_an_aggregate_of_the_first_rows_that_is_refused_is_broken(table: OpenTable, many: None) -> None:
    text = field(table, "text")
    refused = sql.total(sql.in_first_rows(text.value))
    facts = measure(table, [((text,), [refused, sql.count(sql.in_first_rows(text.value))])])
    assert isinstance(facts[refused], module.Broken)
    assert facts[sql.count(sql.in_first_rows(text.value))] == sum(i % 7 > 0 for i in range(sql.FIRST_ROWS))


def test_failing_rows_are_those_of_the_whole_table_whether_the_first_rows_hold_them_or_not(
    table: OpenTable, many: None
) -> None:
    id_, number, flag = (field(table, name) for name in ("id", "number", "flag"))
    late = sql.FIRST_ROWS + 10_000
    conditions = {
        f"{number.raw} IS NULL": [i + 1 for i in range(0, 50, 5)],
        f"{id_.value} >= {late}": [late + 1 + i for i in range(10)],
        f"{id_.value} = 7 OR {id_.value} = {late}": [8, late + 1],
        f"{flag.value} IS NULL AND {id_.value} < 0": [],
    }
    plans = [
        Plan(fields=(id_, number, flag), aggregates={}, judge=_fails, failing=condition, shown=id_.raw)
        for condition in conditions
    ]
    heard_table, heard = listen(table)
    found = failing_rows.with_rows(heard_table, [(plan, _fails({})) for plan in plans], (), "full")
    assert [[row["row"] for row in verdict.evidence["rows"]] for verdict in found] == list(conditions.values())
    assert [row["value"] for row in found[1].evidence["rows"]] == [late + i for i in range(10)]
    first, rest = heard.queries
    assert (first.count("arg_min"), rest.count("arg_min")) == (4, 3)


def _fails(_: Any) -> Verdict:
    return Verdict(status=Status.FAIL, message="does not hold")


SCHEMA = """
version: 1
columns:
  a: {type: integer, between: [0, 98], checks: [{unique: true, where: WHERE}]}
  b: {type: string}
  c: {type: string}
table: {unique: [[a, b], [b, c]]}
"""


@pytest.mark.parametrize("where", ["a >= 0", "a < 9 or b = 'x'"])
def test_repeated_values_of_a_large_text_file_are_found_in_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(open_tables, "LARGE_BYTES", 1)
    monkeypatch.setattr(distinct_checks, "FEW", 10)
    monkeypatch.setattr(table_checks, "FEW", 10)
    monkeypatch.setattr(sql, "FIRST_ROWS", 20)
    path = tmp_path / "t.csv"
    rows = [f"{i if i not in (50, 95) else 7},{'x' * (1 + i % 5)},0{i % 90}" for i in range(100)]
    path.write_text("a,b,c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    declared = parse_schema(SCHEMA.replace("WHERE", f'"{where}"'), "s.yaml")

    def outcomes(*, kept: bool) -> tuple[list[Outcome], int]:
        heard: list[str] = []
        with open_table([path], shown="t.csv", lazy=True) as table, pytest.MonkeyPatch.context() as patch:
            if not kept:
                patch.setattr(failing_rows, "_by_number", lambda _, plan: plan)
            execute = LazyText.execute

            def hear(self: LazyText, query: str) -> Any:
                heard.append(query)
                return execute(self, query)

            patch.setattr(LazyText, "execute", hear)
            return check_table(table, declared, dataset="t", privacy="full"), len(heard)

    (found, few), (plain, many) = outcomes(kept=True), outcomes(kept=False)
    assert found == plain
    assert sum(one.check == "unique" and one.status is Status.FAIL for one in found) == 3
    assert few < many
