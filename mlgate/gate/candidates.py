"""The candidate's predictions: made by the evaluation's command or stage, or given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.config.project import Evaluation, Project
from mlgate.errors import SourceError
from mlgate.gate.record import Record
from mlgate.sources import dvc, files, processes, tables

OUTPUT_LINES = 15

Columns = Mapping[str, Any]
"""Arrays of shape (n_rows,) by column name."""


def candidate_columns(project: Project, evaluation: Evaluation, record: Record) -> tuple[Columns, str]:
    """The candidate's predictions, and what made them: `command`, `stage` or `given`.

    Raises
    ------
    SourceError
        The command or stage fails or writes nothing, or the file cannot be read.
    """
    path = files.inside(project.root, evaluation.predictions)
    made_by = "given"
    if evaluation.command is not None:
        made_by = "command"
        before = _stamp(path)
        _run_command(project, evaluation, record)
        if _stamp(path) == before:
            raise SourceError(
                f"the command of {evaluation.name} did not write {evaluation.predictions}",
                hint="does it write to the declared path? predictions that are not of this commit are not judged",
            )
    elif evaluation.stage is not None:
        made_by = "stage"
        record.progress(f"model: dvc repro --single-item {evaluation.stage}")
        dvc.reproduce(project.root, evaluation.stage, timeout_s=evaluation.timeout_s or 3600.0)
    return tables.read_columns(path, needed_columns(evaluation)), made_by


def needed_columns(evaluation: Evaluation) -> list[str]:
    """Columns of a predictions file that an evaluation reads."""
    columns = evaluation.columns
    named = [columns.id, columns.label, columns.prediction, columns.score, *evaluation.slices]
    return list(dict.fromkeys(name for name in named if name))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def _run_command(project: Project, evaluation: Evaluation, record: Record) -> None:
    tier = project.tiers.get("model")
    argv = processes.resolve_command(project.root, evaluation.command or (), tier.python if tier else None)
    record.progress(f"model: {' '.join(evaluation.command or ())}")
    done = processes.run(argv, cwd=project.root, timeout_s=evaluation.timeout_s)
    if done.timed_out:
        raise SourceError(
            f"the command of {evaluation.name} was stopped after {evaluation.timeout_s:,.0f} s",
            hint="make it faster, or raise `timeout`",
        )
    if done.returncode != 0:
        tail = "\n".join(done.output_tail.strip().splitlines()[-OUTPUT_LINES:])
        raise SourceError(
            f"the command of {evaluation.name} exited with {done.returncode}: {tail or 'it printed nothing'}",
            hint=f"run it here: {' '.join(evaluation.command or ())}",
        )
