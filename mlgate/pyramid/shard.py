"""A report that is to be merged with others, and the job that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.outcome import TIERS, Report
from mlgate.pyramid.plan_file import MOST_SHARDS, Job, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRef:
    """What a report says of the job that made it: entry `job` of its provenance.

    `plan` is the digest of the plan that the job is of; None where a job has none.
    """

    name: str
    tier: str
    shard: int
    of: int
    plan: str | None = None

    def provenance(self) -> dict[str, Any]:
        return {"name": self.name, "tier": self.tier, "shard": self.shard, "of": self.of, "plan": self.plan}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """What was found in one folder: a report, or the problem that it cannot be read with.

    `place` is the folder, as a person would name it.
    """

    place: str
    report: Report | None = None
    job: JobRef | None = None
    problem: str = ""
    hint: str = ""

    @property
    def name(self) -> str:
        return self.job.name if self.job is not None else self.place

    @property
    def tier(self) -> str:
        """The tier that its problem is shown in."""
        return self.job.tier if self.job is not None else TIERS[0]

    def fact(self, name: str) -> Any:
        """A fact of the report's provenance; None where it has none."""
        return self.report.provenance.get(name) if self.report is not None else None


def shard_of(place: str, report: Report) -> Shard:
    """A report with its job; where that is not what a job writes, the shard is a problem."""
    raw = report.provenance.get("job")
    if raw is None:
        return Shard(place=place, report=report)
    try:
        return Shard(place=place, report=report, job=_job_ref(raw))
    except (KeyError, TypeError, ValueError):
        return Shard(place=place, problem="what it says of its job is not what mlgate writes")


def job_ref(plan: Plan, job: Job) -> JobRef:
    """How a report names a job of a plan."""
    return JobRef(name=job.name, tier=job.tier, shard=job.shard, of=job.of, plan=plan.digest)


def _job_ref(raw: Mapping[str, Any]) -> JobRef:
    name, tier, plan = raw["name"], raw["tier"], raw.get("plan")
    shard, of = raw["shard"], raw["of"]
    if not isinstance(name, str) or not 0 < len(name) <= 200 or tier not in TIERS:
        raise ValueError("no name or tier")
    if any(type(number) is not int for number in (shard, of)) or not 1 <= shard <= of <= MOST_SHARDS:
        raise ValueError("no number")
    if plan is not None and not isinstance(plan, str):
        raise ValueError("no plan")
    return JobRef(name=name, tier=tier, shard=shard, of=of, plan=plan)
