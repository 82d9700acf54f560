"""Models that need no learning: the majority, the mean, the last value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Codes, Floats, Index, Sample
from mlgate.metrics.samples import same_outputs


class NoSimpleModelError(ValueError):
    """Rows for which a simple model says nothing; the message is one sentence that says why."""


def against_simple_model(kind: str, paired: Paired, series: Codes | None) -> tuple[Paired, str]:
    """The candidate's first run paired with a simple model on the same rows, and what the simple model says.

    Parameters
    ----------
    kind : `majority`, `mean` or `last_value`
    paired : the baseline's side is not looked at
    series : codes of the series of a row, for `last_value`; None where there is one series

    Returns
    -------
    tuple
        The rows for which the simple model has a prediction, and words such as `always no`.

    Raises
    ------
    NoSimpleModelError
        Labels, times or numbers are lacking, or labels of one time disagree.
    """
    sample = paired.candidate
    rows: Index = np.arange(paired.n_rows)
    match kind:
        case "majority":
            simple, words = _majority(sample)
        case "mean":
            truth = _numbers(sample)
            mean = float(np.sum(truth * _weights(sample))) / float(np.sum(_weights(sample)))
            simple, words = replace(sample, estimate=np.full(sample.n_rows, mean)), f"always {mean:.4g}"
        case "last_value":
            last, rows = _last_values(_numbers(sample), paired.times, series)
            sample, words = sample.take(rows), "the last value of the series"
            simple = replace(sample, estimate=last)
        case _:
            raise NoSimpleModelError(f"no simple baseline is called {kind!r}")
    return (
        Paired(
            n_rows=sample.n_rows,
            baselines=(simple,),
            candidates=(sample,),
            same=same_outputs(simple, sample),
            groups=None if paired.groups is None else paired.groups[rows],
            times=None if paired.times is None else paired.times[rows],
            ids=None if paired.ids is None else paired.ids[rows],
        ),
        words,
    )


def _majority(sample: Sample) -> tuple[Sample, str]:
    """The most frequent class (of equal ones the first in text order), with the frequencies as scores."""
    weights = _weights(sample)
    if sample.label_set is not None:
        shares = np.sum(sample.label_set * weights[:, None], axis=0) / np.sum(weights)
        usual = np.broadcast_to(shares > 0.5, sample.label_set.shape)
        return replace(sample, predicted_set=usual), "always the usual label set"
    if sample.labels is None:
        raise NoSimpleModelError("the labels are no classes")
    counts = np.bincount(sample.labels, weights=weights, minlength=len(sample.classes))
    majority = int(np.argmax(counts))
    shares = counts / np.sum(counts)
    scores = sample.scores
    if scores is not None and scores.ndim == 2:
        scores = np.broadcast_to(shares[: scores.shape[1]], scores.shape)
    elif scores is not None:
        scores = np.full(sample.n_rows, 0.0 if sample.positive is None else float(shares[sample.positive]))
    predictions = None if sample.predictions is None else np.full(sample.n_rows, majority, dtype=np.int32)
    return replace(sample, predictions=predictions, scores=scores), f"always {sample.classes[majority]}"


def _numbers(sample: Sample) -> Floats:
    if sample.truth is None or sample.estimate is None:
        raise NoSimpleModelError("labels and predictions are no numbers")
    return sample.truth


def _weights(sample: Sample) -> Floats:
    return np.ones(sample.n_rows) if sample.weights is None else sample.weights


def _last_values(truth: Floats, times: Codes | None, series: Codes | None) -> tuple[Floats, Index]:
    """Label of the series at the time before, and the rows that have one, in ascending order."""
    if times is None:
        raise NoSimpleModelError("the rows have no time")
    line = np.zeros(truth.size, dtype=np.intp) if series is None else series.astype(np.intp)
    order = np.lexsort((times, line))
    begins = np.ones(truth.size, dtype=bool)
    begins[1:] = (line[order][1:] != line[order][:-1]) | (times[order][1:] != times[order][:-1])
    point = np.cumsum(begins) - 1
    value, of_line = truth[order][begins], line[order][begins]
    if not np.array_equal(truth[order], value[point]):
        raise NoSimpleModelError("rows of one series and time have different labels")
    known = np.zeros(value.size, dtype=bool)
    known[1:] = of_line[1:] == of_line[:-1]
    if not known.any():
        raise NoSimpleModelError("no row has an earlier one in its series")
    found = np.empty(truth.size)
    found[order] = np.where(known[point], value[point - 1], np.nan)
    rows = np.flatnonzero(~np.isnan(found))
    return found[rows], rows
