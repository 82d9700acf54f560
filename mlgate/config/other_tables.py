"""Arguments of the checks that look beyond one table's values: another table, a foreign key, a header, an age."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Iterable
from typing import Any

from mlgate.config import fields as f
from mlgate.config.column_rules import parse_whole
from mlgate.config.document import Node
from mlgate.config.schema import Rule
from mlgate.late import dataclass


@dataclass(frozen=True, slots=True)
class OtherTable:
    """Another table: a `path` from the project's folder (a glob too), or the name of a `dataset`. One is empty."""

    path: str = ""
    dataset: str = ""

    @property
    def shown(self) -> str:
        return self.path or self.dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Values of `columns` that stand together in `other_columns` of another table, in the same order."""

    columns: tuple[str, ...]
    other: OtherTable
    other_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameCount:
    """As many rows as another table; `tolerance` is a share of that table's rows."""

    other: OtherTable
    tolerance: float = 0.0
    other_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRows:
    """The rows of another table, in the same order where `ordered`; no column named means all of them."""

    other: OtherTable
    columns: tuple[str, ...] = ()
    ordered: bool = False

    @property
    def other_columns(self) -> tuple[str, ...] | None:
        return self.columns or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Names that the header holds: no others where `exact`, in this order where `ordered`."""

    columns: tuple[str, ...]
    ordered: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxAge:
    """How old the newest value of a column may be.

    Parameters
    ----------
    seconds, written : the age, and as the schema writes it
    reference_time : when the age is counted from, in UTC; None is the time of the check
    """

    column: str
    seconds: float
    written: str
    reference_time: dt.datetime | None = None


def tables_named(rules: Iterable[Rule]) -> dict[OtherTable, tuple[str, ...] | None]:
    """The other tables that rules speak of, each with the columns that they need; None means all of them."""
    found: dict[OtherTable, tuple[str, ...] | None] = {}
    for rule in rules:
        if isinstance(rule.argument, ForeignKey | SameCount | SameRows):
            other, columns = rule.argument.other, rule.argument.other_columns
            before = found.get(other, ())
            found[other] = None if columns is None or before is None else tuple(dict.fromkeys((*before, *columns)))
    return found


class PathFromRoot:
    """A POSIX path or glob from the project's folder, which it does not leave; no URL, no expansion of variables."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        path = f.Text().parse(node, reading)
        if "://" in path:
            raise node.error(f"{path!r} is a URL", hint="version the file with DVC and write its path")
        if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path) or "\\" in path or "\0" in path:
            raise node.error(f"{path!r} is no relative POSIX path", hint="write it from the folder of mlgate.yaml")
        if any("**" in part and part != "**" for part in path.split("/")):
            raise node.error(f"{path!r}: ** stands alone between two slashes", hint="write data/**/*.parquet")
        whole = posixpath.normpath(path)
        if whole.split("/")[0] in ("..", "."):
            hint = "declare the file under `datasets` of mlgate.yaml and write {dataset: NAME}"
            raise node.error(f"{path!r} is no file in the project's folder", hint=hint)
        return whole

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "minLength": 1, "pattern": r"^[^/~\\]"}


_OTHER = {
    "path": f.Key(PathFromRoot(), "the other table's file, from the folder of mlgate.yaml"),
    "dataset": f.Key(f.Text(), "the other table as a dataset of mlgate.yaml, or as --reference names it"),
}
_ONE_OF = {"oneOf": [{"required": ["path"]}, {"required": ["dataset"]}]}


def _other(values: dict[str, Any], node: Node) -> OtherTable:
    given = {key: values[key] for key in _OTHER if key in values}
    if len(given) != 1:
        raise node.error("another table is named in one way", hint="write {path: data/wards.csv} or {dataset: wards}")
    return OtherTable(**given)


class _Target:
    """Another table and the columns of its key."""

    _KEYS = f.Struct(
        "references",
        {**_OTHER, "columns": f.Key(f.ListOf(f.Text(), least=1, single=True), "its key; the same names unless given")},
    )

    def parse(self, node: Node, reading: f.Reading) -> tuple[OtherTable, tuple[str, ...]]:
        values = parse_whole(self._KEYS, node, reading)
        return _other(values, node), values.get("columns", ())

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema() | _ONE_OF


class ForeignKeyKind:
    """`{columns: [ward], references: {path: data/wards.csv, columns: [code]}}`."""

    _KEYS = f.Struct(
        "a foreign key",
        {
            "columns": f.Key(f.ListOf(f.Text(), least=1, single=True), "columns of this table", required=True),
            "references": f.Key(_Target(), "the table that has every value", required=True),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> ForeignKey:
        values = parse_whole(self._KEYS, node, reading)
        columns = values["columns"]
        other, there = values["references"]
        if there and len(there) != len(columns):
            fact = f"{len(columns)} columns cannot refer to {len(there)}"
            raise node.key_error("references", fact, hint="name as many columns on both sides, in the same order")
        return ForeignKey(columns=columns, other=other, other_columns=there or columns)

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()


class SameCountKind:
    """`{path: data/raw.csv, tolerance: 0.01}`."""

    _KEYS = f.Struct(
        "another table's number of rows",
        {**_OTHER, "tolerance": f.Key(f.Number(low=0, high=1), "share of its rows by which the number may differ")},
    )

    def parse(self, node: Node, reading: f.Reading) -> SameCount:
        values = parse_whole(self._KEYS, node, reading)
        return SameCount(other=_other(values, node), tolerance=values.get("tolerance", 0.0))

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema() | _ONE_OF


class SameRowsKind:
    """`{dataset: golden, columns: [id, label], ordered: true}`."""

    _KEYS = f.Struct(
        "an equal table",
        {
            **_OTHER,
            "columns": f.Key(f.ListOf(f.Text(), least=1), "columns that are compared; all unless given"),
            "ordered": f.Key(f.Boolean(), "whether the rows stand in the same order"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> SameRows:
        values = parse_whole(self._KEYS, node, reading)
        return SameRows(
            other=_other(values, node), columns=values.get("columns", ()), ordered=values.get("ordered", False)
        )

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema() | _ONE_OF


class HeaderKind:
    """`{columns: [id, label], ordered: true, exact: false}`."""

    _KEYS = f.Struct(
        "the header",
        {
            "columns": f.Key(f.ListOf(f.Text(), least=1), "names of the columns", required=True),
            "ordered": f.Key(f.Boolean(), "whether they stand in this order"),
            "exact": f.Key(f.Boolean(), "whether there is no other column; true unless written"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Header:
        return Header(**parse_whole(self._KEYS, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()


class Moment:
    """A date or a date with a time, ISO 8601, in UTC unless it names a zone; a date stands for its end."""

    def parse(self, node: Node, reading: f.Reading) -> dt.datetime:
        text = f.Text().parse(node, reading)
        try:
            moment = dt.datetime.fromisoformat(text)
            if len(text) <= len("2026-12-31"):
                moment = dt.datetime.combine(moment.date(), dt.time.max)
            return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        except (ValueError, OverflowError):
            raise node.error(f"{text!r} is no date or time", hint="write 2026-12-31 or 2026-12-31T18:00Z") from None

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "pattern": "^[0-9]{4}-?[0-9]{2}"}


class MaxAgeKind:
    """`{column: visit_date, max_age: 45d, reference_time: 2026-12-31}`."""

    _KEYS = f.Struct(
        "freshness",
        {
            "column": f.Key(f.Text(), "column of dates or times", required=True),
            "max_age": f.Key(f.Duration(), "how old its newest value may be", required=True),
            "reference_time": f.Key(Moment(), "when the age is counted from; the time of the check unless given"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> MaxAge:
        values = parse_whole(self._KEYS, node, reading)
        written = node.value["max_age"].text if isinstance(node.value, dict) else ""
        return MaxAge(
            column=values["column"],
            seconds=values["max_age"],
            written=written,
            reference_time=values.get("reference_time"),
        )

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()
