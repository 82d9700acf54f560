"""`mlgate data splits` and `splits:` of `mlgate.yaml`: datasets that must not leak into each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Read
from mlgate.config.splits_rules import Limits, Near, Splits
from mlgate.errors import MlgateError, SourceError, UsageError
from mlgate.gate.data_subjects import declared_subjects
from mlgate.gate.projects import Projects, named_path
from mlgate.gate.record import Progress, Record, could_not_check, timed
from mlgate.outcome import Location, Outcome, Report
from mlgate.sources import table_files, tables
from mlgate.sources.memory import memory_limit
from mlgate.sources.tables import OtherFiles

if TYPE_CHECKING:
    from mlgate.data.table import Table
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitsRequest:
    """What `mlgate data splits` was asked for.

    Parameters
    ----------
    files : `NAME=FILE` texts, training first; each file a path or glob below `start`, or a single file elsewhere
    declared : all but the datasets: entity, time and so on
    privacy : for files that mlgate.yaml declares it says so itself
    """

    files: tuple[str, ...]
    declared: Splits
    start: Path
    privacy: str = "masked"
    strict: bool = False
    memory_limit: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFiles:
    """The files of one split: `root`, and the path or glob relative to it."""

    name: str
    root: Path
    path: str
    read: Read | None = None
    problem: MlgateError | None = None


def declare(  # noqa: PLR0913  # one per option
    *,
    entity: Sequence[str] = (),
    time: str | None = None,
    gap: str | None = None,
    label: str | None = None,
    ignore: Sequence[str] = (),
    near: Near | None = None,
    limits: Limits | None = None,
) -> Splits:
    """What the options of the command declare, without the datasets.

    Raises
    ------
    UsageError
        The gap is no duration or stands without a column of time, a declared column is ignored, or the label is
        the entity or the moment, too.
    """
    seconds = 0.0
    if gap is not None:
        match = _DURATION.fullmatch(gap.strip())
        if not match or not float(match[1]) > 0:
            raise UsageError(f"--gap {gap!r} is no duration", hint="write 90s, 2m, 1h or 1d")
        if time is None:
            raise UsageError("--gap needs --time", hint="name the column with the moment of a row")
        seconds = float(match[1]) * _SECONDS[match[2]]
    both = [name for name in ignore if name in (*entity, time, label, *(near.text if near else ()))]
    if both:
        raise UsageError(f"--ignore {both[0]}: the column is declared, too", hint="leave one of the options out")
    if label is not None and label in (*entity, time):
        raise UsageError(f"--label {label}: the column is the entity or time, too", hint="name another column")
    return Splits(
        datasets=(),
        entity=tuple(dict.fromkeys(entity)),
        time=time,
        gap_s=seconds,
        label=label,
        ignore=tuple(dict.fromkeys(ignore)),
        near=near,
        limits=limits or Limits(),
    )


def check_split_files(request: SplitsRequest) -> Report:
    """Report of files that are the splits of one table.

    Raises
    ------
    UsageError
        Fewer than two files, one that is not `NAME=FILE`, or a name or a file that is given twice.
    """
    from mlgate.gate.reporting import report_of

    given = _parse(request.files)
    projects = Projects()
    limit = memory_limit(request.memory_limit)
    with timed() as elapsed:
        found = [_files(request, name, file, projects) for name, file in given.items()]
        privacy = next((said for _, said in found if said), request.privacy)
        splits = [files for files, _ in found]
        entry = replace(request.declared, datasets=tuple(given), location=Location(splits[0].path))
        tell = None if request.progress is None else _named(request.progress, "data splits")
        outcomes = judge_splits(splits, entry, privacy=privacy, memory=limit, progress=tell)
        return report_of("data splits", outcomes, elapsed(), strict=request.strict, projects=projects)


def _parse(files: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in files:
        name, _, file = text.partition("=")
        if not name or not file:
            raise UsageError(f"{text!r} is not NAME=FILE", hint="write e.g. train=data/train.csv test=data/test.csv")
        if name in found:
            raise UsageError(f"{name!r} is named twice", hint="give each split a name of its own")
        if file in found.values():
            raise UsageError(f"{file} is given twice", hint="name the file of each split")
        found[name] = file
    if len(found) < 2:
        raise UsageError("two splits or more are compared", hint="write e.g. train=data/train.csv test=data/test.csv")
    return found


def _files(request: SplitsRequest, name: str, file: str, projects: Projects) -> tuple[SplitFiles, str]:
    """The files of a split, and the privacy that mlgate.yaml declares for it; empty where it does not know it."""
    subjects = declared_subjects(request.start, file, projects)
    root, path = named_path(request.start, file)
    schema = subjects[0].schema
    declared = subjects[0].privacy if subjects[0].declared else ""
    return SplitFiles(name=name, root=root, path=path, read=schema.read if schema else None), declared


def check_declared_splits(loaded: Loaded, pulled: Pulled, record: Record) -> None:
    """Judge every entry of `splits`; one with a dataset that is not what its pointer says is an `error`."""
    project = loaded.project
    for entry in project.splits:
        splits = []
        for name in entry.datasets:
            dataset = project.datasets[name]
            read = loaded.schemas[dataset.schema].read if dataset.schema else None
            problem = pulled.problem_of(dataset.path)
            splits.append(SplitFiles(name=name, root=project.root, path=dataset.path, read=read, problem=problem))
        shown = ", ".join(entry.datasets)
        record.progress(f"data: splits {shown}")
        record.add(
            *judge_splits(
                splits,
                entry,
                privacy=project.privacy,
                memory=memory_limit(project.memory_limit),
                progress=_named(record.progress, f"data: splits {shown}"),
            )
        )


def judge_splits(
    splits: Sequence[SplitFiles], declared: Splits, *, privacy: str, memory: str, progress: Progress | None = None
) -> list[Outcome]:
    """Outcomes of one entry; what cannot be read is one `error` for all of it."""
    from mlgate.data.leakage.checking import check_splits
    from mlgate.data.leakage.header import same_file
    from mlgate.data.outcomes import make_outcome

    whole = declared.name or "-".join(declared.datasets)
    with timed() as elapsed:
        try:
            paths = {split.name: _expanded(split) for split in splits}
            twice = _same_file(paths)
            if twice:
                verdict = same_file(*twice)
                return [
                    make_outcome(verdict, dataset="splits", check="same_file", location=declared.location, column=whole)
                ]
            with _opened(splits, paths, memory, progress) as found:
                outcomes = check_splits(found, declared, privacy=privacy)
        except MlgateError as problem:
            return [_unreadable(problem, whole, declared)]
        if outcomes:
            outcomes[0] = replace(outcomes[0], duration_s=round(elapsed(), 4))
    return outcomes


def _unreadable(problem: MlgateError, whole: str, declared: Splits) -> Outcome:
    from mlgate.data.outcomes import outcome_id

    return could_not_check(
        problem,
        id=outcome_id("splits", whole, "readable"),
        check="readable",
        tier="data",
        subject=f"splits.{whole}",
        location=declared.location,
    )


def _expanded(split: SplitFiles) -> list[Path]:
    if split.problem is not None:
        raise split.problem
    return [split.root / name for name in table_files.expand(split.root, split.path)]


def _same_file(paths: Mapping[str, Sequence[Path]]) -> tuple[list[str], list[str]] | None:
    """Names of splits to which one file belongs, and the file; also through links."""
    known: dict[tuple[int, int], tuple[str, Path]] = {}
    shared: dict[str, list[Path]] = {}
    for name, files in paths.items():
        for path in files:
            try:
                state = path.stat()
            except OSError:
                continue  # opening it says what is wrong
            first, one = known.setdefault((state.st_dev, state.st_ino), (name, path))
            if first != name:
                for owner in (first, name):
                    shared.setdefault(owner, []).extend([one, path])
    if not shared:
        return None
    return list(shared), list(dict.fromkeys(path.name for found in shared.values() for path in found))


@contextmanager
def _opened(
    splits: Sequence[SplitFiles], paths: Mapping[str, Sequence[Path]], memory: str, progress: Progress | None
) -> Iterator[dict[str, Table]]:
    """All splits as tables of one connection, which reads nothing else."""
    *others, last = splits
    keys = {split.name: OtherTable(dataset=split.name) for split in others}
    with tables.open_table(
        paths[last.name],
        shown=last.path,
        read=last.read,
        memory_limit=memory,
        others={
            keys[split.name]: OtherFiles(paths=paths[split.name], shown=split.path, read=split.read) for split in others
        },
        progress=progress,
    ) as table:
        found: dict[str, Table] = {}
        for split in others:
            other = table.others[keys[split.name]]
            if isinstance(other, SourceError):
                raise other
            found[split.name] = other
        found[last.name] = table
        yield found


def _named(progress: Progress, what: str) -> Progress:
    return lambda share: progress(f"{what}: {share}")
