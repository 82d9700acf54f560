"""Great Expectations' row conditions as conditions of ours: four notations, none of them is ever run.

Version 1 writes a tree. Version 0 writes text, for pandas (`DataFrame.query`), for Spark (SQL), or in a notation of its
own (`col("age") >= 18`).
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.expression_parser import MAX_LENGTH
from mlgate.config.expression_tokens import tokens
from mlgate.data import words
from mlgate.data.imports.arguments import finite
from mlgate.data.imports.declarations import NotMappedError

_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OF_AST: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OWN = re.compile(
    r"""\s*col\("(?P<column>[A-Za-z][\w.-]*)"\)\s*
    (?:(?P<null>\.notNull\(\))
      |(?P<sign>>=|<=|==|!=|>|<)\s*
       (?:(?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?:date\()?(?P<quote>["'])(?P<text>[^"']*)(?P=quote)\)?))\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_QUERY_PART = re.compile(r"""(?P<text>"[^"]*"|'[^']*')|`(?P<name>[^`]*)`|(?P<sign>&{1,2}|\|{1,2}|~)""")
_JOINED = {"&": " and ", "|": " or ", "~": " not "}

_UNEQUAL = "rows whose value is missing are judged too, as in pandas; databases leave them out"
MAX_DEPTH = 20


def condition(value: Any, parser: Any) -> tuple[str, tuple[str, ...]]:
    """Text of our condition, and what it chooses otherwise.

    Parameters
    ----------
    value : `row_condition` of an expectation
    parser : its `condition_parser`

    Raises
    ------
    NotMappedError
        It has no counterpart.
    """
    if isinstance(value, Mapping):
        if value.get("type") == "pass_through":
            return condition(value.get("pass_through_filter"), "pandas")
        text = _tree(value, 0)
        return text, (_UNEQUAL,) if " is null)" in text else ()
    if not isinstance(value, str):
        raise NotMappedError("its condition is neither a text nor a tree")
    if len(value) > MAX_LENGTH:
        raise NotMappedError(f"its condition has {len(value):,} characters")
    if parser == "spark":
        return _spark(value), ()
    if parser in ("great_expectations", "great_expectations__experimental__"):
        return _own(value), ()
    return _query(value), ()


def _tree(value: Any, depth: int) -> str:
    if depth > MAX_DEPTH or not isinstance(value, Mapping):
        raise _unknown(value)
    match value.get("type"):
        case "and" | "or" as word if isinstance(value.get("conditions"), Sequence) and value["conditions"]:
            parts = [(_tree(part, depth + 1), part.get("type") in ("and", "or")) for part in value["conditions"]]
            return f" {word} ".join(f"({text})" if joined else text for text, joined in parts)
        case "nullity" if isinstance(value.get("is_null"), bool):
            return f"{_column_of(value)} is {'' if value['is_null'] else 'not '}null"
        case "comparison":
            return _comparison(value)
    raise _unknown(value)


def _comparison(value: Mapping[str, Any]) -> str:
    """pandas takes a missing value as unequal to everything, and as in no list."""
    column, operator, parameter = _column_of(value), value.get("operator"), value.get("parameter")
    if operator == "IN":
        return f"{column} in {_members(parameter)}"
    if operator == "NOT_IN":
        return f"({column} not in {_members(parameter)} or {column} is null)"
    if not isinstance(operator, str) or operator not in _SIGNS:
        raise _unknown(value)
    compared = f"{column} {_SIGNS[operator]} {_literal(parameter)}"
    return f"({compared} or {column} is null)" if operator == "!=" else compared


def _column_of(value: Mapping[str, Any]) -> str:
    column = value.get("column")
    name = column.get("name") if isinstance(column, Mapping) else column
    if not isinstance(name, str):
        raise _unknown(value)
    return column_name(name)


def column_name(name: str) -> str:
    """A column as a condition names it: in double quotes unless it is a plain word that the grammar does not use."""
    if re.fullmatch(r"[^\W\d]\w*", name) and [token.kind for token in tokens(name)] == ["word", "end"]:
        return name
    return '"' + name.replace('"', '""') + '"'


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(finite(value, "a value of its condition"))


def _members(value: Any) -> str:
    if not isinstance(value, list | tuple | set) or not value:
        raise NotMappedError("its condition has a list without members")
    return f"({', '.join(_literal(member) for member in value)})"


def _unknown(value: Any) -> NotMappedError:
    return NotMappedError(f"its condition is of no kind that has a counterpart: {words.short(repr(value))}", "where")


def _own(text: str) -> str:
    match = _OWN.fullmatch(text)
    if not match:
        raise NotMappedError(f"its condition {words.short(text)!r} is not of the notation that it names", "where")
    column = column_name(match["column"])
    if match["null"]:
        return f"{column} is not null"
    literal = match["number"] or _literal(match["text"])
    return f"{column} {_SIGNS[match['sign']]} {literal.lstrip('+')}"


def _spark(text: str) -> str:
    if '"' in text or "`" in text or "\\" in text:
        raise NotMappedError("its condition holds quotes that mean something else in Spark", "where")
    return text


def _query(text: str) -> str:
    """A text of `DataFrame.query`: read as Python's grammar does, and only what is listed here is taken."""
    names: dict[str, str] = {}

    def plain(part: re.Match[str]) -> str:
        if part["text"]:
            return part[0]
        if part["sign"]:
            return _JOINED[part["sign"][0]]
        word = f"quoted_name_{len(names)}"
        names[word] = part["name"]
        return word

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(_QUERY_PART.sub(plain, text).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotMappedError(f"its condition {words.short(text)!r} is not readable", "where") from None
    return _Query(text, names).condition(tree.body, 0)


class _Query:
    """Conditions of a syntax tree; `names` are the columns that stood in backticks, by the words in their place."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self.text = text
        self.names = names

    def condition(self, tree: ast.expr, depth: int) -> str:
        """pandas takes a missing value as unequal to everything, and as in no list."""
        if depth > MAX_DEPTH:
            raise _unknown(self.text)
        match tree:
            case ast.BoolOp(op=op, values=values):
                word = " and " if isinstance(op, ast.And) else " or "
                parts = [(self.condition(value, depth + 1), isinstance(value, ast.BoolOp)) for value in values]
                return word.join(f"({text})" if joined else text for text, joined in parts)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                sides = [left, *comparators]
                pairs = zip(sides, ops, sides[1:], strict=False)
                return " and ".join(self.comparison(*pair) for pair in pairs)
            case ast.Call(func=ast.Attribute(value=ast.Name() as name, attr=method), args=[], keywords=[]):
                if method in ("isnull", "isna", "notnull", "notna"):
                    return f"{self.value(name)} is {'not ' if method.startswith('not') else ''}null"
            case ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call):
                inner = self.condition(call, depth + 1)
                swapped = inner.replace(" is null", " is not null") if inner.endswith(" is null") else ""
                return swapped or inner.replace(" is not null", " is null")
        raise _unknown(self.text)

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        column = self.value(left)
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple | ast.Set):
            members = _members([self.constant(item) for item in right.elts])
            if isinstance(op, ast.In):
                return f"{column} in {members}"
            return f"({column} not in {members} or {column} is null)"
        if type(op) not in _OF_AST:
            raise _unknown(self.text)
        sign, other = _OF_AST[type(op)], self.value(right)
        missing = [self.value(side) for side in (left, right) if isinstance(side, ast.Name)]
        if sign == "<>":
            return f"({' or '.join([f'{column} <> {other}', *(f'{name} is null' for name in missing)])})"
        return f"{column} {sign} {other}"

    def value(self, tree: ast.expr) -> str:
        if isinstance(tree, ast.Name):
            return column_name(self.names.get(tree.id, tree.id))
        return _literal(self.constant(tree))

    def constant(self, tree: ast.expr) -> Any:
        match tree:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
        raise _unknown(self.text)
