"""An identifier, or the place of a row in its file, that predicts the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.matching import ask_row
from mlgate.data.leakage.sampling import Sample, part_of
from mlgate.data.leakage.split import named, not_asked
from mlgate.data.leakage.strength import correlation, ranked, strength_of
from mlgate.data.leakage.target import Wording, could_not_tell, judged_strengths
from mlgate.data.plan import Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

IN_STEP = 0.9
"""From this correlation of ranks on, one order is the other."""
GROUPED_FROM = 100_000
_IDENTIFIERS = Wording(
    "its order predicts the label",
    "of {number} none predicts the label",
    "no identifier that predicts it",
    "identifier",
)
_PLACES = Wording(
    "the place of a row predicts the label",
    "in none of {number} does the place of a row predict the label",
    "no order of rows that predicts it",
    "split",
)


def identifier_leakage(known: Known, sample_: Sample, limit: float) -> Verdict:
    """`identifier_leakage`: no identifier predicts the label.

    An identifier is a column of which every value is another: whole numbers, or text without spaces. If its order
    predicts the label, numbers were given by the label (positives first), and a model may learn that. It is `fail` over
    0.5 (`max: {identifier_leakage: ...}`; see `target_leakage` for the measure). Where `time` is declared and the
    identifier counts up with it, or where `entity` is declared and rows are grouped by it, it says what those say and
    is not judged.
    """
    if not known.roles.identifiers:
        return not_asked("not judged: no column names a row")
    if sample_.too_few:
        return could_not_tell(sample_)
    if known.roles.entity and _grouped(known):
        return not_asked("not judged: rows stand in groups by entity, and an identifier says which")
    found = {}
    for column in known.roles.identifiers:
        values = sample_.values[column.name]
        if sample_.time is None or not _in_step(values, sample_.time):
            found[column.name] = strength_of(values, sample_.label, ordered=True)
    if not found:
        names = named([column.name for column in known.roles.identifiers])
        return not_asked(f"not judged: {names} counts up with time")
    return judged_strengths(
        _IDENTIFIERS, found, limit, sample_, hint="leave it out of the features, and shuffle before numbering"
    )


def row_order(known: Known, sample_: Sample, limit: float) -> Verdict:
    """`row_order`: the place of a row in its file does not predict the label.

    Rows that are sorted by the label give it away to whatever sees their order: batches, folds without shuffling, a
    number of the row among the features. It is `fail` over 0.5 in one of the splits (`max: {row_order: ...}`; see
    `target_leakage` for the measure). Where rows stand in order of `time`, or in groups by `entity`, their order says
    what those say and is not judged.
    """
    if sample_.too_few:
        return could_not_tell(sample_)
    if known.roles.entity and _grouped(known):
        return not_asked("not judged: rows stand in groups by entity")
    found = {}
    for place, split in enumerate(known.splits):
        part = part_of(sample_, place)
        if part.too_few:
            continue
        if part.time is not None and _in_step(part.row, part.time):
            return not_asked(f"not judged: the rows of {words.short(split.name)} stand in order of time")
        found[split.name] = strength_of(part.row, part.label, ordered=True)
    if not found:
        return not_asked("not judged: no split has enough rows with a label")
    return judged_strengths(
        _PLACES, found, limit, sample_, hint="shuffle the rows, or declare the `time` by which they are sorted"
    )


def _in_step(one: Floats, other: Floats) -> bool:
    import numpy as np

    known = ~(np.isnan(one) | np.isnan(other))
    return bool(known.sum() > 3 and abs(correlation(ranked(one[known]), ranked(other[known]))) >= IN_STEP)


def _grouped(known: Known) -> bool:
    """Whether the rows of an entity mostly follow each other, in the first rows of the first split."""
    first = known.splits[0]
    some = f'SELECT e, "row" FROM {first.digest} WHERE "row" <= {GROUPED_FROM}'  # noqa: S608  # names of ours
    before = f'SELECT e, lag(e) OVER (ORDER BY "row") AS p FROM ({some}) AS some_rows'  # noqa: S608  # names of ours
    counts = f"{sql.count('e')}, {sql.count_where('e IS DISTINCT FROM p')}, {sql.count_distinct('e')}"
    rows, runs, entities = ask_row(first, f"SELECT {counts} FROM ({before}) AS pairs")  # noqa: S608  # made by aggregates
    return bool(entities < rows and runs <= 2 * entities and runs < 0.7 * rows)
