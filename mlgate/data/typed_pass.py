"""The questions about a large text file, answered in one pass over columns that are typed as they are read.

The answers are those that the text gives: a typed pass that meets a value which is not of its column's kind does not
go through, and the columns whose text itself is asked about stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mlgate.config.schema import Read
from mlgate.data.asking import Broken, ask, one_row
from mlgate.data.plan import Field, scanned
from mlgate.data.table import Connection, Table, TypedRelation
from mlgate.late import dataclass

Asked = tuple[Sequence[Field], Iterable[str]]
"""Columns, and aggregates over them."""
Block = tuple[list[Field], list[str]]
"""Columns and aggregates of one query."""
KINDS = ("integer", "number", "boolean", "date", "datetime")
"""What a column can be read as; the others are read as text."""


@dataclass(frozen=True, slots=True)
class TypedColumns:
    """Columns of a table as `plan.scanned` sees them, in a relation in which they are typed where `kinds` says so."""

    table: Table
    relation: str
    kinds: Mapping[str, str]

    @property
    def row_number(self) -> str:
        return '"row"'

    @property
    def read(self) -> Read:
        return self.table.read

    def sql(self, name: str) -> str:
        return self.table.sql(name)


def typed_facts(
    table: Table, blocks: Sequence[Block], alone: Sequence[tuple[Sequence[Field], str]], later: Iterable[Field] = ()
) -> dict[str, Any]:
    """The answers for a large text file that one typed pass gives; none where the text has to be asked.

    Parameters
    ----------
    blocks : columns and aggregates; several queries would each parse the file again, so they ask its text
    alone : columns, and a question that is asked by itself afterwards
    later : columns of which more will be asked
    """
    import duckdb

    if table.quick is None or len(blocks) != 1:
        return {}
    ((fields, wanted),) = blocks
    needed = [field for each, _ in alone for field in each]
    kinds = kinds_of(table, [*fields, *needed], [*wanted, *(text for _, text in alone)])
    kept = {field.name for field in every_field([*needed, *later])}
    answers: dict[str, Any] = {}
    for found in table.quick.passes(kinds, kept & set(kinds)):
        facts = _refused(found, scanned(TypedColumns(table, found.empty, found.kinds), fields), wanted)
        source = scanned(TypedColumns(table, found.relation, found.kinds), fields)
        with suppress(duckdb.Error):  # a value that is not of its kind, or a file that is not plain
            facts |= one_row(found.connection, source, [text for text in wanted if text not in facts])
            answers = facts if found.complete else {}
    return answers


def _refused(found: TypedRelation, source: str, wanted: Sequence[str]) -> dict[str, Any]:
    """The aggregates that the engine refuses before it reads a row."""
    facts = ask(found.connection, source, wanted)
    return {text: value for text, value in facts.items() if isinstance(value, Broken)}


def kept_source(table: Table, fields: Sequence[Field], texts: Iterable[str], every: int = 1) -> tuple[Connection, str]:
    """Where to ask about columns: what a typed pass has kept of them, else the table itself."""
    kept = table.quick.kept if table.quick else None
    if kept is not None and every == 1:
        wanted = kinds_of(table, fields, texts)
        if all(name in kept.kinds and kept.kinds[name] in ("", kind) for name, kind in wanted.items()):
            return kept.connection, scanned(TypedColumns(table, kept.relation, kept.kinds), fields)
    return table.connection, scanned(table, fields, every=every)


def every_field(fields: Iterable[Field]) -> list[Field]:
    """The fields, and those that their conditions speak of."""
    return [each for field in fields for each in (field, *field.needs)]


def kinds_of(table: Table, fields: Sequence[Field], texts: Iterable[str]) -> dict[str, str]:
    """The columns by name, each with the kind that it can be read as, or `""` for text.

    A column is typed if all speak of it as one kind, and nobody asks for more of its text than whether it is null.

    Parameters
    ----------
    texts : all SQL over the fields
    """
    conditions = [field.condition for field in fields]
    together = "\n".join([*texts, *conditions])
    kinds: dict[str, str] = {}
    for field in every_field(fields):
        kind = field.kind if field.kind in KINDS else ""
        if field.kind == "number" and table.read.decimal != ".":
            kind = ""
        if kind and not only_whether_null(field.raw, together):
            kind = ""
        kinds[field.name] = kind if kinds.get(field.name, kind) == kind else ""
    return kinds


def only_whether_null(raw: str, text: str) -> bool:
    """Whether SQL asks no more of a stored value than whether it is null.

    Examples
    --------
    >>> only_whether_null("r1", "count(r1), count(CASE WHEN r1 IS NOT NULL THEN 1 END), min(r12)")
    True
    >>> only_whether_null("r1", "count(r1), min(r1)")
    False
    """
    said = len(re.findall(rf"\b{raw}\b", text))
    return said == len(re.findall(rf"count\({raw}\)|\b{raw} IS (?:NOT )?NULL\b", text))
