"""Candidate against baseline: make the predictions, read both sides, compare, decide as one family."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.baseline_facts import baseline_facts, describe_baseline, name_baselines
from mlgate.gate.baseline_files import judged_files
from mlgate.gate.baseline_load import Loaded, Place, labels_of, load_baseline, problem_of
from mlgate.gate.broken import judge_candidate, what_broke
from mlgate.gate.candidates import Candidate, make_candidate
from mlgate.gate.distinct import require_distinct, require_separate
from mlgate.gate.history import judge_history
from mlgate.gate.record import Record
from mlgate.gate.user_functions import Function, load_functions
from mlgate.outcome import Outcome
from mlgate.sources import environment, git

__all__ = [
    "baseline_facts",
    "check_evaluations",
    "describe_baseline",
    "name_baselines",
    "require_distinct",
    "require_separate",
]

if TYPE_CHECKING:
    from mlgate.metrics import Facts


def check_evaluations(project: Project, record: Record, work: Path, *, seed: int, now: dt.datetime) -> None:
    """Judge every evaluation of the project; all comparisons of the gate form one Holm family.

    What functions of the user's print goes to stderr: stdout holds the report alone.
    """
    with redirect_stdout(sys.stderr):
        _check_evaluations(project, record, work, seed=seed, now=now)


def _check_evaluations(project: Project, record: Record, work: Path, *, seed: int, now: dt.datetime) -> None:
    from mlgate.metrics import decide_comparisons

    comparisons: list[Any] = []
    found: list[tuple[Evaluation, Facts]] = []
    for evaluation in project.evaluations.values():
        try:
            require_separate(project, evaluation)  # before a command writes through the link
        except MlgateError as problem:
            record.add(problem_of(problem, evaluation, "baseline"))
            continue
        try:
            functions = load_functions(evaluation, project.root)
            candidate = make_candidate(project, evaluation, record)
        except MlgateError as problem:
            record.add(problem_of(problem, evaluation, "predictions"))
            continue
        try:
            facts = _compare(project, evaluation, candidate, record, _Settings(work, seed, now, functions))
            more = list(judge_candidate(project, evaluation, facts, functions, seed=seed))
        except Exception as unexpected:  # noqa: BLE001  # a defect of ours in one evaluation must not lose the others
            record.add(_defect(unexpected, evaluation))
            continue
        record.add(*facts.outcomes, *more)
        record.candidates.append(
            {
                "evaluation": evaluation.name,
                "predictions": evaluation.predictions or ", ".join(evaluation.runs) or evaluation.metrics_file,
                "made_by": candidate.made_by,
                "rows": facts.rows,
                "metrics": dict(facts.metrics),
                "key": _key(project, evaluation, facts),
                "files": judged_files(project.root, evaluation),
            }
        )
        comparisons.extend(facts.comparisons)
        found.append((evaluation, facts))
    decided = decide_comparisons(comparisons, seed=seed)
    record.add(*decided)
    record.add(*what_broke(project, found, decided, seed=seed))
    facts_of_run = {
        "commit": git.describe(project.root).commit,
        "candidates": record.candidates,
        "baselines": record.baselines,
    }
    record.add(*judge_history(project, decided, facts_of_run, now=now))


def _key(project: Project, evaluation: Evaluation, facts: Facts) -> dict[str, Any] | None:
    """What says which rows were evaluated; a history needs it, and it takes time."""
    from mlgate.metrics import comparability_key

    if project.history is None or facts.parsed is None:
        return None
    return comparability_key(facts.parsed, evaluation)


@dataclass(frozen=True, slots=True)
class _Settings:
    """What all comparisons of a run share."""

    work: Path
    seed: int
    now: dt.datetime
    functions: Mapping[str, Function]


def _compare(
    project: Project, evaluation: Evaluation, candidate: Candidate, record: Record, settings: _Settings
) -> Facts:
    """The facts of an evaluation: of its rows, and of its values without rows."""
    from mlgate.metrics import Facts, Plan, compare_evaluation
    from mlgate.metrics.scalar_comparison import only_rows, only_scalars

    of_rows, of_values = only_rows(evaluation), only_scalars(evaluation)
    baseline = Loaded()
    if evaluation.baseline != "none":
        folder = settings.work / f"baseline-{len(record.baselines)}"
        folder.mkdir()
        labels = partial(labels_of, candidate, of_rows)
        baseline = load_baseline(project, evaluation, record, Place(folder, settings.now, labels))
    record.progress(f"model: compare {evaluation.name} by {', '.join(metric.name for metric in evaluation.metrics)}")
    facts = Facts(outcomes=())
    if of_rows.metrics:
        facts = compare_evaluation(
            of_rows,
            candidate.tables,
            baseline.tables,
            recorded_key=baseline.key,
            baseline_failed=baseline.failed,
            plan=Plan(seed=settings.seed, n_draws=evaluation.resamples, workers=environment.worker_count()),
            functions=settings.functions,
        )
    if of_values.metrics:
        facts = facts.with_values(of_values, candidate.values or {}, baseline.values, failed=baseline.failed)
    return facts


def _defect(unexpected: Exception, evaluation: Evaluation) -> Outcome:
    problem = SourceError(
        f"unexpected {type(unexpected).__name__}: {unexpected}",
        hint="this is a defect of mlgate; report it with the evaluation's declaration",
    )
    return problem_of(problem, evaluation, "defect")
