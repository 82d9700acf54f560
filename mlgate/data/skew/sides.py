"""What was trained on and what was served as two tables of one connection, and their columns read alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.json_types import STRING
from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data.drift.columns import NUMBERS, asked_of, known_fields
from mlgate.data.infer_facts import LEADING_ZERO
from mlgate.data.plan import Field, field_of
from mlgate.data.table import Table
from mlgate.data.zones import NO_ZONE, zoned
from mlgate.outcome import Location

_MOMENTS = ("date", "datetime")
_EXACT = 2**53
"""Below it no two whole numbers are one in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An open table.

    Parameters
    ----------
    name : in messages
    declared : columns of its schema, which say how texts are read and in which environments a column is expected
    environment : of the data; None expects every column
    """

    name: str
    table: Table
    declared: Mapping[str, Column] = field(default_factory=dict)
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A column that both tables have, read as one kind.

    Parameters
    ----------
    trained, served : the column of each table, read as `kind`
    values : of each table, SQL of the value as the kind; null where it is not of it
    kinds : what each table holds by itself, empty where it holds nothing
    typed : whether both files have types
    present, of_kind : of each table, how many values there are, and how many are of the kind
    zoned : of each table, how many moments have a time zone
    """

    name: str
    kind: str
    trained: Field
    served: Field
    values: tuple[str, str]
    kinds: tuple[str, str]
    typed: bool = False
    present: tuple[int, int] = (0, 0)
    of_kind: tuple[int, int] = (0, 0)
    zoned: tuple[int, int] = (0, 0)

    @property
    def misfits(self) -> tuple[int, int]:
        """Values of each table that are not of the kind."""
        return self.present[0] - self.of_kind[0], self.present[1] - self.of_kind[1]

    @property
    def stored_otherwise(self) -> bool:
        """Whether both files have types, and one of them stores text where the other does not."""
        return self.typed and all(self.kinds) and (self.kinds[0] == "string") is not (self.kinds[1] == "string")

    @property
    def zones(self) -> str:
        """How many moments have a time zone, where others have none; else empty."""
        if not 0 < sum(self.zoned) < sum(self.of_kind):
            return ""
        (trained, served), (t, s) = self.zoned, self.of_kind
        have = f"{trained:,} of {t:,} moments of training and {served:,} of {s:,} of serving have a time zone"
        return f"{have}: which are the same cannot be told"


def read_alike(training: Side, serving: Side, names: Sequence[str], *, keys: bool = False) -> list[Feature]:
    """The columns of these names, each read as one kind in both tables.

    Parameters
    ----------
    names : columns that both have
    keys : whether they are a key: its numbers are equal however they are written, `007`, `7.0` and `"7"` too

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    sides = (training, serving)
    kinds = [_kinds(side, names) for side in sides]
    found = []
    for name in names:
        both = (kinds[0][name], kinds[1][name])
        kind = _kind_of_key(sides, name, both) if keys else common_kind(*both)
        trained, served = (_read(side, name, kind, written=keys) for side in sides)
        values = (
            (_of_key(training, trained), _of_key(serving, served))
            if keys
            else (_without_codes(trained, both[0]), _without_codes(served, both[1]))
        )
        typed = all(_has_types(side.table, name, both) for side in sides)
        found.append(
            Feature(name=name, kind=kind, trained=trained, served=served, values=values, kinds=both, typed=typed)
        )
    counts = [
        _counts(side.table, [(one.trained if side is training else one.served, one.values[place]) for one in found])
        for place, side in enumerate(sides)
    ]
    return [
        replace(one, present=(t[0], s[0]), of_kind=(t[1], s[1]), zoned=(t[2], s[2]))
        for one, t, s in zip(found, *counts, strict=True)
    ]


def common_kind(trained: str, served: str) -> str:
    """The kind that both sides are read as: that of training, or a wider one of numbers or moments.

    Examples
    --------
    >>> common_kind("integer", "number"), common_kind("string", "integer"), common_kind("", "date")
    ('number', 'string', 'date')
    """
    both = {trained, served}
    if both == {"integer", "number"}:
        return "number"
    if both == set(_MOMENTS):
        return "datetime"
    if "boolean" in both and both <= {"boolean", *NUMBERS}:
        return "boolean"
    return trained or served or "string"


def _kind_of_key(sides: Sequence[Side], name: str, kinds: tuple[str, str]) -> str:
    """The kind of a part of the key: numbers are read in texts too, and as whole ones where one side has only these."""
    kind, known = common_kind(*kinds), set(kinds)
    if "string" in known and known & set(NUMBERS):
        only_texts = all(side.table.is_text for side in sides)
        other = kind == "string" and not only_texts
        kind = "number" if other or _all_numbers(sides[kinds.index("string")], name) else kind
    return "integer" if kind == "number" and "integer" in known else kind


def _all_numbers(side: Side, name: str) -> bool:
    """Whether all texts of a column are numbers."""
    ((present, of_kind, _),) = _counts(side.table, [(one := _read(side, name, "number", written=True), one.value)])
    return present == of_kind


def _kinds(side: Side, names: Sequence[str]) -> dict[str, str]:
    """What each column holds; empty where it holds nothing."""
    fields = known_fields(side.table, names, side.declared)
    counts = _counts(side.table, [(one, one.value) for one in fields])
    return {one.name: _kind(side, one) if present else "" for one, (present, *_) in zip(fields, counts, strict=True)}


def _kind(side: Side, field: Field) -> str:
    """The kind of a column; JSON tells the text `"true"` from true."""
    return "string" if field.kind == "boolean" and side.table.json_types.get(field.name) == STRING else field.kind


def _read(side: Side, name: str, kind: str, *, written: bool = False) -> Field:
    """A column read as values of a kind. Text is parsed, also where a typed file stores it; no number becomes text.

    Parameters
    ----------
    written : whether what JSON tells apart, `"7"` and 7, is one
    """
    place = Location(side.table.shown)
    field = field_of(side.table, Column(name=name, type="any" if kind == "other" else kind, location=place))
    if kind == "string" or side.table.engine_types[name] != "VARCHAR":
        return field
    as_written = written or field.json_types == STRING
    return replace(field, is_text=True, json_types=0 if as_written and kind != "other" else field.json_types)


def _has_types(table: Table, name: str, kinds: tuple[str, str]) -> bool:
    """Whether a file tells text from these kinds; JSON does so for numbers and booleans."""
    return not table.is_text or (
        bool(table.json_types.get(name, 0)) and {*kinds} <= {"", "string", "boolean", *NUMBERS}
    )


def _without_codes(field: Field, own: str) -> str:
    """The value of a field, null where a text with leading zeros stands in a column that is text by itself."""
    if own != "string" or not field.is_text or field.kind not in NUMBERS:
        return field.value
    return sql.only_where(f"NOT {sql.matches(f'trim({field.raw})', LEADING_ZERO)}", field.value)


def _of_key(side: Side, field: Field) -> str:
    """The value of a part of the key; a whole number may be written as `5.0`, as far as double precision is exact."""
    if not field.is_text or field.kind != "integer":
        return field.value
    number = sql.from_text(field.raw, "number", decimal=side.table.read.decimal)
    exact = f"{sql.is_whole(number)} AND abs({number}) < {_EXACT}"
    return f"coalesce({field.value}, {sql.only_where(exact, f'CAST({number} AS HUGEINT)')})"


def _counts(table: Table, fields: Sequence[tuple[Field, str]]) -> list[tuple[int, int, int]]:
    """Of each column with its value: how many values there are, are of its kind, and have a time zone."""
    asked = []
    for one, value in fields:
        zones = zoned(one)
        texts = [sql.count(one.raw), sql.count(value), *([sql.count_where(zones)] if zones != NO_ZONE else [])]
        asked.append(([one], texts))
    facts: Mapping[str, Any] = asked_of(table, asked) if asked else {}
    found = [[int(facts[text]) for text in texts] for _, texts in asked]
    return [(present, of_kind, zones[0] if zones else 0) for present, of_kind, *zones in found]
