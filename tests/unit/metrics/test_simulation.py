"""Error rates by simulation, fixed seeds: at delta = -tolerance, at delta = 0, and over a family of slices."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from mlgate.metrics import METRICS, Comparison, decide_comparisons
from mlgate.metrics.delong import compute_roc_auc_change
from mlgate.metrics.multiplicity import adjust_holm
from mlgate.metrics.tango import PairedCounts, tango_statistic
from mlgate.outcome import Status

ALPHA = 0.05


def simulate_tables(
    n_tables: int, n_rows: int, *, discordant_fraction: float, delta: float, seed: int
) -> list[PairedCounts]:
    rng = np.random.default_rng(seed)
    gained, lost = (discordant_fraction + delta) / 2, (discordant_fraction - delta) / 2
    draws = rng.multinomial(n_rows, [gained, lost, 1 - gained - lost], size=n_tables)
    return [
        PairedCounts(gained=int(won), lost=int(gone), n_rows=n_rows, discordant=int(won + gone))
        for won, gone, _ in draws
    ]


def three_sd(rate: float, n_tables: int) -> float:
    return 3 * math.sqrt(rate * (1 - rate) / n_tables)


@pytest.mark.parametrize(("n_rows", "fraction", "margin"), [(1000, 0.06, 0.01), (500, 0.10, 0.02)])
def test_at_the_tolerance_one_change_in_twenty_is_called_a_regression(
    n_rows: int, fraction: float, margin: float
) -> None:
    tables = simulate_tables(1500, n_rows, discordant_fraction=fraction, delta=-margin, seed=11)
    found = [change.interval(margin=margin, alpha=ALPHA) for change in tables]
    regressions = sum(interval.p_value <= ALPHA for interval in found) / len(found)
    passes = sum(interval.low > -margin for interval in found) / len(found)
    # Counts are whole, so a rate cannot be 0.05 exactly: 0.01 more or less is the step of the table.
    assert abs(regressions - ALPHA) <= 0.01 + three_sd(ALPHA, len(found))
    assert abs(passes - ALPHA) <= 0.01 + three_sd(ALPHA, len(found))


def test_rows_needed_pass_four_unchanged_models_in_five() -> None:
    tables = simulate_tables(600, 3710, discordant_fraction=0.06, delta=0.0, seed=5)
    passes = sum(change.interval(margin=0.01, alpha=ALPHA).low > -0.01 for change in tables) / len(tables)
    assert abs(passes - 0.8) <= 0.01 + three_sd(0.8, len(tables))


def test_unchanged_slices_of_a_family_rarely_block() -> None:
    """Twenty slices that lost exactly the tolerance, the worst case: one or more blocks in at most 5 % of the gates."""
    n_gates, n_slices = 2000, 20
    tables = simulate_tables(n_gates * n_slices, 300, discordant_fraction=0.10, delta=-0.02, seed=17)
    p_values = [p_value_of(change, 0.02) for change in tables]
    blocked = sum(
        min(adjust_holm(p_values[start : start + n_slices])) <= ALPHA for start in range(0, len(p_values), n_slices)
    )
    assert blocked / n_gates <= ALPHA + three_sd(ALPHA, n_gates)
    uncorrected = sum(min(p_values[start : start + n_slices]) <= ALPHA for start in range(0, len(p_values), n_slices))
    assert uncorrected / n_gates > 0.4  # what the adjustment is for


def p_value_of(change: PairedCounts, margin: float) -> float:
    """Of Tango's test alone; the interval's ends would take a hundred times as long."""
    return NormalDist().cdf(tango_statistic(change.gained, change.lost, change.n_rows, -margin))


def test_whole_gate_blocks_unchanged_models_rarely() -> None:
    n_gates, n_slices = 100, 20
    tables = simulate_tables(n_gates * n_slices, 200, discordant_fraction=0.08, delta=0.0, seed=23)
    blocked = 0
    for gate in range(n_gates):
        comparisons = [
            Comparison(
                evaluation="e",
                spec=METRICS["accuracy"],
                tolerance=0.005,
                slice_key={"ward": str(ward)},
                n_rows=200,
                baseline=0.8,
                candidate=0.8 + change.delta,
                change=change,
                discordant=change.discordant,
                identical=False,
            )
            for ward, change in enumerate(tables[gate * n_slices : (gate + 1) * n_slices])
        ]
        outcomes = decide_comparisons(comparisons, seed=0)
        blocked += any(outcome.status is Status.FAIL for outcome in outcomes)
    assert blocked / n_gates <= ALPHA + three_sd(ALPHA, n_gates)


def test_delong_at_no_difference_covers_nine_in_ten() -> None:
    rng = np.random.default_rng(3)
    n_tables, n_rows = 1000, 400
    positive = np.arange(n_rows) < 120
    covered = below = 0
    for _ in range(n_tables):
        signal = positive + rng.normal(size=n_rows)
        baseline, candidate = (signal + 0.7 * rng.normal(size=n_rows) for _ in range(2))
        found = compute_roc_auc_change(positive, baseline, candidate).interval(margin=0.0, alpha=ALPHA)
        covered += found.low <= 0 <= found.high
        below += found.p_value <= ALPHA
    assert abs(covered / n_tables - 0.9) <= 0.01 + three_sd(0.9, n_tables)
    assert abs(below / n_tables - ALPHA) <= 0.01 + three_sd(ALPHA, n_tables)
