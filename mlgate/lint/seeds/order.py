"""Orders that differ between runs and machines: listings of folders, sets of texts; and what depends on them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, UNCONTROLLED
from mlgate.lint.seeds.values import Class, Either, Instance, Items, Known, Order, Result, Table, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine
    from mlgate.lint.seeds.scopes import Scope


def listing(scope: Scope, node: ast.AST, what: str) -> Items:
    """What `os.listdir` and its like return: in the order of the file system."""
    return Items([Result("pathlib.Path")], order=Order("unsorted-listing", scope, node, what))


def set_of(scope: Scope, elements: list[Value], node: ast.AST) -> Items:
    """A set: the order of texts differs between processes, that of numbers does not."""
    numbers = bool(elements) and all(
        isinstance(item, Known) and isinstance(item.const, (int, float, type(None))) for item in elements
    )
    return Items(elements, is_set=True, order=None if numbers else Order("hash-order", scope, node, "a set"))


def begun(scope: Scope, value: Value, node: ast.AST) -> Order | None:
    """The order of what is made of a list or set in this place: of a set it begins here."""
    if isinstance(value, Items) and value.is_set and value.order is not None:
        return Order(value.order.rule, scope, node, value.order.what)
    return order_of(value)


def order_of(value: Value) -> Order | None:
    """Why the order of a value may differ, or None."""
    if isinstance(value, Either):
        return next((found for member in value.members if (found := order_of(member)) is not None), None)
    return value.order if isinstance(value, Items) else None


def used(machine: Machine, scope: Scope, disorder: Order, node: ast.AST) -> None:
    """The order reached something that depends on it: the place told is where the order began."""
    site = machine.site(disorder.scope, disorder.node, disorder.rule, disorder.what)
    verdict = CONDITIONAL if machine.asked else UNCONTROLLED
    where = "" if scope.module.path == disorder.scope.module.path else f" of {scope.module.path}"
    site.reached(verdict, f"used in line {getattr(node, 'lineno', 0)}{where}")


def use_all(machine: Machine, scope: Scope, values: list[Value], node: ast.AST) -> None:
    """Something that depends on the order was given these values."""
    for value in values:
        disorder = order_of(value)
        if disorder is not None:
            used(machine, scope, disorder, node)


def use_all_within(machine: Machine, scope: Scope, values: Iterable[Value], node: ast.AST, depth: int = 0) -> None:
    """Values were written down, with the lists and tables that they hold; sets in them are the writer's concern."""
    for value in values:
        if isinstance(value, Items) and not value.is_set and value.order is not None:
            used(machine, scope, value.order, node)
        if depth < 3 and isinstance(value, (Items, Table)):
            inner = value.elements if isinstance(value, Items) else list(value.entries.values())
            use_all_within(machine, scope, inner, node, depth + 1)


def kept(machine: Machine, scope: Scope, owner: Value, value: Value) -> None:
    """A dataset keeps a list as its samples."""
    disorder = order_of(value)
    if disorder is None or not isinstance(value, Items) or value.is_set:
        return
    cls = owner.cls if isinstance(owner, Instance) else owner
    if isinstance(cls, Class) and (
        cls.find("__getitem__") is not None or any("Dataset" in name for name in cls.roots())
    ):
        used(machine, scope, disorder, disorder.node)


def numbered(machine: Machine, scope: Scope, disorder: Order, node: ast.For | ast.AsyncFor) -> None:
    """A loop over such an order has run: where it numbers what it runs over and keeps the numbers, they differ."""
    if is_numbering(node.iter) and _stores_number(node):
        used(machine, scope, disorder, node)


def filled(machine: Machine, target: Items) -> None:
    """A list grew by one in a loop."""
    if machine.loops and target.order is None:
        target.order = machine.loops[-1]


def is_numbering(iterated: ast.expr) -> bool:
    """Whether a loop numbers what it runs over."""
    match iterated:
        case ast.Call(func=ast.Name(id="enumerate")):
            return True
        case ast.Call(func=ast.Name(id="zip"), args=args):
            return any(isinstance(arg, ast.Call) and "range" in ast.dump(arg.func) for arg in args)
    return False


def _stores_number(node: ast.For | ast.AsyncFor) -> bool:
    """Whether the number of `for number, item in enumerate(...)` is stored, and not only shown."""
    if not (isinstance(node.target, ast.Tuple) and node.target.elts and isinstance(node.target.elts[0], ast.Name)):
        return False
    number = node.target.elts[0].id
    for statement in node.body:
        for part in ast.walk(statement):
            match part:
                case ast.Assign(targets=[ast.Subscript(slice=key)], value=value):
                    stored = [value, key]
                case ast.Call(func=ast.Attribute(attr="append" | "add" | "setdefault"), args=args):
                    stored = args
                case _:
                    continue
            if any(isinstance(item, ast.Name) and item.id == number for whole in stored for item in ast.walk(whole)):
                return True
    return False


def files_of_walk(node: ast.For | ast.AsyncFor, disorder: Order | None) -> tuple[str, Value] | None:
    """Of `for folder, folders, files in os.walk(...)` whose body sorts the folders: the files, whose order is left.

    `folders.sort()` and `folders[:] = sorted(...)` fix in which order folders are walked.
    """
    if disorder is None or disorder.what != "os.walk" or not isinstance(node.target, ast.Tuple):
        return None
    match node.target.elts:
        case [_, ast.Name(id=folders), ast.Name(id=files)] if any(_sorts(part, folders) for part in node.body):
            return files, Items([Result("builtins.str")], order=disorder)
    return None


def _sorts(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="sort"))):
            return owner == name
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=owner), slice=ast.Slice())],
            value=ast.Call(func=ast.Name(id="sorted")),
        ):
            return owner == name
    return False
