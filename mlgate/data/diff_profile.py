"""The figures of a table's columns that two versions are compared by, in few scans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data.infer_facts import Seen, ask, observe
from mlgate.data.plan import Field
from mlgate.data.table import Table

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MAX_VALUES = 100
"""Distinct values above which they are not counted one by one."""
MAX_NUMBERS = 20
"""The same of whole numbers, which mostly are no categories."""
MAX_LENGTH = 200
MAX_SORTED = 20_000_000
"""Rows above which no quantiles are computed: they would be kept in memory, 8 bytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a column holds. A number that does not exist is None.

    Parameters
    ----------
    seen : its type, counts and extent
    stored : its type with the one that it is stored as, e.g. `number (DOUBLE)`; of a text file the type alone
    mean, std : of the finite numbers; the sample standard deviation
    quantiles : at `LEVELS`
    counts : rows by value, as text, where there are few values
    """

    seen: Seen
    stored: str
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = ()
    counts: Mapping[str, int] | None = field(default=None)

    @property
    def missing_fraction(self) -> float:
        return self.seen.missing / self.seen.rows if self.seen.rows else 0.0

    @property
    def differs_everywhere(self) -> bool:
        """Whether no value stands twice, as in a key."""
        return self.seen.present > 1 and self.seen.distinct == self.seen.present


def profile(table: Table, *, path: str) -> dict[str, Profile]:
    """The columns by name; empty where the table has no rows.

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    columns = observe(table, path=path)
    asked = [([seen.field], _questions(seen)) for seen in columns]
    answers = ask(table, asked, path)
    return {seen.name: _profile(table, seen, found) for seen, (_, found) in zip(columns, answers, strict=True)}


def _questions(seen: Seen) -> dict[str, str]:
    asked: dict[str, str] = {}
    if seen.is_numeric:
        finite = sql.only_where(sql.is_finite(seen.field.value), seen.field.value)
        asked |= {"mean": sql.mean(finite), "std": sql.sample_std(finite)}
        if seen.rows <= MAX_SORTED:
            asked["quantiles"] = sql.quantiles(finite, LEVELS)
    if _has_few_values(seen):
        asked["counts"] = sql.value_counts(sql.as_text(seen.field.value))
    return asked


def _has_few_values(seen: Seen) -> bool:
    if seen.kind == "string":
        return seen.distinct <= MAX_VALUES and (seen.longest or 0) <= MAX_LENGTH
    return seen.kind == "boolean" or (seen.kind == "integer" and seen.distinct <= MAX_NUMBERS)


def _profile(table: Table, seen: Seen, found: Mapping[str, Any]) -> Profile:
    quantiles = found.get("quantiles") or ()
    return Profile(
        seen=seen,
        stored=stored_type(table, seen.field, seen.kind),
        mean=found.get("mean"),
        std=found.get("std"),
        quantiles=tuple(float(value) for value in quantiles if value is not None),
        counts=found.get("counts") if _has_few_values(seen) else None,
    )


def stored_type(table: Table, field_: Field, kind: str) -> str:
    """The type of a column as a person reads it, with the engine's where the file has types."""
    return kind if table.is_text else f"{kind} ({field_.engine_type})"
