"""A split without a generator."""

import torch
from torch.utils.data import random_split

dataset = torch.load("dataset.pt")
train, test = random_split(dataset, [0.8, 0.2])  # finds: unseeded-torch
torch.save((train.indices, test.indices), "split.pt")
