"""A line or a quote without end is a finding with its line, and is not kept in memory."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.sources import delimited_records, json_lines
from mlgate.sources.delimited_records import BoundedLines, Problems, TooLongError, salvage
from mlgate.sources.table_files import DataFile
from mlgate.sources.tables import open_table

LIMIT = 40


@pytest.fixture
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_records, "MAX_LINE_BYTES", LIMIT)


def salvaged(folder: Path, text: str) -> tuple[list[tuple[int, str]], str]:
    path, target, problems = folder / "t.csv", folder / "copy.csv", Problems()
    path.write_text(text, encoding="utf-8", newline="")
    salvage([DataFile(path, "t.csv", "csv", "none")], ",", 2, target, problems)
    return [(bad.line, bad.message) for bad in problems.listed], target.read_text(encoding="utf-8")


@pytest.mark.usefixtures("short_lines")
class TestSalvage:
    def test_a_long_line_is_one_row_and_the_next_line_another(self, tmp_path: Path) -> None:
        problems, copy = salvaged(tmp_path, "a,b\n1,2\n3," + "x" * 500 + "\n5,6\n")
        assert problems == [(3, "longer than 2,000,000 bytes")]
        assert copy == "1,1,2\n3,5,6\n"

    def test_a_long_row_in_quotes_ends_behind_its_closing_quote(self, tmp_path: Path) -> None:
        problems, copy = salvaged(tmp_path, 'a,b\n3,"' + 'x\n""y,\n' * 90 + '"\n5,6\n7\n')
        assert problems == [(2, "longer than 2,000,000 bytes"), (184, "1 field where the header has 2")]
        assert copy == "2,5,6\n"

    def test_a_quote_without_end_takes_all_lines(self, tmp_path: Path) -> None:
        problems, copy = salvaged(tmp_path, 'a,b\n1,2\n3,"' + "x\n" * 90)
        assert problems == [(3, "a quote is opened and never closed: 90 lines to the end of the file are lost")]
        assert copy == "1,1,2\n"

    def test_a_long_last_line_without_an_end(self, tmp_path: Path) -> None:
        assert salvaged(tmp_path, "a,b\n" + "x" * 81)[0] == [(2, "longer than 2,000,000 bytes")]


@given(st.lists(st.text(alphabet='ab",', max_size=3 * LIMIT).map(lambda text: text + "\n"), min_size=1, max_size=8))
def test_every_line_is_counted_once(lines: list[str]) -> None:
    given_lines = BoundedLines(io.StringIO("".join(lines), newline=""))
    limit, delimited_records.MAX_LINE_BYTES = delimited_records.MAX_LINE_BYTES, LIMIT
    try:
        seen = 0
        while True:
            given_lines.taken.clear()
            try:
                next(given_lines)
                seen += 1
            except TooLongError:
                seen += given_lines.skip_record()[1]
            except StopIteration:
                break
    finally:
        delimited_records.MAX_LINE_BYTES = limit
    assert seen == len(lines)


@pytest.mark.parametrize("text", ["x" * 3_000_000, '"' + "x\n" * 1_500_000])
def test_a_header_without_end(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with (
        pytest.raises(SourceError, match=r"header of t\.csv is longer than 2,000,000 bytes"),
        open_table([path], shown="t.csv"),
    ):
        pass


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_json_line_that_no_engine_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(json_lines, "MAX_OBJECT_BYTES", 60)
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n[\n{"a": 2}\n{"a": "' + "x" * 180 + '"}' + end, encoding="utf-8")
    with open_table([path], shown=path.name) as table:
        assert [(bad.line, bad.message) for bad in table.problems] == [
            (2, "not JSON: Expecting value at character 3"),
            (4, "longer than 60 bytes"),
        ]
