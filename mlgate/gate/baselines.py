"""`mlgate baseline show` and `save`."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mlgate.config.fields import nearest
from mlgate.config.project import Evaluation, Project
from mlgate.config.references import Reference, parse_reference
from mlgate.errors import MlgateError, SourceError, UsageError
from mlgate.gate.candidates import candidate_columns, needed_columns
from mlgate.gate.evaluations import baseline_facts, describe_baseline, require_distinct, require_separate
from mlgate.gate.load import load_project
from mlgate.gate.pull import pull
from mlgate.gate.record import Progress, Record
from mlgate.outcome import Outcome, Status, to_json
from mlgate.sources import baseline_saving, files, git, pointers, tables
from mlgate.sources.records import Record as BaselineRecord
from mlgate.sources.records import predictions_name


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry per evaluation: the facts of its baseline, or the error that hides them."""

    entries: tuple[dict[str, Any], ...]

    @property
    def exit_code(self) -> int:
        return max((entry["exit_code"] for entry in self.entries), default=0)

    def as_json(self) -> str:
        return json.dumps(to_json(list(self.entries)), indent=2, allow_nan=False)

    def as_text(self) -> str:
        return "\n\n".join(_text(entry) for entry in self.entries)


def show_baselines(config: Path | None, start: Path, names: Sequence[str], *, now: dt.datetime) -> Shown:
    """Which baseline each evaluation would use; nothing larger than a record is downloaded."""
    project = load_project(config, start)
    require_distinct(project)
    return Shown(tuple(_entry(project, evaluation, now) for evaluation in _chosen(project, names)))


def _chosen(project: Project, names: Sequence[str]) -> list[Evaluation]:
    for name in names:
        if name not in project.evaluations:
            raise UsageError(f"no evaluation {name!r} in {project.path}", hint=nearest(name, project.evaluations))
    if not project.evaluations:
        raise UsageError(f"{project.path} declares no evaluations", hint="declare one under `evaluations`")
    return [evaluation for name, evaluation in project.evaluations.items() if not names or name in names]


def _entry(project: Project, evaluation: Evaluation, now: dt.datetime) -> dict[str, Any]:
    entry: dict[str, Any] = {"evaluation": evaluation.name, "reference": evaluation.baseline, "exit_code": 0}
    if evaluation.baseline == "none":
        return entry | {"found": None}
    try:
        found = describe_baseline(project, evaluation, now)
    except MlgateError as problem:
        return entry | {"found": None, "error": problem.message, "hint": problem.hint, "exit_code": problem.exit_code}
    return entry | baseline_facts(found, evaluation, project.root)


def _text(entry: dict[str, Any]) -> str:
    lines = [f"{entry['evaluation']}: {entry['reference']}"]
    if "error" in entry:
        return "\n".join([*lines, f"  could not be found: {entry['error']}", f"  hint: {entry['hint']}"])
    if entry["found"] is None:
        return "\n".join([*lines, "  no baseline is declared: only the bounds of the metrics are judged"])
    rows = {
        "found": entry["found"],
        "recorded": _age(entry["created_at"], entry["age_s"]),
        "commit": _commit(entry["commit"], entry["commits_behind"], dirty=bool(entry["dirty"])),
        "run": entry["run_id"],
        "store": entry["tracking"],
        "metrics": ", ".join(
            f"{name} {value:.4f}" for name, value in (entry["metrics"] or {}).items() if value is not None
        ),
    }
    return "\n".join(lines + [f"  {name:<9} {value}" for name, value in rows.items() if value])


def _age(created_at: str | None, age_s: float | None) -> str:
    if created_at is None or age_s is None:
        return "at an unknown time"
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if age_s >= 2 * seconds:
            return f"{created_at} ({age_s / seconds:,.0f} {unit} ago)"
    return f"{created_at} ({age_s:,.0f} seconds ago)"


def _commit(commit: str | None, behind: int | None, *, dirty: bool) -> str:
    if commit is None:
        return "unknown"
    changed = " with uncommitted changes" if dirty else ""
    return commit[:12] + changed + ("" if behind is None else f" ({behind} commits ago)")


def save_baselines(
    config: Path | None, start: Path, names: Sequence[str], *, now: dt.datetime, progress: Progress
) -> Iterator[str]:
    """Evaluate this commit and record it; one line per baseline that was written, and one per bound that it breaks.

    Evaluations that share a reference are saved together, so that a baseline is never half a run. Whether each place
    can be written is asked before any command runs.

    Raises
    ------
    UsageError
        An evaluation has no baseline that can be written.
    SourceError
        An evaluation cannot be made or judged, or a place cannot be written.
    """
    project = load_project(config, start)
    require_distinct(project)
    groups = _groups(project, _chosen(project, names))
    for evaluation in (evaluation for group in groups.values() for evaluation in group):
        require_separate(project, evaluation)
    for reference, group in groups.items():
        baseline_saving.require_writable(reference, [evaluation.name for evaluation in group], root=project.root)
    state = git.describe(project.root)  # before the commands: what they write is not a change of the author's
    with tempfile.TemporaryDirectory(prefix="mlgate-") as work:
        ready = [
            (reference, [_evaluate(project, evaluation, Path(work), progress, state) for evaluation in group])
            for reference, group in groups.items()
        ]
        for reference, done in ready:
            saved = baseline_saving.save(reference, [entry.record for entry in done], root=project.root, now=now)
            for entry in done:
                values = ", ".join(f"{name} {value:.4f}" for name, value in entry.record.metrics.items())
                yield f"{entry.record.evaluation}: saved as {saved.where} ({values})"
                yield from entry.warnings
    if state.dirty:
        commit = (state.commit or "unknown")[:12]
        yield f"warning: uncommitted changes are part of this, so commit {commit} alone does not make it again"


def _groups(project: Project, chosen: Sequence[Evaluation]) -> dict[Reference, list[Evaluation]]:
    """Evaluations by the reference that they are saved to, all of which can be written by their kind."""
    groups: dict[Reference, list[Evaluation]] = {}
    for evaluation in chosen:
        if evaluation.baseline == "none":
            raise UsageError(
                f"evaluation {evaluation.name} has no baseline to save to",
                hint="set its `baseline`, e.g. mlflow:models:/NAME@champion or file:baseline/predictions.csv",
            )
        groups.setdefault(parse_reference(evaluation.baseline), []).append(evaluation)
    for reference, group in groups.items():
        baseline_saving.require_savable(reference, {evaluation.name: evaluation.predictions for evaluation in group})
    _refuse_overwriting(project, groups)
    return groups


def _refuse_overwriting(project: Project, references: Iterable[Reference]) -> None:
    """Two baselines, or a baseline and an evaluation's predictions, are not one file."""
    owners = {
        files.inside(project.root, evaluation.predictions): f"the predictions of {evaluation.name}"
        for evaluation in project.evaluations.values()
    }
    for reference in references:
        if reference.kind != "file":
            continue
        place = files.inside(project.root, reference.target)
        if place in owners:
            raise UsageError(
                f"{reference} is the same file as {owners[place]}", hint="give each baseline a file of its own"
            )
        owners[place] = f"the baseline {reference}"


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """What one evaluation will be recorded as, and what a person should know about it."""

    record: BaselineRecord
    warnings: tuple[str, ...]


def _evaluate(
    project: Project, evaluation: Evaluation, work: Path, progress: Progress, state: git.GitState
) -> _Evaluated:
    """Make the predictions of one evaluation and keep a copy: the next command may write the same file."""
    from mlgate.metrics import comparability_key, compare_evaluation, parse_rows

    record = Record(progress=progress)
    _require_inputs(project, evaluation, record)
    candidate_columns(project, evaluation, record)
    kept = _copy(project, evaluation, Path(tempfile.mkdtemp(dir=work)))
    columns = tables.read_columns(kept, needed_columns(evaluation), shown=evaluation.predictions)
    facts = compare_evaluation(replace(evaluation, baseline="none"), columns, None)
    rows = parse_rows(columns, evaluation)
    done = BaselineRecord(
        evaluation=evaluation.name,
        predictions=kept,
        facts={
            "key": comparability_key(rows, evaluation),
            "columns": asdict(evaluation.columns),
            "positive": rows.positive,
            "commit": state.commit,
            "dirty": state.dirty,
            "data": _data_digests(project),
        },
        metrics=facts.metrics,
    )
    return _Evaluated(done, tuple(_broken_bounds(evaluation, facts.outcomes)))


def _copy(project: Project, evaluation: Evaluation, folder: Path) -> Path:
    kept = folder / predictions_name(evaluation.predictions)
    try:
        shutil.copyfile(files.inside(project.root, evaluation.predictions), kept)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise SourceError(
            f"{evaluation.predictions} cannot be copied: {reason}", hint="is the disk of the temporary folder full?"
        ) from None
    return kept


def _broken_bounds(evaluation: Evaluation, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A champion that breaks its own bound is saved, since it may be the best there is, but not in silence."""
    for outcome in outcomes:
        if outcome.check == "metric_bound" and outcome.status is not Status.PASS:
            bound = outcome.id.rpartition("/")[2]
            yield f"warning: {evaluation.name}: the saved baseline breaks its own `{bound}`: {outcome.message}"


def _require_inputs(project: Project, evaluation: Evaluation, record: Record) -> None:
    tier = project.tiers.get("model")
    paths = [project.datasets[name].path for name in tier.datasets] if tier else []
    paths += [*(tier.needs if tier else ()), *evaluation.needs]
    for path, problem in pull(project.root, tuple(dict.fromkeys(paths)), record).problems.items():
        raise SourceError(f"{path}: {problem.message}", hint=problem.hint)


def _data_digests(project: Project) -> dict[str, str]:
    digests = {}
    for dataset in project.datasets.values():
        try:
            pointer = pointers.find_pointer(project.root, dataset.path)
        except SourceError:
            continue
        if pointer is not None and pointer.md5:
            digests[dataset.name] = f"md5:{pointer.md5}"
    return digests
