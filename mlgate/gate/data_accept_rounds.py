"""Changes of a schema, round by round, until a file passes or no further change is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from mlgate.config.document import load_document
from mlgate.config.other_tables import tables_named
from mlgate.config.plain_edits import apart, applied
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.config.yaml_edit import UneditableError, rewrite
from mlgate.errors import ConfigError
from mlgate.gate.datasets import Subject, opened
from mlgate.outcome import Outcome, Status

if TYPE_CHECKING:
    from mlgate.data.accept import Change, Refusal
    from mlgate.gate.record import Progress
    from mlgate.sources.open_tables import OpenTable

MAX_ROUNDS = 8
"""A change may uncover the next finding: a wider type the values that it lets in, a null token the share of nulls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How outcomes are judged: `exempt` are ids that are accepted by name, `strict` lets a warning block."""

    now: dt.datetime
    strict: bool = False
    exempt: frozenset[str] = frozenset()
    progress: Progress | None = None

    def blocking(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        wanted = [o for o in outcomes if o.status.blocks or (self.strict and o.status is Status.WARN)]
        return [outcome for outcome in wanted if outcome.id not in self.exempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A schema's text after the changes; `passes` says whether the file passes with it."""

    text: str
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    passes: bool = False


@dataclass(slots=True)
class _State:
    """Where the rounds are: the text of the schema, what it means, and what was decided so far."""

    text: str
    schema: Schema
    changes: list[Change] = field(default_factory=list)
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        return load_document(self.text, self.schema.path).plain_data()


def settle(subject: Subject, text: str, outcomes: Sequence[Outcome] | None, asked: Asked) -> Settled:
    """Propose, apply to the text, check again, until nothing blocks or nothing changes.

    Parameters
    ----------
    subject : the file and its schema
    text : of the schema's file
    outcomes : of the file against this text; None where they are still to be found

    Raises
    ------
    SourceError
        The file cannot be read.
    ConfigError
        The text is no valid schema.
    """
    from mlgate.data import accept
    from mlgate.data.scope import Scope

    path = subject.schema.path if subject.schema else ""
    state = _State(text, parse_schema(text, path))
    with _Tables(subject, asked.progress) as tables:
        for _ in range(MAX_ROUNDS):
            table = tables.of(state.schema)
            if outcomes is None:
                outcomes = _checked(subject, table, state.schema, asked)
            blocking = asked.blocking(outcomes)
            scope = Scope(table=table, schema=state.schema, environment=subject.environment, others=table.others)
            found, refused = accept.propose(scope, state.data, blocking, dataset=subject.name, strict=asked.strict)
            state.refusals = {refusal.outcome: refusal for refusal in refused}
            if not _apply(state, found):
                break
            outcomes = None
        if outcomes is None:
            blocking = asked.blocking(_checked(subject, tables.of(state.schema), state.schema, asked))
    for outcome in blocking:
        unsettled = accept.Refusal(outcome=outcome.id, reason="the changes do not settle it", instead=outcome.hint)
        state.refusals.setdefault(outcome.id, unsettled)
    ids = {outcome.id for outcome in blocking}
    refusals = [refusal for id_, refusal in state.refusals.items() if id_ in ids]
    return Settled(text=state.text, changes=tuple(state.changes), refusals=tuple(refusals), passes=not blocking)


class _Tables:
    """The file as a table, opened again only where a schema reads it in another way."""

    def __init__(self, subject: Subject, progress: Progress | None) -> None:
        self.subject = subject
        self.progress = progress
        self.stack = ExitStack()
        self.known: tuple[object, OpenTable] | None = None

    def of(self, schema: Schema) -> OpenTable:
        way = (schema.read, tables_named(schema.rules))
        if self.known is None or self.known[0] != way:
            self.stack.close()
            table = self.stack.enter_context(opened(replace(self.subject, schema=schema), self.progress))
            self.known = (way, table)
        return self.known[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()


def _checked(subject: Subject, table: OpenTable, schema: Schema, asked: Asked) -> list[Outcome]:
    from mlgate.data import check_table

    return check_table(
        table,
        schema,
        dataset=subject.name,
        environment=subject.environment,
        privacy="none",
        now=asked.now,
        others=table.others,
    )


def _apply(state: _State, found: Sequence[Change]) -> bool:
    """Make the changes that can be made together; whether one was made. Those that cannot be written are refused."""
    from mlgate.data.accept import Refusal

    together = [change for change, free in zip(found, apart([c.edits for c in found]), strict=True) if free]
    data, text, path = state.data, state.text, state.schema.path
    made: list[Change] = []
    pending = [together] if together else []
    while pending:
        some = pending.pop()
        try:
            wanted = applied(data, [edit for change in (*made, *some) for edit in change.edits])
            after = rewrite(text, wanted, path=path)
            schema = parse_schema(after, path)
        except (UneditableError, ConfigError, LookupError, TypeError) as problem:
            if len(some) > 1:  # the one at fault is found by halves, so that the others are still made
                pending += [some[len(some) // 2 :], some[: len(some) // 2]]
                continue
            why = problem.reason if isinstance(problem, ConfigError) else str(problem)
            refusal = Refusal(outcome=some[0].outcome, reason=why, instead=f"write by hand: {some[0].said}")
            state.refusals[refusal.outcome] = refusal
        else:
            state.text, state.schema = after, schema
            made += some
    state.changes += made
    return bool(made)
