"""Joins both sides by a key and compares the features of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.skew_rules import RELATIVE, SkewRules, Tolerance
from mlgate.data import aggregates as sql
from mlgate.data.asking import Broken, ask_alone, reason
from mlgate.data.skew.pairs import Pair
from mlgate.data.skew.queries import Joined
from mlgate.data.skew.sides import Feature, Side
from mlgate.data.table import Table
from mlgate.errors import SourceError

AT_ONCE = 24
"""Features that one query compares: the joined values of all are kept in memory."""
_COUNTS = ("differing", "not_served", "not_trained", "nan_served", "nan_trained", "largest")
"""Of each feature, as `Joined.compared` gives them."""
LOOKED_INTO = 50
"""Features, the worst first, whose differences are looked at for what they have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The rows of one side by their key.

    Parameters
    ----------
    rows, keyed : all rows, and those with a whole key
    unlike : rows whose key is there, and partly of another type
    repeats : rows with the key of an earlier one
    ambiguous : rows that are left out because their key stands twice in one of the tables
    only : rows whose key the other side lacks
    first_ambiguous, first_only : numbers of the first of these rows
    """

    rows: int
    keyed: int
    unlike: int = 0
    repeats: int = 0
    ambiguous: int = 0
    only: int = 0
    first_ambiguous: tuple[int, ...] = ()
    first_only: tuple[int, ...] = ()

    @property
    def without_key(self) -> int:
        return self.rows - self.keyed - self.unlike


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """A feature in the joined rows.

    Parameters
    ----------
    joined, differing : rows that were compared, and that differ
    not_served, not_trained : of those that differ, in how many only training, or only serving, has a value
    nan_served, nan_trained : in how many only serving, or only training, has NaN where the other one has a number
    largest : the largest difference of numbers, or of moments in seconds; None where there is none
    pairs : (trained, served) of a sample of the rows that differ, up to 1,000
    first : the first rows that differ, in the order of serving
    """

    feature: Feature
    tolerance: Tolerance
    joined: int
    differing: int = 0
    not_served: int = 0
    not_trained: int = 0
    nan_served: int = 0
    nan_trained: int = 0
    largest: float | None = None
    pairs: Sequence[Pair] = ()
    first: Sequence[Mapping[str, Any]] = ()

    @property
    def misused(self) -> str:
        """Why the feature cannot be compared, or the tolerance not be one of it; empty where both can."""
        if self.feature.zones:
            return self.feature.zones
        amount, time = self.tolerance.absolute or self.tolerance.relative, self.tolerance.seconds
        if time and self.feature.kind not in ("date", "datetime"):
            return f"its tolerance is a duration, and the column is {self.feature.kind}"
        if amount and self.feature.kind not in ("integer", "number"):
            return f"its tolerance is a number, and the column is {self.feature.kind}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsFound:
    """Both sides joined row by row."""

    training: Keys
    serving: Keys
    joined: int
    features: Sequence[Differences] = field(default=())


def compare_rows(
    training: Side, serving: Side, keys: Sequence[Feature], features: Sequence[Feature], rules: SkewRules
) -> RowsFound:
    """Both tables, joined by a key. A row whose key stands twice in one of them is left out and counted.

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    asked = [Differences(feature=one, tolerance=_tolerance(one, rules), joined=0) for one in features]
    fitting = [one.feature for one in asked if not one.misused]
    question = Joined(
        training=training,
        serving=serving,
        keys=keys,
        tolerances={one.feature.name: one.tolerance for one in asked},
    )
    sides = (training, serving)
    counted = [_row(side.table, question.counts(side)) for side in sides]
    repeats = [_repeats(question, side) for side in sides]
    question = replace(question, repeated=any(repeats))
    left_out = [_row(side.table, question.ambiguous(side)) if question.repeated else (0, []) for side in sides]
    joined, found = _compared(question, fitting)
    found = {one.feature.name: found.get(one.feature.name, {"joined": joined}) for one in asked}
    differences = [replace(one, **found[one.feature.name]) for one in asked]
    known = [
        _keys(question, side, (*counts, again, *ambiguous), joined)
        for side, counts, again, ambiguous in zip(sides, counted, repeats, left_out, strict=True)
    ]
    return RowsFound(training=known[0], serving=known[1], joined=joined, features=_looked_into(question, differences))


def empty_sides(training: Side, serving: Side) -> list[str]:
    """Which of the sides, by their words in messages, have no rows.

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    sides = (("training", training.table), ("serving", serving.table))
    count = f"SELECT {sql.ROWS} FROM "  # noqa: S608  # names of ours
    return [name for name, table in sides if not _row(table, f"{count}{table.relation}")[0]]


def _tolerance(feature: Feature, rules: SkewRules) -> Tolerance:
    if feature.name in rules.tolerances:
        return rules.tolerances[feature.name]
    if feature.kind not in ("integer", "number"):
        return Tolerance()
    if rules.tolerance is not None:
        return rules.tolerance
    return Tolerance(relative=RELATIVE) if feature.kind == "number" else Tolerance()


def _keys(question: Joined, side: Side, counts: Sequence[Any], joined: int) -> Keys:
    rows, keyed, unlike, repeats, left_out, first = counts
    only = keyed - left_out - joined
    return Keys(
        rows=rows,
        keyed=keyed,
        unlike=unlike,
        repeats=repeats,
        ambiguous=left_out,
        only=only,
        first_ambiguous=tuple(first or ()),
        first_only=tuple(_row(side.table, question.alone(side))[0] or ()) if only else (),
    )


def _compared(question: Joined, features: Sequence[Feature]) -> tuple[int, dict[str, dict[str, Any]]]:
    """The number of joined rows, and of each feature in how many they differ."""
    found: dict[str, dict[str, Any]] = {}
    joined = 0
    for start in range(0, max(1, len(features)), AT_ONCE):
        block = features[start : start + AT_ONCE]
        joined, *answers = _row(question.serving.table, question.compared(block))
        for place, feature in enumerate(block):
            counts = answers[len(_COUNTS) * place : len(_COUNTS) * (place + 1)]
            found[feature.name] = {"joined": joined, **dict(zip(_COUNTS, counts, strict=True))}
    return joined, found


def _looked_into(question: Joined, found: Sequence[Differences]) -> tuple[Differences, ...]:
    """The features, the worst first, with differences of the worst ones."""
    ranked = sorted(found, key=lambda one: -one.differing)  # stable: equal ones in the order of the columns
    worst = [one for one in ranked if one.differing][:LOOKED_INTO]
    known: dict[str, Differences] = {}
    for start in range(0, len(worst), AT_ONCE):
        block = worst[start : start + AT_ONCE]
        answers = _row(question.serving.table, question.differences([one.feature for one in block]))
        for place, one in enumerate(block):
            sample, first = answers[2 * place : 2 * place + 2]
            known[one.feature.name] = replace(
                one,
                pairs=[(_either(item, "t"), _either(item, "s")) for item in sample],
                first=[{**item, "t": _either(item, "t"), "s": _either(item, "s")} for item in first],
            )
    return tuple(known.get(one.feature.name, one) for one in ranked)


def _either(item: Mapping[str, Any], side: str) -> Any:
    """A value, or the text of one that is not of the kind."""
    return item[f"{side}v"] if item[f"{side}v"] is not None else item.get(f"{side}x")


def _repeats(question: Joined, side: Side) -> int:
    found = ask_alone(side.table.connection, question.with_key(side), question.repeats())
    if isinstance(found, Broken):
        raise _unreadable(side.table, found.reason)
    return int(found["repeats"])


def _row(table: Table, query: str) -> Sequence[Any]:
    """The one row that a query gives."""
    import duckdb

    try:
        return table.connection.execute(query).fetchone() or ()
    except duckdb.Error as problem:
        raise _unreadable(table, reason(problem)) from None


def _unreadable(table: Table, why: str) -> SourceError:
    hint = "the file may be broken, or the work too large for the memory limit"
    return SourceError(f"{table.shown} cannot be compared: {why}", hint=hint)
