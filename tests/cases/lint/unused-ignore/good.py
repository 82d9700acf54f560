import random

# mlgate: ignore[unseeded-random] the jitter of a retry, not of the data
delay = random.uniform(
    0.5,
    1.5,
)
print(delay)
