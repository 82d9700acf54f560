"""Arguments in a dataclass that tyro fills."""

import random
from dataclasses import dataclass

import numpy as np
import tyro


@dataclass
class Args:
    steps: int = 100
    seed: int = 1


if __name__ == "__main__":
    args = tyro.cli(Args)
    random.seed(args.seed)
    np.random.seed(args.seed)
    for _ in range(args.steps):
        if random.random() < 0.1:
            print(np.random.rand())
