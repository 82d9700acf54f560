"""`plan.json`: what must run, why, and in which jobs (`docs/plan.schema.json`).

Version 1 only ever adds fields, and a reader ignores fields that it does not know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlgate.outcome import TIERS, Outcome, outcome_from_dict, outcome_to_dict
from mlgate.pyramid.selection import Selection

PLAN_VERSION = 1
MOST_JOBS = 256
"""Jobs of one matrix, as GitHub allows them; a plan has a matrix for each of its two stages."""
MOST_SHARDS = MOST_JOBS
FIRST_STAGE = ("static", "unit", "data")
"""Tiers that start at once; the others wait until none of these blocks."""


class Decision(StrEnum):
    """What is to be done with a tier, a test file, a dataset or an evaluation."""

    RUN = "run"
    REUSE = "reuse"  # proven before, with the same inputs
    UNCHANGED = "unchanged"  # nothing that it reads differs from the merge base


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A test file (`name` is its path), a dataset or an evaluation; `expected_s` is None where it never ran."""

    name: str
    decision: Decision
    why: str
    expected_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTier:
    """A declared tier. `reused` are the outcomes of what is not run because it was proven before."""

    tier: str
    decision: Decision
    why: str
    tests: tuple[Part, ...] = ()
    datasets: tuple[Part, ...] = ()
    evaluations: tuple[Part, ...] = ()
    reused: tuple[Outcome, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.tests, *self.datasets, *self.evaluations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One process on one runner.

    Parameters
    ----------
    name : such as `unit-1`
    shard, of : 1-based number among the jobs of the tier
    files : test files that it runs; of the job with `rest` those that no other job names belong to it, too
    rest : whether it runs everything of the tier that no other job names; one job of a tier does
    timeout_minutes : after which its runner gives it up
    secrets : whether it reads data or baselines that lie elsewhere, for which a workflow hands it credentials
    withheld : why it is not started in this run; empty where it is
    """

    name: str
    tier: str
    shard: int
    of: int
    runner: tuple[str, ...]
    gpu: str | None = None
    files: tuple[str, ...] = ()
    rest: bool = False
    expected_s: float | None = None
    timeout_minutes: int = 360
    secrets: bool = False
    withheld: str = ""

    @property
    def stage(self) -> int:
        """1 or 2: see `FIRST_STAGE`."""
        return 1 if self.tier in FIRST_STAGE else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What must run for one commit.

    Parameters
    ----------
    config, config_digest : the file that declares it all, and the digest of all files that rule a run
    head, base : full ids; None where there is no commit, and where everything runs because there is no base
    found : how the base was found, or why there is none
    changed : paths that differ from the base, relative to the project
    """

    gate: str
    config: str
    config_digest: str
    head: str | None
    base: str | None
    found: str
    created_at: str
    mlgate: str
    mode: str = "enforce"
    strict: bool = False
    changed: tuple[str, ...] = ()
    tiers: tuple[PlannedTier, ...] = ()
    jobs: tuple[Job, ...] = ()

    def job(self, name: str) -> Job | None:
        return next((job for job in self.jobs if job.name == name), None)

    @property
    def digest(self) -> str:
        """Of all that it says: reports of two plans for one commit are not of one run."""
        text = json.dumps(plan_to_dict(self), sort_keys=True, allow_nan=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def selection_of(plan: Plan, job: Job) -> Selection:
    """The test files of a job. Together the jobs of a tier run every test that is not proven otherwise, each once."""
    if not job.rest:
        return Selection(only=job.files)
    others = [file for other in plan.jobs if other.tier == job.tier and other.name != job.name for file in other.files]
    (tier,) = [tier for tier in plan.tiers if tier.tier == job.tier]
    spared = [part.name for part in tier.tests if part.decision is not Decision.RUN]
    return Selection(only=None, without=tuple(sorted({*others, *spared})))


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """`plan.json` as a dict of strict JSON types."""
    head = {
        name: getattr(plan, name)
        for name in ("gate", "mode", "strict", "config", "config_digest", "head", "base", "found", "created_at")
    }
    return {
        "schema_version": PLAN_VERSION,
        **head,
        "mlgate": plan.mlgate,
        "changed": list(plan.changed),
        "tiers": [_tier_to_dict(tier) for tier in plan.tiers],
        "jobs": [_job_to_dict(job) for job in plan.jobs],
    }


def plan_from_dict(raw: Mapping[str, Any]) -> Plan:
    """Read back what `plan_to_dict` wrote; fields that are not known are ignored.

    Raises
    ------
    ValueError
        The mapping is no plan of version 1, or it would lose something: a tier that must run without a job that takes
        the rest of it, a name or a file that stands twice.
    """
    if raw.get("schema_version") != PLAN_VERSION:
        raise ValueError(f"schema_version is {raw.get('schema_version')!r}, this mlgate reads {PLAN_VERSION}")
    try:
        plan = Plan(
            **{name: _text(raw[name]) for name in ("gate", "config", "config_digest", "found", "created_at", "mlgate")},
            head=None if raw["head"] is None else _text(raw["head"]),
            base=None if raw["base"] is None else _text(raw["base"]),
            mode=_text(raw.get("mode", "enforce")),
            strict=bool(raw.get("strict", False)),
            changed=_texts(raw["changed"]),
            tiers=tuple(_tier_from_dict(item) for item in raw["tiers"]),
            jobs=tuple(_job_from_dict(item) for item in raw["jobs"]),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"not a plan: {problem!r}") from problem
    _require_whole(plan)
    return plan


def _require_whole(plan: Plan) -> None:
    """Refuse a plan in which something is lost or stands twice."""
    _require_distinct("tier", [tier.tier for tier in plan.tiers])
    _require_distinct("job", [job.name for job in plan.jobs])
    for tier in plan.tiers:
        if tier.decision is not Decision.RUN and any(part.decision is Decision.RUN for part in tier.parts):
            raise ValueError(f"the tier {tier.tier} is {tier.decision.value}, and a part of it has to run")
    known = {tier.tier: tier for tier in plan.tiers}
    for job in plan.jobs:
        if job.tier not in known:
            raise ValueError(f"the job {job.name} is of the tier {job.tier}, which the plan does not have")
    for tier in plan.tiers:
        jobs = [job for job in plan.jobs if job.tier == tier.tier]
        if sum(job.rest for job in jobs) != (1 if jobs else 0) or (tier.decision is Decision.RUN and not jobs):
            raise ValueError(f"the tier {tier.tier} has no job that runs all of it that no other job names")
        if sorted(job.shard for job in jobs) != list(range(1, len(jobs) + 1)) or any(j.of != len(jobs) for j in jobs):
            raise ValueError(f"the jobs of the tier {tier.tier} are not numbered from 1 to {len(jobs)}")
        _require_distinct("file", [file for job in jobs for file in job.files])


def _require_distinct(kind: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"the {kind} {name} stands twice in it")
        seen.add(name)


def _tier_to_dict(tier: PlannedTier) -> dict[str, Any]:
    return {
        "tier": tier.tier,
        "decision": tier.decision.value,
        "why": tier.why,
        "tests": [_part_to_dict(part, "path") for part in tier.tests],
        "datasets": [_part_to_dict(part, "name") for part in tier.datasets],
        "evaluations": [_part_to_dict(part, "name") for part in tier.evaluations],
        "reused": [outcome_to_dict(outcome) for outcome in tier.reused],
    }


def _tier_from_dict(raw: Mapping[str, Any]) -> PlannedTier:
    return PlannedTier(
        tier=_tier_name(raw["tier"]),
        decision=Decision(raw["decision"]),
        why=_text(raw["why"]),
        tests=tuple(_part_from_dict(item, "path") for item in raw["tests"]),
        datasets=tuple(_part_from_dict(item, "name") for item in raw["datasets"]),
        evaluations=tuple(_part_from_dict(item, "name") for item in raw["evaluations"]),
        reused=tuple(outcome_from_dict(item) for item in raw.get("reused", ())),
    )


def _part_to_dict(part: Part, key: str) -> dict[str, Any]:
    return {key: part.name, "decision": part.decision.value, "why": part.why, "expected_s": part.expected_s}


def _part_from_dict(raw: Mapping[str, Any], key: str) -> Part:
    return Part(
        name=_text(raw[key]),
        decision=Decision(raw["decision"]),
        why=_text(raw["why"]),
        expected_s=_seconds(raw.get("expected_s")),
    )


def _job_to_dict(job: Job) -> dict[str, Any]:
    names = (
        *("name", "tier", "stage", "shard", "of", "gpu"),
        *("rest", "expected_s", "timeout_minutes", "secrets", "withheld"),
    )
    return {**{name: getattr(job, name) for name in names}, "runner": list(job.runner), "files": list(job.files)}


def _job_from_dict(raw: Mapping[str, Any]) -> Job:
    return Job(
        name=_text(raw["name"]),
        tier=_tier_name(raw["tier"]),
        shard=int(raw["shard"]),
        of=int(raw["of"]),
        runner=_texts(raw["runner"]),
        gpu=None if raw.get("gpu") is None else _text(raw["gpu"]),
        files=_texts(raw["files"]),
        rest=bool(raw["rest"]),
        expected_s=_seconds(raw.get("expected_s")),
        timeout_minutes=int(raw["timeout_minutes"]),
        secrets=bool(raw.get("secrets", False)),
        withheld=_text(raw.get("withheld", "")),
    )


def _tier_name(value: object) -> str:
    if value not in TIERS:
        raise ValueError(f"{value!r} is no tier")
    return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return tuple(_text(item) for item in value)


def _seconds(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]  # anything else raises what callers expect
