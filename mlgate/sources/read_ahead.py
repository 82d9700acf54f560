"""Read ahead: what is slow to make is made in a thread of its own while what was made before is used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import field
from typing import Generic, TypeVar

from mlgate.late import dataclass

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _End:
    """There is no more, or `problem` says why."""

    problem: BaseException | None = None


def read_ahead(items: Iterable[Item], *, depth: int = 4) -> Generator[Item, None, None]:
    """The items in their order, made in another thread, at most `depth` of them before they are asked for.

    What making them raises is raised here, after the items before it. When the caller stops early, so does the thread,
    as soon as the item is made that it is at.
    """
    line = _Line(items, queue.Queue(maxsize=depth))
    thread = threading.Thread(target=line.make, name="mlgate-read-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := line.made.get(), _End):
            yield item
        if item.problem is not None:
            raise item.problem
    finally:
        line.stop()
        thread.join()


@dataclass(frozen=True, slots=True)
class _Line(Generic[Item]):
    """What is between the thread that makes and the one that takes."""

    items: Iterable[Item]
    made: queue.Queue[Item | _End]
    stopped: threading.Event = field(default_factory=threading.Event)

    def make(self) -> None:
        end = _End()
        try:
            for item in self.items:
                self.made.put(item)
                if self.stopped.is_set():
                    return
        except BaseException as problem:  # noqa: BLE001  # the thread that takes raises it
            end = _End(problem)
        self.made.put(end)

    def stop(self) -> None:
        """Let the thread that makes end: it may wait for room, at most once more."""
        self.stopped.set()
        with suppress(queue.Empty):
            while True:
                self.made.get_nowait()
