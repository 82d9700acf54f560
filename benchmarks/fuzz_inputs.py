"""Broken, odd and hostile files: mutations of good ones, each fixed by its number."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable
from functools import lru_cache

KINDS = ("csv", "jsonl", "parquet", "csv.gz", "schema")
ROWS = 40

SCHEMA = """\
version: 1
read: {delimiter: ",", null: ["", NA]}
columns:
  id: {type: integer, not_null: true, unique: true}
  name: {type: string, length: [1, 40], regex: '^[A-Za-z é,"-]+$'}
  age: {type: integer, between: [0, 120], null_fraction: {max: 0.2}, mean: [20, 60], quantile: {0.9: [40, 110]}}
  sex: {type: string, in_set: [F, M, X]}
  visit: {type: date, between: ["2020-01-01", null]}
  score:
    type: number
    checks:
      - {between: [0, 1], mostly: 0.9, where: "age >= 18 and sex in ('F', 'M')", severity: warn, name: adults}
  ill: {type: boolean, label_distribution: {true: [0.05, 0.95]}}
table:
  row_count: {min: 1}
  extra_columns: warn
  unique: [[id, visit]]
  expressions: ["age >= 0 or score is null"]
  checks:
    - {columns: [age, score], not_null: true, mostly: 0.5}
    - {columns: {regex: "^s"}, not_null: true, mostly: 0.2, name: most}
"""

_TOKENS = (
    *(
        b'"',
        b'""',
        b"'",
        b",",
        b";",
        b"\t",
        b"\r",
        b"\r\n",
        b"\n",
        b"\n\n",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xff",
    ),
    *(b"NaN", b"inf", b"-Infinity", b"1e999", b"9007199254740993", b"1" * 60, b"0x1F", b"1_000", b"1.234,56"),
    *(b"2026-13-45", b"31/12/2026", b"1700000000", b"1700000000000", b"2026-01-01T00:00:00+14:00", b"24:00:00"),
    *(
        "é\u0301\U0001f600\u202e".encode(),
        b"\xed\xa0\x80",
        b"=cmd|' /C calc'!A0",
        b"<script>",
        b"::error::x",
        b"\x1b[31m",
    ),
    *(b"id,name,age", b"{", b"}", b"[", b"]", b":", b"null", b"true", b"&a", b"*a", b"!!python/object:os.system", b"#"),
    *(b"%s%n", b"../../etc/passwd", b"a" * 3000, b"- " * 200, b"[" * 2000, b"{a: " * 300),
)
_SCHEMA_VALUES = (
    *("null", "true", "0", "-1", "1e400", ".nan", "[]", "{}", "''", "x", "[1, 0]", "[0, null]", "{min: 1, max: 0}"),
    *("{min: a}", "[[id]]", "[id, id]", "'('", "'(a+)+$'", "'a{99999}'", "'(?=x)'", '"\\0"', "1970-01-01", "{true: 2}"),
    *("\"__import__('os')\"", "'age > 1; drop table data'", "'read_csv(''/etc/passwd'')'", "'(select 1) = 1'"),
    *(
        "'" + "(" * 900 + "1" + ")" * 900 + "'",
        "'age " + "+ 1 " * 900 + "> 0'",
        "../../../etc/passwd",
        "[" * 80 + "]" * 80,
    ),
    *("integer", "duration", "binary", "{0.5: [0, 1]}", "{F: [0, 1]}", "[F, F]", "[1, F, true, 2020-01-01]"),
    *("{columns: [ward], references: {path: ../../etc/passwd, columns: [x]}}", "{column: visit, max_age: 1d}"),
)
_SCHEMA_KEYS = (
    *("not_null", "unique", "between", "in_set", "regex", "length", "mean", "quantile", "label_distribution", "type"),
    *(
        "row_count",
        "expressions",
        "foreign_keys",
        "freshness",
        "unique",
        "checks",
        "where",
        "mostly",
        "columns",
        "read",
    ),
    *("null", "unique_count", "z_score", "increasing", "json_schema", "datetime_format", "entropy", "most_common"),
    *(
        "compare_columns",
        "row_sum",
        "pair_in_set",
        "unique_within_row",
        "columns_match",
        "column_count",
        "table_equals",
    ),
    *("series_gaps", "series_order", "series_duplicates", "series_freshness", "series_frozen", "not_in_future"),
    *("pii", "reason", "severity", "name"),
)

Rng = random.Random


def make(number: int) -> tuple[str, bytes]:
    """Kind and content of a case; the same for the same number."""
    rng = Rng(number)
    kind = KINDS[number % len(KINDS)]
    content = _BASES[kind](rng)
    if kind == "schema":
        for _ in range(rng.randint(1, 3)):
            content = (_in_schema if rng.random() < 0.8 else _in_bytes)(rng, content)
        return kind, content
    if kind == "csv.gz":
        return kind, gzip.compress(_in_bytes(rng, content), mtime=0) if rng.random() < 0.5 else _cut(
            rng, gzip.compress(content, mtime=0)
        )
    for _ in range(rng.randint(1, 4)):
        content = (_in_parquet if kind == "parquet" else _in_bytes)(rng, content)
    return kind, content


def rows(rng: Rng, count: int = ROWS) -> list[dict[str, object]]:
    """Patients, some values missing."""
    return [
        {
            "id": number,
            "name": rng.choice(["Ann", "Bo", "Zoé", "O, Hara", 'Q"t']),
            "age": rng.choice([None, rng.randint(0, 120)]),
            "sex": rng.choice(["F", "M", "X"]),
            "visit": f"202{rng.randint(0, 6)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
            "score": round(rng.random(), 3),
            "ill": rng.random() < 0.3,
        }
        for number in range(count)
    ]


def csv_text(table: list[dict[str, object]]) -> str:
    def cell(value: object) -> str:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text

    lines = [",".join(table[0]), *(",".join(map(cell, row.values())) for row in table)]
    return "\n".join(lines) + "\n"


def _csv(rng: Rng) -> bytes:
    text = csv_text(rows(rng))
    encoding = rng.choice(["utf-8", "utf-8", "utf-8", "latin-1", "utf-16"])
    return text.replace("\n", rng.choice(["\n", "\n", "\r\n", "\r"])).encode(encoding, "replace")


def _jsonl(rng: Rng) -> bytes:
    table = rows(rng)
    table[rng.randrange(len(table))]["more"] = {"a": [1, {"b": None}]}
    return "".join(json.dumps(row) + "\n" for row in table).encode()


@lru_cache(maxsize=4)
def _parquet_file(variant: int) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    compression = ("none", "snappy", "zstd", "gzip")[variant]
    pq.write_table(pa.Table.from_pylist(rows(Rng(variant))), sink, compression=compression, row_group_size=16)
    return sink.getvalue()


_BASES: dict[str, Callable[[Rng], bytes]] = {
    "csv": _csv,
    "csv.gz": _csv,
    "jsonl": _jsonl,
    "parquet": lambda rng: _parquet_file(rng.randrange(4)),
    "schema": lambda _: SCHEMA.encode(),
}


def _cut(rng: Rng, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _in_bytes(rng: Rng, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    end = min(len(content), place + rng.choice([0, 0, 1, 1, 3, 40]))
    lines = content.split(b"\n")
    match rng.randrange(7):
        case 0:
            return _cut(rng, content)
        case 1:  # a line twice, or two lines in the other order
            line = rng.randrange(len(lines))
            return b"\n".join([*lines[: line + 1], lines[line], *lines[line + 1 :]])
        case 2:
            rng.shuffle(lines)
            return b"\n".join(lines)
        case 3:  # one more or one less field in a line
            line = rng.randrange(len(lines))
            lines[line] = lines[line] + b",x" if rng.random() < 0.5 else lines[line].rpartition(b",")[0]
            return b"\n".join(lines)
        case 4:
            return content.replace(rng.choice([b",", b"\n", b'"', b":", b"-"]), rng.choice(_TOKENS), rng.randint(1, 5))
        case _:
            return content[:place] + rng.choice(_TOKENS) * rng.choice([1, 1, 1, 2, 9]) + content[end:]


def _in_parquet(rng: Rng, content: bytes) -> bytes:
    if not content or rng.random() < 0.15:
        return _cut(rng, content)
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        # Half of the changes hit the footer, where the layout stands.
        start = max(0, len(changed) - 700) if rng.random() < 0.5 else 0
        changed[rng.randrange(start, len(changed))] = rng.randrange(256)
    return bytes(changed)


def _in_schema(rng: Rng, content: bytes) -> bytes:
    lines = content.decode("utf-8", "replace").split("\n")
    line = rng.randrange(len(lines))
    key, colon, _ = lines[line].partition(": ")
    match rng.randrange(4):
        case 0 if colon:
            lines[line] = f"{key}: {rng.choice(_SCHEMA_VALUES)}"
        case 1:
            indent = " " * rng.choice([0, 2, 2, 4])
            lines.insert(line, f"{indent}{rng.choice(_SCHEMA_KEYS)}: {rng.choice(_SCHEMA_VALUES)}")
        case 2 if "{" in lines[line]:
            lines[line] = lines[line].replace("{", f"{{{rng.choice(_SCHEMA_KEYS)}: {rng.choice(_SCHEMA_VALUES)}, ", 1)
        case _:
            lines[line] = lines[line].replace(rng.choice("abe[]{}:,'\"-0"), rng.choice("abe[]{}:,'\"-0&*!|>%@`"), 2)
    return "\n".join(lines).encode("utf-8", "replace")
