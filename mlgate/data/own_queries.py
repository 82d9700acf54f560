"""SQL that needs a query of its own: groups, the order of the rows, values that Python judges.

Each speaks of `source`, the scanned columns (`plan.scanned`), and gives one value: a struct or a list where there are
several. `measure` asks it apart from the aggregates, so that it reads its own columns only and spills where there is
much to keep. Like `aggregates`, this is a place that another engine replaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

from mlgate.data.aggregates import ROWS, all_of, count_distinct, count_where, each_of, hashed, largest, only_where

MAX_SHOWN = 10
"""Rows, or first rows of values, that a query names."""
MAX_JUDGED = 1_000_000
"""Distinct values that Python judges at most: that takes minutes."""
ROW = '"row"'


class Query(str):
    """A query over `source`; its one value is the answer."""

    __slots__ = ()


class EachValue(Query):
    """The distinct values of a column, judged one by one by Python; the answer is what `judged` returns.

    Parameters
    ----------
    value : SQL of the value, a text
    judge : why a value does not hold, in words that show nothing of it; empty where it holds
    label : letters and digits that tell this judge apart from others
    """

    judge: Callable[[str], str]

    def __new__(cls, value: str, judge: Callable[[str], str], label: str) -> Self:
        query = super().__new__(cls, _select(f"{value}, {ROWS}, min({ROW}), '{label}'", _present(value), value))
        query.judge = judge
        return query

    def judged(self, groups: Iterator[tuple[Any, ...]]) -> dict[str, Any]:
        """What came of (value, how often, first row, label) of each distinct value.

        Returns
        -------
        dict
            `failing`: how many rows do not hold; `distinct`: of how many values; `rows`: the first row of each of the
            first ten of them; `reasons`: why, with the number of rows; `unfinished`: whether there are too many values.
        """
        reasons: Counter[str] = Counter()
        rows: list[int] = []
        distinct = 0
        for place, (value, count, first, _) in enumerate(groups):
            if place >= MAX_JUDGED:
                return {"failing": 0, "distinct": 0, "rows": [], "reasons": {}, "unfinished": True}
            reason = self.judge(value)
            if reason:
                distinct += 1
                reasons[reason] += count
                rows = sorted([*rows, first])[:MAX_SHOWN]
        told = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        found = {"failing": reasons.total(), "distinct": distinct, "rows": rows, "reasons": told}
        return found | {"unfinished": False}


def in_rows(rows: Sequence[int] | None) -> str:
    """Condition that a row is one of these."""
    return f"{ROW} IN ({', '.join(map(str, rows))})" if rows else "false"


def _select(what: str, relation: str = "source", groups: str = "") -> str:
    grouped = f" GROUP BY {groups}" if groups else ""
    return f"SELECT {what} FROM {relation}{grouped}"  # noqa: S608  # made by aggregates


def _present(value: str, where: str = "true") -> str:
    return f"source WHERE {value} IS NOT NULL AND {where}"


def _struct(**parts: str) -> str:
    return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts.items())}}}"


def _first(what: str, where: str) -> str:
    """The ten smallest, in a list, where a condition holds; null where it never does."""
    return f"min({only_where(where, what)}, {MAX_SHOWN})"


# --- groups ---------------------------------------------------------------------------------------------------------


def counts_of_counts(value: str) -> Query:
    """A list of `{n, times}`: so many distinct values stand there n times. It is short, all n add up to the rows."""
    counts = _select(f"{ROWS} AS n", _present(value), value)
    times = _select(f"n, {ROWS} AS times", f"({counts})", "n")
    return Query(_select(f"list({_struct(n='n', times='times')})", f"({times})"))


def _groups(value: str, known: str) -> str:
    """How often each distinct value stands there, in which row first, and whether `known` holds for it."""
    return _select(
        f"{ROWS} AS n, min({ROW}) AS place, bool_and(coalesce({known}, false)) AS known", _present(value), value
    )


def groups_outside(value: str, known: str) -> Query:
    """Distinct values, by whether a condition on `value` holds for them.

    The answer is `{distinct, unknown, rows}`: how many there are, for how many it does not hold, and the first rows of
    ten of these.
    """
    found = _struct(distinct=ROWS, unknown=count_where("NOT known"), rows=_first("place", "NOT known"))
    return Query(_select(found, f"({_groups(value, known)})"))


def largest_groups(value: str, known: str) -> Query:
    """How often the most frequent value stands there for which a condition holds, and the ones for which it does not.

    The answer is `{known, others}`: a number, and a list of `{n, place}` of at most ten other values, the most frequent
    first; `place` is the number of the value's first row with a minus. Both are null where there is no such value.
    """
    others = f"max({only_where('NOT known', _struct(n='n', place='-place'))}, {MAX_SHOWN})"
    return Query(_select(_struct(known=largest("n", "known"), others=others), f"({_groups(value, known)})"))


def places_of(value: str, sides: Sequence[tuple[str, Mapping[int, str]]]) -> Query:
    """Which literals, by place, occur among the values: a list without order.

    Parameters
    ----------
    sides : SQL over `value`, each with the literals that it is compared with, by their places
    """
    if not sides:
        return Query(_select(f"CASE WHEN {ROWS} >= 0 THEN [] END"))
    found = []
    for side, literals in sides:
        seen = _select(f"DISTINCT {side} AS v", _present(value))
        places = each_of([str(place) for place in literals])
        declared = f"SELECT {each_of(list(literals.values()))} AS v, {places} AS place"
        found.append(_select("place", f"({seen}) AS seen JOIN ({declared}) AS declared USING (v)"))
    return Query(_select("coalesce(list(DISTINCT place), [])", f"({' UNION ALL '.join(found)})"))


# --- order ----------------------------------------------------------------------------------------------------------


def _not_in_one_run(disordered: str, before: str) -> str:
    """How often a window without an order of its own met a row out of turn, or began again; 0 where it is right."""
    return f"{count_where(disordered)} + greatest({count_where(f'{before} IS NULL')} - 1, 0)"


def out_of_order(value: str, wrong: str, *, sort: bool = False) -> Query:
    """Values that are `wrong` (`<`, `<=`, `>` or `>=`) to the one before them; nulls are passed over.

    The answer is `{failing, rows, unordered}`. A window without an order of its own reads the rows as they come, in one
    pass and in no memory. Where they do not come in the order of their numbers (old versions begin again with each
    file) `unordered` is not 0, and the rows have to be sorted.
    """
    window = f"(ORDER BY {ROW})" if sort else "()"
    rows = _select(
        f"{value} AS v, lag({value}) OVER {window} AS before, {ROW}, lag({ROW}) OVER {window} AS row_before",
        _present(value),
    )
    failing = f"v {wrong} before"
    found = _struct(
        failing=count_where(failing),
        rows=_first(ROW, failing),
        unordered=_not_in_one_run(f"{ROW} <= row_before", "row_before"),
    )
    return Query(_select(found, f"({rows})"))


class Repeats(Query):
    """`{repeats, unordered}`: how many values equal another one; of equal ones all but one. `unordered` is 0.

    Attributes
    ----------
    where : condition of the rows that are judged
    key : a hash of the value: equal values have equal ones
    counted : aggregate that counts the repeats
    """

    where: str
    key: str
    counted: str

    def __new__(cls, text: str, where: str, values: Sequence[str]) -> Self:
        query = super().__new__(cls, text)
        query.where, query.key = where, hashed(*values)
        query.counted = f"{ROWS} - {count_distinct(*values)}"
        return query


def repeats(value: str) -> Repeats:
    """Repeats of values of fixed width, which are sorted.

    Sorting takes less than half of the time and a third of the memory of counting distinct values, and it spills.
    """
    ordered = f"{_select(f'{value} AS v', _present(value))} ORDER BY v"
    found = _struct(repeats=count_where("v = before"), unordered=_not_in_one_run("v < before", "before"))
    text = _select(found, f"({_select('v, lag(v) OVER () AS before', f'({ordered})')})")
    return Repeats(text, f"{value} IS NOT NULL", [value])


def repeats_of_long(*values: str) -> Repeats:
    """Repeats of long values, or of combinations: hashes are sorted, and only values of equal hash are compared.

    Rows in which a value is null are left out. Equal values have equal hashes, so nothing is overlooked.
    """
    key, where = hashed(*values), all_of([f"{value} IS NOT NULL" for value in values])
    hashes = _select(f"{key} AS h", f"source WHERE {where}")
    again = _select("h", f"({_select('h, h = lag(h) OVER (ORDER BY h) AS again', f'({hashes})')}) WHERE again")
    found = _struct(repeats=f"{ROWS} - {count_distinct(*values)}", unordered="0")
    return Repeats(_select(found, f"source WHERE {where} AND {key} IN ({again})"), where, values)


def order_statistics(value: str, place: int) -> Query:
    """A list of the value at a 0-based place of the sorted ones, and of the next; it spills."""
    ordered = _select(f"CAST({value} AS DOUBLE) AS v", _present(value))
    return Query(_select("list(v ORDER BY v)", f"({ordered} ORDER BY v LIMIT 2 OFFSET {place})"))
