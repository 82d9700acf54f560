"""Corpus BLEU from counts per row."""

from __future__ import annotations

import numpy as np

from mlgate.metrics.kernels.kernel import SumsKernel
from mlgate.metrics.kernels.means import as_columns, ratio
from mlgate.metrics.kernels.ngrams import count_matches, count_ngrams, text_pairs, token_symbols
from mlgate.metrics.kernels.tokens import split_13a
from mlgate.metrics.sample import Floats, Sample

ORDERS = 4


def bleu_columns(sample: Sample) -> Floats:
    """Counts of each row: matched n-grams (n = 1 to 4), n-grams of the hypothesis, tokens of the reference, 1.

    Parameters
    ----------
    sample : with `references` and `hypotheses`, one reference per row

    Returns
    -------
    array of shape (n_rows, 10)
    """
    references, hypotheses = token_symbols(*text_pairs(sample), split_13a)
    return as_columns(
        *count_matches(references, hypotheses, ORDERS).T,
        *count_ngrams(hypotheses, ORDERS).T,
        references.lengths.astype(np.float64),
        np.ones(sample.n_rows),
    )


def bleu_of_sums(sums: Floats) -> Floats:
    """BLEU of summed counts, 0 to 100; NaN where there are no rows.

    Parameters
    ----------
    sums : of the columns of `bleu_columns`, shape (..., 10)

    Notes
    -----
    Geometric mean of the four precisions, times exp(1 - r / h) where the hypotheses are shorter (h tokens) than the
    references (r). The k-th order without a match counts as 1 / 2**k of a match (smoothing `exp`); without a match of
    a single token, or without an n-gram of some order, BLEU is 0. Equal to sacrebleu's corpus score with tokens `13a`.

    That share of a match is in units of rows of weight 1: weights are read as numbers of copies, so where an order
    has no match, and only there, the value depends on the scale of the weights.
    Source: Papineni et al., *ACL* (2002), 311-318; smoothing: Chen and Cherry, *WMT* (2014), 362-367, method 3.
    """
    matches, totals, reference = sums[..., :ORDERS], sums[..., ORDERS : 2 * ORDERS], sums[..., 2 * ORDERS]
    missed = matches <= 0
    smoothed = np.where(missed, 0.5 ** np.cumsum(missed, axis=-1), matches)
    possible = np.asarray((matches > 0).any(axis=-1) & (totals > 0).all(axis=-1))
    precisions = np.where(possible[..., None], ratio(smoothed, totals, otherwise=1.0), 1.0)
    # A logarithm for each order, in order, so that the bits are the same for one sum and for many.
    logarithms = np.log(100.0 * precisions)
    mean = sum((logarithms[..., order] for order in range(1, ORDERS)), logarithms[..., 0]) / ORDERS
    brevity = np.exp(np.minimum(1.0 - ratio(reference, totals[..., 0], otherwise=1.0), 0.0))
    return np.where(sums[..., -1] > 0, np.where(possible, brevity * np.exp(mean), 0.0), np.nan)


BLEU = SumsKernel(columns=bleu_columns, value=bleu_of_sums)
