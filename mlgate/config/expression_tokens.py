"""The words, numbers, texts and signs of a condition."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mlgate.config.expression_tree import KEYWORDS

_ALIASES = {"==": "=", "!=": "<>"}
_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![\w.])
      | (?P<word>[^\W\d]\w*)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<sign>(?!--|/\*)(?:==|!=|<>|<=|>=|[-=<>+*/%(),]))
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """What is wrong with a condition, and what would be right."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a group of the pattern, or `keyword`; `start` is 0-based."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> list[Token]:
    """The tokens of a condition, the last of kind `end`.

    Raises
    ------
    ExpressionError
        A sign or a number is not of the grammar, or a quote is not closed.
    """
    found: list[Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if not match or not match.lastgroup:
            raise _unreadable(text, place)
        kind, word = match.lastgroup, match[match.lastgroup]
        if kind == "word" and word.lower() in KEYWORDS:
            kind, word = "keyword", word.lower()
        found.append(Token(kind, _ALIASES.get(word, word), match.start(match.lastgroup)))
        place = match.end()
    return found


def _unreadable(text: str, place: int) -> ExpressionError:
    start = place + len(text[place:]) - len(text[place:].lstrip(" \t\r\n"))
    rest = text[start:]
    where = f"at character {start + 1}"
    if rest[0] in "'\"":
        what = "text" if rest[0] == "'" else "name"
        return ExpressionError(f"a {what} {where} is not closed", f"end it with {rest[0]}; inside it is doubled")
    if rest.startswith(("--", "/*")):
        return ExpressionError(f"{rest[:2]!r} {where}: a condition has no comments", "write - -1 for minus a minus")
    number = re.match(r"\.?[0-9][\w.]*", rest)
    if number:
        return ExpressionError(f"{number[0][:30]!r} {where} is no number", "write 1000, 0.5 or 1e-3")
    return ExpressionError(
        f"{rest[0]!r} {where} is not part of a condition",
        "text stands in single quotes, a column name with other signs in double quotes",
    )


def number_of(token: Token) -> int | float:
    value = float(token.text)
    if not math.isfinite(value):
        raise ExpressionError(f"the number at character {token.start + 1} is too large")
    return int(token.text) if token.text.isdigit() and len(token.text) <= 37 else value


def unquoted(token: Token) -> str:
    quote = token.text[0]
    text = token.text[1:-1].replace(quote * 2, quote)
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise ExpressionError(f"the text at character {token.start + 1} holds a sign that no table can hold")
    if not text and quote == '"':
        raise ExpressionError(f"the name at character {token.start + 1} is empty")
    return text
