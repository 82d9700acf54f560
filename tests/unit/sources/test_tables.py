"""Data files as tables: every format, adversarial text, and a lock that holds."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.sources import arrays
from mlgate.sources.arrays import DictionaryColumn
from mlgate.sources.table_files import expand
from mlgate.sources.tables import OpenTable, open_table, read_columns

CSV = "id,name\n007,Ann\n008,\n009,Bo\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(table: OpenTable) -> list[tuple[Any, ...]]:
    names = "".join(f", c{place}" for place in range(len(table.columns)))
    return table.connection.execute(f'SELECT "row"{names} FROM {table.relation} ORDER BY "row"').fetchall()  # noqa: S608  # names of ours


def read(path: Path, how: Read | None = None) -> tuple[tuple[str, ...], list[tuple[Any, ...]], list[tuple[int, str]]]:
    with open_table([path], shown=path.name, read=how) as table:
        return table.columns, rows_of(table), [(bad.line, bad.message) for bad in table.problems]


class TestFormats:
    @pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.csv.zst"])
    def test_csv_is_text_also_compressed(self, tmp_path: Path, name: str) -> None:
        content = CSV.encode()
        if name.endswith("gz"):
            content = gzip.compress(content)
        if name.endswith("zst"):
            content = pa.compress(content, "zstd", asbytes=True)
        path = write(tmp_path, name, content)
        with open_table([path], shown=name) as table:
            assert table.columns == ("id", "name")
            assert table.is_text
            assert table.engine_types == {"id": "VARCHAR", "name": "VARCHAR"}
            assert table.assumed == 'delimiter ","'
            assert rows_of(table) == [(1, "007", "Ann"), (2, "008", None), (3, "009", "Bo")]

    def test_tsv(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.tsv", "a\tb\n1,5\tx\n")
        with open_table([path], shown="t.tsv") as table:
            assert table.assumed == "delimiter tab"
            assert rows_of(table) == [(1, "1,5", "x")]

    @pytest.mark.parametrize(
        ("delimiter", "text"),
        [(";", "a;b\n1,5;2\n"), ("|", "a|b\n1|2\n"), ("\t", "a\tb\n1\t2\n")],
        ids=itertools.count(),
    )
    def test_delimiter_is_found_and_said(self, tmp_path: Path, delimiter: str, text: str) -> None:
        with open_table([write(tmp_path, "t.csv", text)], shown="t.csv") as table:
            assert table.read.delimiter == delimiter
            assert table.columns == ("a", "b")
            assert table.assumed

    def test_declared_delimiter_is_not_assumed(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", "a,b;c\n1,2;3\n")
        with open_table([path], shown="t.csv", read=Read(delimiter=";")) as table:
            assert table.columns == ("a,b", "c")
            assert table.assumed == ""

    @pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson.gz", "t.jsonl.zst"])
    def test_json_lines(self, tmp_path: Path, name: str) -> None:
        content = b'{"a": 1.5, "b": "x"}\n{"b": null, "c": {"d": [1]}}\n\n{"a": true, "": "e"}\n'
        if name.endswith("gz"):
            content = gzip.compress(content)
        if name.endswith("zst"):
            content = pa.compress(content, "zstd", asbytes=True)
        columns, rows, problems = read(write(tmp_path, name, content))
        assert columns == ("a", "b", "c", "")
        assert rows == [
            (1, "1.5", "x", None, None),
            (2, None, None, '{"d":[1]}', None),
            (3, "true", None, None, "e"),
        ]
        assert problems == []

    def test_parquet_keeps_types_and_counts_rows_over_files(self, tmp_path: Path) -> None:
        for number in range(2):
            table = pa.table({"A": [number, None], "a": ["x", "y"], "when": [None, None]})
            pq.write_table(table, tmp_path / f"p{number}.parquet")
        paths = [tmp_path / "p0.parquet", tmp_path / "p1.parquet"]
        with open_table(paths, shown="p*.parquet") as table:
            assert table.columns == ("A", "a", "when")
            assert table.engine_types["A"] == "BIGINT"
            assert not table.is_text
            assert table.count_rows() == 4
            assert [row[:3] for row in rows_of(table)] == [(1, 0, "x"), (2, None, "y"), (3, 1, "x"), (4, None, "y")]

    def test_parquet_with_nested_columns_and_a_reserved_name(self, tmp_path: Path) -> None:
        table = pa.table({"s": [{"x": 1, "y": [1, 2]}], "file_row_number": [9], "l": [[{"z": 1}]], "t": ["u"]})
        pq.write_table(table, tmp_path / "n.parquet")
        columns, rows, _ = read(tmp_path / "n.parquet")
        assert columns == ("s", "file_row_number", "l", "t")
        assert rows == [(1, {"x": 1, "y": [1, 2]}, 9, [{"z": 1}], "u")]

    def test_several_csv_files_are_one_table(self, tmp_path: Path) -> None:
        paths = [write(tmp_path, f"{n}.csv", f"a,b\n{n},x\n") for n in (1, 2)]
        with open_table(paths, shown="*.csv") as table:
            assert rows_of(table) == [(1, "1", "x"), (2, "2", "x")]

    def test_problems_name_their_file_among_several(self, tmp_path: Path) -> None:
        paths = [write(tmp_path, "1.csv", "a,b\n1,x\n"), write(tmp_path, "2.csv", "a,b\n2\n3,y\n")]
        with open_table(paths, shown="*.csv") as table:
            assert rows_of(table) == [(1, "1", "x"), (3, "3", "y")]
            assert table.problems[0].line == 2
            assert "2.csv" in table.problems[0].message

    def test_glob_marks_in_a_name_are_taken_literally(self, tmp_path: Path) -> None:
        write(tmp_path, "t1.csv", "a\nother\n")
        table = pa.table({"a": ["this"]})
        pq.write_table(table, tmp_path / "t[1].parquet")
        assert read(write(tmp_path, "t[1].csv", "a\nthis\n"))[1] == [(1, "this")]
        assert read(tmp_path / "t[1].parquet")[1] == [(1, "this")]

    def test_name_that_is_no_text(self, tmp_path: Path) -> None:
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/t\xff.csv"))
        try:
            path.write_bytes(b"a\nthis\n")
        except OSError:
            pytest.skip("the file system refuses such names")
        assert read(path)[1] == [(1, "this")]


class TestText:
    @pytest.mark.parametrize(
        ("text", "rows", "lines"),
        [
            ("a,b\n1\n2,x\n", [(2, "2", "x")], [2]),  # too few fields
            ("a,b\n1,2,3\n2,x\n", [(2, "2", "x")], [2]),  # too many
            ("a,b\n1,2,\n2,x\n", [(2, "2", "x")], [2]),  # too many, the last one empty
            ("a,b\n1\n2,3,4\n5,x\n", [(3, "5", "x")], [2, 3]),  # the delimiters add up, the rows do not
            ('a,b\n1,"u"v\n2,x\n', [(2, "2", "x")], [2]),  # text after a quote
            ('a,b\n2,x\n1,"u\n3,y\n', [(1, "2", "x")], [3]),  # a quote that is never closed
            (b"a,b\n1,\xff\n2,x\n", [(2, "2", "x")], [2]),  # not UTF-8
            ('a,b\n"1\n1",y\n3\n2,x\n', [(1, "1\n1", "y"), (3, "2", "x")], [4]),  # lines are lines of the file
            ("a\n1\n2,3\n", [(1, "1")], [3]),
        ],
        ids=itertools.count(),
    )
    def test_row_that_cannot_be_parsed_is_listed_with_its_line(
        self, tmp_path: Path, text: str | bytes, rows: list[Any], lines: list[int]
    ) -> None:
        _, found, problems = read(write(tmp_path, "t.csv", text), Read(delimiter=","))
        assert found == rows
        assert [line for line, _ in problems] == lines

    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("a,b\n1,x\n\n\n2,y\n\n", [(1, "1", "x"), (2, "2", "y")]),  # blank lines are no rows
            ("\n\na,b\n1,x\n", [(1, "1", "x")]),
            ("a,b\r\n1,x\r\n", [(1, "1", "x")]),
            ("a,b\n1,x\r\n2,y\n", [(1, "1", "x"), (2, "2", "y")]),  # mixed line ends
            ("a,b\r1,x\r2,y\r", [(1, "1", "x"), (2, "2", "y")]),
            (b"\xef\xbb\xbfa,b\n1,x\n", [(1, "1", "x")]),  # byte order mark
            ('a,"b\nc"\n1,"x\r\ny"\n', [(1, "1", "x\r\ny")]),
            ('a,b\n1,"say ""hi"", x"\n', [(1, "1", 'say "hi", x')]),
            ('a,b\n1,5" pipe\n', [(1, "1", '5" pipe')]),
            ("a,b\n1,x", [(1, "1", "x")]),
            ("a,b\n1,\0\n", [(1, "1", "\0")]),
        ],
        ids=itertools.count(),
    )
    def test_odd_but_readable_text_loses_no_row(self, tmp_path: Path, text: str | bytes, rows: list[Any]) -> None:
        _, found, problems = read(write(tmp_path, "t.csv", text))
        assert (found, problems) == (rows, [])

    def test_blank_line_of_a_single_column_is_a_null(self, tmp_path: Path) -> None:
        assert read(write(tmp_path, "t.csv", "a\n1\n\n2\n"))[1] == [(1, "1"), (2, None), (3, "2")]

    def test_null_tokens_in_quotes_or_not(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", 'a,b\n,"a,b"\nNA,"NA"\n"",?\n')
        assert read(path, Read(null=("",)))[1] == [(1, None, "a,b"), (2, "NA", "NA"), (3, None, "?")]
        assert read(path, Read(null=("NA", "a,b")))[1] == [(1, "", None), (2, None, None), (3, "", "?")]
        assert read(path, Read(null=("a,b",)))[1] == [(1, "", None), (2, "NA", "NA"), (3, "", "?")]

    def test_declared_null_tokens_hold_in_every_format(self, tmp_path: Path) -> None:
        how = Read(null=("", "NA", "it's", "a\0b"))
        texts = ["NA", "x", "", "it's", "a\0b", None]
        nulls = [(1, None), (2, "x"), (3, None), (4, None), (5, None), (6, None)]
        pq.write_table(pa.table({"a": texts}), tmp_path / "t.parquet")
        assert read(tmp_path / "t.parquet", how)[1] == nulls
        lines = "".join(json.dumps({"a": text}) + "\n" for text in texts)
        assert read(write(tmp_path, "t.jsonl", lines.replace("\\u0000", "NA")), how)[1][:4] == nulls[:4]
        assert read_columns(tmp_path / "t.parquet", read=how)["a"].tolist() == [value for _, value in nulls]

    def test_default_null_token_leaves_empty_texts_of_json_and_parquet(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": ["", "NA"]}), tmp_path / "t.parquet")
        path = write(tmp_path, "t.jsonl", '{"a": ""}\n{"a": "NA"}\n')
        for how in (None, Read(null=("",)), Read(null=())):
            assert read(tmp_path / "t.parquet", how)[1] == read(path, how)[1] == [(1, ""), (2, "NA")]

    def test_numbers_of_json_have_a_point(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.jsonl", '{"a": 1.5}\n')
        with open_table([path], shown="t.jsonl", read=Read(decimal=",", null=("NA",))) as table:
            assert (table.read.decimal, rows_of(table)) == (".", [(1, "1.5")])

    @pytest.mark.parametrize("body", ["1,2\n", "1,é\n", ""])
    def test_header_that_is_not_utf8(self, tmp_path: Path, body: str) -> None:
        path = write(tmp_path, "t.csv", f"größe,b\n{body}".encode("latin-1"))
        with pytest.raises(SourceError, match=r"header of t\.csv holds bytes that are not UTF-8") as caught:
            read(path)
        assert "read: {encoding" in caught.value.hint

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
    def test_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path, "t.csv", "größe,b\n1,é\n".encode(encoding))
        columns, rows, _ = read(path, Read(encoding=encoding))
        assert columns == ("größe", "b")
        assert rows == [(1, "1", "é")]

    def test_wrong_encoding_is_an_error(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", b"a,b\n1,\xff\xfe\n")
        with pytest.raises(SourceError, match="is not ascii text"):
            read(path, Read(encoding="ascii"))
        with pytest.raises(SourceError, match="unknown encoding"):
            read(path, Read(encoding="klingon"))

    def test_repeated_names_are_seen(self, tmp_path: Path) -> None:
        with open_table([write(tmp_path, "t.csv", "id,x,id\n1,2,3\n")], shown="t.csv") as table:
            assert table.columns == ("id", "x", "id")
            assert table.duplicate_header == ("id",)
            assert table.sql("id") == "c0"

    def test_line_over_the_limit_is_listed(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", f"a,b\n1,{'y' * 2_100_000}\n2,x\n")
        _, rows, problems = read(path)
        assert rows == [(2, "2", "x")]
        assert problems == [(2, "longer than 2,000,000 bytes")]

    def test_all_problems_are_counted_the_first_are_listed(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", "a,b\n" + "1\n" * 250 + "2,x\n")
        with open_table([path], shown="t.csv") as table:
            assert table.problem_rows == 250
            assert len(table.problems) == 100
            assert rows_of(table) == [(251, "2", "x")]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"{bad", "not JSON"),
            (b"[1]", "not a JSON object"),
            (b'{"a": 1, "a": 2}', "stands twice"),
            (b'{"a": "\xff"}', "not UTF-8"),
            (b'{"a": 1}{"a": 2}', "not JSON"),
            (b"null", "not a JSON object"),
            (b'{"a": "\\ud800"}', "lone surrogate"),
            (b'{"\\udfff": 1}', "lone surrogate"),
        ],
        ids=itertools.count(),
    )
    def test_json_line_that_cannot_be_parsed(self, tmp_path: Path, line: bytes, reason: str) -> None:
        path = write(tmp_path, "t.jsonl", b'{"a": 1}\n\n' + line + b'\n{"a": 3}\n')
        _, rows, problems = read(path)
        assert rows == [(1, "1"), (3, "3")]
        assert [number for number, _ in problems] == [3]
        assert reason in problems[0][1]

    def test_hostile_keys_of_json(self, tmp_path: Path) -> None:
        keys = ["", "0", "a/b", "a~b", "$", "*", 'a"b', "it's", "x.y", "A", "a", "row", "c0", "\n"]
        path = write(tmp_path, "t.jsonl", json.dumps({key: key.upper() for key in keys}) + "\n")
        columns, rows, _ = read(path)
        assert columns == tuple(keys)
        assert rows == [(1, *(key.upper() for key in keys))]

    cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data(), width=st.integers(1, 4), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    def test_what_csv_writes_is_read_back(self, tmp_path: Path, data: st.DataObject, width: int, quoting: Any) -> None:
        rows = data.draw(st.lists(st.lists(self.cell, min_size=width, max_size=width), max_size=5))
        header = [f"n{place}" for place in range(width)]
        with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, quoting=quoting).writerows([header, *rows])
        columns, found, problems = read(tmp_path / "t.csv", Read(delimiter=","))
        assert columns == tuple(header)
        assert problems == []
        assert found == [(place, *(cell or None for cell in row)) for place, row in enumerate(rows, start=1)]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=st.text(st.sampled_from('ab,"\n \r'), max_size=40))
    def test_no_row_vanishes_from_any_text(self, tmp_path: Path, body: str) -> None:
        (tmp_path / "t.csv").write_text("x,y\n" + body, encoding="utf-8", newline="")
        with open_table([tmp_path / "t.csv"], shown="t.csv", read=Read(delimiter=",")) as table:
            rows, bad = table.count_rows(), table.problem_rows
        lines = [line for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line]
        assert rows + bad <= max(len(lines), 0)
        assert bool(rows + bad) == bool(lines)
        if '"' not in body:
            assert rows + bad == len(lines)
            assert rows == sum(line.count(",") == 1 for line in lines)


class TestUnreadable:
    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            pytest.param("t.csv", b"", "is empty", id="empty"),
            pytest.param("t.csv", b"\n\n", "has no header", id="blank-lines"),
            pytest.param("t.parquet", b"not parquet at all", "not a readable Parquet file", id="not-parquet"),
            pytest.param("t.csv.gz", b"not gzip", "cannot be read", id="not-gzip"),
            pytest.param(
                "t.csv.gz", gzip.compress(CSV.encode() * 99, mtime=0)[:60], "ends too early", id="truncated-gzip"
            ),
            pytest.param("t.csv.zst", b"not zstd", "cannot be read", id="not-zstd"),
            pytest.param("t.xlsx", b"PK", "in no format", id="excel"),
            pytest.param("noextension", b"a,b\n", "in no format", id="no-extension"),
            pytest.param("t.parquet.gz", b"x", "in no format", id="packed-parquet"),
            pytest.param("t.json", b'  [{"a": 1}]', "JSON array", id="json-array"),
            pytest.param("t.jsonl", b"{}\n", "holds no column", id="no-keys"),
        ],
        ids=itertools.count(),
    )
    def test_says_what_is_wrong(self, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
        with pytest.raises(SourceError, match=reason) as caught:
            read(write(tmp_path, name, content))
        assert caught.value.hint
        assert name in caught.value.message

    def test_absent_folder_and_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="does not exist"):
            read(tmp_path / "no.csv")
        (tmp_path / "d.csv").mkdir()
        with pytest.raises(SourceError, match="is a folder"):
            read(tmp_path / "d.csv")
        with pytest.raises(SourceError, match="no file to read"), open_table([], shown="x"):
            pass

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads everything")
    def test_unreadable_file(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", CSV)
        path.chmod(0)
        with pytest.raises(SourceError, match="Permission denied"):
            read(path)

    def test_name_with_a_zero_character(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="cannot be read"):
            read(tmp_path / "a\0.csv")

    def test_header_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"header of t\.csv cannot be read: a quote is opened"):
            read(write(tmp_path, "t.csv", 'a,"b\n1,2\n'))

    def test_pairs_of_surrogates_are_characters(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.jsonl", '{"a": "\\ud83d\\ude00"}\n[\n')
        assert read(path)[1] == [(1, "\U0001f600")]

    def test_header_only_is_a_table_without_rows(self, tmp_path: Path) -> None:
        assert read(write(tmp_path, "t.csv", "a,b")) == (("a", "b"), [], [])
        pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "t.parquet")
        assert read(tmp_path / "t.parquet") == (("a",), [], [])

    def test_files_that_do_not_fit_together(self, tmp_path: Path) -> None:
        one, two = write(tmp_path, "1.csv", "a,b\n1,2\n"), write(tmp_path, "2.csv", "c,a\n1,2\n")
        with pytest.raises(SourceError, match=r"columns of \*\.csv \(2\.csv\)"), open_table([one, two], shown="*.csv"):
            pass
        other = write(tmp_path, "3.jsonl", '{"a": 1}\n')
        with pytest.raises(SourceError, match="several formats"), open_table([one, other], shown="*"):
            pass
        pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
        pq.write_table(pa.table({"a": ["x"]}), tmp_path / "2.parquet")
        with (
            pytest.raises(SourceError, match="types of the columns"),
            open_table([tmp_path / "1.parquet", tmp_path / "2.parquet"], shown="*.parquet"),
        ):
            pass

    @pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"], ids=itertools.count())
    def test_unusable_delimiter(self, tmp_path: Path, delimiter: str) -> None:
        path = write(tmp_path, "t.csv", "a\n1\n")
        if delimiter == "":
            assert read(path, Read(delimiter=None))[0] == ("a",)
            return
        with pytest.raises(SourceError, match="cannot be a delimiter"):
            read(path, Read(delimiter=delimiter))

    def test_broken_pages_of_parquet_are_a_source_error(self, tmp_path: Path) -> None:
        path = tmp_path / "t.parquet"
        pq.write_table(pa.table({"a": [str(n) * 9 for n in range(3000)]}), path, compression="snappy")
        raw = bytearray(path.read_bytes())
        raw[4:400] = b"\xff" * 396
        path.write_bytes(raw)
        with pytest.raises(SourceError, match="cannot be read"):
            read_columns(path)


class TestLock:
    @pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.jsonl"])
    def test_nothing_else_can_be_reached(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        secret = write(tmp_path, "secret.csv", "a\n1\n")
        if name == "t.parquet":
            pq.write_table(pa.table({"a": [1]}), path)
        else:
            path.write_text("a\n1\n" if name == "t.csv" else '{"a": 1}\n', encoding="utf-8")
        with open_table([path], shown=name) as table:
            for query in (
                "SELECT * FROM read_csv('/etc/hostname')",
                "SELECT * FROM read_text('/etc/hostname')",
                f"SELECT * FROM read_csv('{secret}')",  # noqa: S608  # that is the attack
                f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
                f"COPY (SELECT 1) TO '{path}'",
                f"ATTACH '{tmp_path}/x.db'",
                "INSTALL httpfs",
                "SELECT * FROM glob('/etc/*')",
            ):
                with pytest.raises(duckdb.Error):
                    table.connection.execute(query)
            for setting in ("enable_external_access = true", "lock_configuration = false", "memory_limit = '9GB'"):
                with pytest.raises(duckdb.Error):
                    table.connection.execute(f"SET {setting}")
            assert table.count_rows() == 1
        assert not (tmp_path / "out.csv").exists()

    def test_python_variables_are_out_of_reach(self, tmp_path: Path) -> None:
        secret = {"a": np.array([1])}
        with (
            open_table([write(tmp_path, "t.csv", CSV)], shown="t") as table,
            pytest.raises(duckdb.Error, match="secret"),
        ):
            table.connection.execute("SELECT * FROM secret")
        assert secret

    def test_memory_is_capped_and_spills(self, tmp_path: Path) -> None:
        path = tmp_path / "t.parquet"
        pq.write_table(pa.table({"a": pa.array(np.arange(300_000)), "b": [f"{n:040}" for n in range(300_000)]}), path)
        with open_table([path], shown="t", memory_limit="64MiB") as table:
            limit = table.connection.execute("SELECT current_setting('memory_limit')").fetchone()
            found = table.connection.execute("SELECT count(*) FROM (SELECT * FROM data ORDER BY c1 DESC)").fetchone()
        assert limit == ("64.0 MiB",)
        assert found == (300_000,)

    def test_missing_column_is_a_key_error(self, tmp_path: Path) -> None:
        with open_table([write(tmp_path, "t.csv", CSV)], shown="t") as table, pytest.raises(KeyError):
            table.sql("nothing")

    def test_small_file_imports_neither_pandas_nor_numpy(self, tmp_path: Path) -> None:
        path = write(tmp_path, "t.csv", CSV)
        code = (
            "import sys; from pathlib import Path; from mlgate.sources.tables import open_table\n"
            "with open_table([Path(sys.argv[1])], shown='t') as t: print(t.count_rows())\n"
            "print(sorted({'numpy', 'pandas', 'pyarrow'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        assert done.stdout.split("\n")[:2] == ["3", "[]"]


class TestExpand:
    def test_glob_is_sorted_posix_and_relative(self, tmp_path: Path) -> None:
        for name in ("b.csv", "a.csv", "d/c.csv"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            write(tmp_path, name, CSV)
        assert expand(tmp_path, "*.csv") == ("a.csv", "b.csv")
        assert expand(tmp_path, "**/*.csv") == ("a.csv", "b.csv", "d/c.csv")
        assert expand(tmp_path, "a.csv") == ("a.csv",)

    def test_name_with_marks_is_itself(self, tmp_path: Path) -> None:
        write(tmp_path, "a[1].csv", CSV)
        write(tmp_path, "a1.csv", CSV)
        assert expand(tmp_path, "a[1].csv") == ("a[1].csv",)

    @pytest.mark.parametrize("pattern", ["no*.csv", "", "/etc/*", "../*.csv", "../x.csv"], ids=itertools.count())
    def test_nothing_or_outside_is_an_error(self, tmp_path: Path, pattern: str) -> None:
        root = tmp_path / "project"
        root.mkdir()
        write(tmp_path, "x.csv", CSV)
        with pytest.raises(SourceError):
            expand(root, pattern)

    @pytest.mark.parametrize("pattern", ["*.csv", "link.csv", "folder/*.csv"], ids=itertools.count())
    def test_link_out_of_the_project_is_refused(self, tmp_path: Path, pattern: str) -> None:
        root, outside = tmp_path / "project", tmp_path / "outside"
        root.mkdir()
        outside.mkdir()
        write(outside, "x.csv", CSV)
        (root / "link.csv").symlink_to(outside / "x.csv")
        (root / "folder").symlink_to(outside)
        with pytest.raises(SourceError, match="outside"):
            expand(root, pattern)


class TestReadColumns:
    def test_text_stays_as_written(self, tmp_path: Path) -> None:
        text = "id,n,x,flag,mixed,big,gap,tag\n007,1,0.10,true,1,18446744073709551616,1,a\n8,-2,1e-300,True,x,2,,\n"
        found = read_columns(write(tmp_path, "p.csv", text))
        assert found["n"].dtype == np.int64
        assert {name: values.tolist() for name, values in found.items() if name != "gap"} == {
            "id": ["007", "8"],
            "n": [1, -2],
            "x": ["0.10", "1e-300"],
            "flag": ["true", "True"],
            "mixed": ["1", "x"],
            "big": ["18446744073709551616", "2"],
            "tag": ["a", None],
        }
        assert found["gap"].dtype == np.float64
        assert found["gap"][0] == 1
        assert np.isnan(found["gap"][1])

    @pytest.mark.parametrize("name", ["p.csv", "p.jsonl"])
    @pytest.mark.parametrize("digits", [17, 18, 19, 21, 39])
    def test_long_ids_keep_all_digits(self, tmp_path: Path, name: str, digits: int) -> None:
        ids = [10 ** (digits - 1) + number for number in range(3)]
        text = "id\n" if name == "p.csv" else ""
        text += "".join(f"{value}\n" if name == "p.csv" else f'{{"id": {value}}}\n' for value in ids)
        found = read_columns(write(tmp_path, name, text))["id"]
        assert [str(value) for value in found] == [str(value) for value in ids]
        assert found.dtype == (np.int64 if digits <= 19 else object)

    @pytest.mark.parametrize("columns", [None, ["b"], ["absent"]])
    def test_whole_header_is_known(self, tmp_path: Path, columns: Sequence[str] | None) -> None:
        path = write(tmp_path, "p.csv", "a,b,a\n1,2,3\n" if columns else "a,b,c\n1,2,3\n")
        assert read_columns(path, columns).header == (("a", "b", "a") if columns else ("a", "b", "c"))

    def test_wanted_columns_only(self, tmp_path: Path) -> None:
        found = read_columns(write(tmp_path, "p.csv", "a,b,c\n1,2,3\n"), ["c", "absent", "a"])
        assert sorted(found) == ["a", "c"]
        assert read_columns(tmp_path / "p.csv", ["absent"]) == {}

    def test_parquet_types(self, tmp_path: Path) -> None:
        table = pa.table(
            {
                "i": pa.array([1, None], pa.int32()),
                "huge": pa.array([2**63 - 1, None], pa.int64()),
                "u": pa.array([2**64 - 1, 0], pa.uint64()),
                "f": pa.array([0.1, None], pa.float32()),
                "b": pa.array([True, None]),
                "s": pa.array(["x", None]),
                "e": pa.array(["x", "y"]).dictionary_encode(),
                "d": pa.array([1, None], pa.date32()),
                "t": pa.array([0, 1], pa.timestamp("us", tz="UTC")),
                "m": pa.array([Decimal("100.00"), Decimal("-0.50")], pa.decimal128(22, 2)),
                "m0": pa.array([10**30, 10**30 + 1], pa.decimal128(38, 0)),
                "m2": pa.array([Decimal("0.10"), Decimal("0.00")], pa.decimal128(2, 2)),
                "l": pa.array([[1], [2]]),
                "full": pa.array([1, 2]),
            }
        )
        pq.write_table(table, tmp_path / "p.parquet")
        found = read_columns(tmp_path / "p.parquet")
        assert found["i"].tolist()[0] == 1
        assert np.isnan(found["i"][1])
        assert found["huge"].tolist() == [2**63 - 1, None]
        assert found["u"].tolist() == [2**64 - 1, 0]
        assert found["f"].dtype == np.float32
        assert found["b"].tolist() == [True, None]
        assert found["s"].tolist() == ["x", None]
        assert found["e"].tolist() == ["x", "y"]
        assert np.isnat(found["d"][1])
        assert found["t"].dtype.kind == "M"
        assert found["m"].tolist() == ["100", "-0.5"]
        assert found["m0"].tolist() == [str(10**30), str(10**30 + 1)]
        assert found["m2"].tolist() == ["0.1", "0"]
        assert found["l"].tolist() == ["[1]", "[2]"]
        assert found["full"].dtype == np.int64

    def test_order_is_the_order_of_the_file(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"a": np.arange(250_000)[::-1]}), tmp_path / "p.parquet", row_group_size=20_000)
        assert (read_columns(tmp_path / "p.parquet")["a"] == np.arange(250_000)[::-1]).all()

    def test_unparseable_or_ambiguous_predictions_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="line 2: 1 field"):
            read_columns(write(tmp_path, "p.csv", "a,b\n1\n2,3\n"))
        with pytest.raises(SourceError, match="'a' stands twice"):
            read_columns(write(tmp_path, "q.csv", "a,b,a\n1,2,3\n"), ["a"])
        assert read_columns(tmp_path / "q.csv", ["b"])["b"].tolist() == [2]
        with pytest.raises(SourceError, match="does not exist"):
            read_columns(tmp_path / "absent.parquet")

    numeral = st.integers().map(str) | st.text("0123456789-+.e_ tTru", min_size=1, max_size=5)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(values=st.lists(numeral, min_size=1, max_size=4))
    def test_every_text_comes_back(self, tmp_path: Path, values: Sequence[str]) -> None:
        write(tmp_path, "p.csv", "x,y\n" + "".join(f"{value},z\n" for value in values))
        found = read_columns(tmp_path / "p.csv", ["x"])["x"]
        assert found.dtype.kind in "iO"
        assert [str(value) for value in found] == list(values)


LONG = {
    "id": [f"{place * 7919 % 300:03}" for place in range(300)],
    "few": [("a", "it's", "\u00e9, \u0661", "nan")[place % 4] for place in range(300)],
    "some": [f"v{place * place % 23}" for place in range(300)],
    "grows": [f"g{place // 4}" for place in range(300)],
    "gap": ["x" if place % 3 else None for place in range(300)],
    "none": pa.array([None] * 300, pa.string()),
    "n": [place * 3 for place in range(300)],
    "f": [place / 7 if place % 5 else None for place in range(300)],
    "holes": [place if place > 250 else None for place in range(300)],
    "b": [place % 2 == 0 for place in range(300)],
}


class TestLongColumns:
    """Codes and blocks, made from few rows by lower limits."""

    @pytest.fixture(autouse=True)
    def low_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, limit in (("_CODED_FROM_ROWS", 20), ("_BLOCK", 70), ("_FEW", 4), ("MAX_DISTINCT", 50), ("_LOOK", 60)):
            monkeypatch.setattr(arrays, name, limit)

    def written(self, folder: Path, name: str, start: int = 0, stop: int = 300) -> Path:
        path = folder / name
        table = pa.table(LONG).slice(start, stop - start)
        match path.suffix:
            case ".parquet":
                pq.write_table(table, path, row_group_size=40)
            case ".csv":
                with path.open("w", newline="", encoding="utf-8") as stream:
                    csv.writer(stream).writerows([table.column_names, *zip(*table.to_pydict().values(), strict=True)])
            case ".jsonl":
                path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
        return path

    @pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.jsonl"])
    def test_codes_and_blocks_are_the_values_row_by_row(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        path = self.written(tmp_path, name)
        found = read_columns(path)
        monkeypatch.setattr(arrays, "_CODED_FROM_ROWS", 10**6)
        monkeypatch.setattr(arrays, "_BLOCK", 10**6)
        plain = read_columns(path)
        assert list(found) == list(plain) == list(LONG)
        for column, values in plain.items():
            assert [str(value) for value in found[column].tolist()] == [str(value) for value in values.tolist()], column
            if not isinstance(found[column], DictionaryColumn):
                assert found[column].dtype == values.dtype
        coded = {column: values for column, values in found.items() if isinstance(values, DictionaryColumn)}
        assert set(coded) >= {"few", "some", "gap"}
        assert {"id", "grows"}.isdisjoint(coded)  # too many texts, at once or later
        assert coded["few"].codes.dtype == np.int8
        assert len(coded["few"]) == 300
        assert np.asarray(coded["gap"]).tolist() == LONG["gap"]

    @pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
    @pytest.mark.parametrize("as_glob", [True, False])
    def test_shards_are_one_file(self, tmp_path: Path, suffix: str, *, as_glob: bool) -> None:
        whole = read_columns(self.written(tmp_path, f"whole.{suffix}"))
        (tmp_path / "parts").mkdir()
        cuts = [0, 100, 110, 300]
        paths = [
            self.written(tmp_path / "parts", f"p{start:03}.{suffix}", start, stop)
            for start, stop in itertools.pairwise(cuts)
        ]
        found = read_columns(tmp_path / "parts" / f"p*.{suffix}" if as_glob else paths)
        assert found.header == whole.header
        for column, values in whole.items():
            assert [str(value) for value in found[column].tolist()] == [str(value) for value in values.tolist()]

    def test_glob_that_matches_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"no file matches p\*.parquet"):
            read_columns(tmp_path / "p*.parquet")

    def test_no_more_is_imported_than_the_engine_itself_needs(self, tmp_path: Path) -> None:
        table = pa.table(LONG | {"d": [dt.date(2026, 1, 1)] * 300, "t": [dt.datetime(2026, 1, 1)] * 300})  # noqa: DTZ001  # as files have them
        pq.write_table(table, tmp_path / "t.parquet")
        code = (
            "import sys, duckdb; from pathlib import Path; from mlgate.sources import arrays, tables\n"
            "def heavy(): return sorted({'pandas', 'pyarrow'} & set(sys.modules))\n"
            "duckdb.connect().execute('SELECT ?', [['a']]).fetchnumpy(); before = heavy()\n"  # old engines look for pandas
            "arrays._CODED_FROM_ROWS, arrays._BLOCK, arrays._FEW = 20, 70, 4\n"
            "found = tables.read_columns(Path(sys.argv[1]))\n"
            "print(len(found), heavy() == before)"
        )
        argv = [sys.executable, "-c", code, str(tmp_path / "t.parquet")]
        assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "12 True\n"
