import torch
from torch import nn

torch.cuda.manual_seed(42)  # not the generator that initialises the weights

model = nn.Linear(10, 2)  # finds: unseeded-torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    loss = model(torch.randn(8, 10)).square().mean()
    loss.backward()
    optimizer.step()
