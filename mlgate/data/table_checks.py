"""Checks of the table as a whole: its rows, its header, its keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mlgate.config.other_tables import Header
from mlgate.config.schema import Bound, Column, Rule, Schema
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.distinct_checks import FEW
from mlgate.data.judging import Tally, Wording, judge_share, outside
from mlgate.data.own_queries import repeats_of_long
from mlgate.data.plan import Facts, Field, Plan, Verdict, inside, untyped
from mlgate.data.scope import Scope
from mlgate.data.table import Table
from mlgate.data.value_checks import told_apart
from mlgate.outcome import Status

MAX_NAMES = 20
MAX_COMPARED = 25_000
"""Pairs of names that are compared letter by letter: that takes some tenths of a second."""


def row_count(rule: Rule | None, field: Field | None = None) -> Plan:
    """`row_count`: the number of rows lies in the interval. No row at all is an error unless the schema says `min: 0`.

    Rows that could not be parsed are not counted. With `where` only the rows are counted for which the condition holds,
    and none of them is a number like any other.
    """
    # `field` is any column in the rows that `where` chooses.
    bound: Bound = rule.argument if rule else Bound(min=1)

    def judge(facts: Facts) -> Verdict:
        rows = facts["rows"]
        expected = words.bound_of(bound, "row")
        if not rows and not field and not allows_no_rows(rule):
            hint = "check how the file was written; write `row_count: {min: 0}` if it may be empty"
            message = "nothing observed: the table has no rows"
            return Verdict(status=Status.ERROR, message=message, observed=0, expected=expected, hint=hint)
        holds = inside(bound, rows)
        return Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=words.counted(rows, "row")
            + (" chosen by `where`" if field else "")
            + ("" if holds else f", expected {words.bound(bound)}"),
            observed=rows,
            expected=expected,
            hint="" if holds else "check that the file is complete, or change the bound",
        )

    rows = field.rows if field else sql.ROWS
    return Plan(fields=(field,) if field else (), aggregates={"rows": rows}, judge=judge)


def allows_no_rows(rule: Rule | None) -> bool:
    return rule is not None and rule.where is None and rule.argument.min == 0


def rows_where(scope: Scope, rule: Rule) -> Plan:
    """`row_count` as the long form declares it: with `where`, of the rows for which the condition holds."""
    return row_count(rule, scope.field(rule.where.columns[0], rule.where) if rule.where else None)


def composite_unique(scope: Scope, rule: Rule) -> Plan:
    """`unique` over several columns: no combination of values stands twice.

    Rows in which one of the columns is null, or is not of its type, are excluded and counted. Rows that repeat an
    earlier one fail; those that are listed are all of such a combination, the first one too.
    """
    fields = [scope.field(name, rule.where) for name in rule.columns]
    whole = sql.all_of([f"{field.value} IS NOT NULL" for field in fields])
    values = [told_apart(field) for field in fields]
    names = ", ".join(words.short(field.name) for field in fields)
    shown = " || ', ' || ".join(sql.as_text(value) for value in values)

    def judge(facts: Facts) -> Verdict:
        tally = Tally(
            rows=facts["rows"],
            null=facts["rows"] - facts["judged"] - facts["untyped"],
            judged=facts["judged"],
            not_of_type=facts["untyped"],
            failing=facts["judged"] - facts["distinct"] if "distinct" in facts else facts["sorted"]["repeats"],
            noun="row",
            outside=outside(facts),
        )
        wording = Wording("distinct", f"equal to an earlier one in {names}", f"no combination of {names} twice")
        return judge_share(tally, rule.mostly, wording)

    counts = {"judged": sql.count_where(whole), "untyped": sql.count_where(untyped(fields))}
    aggregates = fields[0].row_counts | counts
    plan = Plan(fields=tuple(fields), aggregates=aggregates, judge=judge, repeated=tuple(values), shown=shown)

    def then(facts: Facts) -> Plan:
        few = facts["judged"] <= FEW
        more = {"distinct": sql.count_distinct(*values, where=whole)} if few else {"sorted": repeats_of_long(*values)}
        return replace(plan, aggregates=more, then=None)

    return replace(plan, then=then)


def nearest_names(absent: Sequence[str], present: Sequence[str]) -> dict[str, str]:
    """For each absent name the one of the file that it may be a misspelling of, where there is one.

    One that differs in case and separators only is always found, others for as many absent names as that is quick.
    """
    plain: dict[str, str] = {}
    for name in present:
        plain.setdefault(_plain(name), name)
    found = {name: plain[_plain(name)] for name in absent if _plain(name) in plain}
    others = [name for name in absent if name not in found]
    for name in others[: MAX_COMPARED // max(len(present), 1)]:
        import difflib

        if near := difflib.get_close_matches(name, present, n=1, cutoff=0.6):
            found[name] = near[0]
    return found


def _plain(name: str) -> str:
    """A name without case and separators; of one without letters and digits there is nothing else."""
    return "".join(filter(str.isalnum, name.casefold())) or name


def column_exists(table: Table, column: Column, near: str = "") -> Verdict:
    """`column_exists`: a declared column is in the file, spelled exactly so.

    The other checks of an absent column are skipped.
    """
    # `near` is a name in the file that may be meant.
    if column.name in table.engine_types or column.name in table.unreadable:
        return Verdict(
            status=Status.PASS, message="the column is there", observed=True, expected="a column of this name"
        )
    hint = f"the file has a column {words.short(near)!r}" if near else "add the column"
    return Verdict(
        status=Status.FAIL,
        message=f"the file has no column {words.short(column.name)!r}",
        observed=False,
        expected="a column of this name",
        hint=f"{hint}, or take the declaration out of the schema",
    )


def column_count(scope: Scope, rule: Rule) -> Verdict:
    """`column_count`: the number of columns of the file lies in the interval; a name that stands twice counts twice."""
    bound: Bound = rule.argument
    count = len(scope.table.columns)
    holds = inside(bound, count)
    return Verdict(
        status=Status.PASS if holds else Status.FAIL,
        message=words.counted(count, "column") + ("" if holds else f", expected {words.bound(bound)}"),
        observed=count,
        expected=words.bound_of(bound, "column"),
        hint="" if holds else "check how the file was written, or change the bound",
    )


def columns_match(scope: Scope, rule: Rule) -> Verdict:
    """`columns_match`: the header holds the named columns, and no other unless the schema says `exact: false`.

    With `ordered` they stand in the named order; with `exact: false`, others may stand between them.
    """
    header: Header = rule.argument
    present = scope.table.columns
    times, named = Counter(present), frozenset(header.columns)
    missing = [name for name in header.columns if name not in times]
    extra = [name for name in times if name not in named] if header.exact else []
    twice = [name for name in header.columns if times[name] > 1]
    parts = ((missing, "missing"), (extra, "not named"), (twice, "there more than once"))
    told = [f"{words.counted(len(names), 'column')} {what}: {words.listed(names)}" for names, what in parts if names]
    found = [name for name in present if name in named]
    if header.ordered and not told and found != list(header.columns):
        told = [f"the columns stand in another order: {words.listed(found)}"]
    order = ", in this order" if header.ordered else ""
    all_there = f"all {words.counted(len(header.columns), 'named column')} are there{order}"
    return Verdict(
        status=Status.FAIL if told else Status.PASS,
        message="; ".join(told) or all_there,
        observed=[words.short(name) for name in present[:MAX_NAMES]],
        expected=f"{words.listed(header.columns, MAX_NAMES)}{order}{'' if header.exact else ', and maybe others'}",
        hint="correct the file's header, or the names in the schema" if told else "",
    )


def expected_in(column: Column, environment: str | None) -> bool:
    """Whether a table of this environment should have the column; None expects every column."""
    return environment is None or not column.environments or environment in column.environments


def extra_columns(table: Table, schema: Schema, environment: str | None = None) -> Verdict:
    """`extra_columns`: the file has no column that the schema does not declare; `warn` and `ignore` soften it."""
    # A column that is declared for other environments only is extra too.
    present = list(dict.fromkeys(table.columns))
    undeclared = [name for name in present if name not in schema.columns]
    unexpected = [
        name for name in present if name in schema.columns and not expected_in(schema.columns[name], environment)
    ]
    extra = undeclared + unexpected
    if schema.extra_columns == "ignore":
        message = f"not judged: the schema ignores columns that it does not declare ({len(extra):,} here)"
        return Verdict(status=Status.SKIP, message=message)
    expected = "only declared columns"
    if not extra:
        message = f"all {words.counted(len(table.columns), 'column')} are declared"
        return Verdict(status=Status.PASS, message=message, observed=[], expected=expected)
    parts = ((undeclared, "declared"), (unexpected, f"expected in environment {environment}"))
    told = [
        f"{words.counted(len(names), 'column')} not {what}: {words.listed(names)}" for names, what in parts if names
    ]
    hints = ["declare them"] * bool(undeclared)
    hints += [f"take them out of the file or add {environment} to their `environments`"] * bool(unexpected)
    return Verdict(
        status=Status.WARN if schema.extra_columns == "warn" else Status.FAIL,
        message="; ".join(told),
        observed=[words.short(name) for name in extra[:MAX_NAMES]],
        expected=expected,
        hint=f"{', '.join(hints)}, or write `extra_columns: ignore`",
    )
