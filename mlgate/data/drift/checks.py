"""The checks of drift of columns: what a comparison means. Their documentation is their docstring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.data import words
from mlgate.data.drift.classifier import Apart
from mlgate.data.drift.judged import Between, Judged, detectable, evidence_of
from mlgate.data.drift.sentences import chance, listed, middle, percent, told
from mlgate.data.drift.sketch import Column
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

__all__ = [
    "Between",
    "Judged",
    "drift",
    "label_drift",
    "multivariate_drift",
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
