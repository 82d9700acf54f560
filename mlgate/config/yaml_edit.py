"""Changes a YAML text so that it means something else, and touches nothing but what has to change.

Comments, order, quotes, flow or block style, indentation and line ends of everything else stay byte for byte: the text
is never written anew, only cut and filled at the places that the parser gives for its values. What came out is parsed
again: a text that does not mean exactly what was wanted is never given back.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from mlgate.config.document import Node, load_document
from mlgate.config.yaml_cells import Cell, Cuts, UneditableError, cell, end_of, write_into
from mlgate.config.yaml_match import Match, match_items, match_keys, same
from mlgate.config.yaml_text import flow, key_text, quoted, single_quoted
from mlgate.errors import ConfigError

__all__ = ["UneditableError", "patch", "rewrite", "same"]

COMPOSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The parser of `load_document`. Both give the same places; libyaml's takes a fifth of the time."""
_BOM = "\ufeff"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+[0-9](Z|[+-][0-9:]+[0-9])?)?")


def rewrite(text: str, wanted: object, *, path: str) -> str:
    """The text, changed in as few places as possible, so that it means `wanted`.

    Parameters
    ----------
    text : a YAML 1.2 core document, as its file holds it: line ends and a byte order mark are kept
    wanted : dicts, lists and scalars; a key that is new stands behind the one that it follows in `wanted`
    path : of the file, for errors

    Returns
    -------
    str
        What is there already keeps its place. A key that is new and stands where another one is gone takes its place,
        if both have the same value or the old one was no mapping: `not_null: true` becomes `null_fraction: {max: 0.1}`
        on the spot. New values are written in flow style.

    Raises
    ------
    ConfigError
        The text is no valid document.
    UneditableError
        A place is shared by an alias, a comment would be lost, keys would change places, or the result would not mean
        what is wanted.

    Examples
    --------
    >>> rewrite("a: [1, 2]  # ends\\nb: x\\n", {"a": [1, 3], "b": "x", "c": True}, path="f.yaml")
    'a: [1, 3]  # ends\\nb: x\\nc: true\\n'
    """
    mark = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)
    before = load_document(body, path)
    if same(before.plain_data(), wanted):
        return text
    root = yaml.compose(body, COMPOSER)
    cuts = Cuts(body)
    _sync(cuts, before, root, wanted)
    after = mark + cuts.text()
    try:
        found = load_document(after, path).plain_data()
    except ConfigError as problem:
        raise UneditableError(f"the result would not be valid: {problem.reason}") from None
    if not same(found, wanted):
        raise UneditableError("the result would mean something else; is a value shared by an alias?")
    return after


def patch(before: str, after: str, path: str) -> str:
    """Unified diff of a file's text, as `git apply` and `patch -p1` take it; empty where nothing changed."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """The lines with their ends. Only a line feed ends one: for a diff no other character does."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + [last] * bool(last)


def _sync(cuts: Cuts, ours: Node, node: yaml.Node | None, wanted: object) -> None:
    """Cut and fill so that the value at `node` means `wanted`."""
    if same(ours.plain_data(), wanted):
        return
    match ours.value, wanted:
        case dict(values), dict() if values and wanted:
            _sync_mapping(cuts, values, node, wanted)
        case list(items), list() if items and wanted:
            _sync_sequence(cuts, items, node, wanted)
        case _:
            _replace(cuts, node, wanted)


def _sync_mapping(cuts: Cuts, values: Mapping[str, Node], node: Any, wanted: Mapping[str, Any]) -> None:
    cells = [cell(value, key) for key, value in node.value]
    matched = match_keys({key: mine.plain_data() for key, mine in values.items()}, wanted)
    if matched is None:
        raise UneditableError("keys would change places")
    old, new = list(values.items()), list(wanted.items())
    for place, position in matched.kept:
        (was, mine), (key, value) = old[place], new[position]
        if key != was:
            written = cells[place].key
            text = _in_style(written, key) if written.style else key_text(key)
            cuts.cut(written.start_mark.index, written.end_mark.index, text)
        _sync(cuts, mine, cells[place].node, value)
    _place(
        cuts, node, cells, matched, lambda position: f"{key_text(new[position][0])}: {flow(new[position][1])}", wanted
    )


def _sync_sequence(cuts: Cuts, items: Sequence[Node], node: Any, wanted: Sequence[Any]) -> None:
    cells = [cell(item) for item in node.value]
    matched = match_items([mine.plain_data() for mine in items], wanted)
    for place, position in matched.kept:
        _sync(cuts, items[place], cells[place].node, wanted[position])
    _place(cuts, node, cells, matched, lambda position: flow(wanted[position]), wanted)


def _place(
    cuts: Cuts, node: Any, cells: Sequence[Cell], matched: Match, entry: Callable[[int], str], wanted: object
) -> None:
    """Take out what is gone and put in what is new."""
    if not matched.kept:
        _replace(cuts, node, wanted)
        return
    added = [(after, [entry(position) for position in positions]) for after, positions in matched.inserted]
    write_into(cuts, node, cells, gone=matched.deleted, added=added)


def _replace(cuts: Cuts, node: Any, wanted: object) -> None:
    start, end = node.start_mark.index, end_of(node)
    if not isinstance(node, yaml.ScalarNode):
        cuts.keep_comments(start, end)
        cuts.cut(start, end, flow(wanted))
    elif start == end:  # nothing is written: `key:`, `- `, or a bare key in a flow mapping
        before = cuts.source[:start]
        colon = "" if before.rstrip(" ").endswith((":", "-")) else ":"
        cuts.cut(start, end, f"{colon}{'' if before.endswith(' ') else ' '}{flow(wanted)}")
    else:
        cuts.cut(start, end, _in_style(node, wanted))


def _in_style(node: Any, wanted: object) -> str:
    """A value in the quotes of the text whose place it takes; a date stays without quotes where one had none."""
    if isinstance(wanted, str) and node.style in ("'", '"'):
        return single_quoted(wanted) if node.style == "'" else quoted(wanted)
    if isinstance(wanted, str) and _MOMENT.fullmatch(wanted) and _MOMENT.fullmatch(str(node.value)):
        return wanted
    return flow(wanted)
