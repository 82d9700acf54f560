"""How old a table is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mlgate.config.other_tables import MaxAge
from mlgate.config.schema import Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import none_chosen, outside
from mlgate.data.moments import needs_moments, told, utc
from mlgate.data.plan import Facts, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.outcome import Status

_DAY = dt.timedelta(days=1)


def freshness(scope: Scope, rule: Rule) -> Plan:
    """`freshness`: the newest value of a column is at most `max_age` old.

    The age is counted from `reference_time`, else from the time of the check, and `max_age` itself is still fresh. All
    times are UTC: one with a zone is converted, one without is taken for UTC. The age of a date is the number of whole
    days from it to the day of the reference, so that today's date is 0 days old and yesterday's is 1 day old until
    midnight UTC.

    Values in the future are counted and told, and the newest of the others is judged: one wrong date cannot make old
    data fresh. Nulls and values that are no dates are not judged but counted. It is an `error` if no value is left. A
    failure is a warning unless the schema writes `severity: fail` in the long form: the calendar alone must not block a
    change.
    """
    age: MaxAge = rule.argument
    reference = utc(age.reference_time or scope.now, rule.check)
    field = needs_moments(scope.field(age.column, rule.where), rule.check)
    is_day = field.kind == "date"
    literal, _ = sql.moment_literal((reference.date() if is_day else reference).isoformat(), field.kind)
    past, future = f"{field.value} <= {literal}", f"{field.value} > {literal}"
    aggregates = field.counts | {
        "newest": sql.largest(field.value, past),
        "past": sql.count_where(past),
        "future": sql.count_where(future),
        "latest": sql.as_text(sql.largest(field.value, future)),
    }
    expected = f"at most {age.written} old at {told(reference.date() if is_day else reference)}"

    def judge(facts: Facts) -> Verdict:
        evidence = {"judged": facts["past"], "future": facts["future"], "null": facts["rows"] - facts["present"]}
        more = {"not_of_type": facts["present"] - facts["of_type"], "outside": outside(facts)}
        evidence |= {name: count for name, count in more.items() if count}
        ahead = ""
        if facts["future"]:
            verb = "lies" if facts["future"] == 1 else "lie"
            ahead = f"; {words.counted(facts['future'], 'value')} {verb} in the future, the latest {facts['latest']}"
        newest = facts["newest"]
        if newest is None and not facts["rows"] and outside(facts):
            return none_chosen(expected, evidence)
        if newest is None:
            hint = "fill the column, or correct its dates"
            message = f"nothing observed: no value up to {told(reference)}{ahead}"
            return Verdict(status=Status.ERROR, message=message, expected=expected, hint=hint, evidence=evidence)
        old = _age(newest, reference)
        holds = old is not None and old.total_seconds() <= age.seconds
        return Verdict(
            status=Status.PASS if holds else Status.FAIL,
            message=f"the newest value is {told(newest)}, {_spoken(old, whole=is_day)}{ahead}",
            observed=words.comparable(newest),
            expected=expected,
            hint="" if holds else "bring newer data, or raise `max_age`",
            evidence=evidence
            | {"age_s": None if old is None else old.total_seconds(), "reference_time": told(reference)},
        )

    return Plan(fields=(field,), aggregates=aggregates, judge=judge)


def _age(newest: Any, reference: dt.datetime) -> dt.timedelta | None:
    """None for a moment before the year 1, which the engine gives as text."""
    if isinstance(newest, dt.datetime):
        return reference.replace(tzinfo=None) - newest
    return reference.date() - newest if isinstance(newest, dt.date) else None


def _spoken(age: dt.timedelta | None, *, whole: bool) -> str:
    """An age in days, below two days in hours."""
    if age is None:
        return "before the year 1"
    if whole:
        return f"{words.counted(age.days, 'day')} old"
    if age < 2 * _DAY:
        return f"{age.total_seconds() / 3600:.1f} hours old"
    return f"{age / _DAY:,.1f} days old"
