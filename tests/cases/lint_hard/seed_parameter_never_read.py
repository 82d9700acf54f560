"""A parameter that nothing reads."""

import random


def make_split(rows, seed):  # finds: unused-seed
    rows = list(rows)
    random.shuffle(rows)  # finds: unseeded-random
    return rows[: len(rows) // 2], rows[len(rows) // 2 :]


if __name__ == "__main__":
    with open("rows.txt") as lines:
        train, test = make_split(lines, seed=0)
    print(len(train), len(test))
