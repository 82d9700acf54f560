"""Work on all cores, in processes of our own."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def in_processes(
    work: Callable[[Part], Result], parts: Sequence[Part], *, workers: int
) -> Iterator[tuple[Part, Result | None]]:
    """Each part with its result, in the order of `parts`; None where the process ended before it had one.

    An exception of `work` is raised here. `work` and the parts are pickled, so they are module-level and plain.
    """
    with ProcessPoolExecutor(max_workers=min(workers, len(parts)), mp_context=_context()) as pool:
        try:
            futures: list[Future[Result]] = [pool.submit(work, part) for part in parts]
            for part, future in zip(parts, futures, strict=True):
                try:
                    yield part, future.result()
                except BrokenProcessPool:
                    yield part, None
        except BaseException:
            # A worker that waits for work does not notice that nobody wants it any more: the run would never end.
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _context() -> multiprocessing.context.BaseContext:
    """Copies of this process where it is alone in itself, which start at once; else fresh ones."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")
