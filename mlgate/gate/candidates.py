"""The candidate's predictions: made by the evaluation's command or stage, or given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.config.project import Evaluation, Project
from mlgate.errors import SourceError
from mlgate.gate.pull import pull
from mlgate.gate.record import Record
from mlgate.sources import dvc_stages, files, processes, tables
from mlgate.sources.redaction import redact

OUTPUT_LINES = 8
OUTPUT_CHARACTERS = 800

Columns = Mapping[str, Any]
"""Arrays of shape (n_rows,) by column name."""


def candidate_columns(project: Project, evaluation: Evaluation, record: Record) -> tuple[Columns, str]:
    """The candidate's predictions, and what made them: `command`, `stage` or `given`.

    Raises
    ------
    SourceError
        The command or stage fails or does not write the file; a given file is not what DVC says, or the stage that
        made it is out of date; or the file cannot be read.
    """
    root, predictions = project.root, evaluation.predictions
    files.inside(root, predictions)  # refused before anything runs
    made_by = "given"
    if evaluation.command is not None:
        made_by = "command"
        before = _stamp(root / predictions)
        _run_command(project, evaluation, record)
        if _stamp(root / predictions) == before:
            raise SourceError(
                f"the command of {evaluation.name} did not write {predictions}",
                hint="does it write to the declared path? predictions that are not of this commit are not judged",
            )
    elif evaluation.stage is not None:
        made_by = "stage"
        record.progress(f"model: dvc repro --single-item {evaluation.stage}")
        dvc_stages.reproduce(root, evaluation.stage, timeout_s=evaluation.timeout_s or 3600.0)
        dvc_stages.require_output(root, evaluation.stage, predictions)
    else:
        _require_as_tracked(root, predictions, record)
    path = files.inside(root, predictions)  # again: a link may have been set anew
    return tables.read_columns(path, needed_columns(evaluation), shown=predictions), made_by


def needed_columns(evaluation: Evaluation) -> list[str]:
    """Columns of a predictions file that an evaluation reads."""
    columns = evaluation.columns
    named = [columns.id, columns.label, columns.prediction, columns.score, *evaluation.slices]
    return list(dict.fromkeys(name for name in named if name))


def _require_as_tracked(root: Path, predictions: str, record: Record) -> None:
    """Given predictions under DVC are what their pointer says, and the stage that made them is up to date."""
    problem = pull(root, (predictions,), record).problem_of(predictions)
    if problem is not None:
        raise problem
    dvc_stages.require_fresh(root, predictions)


def _stamp(path: Path) -> tuple[tuple[int, ...] | None, ...]:
    """What changes when a file is written or a link to it is set anew.

    The time of change belongs to it: a copy that keeps the time of modification (`cp -p`) is a write too.
    """
    return _facts(path, follow=False), _facts(path, follow=True)


def _facts(path: Path, *, follow: bool) -> tuple[int, ...] | None:
    try:
        facts = path.stat(follow_symlinks=follow)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size


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
        lines = redact(done.output_tail).strip().splitlines()
        tail = "\n".join(lines[-OUTPUT_LINES:])[-OUTPUT_CHARACTERS:]
        raise SourceError(
            f"the command of {evaluation.name} exited with {done.returncode}: {tail or 'it printed nothing'}",
            hint=f"run it here: {' '.join(evaluation.command or ())}",
        )
