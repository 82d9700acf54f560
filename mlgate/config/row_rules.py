"""Checks of the values of a row beside one another, as a schema declares them, and the conditions they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlgate.config import fields as f
from mlgate.config.bounds import BoundKind
from mlgate.config.column_rules import parse_whole
from mlgate.config.document import Node
from mlgate.config.schema import Bound
from mlgate.late import dataclass

if TYPE_CHECKING:
    from mlgate.config import expression_tree as t

MAX_WITHIN = 20
"""Columns of `unique_within_row`: each is compared with each other."""
MAX_PAIRS = 2000
TOLERANCE = 1e-9
"""Of `row_sum` with a single number, so that 0.1 + 0.2 + 0.7 is 1."""

_OPERATORS = {
    "=": "=",
    "<>": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "==": "=",
    "!=": "<>",
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a op b`, with the sign of a condition; `ignore_row_if` is `either_null`, `both_null` or `never`."""

    a: str
    op: str
    b: str
    ignore_row_if: str = "either_null"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.a, self.b)))

    @property
    def tree(self) -> t.Tree:
        from mlgate.config import expression_tree as t

        return t.Compare(self.op, t.ColumnName(self.a), t.ColumnName(self.b))


@dataclass(frozen=True, slots=True)
class Pairs:
    """The values of two columns that may stand together."""

    a: str
    b: str
    pairs: tuple[tuple[Any, Any], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.a, self.b)

    @property
    def tree(self) -> t.Tree:
        """One part per value of `a`, with all that may stand beside it."""
        from mlgate.config import expression_tree as t

        beside: dict[tuple[type, Any], list[t.Literal]] = {}
        for one, other in self.pairs:
            beside.setdefault((type(one), one), []).append(t.Literal(other))
        left, right = t.ColumnName(self.a), t.ColumnName(self.b)
        parts = (
            t.And((t.Compare("=", left, t.Literal(one)), t.Member(right, tuple(many))))
            for (_, one), many in beside.items()
        )
        return t.Or(tuple(parts))


@dataclass(frozen=True, slots=True)
class RowSum:
    """The sum of the values of several columns, in an interval that is wider by `tolerance` on both sides."""

    columns: tuple[str, ...]
    total: Bound
    tolerance: float

    @property
    def sum(self) -> t.Value:
        from mlgate.config import expression_tree as t

        first, *rest = (t.ColumnName(name) for name in self.columns)
        return t.Arithmetic(first, tuple(("+", column) for column in rest))

    @property
    def tree(self) -> t.Tree:
        from mlgate.config import expression_tree as t

        total, slack = self.total, self.tolerance
        ends = ((">=", total.min, -1), (">", total.strict_min, -1), ("<=", total.max, 1), ("<", total.strict_max, 1))
        parts = [
            t.Compare(sign, self.sum, t.Literal(end + side * slack if slack else end))
            for sign, end, side in ends
            if not isinstance(end, str) and end is not None
        ]
        return t.And(tuple(parts))


@dataclass(frozen=True, slots=True)
class Within:
    """Columns whose values differ within a row."""

    columns: tuple[str, ...]

    @property
    def tree(self) -> t.Tree:
        from mlgate.config import expression_tree as t

        names = [t.ColumnName(name) for name in self.columns]
        pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
        return t.And(tuple(t.Compare("<>", one, other) for one, other in pairs))


RowArgument = Comparison | Pairs | RowSum | Within

_SEVERAL = f.ListOf(f.Text(), least=2)


class ComparisonKind:
    """`{a: x, op: le, b: y}`."""

    _KEYS = f.Struct(
        "compare_columns",
        {
            "a": f.Key(f.Text(), "column on the left", required=True),
            "op": f.Key(f.Text(choices=tuple(_OPERATORS)), "comparison: eq ne lt le gt ge, or its sign", required=True),
            "b": f.Key(f.Text(), "column on the right", required=True),
            "ignore_row_if": f.Key(
                f.Text(choices=("either_null", "both_null", "never")),
                "rows that are not judged: either_null by default",
            ),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Comparison:
        values = parse_whole(self._KEYS, node, reading)
        if values["a"] == values["b"]:
            raise node.key_error("b", f"{values['b']!r} is compared with itself", hint="name two columns")
        return Comparison(**values | {"op": _OPERATORS[values["op"]]})

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()


class PairsKind:
    """`{a: x, b: y, pairs: [[1, 2], ...]}`."""

    _KEYS = f.Struct(
        "pair_in_set",
        {
            "a": f.Key(f.Text(), "first column", required=True),
            "b": f.Key(f.Text(), "second column", required=True),
            "pairs": f.Key(
                f.ListOf(f.ListOf(f.Anything(), distinct=False), least=1),
                "[value of a, value of b], ...",
                required=True,
            ),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Pairs:
        values = parse_whole(self._KEYS, node, reading)
        if values["a"] == values["b"]:
            raise node.key_error("b", f"{values['b']!r} is paired with itself", hint="name two columns")
        wrong = next((pair for pair in values["pairs"] if len(pair) != 2), None)
        if wrong is not None:
            raise node.key_error("pairs", f"{list(wrong)} is no pair", hint="write [[1, A], [2, B]]")
        if len(values["pairs"]) > MAX_PAIRS:
            hint = "put them in a file of their own, which `foreign_keys` can refer to"
            raise node.key_error("pairs", f"more than {MAX_PAIRS:,} pairs", hint=hint)
        return Pairs(**values)

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()


class RowSumKind:
    """`{columns: [x, y], total: 1}`; the total is a number or a bound."""

    class _Total:
        def parse(self, node: Node, reading: f.Reading) -> Any:
            is_bound = isinstance(node.value, list | dict)
            total = BoundKind().parse(node, reading) if is_bound else f.Number().parse(node, reading)
            if isinstance(total, Bound):
                for end in (total.min, total.max, total.strict_min, total.strict_max):
                    if isinstance(end, str):
                        raise node.error(f"the end {end!r} is no number")
            return total

        def json_schema(self) -> f.JsonSchema:
            return {"anyOf": [f.Number().json_schema(), BoundKind().json_schema()]}

    _KEYS = f.Struct(
        "row_sum",
        {
            "columns": f.Key(_SEVERAL, "columns that are added", required=True),
            "total": f.Key(_Total(), "what the sum is: a number or a bound", required=True),
            "tolerance": f.Key(f.Number(low=0), "how far the sum may be off; 1e-9 where the total is a number"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> RowSum:
        values = parse_whole(self._KEYS, node, reading)
        total = values["total"]
        if isinstance(total, Bound):
            return RowSum(values["columns"], total, values.get("tolerance", 0))
        return RowSum(values["columns"], Bound(min=total, max=total), values.get("tolerance", TOLERANCE))

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()


class WithinKind:
    """Two to twenty columns."""

    def parse(self, node: Node, reading: f.Reading) -> Within:
        columns = _SEVERAL.parse(node, reading)
        if len(columns) > MAX_WITHIN:
            raise node.error(
                f"{len(columns)} columns, at most {MAX_WITHIN} are compared", hint="split them into groups"
            )
        return Within(columns)

    def json_schema(self) -> f.JsonSchema:
        return _SEVERAL.json_schema() | {"maxItems": MAX_WITHIN}
