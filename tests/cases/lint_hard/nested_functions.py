"""Functions inside functions draw; nothing is seeded."""

import random


def main():
    def draw():
        def one():
            return random.randint(1, 6)  # finds: unseeded-random

        return [one() for _ in range(3)]

    print(draw())


main()
