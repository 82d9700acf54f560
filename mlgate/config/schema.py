"""A data schema as frozen objects: what each column and the table must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mlgate.config.expressions import Expression
from mlgate.late import dataclass
from mlgate.outcome import Location, Status

if TYPE_CHECKING:
    from mlgate.config.personal_data import Allowed

TYPES = ("integer", "number", "boolean", "string", "date", "datetime", "time", "duration", "binary", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An interval. `min` and `max` are inclusive, the strict ones are not; None is open.

    Values are numbers, or ISO 8601 text for dates and times.
    """

    min: float | int | str | None = None
    max: float | int | str | None = None
    strict_min: float | int | str | None = None
    strict_max: float | int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One declared check of a column or of the table.

    Parameters
    ----------
    check : neutral name, see `docs/checks.md`
    argument : parsed argument: a `Bound`, a tuple of values, a text, a tuple of column names, a frozen object of its
        own; `quantile` and `label_distribution` hold a tuple of (level or label, Bound)
    name : last part of the outcome's id; the check's name unless the schema says otherwise
    mostly : share of the judged values that must hold, in (0, 1]
    severity : `FAIL`, or `WARN` where the schema says `severity: warn`
    where : rows that are judged; None judges all
    columns : of a check of the table, those that it needs
    description : a sentence of the schema's author, shown where the check fails
    """

    check: str
    argument: Any
    name: str
    mostly: float = 1.0
    severity: Status = Status.FAIL
    where: Expression | None = None
    columns: tuple[str, ...] = ()
    description: str = ""
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A check of several columns, chosen by name, by a pattern found in the name, or by declared type.

    Parameters
    ----------
    names, pattern, types : the one that is not empty chooses
    rule : what every chosen column must hold
    """

    names: tuple[str, ...] = ()
    pattern: str = ""
    types: tuple[str, ...] = ()
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A declared column and its rules.

    `environments` is empty where it is declared for all of them; `personal` are the personal data that it may hold.
    """

    name: str
    type: str = "any"
    rules: tuple[Rule, ...] = ()
    label: bool = False
    environments: tuple[str, ...] = ()
    personal: Allowed | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How text files are read. None means: look at the file and say what was assumed."""

    delimiter: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."
    null: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All of a schema file. `path` is POSIX and relative to the project's root."""

    path: str
    read: Read = field(default_factory=Read)
    columns: Mapping[str, Column] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    """Rules of the table."""
    selections: tuple[Selection, ...] = ()
    """Checks of several columns at once."""
    extra_columns: str = "fail"
    """`fail`, `warn` or `ignore`: what a column that the schema does not name means. `ignore` where it names none."""
