"""Which entries of a mapping or list are the same before and after a change, which are new, and which are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Match:
    """Places before and positions after, both counted from 0 and rising.

    Parameters
    ----------
    kept : (place, position) of what is on both sides, its value changed or not
    deleted : places of what is gone
    inserted : (place of the kept entry before it or -1, positions) of what is new
    """

    kept: tuple[tuple[int, int], ...]
    deleted: tuple[int, ...]
    inserted: tuple[tuple[int, tuple[int, ...]], ...]


def same(a: object, b: object) -> bool:
    """Whether two plain values are equal in type, too: 1, 1.0 and true are three, and keys are in the same order."""
    match a, b:
        case dict(), dict():
            return list(a) == list(b) and all(same(item, b[key]) for key, item in a.items())
        case list(), list():
            return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b


def match_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> Match | None:
    """Entries by key; None where keys that stay are in another order.

    Between two keys that stay, a new key takes the place of one that is gone if their values are the same, or if as
    many are new as are gone and none of those is a mapping or empty.
    """
    old, new = list(before), list(after)
    stay = [key for key in old if key in after]
    if stay != [key for key in new if key in before]:
        return None
    places, positions = _places(old), _places(new)
    kept: list[tuple[int, int]] = []
    for gone, added in _gaps(old, new, stay):
        kept += [(places[a], positions[b]) for a, b in _renamed(before, after, gone, added)]
    kept += [(places[key], positions[key]) for key in stay]
    return _matched(sorted(kept), len(old), len(new))


def _places(keys: Sequence[str]) -> dict[str, int]:
    return {key: place for place, key in enumerate(keys)}


def match_items(before: Sequence[Any], after: Sequence[Any]) -> Match:
    """Items by value, in order; between those that stay, the ones that are most alike are paired."""
    start, end = _common(before, after), 0
    rest = min(len(before), len(after)) - start
    while end < rest and same(before[len(before) - 1 - end], after[len(after) - 1 - end]):
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    kept = [(place, place) for place in range(start)]
    kept += [(start + place, start + position) for place, position in _paired(old, new)]
    kept += [(len(before) - k, len(after) - k) for k in range(end, 0, -1)]
    return _matched(kept, len(before), len(after))


def _common(before: Sequence[Any], after: Sequence[Any]) -> int:
    """Number of first items that are the same."""
    differs = (k for k, (a, b) in enumerate(zip(before, after, strict=False)) if not same(a, b))
    return next(differs, min(len(before), len(after)))


def _paired(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int, int]]:
    """The pairs in order whose likenesses have the largest sum."""
    if len(old) * len(new) > MAX_PAIRS:
        return list(zip(range(len(old)), range(len(new)), strict=False))
    left, right = ([_Entry.of(item) for item in items] for items in (old, new))
    like = [[_likeness(a, b) for b in right] for a in left]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], like[i][j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


@dataclass(frozen=True, slots=True)
class _Entry:
    """A value to compare with many others: what it is, and the parts of a mapping, in a form that can be looked up."""

    kind: str
    frozen: Any
    parts: frozenset[Any]
    size: int

    @classmethod
    def of(cls, value: object) -> _Entry:
        frozen = _frozen(value)
        match value:
            case dict():
                return cls("mapping", frozen, frozenset(frozen[1]), len(value))
            case list():
                return cls("list", frozen, frozenset(), len(value))
        return cls("", frozen, frozenset(), 1)


def _frozen(value: object) -> Any:
    """Equal to that of another value where the two are the `same`."""
    match value:
        case dict():
            return (dict, tuple((key, _frozen(item)) for key, item in value.items()))
        case list():
            return (list, tuple(map(_frozen, value)))
    return (type(value), value if value == value else object())  # noqa: PLR0124  # NaN is the same as nothing


def _likeness(a: _Entry, b: _Entry) -> float:
    """1 for the same, something for values of one kind, 0 for others."""
    if a.frozen == b.frozen:
        return 1.0
    if a.kind != b.kind:
        return 0.0
    if a.kind == "mapping":
        return 0.1 + 0.8 * len(a.parts & b.parts) / max(a.size, b.size, 1)
    return 0.1


def _gaps(old: Sequence[str], new: Sequence[str], stay: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """What is gone and what is new between each two keys that stay."""
    places, positions = _places(old), _places(new)
    ends_old = [-1, *(places[key] for key in stay), len(old)]
    ends_new = [-1, *(positions[key] for key in stay), len(new)]
    for number in range(len(ends_old) - 1):
        gone = old[ends_old[number] + 1 : ends_old[number + 1]]
        added = new[ends_new[number] + 1 : ends_new[number + 1]]
        if gone and added:
            yield list(gone), list(added)


def _renamed(
    before: Mapping[str, Any], after: Mapping[str, Any], gone: Sequence[str], added: Sequence[str]
) -> list[tuple[str, str]]:
    if len(gone) == len(added) and not any(isinstance(before[key], dict | None) for key in gone):
        return list(zip(gone, added, strict=True))
    pairs, rest = [], list(added)
    for key in gone:
        twin = next((other for other in rest if same(before[key], after[other])), None)
        if twin is not None:
            pairs.append((key, twin))
            rest = rest[rest.index(twin) + 1 :]
    return pairs


def _matched(kept: Sequence[tuple[int, int]], n_before: int, n_after: int) -> Match:
    places, positions = {place for place, _ in kept}, {position: place for place, position in kept}
    inserted: dict[int, list[int]] = {}
    last = -1
    for position in range(n_after):
        if position in positions:
            last = positions[position]
        else:
            inserted.setdefault(last, []).append(position)
    return Match(
        kept=tuple(kept),
        deleted=tuple(place for place in range(n_before) if place not in places),
        inserted=tuple((after, tuple(found)) for after, found in inserted.items()),
    )
