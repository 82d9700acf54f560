"""A tier's tests, of which only those run that are not proven."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.project import Project, Tier
from mlgate.errors import SourceError
from mlgate.gate.record import Record
from mlgate.gate.tests import Asked, run_tests
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.quarantine import apply_quarantine
from mlgate.pyramid.selection import Selection
from mlgate.sources import environment, processes

if TYPE_CHECKING:
    from mlgate.gate.reuse import Decided, Reuse
    from mlgate.gate.run import Request

PYTEST_NOTHING = 5


def run_id(now: dt.datetime) -> str:
    """What later runs call this one: where a CI service counts its runs, that number."""
    return environment.ci_run() or now.isoformat(timespec="microseconds").replace("+00:00", "Z")


def open_reuse(project: Project, request: Request, *, run: str, now: dt.datetime) -> Reuse:
    """Proofs of earlier runs, in the folder that was asked for or the project's own place."""
    from mlgate.gate.reuse import Reuse

    cache = None if request.cache is None else request.cache.absolute()
    return Reuse(project, run=run, now=now, seed=request.seed, folder=cache, left_out=request.output)


def run_or_reuse(project: Project, tier: Tier, record: Record, work: Path, asked: Asked) -> list[Outcome]:
    """Outcomes of the tier's tests: of earlier runs where nothing changed that they hang on, else of this one."""
    reuse = record.reuse
    try:
        launcher = processes.find_launcher(project.root, tier.python)
    except SourceError:
        return run_tests(project, tier, record, work, asked)  # which says so
    if reuse is None or not _by_file(asked.selection):
        found = run_tests(project, tier, record, work, asked)
        if reuse is not None:
            reuse.state.forget()
        return found
    decided = _asked_of(reuse.decide(tier, launcher), asked.selection)
    if decided.whole:
        record.progress(f"{tier.name}: all results are reused, nothing changed")
        _tell(tier, decided, {}, record)
        return _with_quarantine(tier, decided.outcomes, asked)
    folder = work / f"{tier.name}-trace"
    folder.mkdir()
    selection = replace(asked.selection, without=(*asked.selection.without, *sorted(decided.proven)))
    asked_of_tests = replace(
        asked, selection=selection, arguments=(*asked.arguments, f"--mlgate-trace={folder.resolve()}")
    )
    found = _explained(run_tests(project, tier, record, work, asked_of_tests), decided.outcomes)
    refused = _proven(reuse, tier, launcher, found, folder, record, all_tests=asked.selection.is_whole)
    _tell(tier, decided, refused, record)
    together = [*decided.outcomes, *found]
    return _with_quarantine(tier, together, asked) if decided.proven and asked.selection.is_whole else together


def _proven(  # noqa: PLR0913  # a step of `run_or_reuse`, with what that knows
    reuse: Reuse,
    tier: Tier,
    launcher: Sequence[str],
    found: list[Outcome],
    folder: Path,
    record: Record,
    *,
    all_tests: bool,
) -> dict[str, str]:
    """Keep what can be kept; a defect of ours in it must not lose what the tests said."""
    from mlgate.gate.reuse import read_traces

    try:
        return reuse.prove(tier, launcher, found, read_traces(folder), all_tests=all_tests)
    except Exception as unexpected:  # noqa: BLE001  # as said
        record.progress(f"{tier.name}: results cannot be kept: {type(unexpected).__name__}: {unexpected}")
        return {}


def _by_file(selection: Selection) -> bool:
    """Whether the selection takes or leaves whole files: of a part of a file there is no proof."""
    return not any("::" in entry for entry in (*(selection.only or ()), *selection.without))


def _asked_of(decided: Decided, selection: Selection) -> Decided:
    """Of what is proven, what the selection asks for."""
    asked = {
        path: outcomes
        for path, outcomes in decided.proven.items()
        if (selection.only is None or path in selection.only) and path not in selection.without
    }
    whole = decided.whole if selection.only is None else asked.keys() >= set(selection.only)
    return replace(decided, proven=asked, whole=whole)


def _explained(found: list[Outcome], proven: list[Outcome]) -> list[Outcome]:
    """What ran, without the error that nothing was left to run or that all of it was skipped, where others passed."""
    if not any(outcome.status is Status.PASS for outcome in proven):
        return found
    rest = [outcome for outcome in found if outcome.check != "pytest"]
    for outcome in found:
        if outcome.check == "pytest":
            code = outcome.evidence.get("returncode")
            nothing = code == PYTEST_NOTHING and not rest
            skipped = code == 0 and rest and all(other.status is Status.SKIP for other in rest)
            if not (nothing or skipped):
                rest.append(outcome)
    return rest


def _with_quarantine(tier: Tier, outcomes: list[Outcome], asked: Asked) -> list[Outcome]:
    """The outcomes, and what the quarantine says of tests that are not among them."""
    known = {outcome.id for outcome in outcomes}
    judged = apply_quarantine(tier, outcomes, today=asked.today, whole=True)
    return [*outcomes, *(outcome for outcome in judged if outcome.id not in known)]


def _tell(tier: Tier, decided: Decided, refused: dict[str, str], record: Record) -> None:
    """What the report says of reuse."""
    outcomes = decided.outcomes
    entry: dict[str, Any] = {
        "tier": tier.name,
        "files": len(decided.proven),
        "tests": len(outcomes),
        "runs": sorted({str(outcome.reused_from) for outcome in outcomes}),
        "run_again": dict(sorted(decided.why.items())),
        "not_kept": dict(sorted(refused.items())),
    }
    if outcomes:
        entry["since"] = min(str(outcome.evidence["reused"]["proven_at"]) for outcome in outcomes)
        record.progress(f"{tier.name}: {len(outcomes)} results reused, the oldest of {entry['since']}")
    record.reused.append(entry)
