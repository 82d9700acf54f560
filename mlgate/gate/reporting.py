"""The report of a command that checks without the rest of the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mlgate.gate.accepted import apply_accepted
from mlgate.outcome import Outcome, Report

if TYPE_CHECKING:
    from mlgate.gate.projects import Projects


def report_of(
    gate: str, outcomes: Iterable[Outcome], duration_s: float, *, strict: bool, projects: Projects | None = None
) -> Report:
    """The report of outcomes that were found without a gate; what the `projects` accept is a warning."""
    import mlgate
    from mlgate.sources.environment import python_version

    now = dt.datetime.now(dt.UTC)
    return Report(
        gate=gate,
        outcomes=tuple(apply_accepted(outcomes, projects.accepted() if projects else (), now.date())),
        mode=projects.mode() if projects else "enforce",
        started_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(duration_s, 3),
        provenance={"mlgate": mlgate.__version__, "python": python_version()},
        strict=strict,
    )
