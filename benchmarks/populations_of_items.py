"""Populations of texts, rankings, latencies and forecasts; see `benchmarks.populations`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.populations import (
    Design,
    Noise,
    Population,
    Rng,
    Share,
    calibrated,
    classes,
    mixed,
    numbers,
    overconfident,
    pair_of,
    plain_kernel,
)
from mlgate.metrics.kernels.kernel import Kernel, SumsKernel
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Floats, Sample

_REFERENCES = 1000
_VARIANTS = 4
"""Hypotheses of equal quality per reference; one more is worse."""

_ITEMS = 15
"""Items of a query."""

_AUTOCORRELATION = 0.5


@lru_cache(maxsize=1)
def text_pool() -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """References and hypotheses, shape (n_references, n_variants + 1) each, the last hypothesis the worse one."""
    rng = np.random.default_rng(5)
    words = np.array([f"w{number}" for number in range(300)])
    usual = 1 / np.arange(3, 303)
    usual /= usual.sum()
    shape = (_REFERENCES, _VARIANTS + 1)
    references, hypotheses = np.empty(shape, dtype=object), np.empty(shape, dtype=object)
    for row in range(_REFERENCES):
        sentence = rng.choice(words, size=rng.integers(3, 20), p=usual)
        hardness = rng.beta(1.0, 3.0)
        for variant in range(_VARIANTS + 1):
            wrong = rng.random(sentence.size) < (hardness if variant < _VARIANTS else min(1.0, hardness + 0.25))
            other = rng.choice(words, size=sentence.size, p=usual)
            references[row, variant] = " ".join(sentence)
            hypotheses[row, variant] = " ".join(np.where(wrong, other, sentence))
    return references, hypotheses


def texts(rng: Rng, n_rows: int, _design: Design, share: Share) -> Paired:
    """References drawn from a pool, each with hypotheses of equal quality of which either model has another.

    A row's place in the pool stands in its `ids`; `text_kernel` looks its counts up there.
    """
    noise = Noise(rng, n_rows, 0)
    row = rng.integers(0, _REFERENCES, size=n_rows)
    first = rng.integers(0, _VARIANTS, size=n_rows)
    second = (first + rng.integers(0, _VARIANTS, size=n_rows)) % _VARIANTS
    second = np.where(noise.coins(share), _VARIANTS, second)
    sides = [Sample(n_rows=n_rows, ids=row * (_VARIANTS + 1) + variant) for variant in (first, second)]
    return pair_of((sides[0], sides[1]), first == second, noise)


@lru_cache(maxsize=8)
def _pool_columns(metric: str) -> Floats:
    references, hypotheses = (array.reshape(-1) for array in text_pool())
    kernel = plain_kernel(metric)
    assert isinstance(kernel, SumsKernel)  # narrowing only: every metric of texts has this form
    return kernel.columns(Sample(n_rows=references.size, references=references, hypotheses=hypotheses))


def text_kernel(metric: str) -> Kernel:
    """The gate's kernel, with the counts of the pool's texts looked up and not counted again for every sample."""
    kernel = plain_kernel(metric)
    assert isinstance(kernel, SumsKernel)  # narrowing only: every metric of texts has this form

    def columns(sample: Sample) -> Floats:
        assert sample.ids is not None  # narrowing only: `texts` gives them
        return np.asarray(_pool_columns(metric)[sample.ids])

    return replace(kernel, columns=columns)


def rankings(rng: Rng, n_queries: int, design: Design, share: Share) -> Paired:
    """Queries with 15 items, of which a quarter is relevant to a degree of 1 or 2; queries differ in difficulty."""
    query = np.repeat(np.arange(n_queries, dtype=np.int32), _ITEMS)
    noise = Noise(rng, query.size, 0)
    relevance = rng.choice(3, size=query.size, p=(0.75, 0.15, 0.10)).astype(np.float64)
    easy = rng.uniform(0.3, 1.5, size=n_queries)[query]
    before, after = noise.errors()
    worse = (rng.random(n_queries) < share)[query]
    after = after + worse * noise.normal()
    scores = [easy * relevance + error for error in (before, after)]
    if design.rounded:
        scores = [np.round(score, 1) for score in scores]
    sides = [Sample(n_rows=query.size, truth=relevance, scores=score, query=query) for score in scores]
    return pair_of((sides[0], sides[1]), scores[0] == scores[1], noise)


def latencies(rng: Rng, n_rows: int, design: Design, share: Share) -> Paired:
    """Log-normal milliseconds; a request that is slow for one model tends to be slow for the other."""
    noise = Noise(rng, n_rows, design.groups)
    before, after = noise.errors()
    slower = np.where(noise.coins(share), 1.3, 1.0)
    times = [20 * np.exp(0.5 * before), 20 * np.exp(0.5 * after) * slower]
    if design.rounded:
        times = [np.round(time) for time in times]
    sides = [Sample(n_rows=n_rows, columns={"latency": time}) for time in times]
    return pair_of((sides[0], sides[1]), times[0] == times[1], noise)


def forecasts(rng: Rng, n_times: int, _design: Design, share: Share) -> Paired:
    """A series whose errors follow an autoregression with coefficient 0.5, the models' own parts as well."""
    from scipy.signal import lfilter

    noise = Noise(rng, n_times, 0)

    def series() -> Floats:
        innovations = noise.normal()
        innovations[1:] *= np.sqrt(1 - _AUTOCORRELATION**2)
        return np.asarray(lfilter([1.0], [1.0, -_AUTOCORRELATION], innovations))

    common = series()
    errors = [mixed(common, series()), mixed(common, series())]
    errors[1] = errors[1] + 0.8 * series() * noise.coins(share)
    zeros, scale = np.zeros(n_times), {"scale": np.ones(n_times)}
    sides = [Sample(n_rows=n_times, truth=zeros, estimate=error, columns=scale) for error in errors]
    return Paired(
        n_rows=n_times,
        baselines=(sides[0],),
        candidates=(sides[1],),
        same=errors[0] == errors[1],
        times=np.arange(n_times, dtype=np.int32),
    )


_OF_BINARY = (
    "accuracy precision recall f1 f1_macro cohen_kappa matthews_corrcoef roc_auc average_precision ece "
    "debiased_calibration_error log_loss brier"
)
BINARY = Population(name="two classes", metrics=tuple(_OF_BINARY.split()), draw=overconfident, kernel=plain_kernel)
CALIBRATED = Population(
    name="calibrated", metrics=("ece", "debiased_calibration_error"), draw=calibrated, kernel=plain_kernel
)
CLASSES = Population(
    name="four classes",
    metrics=("f1_macro", "cohen_kappa", "matthews_corrcoef", "top_k_accuracy@2", "ece"),
    draw=classes,
    kernel=plain_kernel,
)
NUMBERS = Population(name="numbers", metrics=("mae", "rmse", "r2"), draw=numbers, kernel=plain_kernel)
TEXTS = Population(name="texts", metrics=("bleu", "chrf", "rouge_l", "exact_match"), draw=texts, kernel=text_kernel)
RANKINGS = Population(
    name="rankings", metrics=("ndcg@10", "mrr", "recall_at_k@5"), draw=rankings, kernel=plain_kernel, n_large=40_000
)
LATENCIES = Population(
    name="latencies", metrics=("latency_p50_ms", "latency_p95_ms"), draw=latencies, kernel=plain_kernel
)
FORECASTS = Population(name="forecasts", metrics=("mase",), draw=forecasts, kernel=plain_kernel)

POPULATIONS = (BINARY, CALIBRATED, CLASSES, NUMBERS, TEXTS, RANKINGS, LATENCIES, FORECASTS)
