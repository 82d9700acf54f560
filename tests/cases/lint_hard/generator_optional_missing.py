"""A helper that makes a generator for those who give none; its caller gives none."""

import numpy as np


def bootstrap(values, rng=None):
    if rng is None:
        rng = np.random.default_rng()  # finds: unseeded-generator *
    return rng.choice(values, len(values)).mean()


if __name__ == "__main__":
    print(bootstrap(np.arange(10)))
