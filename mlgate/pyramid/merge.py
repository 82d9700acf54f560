"""Reports of several jobs as one. What is missing, stands twice or does not belong together is an `error`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.outcome import TIERS, Outcome, Report, Status
from mlgate.pyramid.empty_parts import settled
from mlgate.pyramid.judgement import outcome_id
from mlgate.pyramid.merge_provenance import merged_provenance, wall_time
from mlgate.pyramid.plan_file import Plan
from mlgate.pyramid.planned import of_the_plan
from mlgate.pyramid.shard import Shard

WORST_FIRST = (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS, Status.SKIP)


def merge_reports(
    shards: Sequence[Shard],
    *,
    plan: Plan | None = None,
    absent: Mapping[str, str] | None = None,
    command: str,
    now: str,
) -> Report:
    """One report of several.

    Parameters
    ----------
    shards : what was found in the folders that were named
    plan : what had to run; without one it is what is there, and the shards that the reports themselves count
    absent : why a job of the plan has no report, by its name, where that is known
    command : the command line, for the provenance
    now : UTC, ISO 8601 with a final `Z`; the start of a report that is merged from nothing

    Returns
    -------
    Report
        Its outcomes stand in the order of the tiers, each shard's in its own. A report of another gate, commit,
        configuration or plan is left out and an `error`, but a `skip` where it is of an earlier plan for the same
        commit, as after a run that was started again. A report that cannot be read, that stands twice, or of which all
        was skipped is an `error`; so is a job that did not report, and an id of which two reports say different things.
        It is advisory where the plan and all reports are, and strict where one is.
    """
    kept, problems = _sorted_out(shards, plan)
    found = [*problems, *_merged(kept), *_of_nothing(kept)]
    found += of_the_plan(plan, kept, found, absent) if plan is not None else _uncounted(kept)
    reports = [shard.report for shard in kept if shard.report is not None]
    given = [shard.report for shard in shards if shard.report is not None]
    modes = {report.mode for report in given} | ({plan.mode} if plan is not None else set())
    started, duration = wall_time(reports, now=plan.created_at if plan is not None else now)
    outcomes = settled(sorted(found, key=lambda outcome: _tier_place(outcome.tier)))
    return Report(
        gate=plan.gate if plan is not None else reports[0].gate if reports else "default",
        outcomes=tuple(outcomes),
        started_at=started,
        duration_s=duration,
        provenance=merged_provenance(kept, outcomes, plan=plan, command=command),
        mode="advisory" if modes == {"advisory"} else "enforce",
        strict=any(report.strict for report in given) or (plan is not None and plan.strict),
    )


@dataclass(frozen=True, slots=True)
class _Reference:
    """What all reports must agree on: what the plan says, else what the first of them says."""

    plan: Plan | None
    first: Report | None

    @property
    def gate(self) -> str | None:
        if self.plan is not None:
            return self.plan.gate
        return self.first.gate if self.first is not None else None

    def fact(self, name: str) -> object:
        if self.plan is not None:
            return {"commit": self.plan.head, "config": self.plan.config}[name]
        return self.first and self.first.provenance.get(name)


def _sorted_out(shards: Sequence[Shard], plan: Plan | None) -> tuple[list[Shard], list[Outcome]]:
    """The shards that belong together, in the order of tiers and jobs, and an `error` for each of the others."""
    ordered = sorted(shards, key=_place)
    first = next((shard.report for shard in ordered if shard.report is not None), None)
    reference = _Reference(plan, first)
    kept: list[Shard] = []
    problems: list[Outcome] = []
    for shard in ordered:
        refused = next(((rule, why) for rule in RULES if (why := rule(shard, reference, kept))), None)
        if refused is None:
            kept.append(shard)
        else:
            rule, why = refused
            stale = rule is _of_another_plan and _has_another_plan(shard, plan)
            problems.append(_refused(shard, why, len(problems), Status.SKIP if stale else Status.ERROR))
    return kept, problems


def _unreadable(shard: Shard, _: _Reference, __: Sequence[Shard]) -> str | None:
    return shard.problem or None


def _of_another_gate(shard: Shard, reference: _Reference, _: Sequence[Shard]) -> str | None:
    gate = shard.report and shard.report.gate
    return None if gate == reference.gate else f"it is of the gate {gate!r}, not of {reference.gate!r}"


def _of_another_commit(shard: Shard, reference: _Reference, _: Sequence[Shard]) -> str | None:
    commit, expected = shard.fact("commit"), reference.fact("commit")
    return None if commit == expected else f"it is of commit {_short(commit)}, not of {_short(expected)}"


def _of_another_config(shard: Shard, reference: _Reference, _: Sequence[Shard]) -> str | None:
    config, expected = shard.fact("config"), reference.fact("config")
    return None if config == expected else f"it was ruled by {config or 'no file'}, not by {expected or 'no file'}"


def _of_another_plan(shard: Shard, reference: _Reference, _: Sequence[Shard]) -> str | None:
    plan, job = reference.plan, shard.job
    if plan is None:
        return None
    if job is None:
        return "it was not made by a job of the plan"
    if job.plan != plan.digest:
        return f"its job {job.name} is of another plan"
    planned = plan.job(job.name)
    if planned is None or (planned.tier, planned.shard, planned.of) != (job.tier, job.shard, job.of):
        return f"the plan has no such job as its {job.name}"
    return None


def _has_another_plan(shard: Shard, plan: Plan | None) -> bool:
    """Whether it is of a job of another plan: what this plan needs in its place is an `error` where it is not there."""
    if plan is None or shard.job is None:
        return False
    return shard.job.plan is not None and shard.job.plan != plan.digest


def _there_already(shard: Shard, _: _Reference, kept: Sequence[Shard]) -> str | None:
    for other in kept:
        if other.name == shard.name:
            return f"{other.place} has a report of {shard.name} already"
        if shard.job and other.job and (shard.job.tier, shard.job.shard) == (other.job.tier, other.job.shard):
            return f"{other.place} has a report of shard {shard.job.shard} of the {shard.job.tier} tier already"
    return None


RULES: tuple[Callable[[Shard, _Reference, Sequence[Shard]], str | None], ...] = (
    _unreadable,
    _of_another_gate,
    _of_another_commit,
    _of_another_config,
    _of_another_plan,
    _there_already,
)
"""Why a report is left out: the first that applies. Each is given those that were kept before it."""


def _of_nothing(kept: Sequence[Shard]) -> list[Outcome]:
    """Reports that are an `error` by themselves because all was skipped: others do not prove it in their place."""
    return [
        Outcome(
            id=outcome_id(shard.tier, f"shard/nothing/{shard.name}"),
            check="shard",
            tier=shard.tier,
            subject=shard.place,
            status=Status.ERROR,
            message=f"the report in {shard.place} proves nothing: {_what_it_has(shard.report)}",
            hint="its outcomes say why",
        )
        for shard in kept
        if shard.report is not None and all(outcome.status is Status.SKIP for outcome in shard.report.outcomes)
    ]


def _what_it_has(report: Report) -> str:
    return "all of it was skipped" if report.outcomes else "it is empty"


def _refused(shard: Shard, why: str, number: int, status: Status) -> Outcome:
    return Outcome(
        id=outcome_id(shard.tier, f"shard/{number + 1}/{shard.name}"),
        check="shard",
        tier=shard.tier,
        subject=shard.place,
        status=status,
        message=f"the report in {shard.place} is left out: {why}",
        hint=shard.hint or "name the folders of one run, each once; run the job again where its report is damaged",
    )


def _uncounted(kept: Sequence[Shard]) -> list[Outcome]:
    """Without a plan: shards that others count and that are not there."""
    found = []
    for tier in TIERS:
        jobs = [shard.job for shard in kept if shard.job is not None and shard.job.tier == tier]
        counts = sorted({job.of for job in jobs})
        if len(counts) > 1:
            told = " and ".join(map(str, counts))
            found.append(_of_the_tier(tier, "count", f"the reports of the {tier} tier are of {told} shards"))
        for number in sorted(set(range(1, max(counts, default=0) + 1)) - {job.shard for job in jobs}):
            missing = f"shard {number} of {counts[-1]} of the {tier} tier did not report"
            found.append(_of_the_tier(tier, f"{tier}-{number}", missing))
    return found


def _of_the_tier(tier: str, name: str, message: str) -> Outcome:
    return Outcome(
        id=f"{tier}/shard/{name}",
        check="shard",
        tier=tier,
        subject=name,
        status=Status.ERROR,
        message=message,
        hint="name the folders of all jobs of one run; run a job again where it has none",
    )


def _merged(kept: Sequence[Shard]) -> list[Outcome]:
    """The outcomes of all shards. One that stands in several is kept once where they say the same.

    What a job says of its own run (`unit/pytest`) gets the job's name; of anything else the worse one is kept, beside
    an `error`.
    """
    places: dict[str, tuple[Shard, int]] = {}
    merged: list[Outcome] = []
    twice: list[Outcome] = []
    for shard in kept:
        for outcome in shard.report.outcomes if shard.report is not None else ():
            first, place = places.setdefault(outcome.id, (shard, len(merged)))
            if first is shard:
                merged.append(outcome)
            elif replace(merged[place], duration_s=0.0) == replace(outcome, duration_s=0.0):
                continue
            elif outcome.id == f"{outcome.tier}/{outcome.check}":
                merged.append(replace(outcome, id=outcome_id(outcome.tier, f"{outcome.check}/{shard.name}")))
            else:
                twice.append(_said_twice(outcome, first, shard))
                merged[place] = min(merged[place], outcome, key=lambda said: WORST_FIRST.index(said.status))
    return merged + twice


def _said_twice(outcome: Outcome, first: Shard, second: Shard) -> Outcome:
    tier = outcome.tier if outcome.tier in TIERS else TIERS[0]
    return Outcome(
        id=outcome_id(tier, f"shard/{second.name}/{outcome.id}"),
        check="shard",
        tier=tier,
        subject=outcome.id,
        status=Status.ERROR,
        message=f"{first.place} and {second.place} both judge {outcome.id}, and not alike",
        hint="let one job run it; the worse of the two is shown",
    )


def _place(shard: Shard) -> tuple[int, int, str]:
    """Its tier, its number there, its folder: the order of what is merged."""
    if shard.job is not None:
        return _tier_place(shard.job.tier), shard.job.shard, shard.place
    tiers = [outcome.tier for outcome in shard.report.outcomes] if shard.report is not None else []
    return min(map(_tier_place, tiers), default=len(TIERS)), 0, shard.place


def _tier_place(tier: str) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def _short(commit: object) -> str:
    return str(commit)[:12] if commit else "none"
