"""A helper whose caller leaves the state None."""

import numpy as np
from sklearn.model_selection import train_test_split


def two_parts(rows, random_state=None):
    return train_test_split(rows, test_size=0.2, random_state=random_state)  # finds: unseeded-split *


if __name__ == "__main__":
    train, test = two_parts(np.load("rows.npy"))
    print(len(train), len(test))
