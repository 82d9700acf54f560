"""Names and what they hold: of a function, a class body or a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlgate.lint.seeds.values import Class, Items, Value


class Scope:
    """Names of a function, class body or module; `module` is the file that they stand in."""

    __slots__ = ("me", "module", "name", "names", "outer", "owner", "returns", "shared", "yields")

    def __init__(self, module: Any, outer: Scope | None = None, name: str = "") -> None:
        self.module = module
        self.outer = outer
        self.name = name
        self.names: dict[str, Value] = {}
        self.shared: set[str] = set()  # declared global
        self.returns: list[tuple[Any, Value]] = []  # of a function: the path and the value of each return
        self.yields: Items | None = None  # of a generator: what it yields
        self.me: Value | None = None  # of a method: its object
        self.owner: Class | None = None  # of a method: the class that it is written in

    def outwards(self) -> Iterator[Scope]:
        """This scope and those around it, the nearest first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def find(self, name: str) -> Value | None:
        """The value of a name here or further out."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def bind(self, name: str, value: Value) -> None:
        """Give a name its value, in the module where it was declared global."""
        if name in self.shared:
            top = self
            while top.outer is not None:
                top = top.outer
            top.names[name] = value
        else:
            self.names[name] = value
