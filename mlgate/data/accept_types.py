"""A declared type that gives way to a wider one, and the column's checks that make no sense for that one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mlgate.config.column_fits import check_fits
from mlgate.config.document import Node
from mlgate.config.json_types import STRING
from mlgate.config.plain_edits import Drop, Edit, Path, Put, at
from mlgate.config.schema import Rule
from mlgate.config.schema_places import Placed
from mlgate.config.yaml_text import flow
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.accept_case import Answer, Case
from mlgate.data.accept_missing import or_missing
from mlgate.data.plan import MAX_ROWS, Facts, Field, as_kind, field_of
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
ODD_SHARE = 0.05
"""Up to this share of a column's values may lack its type for another reason than that the type is too narrow."""
_SETS = ("in_set", "not_in_set")


def wider_type(case: Case, of_column: Sequence[Placed], blocked: Collection[str]) -> Answer:
    """The narrowest type that all values have; the type stays where those that lack it mean that a value is missing.

    It stays, too, where at most a twentieth of the values lacks it: a slip in a cell is no reason to give up what is
    declared of all the others. Checks that the new type does not allow go, which is said.

    Parameters
    ----------
    of_column : the rules of the column
    blocked : columns with a finding
    """
    table = case.scope.table
    field = field_of(table, case.scope.column(case.column or ""))
    kinds = [as_kind(field, kind) for kind in WIDER.get(field.kind, ())]
    aggregates = field.counts | {read.kind: sql.count(read.value) for read in kinds}
    failing = f"{field.raw} IS NOT NULL AND {field.value} IS NULL"

    def widened(facts: Facts) -> Answer:
        wrong = facts["present"] - facts["of_type"]
        if 0 < wrong <= ODD_SHARE * facts["present"]:
            return _slips(case, field, failing, facts)
        fitting = (read.kind for read in kinds if facts[read.kind] == facts["present"])
        stored = sql.stored_kind(field.engine_type)
        kind = next(fitting, "any" if field.json_types & ~STRING else "string" if table.is_text else stored)
        return _retyped(case, "any" if kind == "other" else kind, of_column)

    return or_missing(case, field, failing, blocked, lambda: case.ask((field, *kinds), aggregates, widened))


def _slips(case: Case, field: Field, failing: str, counts: Facts) -> Answer:
    """A few values that lack the type: the rows are named, which are to be corrected."""
    judged, wrong = counts["present"], counts["present"] - counts["of_type"]

    def named(facts: Facts) -> Answer:
        rows = sorted(row["p0"] for row in facts["rows"] or ())
        told = words.listed(rows) + f" and {wrong - len(rows):,} more" * (wrong > len(rows))
        return case.refuse(
            f"{wrong:,} of {words.counted(judged, 'value')} {words.verb(wrong)} not of type {field.kind}, too few for "
            f"a wider type: {'row' if wrong == 1 else 'rows'} {told}",
            "correct these rows, or count them: `type: any`, and the column's checks in the long form with `mostly`",
        )

    return case.ask((field,), {"rows": sql.rows_where(failing, ['"row"'], MAX_ROWS)}, named)


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
        said += f"; dropped with it: {words.listed((_declared(case, placed) for placed in gone), limit=20)}"
    return case.change(said, *edits)


def _declared(case: Case, placed: Placed) -> str:
    """A rule as it is written."""
    return words.short(f"{placed.rule.check} {flow(at(case.data, placed.path))}")


def fits(rule: Rule, kind: str) -> bool:
    """Whether a rule makes sense for a column of a type."""
    try:
        check_fits(rule, kind, Node(None, "", 1, 1))
    except ConfigError:
        return False
    return True
