"""Two sides that are read: judged, and reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.compare_request import NOWHERE, Asked
from mlgate.gate.compare_sides import Side
from mlgate.gate.record import Progress, could_not_check
from mlgate.outcome import Outcome, Report

if TYPE_CHECKING:
    from mlgate.config.project import Project
    from mlgate.metrics import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How changes are measured.

    Parameters
    ----------
    seed, workers, device : only `seed` can move a figure
    root : folder in which functions of the user's are looked for
    project : of the evaluation, None where none is declared
    privacy : `none`, `masked` or `full`: what of single rows may appear; None as declared, else masked
    functions : those that are given, by the name of their metric
    progress : called with a line where something was chosen that was not asked for
    """

    seed: int = 0
    workers: int = 1
    device: str = "cpu"
    root: Path
    project: Project | None = None
    privacy: str | None = None
    functions: Mapping[str, Callable[[Any], float]] = field(default_factory=dict)
    progress: Progress = lambda _line: None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a comparison has found; `rows` and `metrics` are the candidate's."""

    evaluation: Evaluation
    outcomes: tuple[Outcome, ...] = ()
    rows: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)


def judge_sides(
    evaluation: Evaluation, asked: Asked, candidate: Side, baseline: Side | None, settings: Settings
) -> Judged:
    """Outcomes of two sides; None where the baseline could not be read, which the caller has reported.

    Raises
    ------
    UsageError
        What was asked for makes no sense together with the metrics that the columns allow.
    """
    from mlgate.gate.compare_columns import settle
    from mlgate.gate.user_functions import load_functions
    from mlgate.metrics import Plan, compare_evaluation

    try:
        evaluation = settle(
            evaluation, asked, candidate.tables, [] if baseline is None else baseline.tables, settings.progress
        )
        functions = load_functions(evaluation, settings.root, settings.functions)
        product = _product(settings.device)
    except UsageError:
        raise
    except MlgateError as problem:
        return Judged(evaluation, (could_not_read(problem, evaluation, "predictions"),), rows=candidate.rows)
    facts = compare_evaluation(
        evaluation,
        candidate.tables,
        None if baseline is None else baseline.tables,
        recorded_key=None if baseline is None else baseline.key,
        baseline_failed=baseline is None,
        plan=Plan(seed=settings.seed, n_draws=evaluation.resamples, workers=settings.workers, product=product),
        functions=functions,
    )
    outcomes = _decide(evaluation, facts, functions, settings)
    return Judged(evaluation, tuple(map(without_nowhere, outcomes)), rows=facts.rows, metrics=facts.metrics)


def _decide(
    evaluation: Evaluation, facts: Facts, functions: Mapping[str, Callable[[Any], float]], settings: Settings
) -> list[Outcome]:
    """The facts, what is declared besides, the decided comparisons, and what broke."""
    from mlgate.metrics import decide_comparisons

    decided = decide_comparisons(facts.comparisons, seed=settings.seed)
    if settings.project is None:
        return [*facts.outcomes, *decided, *_changed_examples(evaluation, facts, decided, settings.privacy or "masked")]
    from mlgate.gate.broken import judge_candidate, what_broke

    project = replace(settings.project, privacy=settings.privacy or settings.project.privacy)
    return [
        *facts.outcomes,
        *judge_candidate(project, evaluation, facts, functions, seed=settings.seed),
        *decided,
        *what_broke(project, [(evaluation, facts)], decided, seed=settings.seed),
    ]


def _changed_examples(
    evaluation: Evaluation, facts: Facts, decided: Sequence[Outcome], privacy: str
) -> Iterator[Outcome]:
    """What broke where nothing is declared: `mlgate.gate.broken` without what a project needs, which loads slowly."""
    from mlgate.metrics.broken.flips import all_flips
    from mlgate.metrics.broken.look_at_these import look_at_these

    if facts.paired is not None:
        regressed = [outcome.evidence for outcome in decided if outcome.evidence.get("verdict") == "regression"]
        yield from all_flips(evaluation, facts.paired, [found["slice"] for found in regressed], privacy=privacy)
    listed = look_at_these(decided)
    if listed is not None:
        yield listed


def _product(device: str) -> Any:
    """The product of matrices on a device; None on the processor.

    Raises
    ------
    SourceError
        There is no such device here.
    """
    if device == "cpu":
        return None
    from mlgate.sources.accelerators import matrix_product

    return matrix_product(device)


def could_not_read(problem: MlgateError, evaluation: Evaluation, check: str) -> Outcome:
    """The `error` outcome of predictions, or a baseline, that could not be read."""
    from mlgate.metrics.checks import quote_part

    return without_nowhere(
        could_not_check(
            problem,
            id=f"model/{quote_part(evaluation.name)}/{check}",
            check=check,
            tier="model",
            subject=evaluation.name,
            location=evaluation.location,
        )
    )


def without_nowhere(outcome: Outcome) -> Outcome:
    """Without the place of a declaration that stands in no file."""
    return replace(outcome, location=None) if outcome.location == NOWHERE else outcome


def provenance_of(baseline: str, candidate: str, judged: Judged, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the report was made from.

    Parameters
    ----------
    baseline, candidate : as they were written
    facts : of the baseline, empty where it could not be read
    """
    name = judged.evaluation.name
    given = {"evaluation": name, "predictions": candidate, "made_by": "given", "rows": judged.rows}
    return {
        "baselines": [{"evaluation": name, "reference": baseline, "found": None, **facts}],
        "candidates": [given | {"metrics": dict(judged.metrics)}],
    }


def make_report(
    outcomes: Sequence[Outcome],
    *,
    now: dt.datetime,
    seconds: float,
    strict: bool,
    provenance: Mapping[str, Any],
    project: Project | None = None,
) -> Report:
    """The report of a comparison, with what the project has accepted."""
    import mlgate
    from mlgate.sources.environment import python_version

    found = tuple(outcomes)
    if project is not None and project.accepted:
        from mlgate.gate.accepted import apply_accepted

        found = tuple(apply_accepted(found, project.accepted, now.date()))
    return Report(
        gate="compare",
        outcomes=found,
        started_at=now.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(seconds, 3),
        provenance={"mlgate": mlgate.__version__, "python": python_version(), **provenance},
        mode="enforce" if project is None else project.mode,
        strict=strict,
    )
