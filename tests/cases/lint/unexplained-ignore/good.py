import random

print(random.random())  # mlgate: ignore[unseeded-random] a look at the generator, not part of the training
