"""Which definitions of the project's modules may draw or seed, themselves or through what they call.

A file may import hundreds of modules, of which none draws. What is left of them is found in their outlines, each read
once; only that is parsed and followed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mlgate.lint.outline import Block, Imported, Outline, without

Resolve = Callable[[str, str], str | None]
"""Name of a module and path of the file that imports it, to the module's path."""


class Told(NamedTuple):
    """Of a module: the names that may draw when they are used, and whether importing it may draw."""

    names: frozenset[str] = frozenset()
    runs: bool = False


NOTHING = Told()


class Relevance:
    """What may draw in the modules of a project.

    Parameters
    ----------
    outline_of : outline of a module by its path; None where it cannot be read
    seeds_only : leave out what draws and does not seed. A module that only defines things is called by nobody knows
        whom, and so are those that it imports: what they draw is told where it stands; only a seed would change that.
    """

    def __init__(
        self, outline_of: Callable[[str], Outline | None], resolve: Resolve, *, seeds_only: bool = False
    ) -> None:
        self.outline_of = outline_of
        self.resolve = resolve
        self.seeds_only = seeds_only
        self._told: dict[str, Told] = {}
        self._edges: dict[str, tuple[tuple[Imported, str, str], ...]] = {}

    def of(self, path: str) -> Told:
        """What may draw in a module."""
        if path not in self._told:
            self._settle(path)
        return self._told[path]

    def kept(self, path: str, text: str) -> str:
        """The text of a module without what cannot matter to a file that imports it; every place stays.

        Of a module in which nothing draws, the values remain that it assigns: a seed may be among them.
        """
        outline = self.outline_of(path)
        if outline is None:
            return text
        told = self.of(path)
        if told == NOTHING:
            return without(text, [block for block in outline.blocks if block.is_definition or not block.names])
        return without(
            text, [block for block in outline.blocks if block.is_definition and told.names.isdisjoint(block.names)]
        )

    def edges(self, path: str) -> tuple[tuple[Imported, str, str], ...]:
        """Imports of a module that lead to modules of the project: the module named, and, where it is one, the name."""
        if path not in self._edges:
            outline = self.outline_of(path)
            found = []
            for item in outline.imports if outline else ():
                source = self.resolve(item.source, path) or ""
                inner = self.resolve(_inner_name(item), path) or "" if item.name not in ("", "*") else ""
                if source or inner:
                    found.append((item, source, inner))
            self._edges[path] = tuple(found)
        return self._edges[path]

    def names_asked(self, path: str) -> tuple[str, ...]:
        """All names of modules on which the edges of a module hang, also those that the project does not have."""
        outline = self.outline_of(path)
        imports = outline.imports if outline else ()
        inner = (_inner_name(item) for item in imports if item.name not in ("", "*"))
        return tuple(dict.fromkeys([*(item.source for item in imports), *inner]))

    def _settle(self, start: str) -> None:
        """Judge a module together with all that it reaches: modules import each other in circles."""
        reached = [start]
        known = {start}
        for path in reached:
            for _, source, inner in self.edges(path):
                for target in (source, inner):
                    if target and target not in known and target not in self._told:
                        known.add(target)
                        reached.append(target)
        told = dict.fromkeys(reached, NOTHING)
        changed = True
        while changed:
            changed = False
            for path in reversed(reached):
                now = self._judge(path, told)
                if now != told[path]:
                    told[path] = now
                    changed = True
        self._told |= told

    def _judge(self, path: str, told: dict[str, Told]) -> Told:
        outline = self.outline_of(path)
        if outline is None:
            return NOTHING
        runs = False
        of_libraries = frozenset[str]() if self.seeds_only else outline.of_libraries
        active = set(of_libraries) | told[path].names
        for item, source, inner in self.edges(path):
            of_source = self._told.get(source) or told.get(source, NOTHING)
            of_inner = self._told.get(inner) or told.get(inner, NOTHING)
            runs = runs or of_source.runs or of_inner.runs
            if item.name == "*":
                active |= of_source.names
            elif item.name in of_source.names or of_inner.names or (not item.name and of_source.names):
                active.add(item.bound)
        names = active - of_libraries
        waiting = list(outline.blocks)
        found = waiting
        while found:
            found = [
                block for block in waiting if self._draws(block) or (active and not active.isdisjoint(block.words))
            ]
            known = {id(block) for block in found}
            waiting = [block for block in waiting if id(block) not in known]
            for block in found:
                active.update(block.names)
                names.update(block.names)
                runs = runs or (block.draws_when_imported and self._draws(block))
        return Told(frozenset(names), runs)

    def _draws(self, block: Block) -> bool:
        return block.seeds if self.seeds_only else block.draws


def _inner_name(item: Imported) -> str:
    """The name of the module that a name taken of a module may be."""
    return f"{item.source}{'' if item.source.endswith('.') else '.'}{item.name}"
