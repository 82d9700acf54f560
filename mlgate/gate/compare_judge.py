"""Two sides that are read: judged, and reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How changes are measured.

    Parameters
    ----------
    seed, workers, device : only `seed` can move a figure
    root : folder in which functions of the user's are looked for
    functions : those that are given, by the name of their metric
    progress : called with a line where something was chosen that was not asked for
    """

    seed: int = 0
    workers: int = 1
    device: str = "cpu"
    root: Path | None = None
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
    from mlgate.metrics import Plan, compare_evaluation, decide_comparisons

    if settings.device != "cpu":
        raise UsageError(f"this version measures on the processor, not on {settings.device}", hint="leave --device out")
    try:
        evaluation = settle(
            evaluation, asked, candidate.tables, [] if baseline is None else baseline.tables, settings.progress
        )
        functions = load_functions(evaluation, settings.root or Path.cwd(), settings.functions)
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
        plan=Plan(seed=settings.seed, n_draws=evaluation.resamples, workers=settings.workers),
        functions=functions,
    )
    outcomes = [*facts.outcomes, *decide_comparisons(facts.comparisons, seed=settings.seed)]
    return Judged(evaluation, tuple(map(without_nowhere, outcomes)), rows=facts.rows, metrics=facts.metrics)


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
