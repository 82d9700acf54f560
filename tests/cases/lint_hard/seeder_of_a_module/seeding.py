"""One place that seeds."""

import random

import numpy as np


def seed_all(seed: int = 0) -> None:
    random.seed(seed)
    np.random.seed(seed)
