"""Columns of JSON lines whose values have several JSON types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlgate.config.json_types import STRING, WORDS
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.plan import JSON_TYPE, Facts, Field, Plan, Verdict, as_kind
from mlgate.data.plausible import LEAST_TYPED, ODD_SHARE, is_word_for_missing
from mlgate.outcome import Status


def kinds_to_judge(field: Field, kinds: Sequence[str]) -> Sequence[str]:
    """The types that texts of JSON may all have but for a few: moments only, for JSON itself says what a number is."""
    if not field.json_types:
        return kinds
    return [kind for kind in kinds if kind == "datetime" and field.json_types & STRING]


def several_json_types(field: Field) -> list[Plan]:
    """A plan that tells several JSON types in one column; none where the file has one of them in it.

    At most one value, or a twentieth, beside three or more of another type is a slip: `fail`. More of them may be
    meant: `warn`. Words for missing values are left out.
    """
    bits = [bit for bit in WORDS if field.json_types & bit]
    if len(bits) < 2:
        return []
    typed, missing = as_kind(field, JSON_TYPE), is_word_for_missing(field)
    counts = {str(bit): sql.count_where(f"{typed.value} = {bit} AND NOT {missing}") for bit in bits}

    def judge(facts: Facts) -> Verdict:
        found = {bit: facts[str(bit)] for bit in bits if facts[str(bit)]}
        total, most = sum(found.values()), max(found.values(), default=0)
        odd = total - most
        if not odd:
            return Verdict(status=Status.PASS, message="one type")
        slip = most >= LEAST_TYPED and odd <= max(1, ODD_SHARE * total)
        told = ", ".join(words.counted(count, WORDS[bit]) for bit, count in found.items())
        return Verdict(
            status=Status.FAIL if slip else Status.WARN,
            message=f"{words.counted(total, 'value')} of several JSON types: {told}",
            observed=odd,
            expected="one JSON type",
            hint="write the values alike, or declare the column's type in a schema (`mlgate data infer`)",
            evidence={"judged": total, "failing": odd, "null": facts["rows"] - facts["present"]},
        )

    def then(facts: Facts) -> Plan:
        most = max(bits, key=lambda bit: facts[str(bit)])
        return replace(plan, failing=f"{typed.value} <> {most} AND NOT {missing}", then=None)

    aggregates = {"rows": field.rows, "present": sql.count(field.raw), **counts}
    plan = Plan(fields=(typed,), aggregates=aggregates, judge=judge, failing="false", shown=field.raw, then=then)
    return [plan]
