"""Checks an open table against its schema: one query answers all aggregates (a few do, where it is wide)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlgate.config.schema import Column, Rule, Schema
from mlgate.data.catalogue import COLUMN_CHECKS
from mlgate.data.failing_rows import with_rows
from mlgate.data.measure import first_broken, measure
from mlgate.data.outcomes import make_outcome, softened
from mlgate.data.plan import Field, Plan, Verdict, field_of
from mlgate.data.reading_checks import duplicate_header, unparseable_rows
from mlgate.data.table import Table
from mlgate.data.table_checks import (
    allows_no_rows,
    column_exists,
    composite_unique,
    expected_in,
    extra_columns,
    row_count,
)
from mlgate.outcome import Location, Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One outcome to be: either a plan that is still to be asked, or a verdict that stands already."""

    rule: Rule
    column: str | None
    plan: Plan | None = None
    verdict: Verdict | None = None


def check_table(
    table: Table,
    schema: Schema,
    *,
    dataset: str,
    environment: str | None = None,
    key: Sequence[str] = (),
    privacy: str = "masked",
) -> list[Outcome]:
    """All outcomes of a table against its schema, in the schema's order, the table's own checks last.

    Parameters
    ----------
    table : open, with its connection
    schema : what is declared
    dataset : name in ids and subjects
    environment : columns declared for others are not expected, and extra if there; None expects every column
    key : columns that name a row to a person
    privacy : `none`, `masked` or `full`: what of single rows may appear

    Returns
    -------
    list of Outcome
        Never empty: how the file was read and how many rows it has are always among them.
    """
    items = [*_table_items(table, schema), *_column_items(table, schema, environment)]
    plans = [item.plan for item in items if item.plan]
    facts = measure(table, ((plan.fields, plan.aggregates.values()) for plan in plans))
    rows = _rows(items, facts)
    outcomes = list(_reading(table, dataset, rows, privacy))
    header = extra_columns(table, schema, environment)
    outcomes.append(make_outcome(header, dataset=dataset, check="extra_columns", location=Location(schema.path)))
    empty = rows == 0 and not any(allows_no_rows(rule) for rule in schema.rules if rule.check == "row_count")
    answered = [(item.plan, _answered(item, item.plan, facts, empty=empty)) for item in items if item.plan]
    shown = iter(with_rows(table, answered, key, privacy))
    for item in items:
        verdict = next(shown) if item.plan else item.verdict
        if verdict is not None:
            outcomes.append(
                make_outcome(
                    verdict,
                    dataset=dataset,
                    check=item.rule.check,
                    location=item.rule.location,
                    column=item.column,
                    name=item.rule.name,
                )
            )
    return outcomes


def _rows(items: Sequence[_Item], facts: dict[str, object]) -> int | None:
    """Number of rows; None where the engine could not count them."""
    plan = items[0].plan
    found = facts[plan.aggregates["rows"]] if plan else None
    return found if isinstance(found, int) else None


def _answered(item: _Item, plan: Plan, facts: dict[str, object], *, empty: bool) -> Verdict:
    found = {name: facts[sql] for name, sql in plan.aggregates.items()}
    broken = first_broken(found)
    if broken:
        hint = "the file may be broken, or the work too large for the memory limit"
        return Verdict(status=Status.ERROR, message=f"could not be computed: {broken.reason}", hint=hint)
    if empty and item.rule.check != "row_count":
        return Verdict(status=Status.SKIP, message="the table has no rows: see the check `row_count`")
    return softened(plan.judge(found), item.rule)


def _reading(table: Table, dataset: str, rows: int | None, privacy: str) -> Iterator[Outcome]:
    place = Location(table.shown)
    if table.is_text:
        verdict = unparseable_rows(table, rows or 0, privacy)
        yield make_outcome(verdict, dataset=dataset, check="unparseable_rows", location=place)
    if table.duplicate_header:
        yield make_outcome(duplicate_header(table), dataset=dataset, check="duplicate_header", location=place)


def _table_items(table: Table, schema: Schema) -> Iterator[_Item]:
    declared = next((rule for rule in schema.rules if rule.check == "row_count"), None)
    rule = declared or Rule(check="row_count", argument=None, name="row_count", location=Location(schema.path))
    yield _Item(rule=rule, column=None, plan=row_count(declared))
    for other in schema.rules:
        if other.check == "unique":
            absent = [name for name in other.argument if name not in table.columns]
            if absent:
                skipped = Verdict(status=Status.SKIP, message=f"column absent: {', '.join(absent)}")
                yield _Item(rule=other, column=None, verdict=skipped)
                continue
            fields = [_field(table, schema, name) for name in other.argument]
            yield _Item(rule=other, column=None, plan=composite_unique(fields, other))
        elif other.check != "row_count":
            yield _Item(rule=other, column=None, verdict=_unknown(other))


def _field(table: Table, schema: Schema, name: str) -> Field:
    declared = schema.columns.get(name)
    return field_of(table, declared or Column(name=name, location=Location(schema.path)))


def _unknown(rule: Rule) -> Verdict:
    return Verdict(status=Status.ERROR, message=f"no check is called {rule.check!r}", hint="correct the schema")


def _column_items(table: Table, schema: Schema, environment: str | None) -> Iterator[_Item]:
    for column in schema.columns.values():
        exists = Rule(check="column_exists", argument=True, name="column_exists", location=column.location)
        rules = _rules(column)
        skipped = None
        if not expected_in(column, environment):
            declared = ", ".join(column.environments)
            message = f"not expected in environment {environment} (declared for {declared})"
            skipped = Verdict(status=Status.SKIP, message=message)
            yield _Item(rule=exists, column=column.name, verdict=skipped)
        else:
            yield _Item(rule=exists, column=column.name, verdict=column_exists(table, column))
            if column.name not in table.columns:
                skipped = Verdict(status=Status.SKIP, message="column absent")
        for rule in rules:
            if skipped:
                yield _Item(rule=rule, column=column.name, verdict=skipped)
            else:
                yield _planned(table, column, rule)


def _rules(column: Column) -> tuple[Rule, ...]:
    """The column's rules, its type first unless a rule of its own judges that."""
    if column.type == "any" or any(rule.check == "type" for rule in column.rules):
        return column.rules
    return (Rule(check="type", argument=column.type, name="type", location=column.location), *column.rules)


def _planned(table: Table, column: Column, rule: Rule) -> _Item:
    make = COLUMN_CHECKS.get(rule.check)
    if make is None:
        return _Item(rule=rule, column=column.name, verdict=_unknown(rule))
    try:
        return _Item(rule=rule, column=column.name, plan=make(field_of(table, column), rule))
    except (ValueError, OverflowError) as problem:
        hint = "correct the schema: the declared values and the column's type do not fit"
        verdict = Verdict(status=Status.ERROR, message=str(problem), hint=hint)
        return _Item(rule=rule, column=column.name, verdict=verdict)
