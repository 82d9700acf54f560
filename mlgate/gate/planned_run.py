"""One job of a plan: what of its tier it runs, and whether the plan is of the files that are here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlgate.errors import UsageError
from mlgate.gate.report_merge import load_plan
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.plan_file import Decision, Job, Plan, selection_of
from mlgate.pyramid.selection import Selection
from mlgate.pyramid.shard import job_ref

if TYPE_CHECKING:
    from mlgate.config.project import Project
    from mlgate.gate.load import Loaded
    from mlgate.gate.record import Record
    from mlgate.gate.run import Request

PYTEST_NOTHING = 5


@dataclass(frozen=True, slots=True)
class Planned:
    """A job and its plan."""

    plan: Plan
    job: Job

    @property
    def selection(self) -> Selection:
        """The tests that the job runs."""
        return selection_of(self.plan, self.job)

    @property
    def has_tests(self) -> bool:
        """Whether there is a test for it to run. A tier of which no test file is known asks pytest, which will tell."""
        known = self._tier.tests
        return bool(self.job.files) or not known

    @property
    def _tier(self) -> Any:
        (tier,) = [tier for tier in self.plan.tiers if tier.tier == self.job.tier]
        return tier

    def spared(self, kind: str) -> set[str]:
        """Datasets or evaluations of the tier that are not run."""
        return {part.name for part in getattr(self._tier, kind) if part.decision is not Decision.RUN}

    def provenance(self, record: Record) -> dict[str, Any]:
        """What the report of the job says, for the reports of all jobs to be merged."""
        facts: dict[str, Any] = {"job": job_ref(self.plan, self.job).provenance()}
        if record.tests_before is not None:
            text, commit = record.tests_before
            facts["tests_before"] = {"commit": commit, "tests": text.split("\n")}
        return facts


def with_plan(request: Request) -> tuple[Request, Planned | None]:
    """The request as a plan narrows it, and the job; None where no plan was named.

    Raises
    ------
    UsageError
        There is no such job, or one of plan and job is missing.
    SourceError
        The plan cannot be read.
    """
    if request.plan is None and request.job is None:
        return request, None
    if request.plan is None or request.job is None:
        raise UsageError("--plan and --job belong together", hint="see the jobs with `mlgate plan`")
    if request.tiers:
        raise UsageError("--tier and --job exclude each other", hint="a job is of one tier: leave --tier out")
    plan = load_plan(request.plan)
    job = plan.job(request.job)
    if job is None:
        known = ", ".join(job.name for job in plan.jobs[:10]) or "none: nothing has to run"
        raise UsageError(f"the plan has no job {request.job!r}", hint=f"its jobs: {known}")
    narrowed = replace(
        request,
        tiers=(job.tier,),
        name=plan.gate,
        mode=request.mode or plan.mode,
        strict=request.strict or plan.strict,
    )
    return narrowed, Planned(plan, job)


def not_of_the_plan(planned: Planned, loaded: Loaded) -> Outcome | None:
    """The `error` of a job whose plan was made for another commit or for other rules; None where it fits."""
    from mlgate.gate.plan import config_digest
    from mlgate.sources import git

    plan, tier = planned.plan, planned.job.tier
    head = git.head(loaded.project.root)
    if head != plan.head:
        message = f"the plan is for commit {_short(plan.head)}, checked out is {_short(head)}"
    elif loaded.project.path != plan.config or config_digest(loaded)[0] != plan.config_digest:
        message = f"{loaded.project.path} or a schema is not as it was when the plan was made"
    else:
        return None
    return Outcome(
        id=f"{tier}/plan",
        check="plan",
        tier=tier,
        subject=planned.job.name,
        status=Status.ERROR,
        message=message,
        hint="make the plan and run its jobs on one commit: check out the commit that `mlgate plan` ran on",
    )


def narrowed(loaded: Loaded, planned: Planned) -> Loaded:
    """What the job checks beside tests: all of its tier that must run, or nothing where another job has the rest."""
    return replace(loaded, project=_narrowed(loaded.project, planned))


def _narrowed(project: Project, planned: Planned) -> Project:
    tier = project.tiers.get(planned.job.tier)
    if planned.job.tier == "data":
        spared = planned.spared("datasets")
        if tier is not None and tier.tests and planned.has_tests:  # they may read any of them
            spared = set()
        kept = set(project.datasets) - spared
        project = replace(
            project,
            datasets={name: dataset for name, dataset in project.datasets.items() if name in kept},
            splits=tuple(entry for entry in project.splits if kept.issuperset(entry.datasets)),
            skew=tuple(entry for entry in project.skew if {entry.training, entry.serving} <= kept),
            drift=tuple(d for d in project.drift if d.current in kept and (d.is_profile or d.reference in kept)),
        )
    if planned.job.tier == "model":
        spared = planned.spared("evaluations")
        kept_evaluations = {name: e for name, e in project.evaluations.items() if name not in spared}
        project = replace(project, evaluations=kept_evaluations)
    if tier is not None and not planned.has_tests:
        project = replace(project, tiers={**project.tiers, tier.name: replace(tier, tests=(), datasets=(), needs=())})
    return project


def softened(outcomes: Iterable[Outcome], selection: Selection) -> list[Outcome]:
    """The outcomes of a part of a tier. That it held no test, or skipped ones alone, is judged with the other parts.

    Here it is a warning with `nothing_checked` in its evidence; the merged report makes an error of it where no other
    part of the tier proved anything.
    """
    found = list(outcomes)
    if selection.is_whole:
        return found
    rest = [outcome for outcome in found if outcome.check != "pytest"]
    return [_softened(outcome, rest) if outcome.check == "pytest" else outcome for outcome in found]


def _softened(outcome: Outcome, rest: Collection[Outcome]) -> Outcome:
    code = outcome.evidence.get("returncode")
    nothing = code == PYTEST_NOTHING and not rest
    skipped = code == 0 and bool(rest) and all(other.status is Status.SKIP for other in rest)
    if not (nothing or skipped):
        return outcome
    return replace(outcome, status=Status.WARN, evidence={**outcome.evidence, "nothing_checked": True})


def _short(commit: str | None) -> str:
    return commit[:12] if commit else "none"
