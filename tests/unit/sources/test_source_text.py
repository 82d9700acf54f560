"""A file is read as the interpreter would read it, and written back as it was."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources import source_text
from mlgate.sources.source_text import decode_source, read_source, write_source


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        (b"x = 1\r\n", "x = 1\r\n", "utf-8"),
        ("é = 1".encode(), "é = 1", "utf-8"),
        (codecs.BOM_UTF8 + "é = 1".encode(), "é = 1", "utf-8"),
        ("# -*- coding: latin-1 -*-\né = 1".encode("latin-1"), "# -*- coding: latin-1 -*-\né = 1", "latin-1"),
        (b"#!/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'", None, "cp1252"),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n", "utf-8"),
        (b"# -*- coding: utf-8-unix -*-\nx = 1", None, "utf-8"),
        (codecs.BOM_UTF8 + b"# coding: UTF_8\nx = 1", "# coding: UTF_8\nx = 1", "utf-8"),
        (b"#!/bin/python\r# coding: latin-1\rx = '\xe9'", None, "latin-1"),
        (b"", "", "utf-8"),
    ],
)
def test_the_encoding_is_that_of_mark_or_comment(raw: bytes, text: str | None, encoding: str) -> None:
    found = decode_source(raw, notebook=False)
    assert found.encoding == encoding
    assert found.mark + found.text.encode(found.encoding) == raw
    assert text is None or found.text == text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"x = 1\ny = '\xe9'\n", r"line 2: not utf-8 text \(byte 12\)"),
        (b"# coding: klingon\n", "encoding 'klingon' is not known"),
        (b"# coding: base64\nx", "base64"),
        (codecs.BOM_UTF8 + b"\xff", r"byte 4"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "byte order mark says UTF-8 and its comment latin-1"),
        ("x = 1".encode("utf-16"), "UTF-16 text, which Python does not read"),
        (codecs.BOM_UTF16_BE + "x = 1".encode("utf-16-be"), "UTF-16 text"),
        ("x = 1".encode("utf-32"), "UTF-32 text"),
    ],
)
def test_what_is_not_in_its_encoding_says_where(raw: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        decode_source(raw, notebook=False)


def test_a_notebook_has_no_coding_comment() -> None:
    assert decode_source(b'# coding: latin-1 \n"\xc3\xa9"', notebook=True).text.endswith('"é"')


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_text, "MAX_PYTHON_BYTES", 10)
    monkeypatch.setattr(source_text, "MAX_NOTEBOOK_BYTES", 20)
    for name, size, hint in (("a.py", 11, "lint.ignore"), ("a.ipynb", 21, "clear its outputs")):
        (tmp_path / name).write_bytes(b" " * size)
        with pytest.raises(SourceError, match="more than the") as raised:
            read_source(str(tmp_path / name))
        assert hint in raised.value.hint
    (tmp_path / "a.ipynb").write_bytes(b" " * 20)
    assert read_source(str(tmp_path / "a.ipynb")).text == " " * 20


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file") as raised:
        read_source(str(tmp_path / "a.py"))
    assert "removed during the run" in raised.value.hint
    with pytest.raises(SourceError, match="directory"):
        read_source(str(tmp_path))


def test_a_change_keeps_encoding_mark_line_ends_mode_and_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.py", tmp_path / "link.py"
    raw = codecs.BOM_UTF8 + "é = 1\r\nb = 2\r\n".encode()
    path.write_bytes(raw)
    path.chmod(0o751)
    link.symlink_to(path)
    before = read_source(str(link))
    assert write_source(str(link), before, before.text.replace("1", "3"))
    assert path.read_bytes() == raw.replace(b"1", b"3")
    assert path.stat().st_mode & 0o777 == 0o751
    assert link.is_symlink()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.py", "link.py"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    before = read_source(str(path))
    path.write_bytes(b"x = 2\n")
    assert not write_source(str(path), before, "x = 3\n")
    assert path.read_bytes() == b"x = 2\n"
    path.unlink()
    assert not write_source(str(path), before, "x = 3\n")
    assert not path.exists()


def test_a_change_that_the_encoding_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: ascii\n")
    with pytest.raises(SourceError, match="not ascii text"):
        write_source(str(path), read_source(str(path)), "# coding: ascii\né\n")
