"""A cautious schema proposed from data: true of the file that it came from, and no tighter than the file supports."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.schema import Column, Read
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.measure import Broken, measure
from mlgate.data.plan import Field, as_kind, field_of, scanned
from mlgate.data.plausible import plausible_kinds
from mlgate.data.table import Table
from mlgate.data.yaml_text import MAX_KEY, comment, quoted, scalar
from mlgate.errors import SourceError
from mlgate.outcome import Location

MAX_MEMBERS = 20
MAX_MEMBER_LENGTH = 100
COLUMNS_AT_ONCE = 32
TEXT_KINDS = ("integer", "number", "boolean", "date", "datetime")
_KEY_NAME = re.compile(r"(^|[_\W])(id|uuid|guid|key)$|[a-z](Id|ID|Key)$", re.IGNORECASE)
_CAMEL_KEY = re.compile(r"[a-z](Id|ID|Key)$")
_LEADING_ZERO = "^[+-]?0[0-9]"
_WORD = "^(true|false)$"


def infer_schema(table: Table, *, path: str) -> str:
    """YAML text of a schema that the table satisfies.

    Types come from all values; codes with leading zeros stay text. A column without missing values is `not_null`, one
    with some gets a `null_fraction` with a margin for chance. Text of at most 20 values, each seen twice or more, gets
    its set. A key-like column (by name, or text of one length) whose values all differ is `unique`. Ranges are
    comments: they are what was seen, not what may be.

    Parameters
    ----------
    table : open, with its connection
    path : the file as the header names it

    Raises
    ------
    SourceError
        A column name stands twice, there is no column or no row, or the engine cannot read the file.
    """
    if table.duplicate_header:
        fact = f"{path}: the header repeats {words.listed(table.duplicate_header)}"
        raise SourceError(fact, hint="rename the columns: a schema names each once")
    if not any(table.columns):
        raise SourceError(f"{path} has no columns with a name", hint="write the file again")
    place = Location(table.shown)
    fields = [field_of(table, Column(name=name, location=place)) for name in table.columns]
    kinds = plausible_kinds(table, fields, TEXT_KINDS)
    asked = {field.name: _questions(field, kinds[field.name]) for field in fields}
    questions = (
        ([field, *(as_kind(field, kind) for kind in kinds[field.name])], asked[field.name].values()) for field in fields
    )
    facts = measure(table, [((), [sql.ROWS]), *questions])
    broken = next((value for value in facts.values() if isinstance(value, Broken)), None)
    if broken:
        raise SourceError(f"{path} cannot be read: {broken.reason}", hint="write the file again")
    rows = int(facts[sql.ROWS])
    if not rows:
        raise _no_rows(table, path)
    lines = _head(table, path, rows)
    found = {
        field: {name: facts[expression] for name, expression in asked[field.name].items()}
        for field in fields
        if field.name
    }
    members = _members(table, [field for field in found if _may_be_a_set(field, rows, found[field])])
    for field, known in found.items():
        lines += _column(field, rows, known, members.get(field.name, ()))
    unnamed = "ignore  # because of the column without a name, which a schema cannot declare"
    lines += [
        "table:",
        f"  row_count: {{min: {max(1, rows // 2)}}}  # {words.counted(rows, 'row')} observed",
        f"  extra_columns: {unnamed if '' in table.columns else 'fail'}",
    ]
    return "\n".join(lines) + "\n"


def _no_rows(table: Table, path: str) -> SourceError:
    if not table.problem_rows:
        fact = f"{path}: the file holds no rows: there is nothing to infer from"
        return SourceError(fact, hint="write the rows first")
    first = words.short(table.problems[0].message)
    fact = (
        f"{path}: no row could be read (line {table.problems[0].line}: {first}); look at the encoding or the delimiter"
    )
    return SourceError(fact, hint="declare `read.encoding` or `read.delimiter` in a schema, or correct the file")


def _questions(field: Field, kinds: Sequence[str]) -> dict[str, str]:
    """Aggregates that decide a column's type and rules; `kinds` are the types that a text may have."""
    asked = {"present": sql.count(field.raw), "distinct": sql.count_distinct(field.raw)}
    if field.kind == "string":
        size = sql.text_length(sql.as_text(field.value))
        asked |= {"shortest": sql.smallest(size), "longest": sql.largest(size)}
    if field.is_text:
        for reading in (as_kind(field, kind) for kind in kinds):
            asked[reading.kind] = sql.count(reading.value)
            asked |= _range(reading)
        asked["codes"] = sql.count_where(sql.matches(f"trim({field.raw})", _LEADING_ZERO))
        asked["words"] = sql.count_where(sql.matches(f"lower(trim({field.raw}))", _WORD))
    else:
        asked |= _range(field)
    return asked


def _range(field: Field) -> dict[str, str]:
    if field.kind not in ("integer", "number", "date", "datetime"):
        return {}
    value = field.value
    where = f"NOT {field.nan}" if field.nan else ""
    nan = {f"{field.kind} nan": sql.count_where(field.nan)} if field.nan else {}
    shown = [sql.smallest(value, where), sql.largest(value, where)]
    if field.kind in ("date", "datetime"):
        shown = [sql.as_text(expression) for expression in shown]
    return {f"{field.kind} low": shown[0], f"{field.kind} high": shown[1], **nan}


def _head(table: Table, path: str, rows: int) -> list[str]:
    lines = [
        f"# Proposed by `mlgate data infer` from {comment(words.short(path))} ({words.counted(rows, 'row')}).",
        "# Read it before you rely on it: it says what is in this file, not what may be in the next one.",
    ]
    if table.problem_rows:
        lines.append(f"# {words.counted(table.problem_rows, 'row')} could not be parsed and took no part.")
    lines.append("version: 1")
    default, read = Read(), table.read
    given = {
        "delimiter": read.delimiter,
        "encoding": read.encoding if read.encoding != default.encoding else None,
        "decimal": read.decimal if read.decimal != default.decimal else None,
    }
    parts = [f"{name}: {quoted(value)}" for name, value in given.items() if value]
    if read.null != default.null:
        parts.append(f"null: [{', '.join(scalar(token) for token in read.null)}]")
    if table.is_text and parts:
        lines.append(f"read: {{{', '.join(parts)}}}")
    return [*lines, "columns:"]


def _kind(field: Field, found: Mapping[str, Any]) -> str:
    """The declared type: for text the narrowest that all values are, text where none is."""
    present = found["present"]
    if not field.is_text:
        return "any" if field.kind == "other" else field.kind
    if not present:
        return "any"
    if found["codes"]:
        return "string"
    if found["words"] == present:
        return "boolean"
    kinds = ("integer", "number", "date", "datetime")
    return next((kind for kind in kinds if found.get(kind) == present), "string")


def _column(field: Field, rows: int, found: Mapping[str, Any], members: Sequence[str]) -> list[str]:
    kind = _kind(field, found)
    rules = [f"type: {kind}"]
    missing = rows - found["present"] + found.get(f"{kind} nan", 0)
    rules.append("not_null: true" if not missing else f"null_fraction: {{max: {_upper(missing, rows)!r}}}")
    if kind in ("integer", "string") and _is_key(field, kind, rows, found):
        rules.append("unique: true")
    elif members:
        rules.append(f"in_set: [{', '.join(map(scalar, members))}]")
    remark = _remark(kind, found)
    key, value = scalar(field.name), f"{{{', '.join(rules)}}}{remark}"
    return [f"  {key}: {value}"] if len(key) <= MAX_KEY else [f"  ? {key}", f"  : {value}"]


def _upper(missing: int, rows: int) -> float:
    """Upper end of a Wilson interval (three standard errors) of a share, rounded up to two decimals."""
    z, share = 3.0, missing / rows
    centre = share + z * z / (2 * rows)
    spread = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    upper = max(share, (centre + spread) / (1 + z * z / rows))
    return min(1.0, math.ceil(upper * 100) / 100) if missing < rows else 1.0


def _is_key(field: Field, kind: str, rows: int, found: Mapping[str, Any]) -> bool:
    if rows < 2 or found["distinct"] != rows or found["present"] != rows:
        return False
    named = bool(_KEY_NAME.search(field.name) or _CAMEL_KEY.search(field.name))
    one_length = kind == "string" and rows >= 20 and found["shortest"] == found["longest"] and found["longest"] >= 8
    return named or one_length


def _may_be_a_set(field: Field, rows: int, found: Mapping[str, Any]) -> bool:
    kind = _kind(field, found)
    if kind != "string" or _is_key(field, kind, rows, found):
        return False
    return bool(0 < found["distinct"] <= MAX_MEMBERS and found["longest"] <= MAX_MEMBER_LENGTH)


def _members(table: Table, fields: Sequence[Field]) -> dict[str, Sequence[str]]:
    """The distinct texts of each column in order, none where one was seen only once; up to 32 columns in one query."""
    members: dict[str, Sequence[str]] = {}
    for start in range(0, len(fields), COLUMNS_AT_ONCE):
        block = fields[start : start + COLUMNS_AT_ONCE]
        counted: list[list[tuple[str, int]]] = [[] for _ in block]
        query = _value_counts([field.value for field in block], scanned(table, block))
        for place, value, count in table.connection.execute(query).fetchall():
            counted[place].append((str(value), count))
        for field, found in zip(block, counted, strict=True):
            if all(count > 1 and "\0" not in value for value, count in found):
                members[field.name] = sorted(value for value, _ in found)
    return members


def _value_counts(values: Sequence[str], source: str) -> str:
    """A query for the values of several columns of a source: place of the column, value that is not null, rows."""
    sets = ", ".join(f"({value})" for value in values)
    place = " ".join(f"WHEN grouping({value}) = 0 THEN {number}" for number, value in enumerate(values))
    groups = (
        f"SELECT CASE {place} END AS place, coalesce({', '.join(values)}) AS value, count(*) AS n "  # noqa: S608  # made by aggregates
        f"FROM ({source}) AS source GROUP BY GROUPING SETS ({sets})"
    )
    return f"SELECT place, value, n FROM ({groups}) AS counted WHERE value IS NOT NULL"  # noqa: S608  # made by aggregates


def _remark(kind: str, found: Mapping[str, Any]) -> str:
    """What was seen, behind the column as a comment."""
    low, high = found.get(f"{kind} low"), found.get(f"{kind} high")
    if low is not None and high is not None and all(_finite(end) for end in (low, high)):
        return f"  # between: [{comment(scalar(words.plain(low)))}, {comment(scalar(words.plain(high)))}] observed"
    if kind == "string" and found.get("number") and not found["codes"]:
        odd = found["present"] - found["number"]
        if odd <= found["present"] / 2:
            return (
                f"  # all but {words.counted(odd, 'value')} are numbers: if those mean missing, add them to read.null"
            )
    return "" if found["present"] else "  # every value is missing"


def _finite(value: Any) -> bool:
    return isinstance(value, str) or math.isfinite(value)
