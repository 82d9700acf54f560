"""Seeds torch where there is one."""

import random

import numpy as np

try:
    import torch
except ImportError:
    torch = None


def set_seed(seed=0):
    random.seed(seed)
    np.random.seed(seed)
    if torch is not None:
        torch.manual_seed(seed)


def main():
    set_seed()
    print(random.random(), np.random.rand())
    if torch is not None:
        print(torch.rand(3))


if __name__ == "__main__":
    main()
