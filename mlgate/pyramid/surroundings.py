"""What a Python source may look at beside modules: the environment, the clock, whether files exist.

The text is searched and not understood. What it finds too much costs a run; what it missed would be wrong.
"""

from __future__ import annotations

import re

_VARIABLE = re.compile(
    r"""(?:\benviron(?:b|\.get|\.pop|\.setdefault)?\s*[\[(]|\bgetenvb?\s*\()\s*b?["']([^"'\n]+)["']"""
    r"""|["']([^"'\n]+)["']\s+(?:not\s+)?in\s+(?:os\s*\.\s*)?environ\b"""
)
_CONSTANT = re.compile(r"""["'](?:([A-Z][A-Z0-9_]+)["']|([A-Z][A-Z0-9_]*_)\{)""")
"""Text that looks like the name of a variable: it may be asked for by a constant, in another file, or with a prefix."""
_HOME = re.compile(r"\bexpand(?:user|vars)\b|\bhome\s*\(")
_CLOCK = re.compile(
    r"""\.\s*(?:now|utcnow|today)\b|(?<!\w)(?:localtime|gmtime|strftime|ctime|time|time_ns)\s*\(|["'](?:now|today)["']"""
)
_CLOCK_WORDS = (
    *(".now", ".utcnow", ".today", "localtime(", "gmtime(", "strftime(", "ctime(", "time(", "time_ns("),
    *('"now"', "'now'", '"today"', "'today'"),
)
"""One of these stands in a text that looks at the date: a plain search for words is much faster than the pattern."""
_EXISTENCE = re.compile(
    r"\b(?:exists|lexists|is_file|is_dir|is_symlink|isfile|isdir|islink)\s*\(|\bos\s*\.\s*(?:access|l?stat)\s*\("
)
_EXISTENCE_WORDS = (
    *("exists(", "is_file(", "is_dir(", "is_symlink(", "isfile(", "isdir(", "islink("),
    *("os.access", "os.stat", "os.lstat"),
)
_SIZES = re.compile(r"\b(?:st_size|getsize)\b")


def variables(text: str) -> tuple[str, ...]:
    """Environment variables that a source may name, sorted; one that ends with `_` stands for all that begin so.

    Examples
    --------
    >>> variables("KEY = 'CLINIC_MODE'; os.environ[KEY]; os.getenv('http_proxy')")
    ('CLINIC_MODE', 'http_proxy')
    """
    found = {one or two for one, two in _CONSTANT.findall(text)}
    if "environ" in text or "getenv" in text:
        found.update(one or two for one, two in _VARIABLE.findall(text))
    if ("expand" in text or "home" in text) and _HOME.search(text):
        found.add("HOME")
    return tuple(sorted(found))


def reads_clock(text: str) -> bool:
    """Whether a source looks at the date; what only measures how long something takes does not."""
    return any(word in text for word in _CLOCK_WORDS) and bool(_CLOCK.search(text))


def asks_existence(text: str) -> bool:
    """Whether a source asks if files exist, which nobody hears."""
    return any(word in text for word in _EXISTENCE_WORDS) and bool(_EXISTENCE.search(text))


def asks_sizes(text: str) -> bool:
    """Whether a source asks for the sizes of files, which nobody hears either."""
    return ("st_size" in text or "getsize" in text) and bool(_SIZES.search(text))
