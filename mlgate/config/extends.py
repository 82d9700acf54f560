"""`extends`: the values of another file of the repository as defaults."""

from __future__ import annotations

from collections.abc import Callable

from mlgate.config import fields as f
from mlgate.config.document import Node, load_document

MAX_EXTENDS = 8


def apply_extends(document: Node, load: Callable[[str], str] | None, reading: f.Reading, depth: int) -> Node:
    """The document over the defaults of the file that it extends."""
    if not isinstance(document.value, dict) or "extends" not in document.value:
        return document
    extends = document.value["extends"]
    if load is None or depth >= MAX_EXTENDS:
        raise extends.error(f"`extends` goes deeper than {MAX_EXTENDS} files", hint="does a file extend itself?")
    parent_path = f.FilePath().parse(extends, reading)
    try:
        parent = apply_extends(load_document(load(parent_path), parent_path), load, reading, depth + 1)
    except OSError as problem:
        raise extends.error(f"cannot read {parent_path}: {problem.strerror}", hint="correct the path") from None
    if not isinstance(parent.value, dict):
        raise parent.error(f"expected a mapping, found {parent.kind}", hint=f"{document.path} extends this file")
    return _merged(parent, document)


def _merged(parent: Node, child: Node) -> Node:
    """The child's values over the parent's, mapping by mapping; a list replaces the parent's."""
    if not isinstance(parent.value, dict) or not isinstance(child.value, dict):
        return child
    values = dict(parent.value)
    for key, node in child.value.items():
        values[key] = _merged(values[key], node) if key in values else node
    return child.over(values, parent.key_places | child.key_places)
