"""Checks an open table against its schema: one query answers all aggregates (a few do, where it is wide)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Schema
from mlgate.data.failing_rows import with_rows
from mlgate.data.items import AGAIN, Item, column_items, header_items, table_items
from mlgate.data.measure import first_broken, measure
from mlgate.data.outcomes import make_outcome, softened
from mlgate.data.pii.check import CHECK as PII
from mlgate.data.pii.check import PiiScan
from mlgate.data.plan import Field, Plan, Verdict
from mlgate.data.reading_checks import absent_key, read_outcomes
from mlgate.data.scope import Scope
from mlgate.data.table import Table
from mlgate.data.table_checks import allows_no_rows, expected_in, extra_columns
from mlgate.errors import MlgateError
from mlgate.outcome import Location, Outcome, Status


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
    items = [*table_items(scope), *column_items(scope, personal), *(header_items(scope) if header else ())]
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
        if verdict is not None and not (item.rule.check == AGAIN and verdict.status in (Status.PASS, Status.SKIP)):
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


def _asked(items: Sequence[Item]) -> Iterator[tuple[Sequence[Field], Iterable[str]]]:
    return ((item.plan.fields, item.plan.aggregates.values()) for item in items if item.plan)


def _asked_later(items: Sequence[Item]) -> list[Field]:
    """The columns of checks that will ask a second question."""
    asking = (item.plan for item in items if item.plan and item.plan.then and not item.plan.unlikely)
    return [field for plan in asking for field in plan.fields]


def _second(
    table: Table, items: Sequence[Item], facts: Mapping[str, Any], *, empty: bool
) -> tuple[list[Item], dict[str, Any]]:
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


def _rows(items: Sequence[Item], facts: dict[str, object]) -> int | None:
    """Number of rows; None where the engine could not count them."""
    plan = items[0].plan
    found = facts[plan.aggregates["rows"]] if plan else None
    return found if isinstance(found, int) else None


def _answered(item: Item, plan: Plan, facts: dict[str, object], *, empty: bool) -> Verdict:
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
