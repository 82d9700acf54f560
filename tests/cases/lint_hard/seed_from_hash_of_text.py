"""A seed per experiment, from its name: Python salts the hash of text in every process."""

import random

name = "baseline-small"
random.seed(hash(name) % 2**32)  # finds: entropy-seed
order = list(range(100))
random.shuffle(order)
print(order[:10])
