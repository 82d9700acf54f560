"""The wrong generator is seeded: layers are built with the one of the CPU."""

import torch
from torch import nn

torch.cuda.manual_seed_all(0)
model = nn.Conv2d(3, 8, 3)  # finds: unseeded-torch
print(model(torch.zeros(1, 3, 8, 8)).mean())
