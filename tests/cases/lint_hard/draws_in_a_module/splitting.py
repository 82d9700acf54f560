"""Splits rows."""

import random


def split(rows, share):
    rows = list(rows)
    random.shuffle(rows)
    cut = int(len(rows) * share)
    return rows[:cut], rows[cut:]
