"""Work that several workers of pytest-xdist need, done by the first and read by the others."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest


def once(config: pytest.Config, key: Sequence[str], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of `work`, which is done once for all workers of a run that share a machine.

    Parameters
    ----------
    key : what the work is; equal on all workers that may share its answer
    work : gives strict JSON. Where it raises, nothing is kept and the next worker tries
    """
    folder = _shared_folder(config)
    if folder is None:
        return work()
    name = hashlib.sha256(json.dumps(list(key)).encode()).hexdigest()[:32]
    answer = folder / f"mlgate-{name}.json"
    with (folder / f"mlgate-{name}.lock").open("a+b") as lock, _locked(lock):
        if answer.is_file():
            kept: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return kept
        found = work()
        half = answer.with_suffix(".half")
        half.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
        half.replace(answer)
        return found


def _shared_folder(config: pytest.Config) -> Path | None:
    """The folder of the run that all workers of this machine see; None where there are no workers.

    xdist gives each worker a temporary folder of its own inside that of the run, which pytest removes in time.
    """
    own = getattr(config.option, "basetemp", None)
    if not hasattr(config, "workerinput") or not own:
        return None
    folder = Path(own).parent
    return folder if folder.is_dir() else None


@contextmanager
def _locked(stream: IO[bytes]) -> Iterator[None]:
    """Wait until no other process holds the file; a process that dies lets it go."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
                break
            except OSError:
                time.sleep(0.1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX)
    yield
