"""New values of a column that has a closed set of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from mlgate.config.plain_edits import Extend
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.accept_case import Answer, Case
from mlgate.data.accept_missing import or_missing
from mlgate.data.accept_numbers import as_declared
from mlgate.data.literals import among
from mlgate.data.plan import Facts

MAX_NEW = 50
MAX_LENGTH = 200
"""Above these a column has no closed set of values."""


def in_set(case: Case, blocked: Collection[str]) -> Answer:
    """A closed set of values: gets the new ones, in order, at its end; words for a missing value are declared so."""
    field = case.field()
    new = f"{field.value} IS NOT NULL AND NOT coalesce({among(field, case.rule.argument)}, false)"

    def counted(facts: Facts) -> Answer:
        count = facts["new"]
        if field.judges_type and facts["present"] != facts["of_type"]:
            return case.refuse(f"some values are no {field.kind}", "declare the column's type")
        if count > MAX_NEW:
            reason = f"{words.counted(count, 'value')} are not in the set: it is no closed set any more"
            return case.refuse(reason, "correct the rows, or take in_set out of the schema")
        return case.ask((field,), {"values": sql.distinct_values(field.value, new)}, listed)

    def listed(facts: Facts) -> Answer:
        values = sorted((value for value in facts["values"] if value is not None), key=_order)
        try:
            declared = [_member(value) for value in values]
        except ValueError as problem:
            return case.refuse(str(problem), "correct the rows, or take in_set out of the schema")
        said = f"in_set gets {words.counted(len(declared), 'new value')}"
        return case.change(said, Extend(case.path, tuple(declared)), values=declared)

    def added() -> Answer:
        aggregates = {"new": sql.count_distinct(field.value, where=new), **field.counts}
        return case.ask((field,), aggregates, counted)

    return or_missing(case, field, new, blocked, added) if field.kind == "string" else added()


def not_in_set(case: Case, blocked: Collection[str], otherwise: Callable[[], Answer]) -> Answer:
    """Values that are ruled out: never allowed; but words for a missing value are declared so."""
    field = case.field()
    if field.kind != "string":
        return otherwise()
    return or_missing(case, field, f"coalesce({among(field, case.rule.argument)}, false)", blocked, otherwise)


def _member(value: Any) -> Any:
    declared = as_declared(value)
    if isinstance(declared, str) and (len(declared) > MAX_LENGTH or "\0" in declared):
        raise ValueError(f"a value of {len(declared):,} characters is no member of a closed set")
    return declared


def _order(value: Any) -> tuple[Any, ...]:
    return (value != value, value)  # noqa: PLR0124  # NaN, which no member can be, comes last
