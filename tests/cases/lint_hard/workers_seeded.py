"""Workers of a loader get seeds of their own."""

import random

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class Crops(Dataset):
    def __len__(self):
        return 100

    def __getitem__(self, index):
        return np.random.rand() + random.random() + index


def seed_worker(worker_id):
    seed = torch.initial_seed() % 2**32
    np.random.seed(seed)
    random.seed(seed)


torch.manual_seed(0)
np.random.seed(0)
random.seed(0)
for batch in DataLoader(Crops(), shuffle=True, num_workers=2, worker_init_fn=seed_worker):
    print(batch)
