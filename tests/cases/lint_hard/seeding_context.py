"""A context manager seeds and puts back what was there."""

import contextlib

import numpy as np


@contextlib.contextmanager
def fixed_seed(seed):
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)


with fixed_seed(21):
    sample = np.random.normal(size=100)
print(sample.mean())
