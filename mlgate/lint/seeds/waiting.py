"""Methods that nothing in the project calls: a library may call them when it is given the object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.lint.seeds.machine import Machine
from mlgate.lint.seeds.values import Class, Function, Value

_PROTOCOL = frozenset({"__getitem__", "__iter__", "__next__", "__call__", "__len__", "forward"})
"""Methods that Python or PyTorch call of any object."""
_AFTER_DOTS = re.compile(r"\.(\w+)")
"""What is named as an attribute: of the project's own base class only such methods are called."""


def methods_to_come(machine: Machine) -> Iterator[Function]:
    """Methods of the objects that were made which nothing has called yet."""
    seen: set[int] = set()
    named = {name for code in machine.codes.values() for name in _AFTER_DOTS.findall(code.module.text)}
    for instance in list(machine.instances):
        for owner in _lineage(instance.cls):
            is_of_library = any(not root.startswith("builtins.") for root in owner.roots())
            for name, value in owner.attrs.items():
                if not isinstance(value, Function) or id(value.node) in seen or id(value.node) in machine.visited:
                    continue
                if is_of_library or name in _PROTOCOL or name in named:
                    seen.add(id(value.node))
                    yield value.bound(instance)


def _lineage(cls: Value | None, depth: int = 0) -> Iterator[Class]:
    if isinstance(cls, Class) and depth < 8:
        yield cls
        for base in cls.bases:
            yield from _lineage(base, depth + 1)
