"""Files of settings that a script reads: which of their values are null, so that a seed from there is none."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlgate.lint.seeds.values import FIXED, Instance, Maybe, Result, Value, text_of

if TYPE_CHECKING:
    from mlgate.lint.seeds.call import Call
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope

_ENTRY = re.compile(r"(?P<key>[A-Za-z_][\w-]*)\s*:(?:\s+(?P<value>.*))?$")
_NULLS = frozenset({"null", "Null", "NULL", "~"})


def read_by(call: Call) -> Value:
    """`yaml.safe_load(stream)`, `OmegaConf.load(path)`: what is read, where the code says from which file."""
    source = call.given.positional[0] if call.given.positional else FIXED
    path = source.path if isinstance(source, Result) else text_of(source)
    return _read(call.machine, call.scope, path) if path else FIXED


def of_hydra(machine: Machine, scope: Scope, decorator: ast.expr) -> Value:
    """The config of `@hydra.main(config_path="conf", config_name="config")`."""
    if not isinstance(decorator, ast.Call):
        return FIXED
    given = {word.arg: text_of(machine.evaluate(scope, word.value)) for word in decorator.keywords if word.arg}
    name = given.get("config_name")
    if name is None:
        return FIXED
    name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    return _read(machine, scope, f"{given.get('config_path') or '.'}/{name}")


def _read(machine: Machine, scope: Scope, path: str) -> Value:
    text = machine.settings(path, scope.module.path) if machine.settings is not None else None
    return FIXED if text is None else values_of(text)


def values_of(text: str) -> Value:
    """The keys of a YAML mapping, with those of mappings within it; null is None unless the user gives something.

    Only block style is read. Of anything else, what it holds counts as fixed.
    """
    top = _Mapping(-1, Instance(None, rest=FIXED))
    around = [top]
    for line in text.splitlines():
        bare = line.split(" #")[0].rstrip()
        content = bare.lstrip(" ")
        if not content or content.startswith(("#", "---")):
            continue
        depth = len(bare) - len(content)
        opened = around[-1].settle(depth, is_item=content.startswith("- "))
        if opened is not None:
            around.append(opened)
        match = _ENTRY.match(content)
        if match is not None:
            while around[-1].depth >= depth:
                around.pop()
            around[-1].add(depth, match["key"], (match["value"] or "").strip())
    for mapping in around:
        mapping.settle(-1, is_item=False)
    return top.held


class _Mapping:
    """A mapping whose lines are read: `depth` is that of its key."""

    __slots__ = ("_open", "depth", "held")

    def __init__(self, depth: int, held: Instance) -> None:
        self.depth = depth
        self.held = held
        self._open: tuple[int, str] | None = None  # depth and name of a key without a value, as yet

    def add(self, depth: int, key: str, value: str) -> None:
        """A line `key: value`."""
        if value in _NULLS:
            self.held.attrs[key] = Maybe(key)
        elif not value:
            self._open = depth, key

    def settle(self, depth: int, *, is_item: bool) -> _Mapping | None:
        """What a key without a value holds, by the next line: a mapping, a list, or nothing."""
        if self._open is None:
            return None
        (column, key), self._open = self._open, None
        inner = Instance(None, rest=FIXED)
        if is_item and depth >= column:
            return _Mapping(column, inner)  # what stands in lists is not told apart
        if depth > column:
            self.held.attrs[key] = inner
            return _Mapping(column, inner)
        self.held.attrs[key] = Maybe(key)
        return None
