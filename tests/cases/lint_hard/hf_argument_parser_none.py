"""Fine-tune with arguments in a dataclass, where the seed is left open."""

from dataclasses import dataclass
from typing import Optional

import torch
from torch import nn
from transformers import HfArgumentParser, set_seed


@dataclass
class Arguments:
    model: str = "small"
    seed: Optional[int] = None


def main():
    (arguments,) = HfArgumentParser(Arguments).parse_args_into_dataclasses()
    if arguments.seed is not None:
        set_seed(arguments.seed)
    head = nn.Linear(16, 2)  # finds: unseeded-torch conditional
    print(arguments.model, head(torch.rand(1, 16)))


if __name__ == "__main__":
    main()
