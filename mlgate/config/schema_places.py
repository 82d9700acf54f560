"""Where in a schema's document each rule stands, so that a change of the schema can be written at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.config.column_rules import COLUMN_RULES
from mlgate.config.plain_edits import Path
from mlgate.config.schema import Rule, Schema
from mlgate.config.table_rules import TABLE_RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A rule and its place.

    Parameters
    ----------
    path : of its argument
    column : that it is a rule of; None for a rule of the table
    entry : path of its entry in the long form, which also holds its modifiers; None in the short form
    chosen : whether it is a check of several columns, of which `column` is one
    """

    rule: Rule
    path: Path
    column: str | None
    entry: Path | None = None
    chosen: bool = False


def placed_rules(schema: Schema, data: Mapping[str, Any]) -> list[Placed]:
    """Every rule of a schema with its place in the plain data that the schema was read from.

    Of a check of several columns there is one entry, with no column.

    Raises
    ------
    ValueError
        The data is not what the schema was read from.
    """
    found = [placed for name in schema.columns for placed in _of_column(schema, data, name)]
    table = data.get("table") or {}
    paths = [*_short(table), *_long(table, chosen=False)]
    found += [
        Placed(rule=rule, path=path, column=None, entry=entry)
        for rule, (path, entry) in zip(schema.rules, paths, strict=True)
    ]
    chosen = _long(table, chosen=True)
    found += [
        Placed(rule=selection.rule, path=path, column=None, entry=entry, chosen=True)
        for selection, (path, entry) in zip(schema.selections, chosen, strict=True)
    ]
    return found


def _of_column(schema: Schema, data: Mapping[str, Any], name: str) -> Iterator[Placed]:
    declared = data["columns"].get(name) or {}
    here: Path = ("columns", name)
    paths: list[tuple[Path, Path | None]] = [((*here, key), None) for key in declared if key in COLUMN_RULES]
    for number, entry in enumerate(declared.get("checks", ())):
        where: Path = (*here, "checks", number)
        paths.append(((*where, *(key for key in entry if key in COLUMN_RULES)), where))
    for rule, (path, entry_path) in zip(schema.columns[name].rules, paths, strict=True):
        yield Placed(rule=rule, path=path, column=name, entry=entry_path)


def _short(table: Mapping[str, Any]) -> Iterator[tuple[Path, None]]:
    for name, declared in TABLE_RULES.items():
        if name in table:
            arguments = range(len(table[name])) if declared.many else (None,)
            yield from ((("table", name) if number is None else ("table", name, number), None) for number in arguments)


def _long(table: Mapping[str, Any], *, chosen: bool) -> Iterator[tuple[Path, Path]]:
    known = COLUMN_RULES if chosen else TABLE_RULES
    for number, entry in enumerate(table.get("checks", ())):
        if ("columns" in entry) is chosen:
            where: Path = ("table", "checks", number)
            yield (*where, *(key for key in entry if key in known)), where
