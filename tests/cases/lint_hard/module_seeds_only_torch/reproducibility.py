"""Seeds the generator of torch alone."""

import torch


def fix(seed):
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
