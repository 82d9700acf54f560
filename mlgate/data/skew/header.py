"""Which columns both sides have, which only one has, and for which of these that is right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mlgate.config.fields import nearest
from mlgate.config.schema import Column
from mlgate.config.skew_rules import SkewRules
from mlgate.data.skew.names import shown
from mlgate.data.skew.sides import Side
from mlgate.data.table_checks import expected_in
from mlgate.errors import UsageError


class UnknownColumnError(UsageError):
    """A rule names a column that neither table has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Columns of two sides.

    Parameters
    ----------
    shared : features that both have, in the order of training
    not_served, not_trained : features that only training, or only serving, has
    nowhere : features that are named and that neither has
    excused : columns that one side rightly lacks, each with the reason
    without_key : columns of the key that a side lacks, by the side's name
    """

    shared: tuple[str, ...]
    not_served: tuple[str, ...]
    not_trained: tuple[str, ...]
    nowhere: tuple[str, ...]
    excused: tuple[tuple[str, str], ...]
    without_key: tuple[tuple[str, str], ...]


def header_of(training: Side, serving: Side, rules: SkewRules) -> Header:
    """The columns of two sides; without `rules.columns`, all that are neither key nor label nor ignored.

    Raises
    ------
    UnknownColumnError
        A column that is ignored, or that has a tolerance, is in neither table and in no schema.
    """
    trained, served = _names(training), _names(serving)
    _require_known(rules, dict.fromkeys((*trained, *served, *training.declared, *serving.declared)))
    apart = {*rules.key, *rules.ignore}
    if rules.columns:
        wanted: Sequence[str] = rules.columns
    else:
        wanted = [name for name in dict.fromkeys((*trained, *served)) if name not in apart]
    excused = {} if rules.columns else _excused(wanted, training, serving)
    compared = [name for name in wanted if name not in excused]
    sides = ((training.name, trained), (serving.name, served))
    return Header(
        shared=tuple(name for name in compared if name in trained and name in served),
        not_served=tuple(name for name in compared if name in trained and name not in served),
        not_trained=tuple(name for name in compared if name not in trained and name in served),
        nowhere=tuple(name for name in compared if name not in trained and name not in served),
        excused=tuple(excused.items()),
        without_key=tuple((name, side) for side, names in sides for name in rules.key if name not in names),
    )


def _require_known(rules: SkewRules, known: Collection[str]) -> None:
    for names, what in ((rules.ignore, "is ignored"), (rules.tolerances, "has a tolerance")):
        for name in names:
            if name not in known and name not in rules.columns:
                fact = f"{shown(name)} {what}, and neither training nor serving has such a column"
                raise UnknownColumnError(fact, hint=nearest(name, [shown(each) for each in known]))


def _names(side: Side) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(side.table.columns) if name)


def _excused(names: Sequence[str], training: Side, serving: Side) -> dict[str, str]:
    """Columns that are no features, or that one side need not have, with the reason."""
    found = {}
    trained, served = _names(training), _names(serving)
    for name in names:
        columns = [side.declared[name] for side in (training, serving) if name in side.declared]
        if any(column.label for column in columns):
            found[name] = "a label"
        elif name not in served and _unexpected(columns, serving):
            found[name] = f"not expected in {serving.environment}"
        elif name not in trained and _unexpected(columns, training):
            found[name] = f"not expected in {training.environment}"
    return found


def _unexpected(columns: Sequence[Column], side: Side) -> bool:
    return any(not expected_in(column, side.environment) for column in columns)
