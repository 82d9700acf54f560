"""Which rows of several predictions files are the same example: their ids, whatever the order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.canonical import Ids, text_order
from mlgate.metrics.sample import Flags, Index

_LOOKED_AT = 10_000
_BLOCK = 100_000
_ZEROS = re.compile(r"^(-?)0+(?=\d)")
_FRACTION = re.compile(r"^(-?\d+)\.0*$")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairing:
    """The ids that all files have.

    Parameters
    ----------
    ids : common ids, in ascending order
    indices : by file, its rows with these ids; None where those are all its rows
    only_baseline, only_candidate : ids that at least one file of the side and none of the other side has
    incomplete : ids that both sides have, and not every file
    hint : why ids are not found on the other side, where it is their spelling; else empty
    """

    ids: Ids
    indices: tuple[Index | None, ...]
    only_baseline: int
    only_candidate: int
    incomplete: int
    hint: str


def pair_ids(baselines: Sequence[Ids], candidates: Sequence[Ids]) -> Pairing:
    """Pair rows by id.

    Parameters
    ----------
    baselines, candidates : distinct ids of each file in ascending order: int64, or texts in order of their code points

    Notes
    -----
    Where one file has integers and another has text, all are compared as text. O(n log n).
    """
    files = [*baselines, *candidates]
    if all(_equal(files[0], other) for other in files[1:]):  # the same rows: nothing to search
        return Pairing(
            ids=files[0], indices=(None,) * len(files), only_baseline=0, only_candidate=0, incomplete=0, hint=""
        )
    as_text = any(ids.dtype == object for ids in files)
    orders = [text_order(ids) if as_text and ids.dtype != object else None for ids in files]
    if as_text:
        files = [ids if order is None else _texts(ids[order]) for ids, order in zip(files, orders, strict=True)]
    common = files[0]
    for other in files[1:]:
        common = common[_found(common, other)]
    before, after = _union(files[: len(baselines)]), _union(files[len(baselines) :])
    alone, alone_after = before[~_found(before, after)], after[~_found(after, before)]
    return Pairing(
        ids=common,
        indices=tuple(_index(common, ids, order) for ids, order in zip(files, orders, strict=True)),
        only_baseline=int(alone.size),
        only_candidate=int(alone_after.size),
        incomplete=int(before.size - alone.size - common.size),
        hint=_spelling_hint(alone, alone_after),
    )


def _equal(one: Ids, other: Ids) -> bool:
    return one is other or (one.dtype == other.dtype and one.size == other.size and bool(np.array_equal(one, other)))


def _texts(ids: NDArray[Any]) -> Ids:
    texts = np.empty(ids.size, dtype=object)
    texts[:] = list(map(str, ids.tolist()))
    return texts


def _found(wanted: Ids, ids: Ids) -> Flags:
    """Which of the sorted `wanted` are among the sorted `ids`."""
    if wanted.dtype == object:
        known = set(ids.tolist())
        return np.fromiter(map(known.__contains__, wanted.tolist()), dtype=bool, count=wanted.size)
    if not ids.size:
        return np.zeros(wanted.size, dtype=bool)
    place = np.searchsorted(ids, wanted)  # both in order, so that the search walks through memory
    np.minimum(place, ids.size - 1, out=place)
    return np.asarray(ids[place] == wanted)


def _index(common: Ids, ids: Ids, order: Index | None) -> Index | None:
    """Rows of a file that have the common ids; `order` sorted its ids as text."""
    if common.size == ids.size:
        return order
    place = np.flatnonzero(_found(ids, common))
    return place if order is None else order[place]


def _union(files: Sequence[Ids]) -> Ids:
    union = files[0]
    for ids in files[1:]:
        union = _ordered(np.concatenate([union, ids[~_found(ids, union)]]))
    return union


def _ordered(ids: Ids) -> Ids:
    if ids.dtype != object:
        return np.sort(ids)
    texts = np.empty(ids.size, dtype=object)
    texts[:] = sorted(ids.tolist())
    return texts


_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("leading zeros (007 beside 7)", lambda text: _ZEROS.sub(r"\1", text)),
    ("decimals (7.0 beside 7)", lambda text: _FRACTION.sub(r"\1", text)),
    ("upper and lower case", str.casefold),
    ("spaces around them", str.strip),
)


def _spelling_hint(baseline: Ids, candidate: Ids) -> str:
    """What makes ids of one side those of the other, where that is true of at least half of them.

    At most 10,000 ids of the candidate, evenly spread, are looked up.
    """
    step = -(-candidate.size // _LOOKED_AT) or 1
    after = list(map(str, candidate[::step].tolist()))
    for words, spell in (*_SPELLINGS, ("zeros, decimals, case and spaces", _all_spellings)):
        wanted = set(map(spell, after))
        found: set[str] = set()
        for start in range(0, baseline.size, _BLOCK):
            found |= wanted.intersection(map(spell, map(str, baseline[start : start + _BLOCK].tolist())))
        if found and 2 * len(found) >= min(len(wanted), baseline.size):
            return f"the ids of the two files differ in {words} only: write them alike in both"
    return ""


def _all_spellings(text: str) -> str:
    for _, spell in reversed(_SPELLINGS):
        text = spell(text)
    return text
