"""The metrics of every main run, in the store that a project declares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mlgate.config.evaluation import History
from mlgate.sources import history_git, history_mlflow
from mlgate.sources.history_lines import Appended, Entry, Loaded, MetricEntry, render_entry, render_time

__all__ = ["Appended", "Entry", "Loaded", "MetricEntry", "append", "load", "render_time"]


def append(history: History, entries: Sequence[Entry], *, root: Path, now: datetime) -> Appended:
    """Add entries to the store that a project declares; what others add meanwhile is kept.

    An entry that is there already is not added again.

    Parameters
    ----------
    history : the declaration
    entries : at least one
    root : folder of the project
    now : aware time

    Raises
    ------
    SourceError
        The store cannot be reached or written within its time limits.
    """
    if history.store == "mlflow":
        return history_mlflow.append(history.ref, entries, root=root, now=now)
    return history_git.append(history.ref, [render_entry(entry) for entry in entries], root=root, now=now)


def load(history: History, *, root: Path) -> Loaded:
    """All entries of the store that a project declares; a store that nothing was written to has none.

    Raises
    ------
    SourceError
        The store cannot be reached within its time limits, or is no store of ours.
    """
    if history.store == "mlflow":
        return history_mlflow.load(history.ref, root=root)
    return history_git.load(history.ref, root=root)
