"""Functions inside functions draw after the seed was set."""

import random


def main():
    random.seed(0)

    def draw():
        def one():
            return random.randint(1, 6)

        return [one() for _ in range(3)]

    print(draw())


main()
