"""What the columns of a table hold before and after: missing values, distinct ones, numbers, shares of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.data import words
from mlgate.data.diff_header import shared_mass
from mlgate.data.diff_profile import LEVELS, Profile

MAX_VALUES = 20
"""Values that came or went, named one by one."""
NUMERIC = ("integer", "number")

Both = tuple[Any, Any]
"""A figure before and after; None where it does not exist or may not be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of single rows may appear.

    Parameters
    ----------
    privacy : `none` and `masked` show no value but declared ones, `none` no smallest and largest number either
    keys : columns that name rows: nothing but counts of them is shown
    declared : values by column that a schema names, as text
    """

    privacy: str = "masked"
    keys: frozenset[str] = frozenset()
    declared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def value(self, column: str, value: str) -> str | None:
        """A value as it may be shown, else None."""
        allowed = self.privacy == "full" or value in self.declared.get(column, ())
        return words.short(value) if allowed else None

    def extremes(self, column: str, before: Profile, after: Profile) -> bool:
        """Whether the smallest and the largest value may appear: they are values of single rows."""
        if self.privacy == "full":
            return True
        names_rows = column in self.keys or (before.differs_everywhere and before.seen.kind == "integer")
        return self.privacy != "none" and not names_rows and before.seen.kind == after.seen.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCount:
    """A value that came or went, or whose share moved; `value` is None where it may not be shown."""

    value: str | None
    before: int
    after: int

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """How the content of a column changed.

    Parameters
    ----------
    name, was : in the newer and in the older table
    moved : how much, 0 to 1, to sort by: the largest change of a share, or of the mean in two standard deviations
    figures : missing_fraction, distinct, and what its type has of low, high, mean, std, quantiles, shortest, longest
    appeared, vanished : values that only one of the tables has, most frequent first; at most 20
    n_appeared, n_vanished : how many there are; None where the values were not counted
    most_moved : the value of both whose share of the rows changed most
    rows : rows in which it changed, where a key tells; else None
    """

    name: str
    was: str
    kind: str
    moved: float
    figures: Mapping[str, Both]
    appeared: tuple[ValueCount, ...] = ()
    vanished: tuple[ValueCount, ...] = ()
    n_appeared: int | None = None
    n_vanished: int | None = None
    most_moved: ValueCount | None = None
    present: tuple[int, int] = (0, 0)
    rows: int | None = None

    def as_json(self) -> dict[str, Any]:
        most = self.most_moved
        return {
            "column": self.name,
            "was": self.was,
            "type": self.kind,
            "moved": round(self.moved, 6),
            "changed_rows": self.rows,
            **{name: list(both) for name, both in self.figures.items()},
            "values": None
            if self.n_appeared is None
            else {
                "appeared": self.n_appeared,
                "vanished": self.n_vanished,
                "appeared_values": [value.as_json() for value in self.appeared],
                "vanished_values": [value.as_json() for value in self.vanished],
                "most_moved": most and most.as_json(),
                "present": list(self.present),
            },
        }


def column_changes(
    old: Mapping[str, Profile],
    new: Mapping[str, Profile],
    pairs: Sequence[tuple[str, str]],
    shown: Shown,
    changed: Mapping[str, int],
) -> tuple[tuple[ColumnChange, ...], tuple[str, ...]]:
    """The columns whose content changed, most moved first, and the names of those whose figures are all the same.

    Parameters
    ----------
    pairs : columns of both, (name before, name after)
    changed : rows in which a column changed, by its name in the newer table, where a key tells
    """
    found, same = [], []
    for was, name in pairs:
        if was not in old or name not in new:
            continue
        if not changed.get(name) and _figures_of(old[was]) == _figures_of(new[name]):
            same.append(name)
        else:
            found.append(_change(was, name, old[was], new[name], shown, changed))
    order = {id(change): (-round(change.moved, 9), place) for place, change in enumerate(found)}
    return tuple(sorted(found, key=lambda change: order[id(change)])), tuple(same)


def _figures_of(one: Profile) -> tuple[Any, ...]:
    seen = one.seen
    counts = None if one.counts is None else dict(one.counts)
    lengths = (seen.shortest, seen.longest) if seen.kind == "string" else ()
    return (
        *(seen.kind, seen.rows, seen.present, seen.nan, seen.distinct, seen.lowest, seen.highest, seen.low, seen.high),
        *(*lengths, _number(one.mean), one.quantiles, counts),
    )


def _change(
    was: str, name: str, before: Profile, after: Profile, shown: Shown, changed: Mapping[str, int]
) -> ColumnChange:
    figures: dict[str, Both] = {
        "missing_fraction": (_number(before.missing_fraction), _number(after.missing_fraction)),
        "distinct": (before.seen.distinct, after.seen.distinct),
    }
    numeric = before.seen.kind in NUMERIC and after.seen.kind in NUMERIC
    if numeric and name not in shown.keys:
        figures |= {
            "mean": (_number(before.mean), _number(after.mean)),
            "std": (_number(before.std), _number(after.std)),
        }
        figures |= _quantiles(before, after)
    if shown.extremes(name, before, after):
        figures |= _extremes(before, after)
    if before.seen.kind == after.seen.kind == "string":
        figures["shortest"] = (before.seen.shortest, after.seen.shortest)
        figures["longest"] = (before.seen.longest, after.seen.longest)
    values = _values(name, before, after, shown)
    return ColumnChange(
        name=name,
        was=was,
        kind=after.seen.kind,
        moved=_moved(before, after, numeric=numeric),
        figures=figures,
        rows=changed.get(name) if changed else None,
        **values,
    )


def _quantiles(before: Profile, after: Profile) -> dict[str, Both]:
    if not before.quantiles or len(before.quantiles) != len(after.quantiles):
        return {}
    both = zip(LEVELS, before.quantiles, after.quantiles, strict=True)
    return {f"quantile_{level:g}": (_number(a), _number(b)) for level, a, b in both}


def _extremes(before: Profile, after: Profile) -> dict[str, Both]:
    if before.seen.kind in NUMERIC:
        lows, highs = (before.seen.lowest, after.seen.lowest), (before.seen.highest, after.seen.highest)
    elif before.seen.kind in ("date", "datetime"):
        lows, highs = (before.seen.low, after.seen.low), (before.seen.high, after.seen.high)
    else:
        return {}
    return {"low": (words.plain(lows[0]), words.plain(lows[1])), "high": (words.plain(highs[0]), words.plain(highs[1]))}


def _values(name: str, before: Profile, after: Profile, shown: Shown) -> dict[str, Any]:
    """What came, what went, and what moved most, of columns whose values are counted on both sides."""
    if before.counts is None or after.counts is None or before.seen.kind != after.seen.kind or name in shown.keys:
        return {}
    old, new = before.counts, after.counts
    rows = sum(old.values()), sum(new.values())

    def count(value: str) -> ValueCount:
        return ValueCount(value=shown.value(name, value), before=old.get(value, 0), after=new.get(value, 0))

    appeared = sorted((value for value in new if value not in old), key=lambda value: (-new[value], value))
    vanished = sorted((value for value in old if value not in new), key=lambda value: (-old[value], value))
    moves = {
        value: abs(new[value] / (rows[1] or 1) - old[value] / (rows[0] or 1)) for value in sorted(old) if value in new
    }
    most = max(moves, key=lambda value: moves[value]) if moves else None
    return {
        "appeared": tuple(map(count, appeared[:MAX_VALUES])),
        "vanished": tuple(map(count, vanished[:MAX_VALUES])),
        "n_appeared": len(appeared),
        "n_vanished": len(vanished),
        "most_moved": count(most) if most is not None and moves[most] > 0 else None,
        "present": rows,
    }


def _moved(before: Profile, after: Profile, *, numeric: bool) -> float:
    """How much a column moved, 0 to 1."""
    moves = [abs(after.missing_fraction - before.missing_fraction)]
    if before.counts and after.counts:
        moves.append(1.0 - shared_mass(before.counts, after.counts))
    if numeric and before.mean is not None and after.mean is not None:
        distance = abs(after.mean - before.mean)
        spread = before.std or after.std or 0.0
        moves.append(min(1.0, distance / (2 * spread)) if spread > 0 else float(distance > 0))
    if before.seen.kind != after.seen.kind:
        moves.append(1.0)
    return max(moves)


def _number(value: float | None) -> float | None:
    """To 12 digits: the last ones of a sum depend on the order of the rows."""
    return None if value is None or value != value else float(f"{value:.12g}")  # noqa: PLR0124  # NaN
