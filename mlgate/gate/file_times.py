"""What the test files of a run took, kept for the next plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mlgate.outcome import Outcome
from mlgate.sources.durations import durations_folder, keep_durations


def seconds_by_file(outcomes: Iterable[Outcome]) -> dict[str, dict[str, float]]:
    """Seconds of each test file, by tier; results of earlier runs took no time now and are left out."""
    found: dict[str, dict[str, float]] = {}
    for outcome in outcomes:
        node = outcome.evidence.get("node")
        if outcome.check != "test" or not isinstance(node, str) or outcome.reused_from is not None:
            continue
        files = found.setdefault(outcome.tier, {})
        path = node.partition("::")[0]
        files[path] = files.get(path, 0.0) + max(outcome.duration_s, 0.0)
    return found


def keep_times(root: Path, outcomes: Iterable[Outcome]) -> None:
    """Remember what each test file took."""
    keep_durations(durations_folder(root), seconds_by_file(outcomes))
