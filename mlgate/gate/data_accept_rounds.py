"""Changes of a schema, round by round, until a file passes or no further change is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.document import load_document
from mlgate.config.plain_edits import apart, applied
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.config.yaml_edit import UneditableError, rewrite
from mlgate.errors import ConfigError
from mlgate.gate.datasets import Subject
from mlgate.gate.load import with_json_schemas
from mlgate.gate.open_subject import OpenSubject
from mlgate.outcome import Outcome, Status

if TYPE_CHECKING:
    from mlgate.data.accept import Change, Refusal
    from mlgate.gate.record import Progress

MAX_ROUNDS = 8
"""A change may uncover the next finding: a wider type the values that it lets in, a null token the share of nulls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How outcomes are judged.

    Parameters
    ----------
    strict : whether a warning blocks
    exempt : ids that are accepted by name
    root : folder of the schema, in which it names JSON Schemas; None for that of the data
    """

    now: dt.datetime
    strict: bool = False
    exempt: frozenset[str] = frozenset()
    progress: Progress | None = None
    root: Path | None = None

    def blocking(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        wanted = [o for o in outcomes if o.status.blocks or (self.strict and o.status is Status.WARN)]
        return [outcome for outcome in wanted if outcome.id not in self.exempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A schema's text after the changes, its plain data and meaning; `passes` says whether the file passes with it."""

    text: str
    data: Any
    schema: Schema
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    passes: bool = False


@dataclass(slots=True, kw_only=True)
class _State:
    """Where the rounds are.

    Parameters
    ----------
    text, data, schema : of the schema's file: as it is written, as plain data, and what that means
    outcomes : of the file against it; None where they are still to be found
    before : the schema and the outcomes of the round before
    refused, unwritten : by id, findings for which no change is proposed, or whose change cannot be made in the text
    """

    root: Path
    text: str
    data: Any
    schema: Schema
    outcomes: Sequence[Outcome] | None
    before: tuple[Schema, Sequence[Outcome]] | None = None
    changes: list[Change] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)
    unwritten: dict[str, Refusal] = field(default_factory=dict)


def read_schema(text: str, path: str, root: Path) -> Schema:
    """What the text of a schema's file means, with the JSON Schemas that it names by path below `root`."""
    return with_json_schemas(parse_schema(text, path), root)


def settle(
    subject: Subject, text: str, outcomes: Sequence[Outcome] | None, asked: Asked, tables: OpenSubject | None = None
) -> Settled:
    """Propose, apply to the text, check again, until nothing blocks or nothing changes.

    Parameters
    ----------
    subject : the file, with the schema that the text means
    text : of the schema's file
    outcomes : of the file against this text; None where they are still to be found
    tables : has the file open, or will have it

    Raises
    ------
    SourceError
        The file cannot be read.
    ConfigError
        The text is no valid schema.
    """
    if tables is None:
        with OpenSubject(asked.progress) as own:
            return settle(subject, text, outcomes, asked, own)
    from mlgate.data.accept import Refusal

    if subject.schema is None:
        raise ValueError(f"{subject.name} has no schema")
    data = load_document(text, subject.schema.path).plain_data()
    root = asked.root or subject.root
    state = _State(root=root, text=text, data=data, schema=subject.schema, outcomes=outcomes)
    rounds = 0
    while rounds < MAX_ROUNDS and _goes_on(subject, tables, state, asked):
        rounds += 1
    blocking = asked.blocking(_outcomes(subject, tables, state, asked))
    refusals = {**state.refused, **state.unwritten}
    for outcome in blocking:
        unsettled = Refusal(outcome=outcome.id, reason="the changes do not settle it", instead=outcome.hint)
        refusals.setdefault(outcome.id, unsettled)
    ids = {outcome.id for outcome in blocking}
    return Settled(
        text=state.text,
        data=state.data,
        schema=state.schema,
        changes=tuple(state.changes),
        refusals=tuple(refusal for id_, refusal in refusals.items() if id_ in ids),
        passes=not blocking,
    )


def _goes_on(subject: Subject, tables: OpenSubject, state: _State, asked: Asked) -> bool:
    """One round: what is proposed now, made in the text; whether something was.

    A broken file can break the engine for good: then nothing is proposed.
    """
    import duckdb

    from mlgate.data import accept
    from mlgate.data.scope import Scope

    blocking = asked.blocking(_outcomes(subject, tables, state, asked))
    table = tables.of(replace(subject, schema=state.schema))
    scope = Scope(table=table, schema=state.schema, environment=subject.environment, others=table.others)
    try:
        found, refused = accept.propose(
            scope, state.data, blocking, dataset=subject.name, strict=asked.strict, refused=_still_refused(state)
        )
    except duckdb.Error:
        why = "the file is broken so that the engine has stopped"
        found = []
        refused = [accept.Refusal(outcome=one.id, reason=why, instead=one.hint) for one in blocking]
    state.refused = {refusal.outcome: refusal for refusal in refused}
    state.unwritten = {}
    return _apply(state, found)


def _outcomes(subject: Subject, tables: OpenSubject, state: _State, asked: Asked) -> Sequence[Outcome]:
    """The outcomes of the file against the schema as it is now; of what has not changed they are known."""
    from mlgate.data import check_table
    from mlgate.data.rechecking import recheck

    if state.outcomes is None:
        table = tables.of(replace(subject, schema=state.schema))
        options: dict[str, Any] = {
            "dataset": subject.name,
            "environment": subject.environment,
            "privacy": "none",
            "now": asked.now,
            "others": table.others,
        }
        if state.before is None:
            state.outcomes = check_table(table, state.schema, **options)
        else:
            state.outcomes = recheck(table, state.before[0], state.schema, outcomes=state.before[1], **options)
    return state.outcomes


def _still_refused(state: _State) -> dict[str, Refusal]:
    """The refusals of the round before of outcomes that the changes since then have not touched."""
    known = {id(outcome) for outcome in (state.before[1] if state.before else ())}
    ids = (outcome.id for outcome in state.outcomes or () if id(outcome) in known)
    return {id_: state.refused[id_] for id_ in ids if id_ in state.refused}


def _apply(state: _State, found: Sequence[Change]) -> bool:
    """Make the changes that can be made together; whether one was made. Those that cannot be written are refused."""
    from mlgate.data.accept import Refusal

    together = [change for change, free in zip(found, apart([c.edits for c in found]), strict=True) if free]
    data, text, path = state.data, state.text, state.schema.path
    known = (state.schema, state.outcomes or ())
    made: list[Change] = []
    pending = [together] if together else []
    while pending:
        some = pending.pop()
        try:
            wanted = applied(data, [edit for change in (*made, *some) for edit in change.edits])
            after = rewrite(text, wanted, path=path)
            schema = read_schema(after, path, state.root)
        except (UneditableError, ConfigError, LookupError, TypeError) as problem:
            if len(some) > 1:  # the one at fault is found by halves, so that the others are still made
                pending += [some[len(some) // 2 :], some[: len(some) // 2]]
                continue
            why = problem.reason if isinstance(problem, ConfigError) else str(problem)
            refusal = Refusal(outcome=some[0].outcome, reason=why, instead=f"write by hand: {some[0].said}")
            state.unwritten[refusal.outcome] = refusal
        else:
            state.text, state.data, state.schema = after, wanted, schema
            made += some
    state.changes += made
    if made:
        state.before, state.outcomes = known, None
    return bool(made)
