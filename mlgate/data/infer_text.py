"""How a proposed schema is laid out: one line per column, broken where it grows long, remarks as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlgate.config.schema import Read
from mlgate.config.yaml_text import flow, quoted, scalar, single_quoted
from mlgate.data.table import Table
from mlgate.data.yaml_text import MAX_KEY, comment

WIDTH = 120
_PATTERNS = ("fullmatch", "regex", "datetime_format")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed for a column: rules by name, sentences above it, and a few words beside it."""

    name: str
    rules: Mapping[str, object]
    above: Sequence[str] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProposal:
    """What is proposed for the table: (text of an entry, remark) of `unique` and of `checks`."""

    least_rows: int
    rows_remark: str
    extra_columns: str
    extra_remark: str = ""
    unique: Sequence[tuple[Sequence[str], str]] = ()
    checks: Sequence[tuple[Mapping[str, object], str]] = field(default=())


def read_lines(table: Table, read: Read) -> Iterator[str]:
    """The key `read`, where something in it is not the default."""
    default = Read()
    given = {
        "delimiter": read.delimiter if table.is_text else None,
        "encoding": read.encoding if read.encoding != default.encoding else None,
        "decimal": read.decimal if read.decimal != default.decimal else None,
    }
    parts = [f"{name}: {quoted(value)}" for name, value in given.items() if value]
    if read.null != default.null:
        parts.append(f"null: {flow(read.null)}")
    if parts:
        yield f"read: {{{', '.join(parts)}}}"


def column_lines(proposal: Proposal) -> Iterator[str]:
    """A column as `name: {rules}`, over several lines where that is longer than 120 characters."""
    for sentence in proposal.above:
        yield from _comment(sentence, "  # ")
    key = scalar(proposal.name)
    rules = {name: _argument(name, value) for name, value in proposal.rules.items()}
    line = f"  {key}: {{{', '.join(f'{name}: {text}' for name, text in rules.items())}}}"
    beside = f"  # {comment(proposal.beside)}" if proposal.beside else ""
    if len(key) > MAX_KEY:
        yield from (f"  ? {key}", f"  : {line[len(key) + 4 :]}{beside}")
    elif len(line) + len(beside) <= WIDTH:
        yield f"{line}{beside}"
    else:
        if beside:
            yield from _comment(proposal.beside, "  # ")
        yield from [line] if len(line) <= WIDTH else _block(key, rules, proposal.rules)


def _argument(name: str, value: object) -> str:
    return single_quoted(value) if name in _PATTERNS and isinstance(value, str) else flow(value)


def _block(key: str, texts: Mapping[str, str], rules: Mapping[str, object]) -> Iterator[str]:
    yield f"  {key}:"
    for name, text in texts.items():
        value = rules[name]
        if isinstance(value, list | tuple) and len(name) + len(text) + 6 > WIDTH:
            yield from _long_list(f"    {name}: ", [flow(item) for item in value])
        else:
            yield f"    {name}: {text}"


def _long_list(start: str, items: Sequence[str], end: str = "") -> Iterator[str]:
    """`start[a, b, ...]end`, broken between items."""
    line = f"{start}["
    for place, item in enumerate(items):
        last = place == len(items) - 1
        part = f"{item}]{end}" if last else f"{item},"
        if len(line) + len(part) + 1 > WIDTH and line.strip():
            yield line.rstrip()
            line = "      "
        line += part + ("" if last else " ")
    yield line


def table_lines(proposal: TableProposal) -> Iterator[str]:
    """The key `table`."""
    yield "table:"
    yield f"  row_count: {{min: {proposal.least_rows}}}  # {proposal.rows_remark}"
    remark = f"  # {proposal.extra_remark}" if proposal.extra_remark else ""
    yield f"  extra_columns: {proposal.extra_columns}{remark}"
    if proposal.unique:
        yield "  unique:"
        for names, remark in proposal.unique:
            yield from _comment(remark, "    # ")
            yield f"    - {flow(list(names))}"
    if proposal.checks:
        yield "  checks:"
        for check, remark in proposal.checks:
            yield from _comment(remark, "    # ")
            yield from _check(check)


def _check(check: Mapping[str, object]) -> Iterator[str]:
    line = f"    - {flow(check)}"
    columns = check.get("columns")
    if len(line) <= WIDTH or not isinstance(columns, list):
        yield line
        return
    yield from _long_list("    - columns: ", [flow(name) for name in columns])
    for name, value in check.items():
        if name != "columns":
            yield f"      {name}: {flow(value)}"


def _comment(text: str, start: str) -> Iterator[str]:
    for line in textwrap.wrap(comment(text), WIDTH - len(start), break_on_hyphens=False):
        yield f"{start}{line}"


def head_lines(sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from _comment(sentence, "# ")
