"""Either branch sets a seed."""

import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--variant", action="store_true")
args = parser.parse_args()
if args.variant:
    torch.manual_seed(1)
else:
    torch.manual_seed(2)
print(torch.randn(3))
