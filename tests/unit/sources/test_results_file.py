"""The file of results is read as it is, never better than it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources.results_file import read_records, read_stacks


def test_lines_become_records_in_order(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"kind": "open"}\n{"kind": "session"}\n')
    assert read_records(path) == [{"kind": "open"}, {"kind": "session"}]


@pytest.mark.parametrize("line", [b"{", b"[]", b"1", b"", b"\xff", b"{" * 50_000, b'{"a":' * 50_000])
def test_line_that_is_no_record_is_said(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"kind": "open"}\n' + line + b"\n")
    message = "line 2 of the results is not a JSON object"
    assert read_records(path) == [{"kind": "open"}, {"kind": "malformed", "message": message}]


def test_file_that_was_never_written_has_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path / "results.jsonl") == []


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="results of pytest cannot be read"):
        read_records(tmp_path)


def test_stacks_lie_beside_their_results(tmp_path: Path) -> None:
    path = tmp_path / "unit-[0].jsonl"
    (tmp_path / "unit-[0].jsonl.main.stack").write_bytes(b'"a"\n')
    (tmp_path / "unit-[0].jsonl.gw1.stack").write_bytes(b'"b"\nTimeout \xff\n')
    (tmp_path / "unit-1.jsonl.main.stack").write_bytes(b"of another process")
    assert read_stacks(path) == ['"b"\nTimeout \ufffd\n', '"a"\n']
    (tmp_path / "unit-1.jsonl.gw0.stack").mkdir()
    assert read_stacks(tmp_path / "unit-1.jsonl") == ["of another process"]
