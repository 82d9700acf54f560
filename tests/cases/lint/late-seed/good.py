import torch
from torch import nn

torch.manual_seed(42)
model = nn.Linear(10, 2)
print(model(torch.randn(8, 10)))
