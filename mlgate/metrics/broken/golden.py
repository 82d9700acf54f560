"""Examples that must come out as expected: the golden set, and past failures that must stay right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation, Golden
from mlgate.metrics.broken.expected import find_rows, read_expected, read_ids
from mlgate.metrics.broken.losses import sample_losses
from mlgate.metrics.broken.naming import counted, outcome_id, show_ids
from mlgate.metrics.reading import PredictionsError, Table
from mlgate.metrics.sample import Sample
from mlgate.outcome import Outcome, Status

MOST_EXAMPLES = 50
_SAME_ROWS = "evaluate on them, too: what is not predicted cannot be checked"


def golden(
    evaluation: Evaluation, columns: Mapping[str, Any], candidate: Sample, *, privacy: str = "masked"
) -> Outcome:
    """Hand-checked examples come out as expected.

    Each example of the golden set has its `expected` output. A class or a text must equal it (classes in one spelling,
    texts but for white space at the ends); a number may be off by the example's own `tolerance`, 0 where none is
    written. With a column `tolerance` the numeric prediction is compared, or the score where predictions are classes.
    A `fail` where more than `may_move` examples miss. Else an `error` where one is not among the candidate's rows, and
    always one where the file is empty, repeats an id or lacks a value, and for label sets, which have no single
    expected value. Of several runs (seeds) the worst counts.

    Parameters
    ----------
    columns : of the golden file: the id column under its declared name, `expected`, and where wanted `tolerance`
    candidate : all rows of the candidate, with ids
    privacy : `none` gives counts alone; `masked` masks ids and texts and shows no number; `full` shows all
    """
    may_move = (evaluation.golden or Golden()).may_move
    try:
        asked = read_expected(columns, evaluation.columns.id, candidate)
    except PredictionsError as problem:
        return _error(evaluation, "golden", f"the golden set cannot be judged: {problem.message}", problem.hint)
    failing = np.flatnonzero(asked.misses)
    judged = counted(asked.rows.size, "golden example")
    shown = failing[:MOST_EXAMPLES]
    names = [] if candidate.ids is None else show_ids(candidate.ids, asked.rows[shown], privacy)
    return _judged(
        evaluation,
        "golden",
        message=f"{failing.size:,} of {judged} miss what is expected ({may_move:,} may)",
        hint=asked.hint or "look at them, or correct `expected` if the new output is right",
        counts={"judged": asked.rows.size, "failing": failing.size, "missing": asked.missing, "may_move": may_move},
        shown={"privacy": privacy, "examples": _examples(names, asked.differences(shown, privacy))},
    )


def must_stay_right(
    evaluation: Evaluation, columns: Mapping[str, Any], candidate: Sample, *, privacy: str = "masked"
) -> Outcome:
    """Past failures that were repaired stay right.

    A `fail` where the prediction of any listed example is not its label. Else an `error` where one is not among the
    candidate's rows, and always one where none is listed, and for numbers and rankings, which are neither right nor
    wrong: give these a golden set with tolerances.

    Parameters
    ----------
    columns : of the file of ids: the id column under its declared name
    candidate, privacy : as in `golden`
    """
    check = "must_stay_right"
    losses = sample_losses(candidate)
    try:
        names = read_ids(Table(columns, "list of past failures"), evaluation.columns.id, repeats=True)
        rows, _ = find_rows(names, candidate)
        if losses is None or losses[0] not in ("classes", "sets", "texts"):
            raise PredictionsError(
                "these predictions are neither right nor wrong",
                hint="move the examples to a golden set, each with its `expected` and its `tolerance`",
            )
    except PredictionsError as problem:
        return _error(evaluation, check, f"past failures cannot be judged: {problem.message}", problem.hint)
    wrong = rows[~(losses[1][rows] == 0)]
    again = "is" if wrong.size == 1 else "are"
    shown = [] if candidate.ids is None else show_ids(candidate.ids, wrong[:MOST_EXAMPLES], privacy)
    return _judged(
        evaluation,
        check,
        message=f"{wrong.size:,} of {counted(rows.size, 'past failure')} {again} wrong again",
        hint="look at what brought them back",
        counts={"judged": rows.size, "failing": wrong.size, "missing": len(names) - rows.size, "may_move": 0},
        shown={"privacy": privacy, "examples": _examples(shown, ["wrong again"] * len(shown))},
    )


def worst_run(outcomes: Sequence[Outcome]) -> Outcome:
    """Of what the runs (seeds) of one candidate got, the worst, which has to hold as every other."""
    if len(outcomes) == 1:
        return outcomes[0]
    severity = (Status.PASS, Status.ERROR, Status.FAIL)
    place = max(
        range(len(outcomes)), key=lambda at: (severity.index(outcomes[at].status), outcomes[at].observed or 0, -at)
    )
    worst = outcomes[place]
    return replace(
        worst,
        message=f"{worst.message}, in run {place + 1} of {len(outcomes)}",
        evidence={**worst.evidence, "run": place + 1, "runs": len(outcomes)},
    )


def _examples(names: list[str], told: list[str]) -> list[dict[str, str]]:
    """Evidence of single examples; none where no id may be shown."""
    return [{"id": name, "found": found} for name, found in zip(names, told, strict=True)] if names else []


def _judged(
    evaluation: Evaluation, check: str, *, message: str, hint: str, counts: Mapping[str, int], shown: Mapping[str, Any]
) -> Outcome:
    """A `fail` where too many fail, else an `error` where some are missing."""
    failing, missing, may_move = int(counts["failing"]), int(counts["missing"]), int(counts["may_move"])
    if not failing <= may_move:
        status = Status.FAIL
    elif missing:
        status, hint = Status.ERROR, _SAME_ROWS
    else:
        status, hint = Status.PASS, ""
    return Outcome(
        id=outcome_id(evaluation, check),
        check=check,
        tier="model",
        subject=evaluation.name,
        status=status,
        message=message + (f"; {missing:,} more are not among the candidate's rows" if missing else ""),
        hint=hint,
        observed=failing,
        expected=f"at most {may_move:,} fail",
        location=evaluation.location,
        evidence={"evaluation": evaluation.name, **{key: int(n) for key, n in counts.items()}, **shown},
    )


def _error(evaluation: Evaluation, check: str, message: str, hint: str) -> Outcome:
    return Outcome(
        id=outcome_id(evaluation, check),
        check=check,
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR,
        message=message,
        hint=hint,
        expected="examples that can be judged",
        location=evaluation.location,
        evidence={"evaluation": evaluation.name},
    )
