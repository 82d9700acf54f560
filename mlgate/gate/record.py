"""What a run has found so far: the gate writes here, and an interrupted run still has a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate.errors import MlgateError
from mlgate.outcome import Location, Outcome, Status

if TYPE_CHECKING:
    from mlgate.gate.planned_run import Planned
    from mlgate.gate.reuse import Reuse
    from mlgate.sources.devices import Devices

Progress = Callable[[str], None]


@dataclass(slots=True)
class Record:
    """Outcomes and provenance of the run, in the order in which they were found."""

    progress: Progress = lambda _line: None
    outcomes: list[Outcome] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    baselines: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    tiers: list[dict[str, Any]] = field(default_factory=list)
    schema_patches: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    base: str | None = None
    """The commit that this work is held against; None where there is none."""
    tests_before: tuple[str, str | None] | None = None
    """The tests that a baseline's run had, as it recorded them, and its commit."""
    tests_changed: dict[str, Any] | None = None
    data_changes: list[dict[str, Any]] = field(default_factory=list)
    fingerprint: list[dict[str, Any]] = field(default_factory=list)
    """What the results of each tier of tests hang on: interpreter, packages, settings, GPUs."""
    devices: Devices | None = None
    """The GPUs of the machine, once they were asked for."""
    reuse: Reuse | None = None
    """Results of earlier runs; None where none are to be used."""
    run: str = ""
    """What later runs call this one."""
    reused: list[dict[str, Any]] = field(default_factory=list)
    planned: Planned | None = None
    """The job of a plan that this run is; None where it is all of the gate."""

    def add(self, *outcomes: Outcome) -> None:
        self.outcomes.extend(outcomes)


def could_not_check(
    problem: MlgateError,
    *,
    id: str,  # noqa: A002  # the outcome's own word
    check: str,
    tier: str,
    subject: str,
    location: Location | None = None,
) -> Outcome:
    """The `error` outcome of something that could not be checked."""
    return Outcome(
        id=id,
        check=check,
        tier=tier,
        subject=subject,
        status=Status.ERROR,
        message=problem.message,
        hint=problem.hint,
        location=location,
    )


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Seconds since the block was entered."""
    start = time.monotonic()
    yield lambda: time.monotonic() - start
