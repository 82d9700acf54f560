"""How far a long query is, told while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

EVERY_S = 3.0


@contextmanager
def progress_told(
    connection: duckdb.DuckDBPyConnection, tell: Callable[[str], None] | None, *, every_s: float = EVERY_S
) -> Iterator[None]:
    """Tell how far the query of a connection is, e.g. `37 %`, every few seconds; what is over before tells nothing.

    The share is the engine's own estimate of the query that is running, of which there may be several. Older releases
    of the engine keep theirs to themselves: then nothing is told.

    Parameters
    ----------
    connection : its settings are not locked yet; it is closed after this block only
    tell : called from a thread of its own; None tells nothing
    every_s : seconds to the first line, and from one to the next
    """
    if tell is None or not hasattr(connection, "query_progress"):
        yield
        return
    connection.execute("SET enable_progress_bar = true")  # without it the engine does not keep count
    connection.execute("SET enable_progress_bar_print = false")
    done = threading.Event()
    thread = threading.Thread(target=_watch, args=(connection, tell, done, every_s), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _watch(
    connection: duckdb.DuckDBPyConnection, tell: Callable[[str], None], done: threading.Event, every_s: float
) -> None:
    import duckdb

    while not done.wait(every_s):
        try:
            share = connection.query_progress()
        except duckdb.Error:
            return
        if 0 <= share <= 100:
            tell(f"{share:.0f} %")
