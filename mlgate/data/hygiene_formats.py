"""Hygiene of how values are written: one format per column, finite numbers, a header that is one and stands once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.plan import Facts, Field, Plan, Verdict, as_kind
from mlgate.data.plausible import LEAST_SHARE
from mlgate.data.table import Table
from mlgate.late import compiled
from mlgate.outcome import Status

ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$"
UNZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+$"
COMMA_NUMBER = r"^[+-]?[0-9]{1,3}((\.[0-9]{3})*|[0-9]*),[0-9]+$"
SECONDS, MILLISECONDS = (10**9, 10**10), (10**12, 10**13)
"""Times since 1970 from 2001 to 2286, in either unit."""

HEADER_COLUMNS = 50
"""A row that repeats the names of so many columns repeats the header."""

_NUMBER = compiled(r"[+-]?[0-9]+([.,][0-9]+)?")
_MAY_BE_VALUE = compiled(r"\s*([0-9+.-]|P[0-9T]|(t|f|y|n|true|false|yes|no|nan|inf|infinity|epoch)\s*$)", re.IGNORECASE)
"""Names that a column of numbers, times or booleans might hold as values."""


def mixed_formats(field: Field, kinds: Sequence[str]) -> list[Plan]:
    """`mixed_formats`: values that are times or numbers are written in one way.

    `warn` where a column holds times with and without a time zone, times since 1970 in seconds and in milliseconds, or,
    in a text file, mostly numbers with a decimal comma, which are read as text unless `read: {decimal: ","}` says so.
    """
    plans = []
    if field.is_text:
        plans.append(_decimal_comma(field))
        if "datetime" in kinds:
            plans.append(_zones(field))
    if "number" in kinds or field.kind in ("integer", "number"):
        plans.append(_epochs(as_kind(field, "number") if field.is_text else field))
    return plans


def _decimal_comma(field: Field) -> Plan:
    found = sql.matches(f"trim({field.raw})", COMMA_NUMBER)

    def judge(facts: Facts) -> Verdict:
        commas = facts["found"]
        if not commas or not commas >= LEAST_SHARE * facts["present"]:
            return Verdict(status=Status.PASS, message="none")
        message = (
            f"{commas:,} of {words.counted(facts['present'], 'value')} are numbers with a decimal comma, read as text"
        )
        return _look(facts, commas, message, 'write `read: {decimal: ","}` in a schema')

    return Plan(
        fields=(field,),
        aggregates=field.counts | {"found": sql.count_where(found)},
        judge=judge,
        failing=found,
        shown=field.raw,
    )


def _zones(field: Field) -> Plan:
    zoned, unzoned = (sql.matches(f"trim({field.raw})", pattern) for pattern in (ZONED, UNZONED))
    hint = "write a time zone at every time, or at none"
    return _two_ways(field, (zoned, "with a time zone"), (unzoned, "without one"), hint)


def _epochs(field: Field) -> Plan:
    seconds, milliseconds = (
        f"{field.value} >= {low} AND {field.value} < {high}" for low, high in (SECONDS, MILLISECONDS)
    )
    hint = "write all of them in one unit, if they are times since 1970"
    return _two_ways(field, (seconds, "look like seconds since 1970"), (milliseconds, "like milliseconds"), hint)


def _two_ways(field: Field, first: tuple[str, str], second: tuple[str, str], hint: str) -> Plan:
    """Both ways in one column, and no other: the rows of the rarer one are shown."""
    counts = {"first": sql.count_where(first[0]), "second": sql.count_where(second[0])}

    def judge(facts: Facts) -> Verdict:
        one, other = facts["first"], facts["second"]
        if not one or not other or one + other < facts["present"]:
            return Verdict(status=Status.PASS, message="one way")
        message = f"{one:,} of {words.counted(facts['present'], 'value')} {first[1]}, {other:,} {second[1]}"
        return _look(facts, min(one, other), message, hint)

    plan = Plan(fields=(field,), aggregates=field.counts | counts, judge=judge, failing=second[0], shown=field.raw)

    def then(facts: Facts) -> Plan:
        return replace(plan, failing=first[0]) if facts["first"] < facts["second"] else plan

    return replace(plan, then=then)


def not_finite(field: Field, kinds: Sequence[str]) -> list[Plan]:
    """`not_finite`: no number is infinite. `warn`: a mean, a sum and most models of it are lost to one such value."""
    if not ("number" in kinds or field.kind == "number"):
        return []
    number = as_kind(field, "number") if field.is_text else field
    found = sql.is_infinite(number.value)

    def judge(facts: Facts) -> Verdict:
        if not facts["found"] or not facts["of_type"] >= LEAST_SHARE * facts["present"]:
            return Verdict(status=Status.PASS, message="none")
        message = (
            f"{facts['found']:,} of {words.counted(facts['present'], 'value')} {words.verb(facts['found'])} infinite"
        )
        return _look(facts, facts["found"], message, "write what is not known as missing", expected="finite numbers")

    if not field.is_text and not sql.is_float(field.engine_type):
        return []
    return [
        Plan(
            fields=(number,),
            aggregates=number.counts | {"found": sql.count_where(found)},
            judge=judge,
            failing=found,
            shown=number.raw,
        )
    ]


def _look(facts: Facts, failing: int, message: str, hint: str, *, expected: str = "one way") -> Verdict:
    evidence: dict[str, Any] = {
        "judged": facts["present"],
        "failing": failing,
        "null": facts["rows"] - facts["present"],
    }
    return Verdict(
        status=Status.WARN, message=message, observed=failing, expected=expected, hint=hint, evidence=evidence
    )


def header_names(table: Table) -> Verdict:
    """`header_names`: the header of a text file names columns.

    `warn` where a name is empty, or where all are numbers: the first line may be data, which then is lost.
    """
    expected = "a name for every column"
    empty = sum(not name.strip() for name in table.columns)
    numbers = all(_NUMBER.fullmatch(name.strip()) for name in table.columns)
    if numbers:
        message, hint = "all names in the header are numbers: the first line may be data", "write a header line"
    elif empty:
        message = f"{words.counted(empty, 'column')} of {len(table.columns):,} {words.verb(empty)} without a name"
        hint = "name them: a column without a name cannot be declared"
    else:
        return Verdict(
            status=Status.PASS, message=f"{words.counted(len(table.columns), 'name')}", observed=0, expected=expected
        )
    return Verdict(status=Status.WARN, message=message, observed=empty, expected=expected, hint=hint)


def repeated_header(fields: Sequence[Field]) -> Plan | None:
    """`repeated_header`: the header does not stand in a text file again, as it does where files were joined.

    A `fail`, in tables of two columns or more. The first fifty columns with a printable name are compared. With a
    schema it is told only where it fails; where all columns are numbers, times or booleans, such a row fails `type`.
    """
    named = [field for field in fields if field.is_text and field.name.strip() and field.name.isprintable()]
    named = named[:HEADER_COLUMNS]
    if len(named) < 2 or all(field.kind != "string" for field in named):
        return None
    found = sql.all_of([_is_name(field) for field in named])

    def judge(facts: Facts) -> Verdict:
        count = facts["found"]
        return Verdict(
            status=Status.FAIL if count else Status.PASS,
            message=f"{words.counted(count, 'row')} repeat{'s' * (count == 1)} the header"
            if count
            else "it stands once",
            observed=count,
            expected="no row that repeats the header",
            hint="remove these lines: they are no data" if count else "",
            evidence={"judged": facts["rows"], "failing": count},
        )

    return Plan(
        fields=tuple(named),
        aggregates={"rows": sql.ROWS, "found": sql.count_where(found)},
        judge=judge,
        failing=found,
    )


def _is_name(field: Field) -> str:
    """Condition that a value is its column's name. In a typed column what is no value will do: its text is not read."""
    if field.kind == "string" or _MAY_BE_VALUE.match(field.name):
        return f"coalesce({field.raw} = {sql.text_literal(field.name)}, false)"
    return f"{field.raw} IS NOT NULL AND {field.value} IS NULL"
