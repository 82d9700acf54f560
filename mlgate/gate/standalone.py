"""One file at a time: `mlgate config check`, `mlgate data check`, `mlgate data infer` and the hooks."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from mlgate.config.project import Accepted, Dataset, Project
from mlgate.errors import ConfigError, UsageError
from mlgate.gate.accepted import apply_accepted
from mlgate.gate.configs import check_config, check_own_file
from mlgate.gate.datasets import Subject, judge
from mlgate.gate.load import load_json_schema, load_project, load_schema, require_environment
from mlgate.gate.paths import path_matches
from mlgate.gate.record import timed
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources import files as sources
from mlgate.sources import table_files

OWN_NAME = sources.CONFIG_NAME


def check_config_files(files: Sequence[Path], *, schema: Path | None, start: Path, strict: bool) -> Report:
    """Report of config files; `schema` overrides what mlgate.yaml declares."""
    with timed() as elapsed:
        if schema is not None:
            json_schema = load_json_schema(*_named(start, schema))
            found = (check_config(*_named(start, file), [(json_schema, schema.as_posix())]) for file in files)
            return _report("config check", [item for items in found for item in items], elapsed(), strict=strict)
        projects = _Projects({_resolved(start, file) for file in files})
        outcomes = [outcome for file in files for outcome in _config_file(start, file, projects)]
        return _report("config check", outcomes, elapsed(), strict=strict, projects=projects)


class _Projects:
    """The projects that files belong to, each read once.

    `subjects` are the files under check: the mistakes of an mlgate.yaml among them are findings, not wrong usage.
    """

    def __init__(self, subjects: Iterable[Path] = ()) -> None:
        self.subjects = frozenset(subjects)
        self.known: dict[Path, Project | None] = {}

    def of(self, folder: Path) -> Project | None:
        """The nearest project upwards; None where there is none, or where it has mistakes and is itself a subject.

        Raises
        ------
        ConfigError
            It has mistakes and is not a subject.
        """
        try:
            config = sources.find_config(folder)
        except UsageError:
            return None
        if config not in self.known:
            try:
                self.known[config] = load_project(config, folder)
            except ConfigError:
                if config not in self.subjects:
                    raise
                self.known[config] = None
        return self.known[config]

    def accepted(self) -> tuple[Accepted, ...]:
        return tuple(entry for project in self.known.values() if project for entry in project.accepted)

    def mode(self) -> str:
        """`advisory` where every project says so: what a run would not block, a commit is not blocked for."""
        modes = {project.mode for project in self.known.values() if project}
        return "advisory" if modes == {"advisory"} else "enforce"


def _config_file(start: Path, file: Path, projects: _Projects) -> Iterator[Outcome]:
    resolved = _resolved(start, file)
    if resolved.name == OWN_NAME:
        top = sources.repository_top(resolved.parent) or resolved.parent
        folder = resolved.parent.relative_to(top).as_posix()
        yield from check_own_file(
            resolved.parent, resolved.name, kind="project", folder="" if folder == "." else folder
        )
        return
    project = projects.of(resolved.parent)
    if project is None:
        yield from check_config(*_named(start, file), [])
        return
    shown = _shown(project.root, resolved)
    if any(dataset.schema == shown for dataset in project.datasets.values()):
        yield from check_own_file(project.root, shown, kind="schema")
        return
    declared = dict.fromkeys(entry.schema for entry in project.configs if path_matches(shown, entry.files))
    schemas = [(load_json_schema(project.root, schema), schema) for schema in declared if schema]
    yield from check_config(project.root, shown, schemas)


def _resolved(start: Path, path: Path | str) -> Path:
    """Absolute path with the links of the folder followed and the file's own name kept: DVC may link the file."""
    absolute = _absolute(start, path)
    try:
        return absolute.parent.resolve() / absolute.name
    except (OSError, RuntimeError):
        return absolute


def _absolute(start: Path, path: Path | str) -> Path:
    """Absolute path by name: symbolic links are not followed."""
    return Path(os.path.abspath(start / path))  # noqa: PTH100  # Path.resolve would follow the links


def _named(start: Path, path: Path | str) -> tuple[Path, str]:
    """Root and relative path of a file that a person named: below `start`, or anywhere else on this machine."""
    absolute = _absolute(start, path)
    return (start, _shown(start, absolute)) if absolute.is_relative_to(start) else (absolute.parent, absolute.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """What `mlgate data check` was asked for."""

    file: str
    schema: Path | None
    environment: str | None
    privacy: str
    start: Path
    strict: bool = False


def check_data_file(request: DataRequest) -> Report:
    """Report of one data file (or glob) against a schema, or for hygiene."""
    projects = _Projects()
    with timed() as elapsed:
        if request.schema is not None:
            schema = load_schema(*_named(request.start, request.schema))
            subjects = [replace(_plain_subject(request.start, request.file), schema=schema)]
        else:
            subjects = _declared_subjects(request.start, request.file, projects)
        outcomes = []
        for subject in subjects:
            privacy = subject.privacy if subject.declared else request.privacy
            environment = request.environment or subject.environment
            if subject.schema is not None:
                require_environment(subject.schema, environment)
            outcomes += judge(replace(subject, privacy=privacy, environment=environment))[0]
        return _report("data check", outcomes, elapsed(), strict=request.strict, projects=projects)


def check_data_files(files: Sequence[Path], *, start: Path, limit_bytes: int, strict: bool) -> Report:
    """Report of the data files of a commit; a file over the limit is a warning, since it was not looked at."""
    projects = _Projects()
    with timed() as elapsed:
        outcomes: list[Outcome] = []
        for file in files:
            size = _size(start / file)
            if size > limit_bytes:
                outcomes.append(_too_large(file, size, limit_bytes))
                continue
            for subject in _declared_subjects(start, file.as_posix(), projects):
                outcomes += judge(subject)[0]
        return _report("data check", outcomes, elapsed(), strict=strict, projects=projects)


def _declared_subjects(start: Path, file: str, projects: _Projects) -> list[Subject]:
    """Every declaration that names the file, or each file of a glob; what none names is judged for hygiene."""
    resolved = _resolved(start, file)
    project = projects.of(resolved.parent if not _is_glob(file) else _static_folder(resolved))
    if project is None:
        return [_plain_subject(start, file)]
    shown = _shown(project.root, resolved)
    whole = [dataset for dataset in project.datasets.values() if dataset.path == shown]
    if _is_glob(file) and not whole:
        paths = [path for path in table_files.expand(project.root, shown) if _declares(project, path)]
        if paths:
            rest = [path for path in table_files.expand(project.root, shown) if path not in paths]
            named = [subject for path in paths for subject in _declared_subjects(project.root, path, projects)]
            return named + [_plain_subject(project.root, path) for path in rest]
    found = whole or _declares(project, shown)
    return [_subject_of(project, dataset, shown) for dataset in found] or [_plain_subject(start, file)]


def _declares(project: Project, path: str) -> list[Dataset]:
    """The datasets that name a path; also through a link, where the path leads to the same file."""
    found = [dataset for dataset in project.datasets.values() if path_matches(path, dataset.path)]
    if found or not (project.root / path).is_symlink():
        return found
    target = _shown(project.root, Path(os.path.realpath(project.root / path)))
    return [dataset for dataset in project.datasets.values() if path_matches(target, dataset.path)]


def _subject_of(project: Project, dataset: Dataset, path: str) -> Subject:
    return Subject(
        root=project.root,
        path=path,
        name=dataset.name,
        schema=load_schema(project.root, dataset.schema) if dataset.schema else None,
        environment=dataset.environment,
        key=dataset.key,
        privacy=project.privacy,
        declared=True,
    )


def _is_glob(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def _static_folder(path: Path) -> Path:
    """The deepest folder of a glob that holds no mark."""
    return next(folder for folder in path.parents if not _is_glob(folder.as_posix()))


def _plain_subject(start: Path, file: str) -> Subject:
    """A file or glob below `start`, or a single file anywhere: whoever names it on the command line may read it."""
    root, path = _named(start, file)
    return Subject(root=root, path=path, name=path)


def infer_data_schema(file: str, *, start: Path) -> str:
    """YAML text of a schema proposed from a data file."""
    from mlgate.data.infer import infer_schema
    from mlgate.gate.datasets import opened

    with opened(_plain_subject(start, file)) as table:
        return infer_schema(table, path=file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say what is wrong


def _too_large(file: Path, size: int, limit: int) -> Outcome:
    return Outcome(
        id=f"data/{quote(file.as_posix(), safe='/=._-')}/size",
        check="size",
        tier="data",
        subject=file.as_posix(),
        status=Status.WARN,
        message=f"not looked at: {size / 1e6:,.0f} MB, the limit at commit is {limit / 1e6:,.0f} MB",
        hint="the pull request checks it; raise --max-megabytes to check it here, or track it with DVC",
        location=Location(file.as_posix()),
    )


def _shown(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _report(
    gate: str, outcomes: Iterable[Outcome], duration_s: float, *, strict: bool, projects: _Projects | None = None
) -> Report:
    import mlgate
    from mlgate.sources.environment import python_version

    now = dt.datetime.now(dt.UTC)
    known = projects or _Projects()
    return Report(
        gate=gate,
        outcomes=tuple(apply_accepted(outcomes, known.accepted(), now.date())),
        mode=known.mode(),
        started_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(duration_s, 3),
        provenance={"mlgate": mlgate.__version__, "python": python_version()},
        strict=strict,
    )
