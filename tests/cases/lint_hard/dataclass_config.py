"""Settings in a dataclass, made once."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Config:
    width: int = 16
    seed: int = 5


def build(config):
    torch.manual_seed(config.seed)
    return nn.Linear(4, config.width)


if __name__ == "__main__":
    print(build(Config()))
