"""The caller gives None, and random takes it for "any seed"."""

import random


def main(seed):
    random.seed(seed)
    print(random.sample(range(100), 5))  # finds: unseeded-random


if __name__ == "__main__":
    main(seed=None)
