"""Jobs of a plan that are not started in this run: what a stranger's code may not have, and what a draft need not."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from mlgate.pyramid.plan_file import Job, Plan

HOSTED = re.compile(r"(ubuntu|windows|macos)-[a-z0-9.-]+")
"""Labels of the runners that GitHub lends to everybody, new for each job. All others are somebody's own."""
FIRST_READ = "a maintainer starts it by hand for the commit that was read"


def with_secrets(plan: Plan, tiers: Collection[str]) -> Plan:
    """The plan whose jobs of these tiers say that they need credentials."""
    return replace(plan, jobs=tuple(replace(job, secrets=job.tier in tiers) for job in plan.jobs))


def withhold(plan: Plan, *, fork: bool = False, draft: bool = False) -> Plan:
    """The plan without what may not, or need not, be started; each such job says why.

    Parameters
    ----------
    fork : the commit is a stranger's: it gets no secrets, no GPU and no runner of somebody's own
    draft : nobody asks for the dear tiers yet
    """
    return replace(plan, jobs=tuple(replace(job, withheld=_why(job, fork=fork, draft=draft)) for job in plan.jobs))


def _why(job: Job, *, fork: bool, draft: bool) -> str:
    if fork and job.secrets:
        return f"needs secrets, which a pull request from a fork does not get: {FIRST_READ}"
    if fork and (job.gpu == "required" or not all(HOSTED.fullmatch(label) for label in job.runner)):
        return f"needs a runner of your own, which a pull request from a fork does not get: {FIRST_READ}"
    if draft and job.stage > 1:
        return "the pull request is a draft: this tier runs when it is marked as ready"
    return ""
