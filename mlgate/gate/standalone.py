"""One file at a time: `mlgate data check`, `mlgate data infer` and the hook `mlgate-data`."""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.other_tables import tables_named
from mlgate.gate.data_subjects import declared_subjects, plain_subject, project_of, with_others
from mlgate.gate.datasets import Subject, judge
from mlgate.gate.load import load_schema, require_environment, require_key, require_types
from mlgate.gate.projects import Projects, named_path
from mlgate.gate.record import Progress, timed
from mlgate.gate.references import Reference, parse_references, require_used
from mlgate.gate.reporting import report_of
from mlgate.outcome import Report
from mlgate.sources.memory import memory_limit

if TYPE_CHECKING:
    from mlgate.gate.open_subject import OpenSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """What `mlgate data check` was asked for.

    `references` are `NAME=FILE` texts; `memory_limit` None takes what mlgate.yaml says, else that of the environment,
    else the default; `progress` gets a line every few seconds while a long scan runs. `subjects` are what `file` and
    `schema` mean, where the caller knows that already.
    """

    file: str
    schema: Path | None
    environment: str | None
    privacy: str
    start: Path
    strict: bool = False
    references: tuple[str, ...] = ()
    memory_limit: str | None = None
    progress: Progress | None = None
    subjects: tuple[Subject, ...] = ()


def check_data_file(request: DataRequest) -> Report:
    """Report of one data file (or glob) against a schema, or for hygiene."""
    return judge_request(request)[0]


def judge_request(request: DataRequest, tables: OpenSubject | None = None) -> tuple[Report, tuple[Subject, ...]]:
    """The report of a request, and what it is about; `tables` keeps the file open."""
    projects = Projects()
    with timed() as elapsed:
        subjects = tuple(requested_subjects(request, projects))
        now = dt.datetime.now(dt.UTC)
        judged = (judge(item, now=now, progress=request.progress, tables=tables)[0] for item in subjects)
        outcomes = [outcome for found in judged for outcome in found]
        report = report_of("data check", outcomes, elapsed(), strict=request.strict, projects=projects)
    return replace(report, provenance={**report.provenance, "command": _command(request)}), subjects


def _command(request: DataRequest) -> str:
    """What makes the same report again."""
    words = ["mlgate", "data", "check", request.file]
    words += ["--schema", request.schema.as_posix()] if request.schema else []
    words += ["--environment", request.environment] if request.environment else []
    words += [word for reference in request.references for word in ("--reference", reference)]
    return shlex.join([*words, *["--strict"] * request.strict])


def requested_subjects(request: DataRequest, projects: Projects) -> list[Subject]:
    """What a request asks to be checked, each with its schema, if it has one.

    Raises
    ------
    UsageError
        A schema has mistakes, or an environment, a reference or the memory limit is not what it should be.
    """
    subjects = [
        replace(
            subject,
            privacy=subject.privacy if subject.declared else request.privacy,
            environment=request.environment or subject.environment,
            memory_limit=memory_limit(request.memory_limit or subject.memory_limit),
        )
        for subject in request.subjects or _requested(request, projects)
    ]
    for subject in subjects:
        if subject.schema is not None:
            require_environment(subject.schema, subject.environment)
            require_key(subject.schema, subject.key, subject.location)
            require_types(subject.schema, subject.path)
    return subjects


def _requested(request: DataRequest, projects: Projects) -> list[Subject]:
    """The subjects of a request, with what their schemas' other tables stand for."""
    given = {
        name: Reference(root=root, path=path)
        for name, file in parse_references(request.references).items()
        for root, path in [named_path(request.start, file)]
    }
    if request.schema is None:
        subjects = declared_subjects(request.start, request.file, projects, given)
    else:
        schema = load_schema(*named_path(request.start, request.schema))
        subject = replace(plain_subject(request.start, request.file), schema=schema)
        project = project_of(request.start, request.file, projects) if tables_named(schema.rules) else None
        subjects = [with_others(subject, project, given)]
    require_used(given, [subject.schema for subject in subjects])
    return subjects


def infer_data_schema(file: str, *, start: Path, ranges: bool = False, memory: str | None = None) -> str:
    """YAML text of a schema proposed from a data file or a glob.

    Parameters
    ----------
    ranges : make the suggested ranges rules
    memory : cap of the engine's memory; None takes that of the environment, else the default
    """
    from mlgate.gate.data_infer import propose_schema

    subject = replace(plain_subject(start, file), memory_limit=memory_limit(memory))
    return propose_schema(subject, path=file, ranges=ranges)
