"""The first word of the command line, or nothing."""

import sys

import numpy as np

seed = int(sys.argv[1]) if len(sys.argv) > 1 else None
rng = np.random.default_rng(seed)  # finds: unseeded-generator conditional
print(rng.random(3))
