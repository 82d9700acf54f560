"""Settings in a dictionary."""

import random

CONFIG = {"seed": 3, "share": 0.8}


def split(rows, config):
    random.seed(config["seed"])
    rows = sorted(rows)
    random.shuffle(rows)
    return rows[: int(len(rows) * config["share"])]


print(split(["b", "a", "c"], CONFIG))
