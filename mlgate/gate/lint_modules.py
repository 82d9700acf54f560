"""The modules of a project as far as they matter to a file that imports them, each read once by a process."""

from __future__ import annotations

import os
from collections import OrderedDict

from mlgate.errors import SourceError
from mlgate.lint.module import Module, parse_module
from mlgate.lint.outline import Outline, outline
from mlgate.lint.relevance import NOTHING, Relevance
from mlgate.sources.project_modules import ProjectModules
from mlgate.sources.source_text import decode_source, read_raw

KEPT_CHARACTERS = 2_000_000
"""Text of the modules whose trees are kept, since many files import the same: some 200 MB in each process."""
MAX_SETTINGS_BYTES = 100_000
"""Larger files are data, and not read to see whether a seed in them is null."""


class Modules:
    """Finds, reads and thins out modules; paths are relative to a root.

    Parameters
    ----------
    root : absolute folder
    digests : whether to take them: what is not kept needs none
    """

    def __init__(self, root: str, *, digests: bool) -> None:
        self.root = root
        self.digests = digests
        self._relevance = {
            seeds_only: Relevance(self._outline, self.resolve, seeds_only=seeds_only) for seeds_only in (False, True)
        }
        self._places = ProjectModules(root)
        self._found: dict[tuple[str, str], str | None] = {}
        self._outlines: dict[str, Outline | None] = {}
        self._digest: dict[str, str] = {}
        self._parsed: OrderedDict[tuple[str, bool], Module | None] = OrderedDict()
        self._characters = 0

    def resolve(self, name: str, importer: str) -> str | None:
        """The path of the module that a file imports under a name; None where the project has none."""
        key = name, os.path.dirname(importer)
        if key not in self._found:
            found = self._places.resolve(name, self.absolute(importer))
            self._found[key] = self.relative(found) if found else None
        return self._found[key]

    def module(self, path: str, *, seeds_only: bool) -> Module | None:
        """What matters of a module to those that import it; one that is not Python counts as unknown."""
        key = path, seeds_only
        if key in self._parsed:
            self._parsed.move_to_end(key)
            return self._parsed[key]
        module = self._parse(path, self._relevance[seeds_only])
        self._parsed[key] = module
        self._characters += len(module.text) if module else 0
        while self._characters > KEPT_CHARACTERS and len(self._parsed) > 1:
            oldest = self._parsed.popitem(last=False)[1]
            self._characters -= len(oldest.text) if oldest else 0
        return module

    def reaches_draws(self, path: str) -> bool:
        """Whether something may draw in a file, or in what it imports."""
        return self._relevance[False].of(path) != NOTHING

    def digest(self, path: str) -> str:
        """Digest of the bytes of a module; empty where it cannot be read."""
        if path not in self._digest:
            try:
                self._digest[path] = digest_of(read_raw(self.absolute(path)))
            except SourceError:
                self._digest[path] = ""
        return self._digest[path]

    def settings(self, name: str, importer: str) -> str | None:
        """The text of a small file inside the root, that a file names from its own folder or from the root."""
        inside = os.path.realpath(self.root) + os.sep
        for folder in (os.path.dirname(importer), ""):
            path = os.path.realpath(self.absolute(os.path.join(folder, name)))
            if path.startswith(inside) and os.path.isfile(path) and os.path.getsize(path) <= MAX_SETTINGS_BYTES:
                try:
                    return read_raw(path).decode("utf-8")
                except (SourceError, UnicodeDecodeError):
                    return None
        return None

    def asked(self, path: str) -> list[tuple[str, str | None]]:
        """The names under which a module imports anything, and the project's module of each."""
        return [(name, self.resolve(name, path)) for name in self._relevance[False].names_asked(path)]

    def absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.root, path))

    def relative(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def _parse(self, path: str, relevance: Relevance) -> Module | None:
        text = self._text(path)
        if text is None:
            return None
        kept = relevance.kept(path, text)
        try:
            return parse_module(kept, path)
        except SyntaxError:
            if kept == text:
                return None
        try:
            return parse_module(text, path)  # a text in the module looked like a definition
        except SyntaxError:
            return None

    def _outline(self, path: str) -> Outline | None:
        if path not in self._outlines:
            text = self._text(path)
            self._outlines[path] = None if text is None else outline(text)
        return self._outlines[path]

    def _text(self, path: str) -> str | None:
        try:
            raw = read_raw(self.absolute(path))
            if self.digests:
                self._digest[path] = digest_of(raw)
            return decode_source(raw, notebook=False).lines
        except SourceError:
            return None


def digest_of(raw: bytes) -> str:
    """A digest of bytes that no one can meet on purpose."""
    from hashlib import blake2b

    return blake2b(raw, digest_size=16).hexdigest()
