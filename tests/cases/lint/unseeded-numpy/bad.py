import random

import numpy as np

random.seed(42)  # another generator


def batches(rows, size):
    order = np.random.permutation(len(rows))  # finds: unseeded-numpy
    for start in range(0, len(rows), size):
        yield rows[order[start : start + size]]


if __name__ == "__main__":
    rows = np.arange(100).reshape(20, 5)
    for batch in batches(rows, 4):
        print(batch.mean() + np.random.normal())
