"""What a schema asks of a table, in the schema's order: each an outcome to be, planned or decided already."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.config.schema import Column, Rule
from mlgate.data import words
from mlgate.data.catalogue import COLUMN_CHECKS, TABLE_CHECKS
from mlgate.data.hygiene_formats import repeated_header
from mlgate.data.outcomes import softened
from mlgate.data.pii.check import CHECK as PII
from mlgate.data.pii.check import PiiScan
from mlgate.data.plan import Plan, Verdict
from mlgate.data.reading_checks import unreadable_column
from mlgate.data.scope import Scope
from mlgate.data.selected import Selected
from mlgate.data.table_checks import column_exists, expected_in, nearest_names, row_count
from mlgate.late import dataclass
from mlgate.outcome import Location, Status

AGAIN = "repeated_header"
"""The check that is told only where the header does stand again."""
_ENOUGH = 4
"""So many declared columns tell a header from a row; of fewer, the others are asked, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One outcome to be: either a plan that is still to be asked, or a verdict that stands already."""

    rule: Rule
    column: str | None
    plan: Plan | None = None
    verdict: Verdict | None = None


def table_items(scope: Scope) -> Iterator[Item]:
    """The table's own checks, the number of rows first whether it is declared or not."""
    counts = (rule for rule in scope.schema.rules if rule.check == "row_count" and not rule.where)
    declared = next(counts, None)
    rule = declared or Rule(check="row_count", argument=None, name="row_count", location=Location(scope.schema.path))
    yield Item(rule=rule, column=None, plan=row_count(declared))
    for other in scope.schema.rules:
        if other is not declared:
            yield _planned(scope, None, other)


def header_items(scope: Scope) -> Iterator[Item]:
    """Whether the header stands again in a text file, which is told only where it does."""
    names = list(scope.table.engine_types)
    declared = [name for name in names if name in scope.schema.columns]
    plan = repeated_header([scope.field(name) for name in (declared if len(declared) >= _ENOUGH else names)])
    if plan:
        yield Item(
            rule=Rule(check=AGAIN, argument=True, name=AGAIN, location=Location(scope.table.shown)),
            column=None,
            plan=plan,
        )


def column_items(scope: Scope, personal: PiiScan) -> Iterator[Item]:
    """The checks of each declared column, and the scan of every column for personal data.

    `personal` is told of the columns that it leaves out.
    """
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
            yield Item(rule=exists, column=column.name, verdict=skipped)
        else:
            there = column_exists(scope.table, column, near.get(column.name, ""))
            yield Item(rule=exists, column=column.name, verdict=there)
            if column.name in scope.table.unreadable:
                yield _unreadable(scope, column)
                skipped = Verdict(status=Status.SKIP, message="column cannot be read")
            elif scope.absent(column.name):
                skipped = Verdict(status=Status.SKIP, message="column absent")
        for rule in rules:
            if skipped:
                yield Item(rule=rule, column=column.name, verdict=skipped)
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
        yield Item(rule=rule, column=None, verdict=verdict)


def _unreadable(scope: Scope, column: Column) -> Item:
    rule = Rule(check="readable", argument=True, name="readable", location=column.location)
    return Item(rule=rule, column=column.name, verdict=unreadable_column(scope.table, column.name))


def _scanned(scope: Scope, personal: PiiScan, column: Column) -> Iterator[Item]:
    """What is asked of a column that is there to find personal data in it."""
    plan = None if scope.absent(column.name) else personal.add(scope.field(column.name), column)
    if plan is not None:
        rule = Rule(check=PII, argument=True, name=PII, location=column.location)
        yield Item(rule=rule, column=column.name, plan=plan)


def _rules(column: Column) -> tuple[Rule, ...]:
    """The column's rules, its type first unless a rule of its own judges that."""
    if column.type == "any" or any(rule.check == "type" for rule in column.rules):
        return column.rules
    return (Rule(check="type", argument=column.type, name="type", location=column.location), *column.rules)


def _planned(scope: Scope, column: str | None, rule: Rule) -> Item:
    needed = [*rule.columns, *(rule.where.columns if rule.where else ()), *([] if column is None else [column])]
    absent = scope.absent(*needed)
    if unreadable := [name for name in absent if name in scope.table.unreadable]:
        return Item(rule=rule, column=column, verdict=unreadable_column(scope.table, unreadable[0]))
    if absent:
        skipped = Verdict(status=Status.SKIP, message=f"column absent: {words.listed(absent)}")
        return Item(rule=rule, column=column, verdict=skipped)
    try:
        made = _made(scope, column, rule)
    except (ValueError, OverflowError) as problem:
        hint = "correct the schema: the declared values and the column's type do not fit"
        made = Verdict(status=Status.ERROR, message=str(problem), hint=hint)
    if isinstance(made, Plan):
        return Item(rule=rule, column=column, plan=made)
    return Item(rule=rule, column=column, verdict=softened(made, rule))


def _made(scope: Scope, column: str | None, rule: Rule) -> Plan | Verdict:
    if column is None:
        of_table = TABLE_CHECKS.get(rule.check)
        if of_table:
            return of_table(scope, rule)
    elif of_column := COLUMN_CHECKS.get(rule.check):
        return of_column(scope.field(column, rule.where), rule)
    return Verdict(status=Status.ERROR, message=f"no check is called {rule.check!r}", hint="correct the schema")
