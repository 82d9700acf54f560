"""Nodes of a tree by their kind, in the order of the source, at a fraction of what `ast.walk` costs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)

_PLAIN = frozenset(
    re.findall(
        r"\w+",
        "ctx op ops type_comment type_ignores type_params kind conversion level name names attr arg id module asname "
        "is_async simple rest kwd_attrs annotation returns ",
    )
)
"""Fields that hold no nodes, or none that a rule asks for."""
_LEAVES = (ast.Name, ast.Constant, type(None), str)
_FIELDS: dict[type, tuple[str, ...] | None] = dict.fromkeys(_LEAVES)
"""Fields of each kind of node that may hold nodes, last one first; None for what is not kept."""


class Nodes:
    """The nodes below some statements, nested functions included; names and constants are not kept."""

    __slots__ = ("by_kind",)

    def __init__(self, roots: Iterable[ast.AST]) -> None:
        self.by_kind: dict[type[ast.AST], list[Any]] = {}
        stack = list(roots)
        stack.reverse()
        by_kind, fields = self.by_kind, _FIELDS
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind not in fields:
                fields[kind] = tuple(name for name in reversed(kind._fields) if name not in _PLAIN)
            names = fields[kind]
            if names is None:
                continue
            if kind in by_kind:
                by_kind[kind].append(node)
            else:
                by_kind[kind] = [node]
            for name in names:
                value = getattr(node, name)
                if value.__class__ is list:
                    stack += value[::-1]
                elif value is not None:
                    stack.append(value)

    def of(self, kind: type[Node]) -> list[Node]:
        """Nodes of exactly this kind, in the order of the source."""
        return self.by_kind.get(kind, [])

    def of_any(self, *kinds: type[ast.AST]) -> list[Any]:
        """Nodes of some kinds, kind after kind."""
        return [node for kind in kinds for node in self.by_kind.get(kind, ())]

    def has(self, *kinds: type[ast.AST]) -> bool:
        return any(kind in self.by_kind for kind in kinds)


def dotted(node: ast.AST, imported: dict[str, str]) -> str:
    """`np.random.rand` as `numpy.random.rand`, by the module's imports; empty for what is no plain chain of names.

    The object that a method is called on may be a call itself: `Path(x).exists` is `pathlib.Path().exists`.
    """
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(imported.get(node.id, node.id))
            break
        elif isinstance(node, ast.Call) and parts:
            inner = dotted(node.func, imported)
            parts.append(f"{inner}()" if inner else "()")
            break
        elif parts:
            parts.append("")
            break
        else:
            return ""
    return ".".join(reversed(parts))


def last_name(node: ast.AST) -> str:
    """Name of a function or method as it is called: of `a.b.c` it is `c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is only a text, as a docstring is."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def imports_of(nodes: Nodes) -> dict[str, str]:
    """What each imported name stands for, by its absolute name; relative imports keep their dots."""
    found: dict[str, str] = {}
    for item in nodes.of(ast.Import):
        for alias in item.names:
            found[alias.asname or alias.name.partition(".")[0]] = (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
    for source in nodes.of(ast.ImportFrom):
        base = "." * source.level + (source.module or "")
        for alias in source.names:
            found[alias.asname or alias.name] = f"{base}{'' if base.endswith('.') else '.'}{alias.name}"
    return found
