"""What can be said of a table for which nothing is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.failing_rows import with_rows
from mlgate.data.hygiene_formats import header_names, mixed_formats, not_finite, repeated_header
from mlgate.data.json_mixes import kinds_to_judge, several_json_types
from mlgate.data.measure import first_broken, measure, reason
from mlgate.data.outcomes import make_outcome
from mlgate.data.pii.check import CHECK as PII
from mlgate.data.pii.check import PiiScan
from mlgate.data.plan import Facts, Field, Plan, Verdict, as_kind, field_of
from mlgate.data.plausible import LEAST_SHARE, LEAST_TYPED, ODD_SHARE, is_word_for_missing, plausible_kinds
from mlgate.data.reading_checks import absent_key, duplicate_header, unparseable_rows, unreadable_column
from mlgate.data.table import Table
from mlgate.data.table_checks import row_count
from mlgate.outcome import Location, Outcome, Status

TEXT_KINDS = ("number", "datetime", "boolean")
NUMBERS_FOR_MISSING = (-999, -9999, -99999)
FAR_BELOW = -99
"""A number for missing is one only if no other value of the column lies below this."""
WORD = "^(true|false)$"
CODE = "^([A-Za-z]{1,3}[-. ]?[0-9]|0[0-9]+$)"
"""Codes such as V57.1, A/5 or 007: text, although most others of their column may be digits only."""
MANY_CODES = 3
"""So many codes, or a twentieth of the values, make a column one of codes: one may be a slip, as the O in O12."""


def check_hygiene(table: Table, *, dataset: str, key: Sequence[str] = (), privacy: str = "masked") -> list[Outcome]:
    """Outcomes of a table without a schema.

    Rows that cannot be parsed, a repeated header and a type with a few odd values in a column are `fail`; a type that
    only most values of a column have, words and numbers that usually mean a missing value, and rows that stand twice,
    are `warn`. Personal data are `fail` where check digits prove them, else `warn`. What is in order is a `pass` that
    says what was looked at.

    Parameters
    ----------
    table : open, with its connection
    dataset : name in ids and subjects
    key : columns that are to name a row, which have to be there
    privacy : `none`, `masked` or `full`: what of single rows may appear
    """
    place = Location(table.shown)
    columns = [Column(name=name, location=place) for name in table.engine_types]
    fields = [field_of(table, column) for column in columns]
    kinds = plausible_kinds(table, fields, TEXT_KINDS)
    by_field = {
        field: {check: plans(field, kinds[field.name]) for check, plans in COLUMN_PLANS.items()} for field in fields
    }
    counting, again = row_count(None), repeated_header(fields)
    every = [
        counting,
        *([again] if again else []),
        *(plan for checks in by_field.values() for plans in checks.values() for plan in plans),
    ]
    personal = PiiScan(table)
    every += [plan for pair in zip(fields, columns, strict=True) if (plan := personal.add(*pair))]
    facts = measure(table, ((plan.fields, plan.aggregates.values()) for plan in every))
    rows = facts[sql.ROWS] if isinstance(facts[sql.ROWS], int) else 0
    verdicts: list[tuple[str, str | None, Verdict]] = [("row_count", None, _judged(counting, facts))]
    if table.is_text:
        verdicts.append(("unparseable_rows", None, unparseable_rows(table, rows, privacy)))
    verdicts.append(("duplicate_header", None, duplicate_header(table)))
    if absent := [name for name in key if name not in table.columns]:
        verdicts.append(("key", None, absent_key(absent)))
    verdicts += [("readable", name, unreadable_column(table, name)) for name in table.unreadable]
    if table.is_text:
        verdicts.append(("header_names", None, header_names(table)))
    if rows:
        if again:
            shown = with_rows(table, [(again, _judged(again, facts))], (), privacy)
            verdicts.append(("repeated_header", None, shown[0]))
        for check in COLUMN_PLANS:
            found = [(field, plan) for field, checks in by_field.items() for plan in checks[check]]
            verdicts += [(check, *item) for item in _by_column(table, check, found, facts, privacy)]
        verdicts.append(("duplicate_rows", None, duplicate_rows(table, rows)))
        verdicts += [(PII, *item) for item in personal.verdicts(facts, (), privacy)]
    return [
        make_outcome(verdict, dataset=dataset, check=check, location=place, column=column)
        for check, column, verdict in verdicts
    ]


def mixed_types(field: Field, kinds: Sequence[str] = TEXT_KINDS) -> list[Plan]:
    """`mixed_types`: a column of a text file that is numbers, dates or booleans is so in every value.

    A column counts as one of these if at least three of its values are, and at most one value or a twentieth of them is
    not: `fail`. Where more are not, but at least half of the values are, it is `warn`: the column may be text. Zeros
    and ones alone make no booleans. Words that mean missing are left out. A column of codes (V57.1, 007) is text and
    not judged, which is said with its name: three codes, or a twentieth of the values, which are at least half of what
    is odd. Parquet columns have one type by construction. JSON lines tell numbers, booleans and texts apart: there, a
    column that holds several of them is told, `fail` where at most one value or a twentieth is odd, else `warn`.
    """
    if not field.is_text:
        return []
    missing = is_word_for_missing(field)
    counts = {
        "missing": sql.count_where(missing),
        "codes": sql.count_where(sql.matches(f"trim({field.raw})", CODE)),
    }
    judged = kinds_to_judge(field, kinds)
    return several_json_types(field) + [_one_type(as_kind(field, kind), missing, counts) for kind in judged]


def _one_type(field: Field, missing: str, counts: Mapping[str, str]) -> Plan:
    def judge(facts: Facts) -> Verdict:
        total = facts["present"] - facts["missing"]
        odd = total - facts["typed"]
        typed = facts["typed"] >= LEAST_TYPED and odd <= max(1, ODD_SHARE * total)
        mostly = facts["typed"] >= LEAST_TYPED and facts["typed"] >= LEAST_SHARE * total
        if not odd or not mostly or not facts["marks"]:
            return Verdict(status=Status.PASS, message="one type")
        codes = facts["codes"]
        if (codes >= MANY_CODES or codes > ODD_SHARE * total) and 2 * codes >= odd:
            return Verdict(status=Status.SKIP, message=f"{words.counted(codes, 'value')} like codes")
        if typed:
            message = f"{odd:,} of {words.counted(total, 'value')} {words.verb(odd)} no {field.kind} like the rest"
        else:
            message = f"{facts['typed']:,} of {words.counted(total, 'value')} are {field.kind}s, the others are not"
        return Verdict(
            status=Status.FAIL if typed else Status.WARN,
            message=message,
            observed=odd,
            expected=f"type {field.kind}",
            hint="correct the values, or declare the column's type in a schema (`mlgate data infer`)",
            evidence={"judged": total, "failing": odd, "null": facts["rows"] - facts["present"]},
        )

    typed = f"{field.value} IS NOT NULL AND NOT {missing}"
    marks = f"{typed} AND {sql.matches(f'lower(trim({field.raw}))', WORD)}" if field.kind == "boolean" else typed
    return Plan(
        fields=(field,),
        aggregates={**field.counts, **counts, "typed": sql.count_where(typed), "marks": sql.count_where(marks)},
        judge=judge,
        failing=f"{field.raw} IS NOT NULL AND {field.value} IS NULL AND NOT {missing}",
        shown=field.raw,
    )


def sentinels(field: Field, kinds: Sequence[str] = TEXT_KINDS) -> list[Plan]:
    """`sentinels`: no value is a word (N/A, null, ?, ...) or a number (-999, ...) that usually means missing.

    A number counts only if no other value of the column lies below -99.
    """
    if field.kind not in ("string", "integer", "number"):
        return []
    hint = "list it under `read: null` in a schema, or write missing values as empty fields"
    plans = [_number_sentinel(as_kind(field, "number") if field.is_text else field)]
    if field.kind == "string":
        known = is_word_for_missing(field)
        aggregates = field.counts | {"failing": sql.count_where(known), "example": sql.smallest(field.raw, known)}

        def judge(facts: Facts) -> Verdict:
            return _suspect(facts, words.exact(facts["example"]), hint)

        words_plan = Plan(fields=(field,), aggregates=aggregates, judge=judge, failing=known, shown=field.raw)
        return [words_plan, *(plans if field.is_text and "number" in kinds else [])]
    return plans


def _number_sentinel(field: Field) -> Plan:
    known = f"{field.value} IN ({', '.join(map(str, NUMBERS_FOR_MISSING))})"
    others = f"{field.value} IS NOT NULL AND NOT {known}"
    aggregates = field.counts | {
        "failing": sql.count_where(known),
        "example": sql.smallest(field.value, known),
        "lowest": sql.smallest(field.value, others),
    }

    def judge(facts: Facts) -> Verdict:
        lowest = facts["lowest"]
        if lowest is None or not lowest >= FAR_BELOW:
            return Verdict(status=Status.PASS, message="none")
        example = f"{float(facts['example'] or 0):g}"
        return _suspect(facts, example, "write missing values as empty fields or null, if that is what it means")

    return Plan(fields=(field,), aggregates=aggregates, judge=judge, failing=known, shown=field.raw)


def _suspect(facts: Facts, example: str, hint: str) -> Verdict:
    count = facts["failing"]
    if not count:
        return Verdict(status=Status.PASS, message="none")
    return Verdict(
        status=Status.WARN,
        message=f"{count:,} of {words.counted(facts['present'], 'value')} may stand for a missing one, e.g. {example}",
        observed=count,
        expected="no word or number for missing",
        hint=hint,
        evidence={"judged": facts["present"], "failing": count, "null": facts["rows"] - facts["present"]},
    )


COLUMN_PLANS = {
    "mixed_types": mixed_types,
    "sentinels": sentinels,
    "mixed_formats": mixed_formats,
    "not_finite": not_finite,
}
"""Checks of single columns, each with what it would ask of one that may be of certain kinds."""

_FOUND = {
    "mixed_types": "of mixed types",
    "sentinels": "with a word or number for missing",
    "mixed_formats": "of mixed formats",
    "not_finite": "with an infinite number",
}


def duplicate_rows(table: Table, rows: int) -> Verdict:
    """`duplicate_rows`: no row stands twice, compared in all columns. Tables of one column are not judged."""
    import duckdb

    names = [f"c{place}" for place, name in enumerate(table.columns) if name not in table.unreadable]
    if len(names) < 2:
        return Verdict(status=Status.SKIP, message="not judged: values of a single column repeat")
    names += [f"t{place}" for place, name in enumerate(table.columns) if name in table.json_types]
    groups = f"SELECT count(*) AS n FROM {table.relation} GROUP BY {', '.join(names)} HAVING count(*) > 1"  # noqa: S608  # names of ours
    try:
        found = table.connection.execute(f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS repeated").fetchone()  # noqa: S608  # names of ours
    except duckdb.Error as problem:
        hint = "the work may be too large for the memory limit"
        return Verdict(status=Status.ERROR, message=f"could not be computed: {reason(problem)}", hint=hint)
    repeats = int(found[0]) if found else 0
    return Verdict(
        status=Status.WARN if repeats else Status.PASS,
        message=f"{repeats:,} of {words.counted(rows, 'row')} repeat an earlier one in every column",
        observed=repeats,
        expected="no row twice",
        hint="remove them if they are copies: a model would learn from them twice" if repeats else "",
        evidence={"judged": rows, "failing": repeats},
    )


def _judged(plan: Plan, facts: Mapping[str, Any]) -> Verdict:
    found = {name: facts[text] for name, text in plan.aggregates.items()}
    broken = first_broken(found)
    if broken:
        hint = "the file may be broken, or the work too large for the memory limit"
        return Verdict(status=Status.ERROR, message=f"could not be computed: {broken.reason}", hint=hint)
    return plan.judge(found)


def _narrowed(plan: Plan, facts: Mapping[str, Any]) -> Plan:
    """The plan for the rows to show, where it depends on the counts which those are; nothing more is asked."""
    found = {name: facts[text] for name, text in plan.aggregates.items()}
    return plan.then(found) if plan.then and not first_broken(found) else plan


def _by_column(
    table: Table, check: str, plans: Sequence[tuple[Field, Plan]], facts: Mapping[str, Any], privacy: str
) -> list[tuple[str | None, Verdict]]:
    """The columns where something was found, or one statement that nothing was, with those that were not judged."""
    found: dict[str, tuple[Plan, Verdict]] = {}
    unjudged: dict[str, str] = {}
    for field, plan in plans:
        verdict = _judged(plan, facts)
        if verdict.status is Status.SKIP:
            unjudged[field.name] = verdict.message
        if verdict.status in (Status.PASS, Status.SKIP):
            continue
        if field.name in found:
            first, before = found[field.name]
            found[field.name] = first, replace(before, message=f"{before.message}; {verdict.message}")
        else:
            found[field.name] = _narrowed(plan, facts), verdict
    if found:
        return list(zip(found, with_rows(table, list(found.values()), (), privacy), strict=True))
    what = _FOUND[check]
    message = f"{words.counted(len(table.engine_types), 'column')} looked at, none {what}"
    if unjudged:
        name, why = next(iter(unjudged.items()))
        message += f"; not judged: {words.listed(unjudged)} ({words.short(name)}: {why})"
    return [(None, Verdict(status=Status.PASS, message=message, observed=0, expected=f"no column {what}"))]
