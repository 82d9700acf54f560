"""Checks of a whole table as a schema declares them.

In the short form a key of `table` holds the check's argument, or a list of them. In the long form, `table: checks:`, an
entry holds one argument and its modifiers; with `columns` it is a check of each of several columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from mlgate.config import fields as f
from mlgate.config import other_tables as others
from mlgate.config import series_rules as series
from mlgate.config.bounds import BoundKind, Pattern
from mlgate.config.column_rules import COLUMN_RULES, MODIFIERS, check_fits, make_rule, only_check, parse_whole
from mlgate.config.document import Node
from mlgate.config.expressions import Expression, ExpressionKind, check_condition
from mlgate.config.row_rules import ComparisonKind, PairsKind, RowArgument, RowSumKind, WithinKind
from mlgate.config.schema import TYPES, Column, Rule, Selection
from mlgate.late import dataclass


def _no_columns(_: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """How a check of the table is declared.

    Parameters
    ----------
    kind : of one argument
    doc : what the check asks
    many : whether the short form is a list of arguments
    columns : of an argument, the columns that it needs, all of which must be declared
    label : of an argument, what tells its outcome's id apart from those of the same check; empty for the check's name
    modifiers : of `mostly` and `where`, those that change anything; the others are refused
    severity : unless the long form says otherwise
    """

    kind: f.Kind
    doc: str
    many: bool = False
    columns: Callable[[Any], tuple[str, ...]] = _no_columns
    label: Callable[[Any], str] = lambda _: ""
    modifiers: tuple[str, ...] = ("mostly", "where")
    severity: str = "fail"

    @property
    def short(self) -> f.Kind:
        return f.ListOf(self.kind, least=1) if self.many else self.kind


def _of_series(kind: f.Kind, doc: str, severity: str = "fail") -> TableRule:
    return TableRule(
        kind=kind,
        doc=doc,
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: "+".join(it.columns),
        severity=severity,
    )


TABLE_RULES: dict[str, TableRule] = {
    "row_count": TableRule(kind=BoundKind(), doc="number of rows", modifiers=("where",)),
    "row_count_equals_table": TableRule(
        kind=others.SameCountKind(), doc="as many rows as another table", modifiers=("where",)
    ),
    "column_count": TableRule(kind=BoundKind(), doc="number of columns", modifiers=()),
    "columns_match": TableRule(kind=others.HeaderKind(), doc="names of the columns", modifiers=()),
    "foreign_keys": TableRule(
        kind=others.ForeignKeyKind(),
        doc="values that another table has",
        many=True,
        columns=lambda key: key.columns,
        label=lambda key: "+".join(key.columns),
    ),
    "table_equals": TableRule(
        kind=others.SameRowsKind(),
        doc="the same rows as another table",
        columns=lambda same: same.columns,
        modifiers=(),
    ),
    "freshness": TableRule(
        kind=others.MaxAgeKind(),
        doc="age of the newest value of a column; a warning unless a severity is written",
        columns=lambda age: (age.column,),
        modifiers=("where",),
        severity="warn",
    ),
    "unique": TableRule(
        kind=f.ListOf(f.Text(), least=1), doc="composite keys", many=True, columns=tuple, label="+".join
    ),
    "expressions": TableRule(
        kind=ExpressionKind(),
        doc="conditions that hold in every row",
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: it.text,
    ),
    "compare_columns": TableRule(
        kind=ComparisonKind(),
        doc="comparisons of two columns",
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: f"{it.a}{it.op}{it.b}",
    ),
    "pair_in_set": TableRule(
        kind=PairsKind(),
        doc="values of two columns that may stand together",
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: "+".join(it.columns),
    ),
    "row_sum": TableRule(
        kind=RowSumKind(),
        doc="sums of several columns in a row",
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: "+".join(it.columns),
    ),
    "unique_within_row": TableRule(
        kind=WithinKind(),
        doc="columns whose values differ within a row",
        many=True,
        columns=lambda it: it.columns,
        label=lambda it: "+".join(it.columns),
    ),
    "series_gaps": _of_series(series.GAPS, "readings of a series that are missing"),
    "series_order": _of_series(series.IN_ORDER, "readings of a series that stand in the order of time"),
    "series_duplicates": _of_series(series.DUPLICATES, "one reading of a series at a time"),
    "series_freshness": _of_series(
        series.LATEST, "age of the latest reading of each entity; a warning unless a severity is written", "warn"
    ),
    "series_frozen": _of_series(series.FROZEN, "values of a series that stand still"),
    "not_in_future": _of_series(series.NotInFutureKind(), "dates and times that are not ahead of the clock"),
}


class _Selector:
    """Columns by name, by a pattern in the name, or by type."""

    _KEYS = f.Struct(
        "columns",
        {
            "regex": f.Key(Pattern(), "pattern that is found in the name"),
            "type": f.Key(f.ListOf(f.Text(choices=TYPES), least=1, single=True), "declared type"),
        },
    )
    _NAMES = f.ListOf(f.Text(), least=1)

    def parse(self, node: Node, reading: f.Reading) -> dict[str, Any]:
        if isinstance(node.value, list):
            return {"names": self._NAMES.parse(node, reading)}
        values = parse_whole(self._KEYS, node, reading)
        if len(values) != 1:
            raise node.error("columns are chosen in one way", hint="write [a, b], {regex: ^x_} or {type: number}")
        return {"pattern": values["regex"]} if "regex" in values else {"types": values["type"]}

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [self._NAMES.json_schema(), self._KEYS.json_schema() | {"minProperties": 1}]}


_ITEMS = {name: f.Key(rule.kind, rule.doc) for name, rule in TABLE_RULES.items()}
_OF_TABLE = f.Struct("a check of the table", _ITEMS | MODIFIERS)
_OF_COLUMNS = f.Struct(
    "a check of columns", COLUMN_RULES | MODIFIERS | {"columns": f.Key(_Selector(), "the columns", required=True)}
)


class _Checks:
    """Entries of the long form: (node, values) of each."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[tuple[Node, dict[str, Any]], ...]:
        if not isinstance(node.value, list):
            raise node.error(
                f"expected a list of checks, found {node.kind}", hint="write [{columns: [a, b], between: [0, 1]}]"
            )
        return tuple((child, self._entry(child, reading)) for child in node.value)

    @staticmethod
    def _entry(node: Node, reading: f.Reading) -> dict[str, Any]:
        chosen = isinstance(node.value, dict) and "columns" in node.value
        return parse_whole(_OF_COLUMNS if chosen else _OF_TABLE, node, reading)

    def json_schema(self) -> f.JsonSchema:
        return {"type": "array", "items": {"anyOf": [_OF_COLUMNS.json_schema(), _OF_TABLE.json_schema()]}}


TABLE = f.Struct(
    "table",
    {name: f.Key(rule.short, rule.doc) for name, rule in TABLE_RULES.items()}
    | {
        "extra_columns": f.Key(f.Text(choices=("fail", "warn", "ignore")), "what a column that is not declared means"),
        "checks": f.Key(_Checks(), "long form: checks with modifiers, and checks of several columns"),
    },
)


def table_rules(
    values: dict[str, Any], node: Node, columns: Mapping[str, Column]
) -> tuple[tuple[Rule, ...], tuple[Selection, ...]]:
    """Rules of the table, and checks of several columns, of the parsed values of `TABLE`.

    Raises
    ------
    ConfigError
        A column is not declared, two checks have one name, or an argument does not fit.
    """
    rules: list[Rule] = []
    selections: list[Selection] = []
    for name, declared in TABLE_RULES.items():
        if name in values:
            arguments = values[name] if declared.many else (values[name],)
            rules += [_rule(name, argument, node, {}) for argument in arguments]
    for entry, given in values.get("checks", ()):
        if "columns" in given:
            check = only_check(given, COLUMN_RULES, entry)
            rule = make_rule(check, given[check], entry, modifiers=given)
            selections.append(Selection(**given["columns"], rule=rule))
        else:
            check = only_check(given, TABLE_RULES, entry)
            rules.append(_rule(check, given[check], entry, given))
    for rule in rules:
        _known(rule, node, columns)
    for selection in selections:
        _known(selection.rule, node, columns)
        for missing in [name for name in selection.names if name not in columns]:
            raise node.error(f"the column {missing!r} is not declared", hint=f.nearest(missing, columns))
        for column in columns.values():
            if column.name in selection.names or column.type in selection.types:
                check_fits(selection.rule, column.type, node)
    return _distinct(rules, node), tuple(selections)


def _rule(check: str, argument: Any, node: Node, modifiers: dict[str, Any]) -> Rule:
    declared = TABLE_RULES[check]
    label = declared.label(argument)
    needed = declared.columns(argument)
    for modifier in ("mostly", "where"):
        if modifier in modifiers and modifier not in declared.modifiers:
            raise node.key_error(modifier, f"{modifier} changes nothing in {check}", hint="remove it")
    modifiers = {"severity": declared.severity} | modifiers
    return make_rule(
        check, argument, node, name=f"{check}:{label}" if label else check, columns=needed, modifiers=modifiers
    )


def _known(rule: Rule, node: Node, columns: Mapping[str, Column]) -> None:
    kinds = {column.name: column.type for column in columns.values()}
    if rule.where:
        check_condition(rule.where.tree, kinds, what=f"`where` of {rule.name}", place=rule.location)
    if isinstance(rule.argument, Expression | RowArgument):
        check_condition(rule.argument.tree, kinds, what=rule.check, place=rule.location)
    for name in rule.columns:
        if name not in columns:
            place = rule.check if isinstance(node.value, dict) and rule.check in node.value else "checks"
            raise node.key_error(place, f"the column {name!r} is not declared", hint=f.nearest(name, columns))
    if rule.check in ("row_count", "column_count"):
        check_fits(rule, "integer", node)
    if isinstance(rule.argument, series.Series | series.NotInFuture) and (misfit := rule.argument.misfit(kinds)):
        place = rule.check if isinstance(node.value, dict) and rule.check in node.value else "checks"
        raise node.key_error(place, f"{rule.check}: {misfit}", hint="name another column, or correct its type")
    if rule.check == "freshness" and kinds[rule.argument.column] not in ("date", "datetime", "any"):
        fact = f"freshness needs dates or times, the column is {kinds[rule.argument.column]}"
        raise node.key_error(rule.check, fact, hint="declare type: date or type: datetime")


def _distinct(rules: list[Rule], node: Node) -> tuple[Rule, ...]:
    for name, count in Counter(rule.name for rule in rules).items():
        if count > 1:
            raise node.error(f"two checks of the table are called {name!r}", hint="give one of them a `name`")
    return tuple(rules)
