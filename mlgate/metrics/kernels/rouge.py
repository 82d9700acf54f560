"""ROUGE: the F1 of each row, and its mean over rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlgate.metrics.kernels.means import ratio
from mlgate.metrics.kernels.ngrams import count_matches, count_ngrams, text_pairs, token_symbols
from mlgate.metrics.kernels.tokens import split_rouge
from mlgate.metrics.sample import Floats, Sample


def rouge_n(sample: Sample, order: int) -> Floats:
    """F1 of the n-grams that hypothesis and reference share, shape (n_rows,); 0 where they share none.

    Parameters
    ----------
    sample : with `references` and `hypotheses`, one reference per row
    order : the n

    Notes
    -----
    Equal to the package rouge-score without stemming. Two texts without tokens are worth 0, as there.
    Source: Lin, *Text Summarization Branches Out* (2004), 74-81.
    """
    references, hypotheses = token_symbols(*text_pairs(sample), split_rouge)
    shared = count_matches(references, hypotheses, order)[:, -1]
    return f1(shared, count_ngrams(hypotheses, order)[:, -1], count_ngrams(references, order)[:, -1])


def rouge_l(sample: Sample) -> Floats:
    """F1 of the longest common subsequence of tokens, shape (n_rows,); see `rouge_n`.

    Notes
    -----
    The whole text is one sequence (`rougeL`, not `rougeLsum`).
    """
    pairs = (tuple(map(split_rouge, pair)) for pair in zip(*text_pairs(sample), strict=True))
    counts = [
        (longest_common_subsequence(reference, hypothesis), len(hypothesis), len(reference))
        for reference, hypothesis in pairs
    ]
    shared, of_hypothesis, of_reference = np.array(counts, dtype=np.float64).reshape(-1, 3).T
    return f1(shared, of_hypothesis, of_reference)


def f1(shared: Floats, of_hypothesis: Floats, of_reference: Floats) -> Floats:
    """Harmonic mean of shared / of_hypothesis and shared / of_reference, elementwise; 0 where nothing is shared."""
    precision = ratio(shared, of_hypothesis, otherwise=0.0)
    recall = ratio(shared, of_reference, otherwise=0.0)
    return ratio(2.0 * precision * recall, precision + recall, otherwise=0.0)


def longest_common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest sequence that both contain in order, gaps allowed.

    Notes
    -----
    A bit per place of `first` is 0 where the length up to there grows; one addition moves all of them by a token of
    `second`, so the cost is O(len(first) * len(second) / word size).
    Source: Hyyrö, *AWOCA* (2004), 16-27.

    Examples
    --------
    >>> longest_common_subsequence("the cat sat on a mat".split(), "a cat on the mat".split())
    3
    """
    places: dict[str, int] = {}
    for place, token in enumerate(first):
        places[token] = places.get(token, 0) | 1 << place
    everywhere = (1 << len(first)) - 1
    flat = everywhere
    for token in second:
        here = flat & places.get(token, 0)
        flat = (flat + here | flat - here) & everywhere
    return len(first) - flat.bit_count()
