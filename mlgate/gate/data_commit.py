"""The data files of a commit: those that changed, and those whose schema or declaration did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlgate.errors import SourceError
from mlgate.gate.data_subjects import declared_subjects, without_large
from mlgate.gate.datasets import judge
from mlgate.gate.projects import Projects, resolved_path, shown_path
from mlgate.gate.record import timed
from mlgate.gate.reporting import report_of
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources import table_files
from mlgate.sources.engine import require_engine
from mlgate.sources.files import CONFIG_NAME
from mlgate.sources.memory import memory_limit
from mlgate.sources.packed_size import bytes_to_read

if TYPE_CHECKING:
    from mlgate.config.project import Dataset

_YAML = (".yaml", ".yml")


def check_data_files(
    files: Sequence[Path],
    *,
    start: Path,
    limit_bytes: int,
    strict: bool,
    memory: str | None = None,
    alone: bool = False,
) -> Report:
    """Report of the data files of a commit; it has no outcome where none of the files has to do with data.

    A schema among the files stands for the datasets that it is declared for, an mlgate.yaml for all its datasets;
    another YAML file is passed over. A file over the limit, packed or unpacked, is a warning, since it was not looked
    at; so is another table that a schema names, in place of the checks against it, and a declared file that is not
    here, where only its schema changed.
    `memory` None takes what mlgate.yaml says, else that of the environment, else the default; `alone` says that the
    process has nothing else to do with duckdb.

    Raises
    ------
    UsageError
        duckdb is not installed, or a file of ours has mistakes.
    """
    projects, now = Projects(), dt.datetime.now(dt.UTC)
    memory_limit(memory)
    with timed() as elapsed:
        outcomes: list[Outcome] = []
        large: dict[str, int] = {}
        named, absent = _named(files, start, projects)
        if named:
            require_engine(alone=alone)
        for file in named:
            size = _size(start / file, limit_bytes)
            if size > limit_bytes:
                large[file] = size
                continue
            for subject in declared_subjects(start, file, projects):
                capped = replace(subject, memory_limit=memory or subject.memory_limit)
                smaller, left_out = without_large(capped, limit_bytes)
                outcomes += judge(smaller, now=now)[0]
                large |= left_out
        outcomes += [_too_large(start, path, size, limit_bytes) for path, size in large.items()]
        outcomes += [_not_here(path, schema) for path, schema in absent.items()]
        return report_of("data check", outcomes, elapsed(), strict=strict, projects=projects)


def _named(files: Sequence[Path], start: Path, projects: Projects) -> tuple[list[str], dict[str, str]]:
    """Data files to check, as `start` names them, and those that are not here with what asks for them."""
    named: dict[str, None] = {}
    absent: dict[str, str] = {}
    for file in files:
        if file.suffix.lower() not in _YAML:
            named[file.as_posix()] = None
            continue
        root, datasets = _stands_for(resolved_path(start, file), projects)
        for dataset in datasets:
            found = list(_files_of(root, dataset))
            named |= dict.fromkeys(shown_path(start, root / path) for path in found)
            if not found:
                absent[shown_path(start, root / dataset.path)] = file.as_posix()
    return list(named), absent


def _stands_for(file: Path, projects: Projects) -> tuple[Path, list[Dataset]]:
    """The datasets whose schema or declaration a YAML file is."""
    project = projects.of(file.parent)
    if project is None:
        return file.parent, []
    shown = shown_path(project.root, file)
    whole = file.name == CONFIG_NAME and file.parent == project.root
    return project.root, [item for item in project.datasets.values() if whole or item.schema == shown]


def _files_of(root: Path, dataset: Dataset) -> Iterator[str]:
    try:
        yield from (path for path in table_files.expand(root, dataset.path) if (root / path).is_file())
    except SourceError:
        return  # nothing is there


def _size(path: Path, limit_bytes: int) -> int:
    try:
        return bytes_to_read(path, limit_bytes)
    except OSError:
        return 0  # reading it will say what is wrong


def _too_large(start: Path, file: str, size: int, limit: int) -> Outcome:
    pointer = _pointer_of(start, file)
    tracked = f"{pointer} tracks it, so the pull request checks it" if pointer else f"declare it in DVC: dvc add {file}"
    return _unseen(
        file,
        f"not looked at: {size / 1e6:,.0f} MB, the limit at commit is {limit / 1e6:,.0f} MB",
        f"{tracked}; --max-megabytes N checks it here",
    )


def _pointer_of(start: Path, file: str) -> str:
    """The pointer of DVC that tracks a file; empty where there is none that can be read."""
    from mlgate.sources.pointers import find_pointer

    try:
        pointer = find_pointer(start, file)
    except SourceError:
        return ""
    return pointer.file if pointer else ""


def _not_here(file: str, asked_by: str) -> Outcome:
    return _unseen(file, f"not looked at: {asked_by} changed, and this file is not here", f"dvc pull {file}")


def _unseen(file: str, message: str, hint: str) -> Outcome:
    return Outcome(
        id=f"data/{quote(file, safe='/=._-')}/size",
        check="size",
        tier="data",
        subject=file,
        status=Status.WARN,
        message=message,
        hint=hint,
        location=Location(file),
    )
