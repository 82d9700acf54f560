"""A command whose seed is up to the user."""

import click
import numpy as np


@click.command()
@click.option("--rows", default=100, show_default=True)
@click.option("--seed", type=int, help="Seed of the simulation.")
def simulate(rows, seed):
    if seed is not None:
        np.random.seed(seed)
    click.echo(np.random.exponential(size=rows).mean())  # finds: unseeded-numpy conditional


if __name__ == "__main__":
    simulate()
