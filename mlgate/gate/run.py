"""`mlgate run`: load, check tier by tier, compare, report."""

from __future__ import annotations

import datetime as dt
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

from mlgate.errors import MlgateError, SourceError, UsageError
from mlgate.gate.accepted import apply_accepted
from mlgate.gate.data_drift import require_profiles
from mlgate.gate.datasets import require_data
from mlgate.gate.distinct import require_distinct
from mlgate.gate.file_times import keep_times
from mlgate.gate.handover import write_handover
from mlgate.gate.load import Loaded, declared_tiers, dvc_paths, load_all, load_project, require_something, select_tiers
from mlgate.gate.paths import path_matches
from mlgate.gate.planned_run import Planned, narrowed, not_of_the_plan, softened, with_plan
from mlgate.gate.policy import resolve_policy
from mlgate.gate.pull import Pulled, pull
from mlgate.gate.record import Progress, Record, could_not_check, timed
from mlgate.gate.reuse_run import open_reuse, run_id, run_or_reuse
from mlgate.gate.reuse_whole import data_checks, evaluations, reuse_or_check
from mlgate.gate.run_provenance import run_provenance
from mlgate.gate.suite_changes import suite_changes
from mlgate.gate.tests import Asked
from mlgate.gate.tier_checks import check_data, check_static, judge_evaluations
from mlgate.gate.tier_devices import absent_gpu
from mlgate.outcome import Outcome, Report, Status, judge
from mlgate.pyramid.selection import Selection

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for.

    `config` None means the nearest `mlgate.yaml` from `start` upwards; no tier means all; `mode` and `memory_limit`
    go before what the file says. `reuse` says whether results of earlier runs count; `cache` is the folder that holds
    them, None the project's own place; `output` is the folder of the report, which is no part of the project.
    With a `plan` one `job` of it is run, and nothing else.
    """

    start: Path
    config: Path | None = None
    tiers: tuple[str, ...] = ()
    keep_going: bool = False
    mode: str | None = None
    name: str = "default"
    strict: bool = False
    memory_limit: str | None = None
    seed: int = 0
    debug: bool = False
    reuse: bool = True
    cache: Path | None = None
    output: Path | None = None
    plan: Path | None = None
    job: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A report, whether the run was interrupted before its end, and the folder that its paths start from."""

    report: Report
    interrupted: bool = False
    root: Path | None = None


def run_gate(request: Request, *, progress: Progress, clock: Clock = utc_now) -> Done:
    """Run the gate once.

    Parameters
    ----------
    request : what was asked for
    progress : called with one line per step
    clock : gives the UTC time

    Raises
    ------
    UsageError
        Wrong usage or a mistake in our YAML files; nothing was run.
    SourceError
        The plan cannot be read.
    """
    started = clock()
    request, planned = with_plan(request)
    project = load_project(request.config, request.start)
    project = replace(project, memory_limit=request.memory_limit or project.memory_limit)
    require_something(project)
    require_distinct(project)
    loaded = load_all(project)
    require_data(loaded)
    require_profiles(loaded)
    tiers = select_tiers(project, request.tiers)
    record = Record(progress=progress, run=run_id(started), planned=planned)
    interrupted, ruled = False, None
    with timed() as elapsed, tempfile.TemporaryDirectory(prefix="mlgate-") as work:
        try:
            ruled = _ruled(loaded, tiers, request, record)
            if ruled is not None:
                loaded, tiers = ruled
                if request.reuse:
                    record.reuse = open_reuse(loaded.project, request, run=record.run, now=started)
                if _fits(planned, loaded, record):
                    part = loaded if planned is None else narrowed(loaded, planned)
                    _climb(part, tiers, request, record, Path(work), started)
        except KeyboardInterrupt:
            interrupted = True
            record.add(_interrupted(tiers, record))
        duration = elapsed()
    project = loaded.project if ruled is not None else replace(loaded.project, mode="enforce")
    report = Report(
        gate=request.name,
        outcomes=tuple(record.outcomes),
        started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        duration_s=round(duration, 3),
        provenance=run_provenance(project, request, record, tiers),
        mode=request.mode or project.mode,
        strict=request.strict,
    )
    keep_times(project.root, record.outcomes)
    return Done(report, interrupted, project.root)


def _fits(planned: Planned | None, loaded: Loaded, record: Record) -> bool:
    """Whether the plan, if there is one, is of the files that are here; else that is recorded."""
    refused = None if planned is None else not_of_the_plan(planned, loaded)
    if refused is not None:
        record.add(refused)
    return refused is None


def _ruled(
    loaded: Loaded, tiers: tuple[str, ...], request: Request, record: Record
) -> tuple[Loaded, tuple[str, ...]] | None:
    """What rules the run, and the tiers that it declares; None where that is not known. See `resolve_policy`."""
    try:
        policy = resolve_policy(loaded)
    except SourceError as problem:
        path = loaded.project.path
        record.add(could_not_check(problem, id="static/policy", check="policy", tier="static", subject=path))
        return None
    record.policy, record.base = policy.facts, policy.base
    if policy.loaded is loaded:
        return loaded, tiers
    ruling = policy.loaded
    limit = request.memory_limit or ruling.project.memory_limit
    ruling = replace(ruling, project=replace(ruling.project, memory_limit=limit))
    require_distinct(ruling.project)
    require_data(ruling)
    require_profiles(ruling)
    return ruling, select_tiers(ruling.project, request.tiers)


def _climb(
    loaded: Loaded, tiers: tuple[str, ...], request: Request, record: Record, work: Path, now: dt.datetime
) -> None:
    """Run the tiers, cheapest first; one that blocks stops the next unless the caller wants to keep going."""
    _run_tiers(loaded, tiers, request, record, work, now)
    if record.tests_before is not None and record.planned is None:  # else the merged report knows all tests
        recorded, commit = record.tests_before
        ran = [tier["tier"] for tier in record.tiers if not tier["reason"]]
        record.tests_changed = suite_changes(recorded, record.outcomes, ran, commit)


def _run_tiers(  # as above
    loaded: Loaded, tiers: tuple[str, ...], request: Request, record: Record, work: Path, now: dt.datetime
) -> None:
    blocked = ""
    keep_going = request.keep_going or (request.mode or loaded.project.mode) == "advisory"
    needed = dvc_paths(loaded.project, tiers)
    for tier in tiers:
        if blocked and not keep_going:
            reason = f"not run: the {blocked} tier blocks"
            record.add(_tier_outcome(tier, Status.SKIP, reason, "correct it first, or run with --keep-going"))
            record.tiers.append({"tier": tier, "status": "skip", "duration_s": 0.0, "reason": reason})
            if tier == "model":
                from mlgate.gate.evaluations import name_baselines

                name_baselines(loaded.project, record, now)
            continue
        first = len(record.outcomes)
        with timed() as elapsed:
            try:
                _run_tier(loaded, tier, needed[tier], record, work, request, now)
            except UsageError:
                raise
            except Exception as unexpected:  # noqa: BLE001  # a defect of ours in one tier must not lose the rest
                record.add(_defect(tier, unexpected, record, debug=request.debug))
            found = list(apply_accepted(record.outcomes[first:], loaded.project.accepted, now.date()))
            record.outcomes[first:] = found
            if not found:
                record.add(_tier_outcome(tier, Status.SKIP, "nothing is declared for this tier", ""))
            skipped = all(outcome.status is Status.SKIP for outcome in found)
            status = Status.SKIP if skipped else judge(found)
            record.tiers.append(
                {"tier": tier, "status": status.value, "duration_s": round(elapsed(), 3), "reason": None}
            )
        blocked = tier if status.blocks and not blocked else blocked


def _run_tier(  # noqa: PLR0913, PLR0917  # one step per kind of check; each takes only what it needs
    loaded: Loaded, tier: str, paths: tuple[str, ...], record: Record, work: Path, request: Request, now: dt.datetime
) -> None:
    project = loaded.project
    if tier not in declared_tiers(project):
        return
    rest = record.planned is None or record.planned.job.rest
    if tier == "static" and rest:
        check_static(loaded, record)
    if not _inputs_are_right(loaded, tier, paths, record, request, now):
        return
    if tier in project.tiers and project.tiers[tier].tests:
        told = partial(write_handover, project, tier, record, work, seed=request.seed, now=now)
        selection = Selection() if record.planned is None else record.planned.selection
        asked = Asked(today=now.date(), selection=selection, handover=told)
        record.add(*softened(run_or_reuse(project, project.tiers[tier], record, work, asked), selection))
    if tier == "model" and rest:
        judge_all = partial(judge_evaluations, loaded, record, work, request, now)
        reuse_or_check(evaluations(project), record, judge_all)


def _inputs_are_right(
    loaded: Loaded, tier: str, paths: tuple[str, ...], record: Record, request: Request, now: dt.datetime
) -> bool:
    """Pull what the tier reads and judge the datasets; whether its tests and evaluations can prove anything."""
    project = loaded.project
    gpu = absent_gpu(project.tiers[tier], record) if tier in project.tiers else None
    if gpu is not None:
        record.add(gpu)
        if tier != "data":
            return False  # nothing is pulled for what cannot run here
    pulled = pull(project.root, paths, record) if paths else Pulled()
    judged = []
    if tier == "data" and (record.planned is None or record.planned.job.rest):
        check = partial(check_data, loaded, pulled, record, request, now)
        reuse_or_check(data_checks(project, strict=request.strict), record, check)
        judged = [dataset.path for dataset in project.datasets.values()]
    for path, problem in pulled.problems.items():
        if not any(path_matches(path, pattern) for pattern in judged):
            record.add(_not_pulled(tier, path, problem))
    return gpu is None and not pulled.problems


def _not_pulled(tier: str, path: str, problem: MlgateError) -> Outcome:
    return could_not_check(
        problem, id=f"{tier}/pull/{quote(path, safe='/=._-')}", check="pull", tier=tier, subject=path
    )


def _defect(tier: str, unexpected: Exception, record: Record, *, debug: bool) -> Outcome:
    if debug:
        record.progress("".join(traceback.format_exception(unexpected)))
    message = f"unexpected {type(unexpected).__name__}: {unexpected}"
    hint = "this is a defect of mlgate; run again with `mlgate --debug run` and report the traceback"
    return replace(_tier_outcome(tier, Status.ERROR, message, hint), id=f"{tier}/defect", check="defect")


def _tier_outcome(tier: str, status: Status, message: str, hint: str) -> Outcome:
    return Outcome(id=f"{tier}/tier", check="tier", tier=tier, subject=tier, status=status, message=message, hint=hint)


def _interrupted(tiers: tuple[str, ...], record: Record) -> Outcome:
    tier = tiers[min(len(record.tiers), len(tiers) - 1)]
    message = f"interrupted during the {tier} tier: what follows was not checked"
    return replace(
        _tier_outcome(tier, Status.ERROR, message, "run again"), id=f"{tier}/interrupted", check="interrupted"
    )
