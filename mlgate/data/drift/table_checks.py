"""The checks of the two tables of a comparison: whether they can be compared at all, and with which columns."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from mlgate.config.drift_rules import DriftRules, Thresholds
from mlgate.data import words
from mlgate.data.drift.judged import Between
from mlgate.data.drift.permuting import LEAST_GROUPS, Sides
from mlgate.data.drift.sentences import listed
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

FEW_LEFT_OUT = 0.1
"""Share of a table's rows without a group up to which it is enough to tell of them."""


def shared_files(reference: str, current: str, shared: tuple[int, int]) -> Verdict:
    """`same_files`: no file of the newer data is a file of the reference, also not by a link.

    It is `error` where one is: nothing drifts from itself, and rows that both share hide drift. Then nothing else is
    judged. Where none is, nothing is said.
    """
    both, of = shared
    whole = both == of
    return Verdict(
        status=Status.ERROR,
        message=f"{reference} and {current} are the same data: nothing drifts from itself"
        if whole
        else f"{both:,} of {words.counted(of, 'file')} of {current} {words.verb(both)} in {reference}, too: "
        "what both share hides drift",
        hint="name two different files" if whole else "leave the shared files out of one of them",
        evidence={"shared_files": both, "files": of},
    )


def drift_rows(between: Between, groups: Sides | None = None, *, columns: int = 1) -> Verdict:
    """`drift_rows`: two tables are there to be compared, with rows enough.

    It is `error` where one of them has no rows or rows that cannot be parsed, where no column of both can be compared,
    and, with `group`, where no row of one has a group; `warn` where one has fewer than `minimum_rows` or fewer than 10
    groups, since then nothing can be said of drift, where more than a tenth of the rows have no group and are left out,
    and where every figure is the same in both, as in a copy. What is not judged by its default is told.

    Parameters
    ----------
    columns : how many can be compared
    """
    before, after = between.reference, between.current
    evidence: dict[str, Any] = {"reference_rows": before.rows, "current_rows": after.rows}
    if groups is not None:
        evidence["without_group"] = [groups.before.without, groups.after.without]
    rules = changed_rules(between.rules)
    if rules:
        evidence["rules"] = rules
    nothing = "nothing is compared: there is no column for it", "name columns with `columns`: identifiers, too"
    for status, (message, hint) in (
        (Status.ERROR, _broken(between, groups)),
        (Status.WARN, _too_few(between, groups)),
        (Status.ERROR, ("", "") if columns else nothing),
        (Status.WARN, _looks_wrong(between, groups)),
    ):
        if message:
            return Verdict(status=status, message=message, hint=hint, evidence=evidence)
    compared = f"{_rows(before)} and {after.rows:,} of {after.name}"
    if groups is not None:
        compared += f", in {groups.before.count:,} and {groups.after.count:,} groups,"
    told = ", ".join(f"{name} {value:g}" for name, value in rules.items())
    message = listed([f"{compared} are compared", _left_out(between, groups), f"judged with {told}" if told else ""])
    return Verdict(status=Status.PASS, message=message, observed=after.rows, evidence=evidence)


def _rows(side: Sketch) -> str:
    return f"{words.counted(side.rows, 'row')} of {side.name}"


def _broken(between: Between, groups: Sides | None) -> tuple[str, str]:
    """Why nothing can be compared, and what to do; two empty texts where it can."""
    for side in (between.reference, between.current):
        if side.unread:
            unread = words.counted(side.unread, "row")
            fact = f"{unread} of {side.name} cannot be parsed, and would take no part"
            return fact, "`mlgate data check` shows them: correct the file"
        if not side.rows:
            return f"{side.name} has no rows", "look at how the file is made"
    for name, each in zip(between.names, (groups.before, groups.after) if groups else (), strict=False):
        if each.without and not each.count:
            fact = f"no row of {name} has a value of {between.rules.group!r}, by which rows are grouped"
            return fact, "fill the column, or compare without `group` if rows are independent"
    return "", ""


def _too_few(between: Between, groups: Sides | None) -> tuple[str, str]:
    before, after, least = between.reference, between.current, between.rules.minimum_rows
    if min(before.rows, after.rows) < least:
        there = f"cannot say: {_rows(before)} and {after.rows:,} of {after.name} are there"
        hint = "compare more rows, or lower minimum_rows: then only very large changes would be found"
        return f"{there}, at least {least} of each are needed", hint
    if groups is not None and not groups.enough:
        count = f"{words.counted(groups.before.count, 'group')} of {before.name} and {groups.after.count:,}"
        fact = f"cannot say: {count} of {after.name} are there, at least {LEAST_GROUPS} of each are needed"
        return fact, "compare more groups: rows of one group say nothing of another"
    return "", ""


def _looks_wrong(between: Between, groups: Sides | None) -> tuple[str, str]:
    before, after = between.reference, between.current
    if _is_copy(before, after):
        fact = f"every figure of {after.name} is the same as in {before.name}: this looks like a copy"
        return fact, "compare with other data: nothing drifts from itself"
    without = [(groups.before.without, before.rows), (groups.after.without, after.rows)] if groups else []
    if any(not rows <= FEW_LEFT_OUT * of for rows, of in without):
        return _left_out(between, groups), "fill the column: what is left out is not judged"
    return "", ""


def _left_out(between: Between, groups: Sides | None) -> str:
    """How many rows take no part since they have no group; empty where all have one."""
    if groups is None or not (groups.before.without or groups.after.without):
        return ""
    (before, after), group = between.names, between.rules.group
    first = words.counted(groups.before.without, "row")
    return f"{first} of {before} and {groups.after.without:,} of {after} have no {group!r} and are left out"


def changed_rules(rules: DriftRules) -> dict[str, float]:
    """What is judged otherwise than by its default: an option or a variable may have made a check blunt."""
    plain = DriftRules()
    found = {
        name: getattr(rules, name) for name in ("alpha", "minimum_rows") if getattr(rules, name) != getattr(plain, name)
    }
    limits = {item.name: getattr(rules.thresholds, item.name) for item in fields(Thresholds)}
    return found | {name: limit for name, limit in limits.items() if limit != getattr(plain.thresholds, name)}


def drift_columns(name: str, between: Between) -> Verdict:
    """`drift_columns`: a column that is compared is in both tables, and stored as values of one type.

    A column that only the reference has is `fail`: what reads it breaks. One that only the newer data has is `warn`:
    nothing is known of it. A column or label that somebody named and that either lacks is `error`. Types are compared
    where both files store them.
    """
    before, after = between.reference.columns.get(name), between.current.columns.get(name)
    reference, current = between.names
    if before is None and after is None:
        return _absent(f"neither {reference} nor {current} has this column", name, between)
    if (before is None or after is None) and name in between.rules.named:
        lacking = reference if before is None else current
        return _absent(f"{lacking} does not have this column, which is to be compared", name, between)
    if after is None:
        return Verdict(
            status=Status.FAIL,
            message=f"{reference} has this column, {current} does not",
            hint="restore the column, or list the columns to compare without it",
        )
    if before is None:
        return Verdict(
            status=Status.WARN,
            message=f"{current} has this column, {reference} does not: there is nothing to compare it with",
            hint="list the columns to compare, or take a reference that has it",
        )
    return Verdict(
        status=Status.FAIL,
        message=f"stored as {after.stored} in {current}, as {before.stored} in {reference}",
        observed=after.stored,
        expected=before.stored,
        hint="write the column with its former type: what reads it gets other values",
    )


def _absent(fact: str, name: str, between: Between) -> Verdict:
    """Somebody wants the column compared, and it cannot be."""
    asked = "`columns`" if name in between.rules.columns else "`label`"
    renew = f", or write {between.reference.profile} again with it" if between.reference.profile else ""
    return Verdict(status=Status.ERROR, message=fact, hint=f"correct the name in {asked}, or restore the column{renew}")


def _is_copy(before: Sketch, after: Sketch) -> bool:
    shared = [name for name in after.columns if name in before.columns and not before.columns[name].left_out]
    if before.rows != after.rows or len(shared) < 2:
        return False
    return all(_figures(before.columns[name]) == _figures(after.columns[name]) for name in shared)


def _figures(column: Column) -> tuple[Any, ...]:
    values = column.values.hashed if column.values else None
    writing = column.writing.length.counts if column.writing else None
    return dict(column.states), column.ordered and column.ordered.counts, values, writing
