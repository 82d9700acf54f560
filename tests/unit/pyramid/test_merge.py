"""Reports of several jobs as one: nothing is lost, nothing counts twice, and what does not fit blocks."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate.outcome import TIERS, Outcome, Report, Status, report_from_dict, report_to_dict
from mlgate.pyramid.merge import merge_reports
from mlgate.pyramid.plan_file import Decision, Job, Part, Plan, PlannedTier, plan_from_dict, plan_to_dict
from mlgate.pyramid.shard import JobRef, Shard, job_ref, shard_of
from tests.unit.render.strategies import texts

ROOT = Path(__file__).parents[3]
VALIDATOR = Draft202012Validator(json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")))
HEAD, BASE = "a" * 40, "b" * 40
NOW = "2026-11-26T12:00:00Z"


def outcome(name: str, status: Status = Status.PASS, **fields: Any) -> Outcome:
    tier, _, rest = name.partition("/")
    known = {"check": "test", "subject": rest, "message": "passed"}
    return Outcome(id=name, tier=tier, status=status, **{**known, **fields})


def report(*outcomes: Outcome, **fields: Any) -> Report:
    facts = {"commit": HEAD, "config": "mlgate.yaml", "tiers": []} | fields.pop("provenance", {})
    known = {"gate": "default", "started_at": NOW, "duration_s": 1.0, "provenance": facts}
    return Report(outcomes=outcomes, **{**known, **fields})


def shard(name: str, *outcomes: Outcome, of: int = 1, plan: Plan | None = None, **fields: Any) -> Shard:
    tier, _, number = name.rpartition("-")
    planned = plan.job(name) if plan else None
    job = job_ref(plan, planned) if plan and planned else JobRef(name=name, tier=tier, shard=int(number), of=of)
    facts = {"job": job.provenance()} | fields.pop("provenance", {})
    return shard_of(f"reports/{name}", report(*outcomes, provenance=facts, **fields))


def merged(*shards: Shard, plan: Plan | None = None) -> Report:
    found = merge_reports(shards, plan=plan, command="mlgate report reports", now=NOW)
    document = report_to_dict(found)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert report_from_dict(json.loads(json.dumps(document))) == report_from_dict(document)
    return found


def of(found: Report, check: str) -> list[Outcome]:
    return [outcome for outcome in found.outcomes if outcome.check == check]


def test_shards_are_one_report_in_the_order_of_the_tiers() -> None:
    found = merged(
        shard("model-1", outcome("model/b"), duration_s=30.0, started_at="2026-11-26T12:05:00Z"),
        shard("unit-2", outcome("unit/c", Status.WARN), of=2, duration_s=4.0),
        shard("unit-1", outcome("unit/a"), of=2, duration_s=2.0, started_at="2026-11-26T11:59:00Z"),
    )
    assert [item.id for item in found.outcomes] == ["unit/a", "unit/c", "model/b"]
    assert found.verdict is Status.WARN
    assert (found.started_at, found.duration_s) == ("2026-11-26T11:59:00Z", 390.0)
    assert [job["name"] for job in found.provenance["jobs"]] == ["unit-1", "unit-2", "model-1"]
    assert found.provenance["commit"] == HEAD


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (shard("unit-2", of=2, gate="other"), "of the gate 'other'"),
        (shard("unit-2", of=2, provenance={"commit": "c" * 40}), "of commit cccccccccccc, not of aaaaaaaaaaaa"),
        (shard("unit-2", of=2, provenance={"commit": None}), "of commit none"),
        (shard("unit-2", of=2, provenance={"config": "gates/b.yaml"}), "ruled by gates/b.yaml, not by mlgate.yaml"),
        (Shard(place="reports/unit-2", problem="report.json is not there"), "report.json is not there"),
        (shard_of("reports/unit-2", report(provenance={"job": {"name": "unit-2"}})), "says of its job"),
        (shard("unit-1", outcome("unit/b"), of=2), "has a report of unit-1 already"),
        (replace(shard("unit-1", of=2), job=JobRef(name="u", tier="unit", shard=1, of=2)), "report of shard 1"),
    ],
)
def test_what_does_not_belong_to_the_run_is_left_out_and_blocks(other: Shard, why: str) -> None:
    found = merged(shard("unit-1", outcome("unit/a"), of=2), other)
    (left_out, missing) = of(found, "shard")
    assert why in left_out.message
    assert "reports/unit-" in left_out.message
    assert missing.message == "shard 2 of 2 of the unit tier did not report"
    assert [item.id for item in of(found, "test")] == ["unit/a"]
    assert found.verdict is Status.ERROR
    assert found.exit_code == 3


def test_shards_that_count_differently_are_an_error() -> None:
    found = merged(shard("unit-1", outcome("unit/a"), of=1), shard("unit-2", outcome("unit/b"), of=2))
    assert [item.message for item in of(found, "shard")] == ["the reports of the unit tier are of 1 and 2 shards"]


def test_an_id_of_two_shards_is_one_where_they_say_the_same_but_for_the_time() -> None:
    twice = outcome("unit/pull/data", duration_s=1.0)
    found = merged(shard("unit-1", twice, of=2), shard("unit-2", replace(twice, duration_s=2.0), of=2))
    assert found.outcomes == (twice,)


@pytest.mark.parametrize("statuses", [(Status.PASS, Status.FAIL), (Status.FAIL, Status.PASS)])
def test_an_id_of_which_two_shards_say_different_things_is_an_error_beside_the_worse(
    statuses: tuple[Status, Status],
) -> None:
    shards = [shard(f"unit-{n}", outcome("unit/a", status), of=2) for n, status in enumerate(statuses, start=1)]
    found = merged(*shards)
    assert [(item.check, item.status) for item in found.outcomes] == [("test", Status.FAIL), ("shard", Status.ERROR)]
    assert found.exit_code == 1


def test_what_shards_say_of_their_own_run_gets_their_name() -> None:
    died = [
        outcome("unit/pytest", Status.ERROR, check="pytest", message=f"killed by {signal}") for signal in ("A", "B")
    ]
    found = merged(shard("unit-1", died[0], of=2), shard("unit-2", died[1], of=2))
    assert [item.id for item in found.outcomes] == ["unit/pytest", "unit/pytest/unit-2"]


def test_reports_without_jobs_are_merged_by_their_folders() -> None:
    parts = {"unit": report(outcome("unit/a")), "model": report(outcome("model/b"))}
    found = merged(*(shard_of(f"out/{name}", part) for name, part in parts.items()))
    assert [item.id for item in found.outcomes] == ["unit/a", "model/b"]
    assert found.verdict is Status.PASS


def test_nothing_that_was_read_is_an_error_and_not_an_empty_pass() -> None:
    found = merged(Shard(place="out", problem="report.json is not there"))
    assert (found.verdict, found.exit_code, found.started_at) == (Status.ERROR, 3, NOW)


@pytest.mark.parametrize(
    ("modes", "mode", "code"), [(("advisory",) * 2, "advisory", 0), (("advisory", "enforce"), "enforce", 1)]
)
def test_a_merged_report_is_advisory_where_all_parts_are(modes: tuple[str, str], mode: str, code: int) -> None:
    parts = [shard(f"unit-{n}", outcome(f"unit/{n}", Status.FAIL), of=2, mode=m) for n, m in enumerate(modes, start=1)]
    found = merged(*parts)
    assert (found.mode, found.exit_code) == (mode, code)


def test_a_plan_that_blocks_is_not_softened_by_its_jobs() -> None:
    part = shard("unit-1", outcome("unit/a", Status.FAIL), plan=PLAN, mode="advisory")
    assert merged(part, plan=PLAN).mode == "enforce"


def test_a_merged_report_is_strict_where_one_part_is() -> None:
    strict = shard("unit-1", outcome("unit/a", Status.WARN), of=2, strict=True)
    found = merged(strict, shard("unit-2", outcome("unit/b"), of=2))
    assert (found.verdict, found.exit_code) == (Status.WARN, 1)


def test_provenance_is_put_together() -> None:
    unit: dict[str, Any] = {
        "seed": 0,
        "policy": {},
        "datasets": [{"name": "a"}],
        "tiers": [{"tier": "unit", "status": "pass", "duration_s": 2.0, "reason": None}],
        "not_selected": ["data", "model"],
    }
    second = {**unit, "policy": {"ruled_by": "head"}, "datasets": [{"name": "a"}, {"name": "b"}]}
    second["tiers"] = [{**unit["tiers"][0], "duration_s": 5.0}]
    model = {
        "policy": {"ruled_by": "base"},
        "baselines": [{"evaluation": "e", "reference": "none"}],
        "tests_before": {"commit": BASE, "tests": []},
        "data_changes": [{"dataset": "a", "problem": "p"}],
        "tiers": [{"tier": "model", "status": "pass", "duration_s": 9.0, "reason": None}],
        "not_selected": ["unit", "data"],
    }
    found = merged(
        shard("model-1", outcome("model/e"), provenance=model),
        shard("unit-1", outcome("unit/a"), of=2, provenance=unit),
        shard("unit-2", outcome("unit/b"), of=2, provenance=second),
    ).provenance
    assert found["policy"] == {"ruled_by": "head"}
    assert found["datasets"] == [{"name": "a"}, {"name": "b"}]
    assert found["baselines"] == model["baselines"]
    assert found["data_changes"] == model["data_changes"]
    assert "schema_patches" not in found
    assert "tests_before" not in found
    assert found["not_selected"] == ["data"]
    assert found["tiers"] == [
        {"tier": "unit", "status": "pass", "duration_s": 5.0, "reason": None, "shards": 2, "work_s": 7.0},
        {"tier": "model", "status": "pass", "duration_s": 9.0, "reason": None},
    ]


def test_the_shape_is_that_of_all_shards_and_each_keeps_its_fingerprint() -> None:
    fingerprint = {"tier": "unit", "python": "3.12.3", "settings": {}, "applied": []}
    own = {"tiers": [{"tier": "unit", "tests": 1}], "upside_down": False, "why": None}
    facts = {"pyramid": own, "fingerprint": [fingerprint]}
    skipped = outcome("unit/b", Status.SKIP, evidence={"node": "b", "priority": "P0"})
    found = merged(
        shard("unit-1", outcome("unit/a", duration_s=2.0), of=2, provenance=facts),
        shard("unit-2", skipped, of=2, provenance={**facts, "fingerprint": [{**fingerprint, "python": "3.13.0"}]}),
    ).provenance
    (unit,) = found["pyramid"]["tiers"]
    assert (unit["tests"], unit["ran"], unit["seconds"]) == (2, 1, 2.0)
    assert found["pyramid"]["unproven"] == [{"id": "unit/b", "why": "passed"}]
    assert [entry["python"] for entry in found["fingerprint"]] == ["3.12.3", "3.13.0"]


def test_clocks_that_disagree_give_no_negative_time() -> None:
    found = merged(shard("unit-1", outcome("unit/a"), of=2, started_at="yesterday"), shard("unit-2", of=2))
    assert (found.started_at, found.duration_s) == (NOW, 1.0)


def part(name: str, decision: Decision = Decision.RUN) -> Part:
    return Part(name=name, decision=decision, why="imports a.py, which changed")


def job(name: str, of: int = 1, *files: str) -> Job:
    tier, _, number = name.rpartition("-")
    return Job(name=name, tier=tier, shard=int(number), of=of, runner=("x",), files=files, rest=number == "1")


def plan_of(*tiers: PlannedTier, jobs: tuple[Job, ...] = (), **fields: Any) -> Plan:
    known = {"gate": "default", "config": "mlgate.yaml", "config_digest": "sha256:0", "head": HEAD, "base": BASE}
    facts = {"found": "merge base with main", "created_at": NOW, "mlgate": "0.1.0", "changed": ("a.py",)}
    return Plan(tiers=tiers, jobs=jobs, **{**known, **facts, **fields})


def planned(tier: str, *tests: Part, decision: Decision = Decision.RUN, **fields: Any) -> PlannedTier:
    return PlannedTier(tier=tier, decision=decision, why="docs alone changed", tests=tests, **fields)


PLAN = plan_of(
    planned("unit", part("a.py"), part("b.py"), part("c.py", Decision.UNCHANGED)),
    planned("data", decision=Decision.UNCHANGED),
    planned("model", part("m.py")),
    jobs=(job("unit-1", 2, "a.py"), job("unit-2", 2, "b.py"), job("model-1", 1, "m.py")),
)


def test_a_plan_whose_jobs_all_report_is_their_outcomes_and_what_was_not_run() -> None:
    found = merged(
        shard("unit-1", outcome("unit/a"), plan=PLAN),
        shard("unit-2", outcome("unit/b"), plan=PLAN),
        shard("model-1", outcome("model/m"), plan=PLAN),
        plan=PLAN,
    )
    assert [(item.id, item.status.value) for item in found.outcomes] == [
        ("unit/a", "pass"),
        ("unit/b", "pass"),
        ("unit/unchanged", "pass"),
        ("data/unchanged", "pass"),
        ("model/m", "pass"),
    ]
    messages = [item.message for item in of(found, "unchanged")]
    assert messages == [
        "1 of 3 test files of this tier read nothing that differs from the merge base bbbbbbb",
        "nothing that this tier reads differs from the merge base bbbbbbb",
    ]
    assert found.exit_code == 0


def test_a_planned_job_that_did_not_report_is_an_error_by_its_name() -> None:
    found = merged(
        shard("unit-1", outcome("unit/a"), plan=PLAN), shard("model-1", outcome("model/m"), plan=PLAN), plan=PLAN
    )
    (lost,) = of(found, "job")
    assert (lost.id, lost.status) == ("unit/job/unit-2", Status.ERROR)
    assert lost.message == "the job unit-2 did not report: 1 test file of the unit tier was not checked"
    assert found.exit_code == 3


@pytest.mark.parametrize(
    ("mode", "status", "message"),
    [
        ("enforce", Status.SKIP, "not run: the unit tier blocks"),
        ("advisory", Status.ERROR, "the job model-1 did not report: nothing of the model tier was checked"),
    ],
)
def test_jobs_of_the_second_stage_are_not_started_where_the_first_blocks(
    mode: str, status: Status, message: str
) -> None:
    plan = replace(PLAN, mode=mode)
    found = merged(
        shard("unit-1", outcome("unit/a", Status.FAIL), plan=plan), shard("unit-2", outcome("unit/b"), plan=plan), plan=plan
    )  # fmt: skip
    (lost,) = of(found, "job")
    assert (lost.id, lost.status, lost.message) == ("model/job/model-1", status, message)


def test_a_second_stage_that_is_lost_although_the_first_holds_is_an_error() -> None:
    found = merged(*(shard(f"unit-{n}", outcome(f"unit/{n}"), plan=PLAN) for n in (1, 2)), plan=PLAN)
    assert [(item.status, item.subject) for item in of(found, "job")] == [(Status.ERROR, "model-1")]


def test_nothing_reported_is_an_error_for_each_job_that_had_to_run() -> None:
    found = merged(plan=PLAN)
    assert [(item.subject, item.status.value) for item in of(found, "job")] == [
        ("unit-1", "error"),
        ("unit-2", "error"),
        ("model-1", "skip"),
    ]
    assert found.exit_code == 3


def test_a_plan_in_which_nothing_has_to_run_is_a_pass_that_says_what_was_compared() -> None:
    plan = plan_of(*(planned(tier, decision=Decision.UNCHANGED) for tier in ("unit", "data", "model")))
    found = merged(plan=plan)
    assert (found.verdict, found.exit_code, found.started_at) == (Status.PASS, 0, NOW)
    assert [item.id for item in found.outcomes] == ["unit/unchanged", "data/unchanged", "model/unchanged"]
    assert {item.evidence["base"] for item in found.outcomes} == {BASE}
    assert [entry["reason"] for entry in found.provenance["tiers"]] == [item.message for item in found.outcomes]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (shard_of("out", report(outcome("unit/b"))), "was not made by a job of the plan"),
        (shard("unit-2", outcome("unit/b"), of=2), "its job unit-2 is of another plan"),
        (shard("unit-3", outcome("unit/b"), of=3, provenance={}), "is of another plan"),
        (shard("unit-2", outcome("unit/b"), plan=replace(PLAN, created_at="2026-11-26T12:00:01Z")), "another plan"),
        (
            replace(
                shard("unit-2", outcome("unit/b"), plan=PLAN),
                job=JobRef(name="unit-2", tier="data", shard=1, of=1, plan=PLAN.digest),
            ),
            "no such job",
        ),
    ],
)
def test_a_report_that_no_job_of_the_plan_made_is_left_out(other: Shard, why: str) -> None:
    found = merged(
        shard("unit-1", outcome("unit/a"), plan=PLAN), other, shard("model-1", outcome("model/m"), plan=PLAN), plan=PLAN
    )
    (left_out,) = of(found, "shard")
    assert why in left_out.message
    assert [item.subject for item in of(found, "job")] == ["unit-2"]


def test_what_was_proven_before_is_in_the_report() -> None:
    proven = replace(outcome("unit/c"), reused_from="run-7")
    plan = plan_of(
        planned("unit", part("c.py", Decision.REUSE), decision=Decision.REUSE, reused=(proven,)),
    )
    found = merged(plan=plan)
    assert found.outcomes == (proven,)
    assert found.verdict is Status.PASS


def test_a_report_of_an_earlier_try_that_this_plan_does_not_need_blocks_nothing() -> None:
    """Artifacts of the tries before are still there when a run is started again as a whole."""
    earlier = shard("unit-2", outcome("unit/b", Status.FAIL), plan=replace(PLAN, created_at="2026-11-26T11:00:00Z"))
    plan = plan_of(planned("unit", part("a.py")), jobs=(job("unit-1", 1, "a.py"),))
    found = merged(shard("unit-1", outcome("unit/a"), plan=plan), earlier, plan=plan)
    (left_out,) = of(found, "shard")
    assert (left_out.status, found.exit_code) == (Status.SKIP, 0)
    assert left_out.message == "the report in reports/unit-2 is left out: its job unit-2 is of another plan"


@pytest.mark.parametrize("plan", [None, PLAN])
def test_a_report_of_which_all_was_skipped_proves_nothing_among_others_either(plan: Plan | None) -> None:
    found = merged(
        *(shard(name, outcome(f"unit/{name}"), plan=plan, of=2) for name in ("unit-1", "unit-2")),
        shard("model-1", outcome("model/tier", Status.SKIP, check="tier", message="nothing is declared"), plan=plan),
        plan=plan,
    )
    assert [(item.tier, item.status, item.message) for item in of(found, "shard")] == [
        ("model", Status.ERROR, "the report in reports/model-1 proves nothing: all of it was skipped")
    ]


STATUSES = st.sampled_from(Status)
NAMES = st.sampled_from(["a", "b", "c", "pytest"]) | texts(3).map(lambda text: text.encode("utf-8", "replace").decode())


@st.composite
def shards(draw: st.DrawFn) -> list[Shard]:
    """Shards of one run, and some that are not; jobs, folders and ids that stand twice; names that are no names."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        tier = draw(st.sampled_from(TIERS))
        outcomes = [
            outcome(f"{tier}/{name}", draw(STATUSES), check=draw(st.sampled_from(["test", name])), message=draw(NAMES))
            for name in draw(st.lists(NAMES, max_size=4))
        ]
        facts: dict[str, Any] = {"commit": draw(st.sampled_from([HEAD, HEAD, HEAD, BASE, None]))}
        if draw(st.booleans()):
            of = draw(st.integers(1, 4))
            name = f"{tier}-{draw(st.integers(1, of))}"
            facts["job"] = JobRef(name=name, tier=tier, shard=int(name[-1]), of=of).provenance()
        if draw(st.integers(0, 9)) == 0:
            facts["job"] = draw(st.none() | st.booleans() | st.just({}) | st.just({"name": 3, "tier": "x"}))
        fields = {"mode": draw(st.sampled_from(["enforce", "advisory"])), "strict": draw(st.booleans())}
        place = draw(st.sampled_from(["out", f"out/{number}"]))
        if draw(st.integers(0, 9)) == 0:
            found.append(Shard(place=place, problem="report.json is not there"))
        else:
            found.append(shard_of(place, report(*outcomes, provenance=facts, **fields)))
    return found


@settings(max_examples=60)
@given(parts=shards())
def test_a_merged_report_is_valid_and_never_better_than_its_parts(parts: list[Shard]) -> None:
    found = merged(*parts)
    blocked = [outcome for part in parts if part.report for outcome in part.report.outcomes if outcome.status.blocks]
    problems = [part for part in parts if part.problem]
    empty = [part for part in parts if part.report and part.report.verdict is Status.ERROR]
    if blocked or problems or empty or not parts:
        assert found.verdict in (Status.FAIL, Status.ERROR)
    if found.mode == "advisory":
        assert all(part.report is None or part.report.mode == "advisory" for part in parts)
    within = max(
        (n for part in parts if part.report for n in Counter(o.id for o in part.report.outcomes).values()), default=1
    )
    assert max(Counter(item.id for item in found.outcomes).values(), default=1) <= within
    assert found == merge_reports(parts, command="mlgate report reports", now=NOW)


@settings(max_examples=30)
@given(parts=shards())
def test_a_plan_is_not_passed_by_reports_that_are_not_of_it(parts: list[Shard]) -> None:
    found = merged(*parts, plan=PLAN)
    assert found.verdict in (Status.FAIL, Status.ERROR)
    assert {item.subject for item in of(found, "job")} == {"unit-1", "unit-2", "model-1"}


def test_a_plan_reads_back_as_it_was_written() -> None:
    proven = replace(outcome("unit/c"), reused_from="run-7")
    plan = replace(PLAN, tiers=(replace(PLAN.tiers[0], reused=(proven,)), *PLAN.tiers[1:]), base=None)
    written = json.loads(json.dumps(plan_to_dict(plan), allow_nan=False))
    assert plan_from_dict(written) == plan
    assert plan_from_dict(written).digest == plan.digest


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda raw: raw.update(schema_version=2), "schema_version is 2"),
        (lambda raw: raw.pop("tiers"), "not a plan"),
        (lambda raw: raw.update(jobs={}), "has no job that runs all"),
        (lambda raw: raw.update(jobs=raw["jobs"][1:]), "has no job that runs all"),
        (lambda raw: raw.update(jobs=raw["jobs"][:1] + raw["jobs"][2:]), "not numbered from 1 to 1"),
        (lambda raw: raw["jobs"][1].update(rest=True), "has no job that runs all"),
        (lambda raw: raw["jobs"][1].update(files=["a.py"]), "the file a.py stands twice"),
        (lambda raw: raw["jobs"][1].update(name="unit-1"), "the job unit-1 stands twice"),
        (lambda raw: raw["jobs"][1].update(tier="serving"), "which the plan does not have"),
        (lambda raw: raw["jobs"][1].update(tier="moon"), "is no tier"),
        (lambda raw: raw["tiers"][1].update(tier="unit"), "the tier unit stands twice"),
        (lambda raw: raw["tiers"][1].update(decision="maybe"), "maybe"),
        (lambda raw: (raw["tiers"][0].update(decision="unchanged"), raw.update(jobs=[])), "a part of it has to run"),
        (lambda raw: raw.update(head=7), "expected text"),
        (lambda raw: raw.update(changed="a.py"), "expected a list"),
    ],
)
def test_a_plan_that_would_lose_something_is_refused(spoil: Any, why: str) -> None:
    raw = plan_to_dict(PLAN)
    spoil(raw)
    with pytest.raises(ValueError, match=why):
        plan_from_dict(raw)
