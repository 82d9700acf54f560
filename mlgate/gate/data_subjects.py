"""Which data files a person means, and which schema and datasets they belong to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.other_tables import tables_named
from mlgate.errors import SourceError
from mlgate.gate.datasets import Subject
from mlgate.gate.paths import is_glob, path_matches
from mlgate.gate.projects import Projects, named_path, resolved_path, shown_path
from mlgate.gate.references import Reference, references_of
from mlgate.sources import table_files

if TYPE_CHECKING:
    from mlgate.config.project import Dataset, Project


def declared_subjects(
    start: Path, file: str, projects: Projects, given: Mapping[str, Reference] | None = None
) -> list[Subject]:
    """Every declaration that names the file, or each file of a glob; what none names is judged for hygiene.

    Parameters
    ----------
    given : files of datasets by name, which go before those of mlgate.yaml
    """
    project = project_of(start, file, projects)
    if project is None:
        return [plain_subject(start, file)]
    shown = shown_path(project.root, resolved_path(start, file))
    whole = [dataset for dataset in project.datasets.values() if dataset.path == shown]
    if is_glob(file) and not whole:
        paths = [path for path in table_files.expand(project.root, shown) if _declares(project, path)]
        if paths:
            rest = [path for path in table_files.expand(project.root, shown) if path not in paths]
            named = [subject for path in paths for subject in declared_subjects(project.root, path, projects, given)]
            return named + [_undeclared(project, project.root, path) for path in rest]
    found = [_subject_of(project, dataset, shown) for dataset in whole or _declares(project, shown)]
    return [with_others(subject, project, given) for subject in found] or [_undeclared(project, start, file)]


def project_of(start: Path, file: str, projects: Projects) -> Project | None:
    """The project around a file or glob."""
    return projects.of(folder_of(start, file))


def folder_of(start: Path, file: str) -> Path:
    """The folder that holds a file, or all files of a glob."""
    resolved = resolved_path(start, file)
    if not is_glob(file):
        return resolved.parent
    return next(folder for folder in resolved.parents if not is_glob(folder.as_posix()))


def _declares(project: Project, path: str) -> list[Dataset]:
    """The datasets that name a path; also through a link, where the path leads to the same file."""
    found = [dataset for dataset in project.datasets.values() if _names(project.root, dataset.path, path)]
    if found or not (project.root / path).is_symlink():
        return found
    target = shown_path(project.root, Path(os.path.realpath(project.root / path)))
    return [dataset for dataset in project.datasets.values() if _names(project.root, dataset.path, target)]


def _names(root: Path, declared: str, path: str) -> bool:
    """Whether a declared path, glob or folder means a file."""
    if path_matches(path, declared):
        return True
    try:
        return path.startswith(f"{declared}/") and path in table_files.expand(root, declared)
    except SourceError:
        return False


def _subject_of(project: Project, dataset: Dataset, path: str) -> Subject:
    from mlgate.gate.load import load_schema  # a file that nothing declares does not need it

    return Subject(
        root=project.root,
        path=path,
        name=dataset.name,
        schema=load_schema(project.root, dataset.schema) if dataset.schema else None,
        environment=dataset.environment,
        key=dataset.key,
        privacy=project.privacy,
        location=dataset.location,
        declared=True,
        memory_limit=project.memory_limit,
    )


def plain_subject(start: Path, file: str) -> Subject:
    """A file, folder or glob below `start`, or one anywhere: whoever names it on the command line may read it."""
    root, path = named_path(start, file)
    if path == ".":
        root, path = start.parent, start.name
    return Subject(root=root, path=path, name=path)


def _undeclared(project: Project, start: Path, file: str) -> Subject:
    return replace(plain_subject(start, file), memory_limit=project.memory_limit)


def with_others(subject: Subject, project: Project | None, given: Mapping[str, Reference] | None = None) -> Subject:
    """The subject with what the other tables stand for that its schema names.

    Raises
    ------
    ConfigError
        Nothing stands for a dataset.
    """
    if subject.schema is None:
        return subject
    from mlgate.gate.load import load_schema

    root = project.root if project else subject.root
    others = references_of(
        subject.schema, root=root, project=project, load=lambda path: load_schema(root, path), given=given
    )
    return replace(subject, others=others)


def without_large(subject: Subject, limit_bytes: int) -> tuple[Subject, dict[str, int]]:
    """The subject without the checks against files over a limit, and the sizes of these by path."""
    sizes = {other: _size(reference) for other, reference in subject.others.items()}
    large = {other: size for other, size in sizes.items() if size > limit_bytes}
    if not large or subject.schema is None:
        return subject, {}
    rules = tuple(rule for rule in subject.schema.rules if not large.keys() & tables_named((rule,)).keys())
    others = {other: reference for other, reference in subject.others.items() if other not in large}
    smaller = replace(subject, schema=replace(subject.schema, rules=rules), others=others)
    return smaller, {subject.others[other].path: size for other, size in large.items()}


def _size(reference: Reference) -> int:
    """Bytes of all its files; 0 where they cannot be looked at, which reading them will say."""
    try:
        names = table_files.expand(reference.root, reference.path)
        return sum((reference.root / name).stat().st_size for name in names)
    except (OSError, SourceError):
        return 0
