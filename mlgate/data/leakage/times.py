"""Splits in time: an earlier one ends before a later one starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.matching import ask_row, ask_rows, values_at
from mlgate.data.leakage.moments import TimeAxis
from mlgate.data.leakage.split import MAX_SHOWN, Found, Pair, judged, share_told
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

STRAY = 0.001
"""At most this share of a split's rows (but always one row) may lie apart from the rest and be called stray."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """The moment that separates two splits best.

    `end` and `start` are the last moment of the earlier split up to it and the first one of the later split after it;
    `after` are rows of the earlier split behind it, `before` rows of the later split up to it: the stray ones, if few.
    """

    moment: Any
    end: Any
    start: Any
    after: int
    before: int


def time_overlap(pair: Pair, axis: TimeAxis) -> Verdict:
    """`time_overlap`: all rows of an earlier split lie before all of a later one, by `gap` where one is declared.

    Trained on what was only known later, a model looks better than it will be. A few rows that lie far from the rest of
    their split (at most one in a thousand, but always one) do not make everything overlap: they are listed as stray,
    `warn`, and the rest is judged without them. Where more overlap, the rows of the later split from before the end of
    the earlier one are counted (and their entities, where they are declared). Rows without a moment are left out and
    counted. `max: {time_overlap: 0.01}` accepts a share of the later split's rows.
    """
    low, high, earlier_rows = ask_row(pair.earlier, _ends(pair.earlier.digest))
    first, last, later_rows = ask_row(pair.later, _ends(pair.later.digest))
    without = pair.earlier.rows + pair.later.rows - earlier_rows - later_rows
    left_out = f"; {words.counted(without, 'row')} without {axis.column} left out" if without else ""
    facts = {
        pair.earlier.name: [axis.told(low), axis.told(high)],
        pair.later.name: [axis.told(first), axis.told(last)],
        "rows_without_time": without,
    }
    if not _overlaps(pair, axis, high, first):
        found = _clean(pair, axis, high, first, int(later_rows), left_out)
        return judged(replace(found, evidence=facts), pair.declared.limits.time_overlap, pair.privacy)
    cut = _best_cut(pair)
    strays = cut.after + cut.before
    apart = cut.after <= max(1, STRAY * earlier_rows) and cut.before <= max(1, STRAY * later_rows)
    if apart and cut.start is not None and cut.end is not None:
        if not _overlaps(pair, axis, cut.end, cut.start):
            return _stray(pair, axis, cut, facts, left_out)
        high, first = cut.end, cut.start
    elif earlier_rows > 20:
        high = _robust_end(pair, int(earlier_rows))
        strays = 0
    found = _overlapping(pair, axis, high, first, int(later_rows))
    also = f"; {words.counted(strays, 'stray row')} apart" if apart and strays else ""
    found = replace(found, message=f"{found.message}{also}{left_out}", evidence={**facts, **found.evidence})
    return judged(found, pair.declared.limits.time_overlap, pair.privacy)


def _ends(relation: str) -> str:
    return f"SELECT {sql.smallest('t')}, {sql.largest('t')}, {sql.count('t')} FROM {relation}"  # noqa: S608  # names of ours


def _overlaps(pair: Pair, axis: TimeAxis, end: Any, start: Any) -> bool:
    """Whether two moments are in the wrong order: decided by the engine, as for rows."""
    ends = [_literal(end), _literal(start)]
    return bool(ask_row(pair.later, f"SELECT {axis.overlaps(*ends)}")[0])


def _literal(moment: Any) -> str:
    if isinstance(moment, int | float):
        return sql.number_literal(float(moment))
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def _clean(pair: Pair, axis: TimeAxis, end: Any, start: Any, rows: int, left_out: str) -> Found:
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    gap = f", at least {axis.gap} later" if axis.gap_s else ""
    message = f"{earlier} ends {axis.told(end)}, {later} starts {axis.told(start)}{gap}: 0 of {rows:,} rows of {later} "
    return Found(judged=rows, failing=0, message=f"{message}lie before that{left_out}", expected=_expected(pair, axis))


def _expected(pair: Pair, axis: TimeAxis) -> str:
    gap = f", {axis.gap} or more" if axis.gap_s else ""
    return f"all of {words.short(pair.earlier.name)} before all of {words.short(pair.later.name)}{gap}"


def _best_cut(pair: Pair) -> _Cut:
    """The moment with the fewest rows on the wrong side of it; of several the first."""
    both = (
        f"SELECT t, count(*) AS n, 0 AS m FROM {pair.earlier.digest} WHERE t IS NOT NULL GROUP BY t "  # noqa: S608  # names of ours
        f"UNION ALL SELECT t, 0, count(*) FROM {pair.later.digest} WHERE t IS NOT NULL GROUP BY t"
    )
    summed = f"SELECT t, sum(n) AS n, sum(m) AS m FROM ({both}) AS both_splits GROUP BY t"  # noqa: S608  # names of ours
    running = (
        "SELECT t, sum(n) OVER () - sum(n) OVER (ORDER BY t) AS after, sum(m) OVER (ORDER BY t) AS before "  # noqa: S608  # names of ours
        f"FROM ({summed}) AS summed"
    )
    query = f"SELECT t, after, before FROM ({running}) AS running ORDER BY after + before, t LIMIT 1"  # noqa: S608  # names of ours
    moment, after, before = ask_row(pair.later, query)
    cut = _literal(moment)
    (end,) = ask_row(pair.earlier, f"SELECT max(t) FROM {pair.earlier.digest} WHERE t <= {cut}")  # noqa: S608  # a literal of ours
    (start,) = ask_row(pair.later, f"SELECT min(t) FROM {pair.later.digest} WHERE t > {cut}")  # noqa: S608  # a literal of ours
    return _Cut(moment, end, start, int(after), int(before))


def _robust_end(pair: Pair, rows: int) -> Any:
    """The last moment of the earlier split once the latest rows, one in a thousand, are left out."""
    dropped = max(1, int(STRAY * rows))
    query = f"SELECT t FROM {pair.earlier.digest} WHERE t IS NOT NULL ORDER BY t DESC LIMIT 1 OFFSET {dropped}"  # noqa: S608  # names of ours
    return ask_row(pair.earlier, query)[0]


def _stray(pair: Pair, axis: TimeAxis, cut: _Cut, facts: dict[str, Any], left_out: str) -> Verdict:
    """Few rows apart from their split, the rest in order: a warning with these rows."""
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    told = []
    if cut.after:
        lies = f"{words.counted(cut.after, 'row')} of {earlier} {_lies(cut.after)}"
        told.append(f"{lies} after {axis.told(cut.end)}, where it ends otherwise")
    if cut.before:
        lies = f"{words.counted(cut.before, 'row')} of {later} {_lies(cut.before)}"
        told.append(f"{lies} before {axis.told(cut.start)}, where it starts otherwise")
    side, condition = (pair.earlier, ">") if cut.after else (pair.later, "<=")
    first = (
        f'SELECT "row" FROM {side.digest} WHERE t {condition} {_literal(cut.moment)} ORDER BY "row" LIMIT {MAX_SHOWN}'  # noqa: S608  # names of ours
    )
    places = [int(row) for (row,) in ask_rows(side, first)]
    shown = values_at(side, places, [axis.column], pair.privacy)
    evidence: dict[str, Any] = {**facts, "stray": {pair.earlier.name: cut.after, pair.later.name: cut.before}}
    if pair.privacy != "none":
        rows = [{"row": row, "value": ", ".join(shown.get(row, []))} for row in places]
        evidence |= {"rows_in": side.name, "rows": rows}
    return Verdict(
        status=Status.WARN,
        message=f"{' and '.join(told)}: stray rows; the rest of {earlier} lies before the rest of {later}{left_out}",
        observed=cut.after + cut.before,
        expected=_expected(pair, axis),
        hint=f"correct {axis.column} in these rows, or move them to the split that they belong to",
        evidence=evidence,
    )


def _lies(count: int) -> str:
    return "lies" if count == 1 else "lie"


def _overlapping(pair: Pair, axis: TimeAxis, end: Any, start: Any, rows: int) -> Found:
    """What lies in the wrong order where `end` is the end of the earlier split."""
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    wrong = axis.overlaps(_literal(end), "t")
    (count, entities) = ask_row(
        pair.later,
        f"SELECT {sql.ROWS}, {sql.count_distinct('e')} FROM {pair.later.digest} WHERE {wrong}",  # noqa: S608  # made by aggregates
    )
    first = f'SELECT "row" FROM {pair.later.digest} WHERE {wrong} ORDER BY "row" LIMIT {MAX_SHOWN}'  # noqa: S608  # made by aggregates
    places = [int(row) for (row,) in ask_rows(pair.later, first)]
    shown = values_at(pair.later, places, [axis.column], pair.privacy)
    what = f"less than {axis.gap} after" if axis.gap_s else "no later than"
    message = f"{count:,} of {rows:,} rows of {later} ({share_told(count, rows)}) lie {what} the end of {earlier}, "
    message += axis.told(end)
    message += f", with {entities:,} {'entity' if entities == 1 else 'entities'}" if entities else ""
    message += f"; {later} starts {axis.told(start)}"
    return Found(
        judged=rows,
        failing=int(count),
        message=message,
        expected=_expected(pair, axis),
        hint=f"split by {axis.column}: let {earlier} end {axis.gap + ' ' if axis.gap_s else ''}before {later} starts",
        rows=[{"row": row, "value": ", ".join(shown.get(row, []))} for row in places],
        rows_in=pair.later.name,
        evidence={"entities": int(entities)},
    )
