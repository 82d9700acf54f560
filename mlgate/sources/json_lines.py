"""JSON lines as a table of text: one object per line, one column per key, in the order in which keys first appear.

Beside the text `c0` of a column stands `t0`, the JSON type of each value as a number of `mlgate.config.json_types`.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mlgate.config.json_types import BOOLEAN, NESTED, NUMBER, STRING
from mlgate.config.schema import Read
from mlgate.errors import SourceError
from mlgate.late import compiled
from mlgate.sources.delimited import TextTable, count_rows, first_line, nulled, quoted
from mlgate.sources.delimited_records import Problems
from mlgate.sources.folder_columns import FolderColumns, folder_columns
from mlgate.sources.table_files import DataFile, as_utf8, open_bytes, open_text, plain_name, refuse_too_wide

if TYPE_CHECKING:
    import duckdb

MAX_OBJECT_BYTES = 16_000_000
"""The engine reads no longer line."""

_TYPES = {"VARCHAR": STRING, "BOOLEAN": BOOLEAN, "OBJECT": NESTED, "ARRAY": NESTED}
"""The engine's words for JSON types; every other one is a number."""
_COLUMNS_AT_ONCE = 500
_SURROGATE = compiled(rb"\\u[dD][89a-fA-F]")


def load_json_lines(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], read: Read, folder: Path
) -> TextTable:
    """Read files of JSON objects, one per line, into the table `stored`.

    A key that an object lacks is null, as JSON's own `null` is; a nested value is its JSON text. Null tokens other than
    the empty text, once declared, are null in the text of every value; by default an empty string stays a value. The
    decimal mark of `read` is not applied: JSON's numbers have a point. `json_types` says which types each column has.

    Raises
    ------
    SourceError
        The file holds one JSON array, no object at all, more than 5,000 keys, or cannot be read.
    """
    import duckdb

    texts = as_utf8(files, read.encoding, folder)
    for file in texts:
        _refuse_array(file)
    paths = [plain_name(file, folder, number) for number, file in enumerate(texts)]
    problems = Problems(named=len(files) > 1)
    try:
        trusted = _store_lines(connection, texts, paths, texts[0].compression) == sum(map(_line_count, texts))
        trusted = trusted and not _objects_missing(connection)
    except duckdb.Error:
        trusted = False
    if not trusted:
        clean = [folder / f"parsed-{number}.jsonl" for number in range(len(texts))]
        rows = sum(_salvage(file, target, problems) for file, target in zip(texts, clean, strict=True))
        try:
            stored = _store_lines(connection, texts, clean, "none")
        except duckdb.Error as problem:
            raise SourceError(
                f"{files[0].shown} cannot be read: {first_line(problem)}", hint="write it again"
            ) from None
        if stored != rows:
            fact = f"{files[0].shown}: {rows:,} lines were read, the engine found {stored:,}"
            raise SourceError(fact, hint="write one JSON object per line")
    keys = _keys(connection)
    if not keys and not problems.count:
        raise SourceError(f"{files[0].shown} holds no column", hint="write one JSON object with keys per line")
    folders = folder_columns(files, keys, declared_tokens(read))
    refuse_too_wide(files[0], len(keys) + len(folders.names))
    _spread(connection, keys, folders, declared_tokens(read))
    types = _types_of(connection, len(keys))
    return TextTable(
        columns=(*keys, *folders.names),
        read=replace(read, decimal="."),
        problems=tuple(problems.listed),
        problem_rows=problems.count,
        row_number='"row"',
        folders=folders,
        rows=count_rows(connection, "stored"),
        json_types=(*types, *(0 for _ in folders.names)),
    )


def declared_tokens(read: Read) -> tuple[str, ...]:
    """Null tokens for a format that can say null itself: none as long as only the default is meant."""
    return read.null if any(read.null) else ()


def _refuse_array(file: DataFile) -> None:
    with open_text(file) as text:
        start = text.read(4096).lstrip()
    if start.startswith("["):
        raise SourceError(f"{file.shown} is a JSON array, not JSON lines", hint="write one object per line")


def _line_count(file: DataFile) -> int:
    with open_bytes(file) as stream:
        return sum(1 for line in _lines(stream) if line.strip())


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines, of which one that is too long is cut: a file that is one line without end is not kept in memory."""
    while line := stream.readline(MAX_OBJECT_BYTES + 1):
        yield line
        while len(line) > MAX_OBJECT_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_OBJECT_BYTES + 1) or b"\n"


def _store_lines(
    connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], paths: Sequence[Path], compression: str
) -> int:
    """Fill the table `lines` with the lines of the files and, as `part`, the number of the file with the same folders.

    Files of the same folders are read in one go. The table `shapes` has each list of keys once, with the place of the
    first line that has it: lines are many, and most have the same keys.
    """
    packed = "" if compression == "none" else f", compression='{compression}'"
    groups = [[*group] for _, group in itertools.groupby(range(len(files)), key=lambda number: files[number].folders)]
    connection.execute("DROP TABLE IF EXISTS lines")
    for numbers in groups:
        listed = ", ".join(quoted(paths[number].as_posix()) for number in numbers)
        query = f"SELECT json AS line, {numbers[0]} AS part FROM read_ndjson_objects([{listed}]{packed})"  # noqa: S608  # every part is quoted
        connection.execute(f"{'INSERT INTO lines' if numbers[0] else 'CREATE TABLE lines AS'} {query}")
    keys = "SELECT json_keys(line) AS keys, json_type(line) AS type, rowid AS place FROM lines"
    connection.execute(
        f"CREATE OR REPLACE TABLE shapes AS SELECT keys, type, min(place) AS first FROM ({keys}) GROUP BY keys, type"  # noqa: S608  # names of ours
    )
    return count_rows(connection, "lines")


def _objects_missing(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a line is no object, or an object in which a key stands twice."""
    wrong = "type IS DISTINCT FROM 'OBJECT' OR len(keys) <> list_unique(keys)"
    return count_rows(connection, f"shapes WHERE {wrong}") > 0


def _salvage(file: DataFile, target: Path, problems: Problems) -> int:
    """Copy the lines; one that is no good object becomes `null`, so that row numbers stay, and is listed."""
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as copy, open_bytes(file) as stream:
        for number, raw in enumerate(_lines(stream), start=1):
            if not raw.strip():
                continue
            rows += 1
            text, problem = _parsed(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
            if problem:
                problems.add(file, number, problem)
            copy.write(f"{text}\n")
    return rows


def _parsed(raw: bytes) -> tuple[str, str]:
    """The line as compact JSON and "", or `null` and what is wrong with it."""
    if len(raw) > MAX_OBJECT_BYTES:
        return "null", f"longer than {MAX_OBJECT_BYTES:,} bytes"
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number)
    except UnicodeDecodeError:
        return "null", "bytes that are not UTF-8"
    except json.JSONDecodeError as problem:
        return "null", f"not JSON: {problem.msg} at character {problem.pos + 1}"
    except RecursionError:
        return "null", "nested too deeply"
    if not isinstance(value, _Pairs):
        return "null", "not a JSON object"
    seen = Counter(name for name, _ in value.pairs)
    twice = next((name for name, count in seen.items() if count > 1), None)
    if twice is not None:
        return "null", f"the key {twice!r} stands twice"
    if _SURROGATE.search(raw) and _is_half(raw):
        return "null", "half of a character (a lone surrogate)"
    return raw.decode("utf-8").strip(), ""


def _is_half(raw: bytes) -> bool:
    try:
        json.dumps(json.loads(raw), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


class _Pairs:
    """A JSON object as its pairs, so that a key that stands twice is seen."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


class _Number(str):
    """A JSON number as written: converting it is not the point here, and long integers are slow to convert."""

    __slots__ = ()


def _keys(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The keys of all objects, in the order in which they first appear."""
    found = connection.execute(
        "SELECT key FROM (SELECT unnest(keys) AS key, first, unnest(range(len(keys))) AS place FROM shapes) "
        "GROUP BY key ORDER BY min(first * 100000 + place)"
    ).fetchall()
    return tuple(str(row[0]) for row in found)


def _spread(
    connection: duckdb.DuckDBPyConnection, keys: Sequence[str], folders: FolderColumns, null: Sequence[str]
) -> None:
    """Make the table `stored` of text: a column per key, the tokens in it null, and the columns that folders name."""
    pointers = ", ".join(quoted("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
    listed = f"[{pointers}]::VARCHAR[]"
    fields = "".join(f", texts[{place + 1}] AS c{place}, types[{place + 1}] AS t{place}" for place in range(len(keys)))
    values = "".join(f", {nulled(f'c{place}', null)}, {_number_of_type(f't{place}')}" for place in range(len(keys)))
    for place in range(folders.width):
        told = ", ".join("NULL" if row[place] is None else quoted(str(row[place])) for row in folders.values)
        values += f", CAST([{told}][part + 1] AS VARCHAR) AS c{len(keys) + place}"
    parsed = f"json_extract_string(line, {listed}) AS texts, json_type(line, {listed}) AS types"
    rows = f"SELECT rowid + 1 AS \"row\", part, {parsed} FROM lines WHERE json_type(line) = 'OBJECT'"  # noqa: S608  # every part is quoted
    connection.execute(f'CREATE TABLE stored AS SELECT "row"{values} FROM (SELECT "row", part{fields} FROM ({rows}))')  # noqa: S608  # every part is quoted
    connection.execute("DROP TABLE lines")
    connection.execute("DROP TABLE shapes")


def _number_of_type(name: str) -> str:
    """SQL of the number of a JSON type, under the name of the column that holds the engine's word for it."""
    whens = " ".join(f"WHEN {quoted(word)} THEN {number}" for word, number in _TYPES.items())
    number = f"CASE {name} {whens} WHEN 'NULL' THEN NULL ELSE CASE WHEN {name} IS NOT NULL THEN {NUMBER} END END"
    return f"CAST({number} AS UTINYINT) AS {name}"


def _types_of(connection: duckdb.DuckDBPyConnection, width: int) -> list[int]:
    """The JSON types that the values of each column have; 0 where every value is null."""
    found: list[int] = []
    for start in range(0, width, _COLUMNS_AT_ONCE):
        places = range(start, min(start + _COLUMNS_AT_ONCE, width))
        asked = ", ".join(f"bit_or(CASE WHEN c{place} IS NOT NULL THEN t{place} END)" for place in places)
        row = connection.execute(f"SELECT {asked} FROM stored").fetchone()  # noqa: S608  # names of ours
        found += [types or 0 for types in row or ()]
    return found
