"""Methods that nothing in the project calls: a library may call them when it is given the object."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.lint.seeds.machine import Machine
from mlgate.lint.seeds.values import Class, Function, Value

_PROTOCOL = frozenset({"__getitem__", "__iter__", "__next__", "__call__", "__len__", "forward"})


def methods_to_come(machine: Machine) -> Iterator[Function]:
    """Methods of the objects that were made which nothing has called yet."""
    seen: set[int] = set()
    for instance in list(machine.instances):
        for owner in _lineage(instance.cls):
            for name, value in owner.attrs.items():
                if not isinstance(value, Function) or id(value.node) in seen or id(value.node) in machine.visited:
                    continue
                if _may_be_called(machine, owner, name):
                    seen.add(id(value.node))
                    yield value.bound(instance)


def _may_be_called(machine: Machine, owner: Class, name: str) -> bool:
    """Whether a library may call a method: of its own base class any, else special ones and those that are named."""
    if name in _PROTOCOL or any(not root.startswith("builtins.") for root in owner.roots()):
        return True
    return any(f".{name}" in code.module.text for code in machine.codes.values())


def _lineage(cls: Value | None, depth: int = 0) -> Iterator[Class]:
    if isinstance(cls, Class) and depth < 8:
        yield cls
        for base in cls.bases:
            yield from _lineage(base, depth + 1)
