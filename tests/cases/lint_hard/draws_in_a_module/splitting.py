"""Splits rows."""

import random


def split(rows, share):
    rows = list(rows)
    random.shuffle(rows)  # finds: unseeded-random
    cut = int(len(rows) * share)
    return rows[:cut], rows[cut:]
