"""How a file should be read so that its types come out right: words for missing values, the decimal mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.schema import Column, Read
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.infer_facts import Seen, ask
from mlgate.data.measure import measure
from mlgate.data.plan import as_kind, field_of, scanned
from mlgate.data.plausible import is_word_for_missing
from mlgate.data.table import Connection, Table, UnreadRow
from mlgate.outcome import Location

CLEAR = ("n/a", "#n/a", "null", "(null)", "nan", "\\n", "?")
"""Words that mean a missing value wherever they stand; the others (NA, none, -) may be a code or an answer."""
MAX_TOKENS = 20
LEAST_TYPED = 2
"""So many values of one type, beside words for missing ones, make a column of that type."""
_TYPES = ("integer", "number", "date", "datetime", "time")
_COMMA = r"[+-]?[0-9]+,[0-9]+"
_WHOLE = r"[+-]?[0-9]+"
_GROUPS = r"[+-]?[0-9]{1,3}(,[0-9]{3})+"


@dataclass(frozen=True, slots=True)
class Reread:
    """An open table as other null tokens and another decimal mark show it; the file is not read again."""

    table: Table
    read: Read
    tokens: tuple[str, ...]

    @property
    def relation(self) -> str:
        known = self.table.engine_types
        parts = [self.table.row_number]
        for place, name in enumerate(self.table.columns):
            column = f"c{place}"
            text = known.get(name) == "VARCHAR" and self.tokens
            parts.append(f"{sql.without(column, self.tokens)} AS {column}" if text else column)
            parts += [f"t{place}"] if name in self.json_types else []
        return f"(SELECT {', '.join(parts)} FROM {self.table.relation}) AS reread"  # noqa: S608  # made by aggregates

    @property
    def connection(self) -> Connection:
        return self.table.connection

    @property
    def row_number(self) -> str:
        return self.table.row_number

    @property
    def columns(self) -> tuple[str, ...]:
        return self.table.columns

    @property
    def engine_types(self) -> Mapping[str, str]:
        return self.table.engine_types

    @property
    def is_text(self) -> bool:
        return self.table.is_text

    @property
    def problems(self) -> Sequence[UnreadRow]:
        return self.table.problems

    @property
    def problem_rows(self) -> int:
        return self.table.problem_rows

    @property
    def unreadable(self) -> Mapping[str, str]:
        return self.table.unreadable

    @property
    def json_types(self) -> Mapping[str, int]:
        return self.table.json_types

    @property
    def duplicate_header(self) -> tuple[str, ...]:
        return self.table.duplicate_header

    @property
    def assumed(self) -> str:
        return self.table.assumed

    @property
    def shown(self) -> str:
        return self.table.shown

    @property
    def kinds(self) -> Mapping[str, str]:
        return self.table.kinds

    @property
    def quick(self) -> None:
        return None

    @property
    def known_rows(self) -> int | None:
        return self.table.known_rows

    @property
    def told(self) -> None:
        return None

    def sql(self, name: str, /) -> str:
        return self.table.sql(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read a table, and what was assumed.

    Parameters
    ----------
    read : options of the schema
    tokens : words that were added to those that mean missing
    notes : sentences for the head of the schema
    remarks : by column, why it is not read otherwise
    crowded : whether there were more words for missing than a schema should list, so that none was added
    """

    read: Read
    tokens: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    crowded: bool = False


def holds_letters_beyond_ascii(table: Table) -> bool:
    """Whether a name or a text of the table holds a character that is not ASCII."""
    if not all(map(str.isascii, table.columns)):
        return True
    fields = [
        field_of(table, Column(name=name, location=Location(table.shown))) for name in dict.fromkeys(table.columns)
    ]
    found = sql.count_where(" OR ".join(sql.matches(item.raw, "[^[:ascii:]]") for item in fields if item.is_text))
    return bool(measure(table, [(fields, [found])])[found])


def propose_reading(table: Table, columns: Sequence[Seen], *, path: str) -> Reading:
    """Read options under which columns of numbers and dates are that, and not text.

    A word such as N/A or null is read as missing wherever it stands. NA, none, -, ? are, if they are all that keeps a
    column from being numbers or dates, and no column of text holds them too: there they may be values. A comma is the
    decimal mark if every number with a mark has one and not all of them are groups of three digits.
    """
    odd = [seen for seen in columns if _holds_texts(seen) or (seen.nan and seen.field.is_text)]
    facts = ask(table, [([seen.field, *_kinds(seen)], _questions(seen)) for seen in odd], path)
    known = {seen.name: found for seen, (_, found) in zip(odd, facts, strict=True)}
    tokens, remarks = _tokens(table, [seen for seen in odd if known[seen.name]["words"]], known)
    read, notes = table.read, []
    crowded = len(tokens) > MAX_TOKENS
    if crowded:
        tokens = {}
    if tokens:
        base = read.null if read.delimiter or any(read.null) else ()
        read = replace(read, null=(*base, *(token for token in tokens if token not in base)))
        where = [seen.name for seen in odd if tokens.keys() & known[seen.name]["tokens"].keys()]
        told = ", ".join(f"{words.short(token)!r} ({count:,}x)" for token, count in tokens.items())
        notes.append(f"read as missing: {told}, in {words.listed(where)}")
    if read.delimiter and read.decimal == "." and _decimal_comma(columns, known):
        read = replace(read, decimal=",")
        notes.append("the comma is the decimal mark of its numbers")
    return Reading(read=read, tokens=tuple(tokens), notes=tuple(notes), remarks=remarks, crowded=crowded)


def _holds_texts(seen: Seen) -> bool:
    return seen.kind == "string" or (seen.kind == "any" and bool(seen.field.json_types))


def _kinds(seen: Seen) -> list[Any]:
    return [as_kind(seen.field, kind) for kind in _TYPES if kind in seen.texts_of_kind]


def _questions(seen: Seen) -> dict[str, str]:
    missing = is_word_for_missing(seen.field)
    asked = {"words": sql.count_where(missing)}
    for read in _kinds(seen):
        asked[read.kind] = sql.count_where(f"{read.value} IS NOT NULL AND NOT {missing}")
    if seen.field.is_text:
        text = f"trim({seen.field.raw})"
        number = f"{sql.full_match(text, _COMMA)} OR {sql.full_match(text, _WHOLE)}"
        asked["comma or whole"] = sql.count_where(f"({number}) AND NOT {missing}")
        asked["comma"] = sql.count_where(sql.full_match(text, _COMMA))
        asked["groups"] = sql.count_where(sql.full_match(text, _GROUPS))
    return asked


def _tokens(
    table: Table, columns: Sequence[Seen], known: Mapping[str, dict[str, Any]]
) -> tuple[dict[str, int], dict[str, str]]:
    """Words that mean missing with how often they stand in the table, and remarks by column."""
    wanted: dict[str, None] = {}
    kept: dict[str, list[str]] = {}
    typed = {seen.name for seen in columns if _typed_but_for_words(seen, known[seen.name])}
    for found in known.values():
        found["tokens"] = {}
    for seen in columns:
        found = _found(table, seen)
        known[seen.name]["tokens"] = found
        for token in found:
            if seen.name in typed or token.strip().lower() in CLEAR:
                wanted[token] = None
            else:
                kept.setdefault(token, []).append(seen.name)
    remarks = {
        seen.name: f"{words.listed(conflict)} would mean missing here, but {kept[conflict[0]][0]} holds it too, as text"
        for seen in columns
        if seen.name in typed and (conflict := [token for token in known[seen.name]["tokens"] if token in kept])
    }
    chosen = sorted(token for token in wanted if token not in kept)
    return {token: sum(known[seen.name]["tokens"].get(token, 0) for seen in columns) for token in chosen}, remarks


def _typed_but_for_words(seen: Seen, found: Mapping[str, Any]) -> bool:
    rest = seen.present - found["words"]
    return rest >= LEAST_TYPED and (
        (not seen.codes and any(found[read.kind] == rest for read in _kinds(seen))) or _with_commas(seen, found)
    )


def _found(table: Table, seen: Seen) -> dict[str, int]:
    """The words for missing that stand in a column, exactly as written."""
    raw = seen.field.raw
    query = (
        f"SELECT {raw}, count(*) FROM ({scanned(table, [seen.field])}) AS source "  # noqa: S608  # made by aggregates
        f"WHERE {is_word_for_missing(seen.field)} GROUP BY {raw}"
    )
    return {str(token): count for token, count in sorted(table.connection.execute(query).fetchall())}


def _with_commas(seen: Seen, found: Mapping[str, Any]) -> bool:
    """Whether every value is a number with a decimal comma, or a whole one."""
    rest = seen.present - found["words"]
    return bool(found.get("comma") and found["comma or whole"] == rest and found["comma"] > found["groups"])


def _decimal_comma(columns: Sequence[Seen], known: Mapping[str, Mapping[str, Any]]) -> bool:
    numbers = [seen for seen in columns if seen.kind == "number" and seen.field.is_text]
    points = [seen for seen in numbers if not (seen.nan and _whole_but_for_words(seen, known[seen.name]))]
    return not points and any(seen.name in known and _with_commas(seen, known[seen.name]) for seen in columns)


def _whole_but_for_words(seen: Seen, found: Mapping[str, Any]) -> bool:
    return bool(found.get("integer") == seen.present - found["words"])
