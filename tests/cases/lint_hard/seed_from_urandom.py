"""Bootstrap a mean."""

import os

import numpy as np

values = np.load("values.npy")
seed = int.from_bytes(os.urandom(4), "big")  # or: entropy-seed
rng = np.random.default_rng(seed)  # finds: entropy-seed
means = [rng.choice(values, len(values)).mean() for _ in range(1000)]
print(np.quantile(means, [0.05, 0.95]))
