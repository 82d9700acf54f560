"""Slices that are searched on one half and tested on the other."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.metrics.broken.discovery import slice_discovery
from mlgate.metrics.broken.losses import row_losses
from mlgate.metrics.broken.slice_search import judge_slice, split_rows
from mlgate.metrics.paired import Coded, Paired
from mlgate.metrics.sample import Sample
from mlgate.outcome import Outcome, Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, number_pair, pair, shuffled

EVALUATION = build_evaluation(discover=("sex", "ward", "age"), min_slice_rows=50)
LEVELS = {"sex": ("F", "M"), "ward": ("1", "2", "3", "4"), "age": ("old", "young")}


def people(n_rows: int, *, seed: int, lost: float = 0.0, where: dict[str, str] | None = None) -> Paired:
    """Six rows in a hundred change to either side at random; in `where` a share `lost` more turns wrong."""
    rng = np.random.default_rng(seed)
    columns = {
        name: Coded(codes=rng.integers(0, len(values), n_rows).astype(np.int32), values=values)
        for name, values in LEVELS.items()
    }
    right = [rng.random(n_rows) < 0.8 for _ in range(2)]
    right[1] = np.where(rng.random(n_rows) < 0.94, right[0], right[1])
    if where is not None:
        inside = np.logical_and.reduce([columns[name].codes == LEVELS[name].index(v) for name, v in where.items()])
        right[1] &= ~(inside & (rng.random(n_rows) < lost))
    labels = np.zeros(n_rows, dtype=np.int32)
    ids = np.arange(n_rows)
    sides = [Sample(n_rows=n_rows, labels=labels, predictions=(~r).astype(np.int32), classes=("a", "b")) for r in right]
    return pair(*sides, features=columns, ids=ids)


def judge(paired: Paired, *, seed: int = 0, **settings: Any) -> Outcome:
    found = slice_discovery(replace(EVALUATION, **settings), paired, seed=seed)
    json.dumps(to_json(found.evidence), allow_nan=False)
    assert found.id == "model/readmission/slice_discovery"
    assert not found.status.blocks or found.status is Status.ERROR
    return found


def keys(found: Outcome) -> list[dict[str, str]]:
    return [entry["slice"] for entry in found.evidence["slices"]]


@pytest.mark.parametrize("where", [{"ward": "3"}, {"age": "old", "sex": "F"}])
def test_a_slice_that_got_worse_is_found_and_called_exploratory(where: dict[str, str]) -> None:
    found = judge(people(6000, seed=4, lost=0.15, where=where))
    assert found.status is Status.WARN
    assert where in keys(found)
    assert found.message.startswith("exploratory: worse in ")
    first = next(entry for entry in found.evidence["slices"] if entry["slice"] == where)
    assert first["low"] < 0.12 < first["high"]
    assert first["p_value"] <= first["p_adjusted"] <= 0.05
    assert found.evidence["rows_searched"] + found.evidence["rows_tested"] == 6000


def test_identical_models_find_nothing() -> None:
    paired = people(1000, seed=1)
    found = judge(replace(paired, candidates=paired.baselines))
    assert found.status is Status.PASS
    assert found.evidence["tested"] == 0


def test_unchanged_models_are_reported_in_at_most_one_run_of_twenty() -> None:
    """400 unchanged models of three columns: some are searched to something that looks worse, few survive the test."""
    n_draws, reported, searched = 400, 0, 0
    for seed in range(n_draws):
        found = judge(people(600, seed=seed), seed=seed)
        reported += found.status is Status.WARN
        searched += found.evidence["tested"] > 0
    assert reported / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)
    assert searched / n_draws > 0.4  # what the second half is for


def test_unchanged_errors_of_numbers_are_reported_rarely() -> None:
    n_draws, reported = 200, 0
    for seed in range(n_draws):
        rng = np.random.default_rng(seed)
        noise = [rng.exponential(size=400) for _ in range(2)]
        groups = rng.integers(0, 60, 400).astype(np.int32)
        spread = rng.exponential(size=(2, 60))[:, groups]
        paired = number_pair(np.zeros(400), noise[0] + spread[0], noise[1] + spread[1], groups=groups)
        column = Coded(codes=rng.integers(0, 4, 60).astype(np.int32)[groups], values=("1", "2", "3", "4"))
        found = judge(replace(paired, features={"ward": column}), seed=seed, discover=("ward",))
        reported += found.status is Status.WARN
    assert reported / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)


def test_a_model_that_is_worse_everywhere_is_found_in_no_slice() -> None:
    """Its overall metric says so; a slice is named only where it is worse than the others."""
    n_draws = 60
    named = sum(
        judge(people(2000, seed=seed, lost=0.3, where={}), seed=seed).status is Status.WARN for seed in range(n_draws)
    )
    assert named / n_draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / n_draws)
    worse = people(4000, seed=1, lost=0.3, where={})
    broken = people(4000, seed=1, lost=0.6, where={"ward": "3"}).candidate.predictions
    assert broken is not None
    assert worse.candidate.predictions is not None
    both = np.maximum(worse.candidate.predictions, broken)
    assert keys(judge(replace(worse, candidates=(replace(worse.candidate, predictions=both),)))) == [{"ward": "3"}]


def test_a_slice_that_is_wrong_throughout_is_found() -> None:
    n_rows = 400
    ward = Coded(codes=(np.arange(n_rows) % 4).astype(np.int32), values=("1", "2", "3", "4"))
    labels = np.zeros(n_rows, dtype=np.int32)
    wrong = (ward.codes == 2).astype(np.int32)
    sides = [Sample(n_rows=n_rows, labels=labels, predictions=said, classes=("a", "b")) for said in (labels, wrong)]
    for groups in (None, np.arange(n_rows, dtype=np.int32) // 2):
        found = judge(pair(*sides, features={"ward": ward}, groups=groups), discover=("ward",))
        assert keys(found) == [{"ward": "3"}]


def test_numbers_are_told_in_their_own_unit() -> None:
    rng = np.random.default_rng(2)
    ward = Coded(codes=rng.integers(0, 2, 2000).astype(np.int32), values=("1", "2"))
    truth = rng.normal(size=2000)
    after = truth + rng.normal(size=2000) * np.where(ward.codes == 1, 3.0, 1.0)
    paired = number_pair(truth, truth + rng.normal(size=2000), after)
    found = judge(replace(paired, features={"ward": ward}), discover=("ward",))
    assert keys(found) == [{"ward": "2"}]
    assert found.evidence["loss"] == "numbers"
    expected = 2 * math.sqrt(2 / math.pi)
    entry = found.evidence["slices"][0]
    assert entry["low"] < expected < entry["high"]


def test_weights_count() -> None:
    paired = people(4000, seed=3, lost=0.3, where={"ward": "3"})
    weights = np.where(paired.features["ward"].codes == 2, 0.0, 1.0)
    ignored = replace(paired, candidates=(replace(paired.candidate, weights=weights),))
    assert {"ward": "3"} in keys(judge(paired))
    assert {"ward": "3"} not in keys(judge(ignored))


def test_small_slices_and_columns_of_many_values_are_not_searched() -> None:
    paired = people(400, seed=1, lost=0.9, where={"ward": "3"})
    assert judge(paired, min_slice_rows=400).evidence["searched"] == 0
    many = Coded(codes=np.arange(400, dtype=np.int32), values=tuple(f"p{row:03}" for row in range(400)))
    wide = replace(paired, features={**paired.features, "name": many})
    found = judge(wide, discover=("ward", "name"))
    assert found.evidence["not_searched"] == ["name"]
    assert found.message.endswith("; not searched: name")
    assert judge(wide, discover=("name",)).status is Status.ERROR


def test_what_cannot_be_searched_is_an_error() -> None:
    paired = people(400, seed=1)
    assert judge(paired, discover=("nowhere",)).status is Status.ERROR
    ranked = Sample(n_rows=2, truth=np.ones(2), scores=np.ones(2), query=np.zeros(2, dtype=np.int32))
    ward = Coded(codes=np.zeros(2, dtype=np.int32), values=("1",))
    assert judge(pair(ranked, ranked, features={"ward": ward})).status is Status.ERROR


def test_at_most_five_are_reported_and_none_twice_in_other_words() -> None:
    found = judge(people(20_000, seed=6, lost=0.4, where={"ward": "3"}))
    assert found.evidence["tested"] <= 5
    assert keys(found)[0] == {"ward": "3"}
    assert not [key for key in keys(found) if key.get("ward") == "3" and len(key) == 2]


@pytest.mark.parametrize("grouped", [False, True])
def test_halves_depend_on_the_id_or_the_group_alone(grouped: bool) -> None:
    paired = people(2000, seed=1)
    if grouped:
        paired = replace(paired, groups=(np.arange(2000) // 10).astype(np.int32))
    searched, kept = split_rows(paired, seed=3)
    assert not (searched & kept).any()
    assert (searched | kept).all()
    assert 700 < searched.sum() < 1300
    fewer = paired.take(np.arange(0, 2000, 3))
    assert (split_rows(fewer, seed=3)[0] == searched[::3]).all()
    assert (split_rows(paired, seed=4)[0] != searched).any()
    if grouped:
        assert all(len(set(part.tolist())) == 1 for part in np.split(searched, 200))


def test_ids_are_split_alike_whatever_their_type() -> None:
    paired = people(200, seed=1)
    names = np.array([str(row) for row in range(200)], dtype=object)
    assert (split_rows(paired, seed=1)[0] == split_rows(replace(paired, ids=names), seed=1)[0]).all()


def test_of_very_many_rows_some_are_searched_and_all_others_tested() -> None:
    searched, kept = split_rows(people(20_000, seed=1), seed=1, most=1000)
    assert 850 < searched.sum() < 1150
    assert 9500 < kept.sum() < 10_500


def test_order_of_rows_does_not_matter() -> None:
    paired = people(3000, seed=5, lost=0.2, where={"sex": "F"})
    assert judge(shuffled(paired)) == judge(paired)


@given(st.integers(0, 30), st.integers(0, 30))
def test_right_and_wrong_are_tested_exactly(lost: int, gained: int) -> None:
    n_rows = 70
    before = np.arange(n_rows) < lost
    after = (np.arange(n_rows) >= lost) & (np.arange(n_rows) < lost + gained)
    labels = np.zeros(n_rows, dtype=np.int32)
    sides = [
        Sample(n_rows=n_rows, labels=labels, predictions=(~r).astype(np.int32), classes=("a", "b"))
        for r in (before, after)
    ]
    paired = pair(*sides)
    losses = row_losses(paired)
    assert losses is not None
    everywhere = np.ones(n_rows, dtype=bool)
    found = judge_slice(paired, losses, (everywhere, ~everywhere), {"a": "b"}, alpha=0.05)
    expected = stats.binomtest(lost, lost + gained, alternative="greater").pvalue if lost + gained else 1.0
    assert found.p_value == pytest.approx(expected, rel=1e-9)
    assert found.worse_by == (lost - gained) / n_rows
