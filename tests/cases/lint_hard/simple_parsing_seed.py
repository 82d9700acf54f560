"""Arguments in a dataclass that simple_parsing fills."""

from dataclasses import dataclass

import numpy as np
from simple_parsing import ArgumentParser


@dataclass
class Options:
    rows: int = 10
    seed: int = 3


parser = ArgumentParser()
parser.add_arguments(Options, dest="options")
args = parser.parse_args()
np.random.seed(args.options.seed)
print(np.random.rand(args.options.rows))
