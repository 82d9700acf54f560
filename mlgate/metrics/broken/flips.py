"""The examples that turned wrong, and those that turned right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.broken.calibration_curve import calibration_curves
from mlgate.metrics.broken.confusion import confusion_change
from mlgate.metrics.broken.examples import Examples
from mlgate.metrics.broken.losses import RowLosses, label_probability, row_losses
from mlgate.metrics.broken.naming import SliceKey, counted, outcome_id, slice_text
from mlgate.metrics.broken.score_curves import score_curves
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Floats
from mlgate.outcome import Outcome, Status


def flips(
    evaluation: Evaluation, paired: Paired, *, slice_key: SliceKey | None = None, privacy: str = "masked"
) -> Outcome | None:
    """Which examples changed, as information: always a `pass`.

    Of classes, label sets and texts: the examples that only the baseline gets right (they turned wrong) and those that
    only the candidate gets right, the share of predictions that differ, the cells of the confusion table that moved
    most, the calibration and ROC curves, and the rows by score. Of numbers: the examples whose absolute error grew or
    shrank most; of scores without predictions, those whose label lost or gained most probability.

    The examples are listed by harm: the probability of the label that was lost where scores are probabilities, else the
    weight; ten at most, ties in order of id. Ids are masked or left out as `privacy` says. Of several runs the first of
    either side is looked at. A ranking has no such examples, and no outcome.

    Parameters
    ----------
    paired : all rows of the evaluation
    slice_key : looks at the rows of a slice alone
    privacy : `none`, `masked` (first character and length of ids and texts; no scores, no numbers) or `full`
    """
    rows = paired if slice_key is None else rows_of(paired, slice_key)
    losses = row_losses(rows)
    if losses is None or rows.n_rows < 1:
        return None
    harm, measure = _harm(rows, losses)
    worse, better = losses.candidate > losses.baseline, losses.candidate < losses.baseline
    examples = Examples(evaluation=evaluation, rows=rows, kind=losses.kind, harm=harm, privacy=privacy)
    differ = int(np.count_nonzero(losses.differs))
    evidence = {
        "evaluation": evaluation.name,
        "slice": None if slice_key is None else dict(slice_key),
        "kind": losses.kind,
        "n": rows.n_rows,
        "turned_wrong": int(np.count_nonzero(worse)),
        "turned_right": int(np.count_nonzero(better)),
        "predictions_differ": differ,
        "churn_fraction": differ / rows.n_rows,
        "privacy": privacy,
        "harm": measure,
        "worst": examples.by_harm(worse),
        "best": examples.by_harm(better, gains=True),
        "confusion": confusion_change(rows) if losses.kind == "classes" else None,
        "calibration": calibration_curves(rows),
        "curves": score_curves(rows),
    }
    where = "" if slice_key is None else f" in {slice_text(slice_key)}"
    return Outcome(
        id=outcome_id(evaluation, "flips", slice_key=slice_key),
        check="flips",
        tier="model",
        subject=f"{evaluation.name}{'' if slice_key is None else f'[{slice_text(slice_key)}]'}",
        status=Status.PASS,
        message=_message(losses, evidence) + where,
        observed=evidence["turned_wrong"],
        location=evaluation.location,
        evidence=evidence,
    )


def all_flips(
    evaluation: Evaluation, paired: Paired, slices: Iterable[SliceKey], *, privacy: str = "masked"
) -> Iterator[Outcome]:
    """`flips` of all rows, then of each of the given slices once, such as those that regressed."""
    distinct = {tuple(key.items()): key for key in slices if key}
    for slice_key in (None, *distinct.values()):
        found = flips(evaluation, paired, slice_key=slice_key, privacy=privacy)
        if found is not None:
            yield found


def rows_of(paired: Paired, slice_key: SliceKey) -> Paired:
    """The rows of a slice; none where the column does not have the value.

    Raises
    ------
    KeyError
        There is no such slice column.
    """
    chosen = np.ones(paired.n_rows, dtype=bool)
    for name, value in slice_key.items():
        column = paired.slices[name]
        code = column.values.index(value) if value in column.values else -1
        chosen &= column.codes == code
    return paired.take(np.flatnonzero(chosen))


def _harm(rows: Paired, losses: RowLosses) -> tuple[Floats, str]:
    """What each row lost, shape (n_rows,), and what that is."""
    if losses.kind == "numbers":
        return losses.candidate - losses.baseline, "absolute error"
    before, after = label_probability(rows.baseline), label_probability(rows.candidate)
    if losses.kind in ("classes", "scores") and before is not None and after is not None:
        return before - after, "probability"
    weights = rows.candidate.weights
    size = np.ones(rows.n_rows) if weights is None else weights
    return (losses.candidate - losses.baseline) * size, "none" if weights is None else "weight"


def _message(losses: RowLosses, evidence: dict[str, Any]) -> str:
    wrong, right, n_rows = evidence["turned_wrong"], evidence["turned_right"], evidence["n"]
    differ = f"{evidence['churn_fraction']:.1%}".replace("%", " %")
    if losses.right_or_wrong:
        changed = f"{counted(wrong, 'example')} turned wrong, {right:,} turned right"
        return f"{changed}; {differ} of {counted(n_rows, 'prediction')} differ"
    if losses.kind == "numbers":
        changed = f"the absolute error grew in {counted(wrong, 'example')} and shrank in {right:,}"
        return f"{changed}; {differ} of {counted(n_rows, 'prediction')} differ"
    changed = f"the label lost probability in {counted(wrong, 'example')} and gained some in {right:,}"
    return f"{changed}; {differ} of {counted(n_rows, 'score')} differ"
