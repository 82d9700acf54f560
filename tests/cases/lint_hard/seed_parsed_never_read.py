"""Train a digit classifier."""

import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=42)  # finds: unused-seed
    args = parser.parse_args()
    pixels, labels = torch.load("digits.pt")
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))  # finds: unseeded-torch
    loader = DataLoader(TensorDataset(pixels, labels), batch_size=32, shuffle=True)  # finds: unseeded-torch
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(args.epochs):
        for batch, target in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(batch), target).backward()
            optimizer.step()


if __name__ == "__main__":
    main()
