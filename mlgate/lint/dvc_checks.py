"""Checks of what DVC tracks: facts of pointers, working copy, Git and remote in, outcomes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mlgate.outcome import Location, Outcome, Status

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """An out or a dependency, as its pointer and the disk say.

    Parameters
    ----------
    file, path : the pointer file and the data, POSIX, relative to the root
    expected, size : hash and bytes that the pointer says
    observed, observed_size : those on disk; None where nothing is there
    before, now : hash of each file of a folder, where both are known
    is_stage : made by a stage, so that it is run again rather than added
    """

    file: str
    path: str
    expected: str
    size: int | None = None
    observed: str | None = None
    observed_size: int | None = None
    before: Mapping[str, str] | None = None
    now: Mapping[str, str] | None = None
    is_stage: bool = False


def dvc_pointer(file: str, problem: str = "", hint: str = "") -> Outcome:
    """A file of DVC can be read, and every entry has a path and a hash.

    Broken YAML, the marks of a merge conflict, a missing or malformed hash, a size that contradicts the data:
    `fail`, since nobody can get the data by such a pointer.
    """
    if problem:
        return _outcome(file, file, "dvc_pointer", Status.FAIL, problem, hint)
    return _outcome(file, file, "dvc_pointer", Status.PASS, "can be read, every entry has a hash")


def dvc_in_sync(data: Data) -> Outcome:
    """The working copy of what DVC tracks is what its pointer says, by DVC's own hash.

    Changed data is `fail`: the commit would name other data than the one that is here. Data that is not here is
    `skip`: a clone that has pulled nothing is in order. A folder names the files that were added, changed and
    removed.
    """
    if data.observed is None:
        return _outcome(
            data.file, data.path, "dvc_in_sync", Status.SKIP, "not here, so not compared", f"dvc pull {data.path}"
        )  # fmt: skip
    evidence: dict[str, Any] = {"expected": data.expected, "observed": data.observed}
    if data.observed == data.expected:
        if data.size is not None and data.observed_size is not None and data.size != data.observed_size:
            message = f"{data.file} says {data.size:,} bytes, the same data has {data.observed_size:,}"
            return _outcome(data.file, data.path, "dvc_in_sync", Status.FAIL, message, f"dvc add {data.path}", evidence)
        return _outcome(data.file, data.path, "dvc_in_sync", Status.PASS, f"is {data.expected}", "", evidence)
    message = f"is {data.observed}, {data.file} says {data.expected}"
    if data.before is not None and data.now is not None:
        changes = _changes(data.before, data.now)
        message += f": {_counted(changes)}"
        evidence |= changes
    hint = "dvc repro, or `dvc commit` if the new data is right" if data.is_stage else f"dvc add {data.path}"
    hint += f"; `dvc checkout {data.path}` drops the change"
    return _outcome(data.file, data.path, "dvc_in_sync", Status.FAIL, message, hint, evidence)


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, list[str]]:
    return {
        "added": sorted(now.keys() - before.keys()),
        "changed": sorted(name for name in now.keys() & before.keys() if now[name] != before[name]),
        "removed": sorted(before.keys() - now.keys()),
    }


def _counted(changes: Mapping[str, Sequence[str]]) -> str:
    """Each kind with its number and first names."""
    told, left = [], SHOWN
    for kind, names in changes.items():
        if names:
            shown = names[:left]
            left -= len(shown)
            more = ", ..." if len(shown) < len(names) else ""
            told.append(f"{len(names)} {kind}" + (f" ({', '.join(shown)}{more})" if shown else ""))
    return ", ".join(told) or "the order or the names differ"


def dvc_stage(file: str, stage: str, changed: Sequence[str], *, locked: bool, absent: Sequence[str] = ()) -> Outcome:
    """What a stage of `dvc.yaml` was last run with is what it would be run with now.

    A dependency, parameter or command that changed after `dvc.lock` was written is `fail`: the outs belong to
    another state of the code or data. So is a stage without an entry in `dvc.lock`. Dependencies that are not here
    are left out, and named. Frozen stages, and those that always run anew, are not judged.
    """
    subject, hint = f"{file}:{stage}", f"dvc repro {stage}, then commit dvc.lock"
    if not locked:
        message = f"stage {stage} has no entry in dvc.lock: it was never run, or its lock was not committed"
        return _outcome(file, subject, "dvc_stage", Status.FAIL, message, hint)
    evidence = {"changed": list(changed[:50]), "absent": list(absent[:50])}
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        message = f"stage {stage} changed after its last run: {', '.join(changed[:SHOWN])}{more}"
        return _outcome(file, subject, "dvc_stage", Status.FAIL, message, hint, evidence)
    left = f"; {len(absent)} dependencies are not here" if absent else ""
    message = f"stage {stage} was run with what is here{left}"
    return _outcome(file, subject, "dvc_stage", Status.PASS, message, "", evidence)


def dvc_not_in_git(file: str, path: str, committed: Sequence[str], *, ignored: bool) -> Outcome:
    """Data that DVC tracks is not in Git, too.

    Both would hold it, every clone would bring it, and the two can differ: `fail`. `warn` where no .gitignore names
    the data, so that the next `git add` takes it.
    """
    if committed:
        shown = ", ".join(committed[:SHOWN])
        message = f"{len(committed)} of its files are in Git: {shown}" if committed != [path] else "is in Git, too"
        hint = f"git rm -r --cached -- {path}"
        return _outcome(file, path, "dvc_not_in_git", Status.FAIL, message, hint, {"committed": list(committed[:50])})
    if not ignored:
        name = path.rpartition("/")[2]
        message = "no .gitignore names it: `git add` would take it"
        return _outcome(
            file, path, "dvc_not_in_git", Status.WARN, message, f"write /{name} into the .gitignore beside it"
        )  # fmt: skip
    return _outcome(file, path, "dvc_not_in_git", Status.PASS, "is left to DVC")


def dvc_in_remote(file: str, path: str, remote: str, absent: Sequence[str]) -> Outcome:
    """Before a push: the remote of DVC has what the pushed pointers name.

    Otherwise the pointer reaches others and the data does not: `fail`. A remote that cannot be asked is `error`.
    """
    if absent:
        shown = ", ".join(absent[:SHOWN]) + (", ..." if len(absent) > SHOWN else "")
        message = f"the remote {remote!r} does not have {shown}"
        evidence = {"absent": list(absent[:50]), "count": len(absent)}
        hint = f"dvc push {path}"
        if path not in absent:
            hint = f"delete in the remote the object whose hash {file} holds, which DVC takes for complete; then {hint}"
        return _outcome(file, path, "dvc_in_remote", Status.FAIL, message, hint, evidence)
    return _outcome(file, path, "dvc_in_remote", Status.PASS, f"the remote {remote!r} has it")


def _outcome(  # noqa: PLR0913, PLR0917  # the facts of a finding; a class would only repeat Outcome
    file: str,
    subject: str,
    check: str,
    status: Status,
    message: str,
    hint: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> Outcome:
    return Outcome(
        id=f"static/{quote(subject, safe='/=._-@')}/{check}",
        check=check,
        tier="static",
        subject=subject,
        status=status,
        message=message,
        hint=hint,
        location=Location(file),
        evidence=evidence or {},
    )


CATALOGUE = (
    ("dvc_pointer", "static", dvc_pointer),
    ("dvc_in_sync", "static", dvc_in_sync),
    ("dvc_stage", "static", dvc_stage),
    ("dvc_not_in_git", "static", dvc_not_in_git),
    ("dvc_in_remote", "static", dvc_in_remote),
)
