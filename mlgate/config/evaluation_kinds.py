"""Kinds of values that only an evaluation of `mlgate.yaml` has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate.config import fields as f
from mlgate.config.document import Node

_RELATIVE = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*%")
_FUNCTION = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class ToleranceKind:
    """A number of at least 0, or a share of the baseline's value as `2%`."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[float, bool]:
        match = _RELATIVE.fullmatch(node.value) if isinstance(node.value, str) else None
        if match is None:
            return float(f.Number(low=0).parse(node, reading)), False
        value = float(match[1]) / 100
        if not 0 < value < 1:
            raise node.error(f"a relative tolerance lies above 0 % and below 100 %, found {node.text}")
        return value, True

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{_RELATIVE.pattern}$"}]}


@dataclass(frozen=True, slots=True)
class FunctionKind:
    """`module:function` of the project."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        text = f.Text().parse(node, reading)
        if not _FUNCTION.fullmatch(text):
            raise node.error(f"{text!r} is not a function", hint="write module:function, e.g. clinic.metrics:cost")
        return text

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "pattern": f"^{_FUNCTION.pattern}$"}


@dataclass(frozen=True, slots=True)
class OneOrManyKind:
    """A column, or (a label set) its indicator columns."""

    def parse(self, node: Node, reading: f.Reading) -> str | tuple[str, ...]:
        if isinstance(node.value, list):
            return f.ListOf(f.Text(), least=2).parse(node, reading)
        return f.Text().parse(node, reading)

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [f.Text().json_schema(), f.ListOf(f.Text(), least=2).json_schema()]}


@dataclass(frozen=True, slots=True)
class ScoreKind:
    """The column of the positive class's score, or a column per class."""

    def parse(self, node: Node, reading: f.Reading) -> str | dict[str, str]:
        if isinstance(node.value, dict):
            columns = f.MapOf(lambda _name, child, state: f.Text().parse(child, state), f.Text().json_schema, least=2)
            found = columns.parse(node, reading)
            if len(set(found.values())) < len(found):
                raise node.error("one column is the score of two classes", hint="name a column per class")
            return found
        return f.Text().parse(node, reading)

    def json_schema(self) -> f.JsonSchema:
        many = {"type": "object", "additionalProperties": f.Text().json_schema(), "minProperties": 2}
        return {"anyOf": [f.Text().json_schema(), many]}
