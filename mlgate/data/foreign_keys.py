"""Keys that refer to another table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlgate.config.other_tables import ForeignKey
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.across import Across, count_other, joined_text
from mlgate.data.comparable import pair
from mlgate.data.judging import Tally, Wording, judge_share, outside
from mlgate.data.other_tables import opened, shown_as, without_columns, without_rows
from mlgate.data.own_queries import in_rows
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.outcome import Status


def foreign_keys(scope: Scope, rule: Rule) -> Plan | Verdict:
    """`foreign_keys`: every value, or combination of values, stands in the named columns of another table.

    Rows in which one of the columns is null, or is not of its type, are not judged but counted; `where` chooses rows,
    and `mostly` is a share of the judged ones. The evidence holds how many rows and how many keys are orphans, and the
    most frequent of these, as far as `privacy` allows. NaN refers to nothing. The other table's key may repeat.

    A column is read as its schema declares it, and the other table's column alike: declared an integer, `007` is 7. In
    an undeclared column 7 is the same key in a text file and in a Parquet file of integers or floats, and `007` is
    another.

    It is an `error` if the other table cannot be read in full, lacks a column, stores what can never be equal, or has
    no rows.
    """
    key: ForeignKey = rule.argument
    other = opened(scope, key.other)
    if isinstance(other, Verdict):
        return other
    missing = without_columns(other, key.other_columns)
    if missing:
        return missing
    fields = [scope.field(name, rule.where) for name in key.columns]
    for field in fields:
        if not field.is_text and sql.from_stored("x", field.kind, field.engine_type) == "NULL":
            message = f"no value of {words.short(field.name)} is of type {field.kind}, see the check `type`"
            return Verdict(status=Status.SKIP, message=message)
    decimal = scope.table.read.decimal
    pairs = [pair(field, decimal, other, name) for field, name in zip(fields, key.other_columns, strict=True)]
    for item, name in zip(pairs, key.other_columns, strict=True):
        if item.there == "NULL":
            stored = words.short(other.engine_types[name])
            raise ValueError(f"{words.short(name)} of {other.shown} is stored as {stored}: no value can be equal to it")
    judged = sql.all_of([f"{field.value} IS NOT NULL" for field in fields])
    present = sql.all_of([f"{field.raw} IS NOT NULL" for field in fields])
    plan = Plan(
        fields=tuple(fields),
        aggregates=fields[0].row_counts
        | {
            "present": sql.count_where(present),
            "judged": sql.count_where(judged),
            "orphans": Across(other=other, pairs=pairs, judged=judged).orphans(),
            "other": count_other(other),
        },
        judge=_Judge(rule, fields, other.shown, scope.privacy),
        shown=fields[0].raw if len(fields) == 1 else joined_text([field.raw for field in fields]),
    )
    return replace(plan, then=lambda facts: replace(plan, failing=in_rows(facts["orphans"]["places"])))


class _Judge:
    """Counts of orphans as a verdict."""

    def __init__(self, rule: Rule, fields: list[Field], other: str, privacy: str) -> None:
        self.rule, self.fields, self.other, self.privacy = rule, fields, other, privacy

    def __call__(self, facts: Facts) -> Verdict:
        key: ForeignKey = self.rule.argument
        if not facts["other"]:
            return without_rows(self.other)
        orphans = facts["orphans"]["most"] or []
        keys = orphans[0]["keys"] if orphans else 0
        tally = Tally(
            rows=facts["rows"],
            null=facts["rows"] - facts["present"],
            judged=facts["judged"],
            failing=facts["orphans"]["rows"],
            not_of_type=facts["present"] - facts["judged"],
            kind=" and ".join(dict.fromkeys(field.kind for field in self.fields)),
            expects_null=any(field.expects_null for field in self.fields),
            noun="row",
            outside=outside(facts),
        )
        there = f"{self.other} ({words.listed(key.other_columns)})"
        wording = Wording(f"found in {there}", f"not found in {there}", f"every {words.listed(key.columns)} in {there}")
        detail = words.counted(keys, "key")
        if orphans and self.privacy == "full":
            detail += f", most often {words.short(orphans[0]['value'])}"
        verdict = judge_share(tally, self.rule.mostly, wording, detail)
        hint = f"add what is missing to {self.other}, or correct the rows" if verdict.status is Status.FAIL else None
        return replace(verdict, hint=hint or verdict.hint, evidence={**verdict.evidence, **self._values(orphans, keys)})

    def _values(self, orphans: list[dict[str, Any]], keys: int) -> dict[str, Any]:
        if not orphans:
            return {}
        listed = [{"value": shown_as(found["value"], self.privacy), "rows": found["n"]} for found in orphans]
        return {"orphan_keys": keys} | ({} if self.privacy == "none" else {"orphans": listed})
