"""How well the scores of both models part the classes: ROC curves, and how many rows lie at which score."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Flags, Floats, Sample

MOST_POINTS = 100
"""Points that are kept of a curve."""
BINS = 20
FEWEST = 20
"""Rows of either class below which nothing is kept: the steps of such a curve are single rows."""


def score_curves(paired: Paired) -> dict[str, Any] | None:
    """ROC curves of both models and counts of rows by score, for scores of one positive class.

    Returns
    -------
    dict or None
        `of`: the positive class; `rows`: `positive` and `negative`; `roc`: per side `false_positive_fraction` and
        `true_positive_fraction`, see `roc_curve`; `scores`: per side `positive` and `negative`, the rows in each of
        `BINS` equal-width bins of 0..1, or None where scores of either side are no probabilities. None where there is
        no such score, or a class has fewer than `FEWEST` rows. Nothing is told of a single row.
    """
    before, after = _scores(paired.baseline), _scores(paired.candidate)
    positive = paired.candidate.positive
    if before is None or after is None or positive is None:
        return None
    happened = np.asarray(paired.candidate.labels == positive)
    n_positive = int(np.count_nonzero(happened))
    if min(n_positive, happened.size - n_positive) < FEWEST:
        return None
    weights = paired.candidate.weights
    if weights is not None and not (weights[happened].sum() > 0 and weights[~happened].sum() > 0):
        return None
    sides = {"baseline": before, "candidate": after}
    shares = all(((scores >= 0) & (scores <= 1)).all() for scores in sides.values())
    return {
        "of": paired.candidate.classes[positive],
        "rows": {"positive": n_positive, "negative": int(happened.size) - n_positive},
        "roc": {side: roc_curve(scores, happened, weights=weights) for side, scores in sides.items()},
        "scores": {side: _counts(scores, happened) for side, scores in sides.items()} if shares else None,
    }


def roc_curve(scores: Floats, happened: Flags, *, weights: Floats | None = None) -> dict[str, list[float]]:
    """Share of the positives found against share of the negatives taken for one, as the threshold falls.

    Parameters
    ----------
    scores : shape (n_rows,), finite
    happened : shape (n_rows,), whether the row is positive; both classes have weight
    weights : at least 0, or None

    Returns
    -------
    dict
        `false_positive_fraction` and `true_positive_fraction`, increasing from 0 to 1, to four digits. Rows of one
        score are one step. Of more than `MOST_POINTS` steps those are kept that lie about evenly along the curve.
    """
    weight = np.ones(scores.size) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), scores.size - 1)
    found = np.append(0.0, np.cumsum((weight * happened)[order])[ends])
    false = np.append(0.0, np.cumsum((weight * ~happened)[order])[ends])
    found, false = found / found[-1], false / false[-1]
    if found.size > MOST_POINTS:
        along = np.searchsorted(found + false, np.linspace(0.0, 2.0, MOST_POINTS))
        kept = np.unique(np.clip(along, 0, found.size - 1))
        kept[-1] = found.size - 1
        found, false = found[kept], false[kept]
    return {
        "false_positive_fraction": np.round(false, 4).tolist(),
        "true_positive_fraction": np.round(found, 4).tolist(),
    }


def _scores(sample: Sample) -> Floats | None:
    """The score of the positive class, where there is one."""
    scores, positive = sample.scores, sample.positive
    if scores is None or sample.labels is None or positive is None or sample.query is not None:
        return None
    if scores.ndim == 1:
        return scores
    return scores[:, positive] if scores.shape[1] == len(sample.classes) == 2 else None


def _counts(scores: Floats, happened: Flags) -> dict[str, list[int]]:
    bins = np.minimum((scores * BINS).astype(np.intp), BINS - 1)
    counts = {name: np.bincount(bins[rows], minlength=BINS) for name, rows in _classes(happened)}
    return {name: found.tolist() for name, found in counts.items()}


def _classes(happened: Flags) -> tuple[tuple[str, Flags], ...]:
    return (("positive", happened), ("negative", ~happened))
