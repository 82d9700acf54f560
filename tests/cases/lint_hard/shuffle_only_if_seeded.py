"""Rows are shuffled only where a seed is given."""

import argparse
import random


def process(rows, shuffle_seed=None):
    if shuffle_seed is not None:
        random.seed(shuffle_seed)
        random.shuffle(rows)
    return rows[:10]


parser = argparse.ArgumentParser()
parser.add_argument("--shuffle-seed", type=int)
args = parser.parse_args()
print(process(list(range(100)), args.shuffle_seed))
