"""The seed travels in a dictionary of all arguments."""

import fire
import numpy as np


def train(config):
    np.random.seed(config["seed"])
    print(np.random.rand(config["rows"]))


def main(seed: int = 543, rows: int = 10):
    config = locals()
    train(config)


if __name__ == "__main__":
    fire.Fire(main)
