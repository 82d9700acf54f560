"""A decorator seeds before each run."""

import functools
import random

import numpy as np


def seeded(seed):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            random.seed(seed)
            np.random.seed(seed)
            return function(*args, **kwargs)

        return wrapper

    return decorate


@seeded(9)
def experiment(rows):
    order = list(range(rows))
    random.shuffle(order)
    return np.random.rand(rows)[order]


if __name__ == "__main__":
    print(experiment(10))
