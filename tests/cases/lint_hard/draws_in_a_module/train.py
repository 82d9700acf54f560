"""Splits with the module beside it."""

from splitting import split

with open("rows.txt") as lines:
    train, test = split(lines, 0.8)  # finds: unseeded-random
print(len(train), len(test))
