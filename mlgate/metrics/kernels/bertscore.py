"""BERTScore: how well the tokens of two texts match by their contextual embeddings.

The model is no part of this package: whoever runs the metric hands over a function that embeds texts, such as
`mlgate.sources.embeddings.load_embedder`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import MlgateError
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, mean_of_rows
from mlgate.metrics.kernels.ngrams import text_pairs
from mlgate.metrics.sample import Flags, Floats, Sample

Embedding = tuple[NDArray[np.floating[Any]], Flags]
"""The tokens of a text: vectors of shape (n_tokens, n_dimensions), and whether a token counts, shape (n_tokens,).

Tokens that a model adds (`[CLS]`, `[SEP]`) count nothing themselves, but tokens of the other text may match them.
"""

Embedder = Callable[[Sequence[str]], Sequence[Embedding]]
"""Embeds texts, each on its own: the embedding of a text does not depend on the texts beside it."""

_ROWS_AT_ONCE = 256
"""Embeddings that are held at once; those of a thousand rows of twenty tokens take some 100 MB."""


def bertscore_kernel(embed: Embedder) -> SumsKernel:
    """The mean F1 of greedy matches, with a model of the caller's.

    Parameters
    ----------
    embed : called with the references, and with the hypotheses, of some rows at a time. An `MlgateError` of it becomes
        an `UndefinedMetricError` with its hint, so that a model that cannot be loaded costs this metric alone
    """
    return mean_of_rows(lambda sample: bertscores(sample, embed))


def bertscores(sample: Sample, embed: Embedder) -> Floats:
    """F1 of greedy matches of each row, shape (n_rows,); see `greedy_f1`.

    Raises
    ------
    UndefinedMetricError
        There are no texts, they cannot be embedded, or an embedding has not the right shape or is not finite.
    """
    references, hypotheses = text_pairs(sample)
    values = np.empty(sample.n_rows)
    for start in range(0, sample.n_rows, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        sides = [_embed(embed, texts[rows]) for texts in (references, hypotheses)]
        values[rows] = [greedy_f1(reference, hypothesis) for reference, hypothesis in zip(*sides, strict=True)]
    return values


def greedy_f1(reference: Embedding, hypothesis: Embedding) -> float:
    """F1 of precision (each token of the hypothesis with its best match in the reference) and recall (the reverse).

    Parameters
    ----------
    reference, hypothesis : vectors of any length; only their directions count

    Returns
    -------
    float
        At most 1; 0 where a text has no token that counts, or precision and recall have not the same sign.

    Notes
    -----
    Similarity is the cosine. No inverse document frequencies, no rescaling by a baseline; equal to the package
    bert-score with these settings but for its single precision.
    Source: Zhang et al., *ICLR* (2020).

    Examples
    --------
    >>> counts = np.array([True, True])
    >>> one, other = np.eye(2), np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> round(greedy_f1((one, counts), (other, counts)), 4)
    0.8536
    """
    if not (reference[1].any() and hypothesis[1].any()):
        return 0.0
    # einsum without a path sums by a plain loop: the bits do not depend on the linear algebra library.
    cosines = np.einsum("id,jd->ij", _directions(hypothesis[0]), _directions(reference[0]), optimize=False)
    cosines = np.clip(cosines, -1.0, 1.0)  # rounding can lift a vector's match with itself above 1
    precision = float(cosines.max(axis=1)[hypothesis[1]].mean())
    recall = float(cosines.max(axis=0)[reference[1]].mean())
    if not precision * recall > 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def _directions(vectors: NDArray[np.floating[Any]]) -> Floats:
    """Vectors of length 1 in double precision; a vector of zeros stays."""
    exact = vectors.astype(np.float64)
    lengths = np.sqrt(np.square(exact).sum(axis=1, keepdims=True))
    return np.asarray(exact / np.where(lengths > 0, lengths, 1.0))


def _embed(embed: Embedder, texts: Sequence[str]) -> Sequence[Embedding]:
    """Embeddings of texts, each distinct one embedded once."""
    distinct = list(dict.fromkeys(texts))
    try:
        found = embed(distinct)
    except MlgateError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise UndefinedMetricError(f"{error.message}{hint}") from error
    if len(found) != len(distinct):
        raise UndefinedMetricError(f"the model gave {len(found)} embeddings of {len(distinct)} texts")
    for vectors, counts in found:
        if vectors.ndim != 2 or counts.shape != vectors.shape[:1] or not np.isfinite(vectors).all():
            raise UndefinedMetricError("the model gave an embedding that is not finite or has not one vector per token")
    by_text = dict(zip(distinct, found, strict=True))
    return [by_text[text] for text in texts]


def _without_model(sample: Sample) -> Floats:
    text_pairs(sample)
    raise UndefinedMetricError("bertscore needs a model; install `mlgate[bertscore]` and name the model's folder")


KERNELS: dict[str, Factory] = {"bertscore": always(mean_of_rows(_without_model))}
"""The kernel until a model is given: it refuses every sample, and says what is missing. See `bertscore_kernel`."""
