"""Characters that look like others, or cannot be seen."""

from __future__ import annotations

import re

from mlgate.lint.config_found import FAIL, WARN, Config, Found, short

# Patterns are compiled when they are first needed: a hook starts with this module, and most files need none.
_DIRECTION = "[\u202a-\u202e\u2066-\u2069]"
_UNSEEN = "[\u00a0\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u3000\ufeff]"
_CURLY = "\u2018\u2019\u201a\u201c\u201d\u201e"
_MINUS = "[\u2212\u2013\u2014][0-9.]+([eE][-+]?[0-9]+)?|[0-9.]+[eE][\u2212\u2013\u2014][0-9]+"
_WIDE_PAIR = "[A-Za-z_][\\w.-]*\\s*\uff1a"
_WIDE = "[\uff10-\uff19\uff0c\uff1a\uff0e]"


def config_characters(config: Config) -> list[Found] | None:
    """No character that looks like another, or cannot be seen, changes what a config means.

    A space that does not break (U+00A0) or of no width in a key makes it another key; one at the start or end of a
    plain value makes a number text; curly quotes around a value become part of it; a minus that is a dash, a digit or
    colon of full width, and a sign that turns the direction of writing (so that a reviewer sees another text than the
    program) are a `fail`, too. Quoted and longer texts may hold any letters. Lines that end in two ways (CRLF
    and LF) and a byte order mark before YAML are a `warn`.
    """
    text = config.text
    if text.isascii() and "\r" not in text:
        return []
    found = [*_of_the_file(text)]
    for entry in config.entries:
        if entry.key:
            unseen = re.search(_UNSEEN, entry.key)
            if unseen:
                fact = f"the key {entry.key!r} holds an invisible character ({_name(unseen[0])})"
                found.append(Found(FAIL, fact, "type the key anew", entry.key_line, part=_part(entry.place)))
            elif re.search(_WIDE, entry.key):
                fact = f"the key {entry.key!r} holds a character of full width"
                found.append(Found(FAIL, fact, "type it anew", entry.key_line, part=_part(entry.place)))
        if entry.node.plain and isinstance(entry.node.value, str):
            told = _of_plain_text(entry.node.value)
            if told:
                where = f"{entry.name}: " if entry.name else ""
                found.append(Found(FAIL, where + told[0], told[1], entry.node.line, part=_part(entry.place)))
    return found


def _of_the_file(text: str) -> list[Found]:
    found = []
    turned = re.search(_DIRECTION, text)
    if turned:
        fact = f"{_name(turned[0])} turns the direction of writing: what you see is not what is read"
        found.append(Found(FAIL, fact, "delete it", text.count("\n", 0, turned.start()) + 1, part="direction"))
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without BOM"
        found.append(Found(WARN, "starts with a byte order mark, which some readers refuse", hint, 1, part="bom"))
    crlf, ends = text.count("\r\n"), text.count("\n")
    if 0 < crlf < ends:
        fact = f"{crlf} lines end with CRLF, {ends - crlf} with LF"
        found.append(Found(WARN, fact, "save the file with one kind of line ends", part="ends"))
    if text.count("\r") > crlf:
        line = text.count("\n", 0, re.search("\r(?!\n)", text).start()) + 1  # type: ignore[union-attr]  # there is one
        fact = "a carriage return stands within a line: readers differ on whether it ends it"
        found.append(Found(WARN, fact, "save the file with one kind of line ends", line, part="return"))
    return found


def _of_plain_text(text: str) -> tuple[str, str] | None:
    """What is wrong with a text without quotes, and the next step; None for nothing."""
    if not text:
        return None
    if text[0] in _CURLY or (text[-1] in _CURLY and len(text) < 60 and " " not in text):
        return f"{short(text)} is in curly quotes, which become part of the text", 'write straight ones: "..."'
    if re.fullmatch(_MINUS, text):
        return f"{text} is text: its minus is {_name(_dash(text))}", "type the minus anew: -"
    unseen = re.match(_UNSEEN, text) or re.match(_UNSEEN, text[-1])
    if unseen or (re.search(_UNSEEN, text) and re.fullmatch(r"[\d.eE+-]+", re.sub(_UNSEEN, "", text))):
        unseen = unseen or re.search(_UNSEEN, text)
        name = _name(unseen[0]) if unseen else ""
        return f"{short(text)!r} holds an invisible character ({name})", "type the value anew"
    if re.match(_WIDE_PAIR, text):
        return f"{short(text)} is one text: its colon is one of full width", "write : and a space"
    if re.search(_WIDE, text) and re.fullmatch(r"[\d.,:eE+-]+", re.sub(_WIDE, "0", text)):
        return f"{text} is text: it holds a character of full width", "type it anew"
    return None


def _dash(text: str) -> str:
    return next(sign for sign in text if sign in "\u2212\u2013\u2014")


def _name(sign: str) -> str:
    import unicodedata

    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def _part(place: tuple[str | int, ...]) -> str:
    return "/".join(str(part) for part in place)
