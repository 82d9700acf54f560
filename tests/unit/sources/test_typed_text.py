"""Large CSV files in one typed pass: what is believed, what is refused, and that nothing differs from the text."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.config.schema import Read
from mlgate.data import aggregates as sql
from mlgate.sources import lazy_text, open_tables, typed_text
from mlgate.sources.byte_watch import ByteWatch, NotPlainError
from mlgate.sources.lazy_text import LazyText
from mlgate.sources.open_tables import OpenTable
from mlgate.sources.tables import open_table
from tests.unit.shared_engine import shared_engine

MOMENT = dt.datetime.fromisoformat("2020-01-05 10:00")


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_tables, "LARGE_BYTES", 0)


def watched(data: bytes, size: int, delimiter: str = ",") -> ByteWatch:
    watch = ByteWatch(io.BytesIO(data), delimiter)
    while watch.read(size):
        pass
    return watch


class TestBytes:
    @pytest.mark.parametrize("size", [1, 2, 3, 1000])
    @pytest.mark.parametrize(
        ("data", "marks", "flags"),
        [
            (b"a,b\n1,2\n", 2, ""),
            (b"a,b\r\n1,2\r\n", 2, "r"),
            (b'a,b\n"1,1",2\n', 2, "q"),
            (b'a,b\n"say ""hi"", x",2\n', 2, "q"),
            (b'a,b\n"",""""\n', 2, "q"),
            (b'"a",b\n1,"x\ny"', 2, "qn"),
            (b'\xef\xbb\xbf"a",b\n1,2\n', 2, "q"),
            (b"a,b\n0x1F,2\n", 2, "o"),
            (b"a,b\n1,0X\n", 2, "o"),
            (b"a,b\n1,\t2\n", 2, "o"),
            (b"a,b\n1,xo\n", 2, ""),
            ("a,b\nä,日本\n".encode(), 2, ""),
            (b"", 0, ""),
        ],
        ids=itertools.count(),
    )
    def test_what_is_noted_does_not_depend_on_the_chunks(self, data: bytes, marks: int, flags: str, size: int) -> None:
        watch = watched(data, size)
        assert watch.marks == marks
        found = {"q": watch.has_quotes, "r": watch.has_returns, "n": watch.quoted_newline, "o": watch.odd_numbers}
        assert "".join(flag for flag, there in found.items() if there) == "".join(sorted(flags, key="qrno".index))

    @pytest.mark.parametrize("size", [1, 2, 3, 1000])
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"a,b\n1,\xff\n", "UTF-8"),
            (b"a,b\n1,\xc3", "UTF-8"),
            (b"a,b\n1,\0\n", "zero"),
            (b"a,b\r1,2\r", "carriage return"),
            (b'a,b\n1,"x\ry"\n', "carriage return"),
            (b"\na,b\n1,2\n", "before the header"),
            (b"\xef\xbb\xbf\r\na,b\n", "before the header"),
            (b'a,b\n1,5" pipe\n', "middle of a field"),
            (b'a,b\n1,"2"x\n', "after a closing quote"),
            (b'a,b\n1,"2" \n', "after a closing quote"),
            (b'a,b\n1,"2\n', "never closed"),
        ],
        ids=itertools.count(),
    )
    def test_what_is_not_plain_is_refused(self, data: bytes, why: str, size: int) -> None:
        with pytest.raises(NotPlainError, match=why):
            watched(data, size)

    def test_tab_is_no_odd_space_where_it_delimits(self) -> None:
        assert not watched(b"a\tb\n1\t2\n", 1000, "\t").odd_numbers


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class Table:
    """An open table, and its large text."""

    def __init__(self, table: OpenTable) -> None:
        assert table.quick is not None
        self.table = table
        self.quick: LazyText = table.quick

    def read(self, kinds: Mapping[str, str], kept: tuple[str, ...] = ()) -> tuple[list[Any], dict[str, str]] | None:
        """The rows of the pass that was complete, and the kinds that were read in it; None where none was."""
        import duckdb

        found = None
        names = ", ".join(["row", *(self.table.sql(name) for name in kinds)])
        for attempt in self.quick.passes(kinds, kept):
            assert self.quick.engine.execute(f"SELECT {names} FROM {attempt.empty}").fetchall() == []  # noqa: S608  # names of ours
            try:
                rows = attempt.connection.execute(f"SELECT {names} FROM {attempt.relation}").fetchall()  # noqa: S608  # names of ours
            except duckdb.Error:
                assert not attempt.complete
                continue
            if attempt.complete:
                found = rows, dict(attempt.kinds)
        return found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    from contextlib import ExitStack

    with ExitStack() as stack:

        def run(*contents: str | bytes, name: str = "t.csv", read: Read | None = None) -> Table:
            stem, _, suffix = name.partition(".")
            paths = [write(tmp_path, content, f"{stem}{place}.{suffix}") for place, content in enumerate(contents)]
            return Table(stack.enter_context(open_table(paths, shown=name, read=read, lazy=True)))

        yield run


class TestPass:
    def test_types(self, opened: Any) -> None:
        text = (
            "i,n,b,d,m,s\n7,1.5,true,2020-01-05,2020-01-05 10:00:00,x\n,,,,,\n-1,nan,0,0001-01-01,2020-01-05T10:00,y\n"
        )
        kinds = {"i": "integer", "n": "number", "b": "boolean", "d": "date", "m": "datetime", "s": ""}
        rows, read = opened(text).read(kinds)
        assert read == {name: kind for name, kind in kinds.items() if kind}
        assert rows[0] == (1, 7, 1.5, True, dt.date(2020, 1, 5), MOMENT, "x")
        assert rows[1] == (2, *[None] * 6)
        assert rows[2][0] == 3 and rows[2][4] == dt.date(1, 1, 1) and rows[2][5] == MOMENT  # noqa: PT018  # one row

    @pytest.mark.parametrize(
        ("kind", "value"),
        [("integer", "1.5"), ("integer", "0x10"), ("integer", "+5"), ("integer", "\t5"), ("integer", "9" * 20),
         ("number", "1_0"), ("number", "x"), ("number", "1e400"), ("number", "inf"), ("date", "0000-01-01"),
         ("datetime", "0000-12-31T00:00:00"), ("boolean", "yes"), ("date", "2020-1-5"), ("datetime", "2020-01-05 10"),
         ("datetime", "2020-01-05T10:00:00Z"), ("datetime", "5.1.2020"), ("datetime", "2020-02-30")],
        ids=str,
    )  # fmt: skip
    def test_column_with_a_value_that_needs_care_stays_text(self, opened: Any, kind: str, value: str) -> None:
        good = {"integer": "1", "number": "1", "boolean": "1", "date": "2020-01-05", "datetime": "2020-01-05"}[kind]
        rows, read = opened(f"a,b\n{good},1\n{value},2\n").read({"a": kind, "b": "number"})
        assert rows == [(1, good, 1.0), (2, value, 2.0)]
        assert read == {"b": "number"}

    def test_several_columns_at_fault(self, opened: Any) -> None:
        rows, read = opened("a,b,c\nx,y,1\n").read({"a": "integer", "b": "date", "c": "integer"})
        assert (rows, read) == ([(1, "x", "y", 1)], {"c": "integer"})

    def test_line_ends_in_quotes(self, opened: Any) -> None:
        rows, _ = opened('a,"b\nb"\n1,"x\ny"\n2,z\n').read({"b\nb": ""})
        assert rows == [(1, "x\ny"), (2, "z")]

    def test_several_files_are_one(self, opened: Any) -> None:
        table = opened("a,b\n1,x\n", "a,b\n2,y\n3,z\n")
        assert table.read({"a": "integer"})[0] == [(1, 1), (2, 2), (3, 3)]
        assert table.table.count_rows() == 3

    @pytest.mark.parametrize("name", ["t.csv.gz", "t.tsv"])
    def test_compressed_and_tsv(self, opened: Any, name: str) -> None:
        text = "a\tb\n1\tx\n" if name == "t.tsv" else gzip.compress(b"a,b\n1,x\n")
        assert opened(text, name=name).read({"a": "integer", "b": ""}) == ([(1, 1, "x")], {"a": "integer"})

    def test_quoted_tab_of_a_tsv(self, opened: Any) -> None:
        rows, read = opened('a\tb\n"\t5"\tx\n', name="t.tsv").read({"a": "integer", "b": ""})
        assert (rows, read) == ([(1, "\t5", "x")], {})

    @pytest.mark.parametrize(
        "text",
        ["a,b\n1\n2,x\n", "a,b\n1,2,\n", 'a,b\n1,"u"v\n', "a,b\r1,x\r", "\na,b\n1,x\n", b"a,b\n1,\xff\n",
         f"a,b\n1,{'y' * 2_100_000}\n", "a,b\n1,\0\n", "a,b\n1,x\n\n,\n2\n"],
        ids=itertools.count(),
    )  # fmt: skip
    def test_file_that_is_not_plain_is_read_as_text(self, opened: Any, text: str | bytes) -> None:
        table = opened(text)
        assert table.read({"a": "integer", "b": ""}) is None
        assert table.quick.rows is None
        rows = table.table.connection.execute("SELECT * FROM data").fetchall()
        assert len(rows) + table.table.problem_rows == table.table.count_rows() + len(table.table.problems)

    @pytest.mark.parametrize(
        ("text", "how"),
        [("a\n1\n2\n", Read(delimiter=",")), ("a,a\n1,2\n", Read()), ("a,b\n1,2\n", Read(null=("", "x,y")))],
        ids=itertools.count(),
    )
    def test_files_of_which_no_pass_is_made(self, opened: Any, text: str, how: Read) -> None:
        assert opened(text, read=how).read({"a": ""}) is None

    def test_null_tokens(self, opened: Any) -> None:
        table = opened('a,b\nNA,"NA"\n1,\n', read=Read(null=("NA",)))
        assert table.read({"a": "integer", "b": ""})[0] == [(1, None, None), (2, 1, "")]

    def test_without_its_reader_there_is_no_pass(self, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lazy_text, "_installed", lambda: False)
        table = opened("a,b\n1,x\n")
        assert table.read({"a": "integer"}) is None
        assert table.table.connection.execute("SELECT * FROM data").fetchall() == [(1, "1", "x")]

    def test_small_files_are_read_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(open_tables, "LARGE_BYTES", 9)
        with open_table([write(tmp_path, "a,b\n1,x\n")], shown="t.csv", lazy=True) as table:
            assert (table.quick, table.known_rows) == (None, 1)

    def test_kept_columns(self, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(typed_text, "BLOCK_BYTES", 64)
        monkeypatch.setattr(typed_text, "KEPT_ROWS", 7)
        table = opened("a,b,c\n" + "".join(f"{n},{n}.5,t{n}\n" for n in range(100)))
        assert len(table.read({"a": "integer", "b": "number", "c": ""}, kept=("a", "c"))[0]) == 100
        kept = table.quick.kept
        assert kept.kinds == {"a": "integer", "c": ""}
        rows = kept.connection.execute(f"SELECT row, c0, c2 FROM {kept.relation} ORDER BY row").fetchall()  # noqa: S608  # names of ours
        assert rows == [(n + 1, n, f"t{n}") for n in range(100)]

    def test_text_after_a_pass_has_the_same_rows(self, opened: Any) -> None:
        for text in ("a,b\n1,x\n007,y\n", 'a,"\n"\r\n1,""\r\n'):
            table = opened(text)
            names = table.table.columns
            rows = table.read(dict.fromkeys(names, ""))[0]
            assert table.table.problem_rows == 0
            assert table.table.connection.execute("SELECT * FROM data ORDER BY row").fetchall() == rows


VALUES = {
    "integer": st.integers(-(2**64), 2**64).map(str) | st.sampled_from(["007", " 5", "1e3", "0x1", "-0", "1.0", "+1"]),
    "number": st.floats().map(repr) | st.sampled_from(["1_0", ".5", "1.", "1e400", "Inf", " 2", "1,5", "0x1p3", "-"]),
    "boolean": st.sampled_from(["true", "TRUE", "0", "1", "t", "yes", " true", "falsE"]),
    "date": st.dates().map(str)
    | st.sampled_from(["2020-1-5", "0000-12-31", "2020-02-30", " 2020-01-05", "2020-01-05 00:00"]),
    "datetime": st.datetimes().map(str)
    | st.sampled_from(["2020-01-05", "2020-01-05T10", "2020-01-05 10:00Z", "2020-01-05 24:00:00", "0000-01-01"]),
    "string": st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=4),
}


@pytest.fixture
def one_engine(tmp_path: Path) -> Iterator[None]:
    with shared_engine(tmp_path / "spill"):
        yield


@pytest.mark.usefixtures("one_engine")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_typed_values_are_those_of_the_text(tmp_path: Path, data: st.DataObject, quoting: Any) -> None:
    kinds = data.draw(st.lists(st.sampled_from(list(VALUES)), min_size=2, max_size=4))
    cells = [data.draw(st.lists(st.just("") | VALUES[kind], min_size=4, max_size=4)) for kind in kinds]
    names = [f"n{place}" for place in range(len(kinds))]
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=quoting, lineterminator="\n").writerows([names, *zip(*cells, strict=True)])
    with open_table([path], shown="t.csv", read=Read(delimiter=","), lazy=True) as table:
        wanted = {name: "" if kind == "string" else kind for name, kind in zip(names, kinds, strict=True)}
        rows, read = Table(table).read(wanted) or pytest.fail("a plain file was refused")
        ready = [read.get(name) == kind for name, kind in wanted.items()]
        text = ", ".join(sql.from_text(f"c{place}", kind) for place, kind in enumerate(kinds))
        expected = table.connection.execute(f"SELECT row, {text} FROM data ORDER BY row").fetchall()  # noqa: S608  # names of ours
    for row, other in zip(rows, expected, strict=True):
        for is_ready, value, of_text in zip([True, *ready], row, other, strict=True):
            if is_ready:
                assert value == of_text or (value != value and of_text != of_text)  # noqa: PLR0124  # NaN
