"""Arguments of a call, and what parameters hold in the function that is called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlgate.lint.seeds import seeding
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Table,
    Value,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.call import Call
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope


class Given:
    """What a call gives: `is_open` where a `*list` or `**dict` that is not known may hold more."""

    __slots__ = ("by_caller", "by_options", "is_open", "keywords", "positional", "spread")

    def __init__(
        self,
        positional: list[Value] | None = None,
        keywords: dict[str, Value] | None = None,
        *,
        is_open: bool = False,
        by_caller: bool = False,
        by_options: bool = False,
    ) -> None:
        self.positional = positional or []
        self.keywords = keywords or {}
        self.is_open = is_open
        self.by_caller = by_caller  # the caller is not seen: a default of None may be filled
        self.by_options = by_options  # a command line calls: the user may give what has a default
        self.spread: Value | None = None  # the value after ** that is not known

    def get(self, name: str, place: int | None = None) -> Value | None:
        """The argument of a parameter, by its name or its place; None where it is not given."""
        if name in self.keywords:
            return self.keywords[name]
        if place is not None and place < len(self.positional):
            return self.positional[place]
        return None

    def all(self) -> list[Value]:
        """Every value that is given."""
        return [*self.positional, *self.keywords.values()]


BY_CALLER = Given(by_caller=True)


def given_of(machine: Machine, scope: Scope, node: ast.Call) -> Given:
    """Evaluate the arguments of a call."""
    given = Given()
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = machine.evaluate(scope, argument.value)
            if isinstance(value, Items):
                given.positional.extend(value.elements)
            else:
                given.is_open = True
        else:
            given.positional.append(machine.evaluate(scope, argument))
    for keyword in node.keywords:
        value = machine.evaluate(scope, keyword.value)
        if keyword.arg is not None:
            given.keywords[keyword.arg] = value
            seeding.names_something(keyword.arg, value)
        elif isinstance(value, Table):
            given.keywords.update(value.entries)
            given.is_open = given.is_open or value.is_open
        elif isinstance(value, Instance) and value.cls is None:
            given.keywords.update(value.attrs)
            value.escaped = True
        else:
            given.is_open = True
            given.spread = value
    return given


def bind(machine: Machine, function: Function, given: Given, scope: Scope) -> None:
    """Give every parameter of a function its value in the scope of this call."""
    spec = function.node.args
    names = [*spec.posonlyargs, *spec.args]
    positional = list(given.positional)
    if function.self is not None and not _is_static(function.node):
        positional.insert(0, function.self)
    defaults = _defaults(spec)
    for place, parameter in enumerate([*names, *spec.kwonlyargs]):
        name = parameter.arg
        value = positional[place] if place < min(len(positional), len(names)) else given.keywords.get(name)
        if value is None:
            value = function.given.get(name) or function.decorated.get(name)
        if value is None:
            value = _default(machine, function, parameter, defaults.get(name), given)
        scope.names[name] = value
    if spec.vararg:
        scope.names[spec.vararg.arg] = Items(positional[len(names) :]) if not given.is_open else UNKNOWN
    if spec.kwarg:
        known = {parameter.arg for parameter in (*names, *spec.kwonlyargs)}
        rest = {key: value for key, value in given.keywords.items() if key not in known}
        scope.names[spec.kwarg.arg] = Table(rest, is_open=given.is_open or given.by_caller)


def _defaults(spec: ast.arguments) -> dict[str, ast.expr]:
    """The defaults of parameters that have one."""
    names = [*spec.posonlyargs, *spec.args]
    found = {
        parameter.arg: default for parameter, default in zip(reversed(names), reversed(spec.defaults), strict=False)
    }
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            found[parameter.arg] = default
    return found


def _default(machine: Machine, function: Function, parameter: ast.arg, default: ast.expr | None, given: Given) -> Value:
    if default is None:
        return _annotated(machine, function.scope, parameter)
    value = machine.evaluate(function.scope, default)
    if given.is_open and not given.by_caller:
        return value if not (isinstance(value, Known) and value.const is None) else UNKNOWN
    if given.by_options and isinstance(value, Known):
        return Maybe(f"--{parameter.arg}") if value.const is None else Option(value, f"--{parameter.arg}")
    if given.by_caller and isinstance(value, Known):
        return Maybe(parameter.arg) if value.const is None else FIXED
    return value


def _annotated(machine: Machine, scope: Scope, parameter: ast.arg) -> Value:
    """What a parameter without a value is, by its annotation."""
    annotation = parameter.annotation
    if not isinstance(annotation, (ast.Name, ast.Attribute)):
        return UNKNOWN
    found = machine.evaluate(scope, annotation)
    if isinstance(found, External):
        if found.name.startswith(("pandas.", "omegaconf.")):
            return Result("pandas.DataFrame") if found.name.startswith("pandas.") else FIXED
        if found.name in ("numpy.random.Generator", "numpy.random.RandomState", "random.Random"):
            return Result(found.name)
    if isinstance(found, Class):
        return Instance(found)
    return UNKNOWN


def _is_static(node: ast.AST) -> bool:
    return any(
        isinstance(decorator, ast.Name) and decorator.id == "staticmethod"
        for decorator in getattr(node, "decorator_list", [])
    )


def fill(call: Call, made: Instance, cls: Class) -> None:
    """Make an object: its fields where it is a record, else by its `__init__`."""
    machine = call.machine
    maker = cls.find("__init__")
    if isinstance(maker, Function):
        machine.invoke(maker.bound(made), call.given)
    elif _is_record(cls):
        for place, (name, default) in enumerate(_fields(cls).items()):
            value = call.get(name, place)
            if value is None and call.given.by_caller and isinstance(default, Known):
                value = Maybe(name) if default.const is None else FIXED
            made.attrs[name] = value if value is not None else default
        later = cls.find("__post_init__")
        if isinstance(later, Function):
            machine.invoke(later.bound(made), Given())
    else:
        from mlgate.lint.seeds.families import library_call

        for root in cls.roots():
            library_call(call.renamed(root))
            break


def _is_record(cls: Class, depth: int = 0) -> bool:
    if cls.is_record or any(name.rpartition(".")[2] in _RECORDS for name in cls.roots()):
        return True
    return depth < 8 and any(isinstance(base, Class) and _is_record(base, depth + 1) for base in cls.bases)


_RECORDS = frozenset({"BaseModel", "BaseSettings", "NamedTuple", "Struct", "TrainingArguments", "Tap", "TypedDict"})
"""Classes of libraries, by their last name, whose fields are what is given when an object is made."""


def _fields(cls: Class) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for base in reversed(cls.bases):
        if isinstance(base, Class):
            fields.update(_fields(base))
    fields |= {name: value for name, value in cls.attrs.items() if not isinstance(value, Function)}
    return fields
