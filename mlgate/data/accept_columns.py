"""Columns that are absent, new, renamed, or there in an environment that they are not declared for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.config.expression_tokens import ExpressionError, tokens
from mlgate.config.plain_edits import Drop, Edit, Extend, Path, Put, Swap
from mlgate.config.schema import Column, Schema
from mlgate.data import words
from mlgate.data.accept_case import Case, Change, Refusal
from mlgate.data.checking import check_table
from mlgate.data.infer_facts import observe
from mlgate.data.likeness import likely_names, name_likeness
from mlgate.data.scope import Scope
from mlgate.data.table_checks import expected_in
from mlgate.errors import MlgateError
from mlgate.outcome import Status

MOST_ABSENT = 0.5
"""Where more of the declared columns than this are absent the file is another table, or read with another delimiter."""
MAX_CANDIDATES, MAX_RENAMED = 8, 50
"""Columns that one may have become, and absent ones that are looked for: each costs a query."""
ALIKE, LITTLE_ALIKE = 0.75, 0.4
TELLING = ("in_set", "regex", "fullmatch", "between", "length", "unique", "quantile", "mean", "label_distribution")
"""Checks that say something of what a column holds: a column of another meaning would hardly hold them."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table against those of its schema."""

    absent: tuple[str, ...]
    undeclared: tuple[str, ...]
    unexpected: tuple[str, ...]
    another_table: bool


def header_of(scope: Scope) -> Header:
    declared, present = scope.schema.columns, dict.fromkeys(scope.table.columns)
    expected = [name for name, column in declared.items() if expected_in(column, scope.environment)]
    absent = tuple(name for name in expected if name not in present)
    return Header(
        absent=absent,
        undeclared=tuple(name for name in present if name not in declared),
        unexpected=tuple(name for name in present if name in declared and name not in expected),
        another_table=len(absent) > MOST_ABSENT * len(expected),
    )


def likely_renames(scope: Scope, header: Header) -> dict[str, str]:
    """The column of the file that each absent one has become, where name and content both say so.

    A candidate has the declared type. Its name is alike and at least half of what is declared of the column holds for
    it; or its name is a little alike, or what is declared tells much of the content, and all of it holds. Two
    candidates that are equally likely are none.
    """
    if header.another_table:
        return {}
    near = likely_names(header.absent, [name for name in header.undeclared if name], MAX_CANDIDATES)
    found: dict[str, list[tuple[float, str]]] = {}
    for name in header.absent[:MAX_RENAMED]:
        held = _held(scope, scope.schema.columns[name], near[name])
        scores = {other: _score(name_likeness(name, other), *held[other]) for other in held}
        found[name] = sorted(((score, other) for other, score in scores.items() if score), reverse=True)
    renames: dict[str, str] = {}
    for name, candidates in found.items():
        rivals = [
            score
            for other, scored in found.items()
            if other != name
            for score, to in scored
            if candidates and to == candidates[0][1]
        ]
        clear = candidates and (len(candidates) == 1 or candidates[0][0] > candidates[1][0])
        if clear and all(candidates[0][0] > rival for rival in rivals):
            renames[name] = candidates[0][1]
    return renames


def _held(scope: Scope, column: Column, others: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Of columns that have the declared type: how many of a column's rules hold for each, fail, and tell much."""
    rules = tuple(rule for rule in column.rules if rule.where is None)
    if not others:
        return {}
    columns = {other: replace(column, name=other, rules=rules) for other in others}
    schema = Schema(path=scope.schema.path, read=scope.schema.read, columns=columns, extra_columns="ignore")
    outcomes = check_table(scope.table, schema, dataset="t", privacy="none")
    held: dict[str, tuple[int, int, int]] = {}
    for other in others:
        mine = [outcome for outcome in outcomes if outcome.subject == f"t.{other}" and outcome.check != "column_exists"]
        typed = all(outcome.status is Status.PASS for outcome in mine if outcome.check == "type")
        good = [outcome.check for outcome in mine if outcome.status is Status.PASS and outcome.check != "type"]
        bad = [outcome for outcome in mine if outcome.status in (Status.FAIL, Status.WARN, Status.ERROR)]
        if typed:
            held[other] = len(good), len(bad), sum(check in TELLING for check in good)
    return held


def _score(likeness: float, good: int, bad: int, telling: int) -> float:
    """How likely a column is another one under a new name; 0 for: not likely."""
    share = good / (good + bad) if good + bad else 1.0
    likely = (likeness >= ALIKE and share >= 0.5) or (not bad and (likeness >= LITTLE_ALIKE or telling))
    return likeness + share + telling / 100 if likely else 0.0


def renamed(case: Case, to: str) -> Change:
    """A column that has another name now, also where other rules speak of it."""
    name = case.column or ""
    said = f"the column is renamed to {words.short(to)}, which has its type and holds what is declared of it"
    edits = [Swap(("columns", name), to, keeps_value=True), *_mentions(case.data, name, to)]
    return case.change(said, *edits)


def absent(case: Case, header: Header) -> Change | Refusal:
    """A column that the file does not have any more."""
    if header.another_table:
        reason = (
            f"{len(header.absent):,} declared columns are absent: the file is another table, or has another delimiter"
        )
        return case.refuse(reason, "look at the file and at `read` in the schema")
    return case.change("the column goes", Drop(("columns", case.column or "")))


def extra(case: Case, header: Header, renames: Mapping[str, str]) -> Iterator[Change | Refusal]:
    """Columns that the schema does not declare get their type; those of other environments get this one, too."""
    if header.another_table:
        yield case.refuse("most declared columns are absent: the file is another table, or has another delimiter")
        return
    new = [name for name in header.undeclared if name not in renames.values()]
    if "" in new:
        yield case.refuse(
            "a column without a name cannot be declared", "name it in the file, or write `extra_columns: ignore`"
        )
        new.remove("")
    kinds = _kinds(case.scope, new) if new else {}
    known = set(case.scope.schema.columns)
    for name in new:
        kind = kinds.get(name, "any")
        put = Put(("columns", name), {"type": kind}, after=_before(name, case.scope.table.columns, known))
        known.add(name)
        yield case.change(f"{words.short(name)}: the column is declared, of type {kind}", put)
    environment = case.scope.environment
    for name in header.unexpected:
        said = f"{words.short(name)}: the column is expected in environment {environment}, too"
        yield case.change(said, Extend(("columns", name, "environments"), (environment,)))


def _kinds(scope: Scope, names: Collection[str]) -> dict[str, str]:
    try:
        return {seen.name: seen.kind for seen in observe(scope.table, path=scope.table.shown, names=set(names))}
    except MlgateError:
        return {}


def _before(name: str, columns: Sequence[str], known: Collection[str]) -> str:
    """The nearest column before it in the file that is declared, or is by now; empty where it comes first."""
    place = columns.index(name)
    return next((other for other in reversed(columns[:place]) if other in known), "")


def _mentions(data: Mapping[str, Any], name: str, to: str) -> Iterator[Edit]:
    """Edits of what else in the schema speaks of a column."""
    for key, declared in (data.get("columns") or {}).items():
        for place, entry in enumerate((declared or {}).get("checks", ())):
            yield from _in_condition(("columns", key, "checks", place, "where"), entry.get("where"), name, to)
    yield from _in_table(data.get("table") or {}, ("table",), name, to)


def _in_table(value: Any, path: Path, name: str, to: str) -> Iterator[Edit]:
    match value:
        case dict():
            if "references" in value and name in _as_list(value.get("columns")):
                yield from _own_names(value, path)
            for key, item in value.items():
                if key in ("where", "expressions"):
                    yield from _in_condition((*path, key), item, name, to)
                elif key not in ("references", "pairs", "in_set", "not_in_set"):
                    yield from _in_table(item, (*path, key), name, to)
        case list():
            for place, item in enumerate(value):
                yield from _in_table(item, (*path, place), name, to)
        case str() if value == name and len(path) > 2:
            yield Put(path, to)


def _own_names(key: Mapping[str, Any], path: Path) -> Iterator[Edit]:
    """A foreign key that names its columns once names those of the other table, too, before its own change."""
    if "columns" not in key["references"]:
        yield Put((*path, "references", "columns"), _as_list(key["columns"]))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _in_condition(path: Path, written: Any, name: str, to: str) -> Iterator[Edit]:
    """The text of a condition, or of each of a list, with another name of a column."""
    if isinstance(written, list):
        for place, text in enumerate(written):
            yield from _in_condition((*path, place), text, name, to)
    elif isinstance(written, str):
        after = renamed_in(written, name, to)
        if after != written:
            yield Put(path, after)


def renamed_in(text: str, name: str, to: str) -> str:
    """A condition with another name of a column.

    Examples
    --------
    >>> renamed_in("length(age) > 2 and 'age' <> age", "age", "age in years")
    'length("age in years") > 2 and \\'age\\' <> "age in years"'
    """
    try:
        found = tokens(text)
    except ExpressionError:
        return text
    quoted = to if _is_word(to) else '"' + to.replace('"', '""') + '"'
    pieces, place = [], 0
    for token, following in zip(found, [*found[1:], found[-1]], strict=True):
        called = token.kind == "word" and following.text == "("
        word = token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text
        if token.kind in ("word", "quoted") and word == name and not called:
            pieces += [text[place : token.start], quoted]
            place = token.start + len(token.text)
    return "".join([*pieces, text[place:]])


def _is_word(name: str) -> bool:
    try:
        return [token.kind for token in tokens(name)] == ["word", "end"]
    except ExpressionError:
        return False
