"""The shape of a check: which aggregates it needs, and how their values are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from mlgate.config.schema import Bound, Column, Rule
from mlgate.data import aggregates as sql
from mlgate.data.table import Scanned, Table
from mlgate.late import dataclass
from mlgate.outcome import Status

Facts = Mapping[str, Any]
MAX_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column as SQL sees it inside the scanned source.

    Parameters
    ----------
    name : as in the file
    kind : type of the values: a type of a schema, or `other` (nested) for an undeclared one
    raw : the value as stored: text in a text format
    value : the value as `kind`, null where it is not of that type
    engine_type : the engine's type of `raw`
    is_text : whether the file's format stores text only
    json_types : JSON types of the values in JSON lines, as bits of `mlgate.config.json_types`; 0 in other formats
    expects_null : whether the schema accepts a column of nulls only
    judges_type : whether a value that is not of the type fails here; otherwise the `type` check has it
    scope : name of the condition of the rows that are judged; empty where all are
    condition, needs : SQL of that condition, and the columns that it speaks of
    """

    name: str
    kind: str
    raw: str
    value: str
    engine_type: str
    is_text: bool
    json_types: int = 0
    expects_null: bool = False
    judges_type: bool = False
    scope: str = ""
    condition: str = ""
    needs: tuple[Field, ...] = ()

    @property
    def rows(self) -> str:
        """The number of rows that are judged."""
        return sql.count_where(self.scope) if self.scope else sql.ROWS

    @property
    def row_counts(self) -> dict[str, str]:
        """The number of rows that are judged and, where a condition chooses them, of all."""
        return {"rows": self.rows} | ({"all_rows": sql.ROWS} if self.scope else {})

    @property
    def counts(self) -> dict[str, str]:
        """The counts that every check of a column needs."""
        return self.row_counts | {"present": sql.count(self.raw), "of_type": sql.count(self.value)}

    @property
    def nan(self) -> str | None:
        """Condition that a value is NaN; None where no value can be."""
        if self.is_text:
            return sql.is_nan(self.value) if self.kind == "number" else None
        return sql.is_nan(self.raw) if sql.is_float(self.engine_type) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says; the caller adds where it belongs."""

    status: Status
    message: str
    observed: Any = None
    expected: Any = None
    hint: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A check of one column or table, ready to be asked.

    Parameters
    ----------
    fields : the columns that the SQL speaks of
    aggregates : SQL by the name under which `judge` gets its value
    judge : values of the aggregates to a verdict; pure
    failing : condition of a row that does not hold; None where single rows do not matter
    repeated : values that must not stand twice together; instead of `failing`
    shown : the value of a failing row
    beside : whether a failing row shows the values of all `fields`, by name, in place of `shown`
    then : from the values of the aggregates, a plan that is asked in this one's place, in a second query; its judge
        gets the values of both
    unlikely : whether `then` asks something only where values do not hold
    """

    fields: tuple[Field, ...]
    aggregates: Mapping[str, str]
    judge: Callable[[Facts], Verdict]
    failing: str | None = None
    repeated: tuple[str, ...] = ()
    shown: str = "NULL"
    beside: bool = False
    then: Callable[[Facts], Plan] | None = None
    unlikely: bool = False


def field_of(table: Table, column: Column) -> Field:
    """The column of a table as its schema declares it.

    A column of type `any` takes the type that it is stored with.
    """
    raw = table.sql(column.name)
    engine_type = table.engine_types[column.name]
    kind = column.type
    if kind == "any":
        kind = "string" if table.is_text else sql.stored_kind(engine_type)
    bare = Field(
        name=column.name,
        kind=kind,
        raw=f"r{raw[1:]}",
        value=f"{kind}{raw[1:]}",
        engine_type=engine_type,
        is_text=table.is_text,
        json_types=table.json_types.get(column.name, 0),
        expects_null=any(allows_all_null(rule) for rule in column.rules if rule.where is None),
    )
    return replace(bare, judges_type=column.type == "any")


def as_kind(field_: Field, kind: str) -> Field:
    """The same column read as another type: for a rule on a column of type `any` that asks for numbers or dates."""
    return field_ if field_.kind == kind else replace(field_, kind=kind, value=f"{kind}{field_.raw[1:]}")


JSON_TYPE = "json"
"""The kind under which a column of JSON lines gives the JSON type of each value; see `as_kind`."""


def untyped(fields: Iterable[Field]) -> str:
    """Condition of a row in which a value is not of its column's type; never so where the file stores that type."""
    odd = [
        f"({field_.raw} IS NOT NULL AND {field_.value} IS NULL)"
        for field_ in fields
        if field_.is_text or sql.stored_kind(field_.engine_type) != field_.kind
    ]
    return f"({' OR '.join(odd)})" if odd else "false"


def scoped(field_: Field, name: str, condition: str, needs: Sequence[Field]) -> Field:
    """The same column in the rows for which a condition holds; in the others it is null and they are not counted.

    Parameters
    ----------
    name : of the condition, the same for the same condition and starting with a letter
    condition : SQL over the `raw` and `value` of `needs`
    """
    return replace(
        field_,
        raw=f"{field_.raw}{name}",
        value=f"{field_.value}{name}",
        scope=name,
        condition=condition,
        needs=tuple(needs),
    )


def allows_all_null(rule: Rule) -> bool:
    """Whether a rule accepts that every value that it judges is missing."""
    bound = rule.argument
    return rule.check == "null" or (rule.check == "null_fraction" and isinstance(bound, Bound) and inside(bound, 1.0))


def inside(bound: Bound, value: Any) -> bool:
    """Whether a number lies in the interval; NaN never does.

    Examples
    --------
    >>> inside(Bound(min=0, strict_max=1), 1.0), inside(Bound(), float("nan"))
    (False, False)
    """
    return (
        value == value  # noqa: PLR0124  # NaN is the value that differs from itself
        and (bound.min is None or value >= bound.min)
        and (bound.max is None or value <= bound.max)
        and (bound.strict_min is None or value > bound.strict_min)
        and (bound.strict_max is None or value < bound.strict_max)
    )


def scanned(table: Scanned, fields: Sequence[Field], also: Mapping[str, str] | None = None, *, every: int = 1) -> str:
    """The SELECT that all aggregates run over: row number, stored values `r0`, ..., and typed ones, e.g. `integer0`.

    `also` holds further expressions over the table by their names; `every` n-th row is taken. Conditions stand in a
    SELECT around that of the columns, and what they choose in one around theirs: so each is computed once a row.
    """
    parts = {'"row"': table.row_number, **(also or {})}
    scopes: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for item in {(each.raw, each.value): each for each in fields}.values():
        raw, value = item.raw.removesuffix(item.scope), item.value.removesuffix(item.scope)
        for name, value_name, each in (
            (raw, value, item),
            *((needed.raw, needed.value, needed) for needed in item.needs),
        ):
            if value_name not in parts:
                parts[name] = table.sql(each.name)
                parts[value_name] = typed(each, parts[name], table)
        if item.scope:
            scopes[item.scope] = f"coalesce({item.condition}, false)"
            chosen |= {item.raw: sql.only_where(item.scope, raw), item.value: sql.only_where(item.scope, value)}
    rows = f"(SELECT * FROM {table.relation} WHERE {table.row_number} % {every} = 0) AS sampled"  # noqa: S608  # names of ours
    source = f"SELECT {_named(parts)} FROM {table.relation if every == 1 else rows}"  # noqa: S608  # names of ours
    for more in filter(None, (scopes, chosen)):
        source = f"SELECT *, {_named(more)} FROM ({source}) AS inner_source"  # noqa: S608  # names of ours
    return source


def _named(parts: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in parts.items())


def typed(item: Field, column: str, table: Scanned) -> str:
    """SQL of a column's values as the field's kind."""
    if table.kinds.get(item.name) == item.kind:
        return column
    if item.is_text and item.json_types:
        written = f"t{table.sql(item.name)[1:]}"
        if item.kind == JSON_TYPE:
            return sql.only_where(f"{column} IS NOT NULL", written)
        undeclared = item.judges_type and item.kind == "string"
        return column if undeclared else sql.from_json(column, item.kind, written)
    if item.is_text:
        return sql.from_text(column, item.kind, decimal=table.read.decimal)
    return sql.from_stored(column, item.kind, item.engine_type)
