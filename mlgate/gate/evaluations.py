"""Candidate against baseline: make the predictions, read both sides, compare, decide as one family."""

from __future__ import annotations

import datetime as dt
import posixpath
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import Reference, parse_reference
from mlgate.errors import ConfigError, MlgateError, SourceError
from mlgate.gate.baseline_facts import baseline_facts, baseline_remarks, describe_baseline, name_baselines
from mlgate.gate.baseline_files import judged_files
from mlgate.gate.broken import judge_candidate, what_broke
from mlgate.gate.candidates import Candidate, Columns, make_candidate, needed_columns, outputs_of
from mlgate.gate.history import judge_history
from mlgate.gate.paths import is_glob, path_matches
from mlgate.gate.record import Record, could_not_check
from mlgate.gate.user_functions import Function, load_functions
from mlgate.outcome import Outcome
from mlgate.sources import baseline_metrics, baselines, environment, git, pointers
from mlgate.sources.predictions import read_predictions
from mlgate.sources.table_files import expand

__all__ = ["baseline_facts", "check_evaluations", "describe_baseline", "name_baselines", "require_distinct"]

if TYPE_CHECKING:
    from mlgate.metrics import Facts


def require_distinct(project: Project) -> None:
    """Refuse an evaluation whose baseline is the candidate's own file: it would always pass.

    Raises
    ------
    ConfigError
        `baseline` and `predictions` are one path, or one of them is a path that the other's glob names.
    """
    for evaluation in project.evaluations.values():
        reference = parse_reference(evaluation.baseline)
        if reference.kind != "file":
            continue
        for path in outputs_of(evaluation):
            own = posixpath.normpath(path)
            if path_matches(own, reference.target) or path_matches(reference.target, own):
                raise ConfigError(
                    f"the baseline of {evaluation.name} is its own predictions file {path}",
                    hint="name another file, and write it with `mlgate baseline save`",
                    path=evaluation.location.path,
                    line=evaluation.location.line,
                )


def require_separate(project: Project, evaluation: Evaluation) -> None:
    """Refuse an output and a baseline that are one file under two names, through a link.

    Two outputs that DVC keeps may be links to one object of its cache, where the model did not change: that is
    no refusal as long as both are what their pointers say.

    Raises
    ------
    SourceError
        They are one file.
    """
    reference = parse_reference(evaluation.baseline)
    if reference.kind != "file":
        return
    before = _files_by_identity(project.root, reference.target)
    for path in outputs_of(evaluation):
        for identity, name in _files_by_identity(project.root, path).items():
            other = before.get(identity)
            if other is None or (name != other and all(_is_kept_by_dvc(project.root, each) for each in (name, other))):
                continue
            raise SourceError(
                f"the baseline {other} and the predictions {name} are one file: "
                "the candidate would be compared with itself",
                hint="give the baseline a file of its own, and write it with `mlgate baseline save`",
            )


def _files_by_identity(root: Path, pattern: str) -> dict[tuple[int, int], str]:
    """Files that a path or glob names, by what two names of one file share; reading will say which are absent."""
    found: dict[tuple[int, int], str] = {}
    with suppress(SourceError):
        for name in expand(root, pattern) if is_glob(pattern) else (pattern,):
            with suppress(OSError, ValueError):
                facts = (root / name).stat()
                found[facts.st_dev, facts.st_ino] = name
    return found


def _is_kept_by_dvc(root: Path, path: str) -> bool:
    pointer = pointers.find_pointer(root, path)
    return pointer is not None and pointers.verify(root, pointer) is None


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
            record.add(_problem(problem, evaluation, "baseline"))
            continue
        try:
            functions = load_functions(evaluation, project.root)
            candidate = make_candidate(project, evaluation, record)
        except MlgateError as problem:
            record.add(_problem(problem, evaluation, "predictions"))
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
    baseline = _Loaded()
    if evaluation.baseline != "none":
        folder = settings.work / f"baseline-{len(record.baselines)}"
        folder.mkdir()
        baseline = _load_baseline(project, evaluation, record, folder, settings.now)
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


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A baseline's rows and values, and the key that was recorded with it."""

    tables: Sequence[Columns] | None = None
    values: Mapping[str, float] | None = None
    key: Mapping[str, Any] | None = None
    failed: bool = False


def _load_baseline(project: Project, evaluation: Evaluation, record: Record, work: Path, now: dt.datetime) -> _Loaded:
    from mlgate.metrics.scalar_comparison import only_rows, only_scalars

    record.progress(f"model: baseline {evaluation.baseline}")
    try:
        require_separate(project, evaluation)  # again: the command may have made the link
        reference = parse_reference(evaluation.baseline)
        found, tables, values = None, None, None
        if only_rows(evaluation).metrics:
            found = _load_predictions(project, evaluation, reference, work, now)
            tables = _read_baseline(project, evaluation, found, work)
        if only_scalars(evaluation).metrics:
            measured = _load_values(project, evaluation, reference, now)
            values = _values_of(measured, evaluation)
            found = found or measured
        if found is None:
            raise SourceError(f"{evaluation.name} declares no metric", hint="name one under `metrics`")
    except MlgateError as problem:
        record.add(_problem(problem, evaluation, "baseline"))
        record.baselines.append({"evaluation": evaluation.name, "reference": evaluation.baseline, "found": None})
        return _Loaded(failed=True)
    facts = baseline_facts(found, evaluation, project.root)
    facts["rows"] = max((len(column) for column in tables[0].values()), default=0) if tables else None
    record.baselines.append(facts)
    record.add(*baseline_remarks(facts, evaluation))
    return _Loaded(tables, values, (found.recorded or {}).get("key"))


def _load_predictions(
    project: Project, evaluation: Evaluation, reference: Reference, work: Path, now: dt.datetime
) -> baselines.Baseline:
    found = baselines.load(
        reference,
        root=project.root,
        evaluation_name=evaluation.name,
        predictions_path=evaluation.predictions,
        runs=evaluation.runs,
        work=work,
        now=now,
    )
    if found.predictions is None:
        raise SourceError(f"{evaluation.baseline} has no predictions", hint="record it with `mlgate baseline save`")
    return found


def _read_baseline(
    project: Project, evaluation: Evaluation, found: baselines.Baseline, work: Path
) -> list[Mapping[str, Any]]:
    with baselines.without_folders(work, project.root):
        names = needed_columns(evaluation)
        return [read_predictions([path], names, shown=evaluation.baseline) for path in found.runs]


def _load_values(
    project: Project, evaluation: Evaluation, reference: Reference, now: dt.datetime
) -> baselines.Baseline:
    return baseline_metrics.load_metrics(
        reference,
        root=project.root,
        evaluation_name=evaluation.name,
        metrics_path=evaluation.metrics_file or "",
        now=now,
        rows=bool(evaluation.predictions or evaluation.runs),
    )


def _values_of(found: baselines.Baseline, evaluation: Evaluation) -> dict[str, float]:
    from mlgate.metrics.scalar_comparison import only_scalars
    from mlgate.metrics.scalars import scalar_values

    return scalar_values(found.values or {}, only_scalars(evaluation), side="baseline")


def _defect(unexpected: Exception, evaluation: Evaluation) -> Outcome:
    problem = SourceError(
        f"unexpected {type(unexpected).__name__}: {unexpected}",
        hint="this is a defect of mlgate; report it with the evaluation's declaration",
    )
    return _problem(problem, evaluation, "defect")


def _problem(problem: MlgateError, evaluation: Evaluation, check: str) -> Outcome:
    from mlgate.metrics.checks import quote_part

    return could_not_check(
        problem,
        id=f"model/{quote_part(evaluation.name)}/{check}",
        check=check,
        tier="model",
        subject=evaluation.name,
        location=evaluation.location,
    )
