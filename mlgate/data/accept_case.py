"""What accepting one finding is made of: the finding, its rule's place, and the change or the reason why there is none.

A finding is asked a few figures of the table first (`Question`), so that all findings together cost one scan or two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.plain_edits import Edit, Path, at
from mlgate.config.schema import Rule
from mlgate.config.schema_places import Placed
from mlgate.config.yaml_text import flow
from mlgate.data import words
from mlgate.data.plan import Facts, Field
from mlgate.data.scope import Scope
from mlgate.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a schema after which an outcome holds.

    Parameters
    ----------
    outcome : its id
    said : what changes, in a few words; never a value of a single row
    edits : of the plain data of the schema's document
    values : what the edits hold of single rows; `privacy` says whether it may be shown
    """

    outcome: str
    said: str
    edits: tuple[Edit, ...]
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An outcome that no change of the schema is proposed for: why, and what a person may do or write by hand."""

    outcome: str
    reason: str
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Aggregates over columns, and what follows from their values; `outcome` is the id of the finding."""

    outcome: str
    fields: Sequence[Field]
    aggregates: Mapping[str, str]
    answer: Callable[[Facts], Answer]


Answer = Change | Refusal | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finding to accept.

    Parameters
    ----------
    scope : the open table and its schema
    data : plain data of the schema's document
    column : that the finding is about; None for one about the table
    placed : its rule and where that stands; None where no rule was declared
    """

    scope: Scope
    data: Mapping[str, Any]
    outcome: Outcome
    column: str | None = None
    placed: Placed | None = None

    @property
    def rule(self) -> Rule:
        if self.placed is None:
            raise ValueError(f"{self.outcome.id} has no rule")
        return self.placed.rule

    @property
    def path(self) -> Path:
        """Of the rule's argument."""
        if self.placed is None:
            raise ValueError(f"{self.outcome.id} has no rule")
        return self.placed.path

    @property
    def written(self) -> Any:
        """The rule's argument as plain data."""
        return at(self.data, self.path)

    def field(self) -> Field:
        """The column in the rows that its rule judges."""
        return self.scope.field(self.column or "", self.rule.where)

    def ask(
        self, fields: Sequence[Field], aggregates: Mapping[str, str], answer: Callable[[Facts], Answer]
    ) -> Question:
        return Question(outcome=self.outcome.id, fields=fields, aggregates=aggregates, answer=answer)

    def change(self, said: str, *edits: Edit, values: Sequence[Any] = ()) -> Change:
        about = f"{words.short(self.column)}: " if self.column is not None else ""
        return Change(outcome=self.outcome.id, said=about + said, edits=edits, values=tuple(values))

    def refuse(self, reason: str, instead: str = "") -> Refusal:
        return Refusal(outcome=self.outcome.id, reason=reason, instead=instead)


def shown_change(name: str, before: object, after: object) -> str:
    """Examples
    --------
    >>> shown_change("between", [0, 120], [0, 131])
    'between [0, 120] becomes [0, 131]'
    """
    return f"{name} {flow(before)} becomes {flow(after)}"
