"""Fit a small regression; `--seed` makes it repeatable."""

import argparse

import numpy as np
import torch
from torch import nn


def seed_all(seed):
    np.random.seed(seed)
    torch.manual_seed(seed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    if args.seed is not None:
        seed_all(args.seed)
    rows = np.random.normal(size=(100, 4))  # finds: unseeded-numpy conditional
    model = nn.Linear(4, 1)  # finds: unseeded-torch conditional
    print(model(torch.from_numpy(rows).float()).mean())


if __name__ == "__main__":
    main()
