"""Checks of readings in time, series by series: gaps, order, duplicates.

The rows of each value, or combination of values, of `entity` are a series; without `entity` all rows are one. A row in
which the time or a part of the entity is null, or not of its type, is not judged but counted. Times are UTC: those with
a zone are converted, those without are taken for UTC. What would pass is an `error` beside readings that are not of
their type; so is a column in which some moments have a zone and others have none.
"""

from __future__ import annotations

from dataclasses import replace

from mlgate.config.schema import Rule
from mlgate.config.series_rules import Gaps, InOrder, Series
from mlgate.data import words
from mlgate.data.across import joined_text
from mlgate.data.judging import Wording, judge_share
from mlgate.data.own_queries import repeats_of_long
from mlgate.data.plan import Facts, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.data.series_reading import SeriesReading, with_more


def series_gaps(scope: Scope, rule: Rule) -> Plan:
    """`series_gaps`: every reading of a series follows the one before it within `step`.

    The rows of each value, or combination of values, of `entity` are a series; without `entity` all rows are one. Two
    readings that are more than `step` and `tolerance` (half a step unless given) apart have a gap between them, in
    which one reading less is missing than steps fit in; the row that is listed is the reading behind the gap. What is
    judged are the readings that there should be: those that are there and those that are missing. So `mostly` is the
    share that has to be there. Before the first and after the last reading of a series nothing is missing;
    `series_freshness` looks at its end. Several readings of one moment count once, and the file may be in any order.

    Rows in which a part of the entity or the time is null, or not of its type, are not judged but counted. Times are
    UTC: those with a zone are converted, those without are taken for UTC, so local times have a gap of an hour in
    spring. It is an `error` if no series has two readings, if some times have a zone and others have none, and, where
    nothing fails, if something is not of its type.
    """
    gaps: Gaps = rule.argument
    read = SeriesReading.of(scope, rule, gaps)
    expected = f"a reading every {gaps.step.written}"

    def judge(facts: Facts) -> Verdict:
        found = facts["found"]
        if facts["judged"] and not found["steps"]:
            return read.too_short(facts, "readings of two moments", expected)
        judged = found["readings"] + found["missing"]
        tally = read.tally(facts, judged=judged, failing=found["missing"], noun="expected reading")
        most = found["most"] or []
        detail = f"{words.counted(found['gaps'], 'gap')}{read.in_series(found['gappy'], found['series'])}; "
        verdict = judge_share(tally, rule.mostly, Wording("there", "missing", expected), detail + read.longest(most))
        return with_more(
            verdict,
            "find out why nothing was recorded there, or write a longer `step`, or `mostly`",
            gaps=found["gaps"],
            series=found["series"],
            series_with_gaps=found["gappy"],
            longest_gaps=read.listed(most, "since", "until") or None,
        )

    return read.plan(judge, {"found": read.sql.gaps(gaps.step.microseconds, gaps.longest)})


def series_order(scope: Scope, rule: Rule) -> Plan:
    """`series_order`: no reading stands in the file behind a later one of its series.

    A failing row is one whose time is before that of the row of its series that stands before it in the file; with
    `strictly: true` also one of the same time. Series may be mixed with one another. Series, times and nulls are as for
    `series_gaps`.
    """
    order: InOrder = rule.argument
    read = SeriesReading.of(scope, rule, order)
    good, bad = ("after", "not after") if order.strictly else ("not before", "before")
    above = "the reading of its series that stands above it"
    wording = Wording(f"{good} {above}", f"{bad} {above}", "every series in the order of time")

    def judge(facts: Facts) -> Verdict:
        found = facts["found"]
        tally = read.tally(facts, judged=facts["judged"], failing=found["failing"])
        detail = read.in_series(found["disordered"], found["series"]).strip()
        verdict = judge_share(tally, rule.mostly, wording, detail)
        counts = {"series": found["series"], "series_out_of_order": found["disordered"]}
        return with_more(verdict, "sort the file by time, or find out where late rows come from", **counts)

    return read.plan(judge, {"found": read.sql.out_of_order("<=" if order.strictly else "<")})


def series_duplicates(scope: Scope, rule: Rule) -> Plan:
    """`series_duplicates`: no series has two readings of one moment.

    Of the readings that repeat a moment it is told how many are equal to all others of it in every column (delivered
    twice) and how many are not (two answers to one question); all of them are listed, the first one too. The same
    moment in two zones is one moment. Series, times and nulls are as for `series_gaps`.
    """
    argument: Series = rule.argument
    read = SeriesReading.of(scope, rule, argument)
    named = {field.name for field in read.fields}
    others = [scope.field(name, rule.where) for name in dict.fromkeys(scope.table.columns) if name not in named]
    values = [*read.sql.entity, read.sql.time]
    wording = Wording("alone at its moment", "at the moment of another one", "one reading at a time")

    def judge(facts: Facts) -> Verdict:
        repeated = facts["sorted"]["repeats"]
        equal = facts["copies"]["equal"] if repeated else 0
        tally = read.tally(facts, judged=facts["judged"], failing=repeated)
        detail = f"{equal:,} equal in every column, {repeated - equal:,} not"
        verdict = judge_share(tally, rule.mostly, wording, detail)
        hint = "keep one reading of each moment; where they differ, find out which one is right"
        return with_more(verdict, hint, equal=equal, unequal=repeated - equal)

    plan = read.plan(judge, {"sorted": repeats_of_long(*values)})
    plan = replace(plan, repeated=tuple(values), shown=joined_text(values), beside=False)

    def then(facts: Facts) -> Plan:
        if not facts["sorted"]["repeats"]:
            return replace(plan, aggregates={})
        copies = read.sql.copies([field.raw for field in others])
        return replace(plan, fields=(*plan.fields, *others), aggregates={"copies": copies})

    return replace(plan, then=then, unlikely=True)
