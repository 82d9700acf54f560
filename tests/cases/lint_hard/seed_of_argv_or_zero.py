"""The first word of the command line, or 0."""

import sys

import numpy as np

seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
np.random.seed(seed)
print(np.random.rand(3))
