"""Fine-tune with arguments in a dataclass."""

from dataclasses import dataclass, field

import torch
from torch import nn
from transformers import HfArgumentParser, set_seed


@dataclass
class Arguments:
    model: str = field(default="small", metadata={"help": "Which model."})
    seed: int = field(default=42, metadata={"help": "Seed of all generators."})


def main():
    parser = HfArgumentParser(Arguments)
    (arguments,) = parser.parse_args_into_dataclasses()
    set_seed(arguments.seed)
    head = nn.Linear(16, 2)
    print(arguments.model, head(torch.rand(1, 16)))


if __name__ == "__main__":
    main()
