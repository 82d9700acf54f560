"""Whether the rules have anything to tell of a few files, found out with as little as a commit hook can afford.

Where they have, the whole of `mlgate lint` says it: this only spares a clean commit the rest of the program.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from mlgate.gate.lint_worker import Worker, calm
from mlgate.lint.finding import CONTROLLED
from mlgate.lint.judging import Asked, Judged
from mlgate.outcome import Status
from mlgate.sources.lint_files import config_above, list_files

MOST_FILES = 20
"""With more files the start of the program is no longer what counts."""
_DECLARES = (b"lint", b"extends", b"tiers")
"""Words of an mlgate.yaml that may change what is told."""


def nothing_to_tell(paths: Sequence[str], start: str, families: tuple[str, ...]) -> bool:
    """Whether every file holds by the rules of these families; False also where that hangs on more than the files."""
    if len(paths) > MOST_FILES:
        return False
    files = list_files(paths, start, is_ignored=lambda _path: False)
    if not files or any(map(_is_declared, {os.path.dirname(file.path) for file in files})):
        return False
    worker = Worker(os.path.realpath(start), Asked(families), digests=False)
    with calm():
        return all(
            bool(file.skip) or (not file.problem and _is_clean(worker.judge(worker.modules.relative(file.path)).judged))
            for file in files
        )


def _is_clean(judged: Judged) -> bool:
    return (
        all(finding.verdict == CONTROLLED for finding in judged.findings)
        and all(problem.status is Status.SKIP for problem in judged.problems)
        and not any(judged.ignores.values())
    )


def _is_declared(folder: str) -> bool:
    """Whether an mlgate.yaml above a folder may say something of its files."""
    config = config_above(folder)
    if config is None:
        return False
    try:
        with open(config, "rb") as stream:
            text = stream.read()
    except OSError:
        return True
    return any(word in text for word in _DECLARES)
