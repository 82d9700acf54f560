"""A command with a seed that has a default."""

import random

import typer


def main(words: str, seed: int = 7):
    random.seed(seed)
    with open(words) as lines:
        picked = random.sample(lines.read().split(), 20)
    typer.echo(" ".join(picked))


if __name__ == "__main__":
    typer.run(main)
