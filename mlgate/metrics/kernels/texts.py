"""Metrics of texts: one reference and one hypothesis per row, or the likelihood of the text.

A row has one reference. Several alternatives are not read: what a separator between them would be is a guess.
"""

from __future__ import annotations

import numpy as np

from mlgate.metrics.kernels.bleu import BLEU
from mlgate.metrics.kernels.chrf import CHRF
from mlgate.metrics.kernels.kernel import SumsKernel
from mlgate.metrics.kernels.means import (
    Factory,
    always,
    as_columns,
    column_of,
    mean_of_rows,
    ratio_of_sums,
    refuse_rows,
    share_of_rows,
)
from mlgate.metrics.kernels.ngrams import count_matches, text_pairs, token_symbols
from mlgate.metrics.kernels.rouge import f1, rouge_l, rouge_n
from mlgate.metrics.kernels.tokens import split_squad
from mlgate.metrics.sample import Flags, Floats, Sample

_ROUNDING = 1e-6
"""How far below 0 per token a negative log-likelihood of single precision may fall."""


def exact_matches(sample: Sample) -> Flags:
    """Whether hypothesis and reference have the same words after SQuAD's normalisation, shape (n_rows,)."""
    references, hypotheses = text_pairs(sample)
    same = [
        split_squad(reference) == split_squad(hypothesis)
        for reference, hypothesis in zip(references, hypotheses, strict=True)
    ]
    return np.array(same, dtype=np.bool_)


def token_f1(sample: Sample) -> Floats:
    """F1 of the bags of words of hypothesis and reference after SQuAD's normalisation, shape (n_rows,).

    Notes
    -----
    1 where neither has a word and 0 where one has none, as in the evaluation script of SQuAD 2.0, in which an empty
    answer can be the right one.
    """
    references, hypotheses = token_symbols(*text_pairs(sample), split_squad)
    shared = count_matches(references, hypotheses, 1)[:, 0]
    neither = (references.lengths == 0) & (hypotheses.lengths == 0)
    found = f1(shared, hypotheses.lengths.astype(np.float64), references.lengths.astype(np.float64))
    return np.where(neither, 1.0, found)


def perplexity_columns(sample: Sample) -> Floats:
    """Negative log-likelihood (natural logarithm) and number of tokens of each row, shape (n_rows, 2).

    Raises
    ------
    UndefinedMetricError
        A column is missing or not finite; a number of tokens is below 0, or 0 with a likelihood; a negative
        log-likelihood is below 0 by more than rounding, as where the sign was left out.
    """
    nll, tokens = column_of(sample, "nll"), column_of(sample, "tokens")
    refuse_rows(tokens < 0, "have a number of tokens below 0")
    refuse_rows((tokens == 0) & (nll != 0), "have a likelihood without a token")
    refuse_rows(nll < -_ROUNDING * tokens, "have a negative log-likelihood below 0")
    return as_columns(nll, tokens)


def perplexity_of_sums(sums: Floats) -> Floats:
    """exp(sum of the negative log-likelihoods / number of tokens); NaN without a token, infinity where it overflows."""
    with np.errstate(over="ignore"):
        return np.exp(ratio_of_sums(sums))


KERNELS: dict[str, Factory] = {
    "bleu": always(BLEU),
    "chrf": always(CHRF),
    "rouge_1": always(mean_of_rows(lambda sample: rouge_n(sample, 1))),
    "rouge_2": always(mean_of_rows(lambda sample: rouge_n(sample, 2))),
    "rouge_l": always(mean_of_rows(rouge_l)),
    "exact_match": always(share_of_rows(exact_matches)),
    "token_f1": always(mean_of_rows(token_f1)),
    "perplexity": always(SumsKernel(columns=perplexity_columns, value=perplexity_of_sums)),
}
"""Kernels of texts by base name; `bertscore` is in a module of its own, since it needs a model."""
