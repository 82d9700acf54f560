"""Texts of a later split that nearly stand in an earlier one: MinHash finds candidates, each is compared in full.

Texts are compared by their runs of three words (letters and digits, in lower case; of scripts without spaces every
character is a word). The engine cuts and hashes the words, `rensa` makes the sketches, and of the earlier split only a
part at a time is held in memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.matching import as_rows
from mlgate.data.leakage.split import MAX_SHOWN, Found, Pair, Split, could_not, judged, not_asked, share_told
from mlgate.data.plan import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

LEAST_WORDS = 8
MOST_TEXTS = 200_000
"""Texts of the later split that are looked at: of more, evenly spaced ones."""
CHUNK = 50_000
BANDS, PER_BAND = 16, 4
SEED = 7
TRIED = 50
"""Candidates per text that are compared in full."""
_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}]+"
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@dataclass(slots=True)
class _Texts:
    """Texts by their row numbers: each one's different runs of three words, sorted, and a hash of each band."""

    rows: Numbers
    runs: list[Hashes]
    bands: Hashes


@dataclass(slots=True)
class _Matches:
    """The first near-duplicate of each text of the later split, by its place there."""

    best: dict[int, tuple[int, float]] = field(default_factory=dict)
    tried: dict[int, int] = field(default_factory=dict)


def near_duplicate_texts(pair: Pair, known: Known, column: str) -> Verdict:
    """`near_duplicate_texts`: no text of an earlier split nearly stands in a later one.

    Looks at the columns that `near: {text: [...]}` names, else at those that hold sentences. Two texts are
    near-duplicates if they have at least 0.7 of their runs of three words in common (`near: {similarity: ...}`), case
    and punctuation apart; texts of fewer than eight words are left out and counted. Candidates are found with MinHash,
    which misses about one of a hundred pairs at 0.7 and hardly any above 0.8, and are then compared word by word. Of
    more than 200,000 texts of the later split evenly spaced ones are looked at, and it says so. It is an `error` if
    `rensa` is not installed, or if a named column holds no text. `max: {near_duplicate_texts: 0.01}` accepts a share of
    the later split's texts.
    """
    try:
        import rensa  # type: ignore[import-untyped]  # noqa: F401  # it has no stubs; only whether it is there
    except ImportError:
        return could_not(
            "near-duplicate texts need the package rensa", 'install "mlgate[data]", or write `near: false`'
        )
    near = pair.declared.near
    similarity = near.similarity if near else 1.0
    every = max(1, -(-pair.later.rows // MOST_TEXTS))
    place = known.place(pair.later)
    later = _joined(list(_chunks(pair.later, _value(known, column, place), every)))
    if not later.rows.size:
        return _too_short(pair, column, pair.later)
    index = [_Band(later.bands[:, band]) for band in range(BANDS)]
    matches, seen = _Matches(), 0
    for chunk in _chunks(pair.earlier, _value(known, column, known.place(pair.earlier)), 1):
        seen += chunk.rows.size
        _match(later, chunk, index, matches, similarity)
    if not seen:
        return _too_short(pair, column, pair.earlier)
    return _verdict(pair, column, later, matches, every=every, seen=seen)


def _too_short(pair: Pair, column: str, split: Split) -> Verdict:
    """No text can be compared: an error where the column is named."""
    fact = f"no text of {words.short(column)} in {words.short(split.name)} has {LEAST_WORDS} words or more"
    if pair.declared.near and pair.declared.near.text:
        return could_not(f"{fact}: nothing was compared", "name a column of longer texts")
    return not_asked(f"not judged: {fact}")


def _expected(pair: Pair) -> str:
    return f"no text of {words.short(pair.earlier.name)} nearly in {words.short(pair.later.name)}"


def _verdict(pair: Pair, column: str, later: _Texts, matches: _Matches, *, every: int, seen: int) -> Verdict:
    found = sorted((int(later.rows[place]), row, like) for place, (row, like) in matches.best.items())
    same = sum(like == 1.0 for _, _, like in found)
    total = int(later.rows.size)
    near = pair.declared.near
    message = (
        f"{len(found):,} of {words.counted(total, 'text')} ({words.short(column)}) of {words.short(pair.later.name)}"
    )
    message += f" {'is' if len(found) == 1 else 'are'} nearly in {words.short(pair.earlier.name)}"
    if found:
        message += (
            f" ({share_told(len(found), total)}): at least {near.similarity if near else 1:g} of the words in the "
        )
        message += f"same order, {same:,} of them all"
    message += f"; compared with {seen:,} texts" + (f", one in {every} looked at" if every > 1 else "")
    return judged(
        Found(
            judged=total,
            failing=len(found),
            message=message,
            expected=_expected(pair),
            hint="remove near-duplicates before splitting, or keep them together in one split",
            rows=as_rows(pair, [(here, there) for here, there, _ in found[:MAX_SHOWN]]),
            rows_in=pair.later.name,
            evidence={"column": column, "same_words": same, "compared_with": seen, "one_in": every},
        ),
        pair.declared.limits.near_duplicate_texts,
        pair.privacy,
    )


def _value(known: Known, column: str, place: int) -> str:
    every = [*known.roles.compared, *known.roles.naming]
    return next(item.values[place] for item in every if item.name == column)


class _Band:
    """One band of the later texts, sorted, so that equal ones are found by bisection."""

    def __init__(self, hashes: Hashes) -> None:
        import numpy as np

        self.order = np.argsort(hashes, kind="stable")
        self.sorted = hashes[self.order]

    def candidates(self, hashes: Hashes) -> Iterator[tuple[int, int]]:
        """(place of the later text, place among `hashes`) of equal hashes, at most TRIED for each of these."""
        import numpy as np

        first = np.searchsorted(self.sorted, hashes, side="left")
        last = np.searchsorted(self.sorted, hashes, side="right")
        for there in np.flatnonzero(last > first):
            for at in range(first[there], min(last[there], first[there] + TRIED)):
                yield int(self.order[at]), int(there)


def _match(later: _Texts, chunk: _Texts, index: Sequence[_Band], matches: _Matches, similarity: float) -> None:
    """Compare the candidates of a part of the earlier split in full; a text that has its match is done."""
    seen: set[tuple[int, int]] = set()
    for band, known in enumerate(index):
        for here, there in known.candidates(chunk.bands[:, band]):
            if (here, there) in seen or here in matches.best or matches.tried.get(here, 0) >= TRIED:
                continue
            seen.add((here, there))
            matches.tried[here] = matches.tried.get(here, 0) + 1
            like = jaccard(later.runs[here], chunk.runs[there])
            if like >= similarity:
                matches.best[here] = (int(chunk.rows[there]), like)


def jaccard(one: Hashes, other: Hashes) -> float:
    """Share that two sorted arrays of different values have in common.

    Examples
    --------
    >>> import numpy as np
    >>> jaccard(np.array([1, 2, 3], np.uint64), np.array([2, 3, 4], np.uint64))
    0.5
    """
    import numpy as np

    both = np.intersect1d(one, other, assume_unique=True).size
    return float(both / (one.size + other.size - both))


def _chunks(split: Split, text: str, every: int) -> Iterator[_Texts]:
    """The texts of a split with enough words, part by part."""
    table = split.table
    number = table.row_number
    listed = f"[{sql.hashed('word')} FOR word IN regexp_extract_all(lower({text}), {sql.text_literal(_WORD)})]"
    for start in range(1, split.rows + table.problem_rows + 1, CHUNK * every):
        chosen = f"{number} BETWEEN {start} AND {start + CHUNK * every - 1} AND {number} % {every} = 0"
        query = f"SELECT {number} AS r, {listed} AS w FROM {table.relation} WHERE {text} IS NOT NULL AND {chosen}"  # noqa: S608  # names of ours
        found = table.connection.execute(query).fetchnumpy()
        yield _sketched(found["r"], found["w"])


def _sketched(rows: Any, listed: Any) -> _Texts:
    import numpy as np
    import rensa

    kept = [place for place, found in enumerate(listed) if len(found) >= LEAST_WORDS]
    rows = np.asarray(rows)[kept].astype(np.int64)
    if not kept:
        return _Texts(rows, [], np.empty((0, BANDS), np.uint64))
    sizes = np.array([len(listed[place]) for place in kept], dtype=np.int64)
    flat = np.concatenate([np.asarray(listed[place], dtype=np.uint64) for place in kept])
    runs, offsets = runs_of_three(flat, sizes)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        runs, offsets.astype(np.uint64), BANDS * PER_BAND, SEED
    )
    signatures = np.asarray(matrix.to_rows(), dtype=np.uint64).reshape(len(kept), BANDS, PER_BAND)
    bands = np.zeros((len(kept), BANDS), np.uint64)
    for part in range(PER_BAND):
        bands = (bands ^ signatures[:, :, part]) * np.uint64(_MIX[0]) + np.uint64(_MIX[1])
    each = [np.unique(runs[start:end]) for start, end in itertools.pairwise(offsets)]
    return _Texts(rows, each, bands)


def runs_of_three(hashes: Hashes, sizes: Numbers) -> tuple[Hashes, Numbers]:
    """Hashes of every three words that follow each other in a text, and where each text's runs start.

    Parameters
    ----------
    hashes : of the words of all texts, one text after the other
    sizes : number of words of each text, three or more
    """
    import numpy as np

    mixed = [hashes * np.uint64(factor) for factor in _MIX]
    runs = mixed[0][:-2] ^ (mixed[1][1:-1] >> np.uint64(7)) ^ (mixed[2][2:] >> np.uint64(13))
    ends = np.cumsum(sizes)
    inside = np.ones(hashes.size, dtype=bool)
    inside[ends - 1] = inside[ends - 2] = False
    offsets = np.concatenate([[0], np.cumsum(sizes - 2)])
    return runs[inside[: runs.size]], offsets


def _joined(parts: Sequence[_Texts]) -> _Texts:
    import numpy as np

    rows = np.concatenate([part.rows for part in parts]) if parts else np.empty(0, np.int64)
    bands = np.concatenate([part.bands for part in parts]) if parts else np.empty((0, BANDS), np.uint64)
    return _Texts(rows, [runs for part in parts for runs in part.runs], bands)
