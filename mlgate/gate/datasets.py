"""Declared data files against their schemas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlgate.config.schema import Schema
from mlgate.errors import MlgateError
from mlgate.gate.load import Loaded
from mlgate.gate.pull import Pulled
from mlgate.gate.record import Record, could_not_check, timed
from mlgate.outcome import Location, Outcome
from mlgate.sources import table_files, tables

if TYPE_CHECKING:
    from mlgate.sources.tables import OpenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A data file to check. `path` is a POSIX path or glob relative to `root`; no schema means hygiene."""

    root: Path
    path: str
    name: str
    schema: Schema | None = None
    environment: str | None = None
    key: tuple[str, ...] = ()
    privacy: str = "masked"
    location: Location | None = None
    declared: bool = False


def check_datasets(loaded: Loaded, pulled: Pulled, record: Record) -> None:
    """Judge every declared dataset; one that is not what its pointer says is an `error` and is not read."""
    project = loaded.project
    for dataset in project.datasets.values():
        subject = Subject(
            root=project.root,
            path=dataset.path,
            name=dataset.name,
            schema=loaded.schemas[dataset.schema] if dataset.schema else None,
            environment=dataset.environment,
            key=dataset.key,
            privacy=project.privacy,
            location=dataset.location,
        )
        problem = pulled.problem_of(dataset.path)
        if problem is not None:
            record.add(_unreadable(subject, problem))
            continue
        record.progress(f"data: {dataset.name} ({dataset.path})")
        outcomes, facts = judge(subject)
        record.add(*outcomes)
        digest = pulled.digests.get(dataset.path)
        source = "dvc" if digest else "file"
        record.datasets.append(
            {"name": dataset.name, "path": dataset.path, **facts, "digest": digest, "source": source}
        )


def judge(subject: Subject) -> tuple[list[Outcome], dict[str, Any]]:
    """Outcomes of one data file, and its facts (`rows`, `columns`) for the provenance."""
    from mlgate.data import check_hygiene, check_table

    with timed() as elapsed:
        try:
            with opened(subject) as table:
                if subject.schema is None:
                    outcomes = check_hygiene(table, dataset=subject.name, privacy=subject.privacy)
                else:
                    outcomes = check_table(
                        table,
                        subject.schema,
                        dataset=subject.name,
                        environment=subject.environment,
                        key=subject.key,
                        privacy=subject.privacy,
                    )
                facts = {"rows": table.count_rows(), "columns": len(table.columns)}
        except MlgateError as problem:
            return [_unreadable(subject, problem)], {"rows": None, "columns": None}
        if outcomes:
            outcomes[0] = replace(outcomes[0], duration_s=round(elapsed(), 4))
    return outcomes, facts


@contextmanager
def opened(subject: Subject) -> Iterator[OpenTable]:
    """The subject as a table that can be queried; nothing else can be read through it."""
    paths = [subject.root / name for name in table_files.expand(subject.root, subject.path)]
    read = subject.schema.read if subject.schema else None
    with tables.open_table(paths, shown=subject.path, read=read) as table:
        yield table


def _unreadable(subject: Subject, problem: MlgateError) -> Outcome:
    return could_not_check(
        problem,
        id=f"data/{quote(subject.name, safe='=._-')}/readable",
        check="readable",
        tier="data",
        subject=subject.name,
        location=subject.location or Location(subject.path),
    )
