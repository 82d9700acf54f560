"""Methods in the wrong order: the model stands before the seed is set."""

import torch
from torch import nn


class Experiment:
    def __init__(self, seed):
        self.seed = seed
        self.model = nn.Linear(4, 1)  # finds: late-seed

    def set_up(self):
        torch.manual_seed(self.seed)

    def run(self):
        self.set_up()
        print(self.model(torch.rand(10, 4)))


if __name__ == "__main__":
    experiment = Experiment(seed=3)  # or: late-seed
    experiment.run()
