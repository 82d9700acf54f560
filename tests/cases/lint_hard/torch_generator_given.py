"""A generator of torch's own kind for split and loader; no layer is built."""

import torch
from torch.utils.data import DataLoader, random_split

generator = torch.Generator().manual_seed(0)
dataset = torch.load("dataset.pt")
train, test = random_split(dataset, [800, 200], generator=generator)
loader = DataLoader(train, batch_size=32, shuffle=True, generator=generator)
print(len(test), torch.randperm(10, generator=generator), next(iter(loader)))
