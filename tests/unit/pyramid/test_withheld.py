from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Status
from mlgate.pyramid.matrix import matrix_of
from mlgate.pyramid.merge import merge_reports
from mlgate.pyramid.plan_file import Decision, Job, Plan, PlannedTier, plan_from_dict, plan_to_dict
from mlgate.pyramid.withheld import with_secrets, withhold

TIERS = ("unit", "data", "model", "serving")


def plan_of(*jobs: Job, mode: str = "enforce") -> Plan:
    tiers = tuple(PlannedTier(tier=job.tier, decision=Decision.RUN, why="w") for job in jobs)
    return Plan(
        gate="default", config="mlgate.yaml", config_digest="d", head="a" * 40, base=None, found="f",
        created_at="2026-11-26T10:00:00Z", mlgate="0", mode=mode, tiers=tiers, jobs=jobs,
    )  # fmt: skip


def job(tier: str, *runner: str, gpu: str | None = None) -> Job:
    runner = runner or ("ubuntu-latest",)
    return Job(name=f"{tier}-1", tier=tier, shard=1, of=1, runner=runner, gpu=gpu, rest=True)


def started(plan: Plan) -> tuple[list[str], list[str]]:
    matrix = matrix_of(plan)
    first, then = ([entry["name"] for entry in matrix[stage]["include"]] for stage in ("first", "then"))
    assert (matrix["any_first"], matrix["any_then"]) == (bool(first), bool(then))
    return first, then


def found(plan: Plan, absent: dict[str, str] | None = None) -> dict[str, tuple[Status, str]]:
    report = merge_reports([], plan=plan, absent=absent, command="c", now="2026-11-26T10:00:00Z")
    return {outcome.subject: (outcome.status, outcome.message.partition(":")[0]) for outcome in report.outcomes}


def test_a_plan_with_secrets_and_what_is_withheld_is_read_back() -> None:
    plan = withhold(with_secrets(plan_of(job("unit"), job("model")), {"model"}), fork=True)
    assert plan_from_dict(plan_to_dict(plan)) == plan
    old = plan_to_dict(plan)
    for entry in old["jobs"]:
        del entry["secrets"], entry["withheld"]
    assert plan_from_dict(old) == plan_of(job("unit"), job("model"))  # of before there were any


def test_a_fork_gets_no_secrets_and_no_machine_of_yours() -> None:
    plan = with_secrets(plan_of(job("unit"), job("model"), job("serving", "self-hosted", "gpu")), {"model"})
    fork = withhold(plan, fork=True)
    assert started(fork) == (["unit-1"], [])
    assert started(plan) == (["unit-1"], ["model-1", "serving-1"])
    status = {name: told for name, told in found(fork).items() if name != "unit-1"}
    assert status == {  # the unit job did not report either, and nothing of the second stage is started then
        "model-1": (Status.SKIP, "not run"),
        "serving-1": (Status.SKIP, "not run"),
    }


def test_what_is_withheld_from_a_fork_is_an_error_that_says_so() -> None:
    fork = withhold(with_secrets(plan_of(job("model"), job("serving", "gpu-large")), {"model"}), fork=True)
    assert found(fork) == {
        "model-1": (Status.ERROR, "needs secrets, which a pull request from a fork does not get"),
        "serving-1": (Status.ERROR, "needs a runner of your own, which a pull request from a fork does not get"),
    }


@pytest.mark.parametrize(("mode", "then"), [("enforce", []), ("advisory", ["model-1"])])
def test_where_the_first_stage_is_withheld_the_second_is_not_started(mode: str, then: list[str]) -> None:
    plan = with_secrets(plan_of(job("unit"), job("data"), job("model"), mode=mode), {"data"})
    assert started(withhold(plan, fork=True)) == (["unit-1"], then)
    assert found(withhold(plan, fork=True))["data-1"][0] is Status.ERROR


def test_a_draft_waits_with_the_second_stage() -> None:
    draft = withhold(plan_of(job("unit"), job("model")), draft=True)
    assert started(draft) == (["unit-1"], [])
    alone = withhold(plan_of(job("model")), draft=True)
    assert found(alone) == {"model-1": (Status.ERROR, "the pull request is a draft")}


def test_why_a_job_is_absent_is_told() -> None:
    plan = plan_of(job("model"))
    reason = "no runner took the job within 30 minutes"
    assert found(plan, {"model-1": reason, "other": "x"}) == {"model-1": (Status.ERROR, reason)}
    assert found(plan) == {"model-1": (Status.ERROR, "the job model-1 did not report")}


LABELS = st.sampled_from(
    ["ubuntu-latest", "ubuntu-24.04-arm", "windows-2025", "macos-15", "self-hosted", "gpu", "linux", "a100"]
)
JOBS = st.lists(
    st.builds(
        lambda tier, runner, gpu: job(tier, *runner, gpu=gpu),
        st.sampled_from(TIERS), st.lists(LABELS, min_size=1, max_size=3), st.sampled_from([None, "required", "preferred"]),
    ),
    unique_by=lambda made: made.tier, max_size=4,
)  # fmt: skip


@given(JOBS, st.sets(st.sampled_from(TIERS)), st.booleans(), st.booleans(), st.sampled_from(["enforce", "advisory"]))
def test_nothing_of_yours_is_started_for_a_fork_and_nothing_is_lost(
    jobs: list[Job], secrets: set[str], fork: bool, draft: bool, mode: str
) -> None:
    plan = withhold(with_secrets(plan_of(*jobs, mode=mode), secrets), fork=fork, draft=draft)
    first, then = started(plan)
    for name in first + then:
        made = plan.job(name)
        assert made is not None
        assert not fork or not (
            made.secrets or made.gpu == "required" or {"self-hosted", "gpu", "a100"} & set(made.runner)
        )
        assert not draft or made.stage == 1
    # Whatever is not started is told, and none of it as a pass.
    told = found(plan)
    assert set(told) == {made.name for made in jobs}
    assert all(status in (Status.ERROR, Status.SKIP) for status, _ in told.values())
    assert not jobs or Status.ERROR in {status for status, _ in told.values()}
