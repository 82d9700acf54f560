"""Builds a network of a package without a seed."""

import torch
from model import Network

network = Network()  # finds: unseeded-torch
print(network(torch.ones(1, 10)))
