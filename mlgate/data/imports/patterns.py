"""Other tools' patterns as patterns of ours, which are found anywhere in a text and written for RE2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.data.imports.declarations import NotMappedError

_FLAGS = re.compile(r"\(\?([ims]+)\)")
_ASCII_ONLY = re.compile(r"(?<!\\)(?:\\\\)*\\[dwsbDWSB]")
_END = re.compile(r"(?<!\\)(?:\\\\)*\$")
_SPECIAL = re.compile(r"([\\.^$*+?{}\[\]|()])")


def anchored(pattern: str, *, end: bool = False) -> str:
    """A pattern that matches at the start of a text, with `end` up to its very end.

    Examples
    --------
    >>> anchored("A|B"), anchored("(?i)ab"), anchored("ab", end=True), anchored("^ab")
    ('^(?:A|B)', '(?i)^ab', '^ab$', '^ab')
    """
    flags, rest = _flags(pattern)
    inner = f"(?:{rest})" if "|" in rest else rest
    first = r"\A" if "m" in flags else "" if inner.startswith("^") else "^"
    return f"{flags}{first}{inner}{'$' if end else ''}"


def escaped(text: str) -> str:
    """A pattern that stands for a text.

    Examples
    --------
    >>> escaped("1.5 (approx)")
    '1\\\\.5 \\\\(approx\\\\)'
    """
    return _SPECIAL.sub(r"\\\1", text)


def like(pattern: str, escape: str = "") -> str:
    """SQL's LIKE as a pattern for the whole text: `%` is any text, `_` any character.

    Examples
    --------
    >>> like("A_%"), like("50!%", "!")
    ('(?s)A..*', '(?s)50%')

    Raises
    ------
    NotMappedError
        The pattern ends in its escape character.
    """
    return "(?s)" + "".join(_like_parts(pattern, escape))


def remarks(pattern: str) -> tuple[str, ...]:
    """Where a pattern of Python means something else than the same text in RE2."""
    told = []
    if _ASCII_ONLY.search(pattern):
        told.append(r"\d, \w, \s and \b know only ASCII here")
    if _END.search(pattern):
        told.append("$ is the very end here, not also before a last line end")
    return tuple(told)


def _like_parts(pattern: str, escape: str) -> Iterator[str]:
    characters = iter(pattern)
    for character in characters:
        if escape and character == escape:
            following = next(characters, None)
            if following is None:
                raise NotMappedError(f"the pattern {pattern!r} ends in its escape character")
            yield escaped(following)
        else:
            yield {"%": ".*", "_": "."}.get(character) or escaped(character)


def _flags(pattern: str) -> tuple[str, str]:
    match = _FLAGS.match(pattern)
    return (match[0], pattern[match.end() :]) if match else ("", pattern)
