"""A declared type that gives way to a wider one, and the column's checks that make no sense for that one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlgate.config.column_fits import check_fits
from mlgate.config.document import Node
from mlgate.config.plain_edits import Drop, Edit, Path, Put
from mlgate.config.schema import Rule
from mlgate.config.schema_places import Placed
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.accept_case import Answer, Case
from mlgate.data.plan import Facts, Field, as_kind, field_of
from mlgate.data.plausible import is_word_for_missing
from mlgate.errors import ConfigError

WIDER = {
    "boolean": ("integer", "number", "string"),
    "integer": ("number", "string"),
    "number": ("string",),
    "date": ("datetime", "string"),
    "datetime": ("string",),
    "time": ("string",),
    "duration": ("string",),
}
MAX_TOKENS = 5
_SETS = ("in_set", "not_in_set")


def wider_type(case: Case, of_column: Sequence[Placed]) -> Answer:
    """The narrowest type that all values have.

    Where all that are not of the type are words for a missing value (N/A, ?, ...), which no other column holds, they
    are declared as such and the type stays. Checks that the new type does not allow go.

    Parameters
    ----------
    of_column : the rules of the column
    """
    table = case.scope.table
    field = field_of(table, case.scope.column(case.column or ""))
    kinds = [as_kind(field, kind) for kind in WIDER.get(field.kind, ())]
    failing = f"{field.raw} IS NOT NULL AND {field.value} IS NULL"
    aggregates = field.counts | {read.kind: sql.count(read.value) for read in kinds}
    if table.is_text:
        aggregates["words"] = sql.count_distinct(field.raw, where=f"{failing} AND {is_word_for_missing(field)}")
        aggregates["others"] = sql.count_where(f"{failing} AND NOT {is_word_for_missing(field)}")

    def answer(facts: Facts) -> Answer:
        if table.is_text and not facts["others"] and facts["words"] <= MAX_TOKENS:
            found = {"tokens": sql.distinct_values(field.raw, failing)}
            return case.ask((field,), found, lambda more: missing(more, facts))
        return widened(facts)

    def missing(more: Facts, facts: Facts) -> Answer:
        tokens = sorted(token for token in more["tokens"] if token is not None)
        return _only_here(case, field, tokens, otherwise=lambda: widened(facts))

    def widened(facts: Facts) -> Answer:
        fitting = (read.kind for read in kinds if facts[read.kind] == facts["present"])
        kind = next(fitting, "string" if table.is_text else sql.stored_kind(field.engine_type))
        return _retyped(case, "any" if kind == "other" else kind, of_column)

    return case.ask((field, *kinds), aggregates, answer)


def _only_here(case: Case, field: Field, tokens: Sequence[str], otherwise: Callable[[], Answer]) -> Answer:
    """The tokens as missing values, if no column but those that are of a wrong type too holds one."""
    scope = case.scope
    names = [name for name in dict.fromkeys(scope.table.columns) if name != field.name]
    others = [field_of(scope.table, scope.column(name)) for name in names]
    listed = ", ".join(sql.text_literal(token) for token in tokens)
    counts = {
        f"in {place}": sql.count_where(f"{other.raw} IN ({listed}) AND {other.value} IS NOT NULL")
        for place, other in enumerate(others)
    }

    def answer(facts: Facts) -> Answer:
        return otherwise() if any(facts[name] for name in counts) else _missing_tokens(case, tokens)

    return case.ask(others, counts, answer)


def _missing_tokens(case: Case, tokens: Sequence[str]) -> Answer:
    read = case.data.get("read") or {}
    declared = read.get("null")
    if declared is None:  # JSON says null itself: there an empty text stays a value unless it is declared
        declared = [""] if case.scope.table.read.delimiter else []
    known = list(declared) if isinstance(declared, list) else [declared]
    after = known + [token for token in tokens if token not in known]
    said = f"{words.listed(tokens)} means missing, from now on in read.null"
    if "read" in case.data and isinstance(case.data["read"], dict):
        return case.change(said, Put(("read", "null"), after))
    return case.change(said, Put(("read",), {"null": after}, after="version"))


def _retyped(case: Case, kind: str, of_column: Sequence[Placed]) -> Answer:
    path: Path = ("columns", case.column or "", "type")
    edits: list[Edit] = [Put(path, kind)]
    gone = []
    entries = case.data["columns"][case.column or ""].get("checks", [])
    for placed in of_column:
        if fits(placed.rule, kind):
            continue
        if kind == "string" and placed.rule.check in _SETS:  # the same values, as the texts that they are in the file
            edits.append(Put(placed.path, [words.exact(value) for value in placed.rule.argument]))
            continue
        gone.append(placed)
        edits.append(Drop(placed.entry or placed.path))
    in_list = [placed for placed in gone if placed.entry is not None]
    if in_list and len(in_list) == len(entries):
        edits = [edit for edit in edits if edit.path[:-1] != ("columns", case.column, "checks")]
        edits.append(Drop(("columns", case.column or "", "checks")))
    said = f"type {case.scope.column(case.column or '').type} becomes {kind}"
    if gone:
        said += f"; {words.listed(placed.rule.name for placed in gone)} {'goes' if len(gone) == 1 else 'go'} with it"
    return case.change(said, *edits)


def fits(rule: Rule, kind: str) -> bool:
    """Whether a rule makes sense for a column of a type."""
    try:
        check_fits(rule, kind, Node(None, "", 1, 1))
    except ConfigError:
        return False
    return True
