"""Which columns of a predictions file an evaluation reads, and in which form it needs label and prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlgate.config.evaluation import Evaluation

PLAIN_NUMBERS = ("low", "high", "scale", "latency", "nll", "tokens")
"""Roles of columns that are numbers and nothing else."""

_ROW_ROLES = ("weight", "group", "series", "time")
"""Roles that say something of the example and not of a model: the candidate's are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """In which forms label and prediction are needed; several may be at once.

    Parameters
    ----------
    classes : as classes
    sets : as label sets, from indicator columns
    numbers : as finite numbers
    truth : the label alone as a finite number: of a predicted interval, or the relevance of a ranked item
    texts : as texts
    anything : as whatever they can be, for a function of the user's or a golden set
    """

    classes: bool = False
    sets: bool = False
    numbers: bool = False
    truth: bool = False
    texts: bool = False
    anything: bool = False

    @property
    def any(self) -> bool:
        """Whether the label is needed at all."""
        return self.classes or self.sets or self.numbers or self.truth or self.texts or self.anything


def forms_of(evaluation: Evaluation) -> Forms:
    """The forms that the metrics, the fairness groups and the golden set of an evaluation need.

    Raises
    ------
    KeyError
        A metric is unknown.
    """
    found = {"classes"} if evaluation.fairness and isinstance(evaluation.columns.label, str) else set()
    for policy in evaluation.metrics:
        needs = policy.spec.needs
        if "label" in needs and isinstance(evaluation.columns.label, tuple):
            found.add("sets")
        elif "query" in needs or "low" in needs:
            found.add("truth")
        elif "number" in needs:
            found.add("numbers")
        elif "text" in needs:
            found.add("texts")
        elif "prediction" in needs or "score" in needs:
            found.add("classes")
        elif "function" in needs:
            found.add("anything")
    if not found and evaluation.golden is not None:
        found.add("anything")
    return Forms(**dict.fromkeys(found, True))


def required_columns(evaluation: Evaluation, side: str) -> list[str]:
    """Columns that the predictions of a side must have, each once.

    A baseline may lack what says something of the example alone (slices, groups, weights): the candidate's are used.
    """
    columns = evaluation.columns
    named: list[str] = [columns.id]
    if forms_of(evaluation).any:
        named += [*_names(columns.label), *_names(columns.prediction)]
    named += [*_names(columns.score), *_names(columns.query)]
    named += [name for role in PLAIN_NUMBERS for name in _names(getattr(columns, role))]
    named += [policy.column for policy in evaluation.metrics if policy.column is not None]
    if side == "candidate":
        named += optional_columns(evaluation)
    return list(dict.fromkeys(named))


def optional_columns(evaluation: Evaluation) -> list[str]:
    """Columns that a baseline may lack."""
    columns = evaluation.columns
    named = [name for role in _ROW_ROLES for name in _names(getattr(columns, role))]
    named += [*evaluation.slices, *feature_columns(evaluation)]
    return list(dict.fromkeys(named))


def feature_columns(evaluation: Evaluation) -> list[str]:
    """Columns in which slices are searched or groups are told apart, less the declared slices."""
    named = [*evaluation.discover, *(fairness.column for fairness in evaluation.fairness)]
    named += [] if evaluation.columns.series is None else [evaluation.columns.series]
    return [name for name in dict.fromkeys(named) if name not in evaluation.slices]


def needed_columns(evaluation: Evaluation) -> list[str]:
    """Every column of a predictions file that an evaluation reads."""
    return list(dict.fromkeys([*required_columns(evaluation, "baseline"), *optional_columns(evaluation)]))


def _names(declared: object) -> Iterator[str]:
    """The column names of one role."""
    if isinstance(declared, str):
        yield declared
    elif isinstance(declared, Mapping):
        yield from declared.values()
    elif isinstance(declared, tuple | list):
        yield from declared
