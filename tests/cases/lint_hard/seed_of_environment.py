"""An environment variable, or 42."""

import os
import random

random.seed(int(os.environ.get("SEED", "42")))
print(random.choice(["rock", "paper", "scissors"]))
