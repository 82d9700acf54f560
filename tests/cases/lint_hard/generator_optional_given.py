"""A helper that makes a generator only for those who give none; its caller gives one."""

import numpy as np


def bootstrap(values, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    return rng.choice(values, len(values)).mean()


if __name__ == "__main__":
    print(bootstrap(np.arange(10), np.random.default_rng(4)))
