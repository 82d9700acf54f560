"""Conditions over the columns of a row: a closed grammar, parsed to a tree and never run as code.

The grammar is loaded where a condition is read: most schemas have none, and a hook should start at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlgate.config.document import Node
from mlgate.config.reading import JsonSchema, Reading, nearest
from mlgate.config.scalars import Text
from mlgate.errors import ConfigError
from mlgate.late import dataclass
from mlgate.outcome import Location

if TYPE_CHECKING:
    from mlgate.config.expression_tree import Tree


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition of a row.

    Parameters
    ----------
    text : as written
    tree : its parsed form
    columns : names that it speaks of, each once
    """

    text: str
    tree: Tree
    columns: tuple[str, ...]


def check_condition(tree: Tree, kinds: Mapping[str, str], *, what: str, place: Location) -> None:
    """Refuse a condition that names an undeclared column, or compares what cannot be compared.

    Parameters
    ----------
    kinds : types of the declared columns by name
    what : what the condition is, as the error says it

    Raises
    ------
    ConfigError
        At the place.
    """
    from mlgate.config.expression_tree import columns_of
    from mlgate.config.expression_types import check_types

    for name in columns_of(tree):
        if name not in kinds:
            fact = f"{what} names {name!r}, which is not declared"
            raise ConfigError(fact, hint=nearest(name, kinds), path=place.path, line=place.line)
    try:
        check_types(tree, kinds)
    except ValueError as problem:
        hint = "correct the condition, or the declared type"
        raise ConfigError(f"{what}: {problem}", hint=hint, path=place.path, line=place.line) from None


class ExpressionKind:
    """A condition as text; `mlgate/config/expression_parser.py` has the grammar."""

    def parse(self, node: Node, reading: Reading) -> Expression:
        from mlgate.config.expression_parser import parse_condition
        from mlgate.config.expression_tokens import ExpressionError
        from mlgate.config.expression_tree import columns_of

        text = Text().parse(node, reading)
        try:
            tree = parse_condition(text)
        except ExpressionError as mistake:
            raise node.error(mistake.message, hint=mistake.hint) from None
        return Expression(text=text, tree=tree, columns=columns_of(tree))

    def json_schema(self) -> JsonSchema:
        from mlgate.config.expression_parser import MAX_LENGTH

        return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
