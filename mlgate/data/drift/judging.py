"""All outcomes of a comparison of two tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlgate.data.aggregates import stored_kind
from mlgate.data.drift.checks import Between, Judged, drift, drift_columns, drift_rows, label_drift
from mlgate.data.drift.comparing import Compared, compare_column
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.drift.tails import adjust_holm
from mlgate.data.outcomes import TIER, outcome_id
from mlgate.data.plan import Verdict
from mlgate.outcome import Location, Outcome, Status

_ALIKE = {"integer": "number"}


def names_to_compare(between: Between) -> list[str]:
    """Columns that somebody named with the label, else all of both tables, in the order of the newer data."""
    rules = between.rules
    if rules.columns:
        return list(dict.fromkeys((*rules.columns, *((rules.label,) if rules.label else ()))))
    return list(dict.fromkeys((*between.current.columns, *between.reference.columns)))


def compared_columns(between: Between) -> list[str]:
    """The columns that can be compared: in both tables, and not left out."""
    return [
        name
        for name in names_to_compare(between)
        if all(
            name in side.columns and not side.columns[name].left_out for side in (between.reference, between.current)
        )
    ]


def _is_counted(name: str, side: Sketch) -> bool:
    return name in side.columns and not side.columns[name].left_out


def judge_drift(
    between: Between,
    *,
    location: Location,
    more: Mapping[str, Compared] | None = None,
) -> list[Outcome]:
    """Outcomes of two tables: of the tables, then of each column.

    Parameters
    ----------
    location : of the declaration, or of the newer file
    more : columns that were compared otherwise, by name (in whole groups), in place of their own comparison
    """
    rows = drift_rows(between)
    outcomes = [_outcome(between, "drift_rows", None, rows, location)]
    if rows.status is Status.ERROR or (rows.status is Status.WARN and not _enough(between)):
        return outcomes
    compared = {name: _compared(between, name) for name in compared_columns(between)}
    compared |= more or {}
    judged = dict(zip(compared, judge_family(compared.values(), between), strict=True))
    for name in names_to_compare(between):
        outcomes += _of_column(between, name, judged.get(name), location)
    return outcomes


def _enough(between: Between) -> bool:
    return min(between.reference.rows, between.current.rows) >= between.rules.minimum_rows


def _compared(between: Between, name: str) -> Compared:
    before, after = between.reference.columns[name], between.current.columns[name]
    return compare_column(before, after, least_rows=between.rules.minimum_rows)


def same_files(reference: str, current: str, shared: tuple[int, int], location: Location) -> Outcome:
    """Outcome of data of which files are files of the reference, too.

    Parameters
    ----------
    shared : how many files both have, and how many the newer data has
    """
    both, of = shared
    whole = both == of
    message = (
        f"{reference} and {current} are the same file{'s' if of > 1 else ''}: nothing can drift from itself"
        if whole
        else f"{both:,} of {of:,} files of {current} are files of {reference}, too: what they share hides drift"
    )
    return Outcome(
        id=outcome_id("drift", f"{reference}..{current}", "same_files"),
        check="same_files",
        tier=TIER,
        subject=current,
        status=Status.ERROR if whole else Status.WARN,
        message=message,
        hint="name two different files" if whole else "leave the shared files out of one of them",
        location=location,
        evidence={"shared_files": both, "files": of},
    )


def judge_family(compared: Iterable[Compared], between: Between) -> list[Judged]:
    """Columns with their p-values corrected over all of them (Holm)."""
    found: Sequence[Compared] = list(compared)
    limits = between.rules.thresholds
    every = adjust_holm([item.p_value() for item in found])
    large = adjust_holm([item.p_value(limits.share, limits.distance) for item in found])
    return [
        Judged(compared=item, any_change=any_change, large_change=large_change, family_size=len(found))
        for item, any_change, large_change in zip(found, every, large, strict=True)
    ]


def _of_column(between: Between, name: str, judged: Judged | None, location: Location) -> Iterator[Outcome]:
    before, after = between.reference.columns.get(name), between.current.columns.get(name)
    check = "label_drift" if name == between.rules.label else "drift"
    if before is not None and before.left_out:
        yield _outcome(between, check, name, _left_out(before, between), location)
        return
    if before is None or after is None or _retyped(before, after):
        yield _outcome(between, "drift_columns", name, drift_columns(name, between), location)
    if judged is not None:
        verdict = (label_drift if check == "label_drift" else drift)(judged, between)
        yield _outcome(between, check, name, verdict, location)


def _left_out(column: Column, between: Between) -> Verdict:
    if column.name not in (*between.rules.columns, between.rules.label):
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
    reference, current = between.names
    parts = [f"{reference}..{current}", *([] if column is None else [column]), check]
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
