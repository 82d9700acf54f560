"""Functions that are handed over draw when they are called."""

import random

from datasets import load_dataset


def drop_words(record):
    words = record["text"].split()
    record["text"] = " ".join(word for word in words if random.random() > 0.1)  # finds: unseeded-random
    return record


dataset = load_dataset("imdb", split="train")
dataset = dataset.map(drop_words)
dataset.save_to_disk("noisy")
