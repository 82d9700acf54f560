"""Checks of readings against the clock and against themselves: stale entities, the future, values that stand still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.schema import Rule
from mlgate.config.series_rules import Frozen, Latest, NotInFuture
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Wording, judge_share
from mlgate.data.literals import needs_numbers
from mlgate.data.moments import needs_moments, spoken, told, utc
from mlgate.data.other_tables import shown_as
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.data.series_queries import NEVER
from mlgate.data.series_reading import SeriesReading, with_more
from mlgate.data.value_checks import told_apart, value_plan

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def series_freshness(scope: Scope, rule: Rule) -> Plan:
    """`series_freshness`: the latest reading of every entity is at most `max_age` old.

    One entity that still reports makes a table fresh for `freshness`; here each is judged by itself, and `mostly` is a
    share of them. The age is counted from `reference_time`, else from the time of the check, and `max_age` itself is
    still fresh; dates are compared by whole days. Readings in the future are counted and told, and the latest of the
    others is judged; an entity that has no other fails. Series, times and nulls are as for `series_gaps`.

    A failure is a warning unless the schema writes `severity: fail` in the long form: the calendar alone must not block
    a change.
    """
    age: Latest = rule.argument
    reference = utc(age.reference_time or scope.now, rule.check)
    read = SeriesReading.of(scope, rule, age)
    now = _counted_from(reference, read.time)
    names, limit = words.listed(age.entity), age.max_age.written
    expected = f"a reading of every {names} at most {limit} old at {_shown(reference, read.time)}"
    wording = Wording(f"with a reading in the last {limit}", f"without a reading in the last {limit}", expected)

    def judge(facts: Facts) -> Verdict:
        found = facts["found"]
        noun = names if len(age.entity) == 1 else "group"
        tally = read.tally(facts, judged=found["series"], failing=found["stale"], noun=noun)
        most = found["most"] or []
        verdict = judge_share(tally, rule.mostly, wording, _oldest(read, most, found["never"]))
        ahead = f"; {words.counted(found['future'], 'reading')} in the future" if found["future"] else ""
        return with_more(
            replace(verdict, message=verdict.message + ahead),
            "find out why nothing came, or take out what has ended",
            never=found["never"],
            future=found["future"],
            oldest=_known(read.listed(most, "until"), most) or None,
            reference_time=told(reference),
        )

    return read.plan(judge, {"found": read.sql.latest(now, age.max_age.microseconds)})


def _oldest(read: SeriesReading, most: Sequence[Mapping[str, Any]], never: int) -> str:
    """The entity whose latest reading is oldest, and how many have none."""
    parts = []
    one = next((found for found in most if found["until"] != NEVER), None)
    if one is not None:
        whose = f" of {words.short(one['entity'])}" if read.privacy == "full" else ""
        parts.append(f"the longest silence{whose} is {spoken(one['length'] / 1e6)}, since {read.moment(one['until'])}")
    return "; ".join(parts + [f"{never:,} without any until now"] * bool(never))


def _known(listed: list[dict[str, Any]], most: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The listed readings, those that do not exist without a moment and an age."""
    nothing = {"until": None, "seconds": None}
    return [one | (nothing if found["until"] == NEVER else {}) for one, found in zip(listed, most, strict=False)]


def not_in_future(scope: Scope, rule: Rule) -> Plan:
    """`not_in_future`: no value of a column lies ahead of the clock.

    The present is `reference_time`, else the time of the check, in UTC; `allowance` (a day unless given) is how far
    ahead a value may lie, so that a local time without a zone is not taken for the future. A date is compared with the
    day of that moment. Nulls, and values that are no dates, are not judged but counted.

    Time cannot break a file that once passed, so a failure blocks like any other.
    """
    argument: NotInFuture = rule.argument
    reference = utc(argument.reference_time or scope.now, rule.check)
    field = needs_moments(scope.field(argument.column, rule.where), rule.check)
    limit = reference + dt.timedelta(seconds=argument.allowance.seconds)
    last = limit.date() if field.kind == "date" else limit
    literal, _ = sql.moment_literal(last.isoformat(), field.kind)
    latest = sql.largest(field.value, f"{field.value} > {literal}")

    def latest_told(facts: Facts) -> tuple[Any, str]:
        found = facts["latest"] and facts["latest"].replace(" ", "T")  # ISO 8601, as everywhere else
        return found, f"the latest {found}"

    wording = Wording(
        f"at most {told(last)}", f"later than {told(last)} in {words.short(argument.column)}", f"at most {told(last)}"
    )
    plan = value_plan(field, rule, f"{field.value} <= {literal}", wording, {"latest": sql.as_text(latest)}, latest_told)
    judge_values = plan.judge

    def judge(facts: Facts) -> Verdict:
        verdict = judge_values(facts)
        hint = "correct the dates: a wrong year, day and month exchanged, or a date that stands for none"
        return with_more(verdict, hint, reference_time=told(reference))

    return replace(plan, judge=judge)


def series_frozen(scope: Scope, rule: Rule) -> Plan:
    """`series_frozen`: no value of a series stands still over `readings` readings in a row, or for `duration`.

    In the order of time, a reading fails if it and the ones before it, so many or over so long, are the same; numbers
    are if the largest and the smallest of them are at most `tolerance` (0 unless given) apart, so a slow rise is no
    standstill. Of each standstill the first row of the file that fails is listed. Readings without a value, or with
    NaN, are passed over and counted. A duration is counted from reading to reading: a value stands still no longer than
    it was seen to. Series, times and nulls are as for `series_gaps`.

    It is an `error` if no series has as many readings, or is as long.
    """
    frozen: Frozen = rule.argument
    value = scope.field(frozen.column, rule.where)
    value = needs_numbers(value, rule.check) if frozen.tolerance else value
    read = SeriesReading.of(scope, rule, frozen, value)
    span = frozen.duration.microseconds if frozen.duration else 0
    long = frozen.duration.written if frozen.duration else f"{frozen.readings} readings"
    near = f" by more than {words.number(frozen.tolerance)}" if frozen.tolerance else ""
    expected = f"{words.short(frozen.column)} changes{near} within {long}"
    wording = Wording(
        f"with a change{near} within {long}", f"unchanged in {words.short(frozen.column)} for {long} or more", expected
    )

    def judge(facts: Facts) -> Verdict:
        found, extent = facts["found"], facts["extent"]
        if facts["judged"] and not (extent["span"] >= span and extent["readings"] >= (frozen.readings or 0)):
            return read.too_short(facts, f"{long} to judge", expected)
        tally = read.tally(facts, judged=facts["judged"], failing=found["failing"])
        most = found["most"] or []
        detail = f"{words.counted(found['standstills'], 'standstill')}"
        detail += f"{read.in_series(found['series'], extent['series'])}; {read.longest(most)}"
        standstills = read.listed(most, "since", "until")
        for one, shown in zip(most, standstills, strict=False):
            shown["value"] = shown_as(one["value"], read.privacy)
        return with_more(
            judge_share(tally, rule.mostly, wording, detail),
            "look at what writes the values; where a standstill is right, leave it out with `where`",
            nan=facts["nan"] or None,
            standstills=found["standstills"],
            series=extent["series"],
            series_frozen=found["series"],
            longest_standstills=standstills or None,
        )

    same, tolerance = told_apart(value), sql.number_literal(frozen.tolerance) if frozen.tolerance else ""
    query = (
        read.sql.same_for_duration(same, span, tolerance)
        if frozen.duration
        else read.sql.same_for_readings(same, frozen.readings or 0, tolerance)
    )
    return read.plan(judge, {"found": query, "extent": read.sql.extent()})


def _counted_from(reference: dt.datetime, time: Field) -> int:
    """The reference in microseconds; where the column holds dates, the start of its day."""
    start = dt.datetime.combine(reference.date(), dt.time(), dt.UTC) if time.kind == "date" else reference
    return (start - _EPOCH) // dt.timedelta(microseconds=1)


def _shown(reference: dt.datetime, time: Field) -> str:
    return told(reference.date() if time.kind == "date" else reference)
