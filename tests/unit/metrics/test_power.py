"""Rows needed: the published figures, the promised power by simulation, and what makes no sense."""

from __future__ import annotations

import doctest
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.metrics import power
from mlgate.metrics.delong import compute_roc_auc, compute_roc_auc_change
from mlgate.metrics.power import (
    MEANS,
    MIN_UNITS,
    Question,
    RowsNeeded,
    compute_auc_rows,
    compute_auc_variance,
    compute_mean_rows,
    compute_share_rows,
    kind_of,
)
from mlgate.metrics.sample import Flags, Floats
from mlgate.metrics.tango import PairedCounts

NORMAL = NormalDist()


def test_examples_of_the_docstrings_hold() -> None:
    found = doctest.testmod(power)
    assert found.attempted > 4
    assert found.failed == 0


@pytest.mark.parametrize(("disagreement", "rows"), [(0.02, 1237), (0.06, 3710), (0.10, 6183), (0.20, 12365)])
def test_published_rows_for_a_tolerance_of_one_point(disagreement: float, rows: int) -> None:
    found = compute_share_rows(disagreement, Question(tolerance=0.01, drop=0.02)).to_pass
    assert found is not None
    assert 0 <= found - rows <= 1  # published to the nearest row; here a part of a row is a row


def test_rows_scale_with_the_variance_and_the_square_of_the_tolerance() -> None:
    one = compute_mean_rows(1.0, Question(tolerance=0.1, drop=0.2)).to_pass
    four = compute_mean_rows(2.0, Question(tolerance=0.1, drop=0.2)).to_pass
    half = compute_mean_rows(1.0, Question(tolerance=0.05, drop=0.2)).to_pass
    assert one == 619
    assert four == pytest.approx(4 * one, abs=4)
    assert half == four


def test_groups_inflate_and_are_at_least_thirty() -> None:
    plain = compute_share_rows(0.1, Question(tolerance=0.02, drop=0.04)).to_pass
    grouped = compute_share_rows(0.1, Question(tolerance=0.02, drop=0.04, rows_per_group=10, icc=0.3)).to_pass
    assert plain is not None
    assert grouped == pytest.approx(plain * 3.7, abs=4)
    large = compute_share_rows(0.1, Question(tolerance=0.02, drop=0.04, rows_per_group=1000, icc=0.001))
    assert large.to_pass == large.to_detect == MIN_UNITS * 1000


def test_more_comparisons_ask_more_to_detect_and_no_more_to_pass() -> None:
    alone = compute_share_rows(0.1, Question(tolerance=0.01, drop=0.03))
    among = compute_share_rows(0.1, Question(tolerance=0.01, drop=0.03, comparisons=20))
    assert alone.to_pass == among.to_pass
    assert alone.to_detect is not None
    assert among.to_detect is not None
    z = NORMAL.inv_cdf
    factor = ((z(1 - 0.05 / 20) + z(0.8)) / (z(0.95) + z(0.8))) ** 2
    assert among.to_detect == pytest.approx(alone.to_detect * factor, rel=0.01)


def test_what_no_number_of_rows_can_show() -> None:
    assert compute_share_rows(0.1, Question(tolerance=0.0, drop=0.02)).to_pass is None
    impossible = compute_share_rows(0.02, Question(tolerance=0.01, drop=0.03))
    assert impossible.to_detect is None
    assert impossible.to_pass == 1237


def test_without_disagreement_the_interval_still_has_a_width() -> None:
    found = compute_share_rows(0.0, Question(tolerance=0.01, drop=0.02)).to_pass
    assert found == 268
    counts = {"gained": 0, "lost": 0, "discordant": 0}
    assert PairedCounts(n_rows=found, **counts).interval(margin=0.01, alpha=0.05).low > -0.01
    assert not PairedCounts(n_rows=found - 1, **counts).interval(margin=0.01, alpha=0.05).low > -0.01


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("accuracy", "share"),
        ("interval_coverage", "share"),
        ("top_k_accuracy", "share"),
        ("roc_auc", "auc"),
        ("mae", "mean"),
        ("ndcg", "mean"),
        ("f1", ""),
        ("rmse", ""),
        ("average_precision", ""),
        ("latency_p95_ms", ""),
        ("max_error", ""),
    ],
)
def test_what_has_to_be_assumed(name: str, kind: str) -> None:
    assert kind_of(METRICS[name]) == kind


def test_every_mean_is_a_metric() -> None:
    assert set(METRICS) >= MEANS


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tolerance": -0.01}, "tolerance"),
    ({"tolerance": math.nan}, "tolerance"),
    ({"drop": 0.01}, "not beyond"),
    ({"drop": math.nan}, "not beyond"),
    ({"drop": math.inf}, "not beyond"),
    ({"alpha": 0.0}, "alpha"),
    ({"alpha": 0.5}, "alpha"),
    ({"alpha": math.nan}, "alpha"),
    ({"power": 0.5}, "power"),
    ({"power": 1.0}, "power"),
    ({"power": math.nan}, "power"),
    ({"comparisons": 0}, "comparison"),
    ({"rows_per_group": 0.5}, "group"),
    ({"rows_per_group": math.inf}, "group"),
    ({"icc": -0.1}, "correlation"),
    ({"icc": math.nan}, "correlation"),
]


@pytest.mark.parametrize(("settings", "words"), BAD)
def test_question_that_makes_no_sense_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Question(**({"tolerance": 0.01, "drop": 0.02} | settings))


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_assumption_outside_its_range_is_refused(value: float) -> None:
    question = Question(tolerance=0.01, drop=0.02)
    with pytest.raises(ValueError, match="disagreement"):
        compute_share_rows(value, question)
    with pytest.raises(ValueError, match="AUC"):
        compute_auc_rows(value, 0.5, question, correlation=0.9)
    with pytest.raises(ValueError, match="positive"):
        compute_auc_rows(0.8, value, question, correlation=0.9)
    with pytest.raises(ValueError, match="correlation"):
        compute_auc_rows(0.8, 0.5, question, correlation=value)


def test_standard_deviation_outside_its_range_and_endless_test_sets_are_refused() -> None:
    question = Question(tolerance=0.01, drop=0.02)
    for sd in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="standard deviation"):
            compute_mean_rows(sd, question)
    with pytest.raises(ValueError, match="no test set"):
        compute_mean_rows(1e9, Question(tolerance=1e-9, drop=1.0))
    with pytest.raises(ValueError, match="cannot drop"):
        compute_auc_rows(0.8, 0.5, Question(tolerance=0.1, drop=0.9), correlation=0.9)


@given(
    st.floats(0.0, 1.0),
    st.floats(1e-4, 0.2),
    st.floats(1e-4, 0.3),
    st.integers(1, 50),
    st.floats(1, 20),
    st.floats(0, 1),
)
def test_a_larger_drop_needs_no_more_rows(
    disagreement: float, tolerance: float, beyond: float, comparisons: int, size: float, icc: float
) -> None:
    more: dict[str, Any] = {"comparisons": comparisons, "rows_per_group": size, "icc": icc}
    near = compute_share_rows(disagreement, Question(tolerance=tolerance, drop=tolerance + beyond, **more))
    far = compute_share_rows(disagreement, Question(tolerance=tolerance, drop=tolerance + 2 * beyond, **more))
    assert near.to_pass == far.to_pass
    assert near.to_detect is None or near.to_detect >= 1
    assert far.to_detect is None or (near.to_detect is not None and far.to_detect <= near.to_detect)


def test_variance_of_an_area_without_skill_is_that_of_the_rank_test() -> None:
    """Mann and Whitney's variance under the null: (m + n + 1) / (12 m n)."""
    assert compute_auc_variance(0.5, 180, 420) == pytest.approx(601 / (12 * 180 * 420), rel=1e-9)


# By simulation: the stated rows give the promised 80 %, within the error of the simulation and two points more.


def close_to_promise(hits: int, draws: int) -> bool:
    return abs(hits / draws - 0.8) <= 3 * math.sqrt(0.8 * 0.2 / draws) + 0.02


@pytest.mark.parametrize(
    ("disagreement", "tolerance", "drop"), [(0.06, 0.01, 0.03), (0.02, 0.01, 0.0125), (0.2, 0.02, 0.05)]
)
def test_power_of_a_share(disagreement: float, tolerance: float, drop: float) -> None:
    rng = np.random.default_rng(7)
    needed = compute_share_rows(disagreement, Question(tolerance=tolerance, drop=drop))
    assert needed.to_pass is not None
    assert needed.to_detect is not None
    draws = 800

    def intervals(rows: int, change: float) -> list[Any]:
        shares = [(disagreement + change) / 2, (disagreement - change) / 2, 1 - disagreement]
        tables = rng.multinomial(rows, shares, size=draws)
        return [
            PairedCounts(gained=int(g), lost=int(b), n_rows=rows, discordant=int(g + b)).interval(
                margin=tolerance, alpha=0.05
            )
            for g, b, _ in tables
        ]

    assert close_to_promise(sum(i.low > -tolerance for i in intervals(needed.to_pass, 0.0)), draws)
    assert close_to_promise(sum(i.p_value <= 0.05 for i in intervals(needed.to_detect, -drop)), draws)


def draw_scores(rng: np.random.Generator, rows: int, areas: tuple[float, float]) -> tuple[Flags, Floats, Floats]:
    """Two models whose scores are normal, share nine tenths of their noise, and have these areas."""
    positive = np.arange(rows) < round(0.3 * rows)
    common = rng.normal(size=rows)
    before, after = (
        math.sqrt(2) * NORMAL.inv_cdf(area) * positive
        + math.sqrt(0.9) * common
        + math.sqrt(0.1) * rng.normal(size=rows)
        for area in areas
    )
    return positive, before, after


def test_power_of_an_area() -> None:
    rng = np.random.default_rng(11)
    pairs = [draw_scores(rng, 400, (0.8, 0.8)) for _ in range(600)]
    areas = np.array([[compute_roc_auc(y, scores) for scores in sides] for y, *sides in pairs])
    correlation = float(np.corrcoef(areas.T)[0, 1])
    needed = compute_auc_rows(0.8, 0.3, Question(tolerance=0.02, drop=0.05), correlation=correlation)
    assert needed.to_pass is not None
    assert needed.to_detect is not None
    passed = detected = 0
    draws = 400
    for _ in range(draws):
        same = compute_roc_auc_change(*draw_scores(rng, needed.to_pass, (0.8, 0.8)))
        worse = compute_roc_auc_change(*draw_scores(rng, needed.to_detect, (0.8, 0.75)))
        passed += same.interval(margin=0.02, alpha=0.05).low > -0.02
        detected += worse.interval(margin=0.02, alpha=0.05).p_value <= 0.05
    assert close_to_promise(passed, draws)
    assert close_to_promise(detected, draws)


def test_power_of_a_mean() -> None:
    rng = np.random.default_rng(13)
    needed = compute_mean_rows(1.5, Question(tolerance=0.2, drop=0.5))
    assert needed == RowsNeeded(348, 155)
    z, draws = NORMAL.inv_cdf(0.95), 1500
    assert needed.to_pass is not None
    assert needed.to_detect is not None

    def bounds(rows: int, mean: float) -> tuple[Floats, Floats]:
        change = rng.exponential(1.5, size=(draws, rows)) - 1.5 + mean  # skewed, as losses are
        half = z * change.std(axis=1, ddof=1) / math.sqrt(rows)
        return change.mean(axis=1) - half, change.mean(axis=1) + half

    low, _ = bounds(needed.to_pass, 0.0)
    _, high = bounds(needed.to_detect, -0.5)
    assert close_to_promise(int((low > -0.2).sum()), draws)
    assert close_to_promise(int((high < -0.2).sum()), draws)
