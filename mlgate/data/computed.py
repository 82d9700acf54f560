"""One number over a whole column: when there is none, and how one is judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from mlgate.config.schema import Bound
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally, none_chosen, outside
from mlgate.data.plan import Facts, Field, Verdict, inside
from mlgate.outcome import Status

BOUND_HINT = "find out what changed in the data, or change the bound"


def number_counts(field: Field) -> dict[str, str]:
    """The counts of a column of numbers, NaN among them."""
    return field.counts | {"nan": sql.count_where(field.nan) if field.nan else "0"}


def value_evidence(field: Field, facts: Facts) -> dict[str, Any]:
    """Counts of the evidence where no single value can fail."""
    tally = Tally.of(field, facts, judged=facts["of_type"], failing=0)
    return {key: value for key, value in tally.evidence.items() if key != "failing"}


def nothing_observed(field: Field, facts: Facts) -> Verdict:
    """The error for a number over nothing."""
    if outside(facts) and not facts["rows"]:
        return none_chosen("", value_evidence(field, facts))
    untyped = facts["present"] - facts["of_type"]
    why = f"none of {words.counted(untyped, 'value')} is of type {field.kind}" if untyped else "no value is there"
    return Verdict(
        status=Status.ERROR,
        message=f"nothing observed: {why}",
        hint="fill the column, or remove the check",
        evidence=value_evidence(field, facts),
    )


def not_computable(field: Field, facts: Facts, name: str, found: Iterable[Any] = ()) -> Verdict | None:
    """The error for a number that does not exist: over nothing, over values that are no numbers, or not finite.

    Parameters
    ----------
    name : of the number, as the message says it
    found : what the engine computed; None stands for a number that needs more values
    """
    untyped = facts["present"] - facts["of_type"]
    values = list(found)
    if not facts["of_type"]:
        return nothing_observed(field, facts)
    if untyped and field.judges_type:
        why, hint = (
            f"{untyped:,} of its values {words.verb(untyped)} not of type number",
            "declare the type, or correct the values",
        )
    elif facts["nan"]:
        why, hint = f"{facts['nan']:,} of its values {words.verb(facts['nan'])} NaN", "write missing values as null"
    elif None in values:
        why, hint = (
            f"{words.counted(facts['of_type'], 'value')} {words.verb(facts['of_type'])} too few",
            "remove the check, or add rows",
        )
    elif not all(is_finite(value) for value in values):
        why, hint = "it is not finite", "remove the infinite values"
    else:
        return None
    return without_number(field, facts, name, why, hint)


def without_number(field: Field, facts: Facts, name: str, why: str, hint: str) -> Verdict:
    """The error for a number that does not exist, and why."""
    message = f"the {name} cannot be computed: {why}"
    return Verdict(status=Status.ERROR, message=message, hint=hint, evidence=value_evidence(field, facts))


def out_of_turn(field: Field, facts: Facts) -> Verdict:
    """The error where the engine did not keep an order that a check rests on; it never should."""
    return Verdict(
        status=Status.ERROR,
        message="could not be judged: the engine gave the values out of order",
        hint="report this, with the version of duckdb",
        evidence=value_evidence(field, facts),
    )


def is_finite(value: Any) -> bool:
    """Whether a number is finite; an integer always is, however large."""
    return isinstance(value, int) or math.isfinite(value)


def as_number(value: Any) -> float:
    """An engine's number: integers stay exact."""
    return value if isinstance(value, int) else float(value)


def judge_number(field: Field, facts: Facts, name: str, found: float, bound: Bound) -> Verdict:
    """Whether a number over a column lies in its interval."""
    holds = inside(bound, found)
    return judged(
        field, facts, holds=holds, told=of_values(facts, name, words.number(found)), observed=found, bound=bound
    )


def of_values(facts: Facts, name: str, found: str) -> str:
    """The sentence that tells a number."""
    return f"the {name} of {words.counted(facts['of_type'], 'value')} is {found}"


def judged(field: Field, facts: Facts, *, holds: bool, told: str, observed: Any, bound: Bound) -> Verdict:
    """Verdict of a sentence about a column and the interval that it speaks of."""
    return Verdict(
        status=Status.PASS if holds else Status.FAIL,
        message=told + ("" if holds else f", expected {words.bound(bound)}"),
        observed=observed,
        expected=words.bound(bound),
        hint="" if holds else BOUND_HINT,
        evidence=value_evidence(field, facts),
    )


def judge_each(
    field: Field, facts: Facts, found: Mapping[str, float], bounds: Mapping[str, Bound], what: str
) -> Verdict:
    """Whether each of several numbers lies in its interval."""
    outside_bound = [name for name, value in found.items() if not inside(bounds[name], value)]
    expected = {name: words.bound(bound) for name, bound in bounds.items()}
    told = [
        f"{what} {words.short(name)} is {words.number(found[name])}"
        + (f", expected {expected[name]}" if outside_bound else "")
        for name in outside_bound or found
    ]
    return Verdict(
        status=Status.FAIL if outside_bound else Status.PASS,
        message="; ".join(told),
        observed=dict(found),
        expected="; ".join(f"{words.short(name)}: {phrase}" for name, phrase in expected.items()),
        hint=BOUND_HINT if outside_bound else "",
        evidence=value_evidence(field, facts),
    )
