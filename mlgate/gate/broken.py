"""What a change broke, beyond its metrics: examples, golden sets, groups, the gap to training, simple models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.record import could_not_check
from mlgate.outcome import Outcome
from mlgate.sources import files
from mlgate.sources.predictions import read_predictions

if TYPE_CHECKING:
    from mlgate.metrics import Facts


def judge_candidate(
    project: Project, evaluation: Evaluation, facts: Facts, functions: Mapping[str, Any], *, seed: int
) -> Iterator[Outcome]:
    """What is asked of the candidate alone: golden set, past failures, fairness, training gap, a simple baseline.

    Parameters
    ----------
    facts : of the evaluation; nothing is judged where the candidate could not be read, which is an outcome already
    functions : of the user's, by the name of their metric
    """
    if facts.parsed is None:
        yield from _without_rows(evaluation)
        return
    yield from _golden(project, evaluation, facts)
    yield from _fairness(evaluation, facts)
    yield from _training_gap(project, evaluation, facts, functions, seed=seed)
    yield from _simple_baseline(evaluation, facts, functions, seed=seed)


def _without_rows(evaluation: Evaluation) -> Iterator[Outcome]:
    """What is declared and needs rows, where no metric is computed from any: an `error`, never left out."""
    from mlgate.metrics.scalar_comparison import only_rows

    if only_rows(evaluation).metrics:
        return
    declared = {
        "slices": evaluation.slices,
        "discover": evaluation.discover,
        "golden": evaluation.golden,
        "fairness": evaluation.fairness,
        "train_predictions": evaluation.train_predictions,
        "simple_baseline": evaluation.simple_baseline != "none",
    }
    names = [name for name, value in declared.items() if value]
    if names:
        problem = SourceError(
            f"{', '.join(names)} cannot be judged: no metric of {evaluation.name} is computed from rows",
            hint="declare a metric of the predictions, or remove what needs rows",
        )
        yield _problem(problem, evaluation, "predictions")


def _golden(project: Project, evaluation: Evaluation, facts: Facts) -> Iterator[Outcome]:
    from mlgate.metrics.broken.golden import golden, must_stay_right, worst_run

    policy = evaluation.golden
    if policy is None or not facts.runs:
        return
    candidates = facts.candidates
    for name, path, judge, columns in (
        ("golden", policy.path, golden, [evaluation.columns.id, "expected", "tolerance"]),
        ("must_stay_right", policy.must_stay_right, must_stay_right, [evaluation.columns.id]),
    ):
        if path is None:
            continue
        try:
            table = read_predictions([files.inside(project.root, path)], columns, shown=path)
        except MlgateError as problem:
            yield _problem(problem, evaluation, name)
        else:
            yield worst_run([judge(evaluation, table, one, privacy=project.privacy) for one in candidates])


def _fairness(evaluation: Evaluation, facts: Facts) -> Iterator[Outcome]:
    from mlgate.metrics.broken.fairness import fairness

    own = facts.own if evaluation.fairness else None
    if own is not None:
        for policy in evaluation.fairness:
            yield from fairness(evaluation, policy, own, compared=facts.paired is not None)


def _training_gap(
    project: Project, evaluation: Evaluation, facts: Facts, functions: Mapping[str, Any], *, seed: int
) -> Iterator[Outcome]:
    from mlgate.metrics import parse_rows
    from mlgate.metrics.broken.estimate import estimate
    from mlgate.metrics.broken.gap import train_test_gap
    from mlgate.metrics.compare import kernels_of
    from mlgate.metrics.joined import join
    from mlgate.metrics.kernels.kernel import UndefinedMetricError
    from mlgate.metrics.roles import needed_columns
    from mlgate.metrics.scalar_comparison import only_rows

    path = evaluation.train_predictions
    if path is None or facts.parsed is None:
        return
    of_rows = only_rows(evaluation)
    try:
        columns = read_predictions([files.inside(project.root, path)], needed_columns(evaluation), shown=path)
        rows = parse_rows(columns, of_rows, side="training set")
    except MlgateError as problem:
        yield _problem(problem, evaluation, "train_test_gap")
        return
    train, test = join([rows], [rows]).paired, join([facts.parsed], [facts.parsed]).paired
    for metric in of_rows.metrics:
        kernel = kernels_of(of_rows, functions)[metric.name]
        try:
            sides = [estimate(kernel, side.candidate, groups=side.groups, seed=seed) for side in (train, test)]
        except UndefinedMetricError as undefined:
            told = f"the gap of {metric.name} cannot be judged: {undefined}"
            missing = SourceError(told, hint="write training rows that define it")
            yield _problem(missing, evaluation, "train_test_gap", metric.name)
        else:
            yield train_test_gap(evaluation, metric, sides[0], sides[1])


def _simple_baseline(
    evaluation: Evaluation, facts: Facts, functions: Mapping[str, Any], *, seed: int
) -> Iterator[Outcome]:
    from mlgate.metrics import Plan
    from mlgate.metrics.broken.simple_baseline import simple_baseline
    from mlgate.metrics.compare import kernels_of
    from mlgate.metrics.scalar_comparison import only_rows

    own = facts.own if evaluation.simple_baseline != "none" else None
    if own is not None:
        of_rows = only_rows(evaluation)
        plan = Plan(seed=seed, n_draws=evaluation.resamples)
        yield simple_baseline(of_rows, own, kernels_of(of_rows, functions), plan)


def what_broke(
    project: Project, found: Sequence[tuple[Evaluation, Facts]], decided: Sequence[Outcome], *, seed: int
) -> Iterator[Outcome]:
    """Which examples and slices the changes come from, once all comparisons are decided.

    Parameters
    ----------
    found : evaluations and their facts
    decided : outcomes of all comparisons of the gate
    """
    from mlgate.metrics.broken.discovery import slice_discovery
    from mlgate.metrics.broken.flips import all_flips
    from mlgate.metrics.broken.look_at_these import look_at_these

    for evaluation, facts in found:
        if facts.paired is None:
            continue
        worse = [
            outcome.evidence["slice"]
            for outcome in decided
            if outcome.evidence.get("evaluation") == evaluation.name
            and outcome.evidence.get("verdict") == "regression"
            and outcome.evidence.get("slice")
        ]
        yield from all_flips(evaluation, facts.paired, worse, privacy=project.privacy)
        if evaluation.discover:
            yield slice_discovery(evaluation, facts.paired, seed=seed)
    listed = look_at_these(decided)
    if listed is not None:
        yield listed


def _problem(problem: MlgateError, evaluation: Evaluation, check: str, *of: str) -> Outcome:
    from mlgate.metrics.broken.naming import outcome_id

    return could_not_check(
        problem,
        id=outcome_id(evaluation, check, *of),
        check=check,
        tier="model",
        subject=evaluation.name,
        location=evaluation.location,
    )
