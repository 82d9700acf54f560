"""Seeds, then splits with the module beside it."""

import random

import splitting


def main(seed=1):
    random.seed(seed)
    with open("rows.txt") as lines:
        train, test = splitting.split(lines, 0.8)
    print(len(train), len(test))


if __name__ == "__main__":
    main()
