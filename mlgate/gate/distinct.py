"""A baseline is never the candidate: two files that are one are refused, since the comparison would always pass."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from pathlib import Path

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import parse_reference
from mlgate.errors import ConfigError, SourceError
from mlgate.gate.candidates import outputs_of
from mlgate.gate.paths import is_glob, path_matches
from mlgate.sources import pointers
from mlgate.sources.table_files import expand


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
