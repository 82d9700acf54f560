"""The files of a candidate that are to be kept as its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.errors import SourceError
from mlgate.sources import files, shards, table_files
from mlgate.sources.records import file_digest, predictions_name, run_name


@dataclass(frozen=True, slots=True)
class Kept:
    """Copies of what was judged: the predictions of every run, and the values of a metrics file."""

    runs: tuple[Path, ...] = ()
    metrics_file: Path | None = None
    values: Mapping[str, float] = field(default_factory=dict)


def keep_files(project: Project, evaluation: Evaluation, folder: Path) -> Kept:
    """Copy the candidate's files, shards joined to one file.

    Parameters
    ----------
    folder : an existing empty folder

    Raises
    ------
    SourceError
        A file is absent, cannot be read or leads outside the repository, or the shards differ.
    """
    names = [name for pattern in _patterns(evaluation) for name in table_files.expand(project.root, pattern)]
    whole = {name: files.inside(project.root, name) for name in names}
    if evaluation.runs:
        runs = tuple(
            shards.copy_file(file, folder / run_name(name, number), shown=name)
            for number, (name, file) in enumerate(whole.items())
        )
    elif len(whole) > 1:
        target = folder / predictions_name(names[0])
        runs = (shards.join_shards(list(whole.values()), target, shown=evaluation.predictions),)
    else:
        runs = tuple(
            shards.copy_file(file, folder / predictions_name(name), shown=name) for name, file in whole.items()
        )
    if evaluation.metrics_file is None:
        return Kept(runs)
    from mlgate.sources.metrics_files import load_metrics

    source = files.inside(project.root, evaluation.metrics_file)
    copy = shards.copy_file(source, folder / f"metrics{source.suffix.lower()}", shown=evaluation.metrics_file)
    return Kept(runs, copy, load_metrics(copy, shown=evaluation.metrics_file))


def _patterns(evaluation: Evaluation) -> tuple[str, ...]:
    if evaluation.runs:
        return evaluation.runs
    return (evaluation.predictions,) if evaluation.predictions else ()


def judged_files(root: Path, evaluation: Evaluation) -> list[dict[str, str]]:
    """`path` and `sha256` of each file that a candidate has written, for the report; runs in their order.

    Raises
    ------
    SourceError
        A file is absent, cannot be read or leads outside the repository.
    """
    patterns = [*_patterns(evaluation), *([evaluation.metrics_file] if evaluation.metrics_file else [])]
    names = [name for pattern in patterns for name in table_files.expand(root, pattern)]
    return [{"path": name, "sha256": file_digest(files.inside(root, name))} for name in dict.fromkeys(names)]


def require_judged(project: Project, evaluation: Evaluation, judged: Mapping[str, Any]) -> None:
    """Refuse files that are not those that a report has judged.

    Parameters
    ----------
    judged : what the report says of the candidate; its `files` are those of `judged_files`

    Raises
    ------
    SourceError
        A file is absent or changed, or the report does not say which files it judged.
    """
    hint = "run the gate and save in one job, one right after the other"
    expected = judged.get("files")
    if not isinstance(expected, list) or not all(isinstance(entry, Mapping) for entry in expected) or not expected:
        raise SourceError(
            f"the report does not say which files of {evaluation.name} it judged",
            hint="write it with this version of mlgate: `mlgate run --output DIR`",
        )
    digests = {str(entry.get("path")): entry.get("sha256") for entry in expected}
    found = {entry["path"]: entry["sha256"] for entry in judged_files(project.root, evaluation)}
    other = sorted(found.keys() ^ digests.keys())
    if other:
        raise SourceError(f"{other[0]} of {evaluation.name} is not among the files that were judged", hint=hint)
    for name, digest in found.items():
        if digest != digests[name]:
            raise SourceError(f"{name} has changed since it was judged", hint=hint)
