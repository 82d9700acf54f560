"""Columns, and pairs of columns, that name a row: only where more speaks for it than that nothing repeats by chance."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from mlgate.data import aggregates as sql
from mlgate.data.infer_facts import Seen, ask, words_of
from mlgate.data.plan import scanned
from mlgate.data.table import Table
from mlgate.data.value_checks import told_apart

REPEATS_BY_CHANCE = 7.0
"""Repeats that chance would have made. None of them there: the odds are under e^-7, one in a thousand."""
LEAST_ROWS = 20
MAX_FETCHED = 200_000
MAX_ABLE = 100
MAX_PAIRS = 12
FULL_GRID = 0.95
MAX_LABEL = 40
_KEY_NAMES = {"id", "uuid", "guid", "key"}
_CODE_NAMES = {"code", "symbol", "ticker", "sku", "isbn", "ean", "iban"}
_NOT_LABELS = {
    *("name", "title", "text", "comment", "note", "notes", "remark", "message", "description", "address", "street"),
    *("review", "question", "answer", "sentence", "prompt", "url", "link", "value", "date", "time"),
}
_TIMES = {
    *("year", "quarter", "month", "week", "day", "date", "time", "hour", "period", "wave", "round", "visit", "step"),
    *("season", "timestamp", "datetime"),
}


def find_keys(table: Table, columns: Sequence[Seen], skipped: Collection[str], *, path: str) -> dict[str, str]:
    """Columns whose values all differ and are meant to, with the reason.

    Meant to differ are values of a column that is named like an identifier; texts of one length from 8 characters, such
    as UUIDs; short texts in the first column, which is where row labels stand; and whole numbers and dates of which so
    many lie in so short an interval that chance would have repeated 7 or more.

    Parameters
    ----------
    skipped : columns that are known to be something else
    """
    distinct = [
        seen for seen in columns if seen.complete and seen.distinct == seen.rows > 1 and seen.name not in skipped
    ]
    typed = {seen.name: sql.count_distinct(told_apart(seen.field)) for seen in distinct}
    facts = ask(table, [([seen.field], {"typed": typed[seen.name]}) for seen in distinct], path)
    different = [seen for seen, (_, found) in zip(distinct, facts, strict=True) if found["typed"] == seen.rows]
    first = columns[0].name if columns else ""
    reasons = {seen.name: _reason(table, seen, first) for seen in different}
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(table: Table, seen: Seen, first: str) -> str:
    words = words_of(seen.name)
    if seen.kind in ("integer", "string"):
        if _KEY_NAMES.intersection((*words[:1], *words[-1:])):
            return "named like an identifier, and no value stands twice"
        if seen.rows >= LEAST_ROWS and _CODE_NAMES.intersection(words):
            return "named like a code, and no value stands twice"
    if seen.kind == "string" and seen.rows >= LEAST_ROWS:
        longest = seen.longest or 0
        if seen.shortest == longest >= 8:
            return f"all values are {longest} characters long, and none stands twice"
        if seen.name == first and longest <= MAX_LABEL and not (len(words) == 1 and _NOT_LABELS.intersection(words)):
            return "the first column, and no value stands twice"
    if seen.rows <= MAX_FETCHED or seen.is_numeric:
        repeats = _repeats_by_chance(table, seen)
        if repeats >= REPEATS_BY_CHANCE:
            return f"no value stands twice, where chance would have repeated {repeats:,.0f}"
    return ""


def _repeats_by_chance(table: Table, seen: Seen) -> float:
    """Pairs of equal values to expect if rows drew from the interval that was seen, in steps of what divides all gaps.

    Draws that prefer some values repeat more often still, so the figure is a lower bound.
    """
    if seen.is_numeric and not (seen.whole and math.isfinite(seen.lowest)):
        return 0.0
    if seen.kind not in ("integer", "number", "date", "datetime"):
        return 0.0
    pairs = seen.rows * (seen.rows - 1) / 2
    if seen.rows > MAX_FETCHED:
        return pairs / (int(seen.highest) - int(seen.lowest) + 1)
    text = sql.as_text(seen.field.value)
    found = table.connection.execute(f"SELECT {text} FROM ({scanned(table, [seen.field])}) AS source").fetchall()  # noqa: S608  # made by aggregates
    return max((pairs / _places(steps) for steps in _as_steps([row[0] for row in found], seen)), default=0.0)


def _as_steps(texts: Sequence[str], seen: Seen) -> Iterator[list[int]]:
    """The values as whole numbers: as they are, or as seconds; days and months too where they are that regular."""
    if seen.is_numeric:
        if all(math.isfinite(float(text)) for text in texts):
            yield [int(text) if "." not in text and "e" not in text else int(float(text)) for text in texts]
        return
    try:
        moments = [dt.datetime.fromisoformat(text) for text in texts]
    except ValueError:
        return  # before the year 1 or after 9999
    yield [int((moment - dt.datetime.min).total_seconds()) for moment in moments]  # noqa: DTZ901  # all are UTC without a zone
    if len({(moment.day, moment.time()) for moment in moments}) == 1:
        yield [moment.year * 12 + moment.month for moment in moments]


def _places(values: Sequence[int]) -> int:
    """Values that there could be between the smallest and the largest, in steps of what divides all gaps."""
    low = min(values)
    step = math.gcd(*(value - low for value in values))
    return (max(values) - low) // max(step, 1) + 1


def find_pair(table: Table, columns: Sequence[Seen], *, path: str) -> tuple[str, str, str] | None:
    """Two columns that together name a row, and the reason; None where no pair convinces.

    One of them tells the time, by type or name, or nearly every combination of their values is there once; and chance,
    combining what the two columns hold, would have repeated 7 or more combinations. Of several pairs it is the one with
    the fewest combinations.
    """
    pairs = sorted(_plausible_pairs(columns), key=lambda pair: pair[0].distinct * pair[1].distinct)[:MAX_PAIRS]
    asked = [
        ([a.field, b.field], {"n": sql.count_distinct(told_apart(a.field), told_apart(b.field))}) for a, b in pairs
    ]
    for (a, b), (_, found) in zip(pairs, ask(table, asked, path), strict=True):
        if found["n"] == a.rows:
            repeats = _equal_pairs(table, a) * _equal_pairs(table, b) / (a.rows * (a.rows - 1) / 2)
            if repeats >= REPEATS_BY_CHANCE:
                return a.name, b.name, f"no combination stands twice, where chance would have repeated {repeats:,.0f}"
    return None


def _equal_pairs(table: Table, seen: Seen) -> int:
    """How many pairs of rows have the same value."""
    value = told_apart(seen.field)
    groups = f"SELECT count(*) AS n FROM ({scanned(table, [seen.field])}) AS source GROUP BY {value}"  # noqa: S608  # made by aggregates
    row = table.connection.execute(f"SELECT sum(n * (n - 1) // 2) FROM ({groups}) AS counted").fetchone()  # noqa: S608  # made by aggregates
    return int(row[0]) if row else 0


def _plausible_pairs(columns: Sequence[Seen]) -> Iterator[tuple[Seen, Seen]]:
    able = [
        seen
        for seen in columns
        if seen.complete
        and 1 < seen.distinct < seen.rows
        and (seen.kind in ("integer", "string", "date", "datetime") or seen.whole)
        and not seen.infinite
    ]
    for a, b in combinations(able[:MAX_ABLE], 2):
        combined = a.distinct * b.distinct
        timed = _tells_time(a) or _tells_time(b)
        full = a.rows >= FULL_GRID * combined
        if a.rows <= combined and a.rows * (a.rows - 1) / 2 >= REPEATS_BY_CHANCE * combined and (timed or full):
            yield a, b


def _tells_time(seen: Seen) -> bool:
    return seen.kind in ("date", "datetime") or bool(_TIMES.intersection(words_of(seen.name)))
