"""Believes that everything is seeded."""

import numpy as np
import reproducibility
import torch
from torch import nn


def main():
    reproducibility.fix(5)
    model = nn.Linear(4, 1)
    noise = np.random.normal(size=(10, 4))  # finds: unseeded-numpy
    print(model(torch.from_numpy(noise).float()))


if __name__ == "__main__":
    main()
