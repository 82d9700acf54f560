"""Declared data files against their schemas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlgate.config.other_tables import OtherTable, tables_named
from mlgate.config.schema import Read, Schema
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.record import Progress, Record, could_not_check, timed
from mlgate.gate.references import Reference, project_references
from mlgate.late import dataclass
from mlgate.outcome import Location, Outcome
from mlgate.sources import table_files, tables
from mlgate.sources.memory import memory_limit
from mlgate.sources.tables import OtherFiles

if TYPE_CHECKING:
    from mlgate.config.project import Dataset
    from mlgate.gate.load import Loaded
    from mlgate.gate.open_subject import OpenSubject
    from mlgate.gate.pull import Pulled
    from mlgate.sources.tables import OpenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A data file to check.

    Parameters
    ----------
    root, path : folder, and the POSIX path or glob relative to it
    name : in ids
    schema : None judges hygiene
    others : what the other tables stand for that the schema names
    memory_limit : cap of the engine's memory: what was asked for, else what mlgate.yaml says; None takes that of the
        environment, else the default
    """

    root: Path
    path: str
    name: str
    schema: Schema | None = None
    environment: str | None = None
    key: tuple[str, ...] = ()
    privacy: str = "masked"
    location: Location | None = None
    declared: bool = False
    others: Mapping[OtherTable, Reference] = field(default_factory=dict)
    memory_limit: str | None = None


def require_data(loaded: Loaded) -> None:
    """Refuse what is wrong with the datasets of a project before anything is run.

    Raises
    ------
    UsageError
        A schema names a dataset that is not declared, or the memory limit is no size.
    """
    project_references(loaded)
    memory_limit(loaded.project.memory_limit)


def check_datasets(
    loaded: Loaded,
    pulled: Pulled,
    record: Record,
    *,
    now: dt.datetime,
    strict: bool = False,
    only: str | None = None,
) -> None:
    """Judge every declared dataset; one that is not what its pointer says is an `error` and is not read.

    Where one blocks, the change of its schema that would accept it is looked for. With `strict` a warning blocks, too.
    `only` names the one dataset to judge; then no change is looked for.
    """
    from mlgate.gate.pull import Pulled, pull

    project = loaded.project
    references = project_references(loaded)
    paths = {reference.path for others in references.values() for reference in others.values()}
    paths -= {dataset.path for dataset in project.datasets.values()}
    judged: list[Subject] = []
    more = pull(project.root, tuple(sorted(paths)), record) if paths else Pulled()
    for dataset in project.datasets.values():
        if only not in (None, dataset.name):
            continue
        others = {
            other: replace(reference, problem=pulled.problem_of(reference.path) or more.problem_of(reference.path))
            for other, reference in (references[dataset.schema] if dataset.schema else {}).items()
        }
        subject = _declared(loaded, dataset, others)
        problem = pulled.problem_of(dataset.path)
        if problem is not None:
            record.add(_unreadable(subject, problem))
            continue
        record.progress(f"data: {dataset.name} ({dataset.path})")
        outcomes, facts = judge(subject, now=now, progress=record.progress)
        record.add(*outcomes)
        judged.append(subject)
        digest = pulled.digests.get(dataset.path)
        source = "dvc" if digest else "file"
        record.datasets.append(
            {"name": dataset.name, "path": dataset.path, **facts, "digest": digest, "source": source}
        )
    if only is None and any(outcome.status.blocks or strict for outcome in record.outcomes):
        from mlgate.gate.data_patches import propose_changes  # only what fails has to import it

        propose_changes(project, judged, record, strict=strict, now=now)


def _declared(loaded: Loaded, dataset: Dataset, others: Mapping[OtherTable, Reference]) -> Subject:
    """A dataset of mlgate.yaml, and what the other tables stand for that its schema names."""
    project = loaded.project
    return Subject(
        root=project.root,
        path=dataset.path,
        name=dataset.name,
        schema=loaded.schemas[dataset.schema] if dataset.schema else None,
        environment=dataset.environment,
        key=dataset.key,
        privacy=project.privacy,
        location=dataset.location,
        memory_limit=project.memory_limit,
        declared=True,
        others=others,
    )


def judge(
    subject: Subject, *, now: dt.datetime, progress: Progress | None = None, tables: OpenSubject | None = None
) -> tuple[list[Outcome], dict[str, Any]]:
    """Outcomes of one data file, and its facts (`rows`, `columns`) for the provenance.

    Parameters
    ----------
    now : the time that ages are counted from
    progress : called with a line every few seconds while a long query runs
    tables : opens the file, and keeps it open; otherwise it is closed again
    """
    with timed() as elapsed:
        try:
            with nullcontext(tables.of(subject)) if tables else opened(subject, progress) as table:
                if subject.schema is None:
                    from mlgate.data import check_hygiene  # a file needs one of the two

                    outcomes = check_hygiene(table, dataset=subject.name, key=subject.key, privacy=subject.privacy)
                else:
                    from mlgate.data import check_table

                    outcomes = check_table(
                        table,
                        subject.schema,
                        dataset=subject.name,
                        environment=subject.environment,
                        key=subject.key,
                        privacy=subject.privacy,
                        now=now,
                        others=table.others,
                    )
                facts = {"rows": table.count_rows(), "columns": len(table.columns)}
        except MlgateError as problem:
            return [_unreadable(subject, problem)], {"rows": None, "columns": None}
        if outcomes:
            outcomes[0] = replace(outcomes[0], duration_s=round(elapsed(), 4))
    return outcomes, facts


@contextmanager
def opened(subject: Subject, progress: Progress | None = None) -> Iterator[OpenTable]:
    """The subject as a table that can be queried, with those that its schema names; nothing else can be read by it."""
    paths = [subject.root / name for name in table_files.expand(subject.root, subject.path)]
    read = subject.schema.read if subject.schema else None
    problems: dict[OtherTable, OpenTable | SourceError] = {}
    files: dict[OtherTable, OtherFiles] = {}
    same: dict[OtherTable, OtherTable] = {}
    needed = tables_named(subject.schema.rules) if subject.schema else {}
    for other, columns in needed.items():
        try:
            found = _files(subject.others[other], columns, replace(read or Read(), delimiter=None))
        except SourceError as problem:
            problems[other] = problem
            continue
        first = next(
            (key for key, item in files.items() if (item.paths, item.read) == (found.paths, found.read)), other
        )
        same[other] = first
        files[first] = found if first == other else _both(files[first], found)
    tell = None if progress is None else _named(progress, subject.name)
    limit = memory_limit(subject.memory_limit)
    with tables.open_table(
        paths,
        shown=subject.path,
        read=read,
        memory_limit=limit,
        others=files,
        progress=tell,
        lazy=subject.schema is not None,
        top=subject.root,
    ) as table:
        yield replace(table, others=problems | {other: table.others[first] for other, first in same.items()})


def _both(one: OtherFiles, two: OtherFiles) -> OtherFiles:
    """The same files with the columns of both; no names mean all of them."""
    named = None if one.columns is None or two.columns is None else tuple(dict.fromkeys((*one.columns, *two.columns)))
    return replace(one, columns=named)


def _files(reference: Reference, columns: tuple[str, ...] | None, read: Read) -> OtherFiles:
    if reference.problem is not None:
        raise reference.problem
    names = table_files.expand(reference.root, reference.path)
    paths = [reference.root / name for name in names]
    return OtherFiles(paths=paths, shown=reference.path, read=reference.read or read, columns=columns)


def _named(progress: Progress, name: str) -> Progress:
    return lambda share: progress(f"data: {name}: {share}")


def _unreadable(subject: Subject, problem: MlgateError) -> Outcome:
    return could_not_check(
        problem,
        id=f"data/{quote(subject.name, safe='=._-')}/readable",
        check="readable",
        tier="data",
        subject=subject.name,
        location=subject.location or Location(subject.path),
    )
