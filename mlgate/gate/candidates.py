"""The candidate's predictions: made by the evaluation's command or stage, or given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.errors import SourceError
from mlgate.gate.paths import is_glob
from mlgate.gate.pull import pull
from mlgate.gate.record import Record
from mlgate.sources import dvc_stages, files, processes
from mlgate.sources.metrics_files import load_metrics
from mlgate.sources.predictions import read_predictions
from mlgate.sources.redaction import redact
from mlgate.sources.table_files import expand

OUTPUT_LINES = 8
OUTPUT_CHARACTERS = 800

Columns = Mapping[str, Any]
"""Arrays of shape (n_rows,) by column name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the candidate has written.

    Parameters
    ----------
    tables : columns of the predictions, one table per run (seed); empty where only a metrics file is declared, and
        once they are parsed
    values : values of the metrics file by metric; None where none is declared
    made_by : `command`, `stage` or `given`
    """

    tables: list[Columns] = field(default_factory=list)
    values: Mapping[str, float] | None = None
    made_by: str = "given"


def outputs_of(evaluation: Evaluation) -> tuple[str, ...]:
    """Paths and globs that the candidate writes: predictions, runs and the metrics file."""
    named = (evaluation.predictions, *evaluation.runs, evaluation.metrics_file)
    return tuple(path for path in named if path)


def make_candidate(project: Project, evaluation: Evaluation, record: Record) -> Candidate:
    """The candidate's predictions and values, made by the evaluation's command or stage, or as given.

    Raises
    ------
    SourceError
        The command or stage fails or does not write a file; a given file is not what DVC says, or the stage that made
        it is out of date; or a file cannot be read.
    """
    root, outputs = project.root, outputs_of(evaluation)
    for path in outputs:
        if not is_glob(path):
            files.inside(root, path)  # refused before anything runs
    made_by = "given"
    if evaluation.command is not None:
        made_by = "command"
        before = {path: _stamps(root, path) for path in outputs}
        _run_command(project, evaluation, record)
        for path in outputs:
            _refuse_unwritten(path, before[path], _stamps(root, path), evaluation)
    elif evaluation.stage is not None:
        made_by = "stage"
        record.progress(f"model: dvc repro --single-item {evaluation.stage}")
        dvc_stages.reproduce(root, evaluation.stage, timeout_s=evaluation.timeout_s or 3600.0)
        for path in outputs:
            for name in _names(root, path):
                dvc_stages.require_output(root, evaluation.stage, name)
    else:
        for path in outputs:
            _require_as_tracked(root, path, record)
    return Candidate(
        tables=list(read_runs(root, evaluation)),
        values=None if evaluation.metrics_file is None else _read_values(root, evaluation),
        made_by=made_by,
    )


def read_runs(root: Path, evaluation: Evaluation) -> Iterator[Columns]:
    """The declared columns of each run; the shards that `predictions` names are one."""
    if evaluation.predictions:
        yield _read(root, _names(root, evaluation.predictions), evaluation, evaluation.predictions)
    for pattern in evaluation.runs:
        for name in _names(root, pattern):
            yield _read(root, (name,), evaluation, name)


def _read(root: Path, names: Sequence[str], evaluation: Evaluation, shown: str) -> Columns:
    paths = [files.inside(root, name) for name in names]  # again: a link may have been set anew
    return read_predictions(paths, needed_columns(evaluation), shown=shown)


def _names(root: Path, pattern: str) -> tuple[str, ...]:
    return expand(root, pattern) if is_glob(pattern) else (pattern,)


def _read_values(root: Path, evaluation: Evaluation) -> Mapping[str, float]:
    from mlgate.metrics.scalar_comparison import only_scalars
    from mlgate.metrics.scalars import scalar_values

    path = files.inside(root, evaluation.metrics_file or "")
    return scalar_values(load_metrics(path), only_scalars(evaluation))


def needed_columns(evaluation: Evaluation) -> list[str]:
    """Columns of a predictions file that an evaluation reads: of every role, and of slices, features and groups."""
    from mlgate.metrics import roles

    return roles.needed_columns(evaluation)


def _require_as_tracked(root: Path, pattern: str, record: Record) -> None:
    """Given outputs under DVC are what their pointers say, and the stages that made them are up to date."""
    pulled = pull(root, (pattern,), record)
    for problem in pulled.problems.values():
        raise problem
    for name in _names(root, pattern):
        dvc_stages.require_fresh(root, name)


def _refuse_unwritten(path: str, before: Mapping[str, object], after: Mapping[str, object], of: Evaluation) -> None:
    """Every file that a path or glob names was written, also a shard that an earlier run with more shards left."""
    old = [name for name, stamp in after.items() if name in before and before[name] == stamp]
    if old or not after:
        raise SourceError(
            f"the command of {of.name} did not write {old[0] if old else path}",
            hint="does it write to the declared path, and remove the shards of an earlier run? "
            "predictions that are not of this commit are not judged",
        )


def _stamps(root: Path, pattern: str) -> dict[str, object]:
    try:
        names = _names(root, pattern)
    except SourceError:  # nothing matches yet
        names = ()
    return {name: _stamp(root / name) for name in names}


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
