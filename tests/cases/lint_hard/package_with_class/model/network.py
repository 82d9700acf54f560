"""A network."""

from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(10, 10)

    def forward(self, x):
        return self.body(x)
