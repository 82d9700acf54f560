"""Entries of mappings and lists as places in a text: taking some out and putting others in, in flow and block style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import yaml

Added = Sequence[tuple[int, Sequence[str]]]
"""(number of the entry that they follow or -1, entries as text)"""


class UneditableError(Exception):
    """The text cannot be changed so without touching what a person wrote; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry of a collection, from `start` to `end`: a pair of a mapping (with its key), or an item of a list."""

    start: int
    end: int
    node: Any
    key: Any = None


class Cuts:
    """A text and what is to change in it: from where to where, and what stands there instead."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.line_end = "\r\n" if "\r\n" in source else "\n"
        self._made: list[tuple[int, int, str]] = []

    def cut(self, start: int, end: int, new: str = "") -> None:
        self._made.append((start, end, new))

    def text(self) -> str:
        """The text with everything changed.

        Raises
        ------
        UneditableError
            Two changes overlap.
        """
        pieces, place = [], 0
        for start, end, new in sorted(self._made, key=lambda made: made[:2]):
            if start < place:
                raise UneditableError("two changes meet in one place; is a value shared by an alias?")
            pieces += [self.source[place:start], new]
            place = end
        return "".join([*pieces, self.source[place:]])

    def keep_comments(self, start: int, end: int) -> None:
        """Refuse to take out a stretch that may hold a comment.

        Raises
        ------
        UneditableError
            It may.
        """
        if "#" in self.source[start:end]:
            line = self.source.count("\n", 0, start) + 1
            raise UneditableError(f"a comment would be lost in line {line}")

    def line_start(self, place: int) -> int:
        return self.source.rfind("\n", 0, place) + 1

    def next_line(self, place: int) -> int:
        """Start of the line after the one that `place` is in; `place` itself where it starts a line."""
        if place == self.line_start(place):
            return place
        found = self.source.find("\n", place)
        return len(self.source) if found < 0 else found + 1

    def before(self, place: int) -> str:
        """What stands before a place in its line."""
        return self.source[self.line_start(place) : place]


def cell(node: yaml.Node, key: yaml.Node | None = None) -> Cell:
    if key is None:
        return Cell(node.start_mark.index, end_of(node), node)
    return Cell(key.start_mark.index, max(end_of(node), key.end_mark.index), node, key)


def end_of(node: yaml.Node) -> int:
    """Where the last character of a value stands: the parser puts the end of a block behind what follows it."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if isinstance(node, yaml.MappingNode):
        return max(end_of(last[1]), int(last[0].end_mark.index))
    return end_of(last)


def write_into(
    cuts: Cuts, node: yaml.CollectionNode, cells: Sequence[Cell], *, gone: Sequence[int], added: Added
) -> None:
    """Take out entries of a collection, not all of them, and put in others.

    Raises
    ------
    UneditableError
        A comment would be lost, or the entry shares its line with what stays.
    """
    runs = [[number for _, number in run] for _, run in groupby(enumerate(gone), lambda item: item[1] - item[0])]
    if node.flow_style:
        for run in runs:
            _take_from_flow(cuts, cells, run[0], run[-1])
        _put_into_flow(cuts, cells, added)
    else:
        for number in gone:
            _take_from_block(cuts, cells, number)
        dash = "- " if isinstance(node, yaml.SequenceNode) else ""
        _put_into_block(cuts, cells, added, dash)


def _take_from_flow(cuts: Cuts, cells: Sequence[Cell], first: int, last: int) -> None:
    """Entries `first` to `last` with the comma before them, or the one behind them where they are the first."""
    concerned = cells[first - 1 : last + 1] if first else cells[: last + 2]
    for one, following in pairwise(concerned):
        cuts.keep_comments(one.end, following.start)
    if first:
        cuts.cut(cells[first - 1].end, cells[last].end)
    else:
        cuts.cut(cells[0].start, cells[last + 1].start)


def _put_into_flow(cuts: Cuts, cells: Sequence[Cell], added: Added) -> None:
    for after, entries in added:
        if after < 0:
            cuts.cut(cells[0].start, cells[0].start, "".join(f"{entry}, " for entry in entries))
        else:
            cuts.cut(cells[after].end, cells[after].end, "".join(f", {entry}" for entry in entries))


def _take_from_block(cuts: Cuts, cells: Sequence[Cell], number: int) -> None:
    """The lines of an entry with the comment behind it; what stands on lines of its own above it stays."""
    one = cells[number]
    own = _own_line(cuts, one)
    if own is not None:
        cuts.cut(own, cuts.next_line(one.end))
        return
    if number + 1 == len(cells):
        raise UneditableError("an entry shares its line with what stays")
    following = cells[number + 1].start
    cuts.keep_comments(one.end, following)
    cuts.cut(one.start, following)


def _put_into_block(cuts: Cuts, cells: Sequence[Cell], added: Added, dash: str) -> None:
    indent = _indent(cuts, cells[0], dash)
    for after, entries in added:
        lines = [f"{dash}{entry}" for entry in entries]
        if after < 0:
            _put_first(cuts, cells[0], lines, indent)
            continue
        place = cuts.next_line(cells[after].end)
        text = "".join(f"{indent}{line}{cuts.line_end}" for line in lines)
        if place == len(cuts.source) and not cuts.source.endswith("\n"):
            text = cuts.line_end + text.removesuffix(cuts.line_end)
        cuts.cut(place, place, text)


def _put_first(cuts: Cuts, first: Cell, lines: Sequence[str], indent: str) -> None:
    own = _own_line(cuts, first)
    if own is not None:
        cuts.cut(own, own, "".join(f"{indent}{line}{cuts.line_end}" for line in lines))
    else:  # `- first: 1`: the new one goes behind the dash
        cuts.cut(first.start, first.start, "".join(f"{line}{cuts.line_end}{indent}" for line in lines))


def _own_line(cuts: Cuts, one: Cell) -> int | None:
    """Start of the line with an entry's own mark, if nothing else stands before it: `- a: 1` is the item's, not a's."""
    before = cuts.before(one.start).strip()
    start = cuts.line_start(one.start)
    if one.key is not None:
        return start if before in ("", "?") else None
    while not before and start:  # the dash stands alone on a line above
        end, start = start, cuts.line_start(start - 1)
        before = cuts.source[start:end].partition("#")[0].strip()
    return start if before == "-" else None


def _indent(cuts: Cuts, first: Cell, dash: str) -> str:
    """Spaces before an entry on a line of its own."""
    own = _own_line(cuts, first)
    if own is None:
        before = cuts.before(first.start)
        return " " * (len(before.rstrip()) - 1 if dash else len(before))
    line = cuts.source[own : cuts.next_line(own + 1)]
    return " " * (len(line) - len(line.lstrip(" ")))
