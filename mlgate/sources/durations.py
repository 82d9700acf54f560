"""What test files took when they last ran, kept from run to run: a plan deals them out by that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from mlgate.sources.lint_cache import kept_folder, read_cache, write_kept

FILE = "durations.json"
MOST_FILES = 50_000
NEW_SHARE = 0.5
"""How much a new time counts: one slow runner does not turn a plan over."""

Durations = dict[str, dict[str, float]]
"""Seconds by tier and test file."""


def durations_folder(root: Path) -> Path:
    """Where a project's durations are kept, beside what is kept of its tests; CI can cache it."""
    return Path(kept_folder(str(root), "tests"))


def read_durations(folder: Path) -> Durations:
    """What was kept; nothing where there is nothing that can be read."""
    raw = read_cache(str(folder / FILE))
    return {
        tier: {path: float(seconds) for path, seconds in files.items() if _is_time(seconds)}
        for tier, files in raw.items()
        if isinstance(files, dict)
    }


def keep_durations(folder: Path, seen: Mapping[str, Mapping[str, float]]) -> None:
    """Keep what test files took; where that fails, the next plan knows less."""
    if not any(seen.values()):
        return
    known = read_durations(folder)
    for tier, files in seen.items():
        before = known.setdefault(tier, {})
        for path, seconds in files.items():
            old = before.pop(path, seconds)  # what ran last stands last
            before[path] = round(old + NEW_SHARE * (seconds - old), 3)
        for path in list(before)[: max(0, len(before) - MOST_FILES)]:
            del before[path]
    write_kept(str(folder / FILE), known)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
