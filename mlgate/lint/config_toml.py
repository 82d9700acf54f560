"""TOML as a document. The standard library reads the values; their lines are those of the keys in the text."""

from __future__ import annotations

import re
import tomllib

from mlgate.config.document import MAX_DEPTH, Node
from mlgate.errors import ConfigError
from mlgate.lint.config_found import Place, nearest_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_VALUE = re.compile(r"=\s*(\S[^#]*?)\s*(?:#.*)?$")
_PYTHON = {"True": "true", "False": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}


def parse_toml(text: str, path: str) -> Node:
    """TOML as a document with places.

    Raises
    ------
    ConfigError
        It is not valid, in words that a person acts on.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _explained(text, path, str(problem)) from None
    except RecursionError:
        raise ConfigError("nested too deeply", hint="this is no configuration file", path=path) from None
    except ValueError as problem:
        raise ConfigError(f"not readable: {problem}", hint="is a number too long?", path=path) from None
    return _node(values, path, (), _lines_of_keys(text), 1)


def _node(value: Any, path: str, place: Place, lines: dict[Place, int], line: int) -> Node:
    if len(place) > MAX_DEPTH:
        hint = "this is no configuration file"
        raise ConfigError(f"nested deeper than {MAX_DEPTH} levels", hint=hint, path=path, line=line)
    if isinstance(value, dict):
        here = {key: lines.get((*place, key), line) for key in value}
        children = {key: _node(item, path, (*place, key), lines, here[key]) for key, item in value.items()}
        return Node(children, path, line, 1, key_places={key: (path, here[key], 1) for key in value})
    if isinstance(value, list):
        numbered = enumerate(value)
        items = [_node(item, path, (*place, n), lines, lines.get((*place, n), line)) for n, item in numbered]
        return Node(items, path, line, 1)
    if value is None or isinstance(value, str | int | float):
        return Node(value, path, line, 1, text=str(value))
    return Node(str(value), path, line, 1, text=str(value))  # a date or time: JSON Schema sees its text


def _lines_of_keys(text: str) -> dict[Place, int]:
    """The line of every key that stands at the start of one; keys of inline tables have that of their table."""
    lines: dict[Place, int] = {}
    prefix: Place = ()
    counts: dict[Place, int] = {}
    quotes = ""  # of a text of several lines that is open
    for number, line in enumerate(text.split("\n"), 1):
        if quotes:
            quotes = "" if line.count(quotes) % 2 else quotes
            continue
        table = _TABLE.match(line)
        key = None if table else _KEY.match(line)
        if table:
            prefix = _parts(table[2])
            lines.setdefault(prefix, number)
            if table[1] == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = (*prefix, counts[prefix])
                lines[prefix] = number
        elif key:
            parts = _parts(key[1])
            for end in range(1, len(parts) + 1):
                lines.setdefault((*prefix, *parts[:end]), number)
        for mark in ('"""', "'''"):
            quotes = mark if not quotes and line.count(mark) % 2 else quotes
    return lines


def _parts(written: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(written))


def _explained(text: str, path: str, said: str) -> ConfigError:
    """A mistake of TOML with the habit of another language that it comes from."""
    match = re.search(r"at line (\d+), column (\d+)", said)
    lines = text.split("\n")
    line = int(match[1]) if match else len(lines)
    column = int(match[2]) if match else None
    raw = lines[line - 1] if 0 < line <= len(lines) else ""
    message, hint = f"not valid TOML: {said}", "correct the syntax here"
    value = _VALUE.search(raw)
    written = value[1] if value else ""
    if text.startswith("\ufeff"):
        message, hint, line = "starts with a byte order mark, which TOML does not allow", "save as UTF-8 without BOM", 1
    elif "Cannot overwrite" in said or "already" in said.lower() or "Cannot declare" in said:
        line = line - 1 if raw == "" and line > 1 else line
        message, hint = f"a key or table stands twice ({said})", "keep one of them"
    elif written in _PYTHON:
        message, hint = f"{written} is no value of TOML", f"write {_PYTHON[written]}"
    elif written in ("None", "null", "nil", "~"):
        message, hint = f"{written} is no value of TOML, which has no null", "leave the key out"
    elif re.match(r"\s*[\w.-]+\s*:\s", raw):
        message, hint = f"{raw.strip()} is YAML, not TOML", "write key = value"
    elif re.match(r"[A-Za-z_./~-][^\"']*$", written):
        near = nearest_name(written, ["true", "false", "inf", "nan"])
        message = f"{written} has no quotes" + (f" (or is it {near}?)" if near else "")
        hint = f'write "{written}"'
    elif re.match(r"[-+]?0[0-9]", written):
        message, hint = f"{written} has a leading zero, which TOML does not allow", "write the number without it"
    return ConfigError(message, hint=hint, path=path, line=line, column=column)
