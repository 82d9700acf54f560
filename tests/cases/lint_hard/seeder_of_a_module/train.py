"""Seeds through the module beside it."""

import random

import numpy as np
from seeding import seed_all

seed_all(3)
order = list(range(50))
random.shuffle(order)
print(order, np.random.rand(3))
