"""Without `--seed` one is drawn."""

import argparse
import random

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int)
args = parser.parse_args()

seed = args.seed or random.randint(0, 2**31)  # or: entropy-seed conditional
np.random.seed(seed)  # finds: entropy-seed conditional
print(np.random.rand(5))
