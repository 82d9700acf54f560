"""What a plan says of a run that its reports cannot say: jobs that did not report, and what had no need to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mlgate.outcome import Outcome, Status
from mlgate.pyramid.judgement import outcome_id
from mlgate.pyramid.plan_file import FIRST_STAGE, Decision, Job, Part, Plan, PlannedTier
from mlgate.pyramid.shard import Shard

NAMED = 100
"""So many parts of a tier are named in the evidence; all are counted."""


def of_the_plan(
    plan: Plan, kept: Sequence[Shard], found: Iterable[Outcome], absent: Mapping[str, str] | None = None
) -> list[Outcome]:
    """Outcomes that follow from the plan.

    Parameters
    ----------
    kept : the reports of its jobs
    found : outcomes of these reports, and of those that were left out
    absent : why a job has no report, by its name, where that is known

    Returns
    -------
    list of Outcome
        A job without a report is an `error`; `skip` where a tier of the first stage blocks, since the jobs of the
        second are not started then. A tier of which nothing had to run, or not all, has one outcome that says so.
        What was proven before is there as it was proven.
    """
    reported = {shard.name for shard in kept}
    lost = [job for job in plan.jobs if job.name not in reported]
    why = {job.name: job.withheld for job in lost if job.withheld} | dict(absent or {})
    outcomes = [_lost(job, why.get(job.name, "")) for job in lost if job.stage == 1]
    blocker = _blocker([*found, *outcomes])
    spared = blocker is not None and plan.mode != "advisory"
    later = [job for job in lost if job.stage > 1]
    outcomes += [_not_started(job, str(blocker)) if spared else _lost(job, why.get(job.name, "")) for job in later]
    for tier in plan.tiers:
        outcomes += tier.reused
        unchanged = [part for part in tier.parts if part.decision is Decision.UNCHANGED]
        if tier.decision is Decision.UNCHANGED or unchanged:
            outcomes.append(_unchanged(plan, tier, unchanged))
    return outcomes


def _blocker(found: Iterable[Outcome]) -> str | None:
    """The cheapest tier of the first stage that blocks."""
    blocking = {outcome.tier for outcome in found if outcome.status.blocks}
    return next((tier for tier in FIRST_STAGE if tier in blocking), None)


def _lost(job: Job, why: str) -> Outcome:
    return Outcome(
        id=outcome_id(job.tier, f"job/{job.name}"),
        check="job",
        tier=job.tier,
        subject=job.name,
        status=Status.ERROR,
        message=why or f"the job {job.name} did not report{_content(job)}",
        hint=_HINTS["withheld" if job.withheld else "absent" if why else ""],
    )


_HINTS = {
    "": "see its log: it was not started, was cancelled, or lost its report; then run it again",
    "withheld": "what to do stands in the workflow and in docs/github.md; nothing of it was checked",
    "absent": "start a runner that it can take, or correct `runner` of the tier; then run it again",
}


def _not_started(job: Job, blocker: str) -> Outcome:
    return Outcome(
        id=outcome_id(job.tier, f"job/{job.name}"),
        check="job",
        tier=job.tier,
        subject=job.name,
        status=Status.SKIP,
        message=f"not run: the {blocker} tier blocks",
        hint="correct it first",
    )


def _content(job: Job) -> str:
    if job.of == 1:
        return f": nothing of the {job.tier} tier was checked"
    if not job.files:
        return ""
    files = "1 test file" if len(job.files) == 1 else f"{len(job.files)} test files"
    return f": {files} of the {job.tier} tier {'was' if len(job.files) == 1 else 'were'} not checked"


def _unchanged(plan: Plan, tier: PlannedTier, parts: Sequence[Part]) -> Outcome:
    """What is not run because nothing that it reads differs from the merge base."""
    base = f"the merge base {plan.base[:7]}" if plan.base else "the merge base"
    if tier.decision is Decision.UNCHANGED:
        message = f"nothing that this tier reads differs from {base}"
    else:
        message = f"{_counted(tier, parts)} of this tier read nothing that differs from {base}"
    return Outcome(
        id=f"{tier.tier}/unchanged",
        check="unchanged",
        tier=tier.tier,
        subject=tier.tier,
        status=Status.PASS,
        message=message,
        evidence={
            "base": plan.base,
            "found": plan.found,
            "head": plan.head,
            "why": tier.why,
            "changed": len(plan.changed),
            "whole": tier.decision is Decision.UNCHANGED,
            "not_run": len(parts),
            "tests": sum(part in tier.tests for part in parts),
            "parts": [part.name for part in parts[:NAMED]],
        },
    )


def _counted(tier: PlannedTier, parts: Sequence[Part]) -> str:
    """Such as "12 of 20 test files and 1 of 2 datasets"."""
    names = {part.name for part in parts}
    told = []
    for kind, of in (("test file", tier.tests), ("dataset", tier.datasets), ("evaluation", tier.evaluations)):
        spared = sum(part.decision is Decision.UNCHANGED and part.name in names for part in of)
        if spared:
            told.append(f"{spared} of {len(of)} {kind}{'' if len(of) == 1 else 's'}")
    return " and ".join(told)
