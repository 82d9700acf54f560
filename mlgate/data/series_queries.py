"""SQL over readings in time, series by series: the distance of neighbours, their order, values that stand still.

Like `own_queries`, this is a place that another engine replaces: each query speaks of `source`, the scanned columns,
and gives one struct. Moments are microseconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.data import aggregates as sql
from mlgate.data.across import joined_text
from mlgate.data.own_queries import MAX_SHOWN, ROW, Query
from mlgate.late import dataclass

NEVER = -(2**62)
"""Stands for the moment of a reading that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Rows of `source` as readings.

    Parameters
    ----------
    entity : SQL of what names a series; none where all rows are one
    time : SQL of the reading's moment, a date or a datetime
    judged : condition of the rows that are readings
    """

    entity: Sequence[str]
    time: str
    judged: str

    @property
    def keys(self) -> list[str]:
        return [f"e{place}" for place in range(len(self.entity))]

    def _rows(self, *more: str) -> str:
        parts = [ROW, *_named(self.entity, self.keys), f"{sql.microseconds(self.time)} AS u", *more]
        return f"(SELECT {', '.join(parts)} FROM source WHERE {self.judged}) AS readings"  # noqa: S608  # made by aggregates

    def _over(self, order: str, frame: str = "") -> str:
        series = f"PARTITION BY {', '.join(self.keys)} " if self.keys else ""
        return f"({series}ORDER BY {order}{frame and f' {frame}'})"

    def _series(self, where: str) -> str:
        """How many series have a row for which a condition holds."""
        return sql.count_distinct(*self.keys, where=where) if self.keys else f"least({sql.count_where(where)}, 1)"

    def _shown(self, where: str, **parts: str) -> str:
        """A list of the ten largest, by the order of the parts, of what a condition chooses; null where it never holds.

        `row` is the number of the row, which breaks ties: a smaller one counts as larger.
        """
        named = {**parts, "row": f"-{parts['row']}", "entity": joined_text(self.keys) if self.keys else "''"}
        return f"max({sql.only_where(where, _struct(**named))}, {MAX_SHOWN})"

    def extent(self) -> Query:
        """The number of `series`, and the most `readings` and the longest `span` of one."""
        groups = f" GROUP BY {', '.join(self.keys)}" if self.keys else ""
        each = f"SELECT {sql.ROWS} AS n, max(u) - min(u) AS span FROM {self._rows()}{groups}"  # noqa: S608  # names of ours
        found = _struct(series=sql.count_where("n > 0"), readings="coalesce(max(n), 0)", span="coalesce(max(span), 0)")
        return Query(f"SELECT {found} FROM ({each}) AS each_one")  # noqa: S608  # names of ours

    def gaps(self, step: int, longest: int) -> Query:
        """Neighbours that are further apart than `longest`.

        `readings` at different moments, `series`, `steps` from one reading to the next; `gaps`, of `gappy` series, with
        `missing` readings; `most` are the longest ones: `length`, `since`, `until`, `row` (with a minus), `entity`.
        """
        before = f"SELECT *, lag(u) OVER {self._over('u')} AS before FROM {self._rows()}"  # noqa: S608  # names of ours
        gap = f"u - before > {longest}"
        missing = f"greatest(CAST(round((u - before) / {step}) AS BIGINT) - 1, 1)"
        found = _struct(
            readings=sql.count_where("before IS NULL OR u > before"),
            series=sql.count_where("before IS NULL"),
            steps=sql.count_where("u > before"),
            gaps=sql.count_where(gap),
            gappy=self._series(gap),
            missing=f"coalesce({sql.total(sql.only_where(gap, missing))}, 0)",
            most=self._shown(gap, length="u - before", row=ROW, since="before", until="u"),
        )
        return Query(f"SELECT {found} FROM ({before}) AS steps")  # noqa: S608  # names of ours

    def out_of_order(self, wrong: str) -> Query:
        """Readings that are `wrong` (`<` or `<=`) to the one of their series that stands before them.

        `failing` of them, in `disordered` of all `series`; the first `rows`.
        """
        before = f"SELECT *, lag(u) OVER {self._over(ROW)} AS before FROM {self._rows()}"  # noqa: S608  # names of ours
        failing = f"u {wrong} before"
        found = _struct(
            failing=sql.count_where(failing),
            series=sql.count_where("before IS NULL"),
            disordered=self._series(failing),
            rows=f"min({sql.only_where(failing, ROW)}, {MAX_SHOWN})",
        )
        return Query(f"SELECT {found} FROM ({before}) AS ordered")  # noqa: S608  # names of ours

    def copies(self, others: Sequence[str]) -> Query:
        """Of the readings that repeat a moment, how many are `equal` to all others of it in other columns."""
        alike = f"{sql.digest(*others)}" if others else "0"
        moments = ", ".join((*self.keys, "u"))
        each = (
            f"SELECT {sql.ROWS} - 1 AS more, min(d) = max(d) AS alike FROM {self._rows(f'{alike} AS d')} "  # noqa: S608  # names of ours
            f"GROUP BY {moments} HAVING {sql.ROWS} > 1"
        )
        equal = f"coalesce({sql.total(sql.only_where('alike', 'more'))}, 0)"
        return Query(f"SELECT {_struct(equal=equal)} FROM ({each}) AS moments")  # noqa: S608  # names of ours

    def latest(self, now: int, age: int) -> Query:
        """Series whose latest reading until `now` is older than `age`.

        `series`, `stale` ones, those of them that `never` had a reading until now, readings in the `future`; `most` are
        the oldest ones: `length`, `row` (with a minus), `until` (`NEVER` where there is none), `entity`.
        """
        known = sql.only_where(f"u <= {now}", _struct(u="u", row=f"-{ROW}"))
        each = (
            f"SELECT {', '.join(self.keys)}, max({known}) AS latest, min({ROW}) AS first_row, "  # noqa: S608  # names of ours
            f"{sql.count_where(f'u > {now}')} AS ahead FROM {self._rows()} GROUP BY {', '.join(self.keys)}"
        )
        until = f"coalesce(latest.u, {NEVER})"
        stale = f"NOT {until} >= {now - age}"
        found = _struct(
            series=sql.ROWS,
            stale=sql.count_where(stale),
            never=sql.count_where("latest IS NULL"),
            future=f"coalesce({sql.total('ahead')}, 0)",
            most=self._shown(stale, length=f"{now} - {until}", row="coalesce(-latest.row, first_row)", until=until),
        )
        return Query(f"SELECT {found} FROM ({each}) AS each_one")  # noqa: S608  # names of ours

    def same_for_readings(self, value: str, count: int, tolerance: str) -> Query:
        """Readings at the end of so many whose values lie within the tolerance; for the answer see `_standstills`."""
        order = f"u, {ROW}"
        rows = (
            f"SELECT *, max(v) OVER f AS top, min(v) OVER f AS bottom, min(u) OVER f AS since, "  # noqa: S608  # names of ours
            f"row_number() OVER {self._over(order)} AS n FROM {self._rows(f'{value} AS v')} "
            f"WINDOW f AS {self._over(order, f'ROWS {count - 1} PRECEDING')}"
        )
        same = f"top - bottom <= {tolerance}" if tolerance else "top = bottom"
        return self._standstills(rows, f"n >= {count} AND {same}")

    def same_for_duration(self, value: str, span: int, tolerance: str) -> Query:
        """Readings until which the value lies within the tolerance for so long; for the answer see `_standstills`."""
        if not tolerance:
            return self._standstills(self._in_runs(value, "v IS DISTINCT FROM lag(v) OVER w"), f"u - since >= {span}")
        runs = self._in_runs(value, f"NOT coalesce(abs(v - lag(v) OVER w) <= {tolerance}, false)")
        run = ", ".join((*self.keys, "first_n"))
        # Only a run of neighbours that is long enough can hold a standstill; few are, and only they are looked into.
        moments = (
            f"SELECT {run}, u, min({ROW}) AS {ROW}, min(v) AS v, max(v) AS high "  # noqa: S608  # names of ours
            f"FROM (SELECT *, max(u) OVER (PARTITION BY {run}) AS until FROM ({runs}) AS runs) AS whole "
            f"WHERE until - since >= {span} GROUP BY {run}, u"
        )
        over = f"PARTITION BY {run} ORDER BY u RANGE"
        frames = f"f AS ({over} {span} PRECEDING), s AS ({over} BETWEEN UNBOUNDED PRECEDING AND {span} PRECEDING)"
        rows = (
            f"SELECT *, greatest(max(high) OVER f, last_value(high) OVER s) AS top, "  # noqa: S608  # names of ours
            f"least(min(v) OVER f, last_value(v) OVER s) AS bottom, last_value(u) OVER s AS since, "
            f"row_number() OVER {self._over('u, first_n')} AS n FROM ({moments}) AS moments WINDOW {frames}"
        )
        return self._standstills(rows, f"since IS NOT NULL AND top - bottom <= {tolerance}")

    def _in_runs(self, value: str, changed: str) -> str:
        """Each reading with its number `n` in the series; `first_n` and `since` are those of the first of its run.

        A run ends where a reading has `changed` from the one before it.
        """
        changes = (
            f"SELECT *, row_number() OVER w AS n, {changed} AS changed "  # noqa: S608  # names of ours
            f"FROM {self._rows(f'{value} AS v')} WINDOW w AS {self._over(f'u, {ROW}')}"
        )
        so_far = self._over("n", "ROWS UNBOUNDED PRECEDING")
        first_n, since = (f"max({sql.only_where('changed', part)}) OVER w" for part in ("n", "u"))
        return f"SELECT *, {first_n} AS first_n, {since} AS since FROM ({changes}) AS changes WINDOW w AS {so_far}"  # noqa: S608  # names of ours

    def _standstills(self, rows: str, still: str) -> Query:
        """Rows in which the value stands still; neighbours are one standstill.

        `failing` readings, `standstills`, the `series` that have one; `most` are the longest ones: `length`, `since`,
        `until`, `value` as text, `row` (with a minus) where it is noticed, `entity`.
        """
        series = "".join(f"{key}, " for key in self.keys)
        islands = f"SELECT *, n - row_number() OVER {self._over('n')} AS island FROM ({rows}) AS numbered WHERE {still}"  # noqa: S608  # names of ours
        each = (
            f"SELECT {series}{sql.ROWS} AS failing, min(since) AS since, max(u) AS until, min({ROW}) AS {ROW}, "  # noqa: S608  # names of ours
            f"min(v) AS v FROM ({islands}) AS islands GROUP BY {series}island"
        )
        found = _struct(
            failing=f"coalesce({sql.total('failing')}, 0)",
            standstills=sql.ROWS,
            series=self._series("true"),
            most=self._shown(
                "true", length="until - since", row=ROW, since="since", until="until", value=sql.as_text("v")
            ),
        )
        return Query(f"SELECT {found} FROM ({each}) AS standstills")  # noqa: S608  # names of ours


def _named(values: Sequence[str], names: Sequence[str]) -> list[str]:
    return [f"{value} AS {name}" for value, name in zip(values, names, strict=True)]


def _struct(**parts: str) -> str:
    return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts.items())}}}"
