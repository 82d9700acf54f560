"""n-grams that two texts share, counted for many pairs of texts at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.kernels.kernel import UndefinedMetricError
from mlgate.metrics.sample import Flags, Floats, Sample

Integers = NDArray[np.int64]

_AT_ONCE = 200_000
"""Symbols that are counted at once, which bounds memory and keeps each sort within the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Symbols:
    """Texts as sequences of symbols, one after the other.

    Parameters
    ----------
    codes : of all texts, at least 0; equal symbols have equal codes, shape (n_symbols,)
    lengths : symbols of each text, shape (n_rows,)
    """

    codes: Integers
    lengths: Integers


def text_pairs(sample: Sample) -> tuple[list[str], list[str]]:
    """References and hypotheses of a sample, one of each per row.

    Raises
    ------
    UndefinedMetricError
        The sample has no texts.
    """
    if sample.references is None or sample.hypotheses is None:
        raise UndefinedMetricError("the rows have no text as label or none as prediction")
    return sample.references.tolist(), sample.hypotheses.tolist()


def token_symbols(
    references: Sequence[str], hypotheses: Sequence[str], split: Callable[[str], list[str]]
) -> tuple[Symbols, Symbols]:
    """The tokens of either side as symbols.

    Parameters
    ----------
    split : from a text to its tokens
    """
    codes: dict[str, int] = {}
    sides = []
    for texts in (references, hypotheses):
        flat = array("q")
        lengths = []
        for text in texts:
            tokens = split(text)
            lengths.append(len(tokens))
            flat.extend([codes.setdefault(token, len(codes)) for token in tokens])
        sides.append(Symbols(codes=np.array(flat, dtype=np.int64), lengths=np.array(lengths, dtype=np.int64)))
    return sides[0], sides[1]


def character_symbols(texts: Sequence[str]) -> Symbols:
    """The characters of texts, white space left out, as code points."""
    bare = ["".join(text.split()) for text in texts]
    # A lone surrogate is no text for UTF-32 but may stand in a str, e.g. from JSON.
    points = np.frombuffer("".join(bare).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return Symbols(codes=points.astype(np.int64), lengths=np.array([len(text) for text in bare], dtype=np.int64))


def count_ngrams(symbols: Symbols, orders: int) -> Floats:
    """Number of n-grams of each text for n = 1 to `orders`, shape (n_rows, orders)."""
    return np.maximum(symbols.lengths[:, None] - np.arange(orders, dtype=np.float64), 0.0)


def count_matches(references: Symbols, hypotheses: Symbols, orders: int) -> Floats:
    """Number of n-grams that hypothesis and reference of a row share, an n-gram as often as in the one with fewer.

    Parameters
    ----------
    references, hypotheses : of the same n_rows texts, with common codes
    orders : largest n

    Returns
    -------
    array of shape (n_rows, orders)
        Whole numbers, for n = 1 to `orders`.
    """
    n_rows = references.lengths.size
    matches = np.zeros((n_rows, orders))
    ends = [np.concatenate([[0], np.cumsum(side.lengths)]) for side in (references, hypotheses)]
    blocks = np.unique((ends[0] + ends[1])[:-1] // _AT_ONCE, return_index=True)[1]
    for start, stop in pairwise([*blocks.tolist(), n_rows]):
        inside = [
            Symbols(codes=side.codes[end[start] : end[stop]], lengths=side.lengths[start:stop])
            for side, end in zip((references, hypotheses), ends, strict=True)
        ]
        matches[start:stop] = _count_block(inside[0], inside[1], orders)
    return matches


def _count_block(references: Symbols, hypotheses: Symbols, orders: int) -> Floats:
    """`count_matches` with all n-grams of one n in one sort.

    An n-gram is the pair of the (n-1)-gram at the same place, numbered, and the symbol after it. It can match only
    if that (n-1)-gram does, so the rest is dropped on the way.
    """
    n_rows = references.lengths.size
    lengths = np.concatenate([references.lengths, hypotheses.lengths])
    codes = np.concatenate([references.codes, hypotheses.codes])
    row = np.repeat(np.tile(np.arange(n_rows), 2), lengths)
    end = np.repeat(np.cumsum(lengths), lengths)
    is_hypothesis = np.arange(codes.size) >= references.codes.size
    base = int(codes.max(initial=0)) + 1
    position = np.arange(codes.size)
    group = row
    matches = np.zeros((n_rows, orders))
    for order in range(orders):
        inside = position + order < end[position]
        position, group = position[inside], group[inside]
        _, first, group = np.unique(group * base + codes[position + order], return_index=True, return_inverse=True)
        shared = _shared(group, is_hypothesis[position])
        matches[:, order] = np.bincount(row[position[first]], weights=shared, minlength=n_rows)
        matched = shared[group] > 0
        position, group = position[matched], group[matched]
    return matches


def _shared(group: NDArray[np.intp], is_hypothesis: Flags) -> Integers:
    """For each group, the smaller of its numbers of hypothesis and reference places."""
    of_both = np.bincount(group)
    of_hypothesis = np.bincount(group[is_hypothesis], minlength=of_both.size)
    return np.asarray(np.minimum(of_hypothesis, of_both - of_hypothesis))
