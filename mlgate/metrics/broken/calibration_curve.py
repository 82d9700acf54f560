"""How often it is so when the model says so: frequency against mean score, before and after."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Flags, Floats, Sample

BINS = 10


def calibration_curves(paired: Paired) -> dict[str, Any] | None:
    """Both models' calibration curves in ten equal-width bins of the score.

    Returns
    -------
    dict or None
        `of`: the positive class, or `largest score` where there are several classes (then the frequency is that of
        being right); `baseline` and `candidate`: see `calibration_curve`. None where the scores of either side are no
        probabilities.
    """
    sides = [_outcomes(sample) for sample in (paired.baseline, paired.candidate)]
    if sides[0] is None or sides[1] is None:
        return None
    weights = paired.candidate.weights
    several = paired.candidate.scores is not None and paired.candidate.scores.ndim == 2
    positive = paired.candidate.positive
    return {
        "of": "largest score" if several or positive is None else paired.candidate.classes[positive],
        "baseline": calibration_curve(*sides[0], weights=weights),
        "candidate": calibration_curve(*sides[1], weights=weights),
    }


def calibration_curve(scores: Floats, happened: Flags, *, weights: Floats | None = None) -> list[dict[str, Any]]:
    """Mean score and frequency in ten equal-width bins.

    Parameters
    ----------
    scores : shape (n_rows,), in 0..1
    happened : shape (n_rows,), whether what the score is a probability of is so
    weights : at least 0, or None

    Returns
    -------
    list of dict
        Per bin `low`, `high`, `n` (rows), `score` (mean) and `frequency`, the last two None where no row weighs
        anything. A bin holds its lower end; the last one also holds 1.
    """
    bins = np.minimum((scores * BINS).astype(np.intp), BINS - 1)
    weight = np.ones(scores.size) if weights is None else weights
    n_rows = np.bincount(bins, minlength=BINS)
    total, score, hits = (
        np.bincount(bins, weights=values, minlength=BINS) for values in (weight, weight * scores, weight * happened)
    )
    return [
        {
            "low": place / BINS,
            "high": (place + 1) / BINS,
            "n": int(n_rows[place]),
            "score": float(score[place] / total[place]) if total[place] > 0 else None,
            "frequency": float(hits[place] / total[place]) if total[place] > 0 else None,
        }
        for place in range(BINS)
    ]


def _outcomes(sample: Sample) -> tuple[Floats, Flags] | None:
    """Scores and whether what they predict is so."""
    scores, labels = sample.scores, sample.labels
    if scores is None or labels is None or sample.query is not None or not sample.n_rows:
        return None
    if not ((scores >= 0) & (scores <= 1)).all():
        return None
    if scores.ndim == 2:
        if scores.shape[1] != len(sample.classes):
            return None
        return scores.max(axis=1), np.asarray(scores.argmax(axis=1) == labels)
    return None if sample.positive is None else (scores, np.asarray(labels == sample.positive))
