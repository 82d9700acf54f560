import torch
from torch import nn

torch.manual_seed(42)

model = nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    loss = model(torch.randn(8, 10)).square().mean()
    loss.backward()
    optimizer.step()
