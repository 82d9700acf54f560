"""Checks of what is missing. NaN counts as missing here, since most tools write a missing number so."""

from __future__ import annotations

from typing import Any

from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally, Wording, judge_share, none_chosen, outside
from mlgate.data.plan import Facts, Field, Plan, Verdict, inside
from mlgate.outcome import Status


def not_null(field: Field, rule: Rule) -> Plan:
    """`not_null`: no value is missing. Null and NaN are missing; in a text file only the declared null tokens are null.

    `mostly` is the share of the rows that must have a value.
    """

    def judge(facts: Facts) -> Verdict:
        missing = facts["rows"] - facts["present"] + facts["nan"]
        tally = Tally(rows=facts["rows"], null=0, judged=facts["rows"], failing=missing, outside=outside(facts))
        verdict = judge_share(tally, rule.mostly, Wording("present", f"missing{_nan_words(facts)}", "no value missing"))
        return _with_counts(verdict, facts, missing)

    return Plan(
        fields=(field,),
        aggregates=field.counts | _nan(field),
        judge=judge,
        failing=f"{field.raw} IS NULL" + (f" OR {field.nan}" if field.nan else ""),
        shown=field.raw,
    )


def null(field: Field, rule: Rule) -> Plan:
    """`null`: every value is missing: null or NaN. `mostly` is the share of the rows that must have none."""

    def judge(facts: Facts) -> Verdict:
        present = facts["present"] - facts["nan"]
        tally = Tally(rows=facts["rows"], null=0, judged=facts["rows"], failing=present, outside=outside(facts))
        verdict = judge_share(tally, rule.mostly, Wording("missing", "present", "every value missing"))
        return _with_counts(verdict, facts, present)

    return Plan(
        fields=(field,),
        aggregates=field.counts | _nan(field),
        judge=judge,
        failing=f"{field.raw} IS NOT NULL" + (f" AND NOT coalesce({field.nan}, false)" if field.nan else ""),
        shown=field.raw,
    )


def null_fraction(field: Field, rule: Rule) -> Plan:
    """`null_fraction`: the share of missing values (null and NaN) in all rows lies in the interval."""
    bound: Bound = rule.argument

    def judge(facts: Facts) -> Verdict:
        rows, missing = facts["rows"], facts["rows"] - facts["present"] + facts["nan"]
        expected = f"{words.bound(bound)} of the values missing"
        if not rows and outside(facts):
            return none_chosen(expected, {"judged": 0, "failing": 0, "null": 0, "outside": outside(facts)})
        if not rows:
            return Verdict(status=Status.PASS, message="0 values judged: the table has no rows", expected=expected)
        share = missing / rows
        holds = inside(bound, share)
        verdict = Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=f"{missing:,} of {words.counted(rows, 'value')} {words.verb(missing)} missing ({share:.4g})"
            + _nan_words(facts),
            observed=share,
            expected=expected,
            hint="" if holds else "fill the values, or change the bound if so many may be missing",
        )
        return _with_counts(verdict, facts, missing)

    return Plan(fields=(field,), aggregates=field.counts | _nan(field), judge=judge)


def _nan(field: Field) -> dict[str, str]:
    return {"nan": sql.count_where(field.nan) if field.nan else "0"}


def _nan_words(facts: Facts) -> str:
    return f" ({facts['nan']:,} of them NaN)" if facts["nan"] else ""


def _with_counts(verdict: Verdict, facts: Facts, missing: int) -> Verdict:
    evidence: dict[str, Any] = {"judged": facts["rows"], "failing": missing, "null": facts["rows"] - facts["present"]}
    more = {"nan": facts["nan"], "outside": outside(facts)}
    evidence |= {name: count for name, count in more.items() if count}
    return Verdict(
        status=verdict.status,
        message=verdict.message,
        observed=verdict.observed,
        expected=verdict.expected,
        hint=verdict.hint,
        evidence=evidence,
    )
