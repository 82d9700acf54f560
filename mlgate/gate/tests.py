"""The user's tests of one tier, in the user's interpreter."""

from __future__ import annotations

from pathlib import Path

from mlgate.config.project import Project, Tier
from mlgate.errors import SourceError
from mlgate.gate.record import Record, could_not_check, timed
from mlgate.gate.tier_devices import prepare_devices
from mlgate.outcome import Outcome
from mlgate.pyramid.records import parse_records
from mlgate.pyramid.results import outcomes_of_tier, summarize
from mlgate.pyramid.tiers import pytest_command
from mlgate.sources import processes
from mlgate.sources.results_file import read_records


def run_tests(project: Project, tier: Tier, record: Record, work: Path) -> list[Outcome]:
    """Outcomes of the tier's tests: one process, results read from the file that our plugin wrote.

    An interrupt leaves the results so far in the record before it goes on.
    """
    try:
        launcher = processes.find_launcher(project.root, tier.python)
    except SourceError as problem:
        location = tier.location
        return [
            could_not_check(
                problem, id=f"{tier.name}/pytest", check="pytest", tier=tier.name, subject=tier.name, location=location
            )
        ]
    results = work / f"{tier.name}.jsonl"
    found = prepare_devices(tier, record, work)
    python_path = processes.inherited_python_path()
    command = pytest_command(tier, launcher=launcher, results=results, python_path=python_path, extra=found.arguments)
    variables = {**command.env, **found.variables}
    record.progress(f"{tier.name}: pytest {' '.join(tier.tests)}")
    with timed() as elapsed:
        try:
            done = processes.run(command.argv, cwd=project.root, env=variables, timeout_s=tier.budget_s)
        except KeyboardInterrupt:
            record.add(*outcomes_of_tier(tier, read_records(results), returncode=None, interrupted=True))
            raise
        except SourceError as problem:
            return [
                could_not_check(problem, id=f"{tier.name}/pytest", check="pytest", tier=tier.name, subject=tier.name)
            ]
        records = read_records(results)
        outcomes = outcomes_of_tier(
            tier, records, returncode=done.returncode, timed_out=done.timed_out, output_tail=done.output_tail
        )
        told = found.fingerprint(tier, parse_records(records).notes)
        record.fingerprint += [] if told is None else [told]
        summary = summarize(tier, records, outcomes, duration_s=elapsed())
    record.progress(f"{tier.name}: {summary.reason} ({summary.duration_s:.1f} s)")
    return outcomes
