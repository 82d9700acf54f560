"""Slices that nobody declared, and comparisons worth a look."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.broken.losses import RowLosses, row_losses
from mlgate.metrics.broken.naming import counted, outcome_id, slice_text
from mlgate.metrics.broken.slice_search import (
    MAX_VALUES,
    FoundSlice,
    find_slices,
    judge_slice,
    rows_in,
    split_rows,
)
from mlgate.metrics.checks import show_value
from mlgate.metrics.multiplicity import adjust_holm
from mlgate.metrics.paired import Coded, Paired
from mlgate.outcome import Outcome, Status

MOST_SLICES = 5
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What was looked at, and what was found: slices with their adjusted p-values."""

    n_searched: int
    n_tested: int
    rows_searched: int
    rows_tested: int
    found: list[tuple[FoundSlice, float]]


def slice_discovery(evaluation: Evaluation, paired: Paired, *, seed: int, alpha: float = 0.05) -> Outcome:
    """Slices that nobody declared and in which the candidate is worse. Exploratory: it warns, and never blocks.

    The rows are split in two by a keyed hash of their ids (grouped rows by their group). On one half the values of the
    columns under `discover`, alone and in pairs, are searched for those that lost most; the five that look worst are
    tested on the other half, which had no part in the search, with Holm's adjustment: each has to be worse, and worse
    than the rows outside, on its rows that lie in none of those before it, so that one slice is not told twice in other
    words. With an unchanged model anything is reported in at most one run of twenty. A `warn` where something is found,
    else a `pass`.

    At most about 100,000 rows are searched. A slice needs half of `min_slice_rows` rows in either half. A column of
    more than 200 values is not searched and is named. An `error` where none of the columns can be searched, or where
    rows have no loss of their own, as in a ranking. Of several runs the first of either side is looked at.

    Parameters
    ----------
    paired : all rows, the columns among its features or slices
    seed : of the split
    alpha : error of the whole search
    """
    columns = {name: paired.features.get(name) or paired.slices.get(name) for name in evaluation.discover}
    usable = {name: column for name, column in columns.items() if column and len(column.values) <= MAX_VALUES}
    left_out = sorted(set(columns) - set(usable))
    losses = row_losses(paired)
    if losses is None:
        return _error(evaluation, "these predictions have no loss per row", "remove `discover` from the evaluation")
    if not usable:
        shown = ", ".join(map(show_value, left_out)) or "none is declared"
        return _error(
            evaluation,
            f"no column can be searched ({shown})",
            f"name columns of at most {MAX_VALUES} values under `discover`",
        )
    search = _search(evaluation, paired, losses, usable, seed=seed, alpha=alpha)
    return _outcome(evaluation, search, losses, sorted(usable), left_out, seed)


def _search(  # rows, losses, columns, and two settings by name
    evaluation: Evaluation,
    paired: Paired,
    losses: RowLosses,
    features: Mapping[str, Coded],
    *,
    seed: int,
    alpha: float,
) -> _Search:
    searched, kept = split_rows(paired, seed=seed)
    n_kept = int(np.count_nonzero(kept))
    harm = losses.candidate - losses.baseline
    if paired.candidate.weights is not None:
        harm = harm * paired.candidate.weights
    least = max(1, evaluation.min_slice_rows // 2)
    keys, n_searched = find_slices(features, harm, searched, least_rows=least, most=MOST_SLICES)
    tested = []
    for key in keys:
        inside = rows_in(features, key) & kept
        kept = kept & ~inside
        if np.count_nonzero(inside) >= least:
            tested.append(judge_slice(paired, losses, (inside, kept), key, alpha=alpha))
    adjusted = adjust_holm([each.p_value for each in tested])
    found = [(each, p_value) for each, p_value in zip(tested, adjusted, strict=True) if p_value <= alpha]
    return _Search(
        n_searched=n_searched,
        n_tested=len(tested),
        rows_searched=int(np.count_nonzero(searched)),
        rows_tested=n_kept,
        found=sorted(found, key=lambda entry: (-entry[0].worse_by, slice_text(entry[0].slice_key))),
    )


def _outcome(
    evaluation: Evaluation, search: _Search, losses: RowLosses, columns: list[str], left_out: list[str], seed: int
) -> Outcome:
    how = (
        f"{counted(search.n_searched, 'slice')} of {counted(len(columns), 'column')} searched on "
        f"{search.rows_searched:,} rows, {search.n_tested:,} tested on {search.rows_tested:,} others"
    )
    found = [slice_text(each.slice_key) + _size(each, losses) for each, _ in search.found]
    if found:
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        message = f"exploratory: worse in {'; '.join(found[:_NAMED])}{more} ({how})"
    else:
        message = f"exploratory: no further slice is shown to be worse ({how})"
    if left_out:
        message += f"; not searched: {', '.join(show_value(name) for name in left_out[:_NAMED])}"
    return Outcome(
        id=outcome_id(evaluation, "slice_discovery"),
        check="slice_discovery",
        tier="model",
        subject=evaluation.name,
        status=Status.WARN if found else Status.PASS,
        message=message,
        hint="look at their rows, and declare under `slices` those that matter: then they are judged" if found else "",
        observed=len(found),
        expected="no slice that is worse",
        location=evaluation.location,
        evidence={
            "evaluation": evaluation.name,
            "exploratory": True,
            "loss": losses.kind,
            "searched": search.n_searched,
            "tested": search.n_tested,
            "rows_searched": search.rows_searched,
            "rows_tested": search.rows_tested,
            "columns": columns,
            "not_searched": left_out,
            "seed": seed,
            "slices": [_slice_facts(each, p_value) for each, p_value in search.found],
        },
    )


def _size(found: FoundSlice, losses: RowLosses) -> str:
    size = f"{100 * found.worse_by:.3g} points" if losses.right_or_wrong else f"{found.worse_by:.3g}"
    return f" (by {size}, {found.n_rows:,} rows)"


def _slice_facts(found: FoundSlice, p_adjusted: float) -> dict[str, Any]:
    return {
        "slice": dict(found.slice_key),
        "n": found.n_rows,
        "worse_by": found.worse_by,
        "low": found.low if math.isfinite(found.low) else None,
        "high": found.high if math.isfinite(found.high) else None,
        "p_value": found.p_value,
        "p_adjusted": p_adjusted,
    }


def _error(evaluation: Evaluation, problem: str, hint: str) -> Outcome:
    return Outcome(
        id=outcome_id(evaluation, "slice_discovery"),
        check="slice_discovery",
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR,
        message=f"no slices can be searched: {problem}",
        hint=hint,
        expected="columns that can be searched",
        location=evaluation.location,
        evidence={"evaluation": evaluation.name, "exploratory": True},
    )
