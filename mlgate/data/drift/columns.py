"""How each column of a reference is compared, and which columns are not unless somebody names them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data.infer_facts import LEADING_ZERO, words_of
from mlgate.data.infer_samples import possible_kinds, sample_texts
from mlgate.data.measure import first_broken, measure
from mlgate.data.plan import Field, as_kind, field_of
from mlgate.data.table import Table
from mlgate.errors import SourceError
from mlgate.outcome import Location

NUMBERS = ("integer", "number")
MOMENTS = ("date", "datetime")
ORDERED = (*NUMBERS, *MOMENTS, "time")
_OPAQUE = ("duration", "binary", "other")
_KEY_NAMES = {"id", "uuid", "guid", "key", "hash", "ids"}
NEARLY_UNIQUE = 0.9
LEAST_ROWS = 20
MANY_VALUES = 100
_REPEATS = 7.0
"""Repeats that chance would have made among whole numbers; none of them there makes the column an identifier."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a column is compared: by the order of its values, by the values, by how its texts are written.

    `left_out` says why it is not; `withheld` why no value of it is named.
    """

    ordered: bool = False
    values: bool = False
    writing: bool = False
    left_out: str = ""
    withheld: str = ""


def read_as(table: Table, name: str, kind: str = "any") -> Field:
    """A column read as values of a kind; text is parsed for it, also where a typed file stores text."""
    field = field_of(table, Column(name=name, type=kind, location=Location(table.shown)))
    stores_text = table.engine_types[name] == "VARCHAR"
    if stores_text != (field.kind == "string") and (stores_text or field.kind == "string"):
        return replace(field, is_text=True)
    return field


def known_fields(table: Table, names: Sequence[str], declared: Mapping[str, Column]) -> list[Field]:
    """Columns of a reference: read as declared, else as stored, else as the type that all texts have.

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    fields = [read_as(table, name, declared[name].type if name in declared else "any") for name in names]
    unknown = [item for item in fields if table.is_text and (item.name not in declared or item.judges_type)]
    found = _kinds_of_texts(table, unknown) if unknown else {}
    return [as_kind(item, found.get(item.name, item.kind)) for item in fields]


def _kinds_of_texts(table: Table, fields: Sequence[Field]) -> dict[str, str]:
    kinds = possible_kinds(sample_texts(table, fields))
    asked = {
        item.name: {
            "present": sql.count(item.raw),
            "codes": sql.count_where(sql.matches(f"trim({item.raw})", LEADING_ZERO)),
            **{kind: sql.count(as_kind(item, kind).value) for kind in kinds[item.name] if kind != "boolean"},
            "words": sql.count_where(sql.matches(f"lower(trim({item.raw}))", "^(true|false)$")),
        }
        for item in fields
        if kinds[item.name]
    }
    readings = {item.name: [item, *(as_kind(item, kind) for kind in kinds[item.name])] for item in fields}
    facts = asked_of(table, [(readings[name], named.values()) for name, named in asked.items()])
    known = {name: {key: facts[text] for key, text in named.items()} for name, named in asked.items()}
    return {name: _narrowest(found, kinds[name]) for name, found in known.items()}


def _narrowest(found: Mapping[str, Any], kinds: Sequence[str]) -> str:
    present = found["present"]
    if not present or found["codes"]:
        return "string"
    if found["words"] == present:
        return "boolean"
    return next((kind for kind in kinds if kind != "boolean" and found[kind] == present), "string")


def asked_of(
    table: Table, asked: Sequence[tuple[Sequence[Field], Collection[str]]], later: Sequence[Field] = ()
) -> Any:
    """Answers to aggregates; for `later` see `measure`.

    Raises
    ------
    SourceError
        The engine cannot compute one.
    """
    facts = measure(table, asked, later=later)
    broken = first_broken(facts)
    if broken:
        raise SourceError(f"{table.shown} cannot be read: {broken.reason}", hint="write the file again")
    return facts


def look_at(field: Field, found: Mapping[str, Any], *, rows: int, present: int, asked_for: bool) -> Look:
    """How a column is compared.

    Parameters
    ----------
    found : answers to `queries.facts`
    rows, present : rows of the table, and those that have a value
    asked_for : whether somebody named the column
    """
    distinct = found["distinct"] or 0
    if not present and field.kind in _OPAQUE:
        return Look()  # nothing says of what type its values are
    reason = _left_out(field, found, rows, present)
    if reason and not asked_for:
        return Look(left_out=reason)
    naming = reason if field.kind in ("integer", "string") else ""
    if not naming and field.kind in (*NUMBERS, "string") and _is_named_so(field) and distinct >= max(50, present // 50):
        naming = "named like an identifier"
    withheld = f"no value is named: {naming}" if naming else ""
    if field.kind in ORDERED:
        return Look(ordered=True, withheld=withheld)
    if field.kind != "string":
        return Look(values=True)
    prose = distinct >= NEARLY_UNIQUE * present and present >= LEAST_ROWS and distinct > MANY_VALUES
    values = not prose or not _is_spaced(found, present)
    return Look(values=values, writing=distinct > MANY_VALUES, withheld=withheld)


def _is_named_so(field: Field) -> bool:
    words = words_of(field.name)
    return bool(_KEY_NAMES.intersection((*words[:1], *words[-1:])))


def _left_out(field: Field, found: Mapping[str, Any], rows: int, present: int) -> str:
    """Why a column is not compared. An identifier names the rows: most have one, and nearly all differ."""
    distinct = found["distinct"] or 0
    if field.kind in MOMENTS:
        return "timestamps are compared only where they are named"
    if field.kind in _OPAQUE:
        return f"values of the type {field.engine_type.lower() or field.kind} are compared only where they are named"
    if field.kind not in ("integer", "string") or present < max(LEAST_ROWS, rows / 2):
        return ""
    if distinct < NEARLY_UNIQUE * present:
        return ""
    if _is_named_so(field) and distinct >= 50:
        return "named like an identifier, and nearly every value differs"
    if field.kind == "string":
        return "" if _is_spaced(found, present) else "looks like an identifier: nearly every text differs"
    places = int(found["high"]) - int(found["low"]) + 1
    by_chance = places * -math.expm1(-present / places)
    if present * (present - 1) / 2 / places >= _REPEATS and by_chance < 0.8 * present:
        return "looks like an identifier: nearly every number differs, where chance would have repeated many"
    return ""


def _is_spaced(found: Mapping[str, Any], present: int) -> bool:
    """Whether most texts have several words."""
    return 2 * int(found.get("spaced") or 0) >= present
