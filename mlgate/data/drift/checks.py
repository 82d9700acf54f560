"""The checks of drift: what a comparison means. Their documentation is their docstring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.data import words
from mlgate.data.drift.classifier import Apart
from mlgate.data.drift.judged import Between, Judged, detectable, evidence_of
from mlgate.data.drift.permuting import LEAST_GROUPS, Sides
from mlgate.data.drift.sentences import chance, listed, middle, percent, told
from mlgate.data.drift.sketch import Column, Sketch
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

__all__ = [
    "Between",
    "Judged",
    "drift",
    "drift_columns",
    "drift_rows",
    "label_drift",
    "multivariate_drift",
    "shared_files",
]


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
    evidence = evidence_of(judged, between)
    observed = {key: evidence[key] for key in ("share", "distance")}
    expected = (
        f"no share moves by {percent(rules.thresholds.share)} of the rows, no distance reaches "
        f"{rules.thresholds.distance:g}"
    )
    if not judged.large_change >= rules.alpha:
        phrases = told(compared, privacy=between.privacy, share=rules.thresholds.share)
        center = middle(compared, rules.thresholds.distance, between.privacy)
        message = listed([*phrases, center, _withheld(compared.before), _sure(judged)])
        return Verdict(
            status=Status.FAIL,
            message=f"drifted: {message}",
            observed=observed,
            expected=expected,
            hint=_next_step(between),
            evidence=evidence,
        )
    if compared.too_few or compared.unseen:
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


def multivariate_drift(apart: Apart, p_adjusted: float, between: Between) -> Verdict:
    """`multivariate_drift`: a classifier cannot tell rows of both tables apart.

    On request. It finds what no column shows by itself: values that no longer go together. Gradient-boosted trees are
    trained on four fifths of up to 10,000 rows of each table and asked about the last one, five times. It fails where
    the area under the curve is both above 0.5 by more than chance, corrected with the columns, and `thresholds.auc` or
    more; the columns that tell the most are named. With `group` one row of each group takes part.
    """
    area = f"{apart.auc:.3f} (95 % interval {apart.low:.3f} to {apart.high:.3f}; 0.5 is chance)"
    reference, current = between.names
    drifted = not p_adjusted >= between.rules.alpha and apart.auc >= between.rules.thresholds.auc
    evidence = {
        "auc": apart.auc,
        "low": apart.low,
        "high": apart.high,
        "p_value": apart.p_value,
        "p_adjusted": p_adjusted,
        "alpha": between.rules.alpha,
        "threshold": between.rules.thresholds.auc,
        "by": list(apart.by),
        "reference_rows": apart.rows[0],
        "current_rows": apart.rows[1],
    }
    by = f", mostly by {words.listed(apart.by)}" if apart.by else ""
    verb = "tells rows of" if drifted else "hardly tells rows of"
    return Verdict(
        status=Status.FAIL if drifted else Status.PASS,
        message=f"a classifier {verb} {reference} and {current} apart: area under the curve {area}{by}; "
        f"{chance(p_adjusted)} corrected",
        observed=apart.auc,
        expected=f"under {between.rules.thresholds.auc:g}, or explained by chance",
        hint="look at how the columns named go together in both" if drifted else "",
        evidence=evidence,
    )


def shared_files(reference: str, current: str, shared: tuple[int, int]) -> Verdict:
    """`same_files`: no file of the newer data is a file of the reference.

    It is `error` where all are, since nothing drifts from itself, and `warn` where some are: rows that both share hide
    drift. Where none is, nothing is said.
    """
    both, of = shared
    whole = both == of
    return Verdict(
        status=Status.ERROR if whole else Status.WARN,
        message=f"{reference} and {current} are the same data: nothing drifts from itself"
        if whole
        else f"{both:,} of {words.counted(of, 'file')} of {current} {words.verb(both)} in {reference}, too: "
        "what both share hides drift",
        hint="name two different files" if whole else "leave the shared files out of one of them",
        evidence={"shared_files": both, "files": of},
    )


def drift_rows(between: Between, groups: Sides | None = None) -> Verdict:
    """`drift_rows`: two tables are there to be compared, with rows enough.

    It is `error` where one of them has no rows or rows that cannot be parsed; `warn` where one has fewer than
    `minimum_rows` or, with `group`, fewer than 10 groups, since then nothing can be said of drift, and where every
    figure is the same in both, as in a copy.
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
    if groups is not None and not groups.enough:
        count = f"{groups.before.count:,} groups of {before.name} and {groups.after.count:,} of {after.name}"
        return Verdict(
            status=Status.WARN,
            message=f"cannot say: {count} are there, at least {LEAST_GROUPS} of each are needed",
            hint="compare more groups: rows of one group say nothing of another",
            evidence=evidence,
        )
    if _is_copy(before, after):
        return Verdict(
            status=Status.WARN,
            message=f"every figure of {after.name} is the same as in {before.name}: this looks like a copy",
            hint="compare with other data: nothing drifts from itself",
            evidence=evidence,
        )
    if groups is not None:
        rows += f", in {groups.before.count:,} and {groups.after.count:,} groups,"
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


def _withheld(column: Column) -> str:
    """Why no value is named, if that is so."""
    if column.personal:
        return f"no value is named: {column.personal}"
    return column.withheld if column.values else ""


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
    largest = told(compared, privacy=between.privacy, share=0.0)[0]
    found = detectable(judged, rules.alpha)
    seen = f"a change of {100 * found:.1f} points would have been found" if found < 1 and not judged.groups else ""
    if not judged.any_change >= rules.alpha:
        return listed([f"differs by less than matters: {largest}", chance(judged.any_change)])
    return listed([f"no drift: {largest}, which chance explains ({chance(judged.any_change)})", seen])


def _cannot_say(judged: Judged, between: Between, evidence: Mapping[str, Any]) -> Verdict:
    compared = judged.compared
    n, m = compared.before.present, compared.after.present
    least = between.rules.minimum_rows
    if compared.too_few:
        counts = f"{words.counted(n, 'value')} in the reference and {m:,} now"
        message = f"cannot say: {counts}, at least {least} of each are needed"
        hint = "compare more rows; that values are missing was compared"
    else:
        holder, why = "profile" if between.reference.profile else "reference", compared.before.personal
        message = f"cannot say: the {holder} holds no values of this column" + (f", since {why}" if why else "")
        hint = "give the reference data in place of its profile; that values are missing was compared"
    return Verdict(status=Status.WARN, message=message, hint=hint, evidence=evidence)
