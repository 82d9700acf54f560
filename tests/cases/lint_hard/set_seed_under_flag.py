"""Seeded only for those who ask."""

import argparse

import torch
from torch import nn


def set_seed(seed):
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--deterministic", action="store_true")
    args = parser.parse_args()
    if args.deterministic:
        set_seed(42)
    model = nn.LSTM(16, 32)  # finds: unseeded-torch conditional
    print(sum(weight.numel() for weight in model.parameters()))


if __name__ == "__main__":
    main()
