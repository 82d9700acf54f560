"""An environment variable, or nothing."""

import os
import random

seed = os.getenv("SEED")
if seed:
    random.seed(int(seed))
print(random.choice(["rock", "paper", "scissors"]))  # finds: unseeded-random conditional
