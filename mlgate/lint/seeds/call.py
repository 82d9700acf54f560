"""A call that is answered: who calls what, with which arguments, at which place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from mlgate.lint.seeds.seeding import is_something

if TYPE_CHECKING:
    from mlgate.lint.seeds.arguments import Given
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope
    from mlgate.lint.seeds.sites import Site
    from mlgate.lint.seeds.values import Value


class Call:
    """A call of a library or of a method.

    Parameters
    ----------
    node : the call; a class where an object of it is made by an unknown caller
    name : dotted name of what is called, or name of the method
    given : the arguments
    """

    __slots__ = ("given", "last", "machine", "name", "node", "scope")

    def __init__(self, machine: Machine, scope: Scope, node: ast.AST, name: str, given: Given) -> None:
        self.machine = machine
        self.scope = scope
        self.node = node
        self.name = name
        self.last = name.rpartition(".")[2]
        self.given = given

    @property
    def holder(self) -> ast.expr | None:
        """The expression before the dot of `holder.method()`."""
        func = getattr(self.node, "func", None)
        return func.value if isinstance(func, ast.Attribute) else None

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 0))

    def get(self, name: str, place: int | None = None) -> Value | None:
        """The argument of a parameter, by its name or its place; None where it is not given."""
        return self.given.get(name, place)

    def has(self, name: str) -> bool:
        """Whether an argument is given and is not None: a seed or a generator."""
        return is_something(self.given.get(name))

    def site(self, rule: str, generator: str | None = None, what: str = "") -> Site:
        """The place of this call."""
        return self.machine.site(self.scope, self.node, rule, what or self.name, generator)

    def draw(self, generator: str, what: str = "", *, rule: str = "") -> Site:
        """The call draws from a generator that all share."""
        return self.machine.draw(self.scope, self.node, generator, what or self.name, rule=rule)

    def draw_later(self, generator: str, what: str = "", *, rule: str = "") -> Site:
        """The call makes something that will draw when it is used."""
        return self.machine.draw_later(self.scope, self.node, generator, what or self.name, rule=rule)

    def renamed(self, name: str) -> Call:
        """The same call, told under another name."""
        return Call(self.machine, self.scope, self.node, name, self.given)


Answer = Any
"""What a handler returns: a `Value`, or None where the call is to be answered as any other."""
