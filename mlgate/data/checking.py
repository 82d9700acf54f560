"""Checks an open table against its schema: one query answers all aggregates (a few do, where it is wide)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Column, Rule, Schema
from mlgate.data import words
from mlgate.data.catalogue import COLUMN_CHECKS, TABLE_CHECKS
from mlgate.data.failing_rows import with_rows
from mlgate.data.hygiene_formats import repeated_header
from mlgate.data.measure import first_broken, measure
from mlgate.data.outcomes import make_outcome, softened
from mlgate.data.pii.check import CHECK as PII
from mlgate.data.pii.check import PiiScan
from mlgate.data.plan import Field, Plan, Verdict
from mlgate.data.reading_checks import absent_key, read_outcomes, unreadable_column
from mlgate.data.scope import Scope
from mlgate.data.selected import Selected
from mlgate.data.table import Table
from mlgate.data.table_checks import (
    allows_no_rows,
    column_exists,
    expected_in,
    extra_columns,
    nearest_names,
    row_count,
)
from mlgate.errors import MlgateError
from mlgate.late import dataclass
from mlgate.outcome import Location, Outcome, Status

_AGAIN = "repeated_header"
_ENOUGH = 4
"""So many declared columns tell a header from a row; of fewer, the others are asked, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One outcome to be: either a plan that is still to be asked, or a verdict that stands already."""

    rule: Rule
    column: str | None
    plan: Plan | None = None
    verdict: Verdict | None = None


def check_table(  # noqa: PLR0913  (all but the table and its schema by name)
    table: Table,
    schema: Schema,
    *,
    dataset: str,
    environment: str | None = None,
    key: Sequence[str] = (),
    privacy: str = "masked",
    now: dt.datetime | None = None,
    others: Mapping[OtherTable, Table | MlgateError] | None = None,
    header: bool = True,
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
    now : the time of the check; without a time zone it is UTC. None: an age that is counted from it is an `error`
    others : the other tables that the schema names, open in the same connection, or why one could not be opened
    header : whether to look for the header among the rows of a text file

    Returns
    -------
    list of Outcome
        Never empty: how the file was read and how many rows it has are always among them.
    """
    scope = Scope(
        table=table, schema=schema, environment=environment, privacy=privacy, now=now, others=dict(others or {})
    )
    personal = PiiScan(table, declared=True)
    items = [*_table_items(scope), *_column_items(scope, personal), *(_header_items(scope) if header else ())]
    facts = measure(table, _asked(items), later=_asked_later(items))
    items = [item for item in items if item.rule.check != PII]
    empty = _rows(items, facts) == 0 and not any(
        allows_no_rows(rule) for rule in schema.rules if rule.check == "row_count"
    )
    items, more = _second(table, items, facts, empty=empty)
    facts |= more
    outcomes = list(read_outcomes(table, dataset, _rows(items, facts), privacy))
    outcomes += _key(scope, key, dataset)
    extra = extra_columns(table, schema, environment)
    outcomes.append(make_outcome(extra, dataset=dataset, check="extra_columns", location=Location(schema.path)))
    answered = [(item.plan, _answered(item, item.plan, facts, empty=empty)) for item in items if item.plan]
    shown = iter(with_rows(table, answered, key, privacy))
    for item in items:
        verdict = next(shown) if item.plan else item.verdict
        if verdict is not None and not (item.rule.check == _AGAIN and verdict.status in (Status.PASS, Status.SKIP)):
            outcomes.append(
                make_outcome(
                    verdict,
                    dataset=dataset,
                    check=item.rule.check,
                    location=item.rule.location,
                    column=item.column,
                    name=item.rule.name,
                    description=item.rule.description,
                )
            )
    return outcomes + _personal(scope, personal, facts, dataset, key) * (not empty)


def _personal(
    scope: Scope, personal: PiiScan, facts: Mapping[str, Any], dataset: str, key: Sequence[str]
) -> list[Outcome]:
    """Outcomes of the check `pii`, which every column has whether it is declared or not."""
    return [
        make_outcome(
            verdict,
            dataset=dataset,
            check=PII,
            location=Location(scope.schema.path) if name is None else scope.column(name).location,
            column=name,
        )
        for name, verdict in personal.verdicts(facts, key, scope.privacy)
    ]


def _asked(items: Sequence[_Item]) -> Iterator[tuple[Sequence[Field], Iterable[str]]]:
    return ((item.plan.fields, item.plan.aggregates.values()) for item in items if item.plan)


def _asked_later(items: Sequence[_Item]) -> list[Field]:
    """The columns of checks that will ask a second question."""
    asking = (item.plan for item in items if item.plan and item.plan.then and not item.plan.unlikely)
    return [field for plan in asking for field in plan.fields]


def _second(
    table: Table, items: Sequence[_Item], facts: Mapping[str, Any], *, empty: bool
) -> tuple[list[_Item], dict[str, Any]]:
    """The items, those with a second question in its place, and the answers to the second questions."""
    changed = []
    for item in items:
        plan = item.plan
        found = {name: facts[text] for name, text in plan.aggregates.items()} if plan else {}
        if plan is None or plan.then is None or empty or first_broken(found):
            changed.append(item)
            continue
        following = plan.then(found)
        aggregates = {**plan.aggregates, **following.aggregates}
        changed.append(replace(item, plan=replace(following, aggregates=aggregates)))
    later = [(item.plan.fields, _new(item.plan, facts)) for item in changed if item.plan]
    return changed, measure(table, [(fields, new) for fields, new in later if new])


def _new(plan: Plan, facts: Mapping[str, Any]) -> list[str]:
    return [text for text in plan.aggregates.values() if text not in facts]


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


def _key(scope: Scope, key: Sequence[str], dataset: str) -> Iterator[Outcome]:
    """An error where columns of the key are absent, unless `column_exists` says so."""
    expected = [each.name for each in scope.schema.columns.values() if expected_in(each, scope.environment)]
    absent = [name for name in scope.absent(*key) if name not in expected and name not in scope.table.unreadable]
    if absent:
        yield make_outcome(absent_key(absent), dataset=dataset, check="key", location=Location(scope.table.shown))


def _table_items(scope: Scope) -> Iterator[_Item]:
    counts = (rule for rule in scope.schema.rules if rule.check == "row_count" and not rule.where)
    declared = next(counts, None)
    rule = declared or Rule(check="row_count", argument=None, name="row_count", location=Location(scope.schema.path))
    yield _Item(rule=rule, column=None, plan=row_count(declared))
    for other in scope.schema.rules:
        if other is not declared:
            yield _planned(scope, None, other)


def _header_items(scope: Scope) -> Iterator[_Item]:
    """Whether the header stands again in a text file, which is told only where it does."""
    names = list(scope.table.engine_types)
    declared = [name for name in names if name in scope.schema.columns]
    plan = repeated_header([scope.field(name) for name in (declared if len(declared) >= _ENOUGH else names)])
    if plan:
        yield _Item(
            rule=Rule(check=_AGAIN, argument=True, name=_AGAIN, location=Location(scope.table.shown)),
            column=None,
            plan=plan,
        )


def _column_items(scope: Scope, personal: PiiScan) -> Iterator[_Item]:
    environment = scope.environment
    selected = Selected(scope)
    near = nearest_names(scope.absent(*scope.schema.columns), scope.table.columns)
    for column in scope.schema.columns.values():
        exists = Rule(check="column_exists", argument=True, name="column_exists", location=column.location)
        rules = (*_rules(column), *selected.rules(column))
        skipped = None
        if not expected_in(column, environment):
            declared = ", ".join(column.environments)
            message = f"not expected in environment {environment} (declared for {declared})"
            skipped = Verdict(status=Status.SKIP, message=message)
            yield _Item(rule=exists, column=column.name, verdict=skipped)
        else:
            there = column_exists(scope.table, column, near.get(column.name, ""))
            yield _Item(rule=exists, column=column.name, verdict=there)
            if column.name in scope.table.unreadable:
                yield _unreadable(scope, column)
                skipped = Verdict(status=Status.SKIP, message="column cannot be read")
            elif scope.absent(column.name):
                skipped = Verdict(status=Status.SKIP, message="column absent")
        for rule in rules:
            if skipped:
                yield _Item(rule=rule, column=column.name, verdict=skipped)
            else:
                yield _planned(scope, column.name, rule)
        yield from _scanned(scope, personal, column)
    undeclared = [name for name in dict.fromkeys(scope.table.columns) if name not in scope.schema.columns]
    if scope.schema.extra_columns == "ignore":
        personal.left_out = tuple(undeclared)
    else:
        yield from (_unreadable(scope, scope.column(name)) for name in undeclared if name in scope.table.unreadable)
        yield from (item for name in undeclared for item in _scanned(scope, personal, scope.column(name)))
    for name, rule in selected.undeclared():
        yield _planned(scope, name, rule)
    for rule, message in selected.empty():
        hint = "correct `columns`, or remove the check"
        verdict = Verdict(status=Status.ERROR, message=message, hint=hint)
        yield _Item(rule=rule, column=None, verdict=verdict)


def _unreadable(scope: Scope, column: Column) -> _Item:
    rule = Rule(check="readable", argument=True, name="readable", location=column.location)
    return _Item(rule=rule, column=column.name, verdict=unreadable_column(scope.table, column.name))


def _scanned(scope: Scope, personal: PiiScan, column: Column) -> Iterator[_Item]:
    """What is asked of a column that is there to find personal data in it."""
    plan = None if scope.absent(column.name) else personal.add(scope.field(column.name), column)
    if plan is not None:
        rule = Rule(check=PII, argument=True, name=PII, location=column.location)
        yield _Item(rule=rule, column=column.name, plan=plan)


def _rules(column: Column) -> tuple[Rule, ...]:
    """The column's rules, its type first unless a rule of its own judges that."""
    if column.type == "any" or any(rule.check == "type" for rule in column.rules):
        return column.rules
    return (Rule(check="type", argument=column.type, name="type", location=column.location), *column.rules)


def _planned(scope: Scope, column: str | None, rule: Rule) -> _Item:
    needed = [*rule.columns, *(rule.where.columns if rule.where else ()), *([] if column is None else [column])]
    absent = scope.absent(*needed)
    if unreadable := [name for name in absent if name in scope.table.unreadable]:
        return _Item(rule=rule, column=column, verdict=unreadable_column(scope.table, unreadable[0]))
    if absent:
        skipped = Verdict(status=Status.SKIP, message=f"column absent: {words.listed(absent)}")
        return _Item(rule=rule, column=column, verdict=skipped)
    try:
        made = _made(scope, column, rule)
    except (ValueError, OverflowError) as problem:
        hint = "correct the schema: the declared values and the column's type do not fit"
        made = Verdict(status=Status.ERROR, message=str(problem), hint=hint)
    if isinstance(made, Plan):
        return _Item(rule=rule, column=column, plan=made)
    return _Item(rule=rule, column=column, verdict=softened(made, rule))


def _made(scope: Scope, column: str | None, rule: Rule) -> Plan | Verdict:
    if column is None:
        of_table = TABLE_CHECKS.get(rule.check)
        if of_table:
            return of_table(scope, rule)
    elif of_column := COLUMN_CHECKS.get(rule.check):
        return of_column(scope.field(column, rule.where), rule)
    return Verdict(status=Status.ERROR, message=f"no check is called {rule.check!r}", hint="correct the schema")
