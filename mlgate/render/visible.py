"""Text from data made harmless for every medium: one line, bounded, nothing invisible.

This is the first half of each escape. The second half belongs to the medium: HTML entities,
workflow command codes, XML.
"""

from __future__ import annotations

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode calls printable and that leave no ink."""


def visible(text: str) -> str:
    r"""`text` with control, bidirectional, zero-width and unassigned characters written as escapes.

    A lone surrogate becomes an escape too, so the result can always be encoded as UTF-8.

    Examples
    --------
    >>> print(visible("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    if text.isprintable() and _INVISIBLE.isdisjoint(text):
        return text
    return "".join(c if c.isprintable() and c not in _INVISIBLE else _escape(c) for c in text)


def one_line(text: str, limit: int = 300) -> str:
    r"""`text` on one line: white space collapsed, `visible`, and at most `limit` characters.

    Examples
    --------
    >>> one_line("a\n\n  b\tc")
    'a b c'
    >>> one_line("abcdefghij", 8)
    'abcde...'
    """
    # Far more is cut off unread than can be shown: a message may have a megabyte.
    return shorten(visible(" ".join(text[: 4 * limit + 64].split())), limit)


def label(text: str, limit: int = 200) -> str:
    r"""A name as `one_line` shows it; if it is too long, its end says which one it is.

    Two long names that differ only where they are cut would else look like one.

    Parameters
    ----------
    limit : at least 12, the length of such an end

    Examples
    --------
    >>> label("train.age"), label("column " * 40, 24)
    ('train.age', 'column colum...#ac36276d')
    """
    read = 4 * limit + 64
    shown = visible(" ".join(text[:read].split()))
    if len(text) <= read and len(shown) <= limit:
        return shown
    end = digest_end(text)
    return shown[: max(0, limit - len(end))] + end


def digest_end(text: str) -> str:
    """Dots and the first 8 digits of the SHA-256 of `text`: the end of a name that is cut."""
    return f"...#{digest(text)[:8]}"


def digest(text: str) -> str:
    """SHA-256 of `text` in 64 hexadecimal digits."""
    from hashlib import sha256  # loads OpenSSL: most reports need no digest

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def shorten(text: str, limit: int) -> str:
    """The first `limit` characters of `text`, the last three of them dots if something is missing."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def lines(text: str, limit: int = 30) -> list[str]:
    """The last `limit` lines of `text`, indentation kept, each `visible` and at most 300 characters."""
    kept = text[-400 * limit :].splitlines()[-limit:]
    return [shorten(visible(line.expandtabs(4).rstrip()), 300) for line in kept]


def no_commands(line: str) -> str:
    """`line` such that GitHub's log does not take it for a workflow command, wherever the line is printed.

    Examples
    --------
    >>> no_commands("  ::add-mask::x")
    '  : :add-mask::x'
    """
    if line.lstrip().startswith("::"):
        line = line.replace("::", ": :", 1)
    return line.replace("##[", "## [")


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
