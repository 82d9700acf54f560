"""Text from data as inline GitHub Markdown that can be nothing but text.

Entities rather than backslashes: they mean the same in Markdown, in table cells and in raw HTML such as
`<summary>`. What GitHub looks for only after Markdown is rendered (mentions, references, emoji codes,
bare links) is broken with a zero-width space, because there an entity has already become its character.
"""

from __future__ import annotations

import re

from mlgate.render.visible import digest_end, label, one_line

_BREAK = "&#8203;"
"""A zero-width space: ends the word for GitHub's filters, invisible to a reader."""

_ENTITIES = {character: f"&#{ord(character)};" for character in "|`\\*[]~"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "$": "<span>$</span>",  # GitHub's own way to keep a dollar out of mathematics
    "@": f"@{_BREAK}",
}
_PLAIN_CODE = re.compile(r"[^`|\\<>]+")
_EMOJI = re.compile(r":[\w+-]+:")
_WORD = re.compile(r"[^\W_]")
_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,64}(?![0-9A-Za-z])")
"""What GitHub makes a link to a commit where the repository has one."""


def inline(text: str, limit: int = 300) -> str:
    """`text` as one line of inline Markdown of at most `limit` characters of data and `8 * limit` bytes.

    Never to be put first on a line: a leading `-`, `1.` or `#` would start a block there.

    Examples
    --------
    >>> inline("<b> | @all #1")
    '&lt;b&gt; &#124; @&#8203;all #&#8203;1'
    """
    return _escaped(one_line(text, limit), 8 * limit)


def code(text: str, limit: int = 200) -> str:
    """The name `text` as code: a backtick span if nothing in it is special, else `<code>` around escaped text.

    A backtick span cannot hold a `|` in a table on every reader, hence the second form. Two names that are too
    long do not look the same: see `label`.

    Examples
    --------
    >>> code("sex=F"), code("a|b")
    ('`sex=F`', '<code>a&#124;b</code>')
    """
    shown = label(text, limit)
    if not shown:
        return ""
    if _PLAIN_CODE.fullmatch(shown):
        return f"`{shown}`"
    return code_element(text, limit)


def code_element(text: str, limit: int = 200) -> str:
    """The name `text` as `<code>`, also where Markdown is not read, as in a `<summary>`."""
    return f"<code>{_escaped(label(text, limit), 8 * limit, digest_end(text), in_code=True)}</code>"


def sentence(text: str, limit: int = 300) -> str:
    """Like `inline`, and what the text itself puts between backticks becomes `code`."""
    pieces = one_line(text, limit).split("`")
    quoted = len(pieces) - 1 - (len(pieces) + 1) % 2  # a last backtick without a partner stays text
    shown = [code(p, limit) if i % 2 else _escaped(p, 8 * limit) for i, p in enumerate(pieces[:quoted])]
    return "".join(shown) + _escaped("`".join(pieces[quoted:]), 8 * limit)


def typeset(text: str) -> str:
    """Our own short numbers for reading: a true minus sign, and no line break inside. Not for text from data."""
    return text.replace("-", "\u2212").replace(" ", "\u00a0")


def _escaped(text: str, most_bytes: int, end: str = "...", *, in_code: bool = False) -> str:
    """Visible text on one line, escaped; where it would be longer than `most_bytes` it is cut and gets `end`.

    In code no hash becomes a link, and one that is copied must be whole.
    """
    pieces: list[str] = []
    found_hashes = () if in_code else _HASH.finditer(text)
    in_hashes = {place for found in found_hashes for place in range(found.start() + 4, found.end(), 6)}
    for index in range(len(text)):
        piece = _BREAK * (index in in_hashes) + _escape(text, index)
        most_bytes -= len(piece.encode())
        if most_bytes < 0:
            return "".join((*pieces, end))
        pieces.append(piece)
    return "".join(pieces)


def _escape(text: str, index: int) -> str:
    """The character at `index` as Markdown."""
    character, before, after = text[index], text[max(0, index - 3) : index], text[index + 1 : index + 2]
    if character in _ENTITIES:
        return _ENTITIES[character]
    match character:
        case "#" if after.strip():
            return f"#{_BREAK}"
        case ":" if after == "/" or _EMOJI.match(text, index):
            return f":{_BREAK}"
        case "-" if before[-2:].lower() == "gh" and after.isdigit():
            return f"-{_BREAK}"
        case "." if before.lower() == "www":
            return f"{_BREAK}."
        case "_" if not (_WORD.match(before[-1:]) and _WORD.match(after)):
            return "&#95;"
    return character
