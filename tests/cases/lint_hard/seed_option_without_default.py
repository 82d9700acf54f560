"""Shuffle a table; numpy takes None for "any seed"."""

import argparse

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("table")
parser.add_argument("--seed", type=int)
args = parser.parse_args()

np.random.seed(args.seed)
rows = np.load(args.table)
np.random.shuffle(rows)  # finds: unseeded-numpy conditional
np.save("shuffled.npy", rows)
