"""The seed comes from a file of settings."""

import numpy as np
import yaml

with open("config.yaml") as stream:
    config = yaml.safe_load(stream)

np.random.seed(config["seed"])
print(np.random.gamma(2.0, size=config["rows"]).mean())
