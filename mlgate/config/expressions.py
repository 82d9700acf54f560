"""Conditions over the columns of a row: a closed grammar, parsed to a tree and never run as code."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.config.document import Node
from mlgate.config.expression_parser import MAX_LENGTH, parse_condition
from mlgate.config.expression_tokens import ExpressionError
from mlgate.config.expression_tree import Tree, columns_of
from mlgate.config.reading import JsonSchema, Reading
from mlgate.config.scalars import Text


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


class ExpressionKind:
    """A condition as text; `mlgate/config/expression_parser.py` has the grammar."""

    def parse(self, node: Node, reading: Reading) -> Expression:
        text = Text().parse(node, reading)
        try:
            tree = parse_condition(text)
        except ExpressionError as mistake:
            raise node.error(mistake.message, hint=mistake.hint) from None
        return Expression(text=text, tree=tree, columns=columns_of(tree))

    def json_schema(self) -> JsonSchema:
        return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
