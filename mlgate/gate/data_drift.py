"""`mlgate data drift`, `drift:` of mlgate.yaml, and profiles: newer data against a reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.drift_rules import Drift, DriftRules, conflict, is_profile
from mlgate.config.reading import nearest
from mlgate.errors import SourceError, UsageError
from mlgate.gate.data_drift_pairs import (
    Pair,
    Profile,
    declared_columns,
    judge_pair,
    load_profile,
    opened_subject,
    unreadable,
)
from mlgate.gate.data_subjects import declared_subjects, plain_subject
from mlgate.gate.datasets import Subject
from mlgate.gate.load import load_schema
from mlgate.gate.projects import Projects, named_path
from mlgate.gate.record import Progress, Record, timed
from mlgate.sources.memory import memory_limit

if TYPE_CHECKING:
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled
    from mlgate.outcome import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRequest:
    """What `mlgate data drift` was asked for.

    Parameters
    ----------
    reference : a path, a glob, or a profile (`.yaml`)
    schema : how texts are read; None takes what mlgate.yaml declares for the file
    """

    reference: str
    current: str
    rules: DriftRules
    start: Path
    schema: Path | None = None
    privacy: str = "masked"
    strict: bool = False
    memory_limit: str | None = None
    progress: Progress | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRequest:
    """What `mlgate data profile` was asked for; the fields are those of `DriftRequest`."""

    file: str
    start: Path
    columns: tuple[str, ...] = ()
    schema: Path | None = None
    floor: int = 5
    memory_limit: str | None = None
    progress: Progress | None = None


# --- what is asked for -----------------------------------------------------------------------------------------------


def drift_report(request: DriftRequest) -> Report:
    """Report of newer data against a reference."""
    from mlgate.gate.reporting import report_of

    projects = Projects()
    with timed() as elapsed:
        reference: Subject | Profile
        if is_profile(request.reference):
            root, path = named_path(request.start, request.reference)
            reference = Profile(root=root, path=path)
        else:
            reference = _subject(request.reference, request, projects)
        current = _subject(request.current, request, projects)
        rules = _with_label(request.rules, current)
        problem, hint = conflict(request.reference, rules)
        if problem:
            raise UsageError(problem, hint=hint)
        pair = Pair(reference=reference, current=current, rules=rules, seed=request.seed, progress=request.progress)
        outcomes = judge_pair(pair)
        return report_of("data drift", outcomes, elapsed(), strict=request.strict, projects=projects)


def _subject(file: str, request: DriftRequest | ProfileRequest, projects: Projects) -> Subject:
    """A file as mlgate.yaml declares it, else as it is."""
    found = declared_subjects(request.start, file, projects)
    subject = found[0] if len(found) == 1 else plain_subject(request.start, file)
    if request.schema is not None:
        subject = replace(subject, schema=load_schema(*named_path(request.start, request.schema)))
    privacy = request.privacy if isinstance(request, DriftRequest) and not subject.declared else subject.privacy
    return replace(subject, privacy=privacy, memory_limit=memory_limit(request.memory_limit or subject.memory_limit))


def _with_label(rules: DriftRules, current: Subject) -> DriftRules:
    """The rules with the label of the schema, where none is written."""
    if rules.label is not None or current.schema is None:
        return rules
    label = next((name for name, column in current.schema.columns.items() if column.label), None)
    return replace(rules, label=label)


def check_drift(loaded: Loaded, pulled: Pulled, record: Record, *, seed: int = 0) -> None:
    """Judge every entry of `drift:`; a dataset that is not what its pointer says is an `error` and is not read."""
    for pair in declared_pairs(loaded, seed=seed, progress=record.progress):
        ends = [end for end in (pair.reference, pair.current) if isinstance(end, Subject)]
        problem = next((found for end in ends if (found := pulled.problem_of(end.path)) is not None), None)
        if problem is not None:
            record.add(unreadable(pair, problem))
            continue
        record.progress(f"data: drift from {pair.reference.name} to {pair.current.name}")
        record.add(*judge_pair(pair))


def require_profiles(loaded: Loaded) -> None:
    """Refuse profiles that are absent or broken before anything is run.

    Raises
    ------
    ConfigError
        With the place of the mistake.
    """
    for entry in loaded.project.drift:
        if entry.is_profile:
            load_profile(Profile(root=loaded.project.root, path=entry.reference))


def declared_pairs(loaded: Loaded, *, seed: int = 0, progress: Progress | None = None) -> list[Pair]:
    """The entries of `drift:` with their datasets."""
    return [_declared(loaded, entry, seed, progress) for entry in loaded.project.drift]


def _declared(loaded: Loaded, entry: Drift, seed: int, progress: Progress | None) -> Pair:
    current = _dataset(loaded, entry.current)
    reference: Subject | Profile = (
        Profile(root=loaded.project.root, path=entry.reference)
        if entry.is_profile
        else _dataset(loaded, entry.reference)
    )
    return Pair(
        reference=reference,
        current=current,
        rules=_with_label(entry.rules, current),
        title=entry.name,
        location=entry.location,
        seed=seed,
        progress=progress,
    )


def _dataset(loaded: Loaded, name: str) -> Subject:
    project = loaded.project
    dataset = project.datasets[name]
    return Subject(
        root=project.root,
        path=dataset.path,
        name=name,
        schema=loaded.schemas[dataset.schema] if dataset.schema else None,
        environment=dataset.environment,
        privacy=project.privacy,
        location=dataset.location,
        declared=True,
        memory_limit=project.memory_limit,
    )


# --- profiles --------------------------------------------------------------------------------------------------------


def profile_of(request: ProfileRequest) -> str:
    """YAML text of the profile of a data file or glob.

    Raises
    ------
    SourceError
        The file cannot be read as a whole, has no rows, or lacks a column that is named.
    """
    from mlgate.data import words
    from mlgate.data.drift import profile_text, sketch_reference

    subject = _subject(request.file, request, Projects())
    with opened_subject(subject, request.progress) as table:
        for name in request.columns:
            if name not in table.columns:
                hint = nearest(name, list(table.columns)) or "correct the name"
                raise SourceError(f"{subject.path} has no column {name!r}", hint=hint)
        sketch = sketch_reference(
            table,
            name=subject.name,
            declared=declared_columns(subject),
            asked_for=request.columns,
            floor=request.floor,
        )
    if sketch.unread:
        unread = words.counted(sketch.unread, "row")
        fact = f"{subject.path}: {unread} cannot be parsed, and a profile would not show it"
        raise SourceError(fact, hint=f"correct them: `mlgate data check {subject.path}` lists them")
    if not sketch.rows:
        raise SourceError(f"{subject.path} has no rows to compare with", hint="look at how the file is made")
    return profile_text(sketch, request.floor)
