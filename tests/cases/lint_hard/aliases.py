"""Other names for the same functions, and nothing is seeded."""

from numpy import random as npr
from random import shuffle

rows = list(range(10))
shuffle(rows)  # finds: unseeded-random
print(rows, npr.uniform(size=3))  # finds: unseeded-numpy
