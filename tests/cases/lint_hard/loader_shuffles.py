"""A shuffled loader without a generator."""

import torch
from torch.utils.data import DataLoader

dataset = torch.load("dataset.pt")
for batch in DataLoader(dataset, batch_size=32, shuffle=True):  # finds: unseeded-torch
    print(batch.shape)
