"""The static rules over files: `mlgate lint`, its hooks, and the static tier of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlgate.errors import UsageError
from mlgate.gate.lint_areas import Area, Areas
from mlgate.gate.lint_outcomes import outcomes_of
from mlgate.gate.lint_worker import Worked, Worker, calm, judge_chunk
from mlgate.gate.record import Progress, Record, timed
from mlgate.gate.reporting import report_of
from mlgate.lint.families import FAMILIES
from mlgate.lint.judging import Asked, Judged, Problem
from mlgate.lint.rules import RULES, family_of
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources.lint_files import Named, list_files, printable

if TYPE_CHECKING:
    from mlgate.config.project import Project

POOL_FROM = 40
"""Files from which on several processes are faster than one: starting them takes as long as some ten files."""
CHUNK = 8
"""Files that a process takes at once: few, so that all end at about the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRequest:
    """What was asked for.

    Parameters
    ----------
    paths : files and folders; none means what mlgate.yaml declares
    families : of rules; the hooks ask for one each
    rules : the only ones that are told; none means all
    fix : whether to mend what can be mended safely
    cache : whether to use and keep the findings of earlier runs
    progress : called with a line for each file that was mended
    """

    paths: tuple[str, ...]
    start: Path
    families: tuple[str, ...] = tuple(FAMILIES)
    rules: tuple[str, ...] = ()
    fix: bool = False
    cache: bool = True
    strict: bool = False
    progress: Progress = field(default=lambda _line: None)


def lint_paths(request: LintRequest) -> Report:
    """Report of Python files and notebooks.

    Raises
    ------
    UsageError
        A rule is not known, an mlgate.yaml has mistakes, or nothing is named and nothing declared.
    """
    require_rules(request.rules)
    areas = Areas(os.path.realpath(request.start))
    with timed() as elapsed:
        paths = request.paths or _declared_paths(areas)
        files = list_files(paths, areas.start, is_ignored=areas.ignores)
        if request.fix:
            from mlgate.gate.lint_fix import fix_files

            fix_files(areas, files, request)
        outcomes = [outcome for area, group in areas.grouped(files) for outcome in judge_files(area, group, request)[0]]
        if not files:
            outcomes = [_nothing(", ".join(paths))]
        return report_of("lint", outcomes, elapsed(), strict=request.strict, projects=areas.projects)


def check_lint(project: Project, record: Record) -> None:
    """Outcomes of the files that `lint.paths` of a project names, into the record of a run."""
    if project.lint is None or not project.lint.paths:
        return
    area = Area(str(project.root), project)
    files: list[Named] = []
    for path in project.lint.paths:
        found = list_files([path], area.root, is_ignored=area.ignores)
        if not found:
            record.add(_nothing(path, project.lint.location))
        files += found
    record.progress(f"static: {len(files)} Python files and notebooks")
    once = list({file.path: file for file in sorted(files, key=lambda file: file.path)}.values())
    record.add(*judge_files(area, once, LintRequest(paths=(), start=project.root))[0])


def judge_files(area: Area, files: Sequence[Named], request: LintRequest) -> tuple[list[Outcome], list[Worked]]:
    """Outcomes of the files of one project, and what they were made of."""
    families = tuple(dict.fromkeys(map(family_of, request.rules))) if request.rules else request.families
    asked = area.asked(tuple(family for family in FAMILIES if family in request.families and family in families))
    files = [_named_in_text(area, file) for file in files]
    paths = [area.shown(file.path) for file in files if not (file.problem or file.skip)]
    worked = {item.judged.path: item for item in _worked(area.root, asked, paths, request)}
    for file in files:
        if file.problem or file.skip:
            path = area.shown(file.path)
            status = Status.ERROR if file.problem else Status.SKIP
            hint = "correct the path" if file.problem else ""
            problem = Problem(message=file.problem or file.skip, hint=hint, status=status)
            worked[path] = Worked(Judged(path=path, problems=(problem,)))
    ordered = [worked[path] for path in sorted(worked)]
    wanted = area.wanted(request.families, request.rules)
    return list(outcomes_of([item.judged for item in ordered], wanted)), ordered


def _named_in_text(area: Area, file: Named) -> Named:
    """The file, or a problem where no report can hold its name."""
    if printable(area.shown(file.path)) == area.shown(file.path):
        return file
    return Named(printable(file.path), problem="its name is not UTF-8 text, so no report can hold it: rename it")


def _worked(root: str, asked: Asked, paths: Sequence[str], request: LintRequest) -> Iterator[Worked]:
    """Each file judged, now or in an earlier run."""
    if not request.cache or (len(paths) < POOL_FROM and not request.fix):
        yield from _judged(root, asked, paths, digests=request.fix)
        return
    from mlgate.gate.lint_kept import Kept

    kept = Kept(Worker(root, asked, digests=True), asked)
    left = []
    for path in paths:
        known = kept.of(path)
        if known is None:
            left.append(path)
        else:
            yield known
    for item in _judged(root, asked, left, digests=True):
        kept.add(item)
        yield item
    kept.write()


def _judged(root: str, asked: Asked, paths: Sequence[str], *, digests: bool) -> Iterator[Worked]:
    """Each file judged: here, or, where there are many, on all cores."""
    from mlgate.sources.parallel import cores, in_processes

    if len(paths) < POOL_FROM or cores() == 1:
        worker = Worker(root, asked, digests=digests)
        with calm():
            yield from map(worker.judge, paths)
        return
    chunks = [(root, asked, digests, tuple(paths[first : first + CHUNK])) for first in range(0, len(paths), CHUNK)]
    for chunk, done in in_processes(judge_chunk, chunks, workers=cores()):
        yield from done if done is not None else map(_lost, chunk[3])


def _lost(path: str) -> Worked:
    hint = "was it stopped for its memory? judge fewer files at once, or name the largest in `lint.ignore`"
    return Worked(
        Judged(path=path, problems=(Problem(message="the process that judged it ended", hint=hint, passing=True),))
    )


def require_rules(names: Sequence[str]) -> None:
    """Refuse names that are no rules.

    Raises
    ------
    UsageError
        With the nearest name.
    """
    from mlgate.config.reading import nearest

    for name in names:
        if name not in RULES:
            raise UsageError(f"there is no rule {name!r}", hint=nearest(name, RULES))


def _declared_paths(areas: Areas) -> tuple[str, ...]:
    area = areas.of(areas.start)
    if area.lint is None or not area.lint.paths:
        hint = "name files or folders, or declare `lint: {paths: [src]}` in mlgate.yaml"
        raise UsageError("nothing to judge was named", hint=hint)
    return tuple(os.path.join(area.root, path) for path in area.lint.paths)


def _nothing(path: str, location: Location | None = None) -> Outcome:
    return Outcome(
        id=f"static/{quote(path, safe='/=._-')}/python",
        check="python",
        tier="static",
        subject=path,
        status=Status.ERROR,
        message=f"no Python file and no notebook in {path}",
        hint="correct the path; hidden folders, environments and what `lint.ignore` names are not searched",
        location=location,
    )
