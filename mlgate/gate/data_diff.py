"""`mlgate data diff`: two versions of a data file, from the disk, from Git or from DVC."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.other_tables import OtherTable
from mlgate.config.references import Reference, checked_path, parse_reference
from mlgate.config.schema import Schema
from mlgate.errors import SourceError, UsageError
from mlgate.gate.data_subjects import declared_subjects
from mlgate.gate.load import load_schema
from mlgate.gate.projects import Projects, absolute_path, named_path, shown_path
from mlgate.gate.record import Progress
from mlgate.sources import baseline_revisions, table_files, tables
from mlgate.sources.memory import memory_limit
from mlgate.sources.tables import OtherFiles

if TYPE_CHECKING:
    from mlgate.data.table import Table

BEFORE = OtherTable(path="before")
REVISIONS = ("git", "dvc")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRequest:
    """What `mlgate data diff` was asked for.

    Parameters
    ----------
    before, after : a path or glob below `start` or a single file elsewhere, `git:REV:PATH` or `dvc:REV:PATH`; without
        `PATH` the other one's is meant, without `REV` the merge base with the branch that this work goes to
    key : columns that name a row; empty takes those that mlgate.yaml declares for the file
    schema : for how text is read, and for values that may be shown; None takes the one of mlgate.yaml
    privacy : `none`, `masked` or `full`; for a file that mlgate.yaml declares, it says so itself
    """

    before: str
    after: str
    start: Path
    key: tuple[str, ...] = ()
    schema: Path | None = None
    privacy: str = "masked"
    memory_limit: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """A version that was asked for: a reference into a revision, or a path."""

    text: str
    path: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class _Files:
    paths: list[Path]
    shown: str


def diff_data(request: DiffRequest) -> dict[str, Any]:
    """What changed from one version to the other, as plain data (see `mlgate.data.diff.TableDiff.as_json`).

    Raises
    ------
    UsageError
        A version is not written as it should be.
    SourceError
        One of the two cannot be read, or a column of `key` is not in both.
    """
    from mlgate.data.diff import Known, compare_tables

    before, after = _sides(request)
    subject = _declared(request, after, before)
    schema = subject.schema if request.schema is None else load_schema(*named_path(request.start, request.schema))
    known = Known(
        key=request.key or subject.key,
        schema=schema,
        privacy=subject.privacy if subject.declared else request.privacy,
    )
    request = replace(request, memory_limit=request.memory_limit or subject.memory_limit)
    with _opened(request, before, after, schema) as (old, new):
        found = compare_tables(old, new, known)
    if request.key and found.key is not None and found.key.absent:
        raise SourceError(f"--key: {found.key.problem}", hint="name columns that both tables have")
    return found.as_json()


def _declared(request: DiffRequest, *sides: _Side) -> Any:
    """What mlgate.yaml says of the file: of the newer version's, else of the older one's."""
    projects = Projects()
    found = [declared_subjects(request.start, side.path, projects)[0] for side in sides]
    return next((subject for subject in found if subject.declared), found[0])


def _sides(request: DiffRequest) -> tuple[_Side, _Side]:
    before, after = _side(request.before), _side(request.after)
    if not before.path and not after.path:
        raise UsageError("neither version names a file", hint="write e.g. `mlgate data diff git:main data/train.csv`")
    return _with_path(request, before, after), _with_path(request, after, before)


def _side(text: str) -> _Side:
    if text.partition(":")[0] not in REVISIONS:
        return _Side(text, text)
    try:
        reference = parse_reference(text)
    except ValueError as problem:
        raise UsageError(str(problem), hint="write git:REV:PATH or dvc:REV:PATH") from None
    return _Side(text, reference.path or "", reference)


def _with_path(request: DiffRequest, side: _Side, other: _Side) -> _Side:
    if side.path:
        return side
    path = shown_path(request.start, absolute_path(request.start, other.path))
    try:
        return _Side(side.text, checked_path(path), side.reference)
    except ValueError as problem:
        raise UsageError(f"{side.text}: {problem}", hint="run in the folder of the repository") from None


@contextmanager
def _opened(request: DiffRequest, before: _Side, after: _Side, schema: Schema | None) -> Iterator[tuple[Table, Table]]:
    """Both versions as tables of one connection, which reads nothing else."""
    read = schema.read if schema else None
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        old, new = (_files(request, side, Path(folder) / name) for side, name in ((before, "old"), (after, "new")))
        others = {BEFORE: OtherFiles(paths=old.paths, shown=old.shown, read=read)}
        tell = None if request.progress is None else _named(request.progress)
        with tables.open_table(
            new.paths,
            shown=new.shown,
            read=read,
            memory_limit=memory_limit(request.memory_limit),
            others=others,
            progress=tell,
        ) as table:
            found = table.others[BEFORE]
            if isinstance(found, SourceError):
                raise found
            yield found, table


def _named(progress: Progress) -> Progress:
    return lambda share: progress(f"data diff: {share}")


def _files(request: DiffRequest, side: _Side, work: Path) -> _Files:
    if side.reference is None:
        root, path = named_path(request.start, side.path)
        return _Files([root / name for name in table_files.expand(root, path)], side.text)
    work.mkdir()
    source = baseline_revisions.find(side.reference, request.start, [side.path])
    fetched: Sequence[Path] = baseline_revisions.fetch(source, request.start, work)
    revision = side.reference.target or source.commit[:9]
    return _Files(list(fetched), f"{side.reference.kind}:{revision}:{side.path}")
