"""Test files dealt out to jobs: each exactly once, within GitHub's limit, balanced, and the same every time."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlgate.config.project import Tier
from mlgate.outcome import TIERS
from mlgate.pyramid.matrix import Sharding, jobs_of, matrix_of
from mlgate.pyramid.plan_file import (
    MOST_JOBS,
    Decision,
    Part,
    Plan,
    PlannedTier,
    plan_from_dict,
    plan_to_dict,
    selection_of,
)
from mlgate.pyramid.shards import balanced, expected_seconds, shard_counts

SECONDS = st.floats(0, 1e4, allow_nan=False)
FILES = st.dictionaries(st.integers(0, 400).map(lambda n: f"tests/test_{n}.py"), SECONDS, max_size=60)


@given(seconds=FILES, count=st.integers(1, 40), order=st.randoms())
def test_each_file_is_in_one_shard_whatever_their_order(seconds: dict[str, float], count: int, order: Any) -> None:
    shards = balanced(seconds, count)
    assert sorted(name for shard in shards for name in shard) == sorted(seconds)
    assert len(shards) == max(1, min(count, len(seconds)))
    assert all(shards) or not seconds
    names = list(seconds)
    order.shuffle(names)
    assert balanced({name: seconds[name] for name in names}, count) == shards


@given(seconds=FILES.filter(bool), count=st.integers(1, 12))
def test_no_shard_is_longer_than_its_share_and_one_file(seconds: dict[str, float], count: int) -> None:
    shards = balanced(seconds, count)
    loads = [sum(seconds[name] for name in shard) for shard in shards]
    share, longest = sum(seconds.values()) / len(shards), max(seconds.values())
    assert max(loads) <= (share + longest * (1 - 1 / len(shards))) * (1 + 1e-9)


@settings(max_examples=60)
@given(lengths=st.lists(st.integers(1, 50), min_size=1, max_size=7), count=st.integers(1, 3))
@example(lengths=[5, 5, 4, 4, 3, 3, 3], count=3)
def test_the_longest_shard_takes_at_most_four_thirds_of_what_is_possible(lengths: list[int], count: int) -> None:
    seconds = {f"{place}.py": float(length) for place, length in enumerate(lengths)}
    longest = max(sum(seconds[name] for name in shard) for shard in balanced(seconds, count))
    best = min(
        max(sum(length for length, at in zip(lengths, place, strict=True) if at == shard) for shard in range(count))
        for place in product(range(count), repeat=len(lengths))
    )
    assert longest <= best * (4 / 3 - 1 / (3 * count)) + 1e-9


def test_files_that_were_never_timed_count_as_the_median() -> None:
    assert expected_seconds(["a", "b", "c", "d"], {"a": 1.0, "b": 2.0, "c": 90.0, "x": 5.0})["d"] == 2.0
    assert expected_seconds(["a", "b"], {}) == {"a": 1.0, "b": 1.0}


@given(wanted=st.lists(st.integers(1, 300), min_size=1, max_size=3))
def test_tiers_share_the_jobs_that_there_may_be(wanted: list[int]) -> None:
    counts = shard_counts(wanted, MOST_JOBS)
    assert sum(counts) == min(sum(wanted), MOST_JOBS)
    assert all(1 <= count <= asked for count, asked in zip(counts, wanted, strict=True))
    given_way = [count for count, asked in zip(counts, wanted, strict=True) if count < asked]
    assert max(counts) - min(given_way, default=max(counts)) <= 1


@st.composite
def tiers(draw: st.DrawFn) -> list[PlannedTier]:
    found = []
    for tier in TIERS:
        parts = tuple(
            Part(name=f"tests/{tier}/test_{n}.py", decision=draw(st.sampled_from(Decision)), why="w", expected_s=time)
            for n, time in enumerate(draw(st.lists(st.none() | SECONDS, max_size=12)))
        )
        runs = any(part.decision is Decision.RUN for part in parts)
        decision = Decision.RUN if runs else draw(st.sampled_from(Decision))
        found.append(PlannedTier(tier=tier, decision=decision, why="w", tests=parts))
    return found


def plan_of(planned: list[PlannedTier], declared: dict[str, Tier], sharding: Sharding) -> Plan:
    facts: dict[str, Any] = {
        "gate": "default",
        "config": "mlgate.yaml",
        "config_digest": "d",
        "head": "h",
        "base": "b",
        "found": "f",
    }
    jobs = jobs_of(planned, declared, sharding)
    return Plan(created_at="2026-11-26T12:00:00Z", mlgate="0.1.0", tiers=tuple(planned), jobs=jobs, **facts)


@given(planned=tiers(), most=st.integers(1, 256), seconds=st.floats(1, 1e4))
def test_the_jobs_of_a_tier_together_run_each_test_once(planned: list[PlannedTier], most: int, seconds: float) -> None:
    plan = plan_of(planned, {}, Sharding(max_shards=most, shard_seconds=seconds))
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan
    for tier in planned:
        every = {part.name for part in tier.tests} | {f"tests/{tier.tier}/test_nobody_knows.py"}
        ran = []
        for job in plan.jobs:
            if job.tier == tier.tier:
                selected = selection_of(plan, job)
                within = every if selected.only is None else set(selected.only)
                ran += sorted(within - set(selected.without))
        spared = {part.name for part in tier.tests if part.decision is not Decision.RUN}
        assert sorted(ran) == (sorted(every - spared) if tier.decision is Decision.RUN else [])
    matrix = matrix_of(plan)
    assert len(matrix["first"]["include"]) <= MOST_JOBS
    assert len(matrix["then"]["include"]) <= MOST_JOBS
    assert (matrix["any_first"], matrix["any_then"]) == tuple(bool(matrix[n]["include"]) for n in ("first", "then"))


def test_more_shards_than_github_starts_are_never_planned() -> None:
    files = [Part(name=f"tests/test_{n}.py", decision=Decision.RUN, why="w", expected_s=60.0) for n in range(400)]
    planned = [PlannedTier(tier=tier, decision=Decision.RUN, why="w", tests=tuple(files)) for tier in TIERS]
    matrix = matrix_of(plan_of(planned, {}, Sharding(max_shards=256, shard_seconds=1.0)))
    assert [len(matrix[name]["include"]) for name in ("first", "then")] == [256, 256]


def test_a_matrix_says_where_and_how_long_each_job_runs() -> None:
    declared = {
        "unit": Tier(name="unit", tests=("tests",), budget_s=90.0),
        "model": Tier(name="model", tests=("t",), runner=("self-hosted", "gpu"), gpu="required", budget_s=60.0, over_budget="warn"),
    }  # fmt: skip
    test = Part(name="tests/test_a.py", decision=Decision.RUN, why="w", expected_s=200.0)
    other = Part(name="tests/test_b.py", decision=Decision.RUN, why="w")
    evaluation = Part(name="readmission", decision=Decision.RUN, why="w")
    planned = [
        PlannedTier(tier="unit", decision=Decision.RUN, why="w", tests=(test, other)),
        PlannedTier(tier="data", decision=Decision.RUN, why="w"),
        PlannedTier(tier="model", decision=Decision.RUN, why="w", tests=(test,), evaluations=(evaluation,)),
    ]
    matrix = matrix_of(plan_of(planned, declared, Sharding(max_shards=8, shard_seconds=200.0)))
    assert matrix["first"]["include"] == [
        {"name": "unit-1", "tier": "unit", "shard": 1, "of": 2, "gpu": None, "expected_s": 200.0, "timeout_minutes": 17, "secrets": False, "runner": ["ubuntu-latest"]},
        {"name": "unit-2", "tier": "unit", "shard": 2, "of": 2, "gpu": None, "expected_s": 200.0, "timeout_minutes": 17, "secrets": False, "runner": ["ubuntu-latest"]},
        {"name": "data-1", "tier": "data", "shard": 1, "of": 1, "gpu": None, "expected_s": None, "timeout_minutes": 360, "secrets": False, "runner": ["ubuntu-latest"]},
    ]  # fmt: skip
    (model,) = matrix["then"]["include"]
    assert (model["runner"], model["gpu"], model["timeout_minutes"]) == (["self-hosted", "gpu"], "required", 19)


@pytest.mark.parametrize(("evaluations_s", "minutes"), [(0.0, 16), (600.0, 26), (None, 360)])
def test_the_first_job_of_the_model_tier_has_time_for_the_evaluations(
    evaluations_s: float | None, minutes: int
) -> None:
    evaluation = Part(name="e", decision=Decision.RUN, why="w")
    test = Part(name="t.py", decision=Decision.RUN, why="w")
    planned = [PlannedTier(tier="model", decision=Decision.RUN, why="w", tests=(test,), evaluations=(evaluation,))]
    declared = {"model": Tier(name="model", tests=("t.py",), budget_s=60.0)}
    (job,) = jobs_of(planned, declared, Sharding(), evaluations_s=evaluations_s)
    assert job.timeout_minutes == minutes
