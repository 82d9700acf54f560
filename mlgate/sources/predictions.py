"""Predictions files as columns: the shards of one file together, and a small plain CSV without the engine.

Starting the engine takes longer than all else that a comparison of a thousand rows does.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.sources.arrays import FileColumns

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_PLAIN_BYTES = 1_500_000
"""Above, the engine reads a text faster than Python does, its start included."""

_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_OTHERS = re.compile(r"[\t;|]")
_HEAD_LINES = 50
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_EXACT_FLOAT = 2**53


def read_predictions(paths: Sequence[Path], names: Sequence[str], *, shown: str) -> FileColumns:
    """The named columns of a predictions file, or of the shards of one, in the order of `paths`.

    Parameters
    ----------
    paths : at least one file; several have one format and the same columns
    names : columns to read; a name that the file lacks is not in the result
    shown : the path or glob as messages name it

    Returns
    -------
    FileColumns
        As `mlgate.sources.tables.read_columns` gives them.

    Raises
    ------
    SourceError
        A file cannot be read, holds rows that cannot be parsed, or repeats a name that is asked for.
    """
    plain = read_plain_text(paths[0], names) if len(paths) == 1 else None
    if plain is not None:
        return plain
    from mlgate.sources.tables import read_columns

    return read_columns(paths[0] if len(paths) == 1 else paths, names, shown=shown)


def is_metrics_file(path: Path, id_column: str) -> bool:
    """Whether a file holds values without rows: YAML, or JSON that is one object without the id of a row.

    Several JSON objects, one per line, are rows, whatever the file is called.
    """
    suffix = path.suffix.lower()
    if suffix != ".json":
        return suffix in (".yaml", ".yml")
    try:
        if path.stat().st_size > MAX_PLAIN_BYTES:
            return False
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and id_column not in document


def read_plain_text(path: Path, names: Sequence[str]) -> FileColumns | None:
    """The named columns of a small CSV or TSV file in which nothing has to be judged; None for any other file.

    Plain is UTF-8 without control characters, one kind of line end, no blank line, at least one row and two columns,
    as many fields in every row, and quotes only around whole fields. What is read here is what the engine reads, to
    the last bit.
    """
    delimiter = _DELIMITERS.get(path.suffix.lower())
    text = None if delimiter is None else _small_text(path)
    if delimiter is None or text is None:
        return None
    if delimiter == "," and _OTHERS.search("\n".join(text.split("\n", _HEAD_LINES)[:_HEAD_LINES])):
        return None  # another delimiter may be meant
    if '"' not in text:
        records = [line.split(delimiter) for line in text.removesuffix("\n").split("\n")]
    elif _has_stray_quote(text, delimiter):
        return None
    else:
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            return None
    header, *rows = records
    width = len(header)
    if (
        not rows
        or width < 2
        or len(set(header)) < width
        or any(len(record) != width for record in rows)
        or _is_blank(records)
    ):
        return None
    wanted = [place for place, name in enumerate(header) if name in names]
    return FileColumns({header[place]: _column([row[place] for row in rows]) for place in wanted}, header)


def _small_text(path: Path) -> str | None:
    try:
        if not path.is_file() or not 0 < os.stat(path).st_size <= MAX_PLAIN_BYTES:  # noqa: PTH116  # one call for a file that may be a link
            return None
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):  # ValueError: no UTF-8, or a NUL in the path
        return None
    if "\r" in text:
        if '"' in text or text.count("\r\n") != text.count("\r") or text.count("\r\n") != text.count("\n"):
            return None
        text = text.replace("\r\n", "\n")
    return None if "\0" in text or "\n" not in text else text


def _has_stray_quote(text: str, delimiter: str) -> bool:
    """Whether a quote is left beside the fields that are quoted as a whole."""
    mark = re.escape(delimiter)
    return '"' in re.sub(rf'(?:(?<=[{mark}\n])|\A)"(?:[^"]|"")*"(?=[{mark}\n]|\Z)', "", text)


def _is_blank(records: Sequence[Sequence[str]]) -> bool:
    return any(not any(field.strip() for field in record) for record in records)


def _column(texts: list[str]) -> Array:
    """int64 where every text is that of its integer, float64 where some are missing besides, else the texts."""
    import numpy as np

    present = [text for text in texts if text]
    if all(map(_INTEGER.fullmatch, present)):
        integers = [int(text) for text in present]
        if all(-(2**63) <= integer < 2**63 for integer in integers):
            if len(present) == len(texts):
                return np.array(integers, dtype=np.int64)
            if max(map(abs, integers), default=0) <= _EXACT_FLOAT:
                return np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
            return _objects([int(text) if text else None for text in texts])
    return _objects([text or None for text in texts])


def _objects(items: Sequence[object]) -> Array:
    import numpy as np

    values = np.empty(len(items), dtype=object)
    values[:] = items
    return values
