"""Checks against another table as a whole: its number of rows, all of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.other_tables import OtherTable, SameCount, SameRows
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.across import Across, count_other, joined_text
from mlgate.data.comparable import Pair, same_value
from mlgate.data.own_queries import in_rows
from mlgate.data.plan import Facts, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.data.table import Table
from mlgate.errors import MlgateError
from mlgate.outcome import Status


def opened(scope: Scope, name: OtherTable) -> Table | Verdict:
    """Another table that can be compared with, or the error that it cannot."""
    found = scope.others.get(name)
    if found is None:
        hint = "name its file with `--reference NAME=FILE`, or declare it in mlgate.yaml"
        return Verdict(status=Status.ERROR, message=f"{name.shown} was not opened", hint=hint)
    if isinstance(found, MlgateError):
        return Verdict(status=Status.ERROR, message=found.message, hint=found.hint)
    if found.problem_rows:
        first = found.problems[0]
        message = f"{words.counted(found.problem_rows, 'row')} of {found.shown} cannot be parsed, the first in line "
        message += f"{first.line}: {words.short(first.message)}"
        return Verdict(status=Status.ERROR, message=message, hint="correct the file: what it lacks cannot be known")
    return found


def without_columns(other: Table, names: Sequence[str]) -> Verdict | None:
    """The error that another table lacks a column, or has it twice."""
    for name in names:
        count = other.columns.count(name)
        if count == 1:
            continue
        import difflib

        near = difflib.get_close_matches(name, other.columns, n=1, cutoff=0.6)
        hint = f"did you mean {words.short(near[0])!r}?" if near else f"it has {words.listed(other.columns)}"
        fact = "twice" if count else "not"
        message = f"the column {words.short(name)!r} is {fact} in {other.shown}"
        return Verdict(status=Status.ERROR, message=message, hint="rename one of them" if count else hint)
    return None


def without_rows(shown: str) -> Verdict:
    """The error that another table has no rows."""
    message = f"nothing to compare with: {shown} has no rows"
    return Verdict(status=Status.ERROR, message=message, hint="write it again, or pull it (`dvc pull`)")


def shown_as(value: Any, privacy: str) -> Any:
    """A value of single rows, as far as privacy allows."""
    return words.plain(value) if privacy == "full" else words.masked(value)


def row_count_equals_table(scope: Scope, rule: Rule) -> Plan | Verdict:
    """`row_count_equals_table`: the table has as many rows as another one.

    `tolerance` is the share of the other table's rows by which the number may differ, inclusive; 0 unless written. With
    `where` only the rows of this table are counted for which the condition holds. It is an `error` if the other table
    cannot be read in full.
    """
    same: SameCount = rule.argument
    other = opened(scope, same.other)
    if isinstance(other, Verdict):
        return other
    fields = (scope.field(rule.where.columns[0], rule.where),) if rule.where else ()

    def judge(facts: Facts) -> Verdict:
        rows, wanted = facts["rows"], facts["other"]
        holds = abs(rows - wanted) <= same.tolerance * wanted
        margin = f", give or take {same.tolerance:.6g} of them" if same.tolerance else ""
        return Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=f"{words.counted(rows, 'row')}, {other.shown} has {wanted:,}{margin}",
            observed=rows,
            expected=f"{wanted:,} rows{margin}",
            hint="" if holds else "find where rows were lost or added, or write the tolerance that is meant",
            evidence={"rows": rows, "other_rows": wanted},
        )

    rows = fields[0].rows if fields else sql.ROWS
    return Plan(fields=fields, aggregates={"rows": rows, "other": count_other(other)}, judge=judge)


def table_equals(scope: Scope, rule: Rule) -> Plan | Verdict:
    """`table_equals`: the table has the columns and the rows of another one.

    Rows are compared as a multiset: their order does not matter, and a row that stands twice must do so in both. With
    `ordered` each row must have the same number, too. `columns` names the columns that are compared; without it all
    are, and both tables must have the same ones, in any order.

    Values are compared as in `foreign_keys`, but null is equal to null and NaN to NaN, and what is not of the declared
    type is compared as it is written. The evidence counts the rows that only one of the tables has, with examples of
    both as far as `privacy` allows. It is an `error` if the other table cannot be read in full.
    """
    same: SameRows = rule.argument
    table, other = scope.table, opened(scope, same.other)
    if isinstance(other, Verdict):
        return other
    unequal = _unequal_columns(table, other, same.columns)
    if unequal:
        return unequal
    names = same.columns or table.columns
    fields = [scope.field(name) for name in names]
    pairs = [same_value(field, table.read.decimal, other, field.name) for field in fields]
    pairs = [Pair('"row"', other.row_number), *pairs] if same.ordered else pairs

    def judge(facts: Facts) -> Verdict:
        rows, wanted = facts["rows"], facts["other"]
        here, there = _sides(facts)
        only_here, only_there = (int(found[0]["every"]) if found else 0 for found in (here, there))
        evidence: dict[str, Any] = {"judged": rows, "failing": only_here}
        evidence |= {"other_rows": wanted, "only_there": only_there}
        if there and scope.privacy != "none":
            evidence["rows_there"] = [
                {"row": found["row"], "value": shown_as(found["value"], scope.privacy)} for found in there
            ]
        equal = not only_here and not only_there
        if equal:
            message = f"{words.counted(rows, 'row')}, the same in {other.shown}"
        else:
            message = f"{words.counted(only_here, 'row')} of {rows:,} only here"
            message += f", {only_there:,} of {wanted:,} only in {other.shown}"
            message += " (a row and its place are compared)" if same.ordered else ""
        return Verdict(
            status=Status.PASS if equal else Status.FAIL,
            message=message,
            observed=only_here + only_there,
            expected=f"the rows of {other.shown}",
            hint="" if equal else "correct the table that is wrong",
            evidence=evidence,
        )

    plan = Plan(
        fields=tuple(fields),
        aggregates={
            "rows": sql.ROWS,
            "differing": Across(other=other, pairs=pairs).one_sided(),
            "other": count_other(other),
        },
        judge=judge,
        shown=joined_text([field.raw for field in fields]),
    )
    return replace(
        plan, then=lambda facts: replace(plan, failing=in_rows([found["row"] for found in _sides(facts)[0]]))
    )


def _sides(facts: Facts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """First rows that only this table has, and those that only the other one has."""
    found = facts["differing"] or []
    return [item for item in found if item["here"]], [item for item in found if not item["here"]]


def _unequal_columns(table: Table, other: Table, names: Sequence[str]) -> Verdict | None:
    """The failure that the tables have not the same columns; an error where a name stands twice."""
    here, there = Counter(names or table.columns), Counter(other.columns)
    twice = [name for name, count in {**here, **there}.items() if max(count, table.columns.count(name)) > 1]
    if names:
        there = Counter({name: there[name] for name in names if there[name]})
    if twice:
        message = f"the column {words.short(twice[0])!r} stands twice: which is meant cannot be told"
        return Verdict(status=Status.ERROR, message=message, hint="rename one of them")
    only_here, only_there = here - there, there - here
    parts = ((only_here, f"not in {other.shown}"), (only_there, f"only in {other.shown}"))
    told = [f"{words.counted(len(found), 'column')} {what}: {words.listed(found)}" for found, what in parts if found]
    if not told:
        return None
    return Verdict(
        status=Status.FAIL,
        message="; ".join(told),
        observed=[words.short(name) for name in (*only_here, *only_there)][:20],
        expected=f"the columns of {other.shown}",
        hint="correct the header that is wrong, or name the `columns` that are compared",
    )
