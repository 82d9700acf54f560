"""Mistakes of YAML in words that a person acts on: what the parser says, and what stands in the line."""

from __future__ import annotations

import re

from mlgate.errors import ConfigError
from mlgate.lint.config_found import nearest_name, short

_HABITS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r":\s+(?:- )?[^'\"#\s][^'\"#]*?\s*(\{\{)|[:-]\s+(\{\{)"),
        "{{ ... }} at the start of a value is read as a mapping",
        'quote the value: "{{ ... }}"',
    ),
    (
        re.compile(r"(?:^|[:\-,\[{])\s+?([%@`])|^([%@`])"),
        "a value cannot start with {0}",
        "quote the value",
    ),
    (re.compile(r"[:\-]\s*(\*)\s*[*./\w-]*[*./]"), "a value that starts with * is an alias", "quote the pattern"),
    (
        re.compile("[\u2018\u2019\u201c\u201d\u201e]"),
        "curly quotes are no quotes of YAML",
        'write straight ones: "..."',
    ),
    (re.compile("^\\s*[\\w.-]+\uff1a"), "the colon is one of full width", "write : and a space"),
    (re.compile("[\u00a0\u3000\u2003\u200b\ufeff]"), "an invisible space (no plain one) stands in it", "type it anew"),
    (re.compile(r"^\s*[\w.-]+\s*=\s*\S"), "the line is written as key = value", "write key: value"),
    (re.compile(r"^\s*[\w.-]+:[^\s:/]"), "no space stands after the colon", "write key: value"),
    (re.compile(r":\s+['\"][^'\"]*['\"]\s*[,;]\s*$"), "a comma ends the line", "delete it: YAML needs none here"),
    (
        re.compile(r":\s+\S.*:\s*$|:\s+(?=[^'\"{\[#])[^#]*?\w:\s"),
        "a second colon stands in the value",
        "quote the value",
    ),
    (re.compile(r":\s+'[^']*'[^\s,#\]}]"), "an apostrophe ends the text early", "write '' for ' or use double quotes"),
    (re.compile(r":\s+\"[^\"]*\"[^\s,#\]}]"), "a quote ends the text early", 'write \\" for " inside'),
)
"""What people write that is no YAML: how it looks in its line, the fact, the next step."""


def explained(mistake: ConfigError, text: str, path: str) -> ConfigError:
    """The same mistake, its cause named as far as the text shows it."""
    words = mistake.reason
    if not words.startswith("not valid YAML"):
        return mistake
    line = mistake.line or 1
    lines = text.split("\n")
    named = _by_words(words, lines, line, text) or _by_lines(lines, line)
    if named is None:
        return mistake
    at, fact, hint = named
    return ConfigError(f"not valid YAML: {fact}", hint=hint, path=path, line=at)


def _by_words(words: str, lines: list[str], line: int, text: str) -> tuple[int, str, str] | None:
    """What the parser's own words tell."""
    unprintable = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    if unprintable and ("control characters" in words or "unacceptable" in words or "special char" in words):
        at = text.count("\n", 0, unprintable.start()) + 1
        name = "a NUL character" if unprintable[0] == "\0" else f"the control character U+{ord(unprintable[0]):04X}"
        return at, f"{name} stands in the text", "delete it: was the file cut off, or written by a broken program?"
    tabbed = next((at for at in (line, line - 1, line + 1) if _raw(lines, at).lstrip(" ").startswith("\t")), 0)
    if tabbed and ("token" in words or "indent" in words or "tab" in words or "expected" in words):
        return tabbed, "a tab indents the line", "indent with spaces: YAML allows no tabs there"
    if "undefined alias" in words:
        used = re.search(r"\*([\w.-]+)", _raw(lines, line))
        anchors = list(dict.fromkeys(re.findall(r"(?:^|[\s\[{,:-])&([\w.-]+)", text)))
        near = nearest_name(used[1], anchors) if used else ""
        told = f"did you mean *{near}?" if near else f"the anchors are: {', '.join(anchors[:10]) or 'none'}"
        later = used is not None and used[1] in anchors
        hint = "define the anchor above it: an alias only sees what stands before it" if later else told
        return line, f"no anchor above the line is called {used[1] if used else 'so'}", hint
    if "another document" in words or "expected a single document" in words:
        first = next((at for at, raw in enumerate(lines, 1) if at > 1 and raw.startswith("---")), line)
        return first, "a second document starts here, where one is expected", "delete the ---, or split the file"
    if "quoted scalar" in words:
        hint = "close it, and quote a text that holds ' with double quotes"
        return _opening_line(lines, line), "a quote is opened and never closed", hint
    return None


def _opening_line(lines: list[str], line: int) -> int:
    """The nearest line upwards with an odd number of quotes of one kind."""
    for at in range(min(line, len(lines)), 0, -1):
        raw = _raw(lines, at)
        if raw.count('"') % 2 or raw.count("'") % 2:
            return at
    return line


def _by_lines(lines: list[str], line: int) -> tuple[int, str, str] | None:
    """What the line that the parser stopped at, or the one before it, looks like."""
    for at in (line, line - 1):
        raw = _raw(lines, at)
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        for pattern, fact, hint in _HABITS:
            found = pattern.search(raw)
            if found:
                signs = [sign for sign in found.groups() if sign] or [""]
                return at, f"{fact.format(signs[0])} ({short(raw)})", hint
    return _indentation(lines, line) or _open_bracket(lines, line)


def _indentation(lines: list[str], line: int) -> tuple[int, str, str] | None:
    """A line that is indented like none of those above it."""
    raw = _raw(lines, line)
    indent = len(raw) - len(raw.lstrip(" "))
    above = [item for item in lines[: line - 1] if item.strip() and not item.lstrip().startswith("#")]
    if not raw.strip() or not above:
        return None
    known = {len(item) - len(item.lstrip(" ")) for item in above}
    last = len(above[-1]) - len(above[-1].lstrip(" "))
    if raw.lstrip().startswith("- ") and not above[-1].rstrip().endswith((":", "-")) and indent <= last:
        near = "a list item stands where a key is expected"
        return line, f"{near} ({short(raw)})", "indent it below the key that holds the list"
    if indent not in known or indent > last:
        levels = ", ".join(map(str, sorted(known)))
        fact = f"the line is indented by {indent} spaces, those above by {levels} ({short(raw)})"
        return line, fact, "align it with the lines that it belongs to"
    return None


def _open_bracket(lines: list[str], line: int) -> tuple[int, str, str] | None:
    """The last line above with a bracket that is not closed in it."""
    for at in range(min(line, len(lines)), max(0, line - 20), -1):
        raw = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", _raw(lines, at))
        for opening, closing in ("[]", "{}"):
            if raw.count(opening) > raw.count(closing):
                return at, f"the bracket {opening} is not closed ({short(raw)})", f"close it with {closing}"
            if raw.count(opening) < raw.count(closing) and at == line:
                return at, f"the bracket {closing} closes nothing ({short(raw)})", "delete it, or open one before"
    return None


def _raw(lines: list[str], line: int) -> str:
    return lines[line - 1] if 0 < line <= len(lines) else ""
