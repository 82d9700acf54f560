"""The seed goes through an attribute and methods."""

import numpy as np
import torch
from torch import nn


class Experiment:
    def __init__(self, seed):
        self.seed = seed
        self.model = None

    def set_up(self):
        np.random.seed(self.seed)
        torch.manual_seed(self.seed)

    def build(self):
        self.model = nn.Linear(4, 1)
        return np.random.rand(10, 4).astype("float32")

    def run(self):
        self.set_up()
        rows = self.build()
        print(self.model(torch.from_numpy(rows)))


if __name__ == "__main__":
    Experiment(seed=3).run()
