"""`mlgate report`: the reports of several jobs as one."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.gate.suite_changes import suite_changes
from mlgate.outcome import Report
from mlgate.pyramid.merge import merge_reports
from mlgate.pyramid.plan_file import Decision, Plan, plan_from_dict
from mlgate.pyramid.shard import Shard, shard_of
from mlgate.sources.files import find_config
from mlgate.sources.shard_folders import Found, read_plan, read_reports, require_outcomes


def merge_folders(
    folders: Sequence[Path],
    plan_file: Path | None,
    *,
    absent: Mapping[str, str] | None = None,
    clock: Callable[[], dt.datetime],
) -> Report:
    """The report of what the folders hold, held against a plan where there is one.

    `absent` says why a job of the plan has no report, by its name, where that is known.

    Raises
    ------
    UsageError
        Neither a folder nor a plan was named.
    SourceError
        The plan cannot be read.
    """
    if not folders and plan_file is None:
        raise UsageError("no folder was named", hint="name the folders that `mlgate run --output` wrote")
    plan = None if plan_file is None else load_plan(plan_file)
    # A plan names the jobs that must be there: a folder that holds none is no fault of its own.
    shards = [_shard(found) for found in read_reports(folders, may_lack=plan is not None)]
    command = shlex.join(["mlgate", "report", *(["--plan", str(plan_file)] if plan_file else []), *map(str, folders)])
    now = clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    return _with_tests_changed(merge_reports(shards, plan=plan, absent=absent, command=command, now=now), shards, plan)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def project_around(folder: Path) -> Path | None:
    """The folder that the paths of a report start from, where it is known here."""
    try:
        return find_config(folder).parent
    except UsageError:
        return None


def load_plan(path: Path) -> Plan:
    """A plan that `mlgate plan` wrote.

    Raises
    ------
    SourceError
        It cannot be read, or it is none.
    """
    try:
        plan = plan_from_dict(read_plan(path))
        require_outcomes([outcome for tier in plan.tiers for outcome in tier.reused])
        return plan
    except ValueError as problem:
        hint = "write it again with `mlgate plan --format json > plan.json`"
        raise SourceError(f"the plan {path.as_posix()} cannot be read: {problem}", hint=hint) from None


def _shard(found: Found) -> Shard:
    if found.report is None:
        return Shard(place=found.place, problem=found.problem, hint=found.hint)
    return shard_of(found.place, found.report)


def _with_tests_changed(report: Report, shards: Sequence[Shard], plan: Plan | None) -> Report:
    """What became of the tests of the baseline's run, told from the tests of all jobs."""
    recorded = next((raw for shard in shards if isinstance(raw := shard.fact("tests_before"), dict)), None)
    lines = recorded.get("tests") if recorded is not None else None
    if recorded is None or not isinstance(lines, list):
        return report
    commit, spared = recorded.get("commit"), _spared(plan)
    kept = "\n".join(line for line in lines if isinstance(line, str) and _file_of(line) not in spared)
    ran = [entry["tier"] for entry in report.provenance["tiers"] if not entry["reason"]]
    changed = suite_changes(kept, report.outcomes, ran, commit if isinstance(commit, str) else None)
    provenance: dict[str, Any] = {**report.provenance, **({"tests_changed": changed} if changed else {})}
    return replace(report, provenance=provenance)


def _spared(plan: Plan | None) -> set[str]:
    """Test files, by tier, that were not run because nothing that they read has changed: their tests are not gone."""
    if plan is None:
        return set()
    parts = [(tier.tier, part) for tier in plan.tiers for part in tier.tests if part.decision is Decision.UNCHANGED]
    return {f"{tier}/{part.name}" for tier, part in parts}


def _file_of(line: str) -> str:
    """The tier and file of a recorded test."""
    return line[2:].partition("::")[0]
