"""Examples that changed, as a report carries them: parsed once, and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mlgate.late import dataclass
from mlgate.outcome import Outcome, Report, Status
from mlgate.render import words
from mlgate.render.facts import as_count, as_number, as_text, comparisons, id_part, slice_text

if TYPE_CHECKING:
    from mlgate.render.calibration import Calibration
    from mlgate.render.curves import Curves

_MOST = 10
_KINDS = ("classes", "sets", "texts", "numbers", "scores")
_HARM = {
    "probability": "probability of the label lost",
    "absolute error": "error gained",
    "weight": "weight",
}
_GOLDEN = ("golden", "must_stay_right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example; what is not known or may not be shown is empty."""

    name: str
    label: str
    before: str
    after: str
    scores: str
    harm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Rows of one label and prediction, before and after."""

    label: str
    prediction: str
    before: int
    after: int

    @property
    def delta(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """What changed in an evaluation, or in one of its slices; `where` is empty for all rows.

    `in_full` says that single examples may be shown anywhere, comments included.
    """

    outcome: Outcome
    evaluation: str
    where: str
    kind: str
    n: int
    turned_wrong: int
    turned_right: int
    differ: int
    harm: str
    in_full: bool
    worst: tuple[Example, ...]
    best: tuple[Example, ...]
    cells: tuple[Cell, ...]
    cells_moved: int
    calibration: Calibration | None
    curves: Curves | None = None


def flips_of(outcome: Outcome) -> Flips | None:
    """The flips that the evidence describes; None where it describes none."""
    evidence = outcome.evidence
    if outcome.check != "flips" or (kind := as_text(evidence.get("kind"))) not in _KINDS:
        return None
    counts = [as_count(evidence.get(key)) for key in ("n", "turned_wrong", "turned_right", "predictions_differ")]
    n, wrong, right, differ = counts
    if n is None or wrong is None or right is None or differ is None:
        return None
    from mlgate.render.calibration import calibration_of
    from mlgate.render.curves import curves_of

    confusion = evidence.get("confusion")
    confusion = confusion if isinstance(confusion, Mapping) else {}
    return Flips(
        outcome=outcome,
        evaluation=as_text(evidence.get("evaluation")) or id_part(outcome, 1),
        where=slice_text(evidence.get("slice")),
        kind=kind,
        n=n,
        turned_wrong=wrong,
        turned_right=right,
        differ=differ,
        harm=as_text(evidence.get("harm")),
        in_full=evidence.get("privacy") == "full",
        worst=tuple(_examples(evidence.get("worst"))),
        best=tuple(_examples(evidence.get("best"))),
        cells=tuple(_cells(confusion.get("cells"))),
        cells_moved=as_count(confusion.get("moved")) or 0,
        calibration=calibration_of(evidence.get("calibration")),
        curves=curves_of(evidence.get("curves")),
    )


def all_flips(report: Report) -> list[Flips]:
    return [found for outcome in report.outcomes if (found := flips_of(outcome)) is not None]


def behind(report: Report) -> dict[tuple[str, str], Flips]:
    """Flips by evaluation and slice, of those in which something is worse by more than is accepted."""
    worse = {(c.evaluation, c.where) for c in comparisons(report.outcomes) if c.verdict == "regression"}
    found = {(flips.evaluation, flips.where): flips for flips in all_flips(report)}
    return {place: flips for place, flips in found.items() if place in worse}


def counts(flips: Flips) -> str:
    """`24 examples turned wrong, 3 turned right; 2.7 % of 1,204 predictions differ`."""
    match flips.kind:
        case "numbers":
            changed = f"the error grew in {words.count(flips.turned_wrong, 'example')}, shrank in"
        case "scores":
            changed = f"the label lost probability in {words.count(flips.turned_wrong, 'example')}, gained some in"
        case _:
            changed = f"{words.count(flips.turned_wrong, 'example')} turned wrong,"
    end = " turned right" if flips.kind not in ("numbers", "scores") else ""
    noun = "score" if flips.kind == "scores" else "prediction"
    share = words.share(flips.differ / flips.n) if flips.n else "none"
    return f"{changed} {flips.turned_right:,}{end}; {share} of {words.count(flips.n, noun)} differ"


def heading(flips: Flips) -> str:
    """What the list of examples holds, for a table's caption or heading."""
    return {"numbers": "Error grew most", "scores": "Label lost most probability"}.get(
        flips.kind, "Turned from right to wrong"
    )


def harm_title(flips: Flips) -> str:
    """Title of the column of harm; empty where all examples weigh the same."""
    return _HARM.get(flips.harm, "")


def moved(example: Example) -> str:
    """`yes -> no`; nothing where predictions are not shown."""
    return f"{example.before} -> {example.after}" if example.before or example.after else ""


def in_words(example: Example) -> str:
    """`17 (yes -> no)`, for a line of text."""
    return f"{example.name} ({moved(example)})" if moved(example) else example.name


def told_of(outcome: Outcome) -> list[tuple[str, str]]:
    """Single examples of a golden set: name and what was found, at most ten."""
    value = outcome.evidence.get("examples")
    entries = [each for each in value[:_MOST] if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
    return [(as_text(each.get("id")), as_text(each.get("found"))) for each in entries]


def missed(report: Report) -> list[tuple[Outcome, list[tuple[str, str]]]]:
    """Golden examples and past failures that fail and may be shown anywhere."""
    failing = [
        outcome
        for outcome in report.outcomes
        if outcome.check in _GOLDEN and outcome.status is Status.FAIL and outcome.evidence.get("privacy") == "full"
    ]
    return [(outcome, told) for outcome in failing if (told := told_of(outcome))]


def _examples(value: object) -> Iterable[Example]:
    for entry in value[:_MOST] if isinstance(value, list | tuple) else ():
        if isinstance(entry, Mapping):
            yield Example(
                name=as_text(entry.get("id")),
                label=_shown(entry.get("label")),
                before=_shown(entry.get("before")),
                after=_shown(entry.get("after")),
                scores=_change(as_number(entry.get("score_before")), as_number(entry.get("score_after"))),
                harm=as_number(entry.get("harm")),
            )


def _cells(value: object) -> Iterable[Cell]:
    for entry in value[:_MOST] if isinstance(value, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        before, after = as_count(entry.get("before")), as_count(entry.get("after"))
        if before is not None and after is not None:
            names = (as_text(entry.get(key)) for key in ("label", "prediction"))
            yield Cell(label=next(names), prediction=next(names), before=before, after=after)


def _shown(value: object) -> str:
    """A class or a text as it is, a number with four digits."""
    number = as_number(value)
    return as_text(value) if number is None else words.short_number(number)


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return ""
    return f"{words.short_number(before)} -> {words.short_number(after)}"
