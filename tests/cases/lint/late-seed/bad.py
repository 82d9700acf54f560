import torch
from torch import nn

model = nn.Linear(10, 2)  # finds: late-seed
torch.manual_seed(42)
print(model(torch.randn(8, 10)))
