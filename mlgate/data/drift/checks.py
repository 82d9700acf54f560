"""The checks of drift: what a comparison means. Their documentation is their docstring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from mlgate.config.drift_rules import DriftRules
from mlgate.data import words
from mlgate.data.drift.comparing import Compared
from mlgate.data.drift.moves import Move
from mlgate.data.drift.sentences import chance, listed, middle, name_of, percent, told
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

MAX_MOVED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A compared column among all of them.

    Parameters
    ----------
    compared : its tests
    any_change, large_change : p-values of any change, and of one that is large enough to matter, corrected over the
        family (Holm)
    family_size : how many comparisons share the probability of a false alarm
    groups : groups of rows in the reference and in the newer data; None where rows are independent
    """

    compared: Compared
    any_change: float
    large_change: float
    family_size: int
    groups: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The two tables of a comparison, and how they are compared; `privacy` says what of values may appear."""

    reference: Sketch
    current: Sketch
    rules: DriftRules
    privacy: str = "masked"

    @property
    def names(self) -> tuple[str, str]:
        return self.reference.name, self.current.name


def drift(judged: Judged, between: Between) -> Verdict:
    """`drift`: a column holds what it held in the reference.

    It fails where a change is both more than chance (`alpha` bounds the probability of one or more false alarms over
    all columns, by Holm's correction) and large enough to matter: the share of the rows that hold a value, or none,
    moved by `thresholds.share` or more, or the distributions are `thresholds.distance` apart or more. One test must
    find both. Missing values, NaN, the two infinities and values of another type are buckets of their own, equal to
    themselves; so is a value that the reference does not have.

    * Numbers, and moments where they are named, are compared by their order: Kolmogorov-Smirnov's test, one of location
      and spread (the ranks' linear and quadratic trend), Pearson's over some 64 cells of about equal mass, and an exact
      one of each cell. One outlier counts as one row.
    * Texts and booleans by how many rows hold each value: exact tests of frequent values, Pearson's over them and over
      buckets into which all others are dealt.
    * Texts of many different values by their length and by the classes of characters that they hold.

    Identifiers and timestamps are skipped unless they are named. Where one of the tables has fewer than `minimum_rows`
    values, it is `warn`: nothing can be said. With `group`, whole groups are exchanged instead of rows.
    """
    compared, rules = judged.compared, between.rules
    evidence = _evidence(judged, between)
    observed = {key: evidence[key] for key in ("share", "distance")}
    expected = (
        f"no share moves by {percent(rules.thresholds.share)} of the rows, no distance reaches "
        f"{rules.thresholds.distance:g}"
    )
    if not judged.large_change >= rules.alpha:
        phrases = told(compared, privacy=between.privacy, share=rules.thresholds.share)
        message = listed([*phrases, middle(compared, rules.thresholds.distance), _sure(judged)])
        return Verdict(
            status=Status.FAIL,
            message=f"drifted: {message}",
            observed=observed,
            expected=expected,
            hint=_next_step(between),
            evidence=evidence,
        )
    if compared.too_few or compared.before.withheld:
        return _cannot_say(judged, between, evidence)
    return Verdict(
        status=Status.PASS, message=_holds(judged, between), observed=observed, expected=expected, evidence=evidence
    )


def label_drift(judged: Judged, between: Between) -> Verdict:
    """`label_drift`: the label is distributed as in the reference, judged as `drift` judges a column.

    A shift of the label changes what every metric means: precision falls with the share of positives although the model
    is the same. It has a name of its own so that it can be accepted by itself.
    """
    return drift(judged, between)


def drift_rows(between: Between) -> Verdict:
    """`drift_rows`: two tables are there to be compared, with rows enough.

    It is `error` where one of them has no rows or rows that cannot be parsed, or where both are the same file; `warn`
    where one has fewer than `minimum_rows`, since then nothing can be said of drift, and where every figure is the same
    in both, as in a copy.
    """
    before, after = between.reference, between.current
    rows = f"{before.rows:,} rows of {before.name} and {after.rows:,} of {after.name}"
    evidence = {"reference_rows": before.rows, "current_rows": after.rows}
    for side in (before, after):
        if side.unread:
            unread = words.counted(side.unread, "row")
            return Verdict(
                status=Status.ERROR,
                message=f"{unread} of {side.name} cannot be parsed, and would take no part",
                hint="`mlgate data check` shows them: correct the file",
                evidence=evidence,
            )
        if not side.rows:
            hint = "look at how the file is made"
            return Verdict(status=Status.ERROR, message=f"{side.name} has no rows", hint=hint, evidence=evidence)
    fewest = min(before.rows, after.rows)
    if fewest < between.rules.minimum_rows:
        return Verdict(
            status=Status.WARN,
            message=f"cannot say: {rows} are there, at least {between.rules.minimum_rows} of each are needed",
            hint="compare more rows, or lower minimum_rows: then only very large changes would be found",
            evidence=evidence,
        )
    if _is_copy(before, after):
        return Verdict(
            status=Status.WARN,
            message=f"every figure of {after.name} is the same as in {before.name}: this looks like a copy",
            hint="compare with other data: nothing drifts from itself",
            evidence=evidence,
        )
    return Verdict(status=Status.PASS, message=f"{rows} are compared", observed=after.rows, evidence=evidence)


def drift_columns(name: str, between: Between) -> Verdict:
    """`drift_columns`: a column that is compared is in both tables, and stored as values of one type.

    A column that only the reference has is `fail`: what reads it breaks. One that only the newer data has is `warn`:
    nothing is known of it. A named column that neither has is `error`. Types are compared where both files store them.
    """
    before, after = between.reference.columns.get(name), between.current.columns.get(name)
    reference, current = between.names
    if before is None and after is None:
        return Verdict(
            status=Status.ERROR,
            message=f"neither {reference} nor {current} has this column",
            hint="correct the name in `columns`",
        )
    if after is None:
        return Verdict(
            status=Status.FAIL,
            message=f"{reference} has this column, {current} does not",
            hint="restore the column, or list the columns to compare without it",
        )
    if before is None:
        return Verdict(
            status=Status.WARN,
            message=f"{current} has this column, {reference} does not: there is nothing to compare it with",
            hint="list the columns to compare, or take a reference that has it",
        )
    return Verdict(
        status=Status.FAIL,
        message=f"stored as {after.stored} in {current}, as {before.stored} in {reference}",
        observed=after.stored,
        expected=before.stored,
        hint="write the column with its former type: what reads it gets other values",
    )


def _is_copy(before: Sketch, after: Sketch) -> bool:
    shared = [name for name in after.columns if name in before.columns and not before.columns[name].left_out]
    if before.rows != after.rows or len(shared) < 2:
        return False
    return all(_figures(before.columns[name]) == _figures(after.columns[name]) for name in shared)


def _figures(column: Column) -> tuple[Any, ...]:
    values = column.values.hashed if column.values else None
    writing = column.writing.length.counts if column.writing else None
    return dict(column.states), column.ordered and column.ordered.counts, values, writing


# --- words -----------------------------------------------------------------------------------------------------------


def _sure(judged: Judged) -> str:
    over = f" over {judged.family_size} comparisons" if judged.family_size > 1 else ""
    groups = f", {judged.groups[0]:,} and {judged.groups[1]:,} groups" if judged.groups else ""
    return (
        f"{chance(judged.large_change)} corrected{over}{groups}" if over else f"{chance(judged.large_change)}{groups}"
    )


def _next_step(between: Between) -> str:
    reference, current = between.names
    renew = (
        f"write {between.reference.profile} anew with `mlgate data profile`"
        if between.reference.profile
        else f"compare with newer data than {reference}"
    )
    return f"find out what changed in {current}; where it is meant, {renew}, or accept this id"


def _holds(judged: Judged, between: Between) -> str:
    """The pass in words: the largest change, whether it is more than chance, and what would have been found."""
    compared, rules = judged.compared, between.rules
    n, m = compared.before.present, compared.after.present
    if not n and not m:
        return "all values are missing in both"
    if not compared.moves or not compared.moves[0].change:
        return f"the same in both: {n:,} and {m:,} values"
    largest = told(compared, privacy=between.privacy, share=math.inf)[0]
    found = detectable(judged, rules.alpha)
    seen = f"a change of {100 * found:.1f} points would have been found" if found < 1 else ""
    if not judged.any_change >= rules.alpha:
        return listed([f"differs by less than matters: {largest}", chance(judged.any_change)])
    return listed([f"no drift: {largest}, which chance explains ({chance(judged.any_change)})", seen])


def _cannot_say(judged: Judged, between: Between, evidence: Mapping[str, Any]) -> Verdict:
    compared = judged.compared
    n, m = compared.before.present, compared.after.present
    least = between.rules.minimum_rows
    if compared.too_few:
        message = f"cannot say: {n:,} values in the reference and {m:,} now, at least {least} of each are needed"
        hint = "compare more rows; that values are missing was compared"
    else:
        message = f"cannot say whether the values changed: {compared.before.withheld}"
        hint = "give the reference data in place of its profile"
    return Verdict(status=Status.WARN, message=message, hint=hint, evidence=evidence)


def detectable(judged: Judged, alpha: float) -> float:
    """A change of a share of a half that would be found with a probability of 80 %, about; 1 where none would be."""
    compared = judged.compared
    n, m = judged.groups or (compared.before.present, compared.after.present)
    if not n or not m:
        return 1.0
    normal = NormalDist()
    level = alpha / (2 * max(1, judged.family_size) * max(1, compared.parts))
    return min(1.0, (normal.inv_cdf(1 - level) + normal.inv_cdf(0.8)) * math.sqrt(0.25 * (1 / n + 1 / m)))


# --- evidence --------------------------------------------------------------------------------------------------------


def _evidence(judged: Judged, between: Between) -> dict[str, Any]:
    compared, rules = judged.compared, between.rules
    best: dict[str, dict[str, float]] = {}
    for test in compared.tests:
        seen = best.setdefault(test.name, {"p_value": 1.0, "share": 0.0, "distance": 0.0})
        seen["p_value"] = min(seen["p_value"], test.p_value)
        seen["share"], seen["distance"] = max(seen["share"], test.share), max(seen["distance"], test.distance)
    medians = [column.ordered and column.ordered.quantile(0.5) for column in (compared.before, compared.after)]
    return {
        "reference": between.reference.name,
        "reference_rows": compared.before.rows,
        "current_rows": compared.after.rows,
        "judged": compared.after.present,
        "p_value": compared.p_value(),
        "p_adjusted": judged.large_change,
        "p_adjusted_any_change": judged.any_change,
        "family_size": judged.family_size,
        "alpha": rules.alpha,
        "share": max((abs(move.change) for move in compared.moves if move.kind != "above"), default=0.0),
        "distance": max((test.distance for test in compared.tests), default=0.0),
        "thresholds": {"share": rules.thresholds.share, "distance": rules.thresholds.distance},
        "tests": best,
        "moved": [_moved(move, compared, between.privacy) for move in compared.moves[:MAX_MOVED]],
        "missing_fraction": [_missing(compared.before), _missing(compared.after)],
        "median": medians,
        "minimum_detectable_change": detectable(judged, rules.alpha),
        "groups": judged.groups and list(judged.groups),
    }


def _missing(column: Column) -> float:
    return column.states["missing"] / column.rows if column.rows else 0.0


def _moved(move: Move, compared: Compared, privacy: str) -> dict[str, Any]:
    before, after = move.shares
    return {
        "what": name_of(move, compared.before, privacy),
        "reference": move.x,
        "current": move.y,
        "reference_fraction": before,
        "current_fraction": after,
    }
