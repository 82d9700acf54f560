"""`mlgate baseline save`: what has passed becomes what later commits are compared with."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import Reference, parse_reference
from mlgate.errors import SourceError, UsageError
from mlgate.gate.baseline_files import Kept, keep_files, require_judged
from mlgate.gate.baseline_judgement import Judgement, judge_now, read_judgement, require_passed
from mlgate.gate.baseline_refusals import refuse_overwriting, require_recordable, require_same_baseline
from mlgate.gate.baselines import choose
from mlgate.gate.candidates import needed_columns
from mlgate.gate.evaluations import require_distinct, require_separate
from mlgate.gate.history import append_measured
from mlgate.gate.load import load_project
from mlgate.gate.pull import pull
from mlgate.gate.record import Progress, Record
from mlgate.gate.suite_changes import suite_text
from mlgate.sources import baseline_saving, git, pointers, tables
from mlgate.sources.records import Record as BaselineRecord


def save_baselines(  # noqa: PLR0913  (all by name; the clock and the progress come from the caller)
    config: Path | None,
    start: Path,
    names: Sequence[str],
    *,
    now: dt.datetime,
    progress: Progress,
    report: Path | None = None,
    force: bool = False,
) -> Iterator[str]:
    """Record what this commit has shown, if the gate lets it pass; one line per baseline that was written.

    With `report` the gate is that of a run of this commit, and its own predictions are kept. Without, the evaluations
    are made, compared with their present baseline and decided here; the tests and data of the gate are not. Where
    nothing has been recorded yet, the bounds of the metrics alone decide, so that there can be a first baseline.

    Evaluations that share a reference are saved together, so that a baseline is never half a run. Whether each place
    can be written is asked before any command runs. Unless everything has passed, nothing is written.

    Parameters
    ----------
    report : folder of a `mlgate run --output`, or None
    force : save although the gate does not let it pass; the record says so

    Raises
    ------
    UsageError
        An evaluation has no baseline that can be written.
    GateRefusedError
        The gate has said no.
    SourceError
        An evaluation cannot be made or judged, a place cannot be written, or somebody else has saved meanwhile.
    """
    project = load_project(config, start)
    require_distinct(project)
    groups = _groups(project, choose(project, names))
    chosen = [evaluation for group in groups.values() for evaluation in group]
    for evaluation in chosen:
        require_separate(project, evaluation)
    places = {
        reference: baseline_saving.require_writable(reference, [entry.name for entry in group], root=project.root)
        for reference, group in groups.items()
    }
    state = git.describe(project.root)  # before the commands: what they write is not a change of the author's
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        work = Path(folder)
        if report is None:
            judged, kept = _judge_and_keep(project, chosen, work, Record(progress=progress), now)
        else:
            judgement = read_judgement(report, project, chosen, state.commit, now)
            require_same_baseline(groups, places, judgement)
            judged, kept = [judgement], _keep_judged(project, chosen, judgement, work)
        for judgement in judged:
            if not force:
                require_passed(judgement)
        verdicts = {name: judgement for judgement in judged for name in judgement.candidates}
        records = {
            evaluation.name: _record(project, evaluation, kept[evaluation.name], verdicts[evaluation.name], state)
            for evaluation in require_recordable(chosen, kept, judged)
        }
        for reference, group in groups.items():
            saved = baseline_saving.save(
                reference,
                [records[evaluation.name] for evaluation in group],
                root=project.root,
                now=now,
                place=places[reference],
            )
            for evaluation in group:
                yield f"{evaluation.name}: saved as {saved.where}{_values(records[evaluation.name])}"
    yield from _remember(project, judged, state, now)
    yield from _warnings(judged, state)


def _remember(project: Project, judged: Sequence[Judgement], state: git.GitState, now: dt.datetime) -> Iterator[str]:
    """Add what was saved to the history; the baselines stand, whatever becomes of that."""
    for judgement in judged:
        provenance = {
            "commit": state.commit,
            "dirty": state.dirty,
            "candidates": list(judgement.candidates.values()),
            "baselines": list(judgement.baselines.values()),
        }
        try:
            yield from append_measured(project, judgement.outcomes, provenance, now=now)
        except SourceError as problem:
            yield f"warning: not added to the history: {problem.message}"


def _judge_and_keep(
    project: Project, chosen: Sequence[Evaluation], work: Path, record: Record, now: dt.datetime
) -> tuple[list[Judgement], dict[str, Kept]]:
    """Evaluations that write the same file are judged one after the other, and kept before the next one writes it."""
    _require_inputs(project, chosen, record)
    judged: list[Judgement] = []
    kept: dict[str, Kept] = {}
    for batch in _batches(chosen):
        place = Path(tempfile.mkdtemp(dir=work))
        judgement = judge_now(project, batch, place, record.progress, now)
        judged.append(judgement)
        for evaluation in batch:
            if evaluation.name in judgement.candidates:
                kept[evaluation.name] = keep_files(project, evaluation, Path(tempfile.mkdtemp(dir=work)))
    return judged, kept


def _batches(chosen: Sequence[Evaluation]) -> list[list[Evaluation]]:
    """As few groups as the order allows in which no two evaluations write the same files."""
    batches: list[list[Evaluation]] = []
    written: set[str] = set()
    for evaluation in chosen:
        paths = {evaluation.predictions, *evaluation.runs, evaluation.metrics_file or ""} - {""}
        if not batches or paths & written:
            batches.append([])
            written = set()
        batches[-1].append(evaluation)
        written |= paths
    return batches


def _keep_judged(project: Project, chosen: Sequence[Evaluation], judgement: Judgement, work: Path) -> dict[str, Kept]:
    kept = {}
    for evaluation in chosen:
        require_judged(project, evaluation, judgement.candidates[evaluation.name])
        kept[evaluation.name] = keep_files(project, evaluation, Path(tempfile.mkdtemp(dir=work)))
    return kept


def _record(
    project: Project, evaluation: Evaluation, kept: Kept, judgement: Judgement, state: git.GitState
) -> BaselineRecord:
    judged = judgement.candidates[evaluation.name]
    facts = {
        **_comparability(evaluation, kept),
        "columns": asdict(evaluation.columns),
        "commit": state.commit,
        "dirty": state.dirty,
        "data": _data_digests(project),
        "gate_verdict": judgement.verdict.value,
        "tests": suite_text(judgement.outcomes),
    }
    return BaselineRecord(
        evaluation=evaluation.name,
        predictions=kept.runs[0] if kept.runs else None,
        runs=kept.runs,
        metrics_file=kept.metrics_file,
        values=kept.values,
        facts=facts,
        metrics={str(name): value for name, value in (judged.get("metrics") or {}).items() if value is not None},
    )


def _comparability(evaluation: Evaluation, kept: Kept) -> dict[str, Any]:
    """The key that a later candidate is held against, of the rows that are kept; the runs share their rows."""
    definitions = {metric.name: metric.spec.definition for metric in evaluation.metrics}
    if not kept.runs:
        return {"key": {"rows": 0, "labels": "", "positive": None, "metrics": definitions}, "positive": None}
    from mlgate.metrics import comparability_key, parse_rows
    from mlgate.metrics.scalar_comparison import only_rows

    asked = only_rows(evaluation)
    shown = evaluation.predictions or kept.runs[0].name
    rows = parse_rows(tables.read_columns(kept.runs[0], needed_columns(evaluation), shown=shown), asked)
    return {"key": comparability_key(rows, asked) | {"metrics": definitions}, "positive": rows.positive}


def _values(record: BaselineRecord) -> str:
    listed = ", ".join(f"{name} {value:.4f}" for name, value in record.metrics.items())
    runs = f"{len(record.runs)} runs" if len(record.runs) > 1 else ""
    words = "; ".join(part for part in (runs, listed) if part)
    return f" ({words})" if words else ""


def _warnings(judged: Sequence[Judgement], state: git.GitState) -> Iterator[str]:
    for judgement in judged:
        for name in sorted(judgement.first):
            yield f"{name}: the first baseline, so that the bounds of its metrics alone were judged"
        for outcome in judgement.blocking:
            yield f"warning: saved although the gate says {judgement.verdict}: {outcome.id}: {outcome.message}"
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
        baseline_saving.require_savable(
            reference,
            {entry.name: _path_of(entry) for entry in group},
            [entry.name for entry in group if entry.runs],
        )
    refuse_overwriting(project, groups)
    return groups


def _path_of(evaluation: Evaluation) -> str:
    """What is kept of an evaluation: its predictions, the first of its runs, or its metrics file."""
    return evaluation.predictions or next(iter(evaluation.runs), evaluation.metrics_file or "")


def _require_inputs(project: Project, chosen: Sequence[Evaluation], record: Record) -> None:
    tier = project.tiers.get("model")
    paths = [project.datasets[name].path for name in tier.datasets] if tier else []
    paths += [*(tier.needs if tier else ()), *(need for evaluation in chosen for need in evaluation.needs)]
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
