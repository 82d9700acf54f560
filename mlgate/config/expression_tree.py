"""The parsed form of a condition: a few frozen kinds of nodes, and nothing else can stand in a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KEYWORDS = ("and", "or", "not", "is", "null", "in", "between", "true", "false")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")
OPERATORS = ("+", "-", "*", "/", "%")
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "length": (1, 1),
    "lower": (1, 1),
    "upper": (1, 1),
    "trim": (1, 1),
    "round": (1, 2),
    "coalesce": (2, 20),
}
"""The functions that a condition may call, with the least and the largest number of arguments."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false. Dates and times are text."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class ColumnName:
    """The value of a column, named exactly as in the file."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One of `FUNCTIONS`."""

    function: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`first`, then each operator with its operand from left to right; all of them bind equally."""

    first: Value
    rest: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """`left sign right`, with one of `SIGNS`."""

    sign: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Member:
    """The value is one of the literals."""

    value: Value
    members: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    operand: Tree


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Tree, ...]


Value = Literal | ColumnName | Call | Negative | Arithmetic
Condition = Compare | Member | IsNull | Not | And | Or
Tree = Value | Condition
"""A column of true and false is a condition too."""


def children(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Literal() | ColumnName():
            return ()
        case Call(arguments=arguments):
            return arguments
        case Negative(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Compare(left=left, right=right):
            return (left, right)
        case Member(value=value, members=members):
            return (value, *members)
        case IsNull(value=value):
            return (value,)
        case And(parts=parts) | Or(parts=parts):
            return parts


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and all below it, from left to right."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def columns_of(tree: Tree) -> tuple[str, ...]:
    """Names of the columns that it speaks of, each once, in the order in which they stand."""
    return tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, ColumnName)))


def may_divide_by_zero(tree: Tree) -> bool:
    """Whether there is a division, or a remainder, by anything but a number other than zero."""
    divisors = [
        operand for node in walk(tree) if isinstance(node, Arithmetic) for sign, operand in node.rest if sign in "/%"
    ]
    return any(not isinstance(divisor, Literal) or not divisor.value for divisor in divisors)


def written(value: Value) -> str:
    """A value as it is written in a condition.

    Examples
    --------
    >>> written(Arithmetic(ColumnName("a"), (("+", Call("abs", (ColumnName("unit price"),))),)))
    'a + abs("unit price")'
    """
    match value:
        case Literal(value=bool() as flag):
            return str(flag).lower()
        case Literal(value=str() as text):
            return "'" + text.replace("'", "''") + "'"
        case Literal(value=number):
            return repr(number)
        case ColumnName(name=name):
            plain = name.isidentifier() and name.lower() not in KEYWORDS
            return name if plain else '"' + name.replace('"', '""') + '"'
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(written(argument) for argument in arguments)})"
        case Negative(operand=operand):
            return f"-{_inner(operand)}"
        case Arithmetic(first=first, rest=rest):
            return " ".join([_inner(first), *(f"{sign} {_inner(operand)}" for sign, operand in rest)])


def _inner(value: Value) -> str:
    return f"({written(value)})" if isinstance(value, (Arithmetic, Negative)) else written(value)
