"""Corpus chrF from counts per row."""

from __future__ import annotations

import numpy as np

from mlgate.metrics.kernels.kernel import SumsKernel
from mlgate.metrics.kernels.means import as_columns, ratio
from mlgate.metrics.kernels.ngrams import character_symbols, count_matches, count_ngrams, text_pairs
from mlgate.metrics.sample import Floats, Sample

ORDERS = 6
BETA = 2.0


def chrf_columns(sample: Sample) -> Floats:
    """Counts of each row: matched n-grams of characters (n = 1 to 6), those of the hypothesis and the reference, 1.

    Parameters
    ----------
    sample : with `references` and `hypotheses`, one reference per row; white space is left out before counting

    Returns
    -------
    array of shape (n_rows, 19)
        n-grams of a hypothesis whose reference has none of that order are not counted, as in sacrebleu.
    """
    references, hypotheses = (character_symbols(texts) for texts in text_pairs(sample))
    of_reference = count_ngrams(references, ORDERS)
    of_hypothesis = np.where(of_reference > 0, count_ngrams(hypotheses, ORDERS), 0.0)
    matches = count_matches(references, hypotheses, ORDERS)
    return as_columns(*matches.T, *of_hypothesis.T, *of_reference.T, np.ones(sample.n_rows))


def chrf_of_sums(sums: Floats) -> Floats:
    """chrF2 of summed counts, 0 to 100; NaN where there are no rows.

    Parameters
    ----------
    sums : of the columns of `chrf_columns`, shape (..., 19)

    Notes
    -----
    F2 of the mean precision and the mean recall over the orders that both sides have n-grams of; 0 without a match.
    Equal to sacrebleu's corpus score with its defaults (character order 6, no words, beta 2, no smoothing).
    Source: Popović, *WMT* (2015), 392-395.
    """
    matches, hypothesis, reference = (sums[..., part * ORDERS : (part + 1) * ORDERS] for part in range(3))
    used = (hypothesis > 0) & (reference > 0)
    n_used = used.sum(axis=-1)
    precision, recall = (
        ratio(_in_order(np.where(used, ratio(matches, side, otherwise=0.0), 0.0)), n_used, otherwise=0.0)
        for side in (hypothesis, reference)
    )
    score = ratio((1 + BETA**2) * precision * recall, BETA**2 * precision + recall, otherwise=0.0)
    return np.where(sums[..., -1] > 0, 100.0 * score, np.nan)


def _in_order(values: Floats) -> Floats:
    """Sum over the orders, in order, so that the bits are the same for one sum and for many."""
    return sum((values[..., order] for order in range(1, ORDERS)), values[..., 0])


CHRF = SumsKernel(columns=chrf_columns, value=chrf_of_sums)
