"""Fast kernels are chosen by timing them."""

import torch
from torch import nn

torch.manual_seed(0)
torch.backends.cudnn.benchmark = True  # finds: nondeterministic-cudnn
print(nn.Conv2d(3, 8, 3)(torch.rand(1, 3, 8, 8)).mean())
