import numpy as np


def batches(rows, size, rng):
    order = rng.permutation(len(rows))
    for start in range(0, len(rows), size):
        yield rows[order[start : start + size]]


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    rows = np.arange(100).reshape(20, 5)
    for batch in batches(rows, 4, rng):
        print(batch.mean() + rng.normal())
