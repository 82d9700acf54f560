"""What was trained on and what was served as two tables of one connection, and their columns read alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data.drift.columns import NUMBERS, asked_of, known_fields
from mlgate.data.plan import Field, field_of
from mlgate.data.table import Table
from mlgate.outcome import Location

_MOMENTS = ("date", "datetime")


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
    kinds : what each table holds by itself, empty where it holds nothing
    typed : whether both files have types
    present, of_kind : of each table, how many values there are, and how many are of the kind
    """

    name: str
    kind: str
    trained: Field
    served: Field
    kinds: tuple[str, str]
    typed: bool = False
    present: tuple[int, int] = (0, 0)
    of_kind: tuple[int, int] = (0, 0)

    @property
    def misfits(self) -> tuple[int, int]:
        """Values of each table that are not of the kind."""
        return self.present[0] - self.of_kind[0], self.present[1] - self.of_kind[1]

    @property
    def stored_otherwise(self) -> bool:
        """Whether both files have types, and one of them stores text where the other does not."""
        return self.typed and all(self.kinds) and (self.kinds[0] == "string") is not (self.kinds[1] == "string")


def read_alike(training: Side, serving: Side, names: Sequence[str], *, whole: bool = False) -> list[Feature]:
    """The columns of these names, each read as one kind in both tables.

    Parameters
    ----------
    names : columns that both have
    whole : whether a column of whole numbers on one side is read as whole numbers on both, as a key is

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    kinds = [_kinds(side, names) for side in (training, serving)]
    typed = not training.table.is_text and not serving.table.is_text
    found = []
    for name in names:
        both = (kinds[0][name], kinds[1][name])
        kind = common_kind(*both)
        if whole and kind == "number" and "integer" in both:
            kind = "integer"
        fields = [_read(side, name, kind) for side in (training, serving)]
        found.append(Feature(name=name, kind=kind, trained=fields[0], served=fields[1], kinds=both, typed=typed))
    counts = [
        _counts(side.table, [one.trained if side is training else one.served for one in found])
        for side in (training, serving)
    ]
    return [
        replace(one, present=(trained[0], served[0]), of_kind=(trained[1], served[1]))
        for one, trained, served in zip(found, *counts, strict=True)
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


def _kinds(side: Side, names: Sequence[str]) -> dict[str, str]:
    """What each column holds; empty where it holds nothing."""
    fields = known_fields(side.table, names, side.declared)
    counts = _counts(side.table, fields)
    return {one.name: one.kind if present else "" for one, (present, _) in zip(fields, counts, strict=True)}


def _read(side: Side, name: str, kind: str) -> Field:
    """A column read as values of a kind. Text is parsed, also where a typed file stores it; no number becomes text."""
    place = Location(side.table.shown)
    field = field_of(side.table, Column(name=name, type="any" if kind == "other" else kind, location=place))
    stores_text = side.table.engine_types[name] == "VARCHAR"
    return replace(field, is_text=True) if stores_text and kind != "string" else field


def _counts(table: Table, fields: Sequence[Field]) -> list[tuple[int, int]]:
    """Of each column, how many values there are, and how many are of its kind."""
    asked = [([one], [sql.count(one.raw), sql.count(one.value)]) for one in fields]
    facts: Mapping[str, Any] = asked_of(table, asked) if asked else {}
    return [(int(facts[present]), int(facts[of_kind])) for _, (present, of_kind) in asked]
