"""One file at a time: `mlgate config check`, `mlgate data check`, `mlgate data infer` and the hooks."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlgate.config.project import Project
from mlgate.errors import UsageError
from mlgate.gate.configs import check_config, check_own_file
from mlgate.gate.datasets import Subject
from mlgate.gate.load import load_json_schema, load_project, load_schema
from mlgate.gate.paths import path_matches
from mlgate.gate.record import timed
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources import files as sources

OWN_NAMES = ("mlgate.yaml", "mlgate.yml")


def check_config_files(files: Sequence[Path], *, schema: Path | None, start: Path, strict: bool) -> Report:
    """Report of config files; `schema` overrides what mlgate.yaml declares."""
    with timed() as elapsed:
        if schema is not None:
            json_schema = load_json_schema(*_named(start, schema))
            found = (check_config(*_named(start, file), json_schema, schema.as_posix()) for file in files)
        else:
            projects = _Projects()
            found = (_config_file(start, file, projects) for file in files)
        outcomes = [outcome for outcomes in found for outcome in outcomes]
        return _report("config check", outcomes, elapsed(), strict=strict)


class _Projects:
    """The projects that files belong to, each read once."""

    def __init__(self) -> None:
        self.known: dict[Path, Project] = {}

    def of(self, folder: Path) -> Project | None:
        """The nearest project upwards; None where there is no mlgate.yaml above."""
        try:
            config = sources.find_config(folder)
        except UsageError:
            return None
        if config not in self.known:
            self.known[config] = load_project(config, folder)
        return self.known[config]


def _config_file(start: Path, file: Path, projects: _Projects) -> Iterator[Outcome]:
    absolute = _absolute(start, file)
    if absolute.name in OWN_NAMES:
        top = sources.repository_top(absolute.parent) or absolute.parent
        folder = absolute.parent.relative_to(top).as_posix()
        yield from check_own_file(
            absolute.parent, absolute.name, kind="project", folder="" if folder == "." else folder
        )
        return
    project = projects.of(absolute.parent)
    root, shown = (project.root, _shown(project.root, absolute)) if project else _named(start, file)
    if project and any(dataset.schema == shown for dataset in project.datasets.values()):
        yield from check_own_file(root, shown, kind="schema")
        return
    entries = [entry for entry in project.configs if path_matches(shown, entry.files)] if project else []
    declared = [entry.schema for entry in entries if entry.schema]
    json_schema = load_json_schema(root, declared[0]) if declared else None
    yield from check_config(root, shown, json_schema, declared[0] if declared else "")


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
    from mlgate.gate.datasets import judge

    with timed() as elapsed:
        start = request.start
        if request.schema is not None:
            schema = load_schema(*_named(start, request.schema))
            subject = replace(
                _plain_subject(start, request.file),
                schema=schema,
                environment=request.environment,
                privacy=request.privacy,
            )
        else:
            subject = _declared_subject(start, request.file, request.environment, request.privacy)
        outcomes, _ = judge(subject)
        return _report("data check", outcomes, elapsed(), strict=request.strict)


def check_data_files(files: Sequence[Path], *, start: Path, limit_bytes: int, strict: bool) -> Report:
    """Report of the data files of a commit; a file over the limit is a warning, since it was not looked at."""
    from mlgate.gate.datasets import judge

    with timed() as elapsed:
        outcomes: list[Outcome] = []
        for file in files:
            size = _size(start / file)
            if size > limit_bytes:
                outcomes.append(_too_large(file, size, limit_bytes))
                continue
            found, _ = judge(_declared_subject(start, file.as_posix(), None, "masked"))
            outcomes.extend(found)
        return _report("data check", outcomes, elapsed(), strict=strict)


def _declared_subject(start: Path, file: str, environment: str | None, privacy: str) -> Subject:

    absolute = _absolute(start, file)
    project = _Projects().of(absolute.parent)
    if project is not None:
        shown = _shown(project.root, absolute)
        for dataset in project.datasets.values():
            if path_matches(shown, dataset.path):
                return Subject(
                    root=project.root,
                    path=shown,
                    name=dataset.name,
                    schema=load_schema(project.root, dataset.schema) if dataset.schema else None,
                    environment=environment or dataset.environment,
                    key=dataset.key,
                    privacy=project.privacy,
                )
    return replace(_plain_subject(start, file), environment=environment, privacy=privacy)


def _plain_subject(start: Path, file: str) -> Subject:
    """A file or glob below `start`, or a single file anywhere: whoever names it on the command line may read it."""
    root, path = _named(start, file)
    return Subject(root=root, path=path, name=_name(file))


def infer_data_schema(file: str, *, start: Path) -> str:
    """YAML text of a schema proposed from a data file."""
    from mlgate.data.infer import infer_schema
    from mlgate.gate.datasets import opened

    with opened(_plain_subject(start, file)) as table:
        return infer_schema(table, path=file)


def _name(file: str) -> str:
    return Path(file).name.split(".")[0]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say what is wrong


def _too_large(file: Path, size: int, limit: int) -> Outcome:
    return Outcome(
        id=f"data/{_name(file.name)}/size",
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


def _report(gate: str, outcomes: Iterable[Outcome], duration_s: float, *, strict: bool) -> Report:
    import mlgate
    from mlgate.sources.environment import python_version

    return Report(
        gate=gate,
        outcomes=tuple(outcomes),
        started_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(duration_s, 3),
        provenance={"mlgate": mlgate.__version__, "python": python_version()},
        strict=strict,
    )
