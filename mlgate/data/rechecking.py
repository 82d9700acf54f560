"""A table against a schema that has changed: what the change cannot have touched is not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.schema import Column, Rule, Schema
from mlgate.data.checking import check_table
from mlgate.data.outcomes import make_outcome, outcome_id
from mlgate.data.table import Table
from mlgate.data.table_checks import extra_columns
from mlgate.outcome import Location, Outcome


def recheck(
    table: Table,
    before: Schema,
    after: Schema,
    *,
    outcomes: Sequence[Outcome],
    dataset: str,
    environment: str | None = None,
    **options: Any,
) -> list[Outcome]:
    """The outcomes of a table against `after`, of which those of `before` are known.

    Columns that are declared otherwise are judged again, and what a condition or a check of the table says of them.
    Where a change may touch everything (how the file is read, checks of several columns, whether the table may be
    empty, a column that is there and not declared any more), everything is.

    Parameters
    ----------
    outcomes : of the same table against `before`
    dataset, environment, options : as of `check_table`, the same for both

    Returns
    -------
    list of Outcome
        Those of `check_table`, first the table's, then the columns'. One that is taken over names its line in `before`.
    """
    if _touches_all(table, before, after):
        return check_table(table, after, dataset=dataset, environment=environment, **options)
    names = dict.fromkeys([*before.columns, *after.columns])
    changed = {name for name in names if _plain(before.columns.get(name)) != _plain(after.columns.get(name))}
    again = changed | {name for name in after.columns if _mentions(after.columns[name].rules, changed)}
    known = {rule.name: _placeless(rule) for rule in before.rules}
    rules = [rule for rule in after.rules if known.get(rule.name) != _placeless(rule) or _asked_again(rule, changed)]
    reduced = _reduced(after, again, rules)
    found = check_table(table, reduced, dataset=dataset, environment=environment, header=False, **options)

    header = extra_columns(table, after, environment)
    extra = make_outcome(header, dataset=dataset, check="extra_columns", location=Location(after.path))
    asked = {outcome_id(dataset, rule.name) for rule in rules}
    untouched = {outcome_id(dataset, rule.name) for rule in after.rules} - asked
    replaced = {outcome_id(dataset, rule.name) for rule in before.rules} - untouched | asked | {extra.id}
    subjects = {f"{dataset}.{name}" for name in again}
    kept = [one for one in outcomes if one.id not in replaced and one.subject not in subjects]
    new = [extra, *(one for one in found if one.id in asked or one.subject in subjects)]
    order = {dataset: -1} | {f"{dataset}.{name}": place for place, name in enumerate(after.columns)}
    return sorted([*kept, *new], key=lambda one: order.get(one.subject, len(order)))


def _touches_all(table: Table, before: Schema, after: Schema) -> bool:
    counts = [[_placeless(rule) for rule in schema.rules if rule.check == "row_count"] for schema in (before, after)]
    selecting = bool(before.selections or after.selections)
    left = [name for name in before.columns if name not in after.columns and name in table.columns]
    return before.read != after.read or selecting or counts[0] != counts[1] or bool(left)


_NOWHERE = Location("")


def _placeless(rule: Rule) -> Rule:
    return replace(rule, location=_NOWHERE)


def _plain(column: Column | None) -> Column | None:
    """A declaration wherever it stands: a line more above it changes nothing."""
    return column and replace(column, location=_NOWHERE, rules=tuple(map(_placeless, column.rules)))


def _mentions(rules: Sequence[Rule], names: set[str]) -> bool:
    return any(rule.where is not None and not names.isdisjoint(rule.where.columns) for rule in rules)


def _asked_again(rule: Rule, changed: set[str]) -> bool:
    """Whether a check of the table may be about a column that is declared otherwise."""
    return not rule.columns or not changed.isdisjoint(rule.columns) or _mentions([rule], changed)


def _reduced(schema: Schema, names: set[str], rules: Sequence[Rule]) -> Schema:
    """The schema of some columns and rules of the table; columns that these speak of are declared, but not judged."""
    asked = [*rules, *(rule for name in names if name in schema.columns for rule in schema.columns[name].rules)]
    spoken_of = {name for rule in asked for name in (*rule.columns, *(rule.where.columns if rule.where else ()))}
    columns = {
        name: column if name in names else replace(column, rules=())
        for name, column in schema.columns.items()
        if name in names or name in spoken_of
    }
    return replace(schema, columns=columns, rules=tuple(rules), extra_columns="ignore")
