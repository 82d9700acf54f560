"""Checks of single columns as a schema declares them: the short form, and the long one with its modifiers."""

from __future__ import annotations

from typing import Any

from mlgate.config import column_kinds as kinds
from mlgate.config import fields as f
from mlgate.config.bounds import BoundKind, parse_quantile, parse_share
from mlgate.config.column_fits import check_fits
from mlgate.config.column_kinds import parse_whole
from mlgate.config.document import Node
from mlgate.config.expressions import ExpressionKind
from mlgate.config.schema import Rule
from mlgate.outcome import Status

__all__ = ["COLUMN_RULES", "MODIFIERS", "Checks", "check_fits", "make_rule", "only_check", "parse_whole"]

_TRUE = f.Boolean(only=True)
_BOUND = BoundKind()
_SHARES = f.MapOf(parse_share, _BOUND.json_schema, least=1)

COLUMN_RULES: dict[str, f.Key] = {
    "not_null": f.Key(_TRUE, "no value is missing"),
    "null": f.Key(_TRUE, "every value is missing"),
    "null_fraction": f.Key(_BOUND, "share of missing values"),
    "unique": f.Key(_TRUE, "no value stands twice"),
    "unique_fraction": f.Key(_BOUND, "distinct values, as a share of all"),
    "unique_count": f.Key(_BOUND, "number of distinct values"),
    "between": f.Key(_BOUND, "every value is in the interval"),
    "finite": f.Key(_TRUE, "no number is infinite or NaN"),
    "in_set": f.Key(kinds.VALUES, "every value is one of these"),
    "not_in_set": f.Key(kinds.VALUES, "no value is one of these"),
    "domain_mass": f.Key(kinds.DomainMassKind(), "share of the values that are among these"),
    "distinct_in_set": f.Key(kinds.VALUES, "the distinct values are among these"),
    "distinct_contain": f.Key(kinds.VALUES, "each of these occurs"),
    "distinct_equal": f.Key(kinds.VALUES, "the distinct values are these"),
    "most_common": f.Key(kinds.MostCommonKind(), "the most frequent value is one of these"),
    "regex": f.Key(kinds.PatternsKind(), "the pattern, or one of them, is found in every value"),
    "not_regex": f.Key(kinds.PatternsKind(both_ways=False), "no pattern is found in any value"),
    "fullmatch": f.Key(kinds.PatternsKind(), "the pattern, or one of them, matches every value from end to end"),
    "length": f.Key(kinds.LengthKind(), "number of characters of every value"),
    "datetime_format": f.Key(kinds.DateFormatKind(), "every value is a date or time written so"),
    "json": f.Key(_TRUE, "every value is JSON"),
    "json_schema": f.Key(kinds.JsonSchemaKind(), "every value is JSON that satisfies the schema"),
    "increasing": f.Key(kinds.OrderKind(), "no value is below the one before it"),
    "decreasing": f.Key(kinds.OrderKind(), "no value is above the one before it"),
    "min": f.Key(_BOUND, "smallest value of the column"),
    "max": f.Key(_BOUND, "largest value of the column"),
    "mean": f.Key(_BOUND, "mean of the column"),
    "std": f.Key(_BOUND, "sample standard deviation of the column"),
    "median": f.Key(_BOUND, "median of the column"),
    "sum": f.Key(_BOUND, "sum of the column"),
    "quantile": f.Key(f.MapOf(parse_quantile, _BOUND.json_schema, least=1), "bounds by quantile level"),
    "iqr": f.Key(_BOUND, "distance of the quartiles"),
    "skew": f.Key(_BOUND, "skewness of the column"),
    "kurtosis": f.Key(_BOUND, "excess kurtosis of the column"),
    "entropy": f.Key(_BOUND, "entropy of the column in nats"),
    "z_score": f.Key(kinds.ZScoreKind(), "no value is so many standard deviations from the mean"),
    "label_distribution": f.Key(_SHARES, "share of each label"),
}
MODIFIERS = {
    "mostly": f.Key(f.Number(above=0, high=1), "share of the judged values that must hold"),
    "severity": f.Key(f.Text(choices=("fail", "warn")), "warn: a person should look, nothing is blocked"),
    "name": f.Key(f.Text(), "last part of the outcome's id"),
    "where": f.Key(ExpressionKind(), "condition of the rows that are judged"),
    "description": f.Key(f.Text(), "a sentence that is shown where the check fails"),
}
_LONG = f.Struct("a check", COLUMN_RULES | MODIFIERS)


class Checks:
    """The long form: a list of checks with modifiers."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[Rule, ...]:
        if not isinstance(node.value, list):
            raise node.error(
                f"expected a list of checks, found {node.kind}", hint="write [{between: [0, 1], mostly: 0.99}]"
            )
        return tuple(self._rule(child, reading) for child in node.value)

    @staticmethod
    def _rule(node: Node, reading: f.Reading) -> Rule:
        values = parse_whole(_LONG, node, reading)
        check = only_check(values, COLUMN_RULES, node)
        return make_rule(check, values[check], node, modifiers=values)

    def json_schema(self) -> f.JsonSchema:
        return {"type": "array", "items": _LONG.json_schema()}


def only_check(values: dict[str, Any], checks: dict[str, Any], node: Node) -> str:
    """The one check of an entry of the long form."""
    named = [key for key in values if key in checks]
    if len(named) != 1:
        raise node.error(
            f"an entry of checks holds exactly one check, found {len(named)}", hint="write one entry per check"
        )
    return named[0]


def make_rule(
    check: str,
    value: Any,
    node: Node,
    *,
    name: str = "",
    columns: tuple[str, ...] = (),
    modifiers: dict[str, Any] | None = None,
) -> Rule:
    """A rule of parsed values; `modifiers` may hold other keys too."""
    given = modifiers or {}
    kept = {key: given[key] for key in ("mostly", "where", "description") if key in given}
    return Rule(
        check=check,
        argument=tuple(value.values()) if isinstance(value, dict) else value,
        name=given.get("name") or name or check,
        severity=Status(given.get("severity", "fail")),
        columns=columns,
        location=f.place(node, check),
        **kept,
    )
