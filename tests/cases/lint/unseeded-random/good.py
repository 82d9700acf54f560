import random

SEED = 42


def main() -> None:
    random.seed(SEED)
    words = ["fever", "cough", "rash", "headache"]
    random.shuffle(words)
    print(words[:3], random.Random(SEED).choice(words))


if __name__ == "__main__":
    main()
