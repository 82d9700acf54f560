"""A schema proposed from data files, in the encoding that they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.config.schema import Read, Schema
from mlgate.errors import SourceError
from mlgate.gate.datasets import Subject, opened
from mlgate.sources import table_files

if TYPE_CHECKING:
    from mlgate.sources.tables import OpenTable

_NOT_UTF8 = "bytes that are not UTF-8"
"""How a header and a row that are in another encoding are reported."""


def propose_schema(subject: Subject, *, path: str, ranges: bool = False) -> str:
    """YAML text of a schema that the subject's files satisfy; see `mlgate.data.infer.infer_schema`.

    A file with the byte order mark of UTF-16 is read so. One that is not UTF-8 is read as latin-1, which cannot fail,
    unless it also holds letters that only UTF-8 writes so: then single rows are broken, and take no part.

    Parameters
    ----------
    path : the files as the schema's first line names them
    ranges : make the suggested ranges rules

    Raises
    ------
    SourceError
        A file cannot be read, or there is nothing to infer from.
    """
    from mlgate.data.infer import infer_schema

    if _is_utf16(subject):
        with _opened_as(subject, "utf-16") as table:
            return infer_schema(table, path=path, ranges=ranges, assumed=["encoding utf-16, by its byte order mark"])
    try:
        with opened(subject) as table:
            if not _in_another_encoding(table):
                return infer_schema(table, path=path, ranges=ranges)
    except SourceError as problem:
        if _NOT_UTF8 not in problem.message:
            raise
    with _opened_as(subject, "latin-1") as table:
        return infer_schema(table, path=path, ranges=ranges, assumed=["encoding latin-1, since it is not UTF-8"])


@contextmanager
def _opened_as(subject: Subject, encoding: str) -> Iterator[OpenTable]:
    schema = Schema(path=subject.path, read=Read(encoding=encoding))
    with opened(replace(subject, schema=schema)) as table:
        yield table


def _is_utf16(subject: Subject) -> bool:
    name = table_files.expand(subject.root, subject.path)[0]
    file = table_files.identify(subject.root / name, subject.path)
    if file.format == "parquet":
        return False
    with table_files.open_bytes(file) as stream:
        return stream.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _in_another_encoding(table: OpenTable) -> bool:
    from mlgate.data.infer_read import holds_letters_beyond_ascii

    broken = [problem.message.endswith(_NOT_UTF8) for problem in table.problems]
    return bool(broken) and all(broken) and not holds_letters_beyond_ascii(table)
