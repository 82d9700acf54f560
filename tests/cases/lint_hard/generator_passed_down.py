"""One generator, handed down."""

import argparse

import numpy as np


def simulate(rows, rng):
    return rng.normal(size=rows)


def bootstrap(values, rng, times=100):
    return [rng.choice(values, len(values)).mean() for _ in range(times)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    print(np.std(bootstrap(simulate(500, rng), rng)))


if __name__ == "__main__":
    main()
