"""From findings to the smallest change of the schema that accepts them; whether to accept is a person's decision.

Bounds give way just so far, closed sets get new values, types get wider if more than a twentieth of the values asks
for it, columns come and go. What was declared to rule something out, such as a key, a reference to another table, a
pattern or the order of a series, is never loosened here: a person may do that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.plain_edits import Put
from mlgate.config.schema import Bound
from mlgate.config.schema_places import Placed, placed_rules
from mlgate.data import accept_bounds, accept_values
from mlgate.data.accept_case import Answer, Case, Change, Question, Refusal
from mlgate.data.accept_columns import absent, extra, header_of, likely_renames, renamed
from mlgate.data.accept_types import wider_type
from mlgate.data.measure import first_broken, measure
from mlgate.data.outcomes import outcome_id
from mlgate.data.scope import Scope
from mlgate.data.selected import Selected
from mlgate.outcome import Outcome, Status

__all__ = ["Change", "Refusal", "propose"]

ACCEPTORS: dict[str, Callable[[Case], Answer]] = {
    "not_null": accept_bounds.not_null,
    "null_fraction": accept_bounds.null_fraction,
    "between": accept_bounds.between,
    "length": accept_bounds.length,
    "domain_mass": accept_bounds.domain_mass,
    "quantile": accept_bounds.each_bound,
    "label_distribution": accept_bounds.each_bound,
}
"""How a finding of a check is accepted. A check of one number over a column or the table needs no entry."""

_CLOSED_SETS = ("in_set", "distinct_in_set")

_FILE = "correct the file: a schema cannot say that this is meant"
NEVER = {
    "unique": "a key is never loosened: remove the copies, or declare another key",
    "foreign_keys": "a reference is never loosened: correct one of the two tables",
    "table_equals": "correct one of the two tables",
    "row_count_equals_table": "correct one of the two tables, or write a tolerance",
    "freshness": "bring newer data, or write a larger max_age",
    "series_gaps": "bring the readings that are absent, or write another step or tolerance",
    "series_order": "sort the rows, or correct their times",
    "series_duplicates": "remove the readings that stand twice",
    "series_freshness": "bring newer readings, or write a larger max_age",
    "series_frozen": "look at what takes the readings, or write other limits",
    "not_in_future": "correct the times: what is measured has happened",
    "pii": "take the personal data out, or write `pii: allowed` with a reason at the column",
    "unparseable_rows": _FILE,
    "duplicate_header": _FILE,
    "repeated_header": _FILE,
    "readable": _FILE,
}
"""What is never accepted by loosening, and what to do instead."""


def propose(
    scope: Scope,
    data: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    *,
    dataset: str,
    strict: bool = False,
    refused: Mapping[str, Refusal] | None = None,
) -> tuple[list[Change], list[Refusal]]:
    """What would accept the outcomes that block, one change each, and those for which there is no such change.

    A change answers what the table shows now: behind a wider type or a new name, further findings may appear. So apply,
    check again, and ask again until nothing blocks or nothing changes.

    Parameters
    ----------
    scope : the open table, and the schema that the outcomes are from
    data : plain data of that schema's document
    dataset : name in the outcomes' ids
    strict : whether a warning blocks, too
    refused : by id, what was answered already of outcomes that are as they were

    Returns
    -------
    changes, refusals
        In the order of the outcomes. An outcome that another one's change settles is in neither.
    """
    blocking = [o for o in outcomes if o.status.blocks or (strict and o.status is Status.WARN)]
    if not blocking:
        return [], []
    placed = placed_rules(scope.schema, data)
    cases = {case.outcome.id: case for case in _cases(scope, data, {o.id: o for o in blocking}, placed, dataset)}
    known = _Known(scope, list(cases.values()), placed)
    answers: list[Answer] = []
    for outcome in blocking:
        if refused and outcome.id in refused:
            answers.append(refused[outcome.id])
            continue
        case = cases.get(outcome.id) or Case(scope=scope, data=data, outcome=outcome)
        try:
            answers += _answers(case, known)
        except ValueError as problem:
            answers.append(case.refuse(str(problem), outcome.hint))
    settled = _settled(scope, answers)
    return [a for a in settled if isinstance(a, Change)], [a for a in settled if isinstance(a, Refusal)]


class _Known:
    """What the answers to several findings depend on, found out once."""

    def __init__(self, scope: Scope, cases: Sequence[Case], placed: Sequence[Placed]) -> None:
        self.header = header_of(scope)
        self.renames = likely_renames(scope, self.header)
        self.rules: dict[str, list[Placed]] = {}
        for one in placed:
            if one.column is not None:
                self.rules.setdefault(one.column, []).append(one)
        self.blocked = {case.column for case in cases if case.column is not None}
        self.first_error: dict[str, str] = {}
        for case in cases:
            if case.column is not None and case.outcome.status is Status.ERROR:
                self.first_error.setdefault(case.column, case.outcome.id)


def _cases(
    scope: Scope, data: Mapping[str, Any], blocking: Mapping[str, Outcome], placed: Sequence[Placed], dataset: str
) -> Iterator[Case]:
    """The outcomes that block and are about a declared column or rule, with what was declared."""
    for name in scope.schema.columns:
        for check in ("column_exists", "type"):
            if (id_ := outcome_id(dataset, name, check)) in blocking:
                yield Case(scope=scope, data=data, outcome=blocking[id_], column=name)
    for one in placed:
        if one.chosen:
            continue
        id_ = outcome_id(dataset, *([one.column] if one.column else []), one.rule.name)
        if id_ in blocking:
            yield Case(scope=scope, data=data, outcome=blocking[id_], column=one.column, placed=one)
    for column, name, one in _chosen(scope, [one for one in placed if one.chosen]):
        if (id_ := outcome_id(dataset, column, name)) in blocking:
            found = replace(one, column=column)
            yield Case(scope=scope, data=data, outcome=blocking[id_], column=column, placed=found)


def _chosen(scope: Scope, chosen: Sequence[Placed]) -> Iterator[tuple[str, str, Placed]]:
    """Columns of the checks of several, with the name that the check has for each."""
    each = [Selected(replace(scope, schema=replace(scope.schema, selections=(s,)))) for s in scope.schema.selections]
    names = dict.fromkeys([*scope.schema.columns, *scope.table.columns])
    for name in names:
        column = scope.column(name)
        taken = [rule.name for rule in column.rules]
        for selected, one in zip(each, chosen, strict=True):
            if any(True for _ in selected.rules(column)):
                count = taken.count(one.rule.name)
                taken.append(one.rule.name)
                yield name, f"{one.rule.name}:{count + 1}" if count else one.rule.name, one


def _answers(case: Case, known: _Known) -> Iterator[Answer]:
    check = case.outcome.check
    if check == "column_exists":
        to = known.renames.get(case.column or "")
        yield renamed(case, to) if to is not None else absent(case, known.header)
    elif check == "extra_columns":
        yield from extra(case, known.header, known.renames)
    elif check in NEVER:
        yield case.refuse(NEVER[check])
    elif case.outcome.status is Status.ERROR:
        yield from _of_error(case, known)
    elif check == "type" and case.column is not None:
        yield wider_type(case, known.rules.get(case.column, []), known.blocked)
    elif case.placed is None:
        yield case.refuse("nothing that is declared could give way", case.outcome.hint)
    else:
        yield _of_rule(case, known)


def _of_rule(case: Case, known: _Known) -> Answer:
    check, evidence = case.outcome.check, case.outcome.evidence
    gives_way = check in ACCEPTORS or check in _CLOSED_SETS or isinstance(case.rule.argument, Bound)
    if case.rule.mostly < 1 and evidence.get("judged"):
        return accept_bounds.mostly(case) if gives_way else _by_hand(case)
    if check in _CLOSED_SETS:
        return accept_values.in_set(case, known.blocked)
    if check == "not_in_set":
        return accept_values.not_in_set(case, known.blocked, lambda: _by_hand(case))
    if check in ACCEPTORS:
        return ACCEPTORS[check](case)
    if isinstance(case.rule.argument, Bound) and "failing" not in evidence:
        return accept_bounds.statistic(case)
    return _by_hand(case)


def _of_error(case: Case, known: _Known) -> Iterator[Answer]:
    """A column of nulls only, of which no value could be judged: the schema says that it may be so."""
    evidence = case.outcome.evidence
    if case.column is None or evidence.get("judged") != 0 or not evidence.get("null") or "failing" not in evidence:
        yield case.refuse(case.outcome.message, case.outcome.hint)
        return
    if case.column not in case.data["columns"]:
        yield case.refuse("every value is missing", "declare the column with `null_fraction: {max: 1}`")
        return
    declared = case.data["columns"][case.column] or {}
    if not {"not_null", "null_fraction"} & declared.keys():  # which are findings themselves, or hold
        put = Put(("columns", case.column), {**declared, "null_fraction": {"max": 1}})
        if known.first_error[case.column] == case.outcome.id:  # one change settles all checks of the column
            yield case.change("null_fraction {max: 1} is declared, since every value is missing", put)


def _by_hand(case: Case) -> Refusal:
    evidence = case.outcome.evidence
    judged, failing = evidence.get("judged"), evidence.get("failing")
    instead = case.outcome.hint
    if judged and failing is not None and failing < judged:
        by_hand = "lower its `mostly`" if case.rule.mostly < 1 else "write it in the long form with `mostly`"
        instead = f"correct the rows, or {by_hand}: {failing:,} of {judged:,} do not hold"
    return case.refuse("what it rules out is not loosened by a proposal", instead)


def _settled(scope: Scope, answers: Sequence[Answer]) -> list[Change | Refusal]:
    """The answers once every question is asked; all that are open at a time share their scans."""
    settled: list[Answer] = list(answers)
    while open_ := [(place, answer) for place, answer in enumerate(settled) if isinstance(answer, Question)]:
        facts = measure(scope.table, ((question.fields, question.aggregates.values()) for _, question in open_))
        for place, question in open_:
            found = {name: facts[text] for name, text in question.aggregates.items()}
            broken = first_broken(found)
            settled[place] = (
                Refusal(outcome=question.outcome, reason=f"it could not be computed: {broken.reason}")
                if broken
                else question.answer(found)
            )
    return [answer for answer in settled if not isinstance(answer, Question)]
