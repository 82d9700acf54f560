"""The jobs of a plan, and the matrix that a workflow starts them from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.project import Tier
from mlgate.pyramid.plan_file import FIRST_STAGE, MOST_JOBS, Decision, Job, Part, Plan, PlannedTier
from mlgate.pyramid.shards import balanced, expected_seconds, shard_counts

RUNNER = ("ubuntu-latest",)
SLACK_MINUTES = 15
"""To start a runner, install what the tests need, and pull data."""
LONGEST_MINUTES = 360
"""GitHub's own limit of a job, for a tier of which nothing says when it is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharding:
    """How a tier is dealt out: so many jobs that each has about `shard_seconds` of tests, at most `max_shards`."""

    max_shards: int = 8
    shard_seconds: float = 300.0


def jobs_of(
    tiers: Sequence[PlannedTier],
    declared: Mapping[str, Tier],
    sharding: Sharding,
    *,
    evaluations_s: float | None = 0.0,
) -> tuple[Job, ...]:
    """The jobs of all tiers that must run. Each test file that must run is in exactly one of them.

    Parameters
    ----------
    tiers : the decisions
    declared : what mlgate.yaml says of the tiers; one that is not there has no tests
    evaluations_s : time that the evaluations may take, in the first job of the model tier; None where nothing limits it
    """
    running = [tier for tier in tiers if tier.decision is Decision.RUN]
    jobs: list[Job] = []
    for first in (True, False):
        stage = [tier for tier in running if (tier.tier in FIRST_STAGE) is first]
        wanted = [_wanted(_to_run(tier), sharding) for tier in stage]
        for tier, count in zip(stage, shard_counts(wanted, MOST_JOBS), strict=True):
            known = declared.get(tier.tier) or Tier(name=tier.tier)
            extra = evaluations_s if tier.tier == "model" and tier.evaluations else 0.0
            jobs += _jobs(tier, known, count, extra)
    order = [tier.tier for tier in tiers]
    return tuple(sorted(jobs, key=lambda job: (order.index(job.tier), job.shard)))


def matrix_of(plan: Plan) -> dict[str, Any]:
    """The jobs of both stages as a workflow's `strategy.matrix` reads them; an empty one may not be started.

    A job that is withheld is in neither. One of the first stage blocks, so that the second is not started.
    """
    jobs = [job for job in plan.jobs if not job.withheld]
    if plan.mode != "advisory" and any(job.withheld and job.stage == 1 for job in plan.jobs):
        jobs = [job for job in jobs if job.stage == 1]
    stages = {name: [_entry(job) for job in jobs if job.stage == stage] for stage, name in ((1, "first"), (2, "then"))}
    return {
        **{name: {"include": entries} for name, entries in stages.items()},
        **{f"any_{name}": bool(entries) for name, entries in stages.items()},
    }


def _entry(job: Job) -> dict[str, Any]:
    names = ("name", "tier", "shard", "of", "gpu", "expected_s", "timeout_minutes", "secrets")
    return {**{name: getattr(job, name) for name in names}, "runner": list(job.runner)}


def _to_run(tier: PlannedTier) -> list[Part]:
    return [part for part in tier.tests if part.decision is Decision.RUN]


def _seconds(parts: Sequence[Part]) -> dict[str, float]:
    recorded = {part.name: part.expected_s for part in parts if part.expected_s is not None}
    return expected_seconds([part.name for part in parts], recorded)


def _wanted(parts: Sequence[Part], sharding: Sharding) -> int:
    needed = math.ceil(sum(_seconds(parts).values()) / sharding.shard_seconds)
    return max(1, min(needed, sharding.max_shards, len(parts), MOST_JOBS))


def _jobs(tier: PlannedTier, declared: Tier, count: int, extra_s: float | None) -> list[Job]:
    """The jobs of one tier. The first also runs what is no test, and every test that no other names."""
    parts = _to_run(tier)
    seconds = _seconds(parts)
    timed = any(part.expected_s is not None for part in parts)
    return [
        Job(
            name=f"{tier.tier}-{number}",
            tier=tier.tier,
            shard=number,
            of=count,
            runner=declared.runner or RUNNER,
            gpu=declared.gpu,
            files=tuple(files),
            rest=number == 1,
            expected_s=round(sum(seconds[file] for file in files), 3) if timed else None,
            timeout_minutes=_timeout(declared.limit_s, extra_s if number == 1 else 0.0, tests=bool(parts)),
        )
        for number, files in enumerate(balanced(seconds, count), start=1)
    ]


def _timeout(limit_s: float | None, extra_s: float | None, *, tests: bool) -> int:
    """Whole minutes after which a runner gives a job up: later than the gate does, so that there is a report."""
    if extra_s is None or (limit_s is None and tests) or (limit_s is None and not extra_s):
        return LONGEST_MINUTES
    return SLACK_MINUTES + math.ceil(((limit_s or 0.0) + extra_s) / 60)
