"""How alike two names of columns are: one of the two signs of a renamed column, beside what it holds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATOR = re.compile(r"[\W_]+")
SHORTENED, LONGER = 0.8, 0.75
MAX_PAIRS = 2_500
"""Pairs of names that are all compared: that takes a tenth of a second."""


def name_likeness(a: str, b: str) -> float:
    """From 0 to 1; 1 where the names differ only in case and in what separates their words.

    Names also count as alike where each word of one is that of the other, whole or shortened (`dt` for `date`), or
    where one has all words of the other and some more.

    Examples
    --------
    >>> name_likeness("visit_date", "VisitDate"), name_likeness("visit_date", "visit_dt"), name_likeness("sex", "age")
    (1.0, 0.8..., 0.3...)
    """
    first, second = _words(a), _words(b)
    if first == second and first:
        return 1.0
    joined, other = "".join(first), "".join(second)
    if joined and joined == other:
        return 1.0
    ratio = difflib.SequenceMatcher(None, joined, other, autojunk=False).ratio()
    if _shortened(first, second) or _shortened(second, first):
        return max(SHORTENED, min(0.99, ratio))
    longer = set(first) < set(second) or set(second) < set(first)
    return max(LONGER if longer and first and second else 0.0, min(0.99, ratio))


def likely_names(names: Sequence[str], others: Sequence[str], most: int) -> dict[str, list[str]]:
    """For each name the others that are worth a closer look, at most so many, the most alike first.

    Where there are too many to look at all of them, only those whose words are the same.
    """
    if len(names) * len(others) > MAX_PAIRS:
        same: dict[tuple[str, ...], list[str]] = {}
        for other in others:
            same.setdefault(tuple(_words(other)), []).append(other)
        return {name: same.get(tuple(_words(name)), [])[:most] for name in names}
    return {name: sorted(others, key=lambda other: (-name_likeness(name, other), other))[:most] for name in names}


def _words(name: str) -> list[str]:
    return [word for word in _SEPARATOR.split(_CAMEL.sub("_", name).casefold()) if word]


def _shortened(short: list[str], long: list[str]) -> bool:
    """Whether the words of one name are those of the other, each whole or shortened from its first letter on."""
    if not short or len(short) != len(long):
        return False
    return all(_abbreviates(word, whole) for word, whole in zip(short, long, strict=True))


def _abbreviates(word: str, whole: str) -> bool:
    if word == whole:
        return True
    if len(word) < 2 or not whole.startswith(word[0]):
        return False
    letters = iter(whole)
    return all(letter in letters for letter in word)
