"""Seeded for all who do not ask otherwise."""

import argparse

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--no-seed", action="store_true")
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()
if not args.no_seed:
    np.random.seed(args.seed)
print(np.random.rand(3))
