"""The columns of a check of readings in time, and what is said of them: common to all such checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.schema import Rule
from mlgate.config.series_rules import Series
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.judging import Tally, outside
from mlgate.data.moments import needs_moments, spoken
from mlgate.data.other_tables import shown_as
from mlgate.data.own_queries import in_rows
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.scope import Scope
from mlgate.data.series_queries import Readings
from mlgate.data.value_checks import told_apart
from mlgate.data.zones import zoned
from mlgate.late import dataclass
from mlgate.outcome import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReading:
    """Readings of a table, series by series.

    Parameters
    ----------
    fields : the columns of the entity, the time, and the value where there is one
    time : the column of moments
    sql : the readings as SQL
    nan : condition of a row whose value is NaN, which is no reading; empty where there is none
    """

    fields: tuple[Field, ...]
    time: Field
    sql: Readings
    nan: str
    privacy: str

    @classmethod
    def of(cls, scope: Scope, rule: Rule, series: Series, value: Field | None = None) -> SeriesReading:
        """The readings that a rule speaks of; with a `value`, those that have one."""
        entity = [scope.field(name, rule.where) for name in series.entity]
        time = needs_moments(scope.field(series.time, rule.where), rule.check)
        fields = (*entity, time, *([value] if value else []))
        nan = value.nan if value else None
        judged = [f"{field.value} IS NOT NULL" for field in fields] + ([f"NOT {nan}"] if nan else [])
        return cls(
            fields=fields,
            time=time,
            sql=Readings(entity=[told_apart(one) for one in entity], time=time.value, judged=sql.all_of(judged)),
            nan=f"{value.value} IS NOT NULL AND {nan}" if value and nan else "",
            privacy=scope.privacy,
        )

    def plan(self, judge: Callable[[Facts], Verdict], queries: Mapping[str, str]) -> Plan:
        """A plan of queries, of which `found` names the rows that do not hold: in `rows`, or in its `most`.

        What is judged is no pass beside readings that are not, and nothing at all where only some moments have a zone.
        """
        present = sql.all_of([f"{field.raw} IS NOT NULL" for field in self.fields])
        counts = {
            "present": sql.count_where(present),
            "judged": sql.count_where(self.sql.judged),
            "nan": sql.count_where(self.nan) if self.nan else "0",
        }
        if self.time.is_text:
            counts["zoned"] = sql.count_where(f"{self.sql.judged} AND {zoned(self.time)}")
        aggregates = {**self.fields[0].row_counts, **counts, **queries}

        def doubted(facts: Facts) -> Verdict:
            return self._doubted(judge(facts), facts)

        plan = Plan(fields=self.fields, aggregates=aggregates, judge=doubted, beside=True)

        def then(facts: Facts) -> Plan:
            found = facts["found"]
            rows = found["rows"] if "rows" in found else [-one["row"] for one in found["most"] or []]
            return replace(plan, aggregates={}, failing=in_rows(rows), then=None)

        return replace(plan, then=then) if "found" in queries else plan

    def tally(self, facts: Facts, *, judged: int, failing: int, noun: str = "reading") -> Tally:
        return Tally(
            rows=facts["rows"],
            null=facts["rows"] - facts["present"],
            judged=judged,
            failing=failing,
            not_of_type=facts["present"] - facts["judged"] - facts["nan"],
            kind=" and ".join(dict.fromkeys(field.kind for field in self.fields)),
            expects_null=any(field.expects_null for field in self.fields),
            noun=noun,
            outside=outside(facts),
        )

    def _doubted(self, verdict: Verdict, facts: Facts) -> Verdict:
        """The verdict, or the error where readings are not of the type, or moments of two kinds."""
        judged, zones = facts["judged"], facts.get("zoned", 0)
        if 0 < zones < judged:
            message = (
                f"{zones:,} of {judged:,} moments of {words.short(self.time.name)} have a time zone, the others none: "
                "their order cannot be told"
            )
            hint = "write all of them with a time zone, or all in UTC without one"
            return replace(verdict, status=Status.ERROR, message=message, observed=None, hint=hint)
        not_of_type = facts["present"] - judged - facts["nan"]
        if verdict.status is not Status.PASS or not not_of_type:
            return verdict
        return replace(
            verdict,
            status=Status.ERROR,
            message=f"{verdict.message}, of which nothing can be said",
            hint="correct what the check `type` shows",
        )

    def too_short(self, facts: Facts, needed: str, expected: str) -> Verdict:
        """The error where no series is long enough to show what is looked for."""
        tally = self.tally(facts, judged=facts["judged"], failing=0)
        return Verdict(
            status=Status.ERROR,
            message=f"nothing observed: no series has {needed}",
            expected=expected,
            hint="bring more readings, or correct `entity` and `time`",
            evidence={name: count for name, count in tally.evidence.items() if name != "failing"},
        )

    def in_series(self, some: int, every: int) -> str:
        """In how many of the series; nothing where all rows are one."""
        names = words.listed(field.name for field in self.fields[: len(self.sql.entity)])
        return f" in {some:,} of {every:,} series of {names}" if names else ""

    def longest(self, most: Sequence[Mapping[str, Any]]) -> str:
        """The longest of several times in words, where there is one."""
        if not most:
            return ""
        one = most[0]
        whose = f" of {words.short(one['entity'])}" if self.sql.entity and self.privacy == "full" else ""
        ends = f"from {self.moment(one['since'])} to {self.moment(one['until'])}"
        return f"the longest{whose} is {spoken(one['length'] / 1e6)}, {ends}"

    def listed(self, most: Sequence[Mapping[str, Any]], *parts: str) -> list[dict[str, Any]]:
        """Times as evidence: the named moments of each, its length and, as far as privacy allows, whose it is."""
        if self.privacy == "none":
            return []
        return [
            {"row": -one["row"]}
            | ({"entity": shown_as(one["entity"], self.privacy)} if self.sql.entity else {})
            | {part: self.moment(one[part]) for part in parts}
            | {"seconds": round(one["length"] / 1e6, 3)}
            for one in most
        ]

    def moment(self, microseconds: int) -> str:
        """A moment as ISO 8601 text: a day where the column holds dates."""
        try:
            found = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=microseconds)  # noqa: DTZ001  # UTC, as all are
        except OverflowError:
            return "a moment outside the years 1 to 9999"
        return found.date().isoformat() if self.time.kind == "date" else found.isoformat()


def with_more(verdict: Verdict, hint: str, **evidence: Any) -> Verdict:
    """A verdict with a hint of its own, where it has one, and more evidence; what is None is left out."""
    more = {name: value for name, value in evidence.items() if value is not None}
    return replace(verdict, hint=hint if verdict.hint else "", evidence={**verdict.evidence, **more})
