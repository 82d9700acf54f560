"""A generator that nothing seeds."""

import numpy as np

rng = np.random.default_rng()  # finds: unseeded-generator
state = np.random.RandomState()  # finds: unseeded-generator
print(rng.normal(size=3), state.rand(3))
