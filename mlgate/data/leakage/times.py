"""Splits in time: an earlier one ends before a later one starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.matching import ask_row, ask_rows, values_at
from mlgate.data.leakage.moments import TimeAxis
from mlgate.data.leakage.split import LEAST_SHOWN, MAX_SHOWN, Found, Pair, Split, judged, share_told, without_some
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

STRAY, ONE_STRAY = 0.001, 0.01
"""At most the first share of a split's rows, or one row that is at most the second, may be called stray."""
FAR = 0.01
"""Stray rows lie further from the rest than this share of the time that the rest takes."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """The moment that separates two splits best.

    `end` and `start` are the last moment of the earlier split up to it and the first one of the later split after it;
    `after` are rows of the earlier split behind it, `before` rows of the later split up to it: the stray ones, if few.
    `next_after` and `last_before` are the ones of them that are nearest to it.
    """

    moment: Any
    end: Any
    start: Any
    after: int
    before: int
    next_after: Any
    last_before: Any


def time_overlap(pair: Pair, axis: TimeAxis) -> Verdict:
    """`time_overlap`: all rows of an earlier split lie before all of a later one, by `gap` where one is declared.

    Trained on what was only known later, a model looks better than it will be. A few rows that lie far from the rest of
    their split (at most one in a thousand, or a single one of a hundred or more) do not make everything overlap: they
    are listed as stray, `warn`, and the rest is judged without them. Where more overlap, the rows of the later split
    from before the end of the earlier one are counted (and their entities, where they are declared). Where one split
    has days and the other times of day, a day is all of it. Rows without a moment are left out and counted: 5 % of a
    split are a `warn`, more than half an `error`. A moment of fewer than five rows is only named where privacy is
    `full`. `max: {time_overlap: 0.01}` accepts a share of the later split's rows.
    """
    verdict, without = _time_overlap(pair, axis)
    return without_some(verdict, without, words.short(axis.column))


def _time_overlap(pair: Pair, axis: TimeAxis) -> tuple[Verdict, dict[str, tuple[int, int]]]:
    """The verdict, and rows without a moment of all rows of each split."""
    low, high, earlier_rows = ask_row(pair.earlier, _ends(pair.earlier.digest))
    first, last, later_rows = ask_row(pair.later, _ends(pair.later.digest))
    rows_of = {pair.earlier.name: (int(earlier_rows), pair.earlier), pair.later.name: (int(later_rows), pair.later)}
    lacking = {name: (split.rows - rows, split.rows) for name, (rows, split) in rows_of.items()}
    without = sum(count for count, _ in lacking.values())
    left_out = "; days are compared, since one has no times of day" if axis.by_day else ""
    left_out += f"; {words.counted(without, 'row')} without {words.short(axis.column)} left out" if without else ""
    facts: dict[str, Any] = {"rows_without_time": without}
    if pair.privacy != "none":
        facts[pair.earlier.name] = [_named(pair, pair.earlier, axis, end) or _masked(axis, end) for end in (low, high)]
        facts[pair.later.name] = [_named(pair, pair.later, axis, end) or _masked(axis, end) for end in (first, last)]
    if not _overlaps(pair, axis, high, first):
        found = _clean(pair, axis, high, first, int(later_rows), left_out)
        return judged(replace(found, evidence=facts), pair.declared.limits.time_overlap, pair.privacy), lacking
    cut = _best_cut(pair)
    strays = cut.after + cut.before
    apart = _few(cut.after, int(earlier_rows)) and _few(cut.before, int(later_rows)) and _far(cut, low, last)
    if apart and cut.start is not None and cut.end is not None:
        if not _overlaps(pair, axis, cut.end, cut.start):
            return _stray(pair, axis, cut, facts, left_out), lacking
        high, first = cut.end, cut.start
    elif earlier_rows > 20:
        end = _robust_end(pair, int(earlier_rows))
        high = end if _overlaps(pair, axis, end, first) else high
        strays = 0
    found = _overlapping(pair, axis, high, first, int(later_rows))
    also = f"; {words.counted(strays, 'stray row')} apart" if apart and strays else ""
    found = replace(found, message=f"{found.message}{also}{left_out}", evidence={**facts, **found.evidence})
    return judged(found, pair.declared.limits.time_overlap, pair.privacy), lacking


def _few(strays: int, rows: int) -> bool:
    return not strays or strays <= STRAY * rows or (strays == 1 and strays <= ONE_STRAY * rows)


def _far(cut: _Cut, low: Any, last: Any) -> bool:
    """Whether the rows on the wrong side of a cut lie apart from the rest of their splits."""
    if cut.end is None or cut.start is None:
        return False
    after = not cut.after or cut.next_after - cut.end > FAR * (cut.end - low)
    return bool(after and (not cut.before or cut.start - cut.last_before > FAR * (last - cut.start)))


def _named(pair: Pair, split: Split, axis: TimeAxis, moment: Any) -> str:
    """A moment as a person reads it; empty where privacy forbids it: a single row may have it."""
    if pair.privacy == "full":
        return axis.told(moment)
    if pair.privacy == "none":
        return ""
    query = f"SELECT {sql.ROWS} FROM (SELECT t FROM {split.digest} WHERE t = {_literal(moment)} LIMIT {LEAST_SHOWN})"  # noqa: S608  # a literal of ours
    return axis.told(moment) if ask_row(split, query)[0] >= LEAST_SHOWN else ""


def _masked(axis: TimeAxis, moment: Any) -> str:
    return str(words.masked(axis.told(moment)))


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
    ends, starts = _named(pair, pair.earlier, axis, end), _named(pair, pair.later, axis, start)
    named = f"{earlier} ends {ends}, {later} starts {starts}" if ends and starts else ""
    message = f"{named or f'{earlier} ends before {later} starts'}{gap}: 0 of {rows:,} rows of {later} "
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
    (next_after,) = ask_row(pair.earlier, f"SELECT min(t) FROM {pair.earlier.digest} WHERE t > {cut}")  # noqa: S608  # a literal of ours
    (last_before,) = ask_row(pair.later, f"SELECT max(t) FROM {pair.later.digest} WHERE t <= {cut}")  # noqa: S608  # a literal of ours
    return _Cut(moment, end, start, int(after), int(before), next_after, last_before)


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
        end = _named(pair, pair.earlier, axis, cut.end)
        told.append(f"{lies} after {f'{end}, where it ends otherwise' if end else 'the end of the rest'}")
    if cut.before:
        lies = f"{words.counted(cut.before, 'row')} of {later} {_lies(cut.before)}"
        start = _named(pair, pair.later, axis, cut.start)
        told.append(f"{lies} before {f'{start}, where it starts otherwise' if start else 'the start of the rest'}")
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
    message = f"{count:,} of {rows:,} rows of {later} ({share_told(count, rows)}) lie {what} the end of {earlier}"
    ends, starts = _named(pair, pair.earlier, axis, end), _named(pair, pair.later, axis, start)
    message += f", {ends}" if ends else ""
    message += f", with {entities:,} {'entity' if entities == 1 else 'entities'}" if entities else ""
    message += f"; {later} starts {starts}" if starts else ""
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
