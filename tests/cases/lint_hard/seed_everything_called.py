"""All generators are seeded first."""

import os
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

SEED = 2024


def seed_everything(seed):
    os.environ["PYTHONHASHSEED"] = str(seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.benchmark = False


def main():
    seed_everything(SEED)
    rows = np.random.normal(size=(64, 4)).astype("float32")
    random.shuffle(order := list(range(64)))
    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    for batch in DataLoader(torch.from_numpy(rows[order]), batch_size=8, shuffle=True):
        print(model(batch).mean())


if __name__ == "__main__":
    main()
