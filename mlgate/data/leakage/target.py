"""A feature that alone predicts the label: made from it, or known only after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate.data import words
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.sampling import LEAST_OF_CLASS, LEAST_ROWS, Sample, is_category
from mlgate.data.leakage.split import could_not, not_asked
from mlgate.data.leakage.strength import Strength, correlation, strength_of
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MARGIN = 0.1
"""The lower end of the interval may lie so much below the limit: fewer rows cannot tell."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said where a column predicts the label, where none of `{number}` does, what is expected, and a noun."""

    finds: str
    none: str
    expected: str
    noun: str


_FEATURES = Wording(
    "it alone predicts the label", "none of {number} alone predicts the label", "no feature that predicts it", "feature"
)


def judged_strengths(what: Wording, found: dict[str, Strength], limit: float, sample_: Sample, *, hint: str) -> Verdict:
    """The verdict on the strongest columns: over the limit, and surely so."""
    over = {name: one for name, one in found.items() if not (one.value <= limit or one.low < max(0.0, limit - MARGIN))}
    best = sorted(found, key=lambda name: (-found[name].value, name))[:5]
    evidence = {
        "judged": len(found),
        "failing": len(over),
        "rows_looked_at": sample_.rows,
        "strength": {
            words.short(name): {"value": round(found[name].value, 4), "low": round(found[name].low, 4)} for name in best
        },
    }
    told = sorted(over or found, key=lambda name: (-found[name].value, name))
    listed = ", ".join(f"{words.short(name)} ({found[name].value:.3g} of 1)" for name in told[: 5 if over else 1])
    if over:
        message = f"{listed}{f' and {len(told) - 5} more' if len(told) > 5 else ''}: {what.finds}"
    else:
        message = f"{what.none.format(number=words.counted(len(found), what.noun))}: {listed} does best"
    return Verdict(
        status=Status.FAIL if over else Status.PASS,
        message=message,
        observed=[words.short(name) for name in sorted(over)] if over else None,
        expected=f"{what.expected}, by more than {limit:g} of 1",
        hint=hint if over else "",
        evidence=evidence,
    )


def target_leakage(known: Known, sample_: Sample, limit: float) -> Verdict:
    """`target_leakage`: no feature alone predicts the label too well.

    Such a feature is often made from the label, or is known only after it. How well a feature predicts is learned on
    one half of the rows and tried on the other: for two classes as twice the area under the ROC curve minus one, for
    more as the share of errors avoided, for numbers as the share of variance explained. It is `fail` over 0.98 (`max:
    {target_leakage: ...}`), if the rows are enough to be sure that it is over 0.88. With `time`, a number must also
    predict the change of a label from row to row: two series that both grow do not, and neither does a date. Where
    fewer than 50 rows have a label, or fewer than 10 of them the second largest class, it cannot say: `warn`.
    """
    lacking = known.without_features()
    if lacking:
        return lacking
    if sample_.too_few:
        return cannot_say(sample_)
    found = {}
    for column in known.roles.features:
        ordered = not is_category(column)
        values = sample_.values[column.name]
        strength = strength_of(values, sample_.label, ordered=ordered)
        time, numbers = sample_.time, sample_.label.numbers
        if column.kind == "datetime":
            time = values
        if time is not None and numbers is not None and ordered and strength.value > limit:
            strength = min(strength, _of_changes(values, numbers, time), key=lambda one: one.value)
        found[column.name] = strength
    hint = "find out when it is known: leave it out if that is after the label, or if it is made from it"
    return judged_strengths(_FEATURES, found, limit, sample_, hint=hint)


def cannot_say(sample_: Sample) -> Verdict:
    """The warning that the rows are too few to judge features; without a single label it is an error."""
    if not sample_.rows:
        return could_not("no row has a label", "correct the column, or name another one")
    return Verdict(
        status=Status.WARN,
        message=f"cannot say: {_too_few(sample_)}",
        expected="enough rows of every class",
        hint="look at how each feature is made, or judge splits with more rows",
        evidence={"judged": 0, "failing": 0, "rows_with_label": sample_.rows},
    )


def could_not_tell(sample_: Sample) -> Verdict:
    return not_asked(f"not judged: {_too_few(sample_)}")


def _too_few(sample_: Sample) -> str:
    rows, smaller = sample_.rows, sample_.second_class
    if smaller == 0:
        return f"all {words.counted(rows, 'row')} with a label are of one class"
    if rows < LEAST_ROWS:
        return f"{words.counted(rows, 'row')} with a label {words.verb(rows)} too few, {LEAST_ROWS} are needed"
    return f"only {words.counted(smaller or 0, 'row')} are of the second largest class, {LEAST_OF_CLASS} are needed"


def _of_changes(values: Floats, numbers: Floats, time: Floats) -> Strength:
    """How well the change of a column from one moment to the next predicts that of the label."""
    import numpy as np

    order = np.argsort(time, kind="stable")
    one, other = np.diff(values[order]), np.diff(numbers[order])
    known = ~np.isnan(one)
    square = correlation(one[known], other[known]) ** 2 if known.sum() > 3 else 0.0
    return Strength(square, square)
