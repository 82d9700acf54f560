"""Train with a seed that is itself drawn."""

import random

import torch
from torch import nn

seed = random.randint(1, 10_000)  # or: entropy-seed
print("seed", seed)
torch.manual_seed(seed)  # finds: entropy-seed
model = nn.Linear(10, 2)
print(model(torch.rand(3, 10)))
