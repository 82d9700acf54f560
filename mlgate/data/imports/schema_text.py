"""Commented YAML text of an imported schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlgate.config.table_rules import TABLE_RULES
from mlgate.config.yaml_text import scalar, single_quoted
from mlgate.data.imports.declarations import Check, DeclaredColumn, Note, Settled
from mlgate.data.yaml_text import MAX_KEY, comment

WIDTH = 110
MAX_REMARK = 400
_LEVEL = re.compile(r"0\.[0-9]+")


def schema_text(head: Sequence[str], settled: Settled, differs: Sequence[Note], left: Sequence[Note]) -> str:
    """The whole schema file.

    Parameters
    ----------
    head : remarks for the top, one line each
    settled : columns and checks, each accepted by the schema's parser
    differs : what is judged otherwise than in the foreign file
    left : what did not become a check
    """
    lines = [remark(text) for text in head]
    end = []
    if differs:
        end += ["#", "# Judged otherwise than before:", *(remark(f"- {note.told()}") for note in differs)]
    if left:
        end += ["#", "# Not imported:", *(remark(f"- {note.told()}") for note in left)]
    return "\n".join([*lines, body(settled).rstrip("\n"), *end]) + "\n"


def remark(text: str) -> str:
    """A comment of one line, whatever the text holds.

    Examples
    --------
    >>> remark("ages\\nin years")
    '# ages in years'
    """
    line = " ".join(comment(part) for part in text.splitlines()) if text else ""
    return f"# {line if len(line) <= MAX_REMARK else line[: MAX_REMARK - 1] + '…'}".rstrip()


def body(settled: Settled) -> str:
    """The schema without the comments around it."""
    lines = ["version: 1"]
    if settled.read:
        lines.append(f"read: {{{', '.join(f'{key}: {flow(value)}' for key, value in settled.read.items())}}}")
    if settled.columns:
        lines.append("columns:")
    for name, column in settled.columns.items():
        lines += _column(name, column, settled.checks.get(name, ()))
    table = _table(settled)
    if table:
        lines += ["table:", *table]
    return "\n".join(lines) + "\n"


def flow(value: object) -> str:
    """A value of lists, mappings and scalars on one line; a pattern stands in single quotes, as it was written.

    Examples
    --------
    >>> print(flow({"between": [0, None], "in_set": ["NO", "é", 2.0], "regex": r"^\\d+$"}))
    {between: [0, null], in_set: ["NO", é, 2.0], regex: '^\\d+$'}
    """
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case str() if "\\" in value:
            return single_quoted(value)
    return scalar(value)


def _key(key: Any) -> str:
    """A key is always read as text, so that a quantile's level needs no quotes."""
    return key if isinstance(key, str) and _LEVEL.fullmatch(key) else scalar(key)


def _column(name: str, column: DeclaredColumn, checks: Sequence[Check]) -> Iterator[str]:
    declared: dict[str, Any] = {"type": column.type} if column.type != "any" else {}
    longer = []
    for check in checks:
        if check.modifiers or check.check in declared:
            longer.append({check.check: check.argument, **check.modifiers})
        else:
            declared[check.check] = check.argument
    yield from (f"  {remark(text)}" for text in column.comments)
    key = scalar(name)
    line = f"  {key}: {flow(declared)}"
    if not longer and len(line) <= WIDTH:
        yield line
        return
    if len(key) <= MAX_KEY:
        yield f"  {key}:"
    else:
        yield from (f"  ? {key}", "  :")
    for check_name, argument in declared.items():
        yield from _pair(check_name, argument, 4)
    if longer:
        yield "    checks:"
        for entry in longer:
            yield from _item(entry, 6)


def _table(settled: Settled) -> list[str]:
    lines: list[str] = []
    short: dict[str, list[Any]] = {}
    longer: list[Mapping[str, Any]] = []
    for check in settled.table:
        if check.modifiers or (check.check in short and not TABLE_RULES[check.check].many):
            longer.append({check.check: check.argument, **check.modifiers})
        else:
            short.setdefault(check.check, []).append(check.argument)
    for name, arguments in short.items():
        lines += _pair(name, arguments if TABLE_RULES[name].many else arguments[0], 2)
    if settled.extra_columns:
        lines.append(f"  extra_columns: {settled.extra_columns}")
    longer += settled.chosen
    if longer:
        lines.append("  checks:")
        for entry in longer:
            lines += _item(entry, 4)
    return lines


def _pair(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key and its value, a long list or mapping over several lines."""
    line = f"{' ' * indent}{_key(key)}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, Mapping | list | tuple) or not value:
        yield line
        return
    yield f"{' ' * indent}{_key(key)}:"
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _pair(name, item, indent + 2)
    elif any(isinstance(item, Mapping | list | tuple) for item in value):
        yield from (f"{' ' * indent}  - {flow(item)}" for item in value)
    else:
        yield from _wrapped([flow(item) for item in value], indent + 2)


def _item(entry: Mapping[str, Any], indent: int) -> Iterator[str]:
    """One entry of a list of checks, a long one over several lines."""
    line = f"{' ' * indent}- {flow(entry)}"
    if len(line) <= WIDTH:
        yield line
        return
    start = f"{' ' * indent}- "
    for key, value in entry.items():
        first, *rest = _pair(key, value, indent + 2)
        yield start + first.lstrip()
        yield from rest
        start = " " * (indent + 2)


def _wrapped(items: Sequence[str], indent: int) -> Iterator[str]:
    """A flow list over several lines of at most `WIDTH` characters, where its items allow that."""
    line = f"{' ' * indent}["
    for place, item in enumerate(items):
        part = item + ("," if place < len(items) - 1 else "]")
        if len(line) + len(part) + 1 > WIDTH and line.strip() not in ("", "["):
            yield line.rstrip()
            line = " " * (indent + 1)
        line += part + " "
    yield line.rstrip()
