import random

print(random.random())  # mlgate: ignore[unseeded-random] the jitter of a retry, not of the data
