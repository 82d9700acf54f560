"""The user's tests of one tier, in the user's interpreter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.config.project import Project, Tier
from mlgate.errors import SourceError
from mlgate.gate.record import Record, could_not_check
from mlgate.gate.tests_processes import Processes, Setting
from mlgate.gate.tier_devices import prepare_devices
from mlgate.outcome import Outcome
from mlgate.pyramid.conclusion import Conclusion, conclude
from mlgate.pyramid.selection import Selection
from mlgate.sources import processes
from mlgate.sources.tests_history import read_test_history, write_test_history


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a tier is to be run, and how.

    Parameters
    ----------
    today : in UTC, for the quarantine
    selection : of the tests; all unless said
    arguments, variables : added to those of pytest, and to the environment of the tests
    handover : writes the file that tells the tests of datasets and baselines; called only once there are tests to run
    """

    today: dt.date
    selection: Selection = field(default_factory=Selection)
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    handover: Callable[[], Path] | None = None


def run_tests(project: Project, tier: Tier, record: Record, work: Path, asked: Asked) -> list[Outcome]:
    """Outcomes of the tier's tests: results read from the files that our plugin wrote.

    An interrupt leaves the results so far in the record before it goes on.
    """
    try:
        launcher = processes.find_launcher(project.root, tier.python)
    except SourceError as problem:
        return [_not_started(tier, problem)]
    found = prepare_devices(tier, record, work)
    told_them = () if asked.handover is None else (f"--mlgate-context={asked.handover()}",)
    setting = Setting(
        root=project.root,
        tier=tier,
        launcher=launcher,
        work=work,
        workers=found.workers,
        arguments=(*found.arguments, *told_them, *asked.arguments),
        variables={**found.variables, **asked.variables},
    )
    record.progress(f"{tier.name}: pytest {' '.join(tier.tests)}")
    running = Processes(setting, record.progress)
    try:
        running.run(asked.selection)
    except KeyboardInterrupt:
        record.add(*_concluded(project, running, asked).outcomes)
        raise
    except SourceError as problem:
        return [_not_started(tier, problem)]
    done = _concluded(project, running, asked)
    write_test_history(project.root, done.history)
    told = found.fingerprint(tier, [note for ending in running.ran.endings for note in ending.recorded.notes])
    record.fingerprint += [] if told is None else [told]
    record.progress(f"{tier.name}: {done.summary.reason} ({done.summary.duration_s:.1f} s)")
    return done.outcomes


def _concluded(project: Project, running: Processes, asked: Asked) -> Conclusion:
    return conclude(
        running.ran,
        seconds=running.seconds,
        today=asked.today,
        history=read_test_history(project.root),
        whole=asked.selection.is_whole,
    )


def _not_started(tier: Tier, problem: SourceError) -> Outcome:
    return could_not_check(
        problem,
        id=f"{tier.name}/pytest",
        check="pytest",
        tier=tier.name,
        subject=tier.name,
        location=tier.location,
    )
