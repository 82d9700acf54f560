"""A generator that is made without a seed and seeded before it draws."""

import random

dice = random.Random()
dice.seed(128)
print([dice.randint(1, 6) for _ in range(10)])
