"""Tests have rules of their own."""

import random


def double(value):
    return 2 * value


def test_double():
    value = random.randint(0, 100)
    assert double(value) == value + value
