"""Types that a suite does not declare and its checks stand for: only numbers lie between 0 and 1.

A text file's column without a type holds texts, which are neither added up nor compared with numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlgate.config import expression_tree as t
from mlgate.config.expression_parser import parse_condition
from mlgate.config.expression_tokens import ExpressionError
from mlgate.data.imports.declarations import Check, Entry

_SETS = ("in_set", "not_in_set", "distinct_in_set", "distinct_contain", "distinct_equal", "most_common")
_BOUNDS = ("between", "min", "max")
_NUMBERS = ("mean", "median", "std", "sum", "quantile", "z_score")
OF_TEXT = ("regex", "not_regex", "fullmatch", "length", "datetime_format", "json", "json_schema")
"""Checks that look at texts: a column that has one is not declared otherwise."""


def implied_types(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Types that the checks of each column stand for: none, one, or several that contradict each other."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        for check in entry.checks:
            for column, type_ in (*_of_check(entry, check), *_of_condition(check.where)):
                if type_:
                    found.setdefault(column, set()).add(type_)
    return found


def _of_check(entry: Entry, check: Check) -> Iterator[tuple[str, str]]:
    argument = check.argument
    if entry.column is None:
        if check.check == "row_sum":
            yield from ((name, "number") for name in argument["columns"])
        elif check.check == "pair_in_set":
            yield argument["a"], _type_of([pair[0] for pair in argument["pairs"]])
            yield argument["b"], _type_of([pair[1] for pair in argument["pairs"]])
    elif check.check in OF_TEXT:
        yield entry.column, "string"
    elif check.check in _NUMBERS:
        yield entry.column, "number"
    elif check.check in _SETS:
        yield entry.column, _type_of(argument["values"] if isinstance(argument, dict) else argument)
    elif check.check in _BOUNDS:
        ends = list(argument.values()) if isinstance(argument, dict) else argument
        yield entry.column, _type_of([end for end in ends if end is not None])


def _type_of(values: Sequence[Any]) -> str:
    """`number` or `boolean` where all the values are; texts may be anything that is written."""
    if not values or any(isinstance(value, str) or value is None for value in values):
        return ""
    booleans = [isinstance(value, bool) for value in values]
    return "boolean" if all(booleans) else "" if any(booleans) else "number"


def _of_condition(where: str) -> Iterator[tuple[str, str]]:
    """A column that is compared with a number, or with true or false, holds such values."""
    try:
        tree = parse_condition(where) if where else t.Literal("")
    except ExpressionError:
        return
    for node in t.walk(tree):
        match node:
            case t.Compare(left=t.ColumnName(name=name), right=t.Literal(value=value)):
                yield name, _type_of([value])
            case t.Compare(left=t.Literal(value=value), right=t.ColumnName(name=name)):
                yield name, _type_of([value])
            case t.Member(value=t.ColumnName(name=name), members=members):
                yield name, _type_of([member.value for member in members])
