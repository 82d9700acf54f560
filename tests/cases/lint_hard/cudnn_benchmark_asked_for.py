"""Fast kernels for those who ask."""

import argparse

import torch
from torch.backends import cudnn

parser = argparse.ArgumentParser()
parser.add_argument("--fast", action="store_true")
args = parser.parse_args()
torch.manual_seed(0)
if args.fast:
    cudnn.benchmark = True  # finds: nondeterministic-cudnn conditional
print(torch.rand(3))
