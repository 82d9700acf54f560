"""Orders that differ between runs and machines: listings of folders, sets of texts; and what depends on them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlgate.lint.finding import CONDITIONAL, UNCONTROLLED
from mlgate.lint.seeds.values import Class, Either, Instance, Items, Known, Order, Result, Scope, Table, Value

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine


def listing(node: ast.AST, what: str) -> Items:
    """What `os.listdir` and its like return: in the order of the file system."""
    return Items([Result("pathlib.Path")], order=Order("unsorted-listing", node, what))


def set_of(elements: list[Value], node: ast.AST) -> Items:
    """A set: the order of texts differs between processes, that of numbers does not."""
    numbers = bool(elements) and all(
        isinstance(item, Known) and isinstance(item.const, (int, float, type(None))) for item in elements
    )
    return Items(elements, is_set=True, order=None if numbers else Order("hash-order", node, "a set"))


def begun(items: Items, node: ast.AST) -> Order | None:
    """The order of a list that is made of these: of a set it begins here."""
    if items.is_set and items.order is not None:
        return Order(items.order.rule, node, items.order.what)
    return items.order


def order_of(value: Value) -> Order | None:
    """Why the order of a value may differ, or None."""
    if isinstance(value, Either):
        return next((found for member in value.members if (found := order_of(member)) is not None), None)
    return value.order if isinstance(value, Items) else None


def used(machine: Machine, scope: Scope, disorder: Order, node: ast.AST) -> None:
    """The order reached something that depends on it: the place told is where the order began."""
    site = machine.site(scope, disorder.node, disorder.rule, disorder.what)
    verdict = CONDITIONAL if machine.asked else UNCONTROLLED
    site.reached(verdict, f"used in line {getattr(node, 'lineno', 0)}")


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


@contextmanager
def iterating(machine: Machine, scope: Scope, iterated: Value, node: ast.For | ast.AsyncFor) -> Iterator[None]:
    """A loop over such an order: the lists that it fills take the order over."""
    disorder = begun(iterated, node.iter) if isinstance(iterated, Items) else order_of(iterated)
    if disorder is None:
        yield
        return
    machine.loops.append(disorder)
    try:
        yield
    finally:
        machine.loops.pop()
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
    for statement in ast.walk(ast.Module(body=node.body, type_ignores=[])):
        match statement:
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                if any(
                    isinstance(part, ast.Name) and part.id == number
                    for part in [*ast.walk(value), *ast.walk(target.slice)]
                ):
                    return True
            case ast.Call(func=ast.Attribute(attr="append" | "add" | "setdefault"), args=args):
                if any(isinstance(part, ast.Name) and part.id == number for arg in args for part in ast.walk(arg)):
                    return True
    return False
