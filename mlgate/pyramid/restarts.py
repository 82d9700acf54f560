"""What is still to be run after a process of pytest died, and which test brought it down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlgate.pyramid.endings import Ending, describe_returncode
from mlgate.pyramid.selection import Selection

MOST_RESTARTS = 20
"""Each one costs the start of pytest; a suite that dies more often than that has one cause, not twenty."""
DEAD_WORKER = "???"
"""What xdist reports as the phase of a test whose worker died."""


def culprits(endings: Sequence[Ending]) -> frozenset[str]:
    """Tests that brought a process down: one that ran alone, or one that was running at two deaths.

    Where several were running, as under xdist, the others are innocent; they are run again.
    """
    found: set[str] = set()
    seen: set[str] = set()
    for ending in endings:
        if ending.died:
            running = ending.running
            found.update(running if len(running) == 1 else seen.intersection(running))
            seen.update(running)
    return frozenset(found)


def left_to_run(endings: Sequence[Ending]) -> int | None:
    """How many tests the last process was to run and nobody ran; None where it did not come so far as to count them."""
    last = endings[-1]
    if last.recorded.collected is None:
        return None
    done = last.recorded.ended | (culprits(endings) & last.recorded.begun)
    return max(0, last.recorded.collected - len(done))


def rest_of(selection: Selection, endings: Sequence[Ending]) -> Selection | None:
    """What to run in a new process; None where nothing is left, or where nothing more would come of it.

    Parameters
    ----------
    selection : what the first process was to run
    endings : the processes so far, at least one
    """
    last = endings[-1]
    if not (last.died or _out_of_workers(last)) or not last.recorded.begun or len(endings) > MOST_RESTARTS:
        return None
    if left_to_run(endings) == 0:
        return None
    done = dict.fromkeys(_ended(endings)) | dict.fromkeys(sorted(culprits(endings)))
    return Selection(selection.only, (*selection.without, *done))


def _out_of_workers(ending: Ending) -> bool:
    """Whether xdist replaced no more workers; it then ends in order, with tests left."""
    dead = any(phase.when == DEAD_WORKER for phase in ending.recorded.phases)
    if ending.timed_out or ending.interrupted or ending.recorded.session is None or not dead:
        return False
    reason = ending.recorded.interrupted or ""
    return not reason or "crashed" in reason


def told_death(ending: Ending) -> str:
    """Why the process is no more, for whoever waits."""
    running = ", ".join(ending.running[:3])
    if running and set(ending.running) <= set(ending.hung):
        return f"{running} did not end"
    if ending.recorded.session is not None:
        return "a worker of xdist died"
    return f"pytest died ({describe_returncode(ending.returncode)})" + (f" while running {running}" if running else "")


def _ended(endings: Iterable[Ending]) -> list[str]:
    return [node for ending in endings for node in sorted(ending.recorded.ended)]
