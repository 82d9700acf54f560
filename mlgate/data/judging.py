"""How counts become a verdict, the same for every check of values."""

from __future__ import annotations

from typing import Any

from mlgate.data import words
from mlgate.data.plan import Facts, Field, Verdict
from mlgate.late import dataclass
from mlgate.outcome import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one check: `judged` values of which `failing` do not hold, out of `rows` of which `null` are null.

    `not_of_type` values are not judged here because the `type` check has them. `by_zero` rows are not judged because
    something is divided by zero in them. `outside` are the rows beside `rows` for which the condition `where` does not
    hold.
    """

    rows: int
    null: int
    judged: int
    failing: int
    not_of_type: int = 0
    by_zero: int = 0
    kind: str = ""
    expects_null: bool = False
    noun: str = "value"
    outside: int = 0

    @classmethod
    def of(cls, field: Field, facts: Facts, *, judged: int, failing: int) -> Tally:
        """From the counts that every plan of a column asks for (`Field.counts`)."""
        return cls(
            rows=facts["rows"],
            null=facts["rows"] - facts["present"],
            judged=judged,
            failing=failing,
            not_of_type=facts["present"] - judged,
            kind=field.kind,
            expects_null=field.expects_null,
            outside=outside(facts),
        )

    @property
    def evidence(self) -> dict[str, Any]:
        counts = {"judged": self.judged, "failing": self.failing, "null": self.null}
        more = {"not_of_type": self.not_of_type, "divided_by_zero": self.by_zero, "outside": self.outside}
        return counts | {name: count for name, count in more.items() if count}


def outside(facts: Facts) -> int:
    """The rows for which the condition `where` does not hold, of the counts of `Field.row_counts`."""
    return int(facts.get("all_rows", facts["rows"]) - facts["rows"])


def none_chosen(expected: str, evidence: dict[str, Any]) -> Verdict:
    """The error where no row meets the condition `where`."""
    message = "0 values judged: no row meets the condition `where`"
    hint = "correct the condition, or remove the check"
    return Verdict(status=Status.ERROR, message=message, expected=expected, hint=hint, evidence=evidence)


@dataclass(frozen=True, slots=True)
class Wording:
    """Ends of the sentences `every one ...` and `3 of 20 values are ...`, and what was expected."""

    good: str
    bad: str
    expected: str


def judge_share(tally: Tally, mostly: float, wording: Wording, detail: str = "") -> Verdict:
    """Whether at least the share `mostly` of the judged values holds.

    Nothing judged is no proof: it passes only where the schema accepts a column of nulls or a table without rows.
    """
    expected = wording.expected if mostly == 1 else f"{wording.expected} for at least {mostly:.6g} of the values"
    if not tally.judged:
        return _nothing_judged(tally, expected)
    holds = (tally.judged - tally.failing) / tally.judged >= mostly
    apart = {"null": tally.null, "not of the type": tally.not_of_type, "divided by zero": tally.by_zero}
    left_out = [f"{count:,} {what}" for what, count in apart.items() if count]
    beside = f"; beside them {' and '.join(left_out)}" if left_out else ""
    judged = words.counted(tally.judged, tally.noun)
    if tally.failing:
        message = f"{tally.failing:,} of {judged} {words.verb(tally.failing)} {wording.bad}"
        message += f" ({detail})" if detail else ""
        message += "; that many may be" if holds else ""
    else:
        message = f"{judged} judged, every one {wording.good}"
    return Verdict(
        status=Status.PASS if holds else Status.FAIL,
        message=message + beside,
        observed=tally.failing,
        expected=expected,
        hint="" if holds else "correct the rows, or the schema if the values are right",
        evidence=tally.evidence,
    )


def _nothing_judged(tally: Tally, expected: str) -> Verdict:
    if tally.outside and not tally.rows:
        return none_chosen(expected, tally.evidence)
    if tally.not_of_type:
        status, hint = Status.SKIP, ""
        none = f"none of {words.counted(tally.not_of_type, 'value')} is of type {tally.kind}"
        some = f"a value is not of its type in {words.counted(tally.not_of_type, tally.noun)}"
        why = f"{none if tally.kind else some}, see the check `type`"
    elif tally.by_zero:
        status, why = Status.ERROR, f"something is divided by zero in {words.counted(tally.by_zero, tally.noun)}"
        hint = "correct the rows, or the condition"
    elif tally.rows == 0:
        status, hint, why = Status.PASS, "", "the table has no rows"
    elif tally.expects_null:
        status, hint, why = Status.PASS, "", f"all {tally.rows:,} are null, which the schema allows"
    else:
        status, why = Status.ERROR, f"all {tally.rows:,} are null"
        hint = "fill the column, or write `null_fraction: {max: 1}` if it may be empty"
    return Verdict(
        status=status, message=f"0 values judged: {why}", expected=expected, hint=hint, evidence=tally.evidence
    )
