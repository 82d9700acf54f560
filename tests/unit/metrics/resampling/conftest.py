"""Paired rows of a binary classifier and a regressor, made from a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Codes, Floats, Sample


def build_paired(
    n_rows: int = 400, *, seed: int = 1, worse: float = 0.0, weights: bool = False, groups: int = 0, times: bool = False
) -> Paired:
    """Two models that share most of their noise; the candidate's scores carry less of the label if `worse` > 0."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n_rows) < 0.4).astype(np.int32)
    shared = rng.normal(size=n_rows)
    scores = [
        1 / (1 + np.exp(-(signal * (labels - 0.5) + 0.7 * shared + 0.7 * rng.normal(size=n_rows))))
        for signal in (2.0, 2.0 - worse)
    ]
    truth = rng.normal(size=n_rows)
    errors = [0.5 * shared + spread * rng.normal(size=n_rows) for spread in (0.7, 0.7 + worse)]
    weighing = rng.exponential(size=n_rows) + 0.1 if weights else None
    samples = [_sample(labels, score, truth, error, weighing) for score, error in zip(scores, errors, strict=True)]
    codes: Codes = (np.arange(n_rows) % 3).astype(np.int32)
    return Paired(
        n_rows=n_rows,
        baselines=(samples[0],),
        candidates=(samples[1],),
        same=scores[0] == scores[1],
        slices={"part": Coded(codes=codes, values=("a", "b", "c"))},
        groups=rng.integers(0, groups, n_rows).astype(np.int32) if groups else None,
        times=np.arange(n_rows, dtype=np.int32) if times else None,
        ids=np.arange(n_rows),
    )


def _sample(labels: Codes, score: Floats, truth: Floats, error: Floats, weights: Floats | None) -> Sample:
    return Sample(
        n_rows=int(labels.size),
        labels=labels,
        predictions=(score >= 0.5).astype(np.int32),
        classes=("0", "1"),
        positive=1,
        scores=score,
        truth=truth,
        estimate=truth + error,
        weights=weights,
        columns={"latency": np.exp(3 + error)},
    )


@pytest.fixture
def paired() -> Callable[..., Paired]:
    return build_paired
