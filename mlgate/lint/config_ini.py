"""Ini files as Python's `configparser` reads them, with the lines of their options.

Values are text, as for `configparser`: none is taken for a number here.
"""

from __future__ import annotations

import re

from mlgate.config.document import Node
from mlgate.errors import ConfigError

_SECTION = re.compile(r"\[(.+)\]")
_OPTION = re.compile(r"(?P<name>.*?)\s*(?:(?P<sign>[=:])\s*(?P<value>.*))?$")
_COMMENTS = ("#", ";")


class _Ini:
    """What was read so far: sections, each with its options, their lines and texts."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sections: dict[str, dict[str, list[str]]] = {}
        self.lines: dict[str, dict[str, int]] = {}
        self.section_lines: dict[str, int] = {}
        self.section = self.option = ""
        self.indent = 0

    def mistake(self, message: str, hint: str, line: int) -> ConfigError:
        return ConfigError(message, hint=hint, path=self.path, line=line)

    def read(self, raw: str, number: int) -> None:
        stripped = raw.strip()
        if not stripped or stripped.startswith(_COMMENTS):
            return
        indent = len(raw) - len(raw.lstrip())
        if self.option and indent > self.indent:
            self.sections[self.section][self.option].append(stripped)
            return
        self.indent = indent
        header = _SECTION.match(stripped)
        if header:
            self._open(header[1], number)
            return
        if stripped.startswith("["):
            raise self.mistake(f"the section {stripped} is not closed", "write [name]", number)
        self._add(stripped, number)

    def _open(self, name: str, number: int) -> None:
        if name in self.sections:
            first = self.section_lines[name]
            raise self.mistake(f"the section [{name}] stands twice (first in line {first})", "join the two", number)
        self.sections[name], self.lines[name] = {}, {}
        self.section_lines[name] = number
        self.section, self.option = name, ""

    def _add(self, line: str, number: int) -> None:
        if not self.section:
            hint = "write [section] above it: configparser reads no option outside of one"
            raise self.mistake(f"{line[:60]!r} stands before the first section", hint, number)
        found = _OPTION.match(line)
        name = found["name"].strip().lower() if found else ""
        if not found or found["sign"] is None or not name:
            hint = "write name = value, or indent the line to continue the value above"
            raise self.mistake(f"{line[:60]!r} is no option: it has no =", hint, number)
        options = self.sections[self.section]
        if name in options:
            first = self.lines[self.section][name]
            hint = "keep one of them (names are the same in upper and lower case)"
            message = f"the option {name!r} stands twice in [{self.section}] (first in line {first})"
            raise self.mistake(message, hint, number)
        options[name] = [found["value"].strip()]
        self.lines[self.section][name] = number
        self.option = name


def parse_ini(text: str, path: str) -> Node:
    """An ini file as a mapping of sections, each a mapping from option, in lower case, to text.

    Raises
    ------
    ConfigError
        A section or option stands twice, an option stands outside of a section, or a line is none of these.
    """
    ini = _Ini(path)
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        ini.read(raw, number)
    sections = {}
    for name, options in ini.sections.items():
        places = {option: (path, line, 1) for option, line in ini.lines[name].items()}
        values = {
            option: Node("\n".join(parts).rstrip(), path, places[option][1], 1, text="\n".join(parts))
            for option, parts in options.items()
        }
        sections[name] = Node(values, path, ini.section_lines[name], 1, key_places=places)
    return Node(sections, path, 1, 1, key_places={name: (path, line, 1) for name, line in ini.section_lines.items()})
