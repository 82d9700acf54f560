"""A comparison in words: which rows moved, from where to where, and how sure that is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from mlgate.data import words
from mlgate.data.drift.comparing import Compared
from mlgate.data.drift.moves import Move
from mlgate.data.drift.sketch import Column
from mlgate.data.pii import findings_in_text
from mlgate.errors import MlgateError

MAX_TOLD = 3
_STATES = {
    "missing": "missing values",
    "nan": "NaN",
    "+inf": "+infinity",
    "-inf": "-infinity",
}
FEW_EDGES = 20
"""Edges of so few values that a median says nothing."""
NOISE = 1e-3
"""A kind of rows is told of beside the first one where chance would have moved it so far more seldom than this."""


def percent(share: float) -> str:
    """Examples
    --------
    >>> percent(0.0512), percent(0.5), percent(0.00042), percent(0.0), percent(1.0), percent(0.99996)
    ('5.1 %', '50.0 %', '0.042 %', '0 %', '100 %', '99.996 %')
    """
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    rest = min(share, 1.0 - share)
    digits = 1 if rest >= 0.01 else max(1, 1 - math.floor(math.log10(rest * 100)))
    return f"{share * 100:.{min(digits, 6)}f} %"


def chance(p_value: float) -> str:
    """Examples
    --------
    >>> chance(0.3121), chance(0.00042), chance(0.0)
    ('p = 0.31', 'p = 0.00042', 'p < 1e-300')
    """
    return f"p = {p_value:.2g}" if p_value > 1e-300 else "p < 1e-300"


def number(value: float, kind: str) -> str:
    """A number of a column as a person reads it; moments are seconds since 1970, or since midnight."""
    if kind in ("date", "datetime", "time"):
        try:
            moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=value)  # noqa: DTZ001  # all moments are UTC without a zone
        except OverflowError:
            return f"{value:.6g} s"
        if kind == "time":
            return moment.time().isoformat("seconds")
        return moment.date().isoformat() if kind == "date" else moment.isoformat(" ", "seconds")
    return words.number(value) if abs(value) < 1e15 else f"{value:.6g}"


def told(compared: Compared, *, privacy: str, share: float) -> list[str]:
    """What moved, one phrase each and the largest change first: at most three.

    Parameters
    ----------
    privacy : with `none` no value is named
    share : a change of a share that matters
    """
    large = [move for move in compared.moves if abs(move.change) >= share / 2 and move.p_value < NOISE]
    chosen = _telling(large) or _telling(compared.moves)[:1]
    return [phrase(move, compared, privacy) for move in chosen[:MAX_TOLD]]


def _telling(moves: Sequence[Move]) -> list[Move]:
    """The moves that are worth a phrase, the largest first: not what another one says already."""
    ranges = [move for move in moves if move.kind in ("above", "range")]
    kept = _telling_values([move for move in moves if move not in ranges])
    for what in dict.fromkeys(move.what for move in ranges):
        kept += _telling_ranges([move for move in ranges if move.what == what])
    return sorted(kept, key=lambda move: -abs(move.change))


def _telling_values(moves: Sequence[Move]) -> list[Move]:
    """What others have lost a value has won: they are told of where they rose, buckets where nothing else is."""
    kept = [move for move in moves if move.kind != "bucket" and not (move.kind == "others" and move.change < 0)]
    return kept or list(moves[:1])


def _telling_ranges(ranges: Sequence[Move]) -> list[Move]:
    """One value where it says as much as what lies above; else what lies above, and what came from nearly nothing."""
    above = [move for move in ranges if move.kind == "above"]
    single = [move for move in ranges if _is_single(move) and move.change > 0]
    if not above or (single and single[0].change >= 0.9 * abs(above[0].change)):
        return single or list(ranges[:1])
    came = [move for move in ranges if _outgrows(move) and (_is_single(move) or move.high is not None)]
    return [*above[:1], *came]


def _is_single(move: Move) -> bool:
    return move.low is not None and move.high is not None and move.low == math.nextafter(move.high, -math.inf)


def _outgrows(move: Move) -> bool:
    """Whether a range has so much more than before that it is what happened."""
    before, after = move.shares
    return after > 3 * before and after - before > 0.03


def phrase(move: Move, compared: Compared, privacy: str) -> str:
    """`the value C1 rose from 5.0 % to 10.2 %`."""
    before, after = move.shares
    verb = "rose" if after > before else "fell"
    bounded = move.kind == "value" and move.what not in (compared.before.values.named if compared.before.values else {})
    start = f"at most {percent(before)}" if bounded and move.x else percent(before)
    return f"{name_of(move, compared.before, privacy)} {verb} from {start} to {percent(after)}"


def name_of(move: Move, column: Column, privacy: str) -> str:
    """The kind of rows that a move is about."""
    match move.kind:
        case "state":
            return _STATES.get(move.what) or f"values that are no {column.kind}"
        case "value":
            hidden = column.hides(privacy) or bool(column.withheld) or _is_personal(move.what, column)
            return "the share of one value" if hidden else f"{words.short(move.what)!r}"
        case "others":
            return "the share of all other values" if column.values and column.values.named else "the share of values"
        case "bucket":
            return "some values without a name"
        case "holding":
            return f"texts with {move.what}"
    if column.hides(privacy) and move.what != "length":
        return _hidden_range(move)
    return _range_name(move, column)


def _is_personal(value: str, column: Column) -> bool:
    """Whether a value that the reference does not name looks like personal data, or that cannot be told."""
    if column.values is not None and value in column.values.named:
        return False
    try:
        return bool(findings_in_text(value, name=column.name))
    except MlgateError:
        return True


def _hidden_range(move: Move) -> str:
    if _is_single(move):
        return "the share of one value"
    if move.low is None and move.high is None:
        return "all values"
    if move.low is not None and move.high is not None:
        return "the share of a range of values"
    return "the share of the larger values" if move.low is not None else "the share of the smaller values"


def _range_name(move: Move, column: Column) -> str:
    kind = "number" if move.what == "length" else column.kind
    what, unit = ("texts of", " characters") if move.what == "length" else ("values", "")
    if move.low is not None and move.high is not None:
        if _is_single(move):
            single = number(move.high, kind)
            return f"texts of {single} characters" if move.what == "length" else f"the value {single}"
        ends = f"{number(shown_edge(move.low), kind)} to {number(shown_edge(move.high), kind)}{unit}"
        return f"{what} {ends}" if move.what == "length" else f"values from {ends}"
    if move.low is not None:
        starts = shown_edge(move.low)
        if starts != move.low:
            return f"{what} {number(starts, kind)} or more{unit}"
        return f"{what} more than {number(move.low, kind)}{unit}" if unit else f"values above {number(move.low, kind)}"
    if move.high is None:
        return "all values"
    end = shown_edge(move.high)
    return f"{what} {'up to' if end == move.high else 'below'} {number(end, kind)}{unit}"


def shown_edge(edge: float) -> float:
    """An edge just below a value as the value; one below zero as zero without a sign."""
    after = math.nextafter(edge, math.inf) + 0.0
    return after if len(repr(after)) < len(repr(edge)) else edge


def middle(compared: Compared, distance: float, privacy: str) -> str:
    """`the median went from about 48 to about 50`; nothing where it is not known, or the order of values is not."""
    before, after = compared.before.ordered, compared.after.ordered
    if not before or not after or len(before.edges) <= FEW_EDGES or compared.before.hides(privacy):
        return ""
    if not any(move.kind == "above" and abs(move.change) >= distance for move in compared.moves):
        return ""
    ends = before.quantile(0.5), after.quantile(0.5)
    if ends[0] is None:
        return ""
    kind = compared.before.kind
    old = number(_rounded(ends[0], kind), kind)
    if ends[1] is None:
        if not after.edges or not after.counts:
            return ""
        beyond = after.counts[-1] > after.rows / 2
        edge = number(shown_edge(after.edges[-1 if beyond else 0]), kind)
        return f"the median went from about {old} to {'above' if beyond else 'below'} {edge}"
    new = number(_rounded(ends[1], kind), kind)
    return "" if old == new else f"the median went from about {old} to about {new}"


def _rounded(value: float, kind: str) -> float:
    return float(f"{value:.4g}") if kind in ("integer", "number") else value


def listed(phrases: Sequence[str]) -> str:
    return "; ".join(phrase for phrase in phrases if phrase)
