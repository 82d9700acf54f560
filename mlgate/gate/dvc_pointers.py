"""The data of a commit against its pointers, and before a push the remote against the pointers; DVC is not started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlgate.errors import MlgateError, SourceError
from mlgate.gate.projects import Projects
from mlgate.gate.record import could_not_check, timed
from mlgate.gate.reporting import report_of
from mlgate.lint.dvc_checks import Data, dvc_in_sync, dvc_not_in_git, dvc_pointer, dvc_stage
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources import dvc_git, git
from mlgate.sources.dvc_tracked import Stage, Tracked, lock_outs, pointer_dependencies, pointer_outs, stages
from mlgate.sources.dvc_working_copy import Found, TooMuchToHashError, WorkingCopy
from mlgate.sources.dvcfiles import absolute, pipeline_files, pointer_files, relative
from mlgate.sources.files import repository_top
from mlgate.sources.pointers import dvc_root

_LATER = "not compared: nobody has hashed it yet, and it is larger than --max-gigabytes allows"


def check_pointers(
    files: Sequence[Path], *, start: Path, remote: bool | None = None, most_bytes: int = 10**10, strict: bool = False
) -> Report:
    """Report of what DVC tracks in the repository around `start`; without a DVC repository it has no outcome.

    Parameters
    ----------
    files : the pointer files to look at; none of them means all of the repository
    remote : ask the remote, too; None leaves it to pre-commit's stage: before a push, that is all that is done
    most_bytes : bytes that are hashed at most
    strict : a warning blocks, too
    """
    with timed() as elapsed:
        asked = dvc_git.is_push() if remote is None else remote
        outcomes: list[Outcome] = []
        for top in _repositories(start):
            if remote is not None or not asked:
                outcomes += _Pointers(start, top, most_bytes).check([start / file for file in files])
            if asked:
                from mlgate.gate.dvc_push import check_remote

                outcomes += check_remote(start, top, files)
        projects = Projects()
        projects.of(start)
        return report_of("dvc", outcomes, elapsed(), strict=strict, projects=projects)


def _repositories(start: Path) -> list[Path]:
    """The DVC repository around a folder, else those below it: a repository of Git may hold several."""
    top = dvc_root(start)
    if top is not None:
        return [top]
    configs = git.list_files(start, [".dvc/config", "*/.dvc/config"])
    return sorted({absolute((start / config).parent.parent) for config in configs})


class _Pointers:
    """The pointers of one repository, each piece of data hashed once."""

    def __init__(self, root: Path, top: Path, most_bytes: int) -> None:
        self.root, self.top = root, top
        self.copy = WorkingCopy(top, most_bytes=most_bytes)
        self.outs: list[tuple[Tracked, bool]] = []

    def check(self, files: Sequence[Path]) -> list[Outcome]:
        chosen = {absolute(file) for file in files}
        outcomes: list[Outcome] = []
        for file in pointer_files(self.top):
            if dvc_root(file.parent) != self.top:
                continue
            if not chosen or absolute(file) in chosen or absolute(file.with_name("dvc.yaml")) in chosen:
                outcomes += self._pointer(file)
        for file in pipeline_files(self.top):
            if dvc_root(file.parent) != self.top:
                continue
            if not chosen or absolute(file) in chosen or absolute(file.with_name("dvc.lock")) in chosen:
                outcomes += self._pipeline(file)
        outcomes += self._git()
        self.copy.keep()
        return outcomes

    def _pointer(self, file: Path) -> Iterator[Outcome]:
        name, is_lock = relative(file, self.root), file.name == "dvc.lock"
        try:
            outs = lock_outs(self.root, file) if is_lock else pointer_outs(self.root, file)
            dependencies = [] if is_lock else pointer_dependencies(self.root, file)
        except SourceError as problem:
            yield dvc_pointer(name, problem.message, problem.hint)
            return
        yield dvc_pointer(name)
        for out in outs:
            self.outs.append((out, is_lock))
            yield self._in_sync(out, is_stage=is_lock)
        if dependencies:
            changed, absent = self._dependencies(dependencies)
            yield dvc_stage(name, file.stem, changed, locked=True, absent=absent)

    def _in_sync(self, out: Tracked, *, is_stage: bool) -> Outcome:
        data = Data(file=out.file, path=out.path, expected=out.md5, size=out.size, is_stage=is_stage)
        try:
            found = self._look(out)
        except TooMuchToHashError:
            return _later(data)
        except MlgateError as problem:
            return could_not_check(
                problem, id=dvc_in_sync(data).id, check="dvc_in_sync", tier="static", subject=out.path,
                location=Location(out.file),
            )  # fmt: skip
        if found is None:
            return dvc_in_sync(data)
        before = self.copy.listing(out.md5) if out.is_dir and found.md5 != out.md5 else None
        size = None if out.legacy_text else found.size
        return dvc_in_sync(
            Data(
                file=out.file, path=out.path, expected=out.md5, size=out.size, observed=found.md5, observed_size=size,
                before=before, now=found.files if before is not None else None, is_stage=is_stage,
            )
        )  # fmt: skip

    def _look(self, item: Tracked) -> Found | None:
        if not item.md5:
            raise SourceError(
                f"{item.file} holds no md5 of {item.path}",
                hint="`dvc commit` writes one; other hashes are not read here",
            )
        return self.copy.look(item.place, legacy_text=item.legacy_text)

    def _pipeline(self, file: Path) -> Iterator[Outcome]:
        name = relative(file, self.root)
        try:
            for stage in stages(self.root, file):
                if stage.checked:
                    yield self._stage(stage)
        except SourceError as problem:
            yield dvc_pointer(name, problem.message, problem.hint)

    def _stage(self, stage: Stage) -> Outcome:
        changed, absent = self._dependencies(stage.dependencies)
        return dvc_stage(stage.file, stage.name, [*stage.changed, *changed], locked=stage.locked, absent=absent)

    def _dependencies(self, items: Sequence[Tracked]) -> tuple[list[str], list[str]]:
        """Those that changed, and those that are not here or were not compared."""
        changed, absent = [], []
        for item in items:
            try:
                found = self._look(item)
            except TooMuchToHashError:
                found = None
            if found is None:
                absent.append(item.path)
            elif found.md5 != item.md5:
                changed.append(item.path)
        return changed, absent

    def _git(self) -> Iterator[Outcome]:
        """What Git holds of data that is DVC's; nothing outside a repository of Git."""
        inside = [out for out, _ in self.outs if out.cached and not out.path.startswith("../")]
        if not inside:
            return
        paths = [out.path for out in inside]
        try:
            held, ignored = dvc_git.committed(self.root, paths), dvc_git.ignored(self.root, paths)
        except SourceError as problem:
            if repository_top(self.root) is not None:
                first = inside[0]
                yield could_not_check(
                    problem, id=dvc_not_in_git(first.file, first.path, (), ignored=True).id, check="dvc_not_in_git",
                    tier="static", subject=first.path, location=Location(first.file),
                )  # fmt: skip
            return
        of: dict[str, list[str]] = {}
        for name in held:
            of.setdefault(dvc_git.below(name, paths) or name, []).append(name)
        for out in inside:
            yield dvc_not_in_git(out.file, out.path, of.get(out.path, []), ignored=out.path in ignored)


def _later(data: Data) -> Outcome:
    skipped = dvc_in_sync(data)
    return Outcome(
        id=skipped.id, check=skipped.check, tier=skipped.tier, subject=skipped.subject, status=Status.WARN,
        message=_LATER, hint="run `dvc status` once, or raise --max-gigabytes", location=skipped.location,
    )  # fmt: skip
