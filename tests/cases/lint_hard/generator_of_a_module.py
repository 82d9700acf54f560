"""A seeded generator at module level."""

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.ensemble import IsolationForest

RNG = np.random.RandomState(42)


def noise(shape):
    return RNG.normal(scale=0.1, size=shape)


points, _ = make_blobs(n_samples=300, random_state=RNG)
print(IsolationForest(random_state=RNG).fit_predict(points + noise(points.shape)))
