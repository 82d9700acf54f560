"""A command whose seed is up to the user."""

import random
from typing import Optional

import typer

app = typer.Typer()


@app.command()
def pick(words: str, seed: Optional[int] = typer.Option(None, help="Seed.")):
    if seed is not None:
        random.seed(seed)
    with open(words) as lines:
        picked = random.sample(lines.read().split(), 20)  # finds: unseeded-random conditional
    typer.echo(" ".join(picked))


if __name__ == "__main__":
    app()
