"""Cells of a notebook without what only IPython understands: magics, shell commands, questions.

A line stays a line, so that places hold. What stands in a string, in brackets or behind a backslash is no magic.
"""

from __future__ import annotations

import re

_FOREIGN = frozenset(
    {"bash", "sh", "script", "sx", "system", "html", "HTML", "javascript", "js", "latex", "markdown", "svg", "perl",
     "ruby", "pypy", "cmd", "writefile", "file", "sql", "R", "bigquery", "cython", "julia", "python", "python2",
     "python3", "powershell", "mermaid", "graphviz", "dot", "sparksql"}
)  # fmt: skip
"""Magics of a cell whose other lines are no Python, or are run apart. What is under others is, if it can be read so."""
_ASSIGNED_RUN = re.compile(r"(\s*[A-Za-z_][\w.,\[\]'\" ]*?\s*=\s*)%time\s+(?=\S)")
_RUNS_ITS_LINE = re.compile(r"%(?:time|timeit|prun|memit)\s+((?:-[a-zA-Z]+\s*[\w.]*\s+)*)(?=\S)")
_ASSIGNED = re.compile(r"(\s*[A-Za-z_][\w.,\[\]'\" ]*?\s*=\s*)[%!](?!=)\S")
_HELP = re.compile(r"\s*(?:\?{1,2}\s*[\w.*%]+|%{0,2}[A-Za-z_*][\w.*]*(?:\[[^\]]*\])?\?{1,2})\s*;?\s*$")
_AUTOMAGIC = re.compile(r"\s*(?:pip|conda|mamba|uv|cd|ls|cat|cp|mv|rm|mkdir|man|matplotlib|pylab)\s+[\w./~-]")
_UNKNOWN = "get_ipython()"
"""Stands for what a magic gives back: nobody knows."""


def has_cell_magic(source: str) -> bool:
    """Whether a cell begins with `%%`, so that what stands below need not be Python."""
    return source.lstrip().startswith("%%")


def dedented(source: str) -> str:
    """A cell without the indentation of its first line, which IPython takes off every line."""
    indent = source[: len(source) - len(source.lstrip(" \t"))]
    if not indent:
        return source
    return "\n".join(line.removeprefix(indent) for line in source.split("\n"))


def plain_python(source: str) -> str:
    """The cell with everything but Python blanked; empty lines, as many, where none of it is."""
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        name = re.match(r"%%(\w*)", lines[first])
        if name is None or not name[1] or name[1] in _FOREIGN:
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    state = _Scan()
    continued = False
    for number, line in enumerate(lines):
        if continued:
            continued = line.endswith("\\")
            lines[number] = ""
        elif state.between_statements and (replacement := _replacement(line)) is not None:
            continued = line.endswith("\\")
            lines[number] = replacement
            state.read(replacement)
        else:
            state.read(line)
    return "\n".join(lines)


def _replacement(line: str) -> str | None:
    """What Python reads in place of a line that only IPython understands; None for any other."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if text.startswith("%"):
        run = _RUNS_ITS_LINE.match(text)
        return indent + (text[run.end() :] if run else "pass")
    if text.startswith(("!", "?")) or _HELP.match(line) or _AUTOMAGIC.match(line):
        return f"{indent}pass"
    run = _ASSIGNED_RUN.match(line)
    if run:
        return run[1] + line[run.end() :]
    assigned = _ASSIGNED.match(line)
    return assigned[1] + _UNKNOWN if assigned else None


class _Scan:
    """Reads lines as far as it takes to know whether the next one starts a statement."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.continued = False

    @property
    def between_statements(self) -> bool:
        return not self.quote and not self.depth and not self.continued

    def read(self, line: str) -> None:
        place = 0
        while place < len(line):
            place = self._in_string(line, place) if self.quote else self._in_code(line, place)
        self.continued = line.endswith("\\") and len(self.quote) != 3
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""  # not closed on its line: an error of the cell, which the parser tells

    def _in_string(self, line: str, place: int) -> int:
        if line[place] == "\\":
            return place + 2
        if line.startswith(self.quote, place):
            place += len(self.quote)
            self.quote = ""
            return place
        return place + 1

    def _in_code(self, line: str, place: int) -> int:
        mark = line[place]
        if mark == "#":
            return len(line)
        if mark in "\"'":
            self.quote = mark * 3 if line.startswith(mark * 3, place) else mark
            return place + len(self.quote)
        if mark in "([{":
            self.depth += 1
        elif mark in ")]}":
            self.depth = max(0, self.depth - 1)
        return place + 1
