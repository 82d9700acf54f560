"""What most differences of texts have in common: the case of letters, spaces, leading zeros, another code."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from mlgate.data import words
from mlgate.data.skew.pairs import Found, Look, Pair, most_common

MAX_CODES = 100


def _written(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    return ((t, s) for t, s in pairs if isinstance(t, str) and isinstance(s, str))


def _alike(change: Callable[[str], str], told: str) -> Callable[[Sequence[Pair]], Found]:
    def look(pairs: Sequence[Pair]) -> Found:
        return sum(change(trained) == change(served) for trained, served in _written(pairs)), told

    return look


def _number_text(text: str) -> str:
    try:
        return repr(float(text))
    except ValueError:
        return text


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _cut(pairs: Sequence[Pair]) -> Found | None:
    """Cut off after so many characters."""
    length, count = most_common([len(served) for trained, served in _written(pairs) if trained.startswith(served)])
    return None if not length else (count, f"served with the first {words.counted(length, 'character')} only")


def recoded(pairs: Sequence[Pair]) -> Found | None:
    """Few values, each of which is always served as the same other one."""
    both = [(trained, served) for trained, served in pairs if trained is not None and served is not None]
    codes = Counter(both)
    trained, served = {t for t, _ in codes}, {s for _, s in codes}
    if not 2 <= len(codes) <= MAX_CODES or len(trained) < len(codes) or len(served) < len(codes):
        return None
    if len(both) < 3 * len(codes):
        return None
    return len(both), f"each of {len(codes)} values is served as one other (another code)"


TEXTS: tuple[Look, ...] = (
    _alike(str.casefold, "letters are of the other case"),
    _alike(lambda text: " ".join(text.split()), "spaces differ"),
    _alike(lambda text: " ".join(text.split()).casefold(), "spaces and the case of letters differ"),
    _alike(lambda text: text.lstrip("0"), "leading zeros are lost"),
    _alike(_number_text, "numbers are written in another way"),
    _alike(lambda text: unicodedata.normalize("NFKC", text), "characters are coded in another way (Unicode forms)"),
    _alike(_without_accents, "accents are lost"),
    _alike(_letters, "signs, spaces and the case of letters differ"),
    _cut,
)
