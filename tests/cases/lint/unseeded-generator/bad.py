import numpy as np

np.random.seed(42)  # seeds the global generator, not this one
rng = np.random.default_rng()  # finds: unseeded-generator
print(rng.normal(size=3))
