"""Which tiers read what lies elsewhere: data behind DVC pointers, models and values of MLflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import SourceError
from mlgate.gate.load import dvc_paths
from mlgate.gate.pull import named_pointers
from mlgate.sources import pointers

if TYPE_CHECKING:
    from mlgate.config.project import Project
    from mlgate.sources.pointers import Pointer

_ELSEWHERE = ("mlflow:", "dvc:")
"""Beginnings of baselines that are fetched; all others lie in the repository."""


def tiers_with_secrets(project: Project, tiers: Sequence[str]) -> frozenset[str]:
    """Those of the tiers that need credentials: a workflow hands them to no other job.

    What cannot be told, as of a pointer that cannot be read, counts as needing them.
    """
    everything = cache(lambda: pointers.read_all(project.root))
    found = {
        tier
        for tier, paths in dvc_paths(project, tiers).items()
        if any(_is_tracked(project.root, path, everything) for path in paths)
    }
    if "model" in tiers and any(
        evaluation.stage is not None or evaluation.baseline.startswith(_ELSEWHERE)
        for evaluation in project.evaluations.values()
    ):
        found.add("model")
    return frozenset(found)


def _is_tracked(root: Path, path: str, everything: Callable[[], Iterable[Pointer]]) -> bool:
    try:
        return bool(named_pointers(root, path, everything))
    except SourceError:
        return True
