"""Kinds of the arguments of checks of columns: how each is written, and how an editor checks it."""

from __future__ import annotations

import re
from typing import Any

from mlgate.config import fields as f
from mlgate.config.bounds import BoundKind, Pattern
from mlgate.config.column_arguments import DomainMass, JsonSchema, MostCommon, Order, Patterns, ZScore
from mlgate.config.document import Node
from mlgate.config.json_schema_mistakes import mistake_in
from mlgate.config.schema import Bound
from mlgate.late import dataclass

VALUES = f.ListOf(f.Anything(), least=1)
"""Members of a set."""


def parse_whole(struct: f.Struct, node: Node, reading: f.Reading) -> dict[str, Any]:
    """The values of a mapping without mistakes.

    Raises
    ------
    ConfigError
        The last mistake of several; the others are among those of `reading`.
    """
    before = len(reading.mistakes)
    values = struct.parse(node, reading)
    if len(reading.mistakes) > before:
        raise reading.mistakes.pop()
    return values


_PATTERNS = f.ListOf(Pattern(), least=1)
_ANY_OR_ALL = f.Struct(
    "patterns", {"any": f.Key(_PATTERNS, "one of these at least"), "all": f.Key(_PATTERNS, "each of these")}
)


@dataclass(frozen=True, slots=True)
class PatternsKind:
    """A pattern, or a list of them; with `both_ways` also `{any: [...]}` and `{all: [...]}`. A list means any."""

    both_ways: bool = True

    def parse(self, node: Node, reading: f.Reading) -> str | Patterns:
        if isinstance(node.value, list):
            return Patterns(_PATTERNS.parse(node, reading))
        if isinstance(node.value, dict) and self.both_ways:
            values = parse_whole(_ANY_OR_ALL, node, reading)
            if len(values) != 1:
                raise node.error("patterns are met in one way", hint="write {any: [...]} or {all: [...]}")
            ((way, texts),) = values.items()
            return Patterns(texts, every=way == "all")
        return Pattern().parse(node, reading)

    def json_schema(self) -> f.JsonSchema:
        mapping = [_ANY_OR_ALL.json_schema() | {"minProperties": 1, "maxProperties": 1}] * self.both_ways
        return {"anyOf": [Pattern().json_schema(), _PATTERNS.json_schema(), *mapping]}


class LengthKind:
    """A bound on a number of characters, or that number."""

    _NUMBER = f.Number(low=0, integer=True)

    def parse(self, node: Node, reading: f.Reading) -> Bound:
        if isinstance(node.value, list | dict):
            return BoundKind().parse(node, reading)
        size = self._NUMBER.parse(node, reading)
        return Bound(min=size, max=size)

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [self._NUMBER.json_schema(), BoundKind().json_schema()]}


class DateFormatKind:
    """Text with strftime directives, of which only those are taken that one text can be written in."""

    DIRECTIVES = (
        *("%Y", "%y", "%m", "%-m", "%B", "%b", "%d", "%-d", "%j", "%-j", "%A", "%a"),
        *("%H", "%-H", "%I", "%-I", "%p", "%M", "%-M", "%S", "%-S", "%f", "%z", "%%"),
    )
    _DIRECTIVE = re.compile(r"%-?.?", re.DOTALL)

    def parse(self, node: Node, reading: f.Reading) -> str:
        text = f.Text().parse(node, reading)
        found = self._DIRECTIVE.findall(text)
        known = ", ".join(self.DIRECTIVES)
        for directive in found:
            if directive not in self.DIRECTIVES:
                raise node.error(f"{directive!r} is no directive that is checked", hint=f"known: {known}")
        named = {directive.replace("-", "") for directive in found} - {"%%"}
        if not named:
            raise node.error(f"{text!r} holds no directive", hint="write e.g. '%d.%m.%Y'")
        if "%z" in found and (not text.endswith("%z") or found.count("%z") > 1):
            raise node.error("%z must end the format", hint="write e.g. '%Y-%m-%dT%H:%M:%S%z'")
        self._consistent(named, node)
        return text

    @staticmethod
    def _consistent(named: set[str], node: Node) -> None:
        month, day = named & {"%m", "%B", "%b"}, named & {"%d"}
        if named & {"%A", "%a"} and not (named & {"%Y", "%y"} and (named & {"%j"} or (month and day))):
            fact = "the day of the week is judged by the date, which the format lacks"
            raise node.error(fact, hint="add day, month and year")
        if named & {"%I", "%p"} and not {"%I", "%p"} <= named:
            raise node.error("%I and %p go together", hint="write %H for hours from 0 to 23")
        for one, other in (("%H", {"%I"}), ("%j", month | day), ("%Y", {"%y"}), ("%B", {"%b"})):
            if one in named and named & other:
                raise node.error(f"{one} and {min(named & other)} say the same", hint="keep one of them")

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "minLength": 2, "pattern": "%"}


class OrderKind:
    """`true`, or `{strictly: true}`."""

    _MAPPING = f.Struct("the order", {"strictly": f.Key(f.Boolean(), "whether neighbours must differ", required=True)})

    def parse(self, node: Node, reading: f.Reading) -> Order:
        if isinstance(node.value, dict):
            return Order(**parse_whole(self._MAPPING, node, reading))
        f.Boolean(only=True).parse(node, reading)
        return Order()

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [f.Boolean(only=True).json_schema(), self._MAPPING.json_schema()]}


class MostCommonKind:
    """A list of values, or `{values: [...], ties_okay: true}`."""

    _MAPPING = f.Struct(
        "most_common",
        {
            "values": f.Key(VALUES, "values one of which is the most frequent", required=True),
            "ties_okay": f.Key(f.Boolean(), "whether another value may be as frequent"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> MostCommon:
        if isinstance(node.value, dict):
            return MostCommon(**parse_whole(self._MAPPING, node, reading))
        return MostCommon(VALUES.parse(node, reading))

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [VALUES.json_schema(), self._MAPPING.json_schema()]}


class DomainMassKind:
    """`{values: [...], min: 0.95}`."""

    _MAPPING = f.Struct(
        "domain_mass",
        {
            "values": f.Key(VALUES, "the domain", required=True),
            "min": f.Key(f.Number(above=0, high=1), "share of the values that are in it", required=True),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> DomainMass:
        return DomainMass(**parse_whole(self._MAPPING, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return self._MAPPING.json_schema()


class ZScoreKind:
    """A number of standard deviations, or `{threshold: 3, double_sided: false}`."""

    _THRESHOLD = f.Number(above=0)
    _MAPPING = f.Struct(
        "z_score",
        {
            "threshold": f.Key(_THRESHOLD, "standard deviations from the mean", required=True),
            "double_sided": f.Key(f.Boolean(), "false: only values above the mean"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> ZScore:
        if isinstance(node.value, dict):
            return ZScore(**parse_whole(self._MAPPING, node, reading))
        return ZScore(self._THRESHOLD.parse(node, reading))

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [self._THRESHOLD.json_schema(), self._MAPPING.json_schema()]}


class JsonSchemaKind:
    """A JSON Schema in place, or the path of its file."""

    def parse(self, node: Node, reading: f.Reading) -> JsonSchema:
        if not isinstance(node.value, dict):
            return JsonSchema(path=f.FilePath().parse(node, reading))
        data = node.plain_data()
        schema = data if isinstance(data, dict) else {}
        mistake = mistake_in(schema)
        if mistake:
            raise node.error(mistake.fact, hint=mistake.hint)
        return JsonSchema(schema=schema)

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [f.FilePath().json_schema(), {"type": "object"}]}
