from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.sources import tables
from mlgate.sources.shards import copy_file, is_glob, join_shards, matching


def shards(folder: Path, *contents: bytes, ending: str = ".csv") -> list[Path]:
    files = []
    for number, content in enumerate(contents):
        file = folder / f"part-{number}{ending}"
        file.write_bytes(gzip.compress(content) if ending.endswith(".gz") else content)
        files.append(file)
    return files


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("out/a.csv", ["out/a.csv"]),
        ("out/*.csv", ["out/a.csv", "out/b.csv"]),
        ("**/*.csv", ["out/a.csv", "out/b.csv", "out/x/c.csv", "z.csv"]),
        ("out/[!a].csv", ["out/b.csv"]),
        ("out/?.json", []),
        ("OUT/*.csv", []),
    ],
)
def test_what_a_path_or_glob_names(pattern: str, expected: list[str]) -> None:
    assert matching(["z.csv", "out/b.csv", "out/a.csv", "out/x/c.csv", "out/a.csv"], pattern) == expected
    assert is_glob(pattern) is (pattern != "out/a.csv")


def test_rows_follow_one_header_and_are_left_as_they_are(tmp_path: Path) -> None:
    files = shards(tmp_path, b'id,"a\nb"\n007,"x, y"\n', b'\xef\xbb\xbfid,"a\nb"\r\n1e2,\n', b'id,"a\nb"\n')
    target = join_shards(files, tmp_path / "all.csv", shown="part-*.csv")
    assert target.read_bytes() == b'id,"a\nb"\n007,"x, y"\n1e2,\n'


def test_a_line_end_is_added_where_a_shard_lacks_it(tmp_path: Path) -> None:
    files = shards(tmp_path, b"id,x\n1,2", b"id,x\n3,4")
    assert join_shards(files, tmp_path / "all.csv", shown="p").read_bytes() == b"id,x\n1,2\n3,4\n"
    files = shards(tmp_path, b'{"id": 1}', b'{"id": 2}\n', ending=".jsonl")
    assert join_shards(files, tmp_path / "all.jsonl", shown="p").read_bytes() == b'{"id": 1}\n{"id": 2}\n'


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst"])
def test_compressed_shards(tmp_path: Path, ending: str) -> None:
    files = shards(tmp_path, b"id,x\n1,2\n", b"id,x\n3,4\n", ending=".csv.gz")
    first = join_shards(files, tmp_path / f"all{ending}", shown="p").read_bytes()
    assert tables.read_columns(tmp_path / f"all{ending}")["id"].tolist() == [1, 3]
    assert join_shards(files, tmp_path / f"all{ending}", shown="p").read_bytes() == first


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    for number, file in enumerate(files):
        pq.write_table(pa.table({"id": pa.array([number, number + 10]), "x": ["a", None]}), file)
    found = tables.read_columns(join_shards(files, tmp_path / "all.parquet", shown="p"))
    assert (found["id"].tolist(), found["x"].tolist()) == ([0, 10, 1, 11], ["a", None, "a", None])
    pq.write_table(pa.table({"id": ["0"], "x": ["a"]}), files[1])
    with pytest.raises(SourceError, match=r"columns of p \(1\.parquet\) are not those of p \(0\.parquet\)"):
        join_shards(files, tmp_path / "all.parquet", shown="p")
    files[1].write_bytes(b"PAR1 and no more")
    with pytest.raises(SourceError, match="p cannot be joined to one file"):
        join_shards(files, tmp_path / "all.parquet", shown="p")


def test_shards_that_differ_are_refused(tmp_path: Path) -> None:
    files = shards(tmp_path, b"id,x\n1,2\n", b"x,id\n4,3\n")
    with pytest.raises(SourceError, match=r"columns of p \(part-1\.csv\)") as caught:
        join_shards(files, tmp_path / "all.csv", shown="p")
    assert caught.value.hint
    files += shards(tmp_path, b'{"id": 1}\n', ending=".jsonl")
    with pytest.raises(SourceError, match="several formats"):
        join_shards(files, tmp_path / "all.csv", shown="p")
    with pytest.raises(SourceError, match="does not exist"):
        join_shards([tmp_path / "absent.csv"], tmp_path / "all.csv", shown="p")
    with pytest.raises(SourceError, match="p cannot be joined to one file: No such file"):
        join_shards(files[:1], tmp_path / "absent" / "all.csv", shown="p")


def test_a_copy_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"out/p\.csv cannot be copied: No such file"):
        copy_file(tmp_path / "absent.csv", tmp_path / "b.csv", shown="out/p.csv")


@given(parts=st.lists(st.lists(st.text('ab",\n é', max_size=4), max_size=4), min_size=1, max_size=3))
def test_no_row_is_lost_or_changed(parts: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    import csv
    import io

    folder = tmp_path_factory.mktemp("shards")
    contents = []
    for part in parts:
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([["id", "x"], *([str(number), value] for number, value in enumerate(part))])
        contents.append(text.getvalue().encode())
    joined = join_shards(shards(folder, *contents), folder / "all.csv", shown="p").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(joined, newline="")))
    assert rows == [["id", "x"], *([str(n), value] for part in parts for n, value in enumerate(part))]
