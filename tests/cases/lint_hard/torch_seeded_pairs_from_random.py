"""Train a siamese network on random pairs."""

import argparse
import random

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, 16)

    def forward(self, x):
        return self.layer(x)


def make_pairs(items, count):
    pairs = []
    for _ in range(count):
        pairs.append(random.sample(items, 2))  # finds: unseeded-random
    return pairs


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    items = torch.load("items.pt")
    model = Encoder(items.shape[1])
    for left, right in make_pairs(list(items), 1000):
        loss = (model(left) - model(right)).pow(2).sum()
        loss.backward()
