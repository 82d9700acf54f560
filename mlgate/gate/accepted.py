"""Outcomes that a project has accepted until a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.outcome import Outcome, Status

if TYPE_CHECKING:
    from mlgate.config.project import Accepted


def apply_accepted(outcomes: Iterable[Outcome], accepted: tuple[Accepted, ...], today: dt.date) -> Iterator[Outcome]:
    """Named outcomes that block become warnings until the end of their last day (UTC)."""
    by_id = {entry.id: entry for entry in accepted}
    for outcome in outcomes:
        entry = by_id.get(outcome.id)
        if entry is None or not outcome.status.blocks:
            yield outcome
        elif today <= entry.until:
            message = f"accepted until {entry.until} ({entry.reason}): {outcome.message}"
            evidence = {
                **outcome.evidence,
                "accepted": {"status": outcome.status.value, "reason": entry.reason, "until": str(entry.until)},
            }
            yield replace(outcome, status=Status.WARN, message=message, evidence=evidence)
        else:
            hint = f"its acceptance ended on {entry.until}; {outcome.hint}".rstrip("; ")
            yield replace(outcome, hint=hint)
