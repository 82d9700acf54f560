"""A command with a seed that has a default."""

import click
import numpy as np


@click.command()
@click.option("--rows", default=100, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Seed of the simulation.")
def simulate(rows, seed):
    np.random.seed(seed)
    click.echo(np.random.exponential(size=rows).mean())


if __name__ == "__main__":
    simulate()
