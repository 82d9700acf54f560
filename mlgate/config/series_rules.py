"""Checks of readings in time as a schema declares them: series by entity, and dates against a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from mlgate.config import fields as f
from mlgate.config.column_rules import parse_whole
from mlgate.config.document import Node
from mlgate.config.other_tables import Moment
from mlgate.config.spans import Span, SpanKind
from mlgate.late import dataclass

DAY_S = 86_400.0
MOMENTS = ("date", "datetime", "any")
_NUMBERS = ("integer", "number", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Readings in time: the rows of each value, or combination of values, of `entity`; all rows where it is empty."""

    time: str
    entity: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.entity, self.time)

    def misfit(self, kinds: Mapping[str, str]) -> str:
        """Why no value of the columns, given by type, can meet the argument; empty where one can."""
        if kinds[self.time] not in MOMENTS:
            return f"{self.time!r} is {kinds[self.time]}, a time is date or datetime"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps(Series):
    """A reading follows the one before it within `step`, give or take `tolerance`."""

    step: Span
    tolerance: Span | None = None

    @property
    def longest(self) -> int:
        """The longest distance of two readings that is no gap, in microseconds."""
        slack = self.step.microseconds // 2 if self.tolerance is None else self.tolerance.microseconds
        return self.step.microseconds + slack

    def misfit(self, kinds: Mapping[str, str]) -> str:
        whole = all(span.seconds % DAY_S == 0 for span in (self.step, self.tolerance) if span)
        if kinds[self.time] == "date" and not whole:
            return f"{self.time!r} holds dates, which are whole days apart"
        return Series.misfit(self, kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class InOrder(Series):
    """Whether two readings of one moment may follow one another."""

    strictly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(Series):
    """How old the latest reading of an entity may be; counted from `reference_time`, None is the time of the check."""

    max_age: Span
    reference_time: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(Series):
    """A value that stands still: over so many `readings`, or for a `duration`. One of them is None."""

    column: str
    readings: int | None = None
    duration: Span | None = None
    tolerance: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.entity, self.time, self.column)

    def misfit(self, kinds: Mapping[str, str]) -> str:
        if self.tolerance and kinds[self.column] not in _NUMBERS:
            return f"{self.column!r} is {kinds[self.column]}, a tolerance is for numbers"
        return Series.misfit(self, kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInFuture:
    """How far after `reference_time` a value may lie; None is the time of the check."""

    column: str
    allowance: Span
    reference_time: dt.datetime | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def misfit(self, kinds: Mapping[str, str]) -> str:
        if kinds[self.column] not in MOMENTS:
            return f"{self.column!r} is {kinds[self.column]}, it has no future"
        return ""


A_DAY = Span(seconds=DAY_S, written="1d")


_TIME = f.Key(f.Text(), "column of dates or times", required=True)
_ENTITY = f.ListOf(f.Text(), least=1, single=True)
_REFERENCE = f.Key(Moment(), "when the age is counted from; the time of the check unless given")


class SeriesKind:
    """One series check: its own keys beside `time` and `entity`."""

    def __init__(self, name: str, build: Callable[..., Any], keys: Mapping[str, f.Key], *, entities: bool = False):
        told = "columns that name whose reading it is" + ("" if entities else "; all rows are one series unless given")
        common = {"time": _TIME, "entity": f.Key(_ENTITY, told, required=entities)}
        self.keys = f.Struct(name, {**common, **keys})
        self.build = build

    def parse(self, node: Node, reading: f.Reading) -> Any:
        values = parse_whole(self.keys, node, reading)
        named = [*values.get("entity", ()), values["time"], *([values["column"]] if "column" in values else [])]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise node.error(f"{twice!r} is named twice", hint="whose reading it is, when and what are three columns")
        if "readings" in self.keys.keys and len({"readings", "duration"} & values.keys()) != 1:
            raise node.error("it is said in one way how long", hint="write `readings: 10` or `duration: 6h`")
        return self.build(**values)

    def json_schema(self) -> f.JsonSchema:
        return self.keys.json_schema()


GAPS = SeriesKind(
    "series_gaps",
    Gaps,
    {
        "step": f.Key(SpanKind(), "how far apart two readings are", required=True),
        "tolerance": f.Key(SpanKind(zero=True), "how much longer is no gap; half a step unless given"),
    },
)
IN_ORDER = SeriesKind(
    "series_order", InOrder, {"strictly": f.Key(f.Boolean(), "whether two readings of one moment are out of order")}
)
DUPLICATES = SeriesKind("series_duplicates", Series, {})
LATEST = SeriesKind(
    "series_freshness",
    Latest,
    {"max_age": f.Key(SpanKind(), "how old the latest reading may be", required=True), "reference_time": _REFERENCE},
    entities=True,
)
FROZEN = SeriesKind(
    "series_frozen",
    Frozen,
    {
        "column": f.Key(f.Text(), "what is read", required=True),
        "readings": f.Key(f.Number(low=2, high=10_000, integer=True), "so many equal ones in a row are too many"),
        "duration": f.Key(SpanKind(), "so long without a change is too long"),
        "tolerance": f.Key(f.Number(low=0), "numbers that are so near to one another are equal; 0 unless given"),
    },
)


class NotInFutureKind:
    """`{column: visit_date, allowance: 2h}`."""

    _KEYS = f.Struct(
        "not_in_future",
        {
            "column": f.Key(f.Text(), "column of dates or times", required=True),
            "allowance": f.Key(SpanKind(zero=True), "how far ahead of the clock is still right; 1d unless given"),
            "reference_time": f.Key(Moment(), "what is the present; the time of the check unless given"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> NotInFuture:
        return NotInFuture(**{"allowance": A_DAY, **parse_whole(self._KEYS, node, reading)})

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()
