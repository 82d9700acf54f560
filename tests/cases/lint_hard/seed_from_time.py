"""Simulate visits."""

import time

import numpy as np


def simulate(days):
    return np.random.poisson(4.0, size=days)


if __name__ == "__main__":
    np.random.seed(int(time.time()))  # finds: entropy-seed
    print(simulate(365).mean())
