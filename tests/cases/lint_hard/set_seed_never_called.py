"""The helper is there, the call is not."""

import random

import numpy as np
import torch
from torch import nn


def set_seed(seed=42):  # finds: unused-seed
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def main():
    order = np.random.permutation(1000)  # finds: unseeded-numpy
    model = nn.Linear(8, 1)  # finds: unseeded-torch
    print(order[:3], model.weight)


if __name__ == "__main__":
    main()
