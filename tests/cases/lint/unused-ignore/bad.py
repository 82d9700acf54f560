import random

random.seed(42)
# finds: unused-ignore
print(random.random())  # mlgate: ignore[unseeded-random] the seed is fixed by now
