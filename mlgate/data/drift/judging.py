"""All outcomes of a comparison of two tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlgate.data.aggregates import stored_kind
from mlgate.data.drift.checks import drift, label_drift, multivariate_drift
from mlgate.data.drift.classifier import Apart
from mlgate.data.drift.comparing import Compared, compare_column
from mlgate.data.drift.judged import Between, Judged
from mlgate.data.drift.permuting import Sides, compare_groups
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.drift.statistics import judge_statistic
from mlgate.data.drift.table_checks import drift_columns, drift_rows, shared_files
from mlgate.data.drift.tails import adjust_holm
from mlgate.data.outcomes import TIER, outcome_id
from mlgate.data.plan import Verdict
from mlgate.errors import MlgateError
from mlgate.outcome import Location, Outcome, Status

_ALIKE = {"integer": "number"}


def names_to_compare(between: Between) -> list[str]:
    """Columns that somebody named, else all of both tables, as the newer data has them, and the label; no groups."""
    rules = between.rules
    names = rules.columns or (*between.current.columns, *between.reference.columns)
    return [name for name in dict.fromkeys((*names, *rules.named)) if name != rules.group]


def compared_columns(between: Between) -> list[str]:
    """The columns that can be compared: in both tables, and not left out."""
    sides = between.reference, between.current
    return [name for name in names_to_compare(between) if all(_is_counted(name, side) for side in sides)]


def _is_counted(name: str, side: Sketch) -> bool:
    return name in side.columns and not side.columns[name].left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What the rows of both tables say beyond their counts.

    Parameters
    ----------
    groups : both tables group by group; None where rows are independent
    apart : how well a classifier tells them apart, or why it could not be asked; None where it was not to be
    seed : of the exchange of groups
    """

    groups: Sides | None = None
    apart: Apart | MlgateError | None = None
    seed: int = 0


def judge_drift(between: Between, *, location: Location, more: More | None = None) -> list[Outcome]:
    """Outcomes of two tables: of the tables, then of each column.

    Parameters
    ----------
    location : of the declaration, or of the newer file
    """
    more = more or More()
    names = compared_columns(between)
    rows = drift_rows(between, more.groups, columns=len(names))
    outcomes = [_outcome(between, "drift_rows", None, rows, location)]
    if any(side.unread or not side.rows for side in (between.reference, between.current)):
        return outcomes
    if not _enough(between, more.groups):
        absent = [name for name in names_to_compare(between) if _is_absent(between, name)]
        return outcomes + [one for name in absent for one in _of_column(between, name, None, location)]
    compared = dict(zip(names, _compared(between, names, more), strict=True))
    apart = more.apart if isinstance(more.apart, Apart) else None
    judged, told = _family(compared.values(), between, more)
    by_name = dict(zip(compared, judged, strict=True))
    for name in names_to_compare(between):
        outcomes += _of_column(between, name, by_name.get(name), location)
    if apart is not None:
        verdict = multivariate_drift(apart, told, between)
        outcomes.append(_outcome(between, "multivariate_drift", None, verdict, location))
    elif isinstance(more.apart, MlgateError):
        problem = Verdict(status=Status.ERROR, message=more.apart.message, hint=more.apart.hint)
        outcomes.append(_outcome(between, "multivariate_drift", None, problem, location))
    return outcomes


def _is_absent(between: Between, name: str) -> bool:
    """Whether a table lacks a column that somebody named and that is expected there."""
    return name in between.rules.named and not all(
        name in side.columns for side in (between.reference, between.current)
    )


def _enough(between: Between, groups: Sides | None) -> bool:
    rows = min(between.reference.rows, between.current.rows)
    return rows >= between.rules.minimum_rows and (groups is None or groups.enough)


def _compared(between: Between, names: Sequence[str], more: More) -> list[Compared]:
    sketches = [(between.reference.columns[name], between.current.columns[name]) for name in names]
    least = between.rules.minimum_rows
    if more.groups is None:
        return [compare_column(before, after, least_rows=least) for before, after in sketches]
    return compare_groups(more.groups, sketches, alpha=between.rules.alpha, least_rows=least, seed=more.seed)


def same_files(title: str, names: tuple[str, str], shared: tuple[int, int], location: Location) -> Outcome:
    """Outcome of data of which files are files of the reference, too.

    Parameters
    ----------
    title : what stands in the id
    names : of the reference and of the newer data
    shared : how many files both have, and how many the newer data has
    """
    reference, current = names
    verdict = shared_files(reference, current, shared)
    return Outcome(
        id=outcome_id("drift", title, "same_files"),
        check="same_files",
        tier=TIER,
        subject=current,
        status=verdict.status,
        message=verdict.message,
        hint=verdict.hint,
        location=location,
        evidence=verdict.evidence,
    )


def judge_family(compared: Iterable[Compared], between: Between) -> list[Judged]:
    """Columns with their p-values corrected over all of them (Holm)."""
    return _family(compared, between, More())[0]


def _family(compared: Iterable[Compared], between: Between, more: More) -> tuple[list[Judged], float]:
    """The columns with their corrected p-values, and that of the classifier, which is one of the family."""
    groups, apart = more.groups, more.apart if isinstance(more.apart, Apart) else None
    found: Sequence[Compared] = list(compared)
    limits = between.rules.thresholds
    further = [] if apart is None else [apart.p_value]
    every = adjust_holm([item.p_value() for item in found] + further)
    large = adjust_holm([item.p_value(limits.share, limits.distance) for item in found] + further)
    judged = [
        Judged(
            compared=item,
            any_change=any_change,
            large_change=large_change,
            family_size=len(every),
            groups=(groups.before.count, groups.after.count) if groups else None,
        )
        for item, any_change, large_change in zip(found, every, large, strict=False)
    ]
    return judged, large[-1] if further else 1.0


def _of_column(between: Between, name: str, judged: Judged | None, location: Location) -> Iterator[Outcome]:
    before, after = between.reference.columns.get(name), between.current.columns.get(name)
    check = "label_drift" if name == between.rules.label else "drift"
    if before is not None and before.left_out and not _is_absent(between, name):
        yield _outcome(between, check, name, _left_out(before, between), location)
        return
    if after is None and name in between.unexpected and name not in between.rules.columns:
        yield _outcome(between, check, name, Verdict(status=Status.SKIP, message=between.unexpected[name]), location)
        return
    if before is None or after is None or _retyped(before, after):
        yield _outcome(between, "drift_columns", name, drift_columns(name, between), location)
    if judged is not None:
        verdict = (label_drift if check == "label_drift" else drift)(judged, between)
        yield _outcome(between, check, name, verdict, location)
        for statistic, threshold in between.rules.statistics.items():
            level = between.rules.alpha / judged.family_size
            verdict = judge_statistic(statistic, judged.compared, threshold, level)
            yield _outcome(between, statistic, name, verdict, location)


def _left_out(column: Column, between: Between) -> Verdict:
    if column.name not in between.rules.named:
        return Verdict(status=Status.SKIP, message=column.left_out)
    message = f"the profile keeps nothing of this column: {column.left_out}"
    hint = f"write the profile with `--columns {column.name}`, or give the reference data"
    return Verdict(status=Status.ERROR, message=message, hint=hint)


def _retyped(before: Column, after: Column) -> bool:
    """Whether both files store types, and they are of two kinds; whole numbers may become others where some miss."""
    if not before.stored or not after.stored:
        return False
    kinds = [stored_kind(column.stored) for column in (before, after)]
    return _ALIKE.get(kinds[0], kinds[0]) != _ALIKE.get(kinds[1], kinds[1])


def _outcome(between: Between, check: str, column: str | None, verdict: Verdict, location: Location) -> Outcome:
    current = between.current.name
    parts = [between.shown, *([] if column is None else [column]), check]
    return Outcome(
        id=outcome_id("drift", *parts),
        check=check,
        tier=TIER,
        subject=current if column is None else f"{current}.{column}",
        status=verdict.status,
        message=verdict.message,
        hint=verdict.hint,
        observed=verdict.observed,
        expected=verdict.expected,
        location=location,
        evidence=verdict.evidence,
    )
