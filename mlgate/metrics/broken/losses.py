"""How wrong each model is on each example: what flips, slices that are searched for and simple baselines look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Flags, Floats, Sample

MOST_CLASSES = 20
"""Classes of labels that are numbers, too, above which they are looked at as numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowLosses:
    """Losses of both models, arrays of shape (n_rows,).

    Parameters
    ----------
    kind : `classes`, `sets` and `texts` are right (0) or wrong (1), `numbers` have an absolute error, `scores` lack
        1 - probability of the label
    baseline, candidate : the losses, at least 0
    differs : whether the predictions (for `scores` the scores) differ
    """

    kind: str
    baseline: Floats
    candidate: Floats
    differs: Flags

    @property
    def right_or_wrong(self) -> bool:
        return self.kind in ("classes", "sets", "texts")


def row_losses(paired: Paired) -> RowLosses | None:
    """Losses of the first run of either side; None where no row has a loss of its own, as in a ranking.

    What a prediction is decides: a text, a label set, a class, a number; scores where there is no prediction.
    """
    before, after = paired.baseline, paired.candidate
    losses = [sample_losses(sample) for sample in (before, after)]
    if losses[0] is None or losses[1] is None or losses[0][0] != losses[1][0]:
        return None
    kind = losses[0][0]
    return RowLosses(
        kind=kind, baseline=losses[0][1], candidate=losses[1][1], differs=_predictions_differ(before, after, kind)
    )


def sample_losses(sample: Sample) -> tuple[str, Floats] | None:
    """Kind and losses of one model's rows, as in `RowLosses`; None where rows have none."""
    if sample.query is not None:
        return None
    if sample.references is not None and sample.hypotheses is not None:
        return "texts", _as_floats(~_same_texts(sample))
    if sample.label_set is not None and sample.predicted_set is not None:
        return "sets", _as_floats((sample.label_set != sample.predicted_set).any(axis=1))
    numbers = sample.truth is not None and sample.estimate is not None
    if sample.labels is not None and sample.predictions is not None and not (numbers and _many(sample)):
        return "classes", _as_floats(sample.labels != sample.predictions)
    if sample.truth is not None and sample.estimate is not None:
        return "numbers", np.abs(sample.estimate - sample.truth)
    probability = label_probability(sample)
    return None if probability is None else ("scores", 1 - probability)


def _many(sample: Sample) -> bool:
    """Whether numbers take too many values to be looked at as classes, such as ratings."""
    return len(sample.classes) > MOST_CLASSES


def label_probability(sample: Sample) -> Floats | None:
    """Probability that the model gives to the label of each row; None where the scores are no probabilities.

    Scores of the positive class are probabilities where all lie in 0..1 and there are no more than two classes.
    """
    scores, labels = sample.scores, sample.labels
    if scores is None or labels is None or sample.query is not None or not scores.size:
        return None
    if not ((scores >= 0) & (scores <= 1)).all():
        return None
    if scores.ndim == 2:
        covered = scores.shape[1] == len(sample.classes)
        return np.asarray(scores[np.arange(sample.n_rows), labels]) if covered else None
    if sample.positive is None or len(sample.classes) > 2:
        return None
    return np.where(labels == sample.positive, scores, 1 - scores)


def _predictions_differ(before: Sample, after: Sample, kind: str) -> Flags:
    if kind == "sets":
        return np.asarray((before.predicted_set != after.predicted_set).any(axis=1))  # type: ignore[union-attr]  # both have one
    part = {"classes": "predictions", "numbers": "estimate", "texts": "hypotheses", "scores": "scores"}[kind]
    differs = np.asarray(getattr(before, part) != getattr(after, part), dtype=bool)
    return differs if differs.ndim == 1 else np.asarray(differs.any(axis=1))


def _same_texts(sample: Sample) -> Flags:
    """Whether the texts agree but for white space at the ends."""
    pairs = zip(sample.references.tolist(), sample.hypotheses.tolist(), strict=True)  # type: ignore[union-attr]  # both are there
    return np.array([reference.strip() == hypothesis.strip() for reference, hypothesis in pairs], dtype=bool)


def _as_floats(flags: Flags) -> Floats:
    return flags.astype(np.float64)
