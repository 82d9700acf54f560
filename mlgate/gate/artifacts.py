"""Model files of a commit: what loading them would run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlgate.errors import SourceError
from mlgate.gate.projects import Projects, named_path, resolved_path
from mlgate.gate.record import could_not_check, timed
from mlgate.gate.reporting import report_of
from mlgate.lint.artifacts.checks import Trust, judge_artifact
from mlgate.lint.artifacts.formats import is_lfs_pointer, scan_artifact
from mlgate.lint.artifacts.names import ML_MODEL, is_model_name
from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.sources import artifact_files as sources
from mlgate.sources.files import repository_top

if TYPE_CHECKING:
    from mlgate.lint.artifacts.facts import Facts

MAX_MLMODEL_BYTES = 1_000_000


def check_artifacts(files: Sequence[Path], *, start: Path, allow: Sequence[str] = (), strict: bool = False) -> Report:
    """Report of the model files among `files`; a file that is none has no outcome. Nothing is loaded.

    A pointer of DVC stands for the model files that it tracks, an MLmodel for those that it names.

    Parameters
    ----------
    files : files of any kind, as pre-commit names them
    start : folder that they are relative to
    allow : names beside those of the list and of mlgate.yaml, `module.name` or `package.*`
    strict : a warning blocks, too
    """
    with timed() as elapsed:
        projects, seen = Projects(), set[Path]()
        outcomes: list[Outcome] = []
        for file in files:
            outcomes += _check(file, start, projects, allow, seen)
        return report_of("artifacts", outcomes, elapsed(), strict=strict, projects=projects)


def _check(  # what is asked, where, and what is known already
    file: Path,
    start: Path,
    projects: Projects,
    allow: Sequence[str],
    seen: set[Path],
    *,
    tracked_by: str = "",
) -> Iterator[Outcome]:
    """One file, and those that it names: a pointer of DVC its data, an MLmodel its pickles."""
    place = resolved_path(start, file)
    if place in seen:
        return
    seen.add(place)
    shown = named_path(start, file)[1]
    if place.suffix == ".dvc" or place.name == "dvc.lock":
        for out in _tracked(start, place):
            yield from _check(out, start, projects, allow, seen, tracked_by=shown)
        return
    try:
        facts = _facts_of(place, shown)
    except SourceError as problem:
        if is_model_name(place.name):
            yield could_not_check(
                problem, id=_id(shown, "readable"), check="readable", tier="static", subject=shown,
                location=Location(shown),
            )  # fmt: skip
        return
    if facts is None:
        return
    if "Git LFS" in facts.formats:
        yield _not_here(shown)
        return
    project = projects.of(place.parent)
    root = project.root if project else repository_top(place.parent) or start
    allowed = (*allow, *(project.allowed_imports if project else ()))
    trust = Trust(allowed=allowed, is_own=lambda module: sources.holds_module(root, module))
    beside = [tracked_by] if tracked_by else sources.described_by(place)
    yield from judge_artifact(facts, shown, trust, beside)
    for name in facts.follows:
        for inner in _named(place.parent / name):
            yield from _check(Path(shown).parent / inner.relative_to(place.parent), start, projects, allow, seen)


def _tracked(start: Path, pointer: Path) -> list[Path]:
    """Model files that DVC tracks by a pointer and that are here; a broken pointer is the affair of mlgate-dvc."""
    from mlgate.sources.dvc_tracked import lock_outs, pointer_outs

    try:
        outs = lock_outs(start, pointer) if pointer.name == "dvc.lock" else pointer_outs(start, pointer)
    except SourceError:
        return []
    files = [file for out in outs for file in _named(out.place)]
    return [file for file in files if is_model_name(file.name) and file.is_file()]


def _facts_of(place: Path, shown: str) -> Facts | None:
    open_file = sources.opener(place)
    start = sources.first_bytes(open_file)
    if is_lfs_pointer(start):
        from mlgate.lint.artifacts.facts import Facts

        return Facts(formats=["Git LFS"]) if is_model_name(shown) else None
    if place.name == ML_MODEL:
        from mlgate.lint.artifacts.mlmodel import scan_mlmodel

        with open_file() as stream:
            return scan_mlmodel(stream.read(MAX_MLMODEL_BYTES).decode("utf-8", "replace"), shown)
    try:
        return scan_artifact(open_file, shown)
    except OSError as problem:
        raise SourceError(f"cannot be read: {problem.strerror or problem}", hint="does the file exist?") from None


def _named(place: Path) -> list[Path]:
    """The file that MLmodel names, or all files of the folder."""
    return list(sources.files_below(place)) if place.is_dir() else [place]


def _not_here(shown: str) -> Outcome:
    return Outcome(
        id=_id(shown, "artifact_format"),
        check="artifact_format",
        tier="static",
        subject=shown,
        status=Status.WARN,
        message="not looked into: only the pointer of Git LFS is here",
        hint=f"git lfs pull --include {shown}",
        location=Location(shown),
    )


def _id(shown: str, check: str) -> str:
    return f"static/{quote(shown, safe='/=._-')}/{check}"
