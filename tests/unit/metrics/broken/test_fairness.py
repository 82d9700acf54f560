"""Gaps between groups: values as fairlearn defines them, honest intervals, and what cannot be judged."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.evaluation import Fairness
from mlgate.metrics.broken.fairness import fairness
from mlgate.metrics.broken.rates import (
    SELECTION,
    Grouped,
    GroupRate,
    gap_change,
    group_rates,
    largest_difference,
    smallest_ratio,
)
from mlgate.metrics.paired import Paired
from mlgate.metrics.proportions import Share
from mlgate.metrics.tango import PairedCounts
from mlgate.outcome import Outcome, Status, to_json
from tests.unit.metrics.broken.samples import build_evaluation, class_pair, shuffled

EVALUATION = build_evaluation(positive="yes")
POLICY = Fairness(column="sex")


def people(**counts: tuple[int, int, int, int]) -> Paired:
    """Per group: true positives, missed positives, false positives, true negatives of the candidate.

    The baseline predicts every label right.
    """
    groups: list[str] = []
    labels: list[str] = []
    after: list[str] = []
    for group, (hits, misses, false, right) in counts.items():
        groups += [group] * (hits + misses + false + right)
        labels += ["yes"] * (hits + misses) + ["no"] * (false + right)
        after += ["yes"] * hits + ["no"] * misses + ["yes"] * false + ["no"] * right
    return class_pair([*labels], [*labels], after, positive="yes", slices={"sex": groups})


def judge(paired: Paired, policy: Fairness = POLICY) -> tuple[Outcome, Outcome]:
    found = fairness(EVALUATION, policy, paired)
    for outcome in found:
        json.dumps(to_json(outcome.evidence), allow_nan=False)
    assert [outcome.check for outcome in found] == ["demographic_parity_ratio", "equalized_odds_difference"]
    return found


FAIR = people(F=(400, 100, 100, 400), M=(405, 95, 95, 405))
UNFAIR = people(F=(150, 350, 20, 480), M=(400, 100, 100, 400))
FEW = people(F=(16, 4, 4, 16), M=(18, 2, 3, 17))


def test_values_are_those_of_fairlearn() -> None:
    ratio, odds = judge(UNFAIR)
    assert ratio.observed == pytest.approx((170 / 1000) / (500 / 1000))
    assert odds.observed == pytest.approx(0.8 - 0.3)
    assert ratio.evidence["between"] == ["F", "M"]
    assert odds.evidence["between"] == ["M", "F"]
    assert ratio.evidence["baseline"] == 1.0
    assert odds.evidence["baseline"] == 0.0


def test_a_proven_violation_warns_or_fails_as_declared() -> None:
    for blocking, status in ((False, Status.WARN), (True, Status.FAIL)):
        for outcome in judge(UNFAIR, replace(POLICY, blocking=blocking)):
            assert outcome.status is status
            assert outcome.evidence["finding"] == "violation"
    ratio, odds = judge(UNFAIR)
    assert ratio.message.startswith(
        "F is selected 0.34 times as often as M (at least 0.8 asked; 90 % interval 0.299 to 0.395"
    )
    assert odds.message.startswith("true positive rate of M is 0.5 above that of F (at most 0.1 asked")


def test_equal_groups_hold() -> None:
    for outcome in judge(FAIR):
        assert outcome.status is Status.PASS
        assert outcome.evidence["finding"] == "holds"


def test_few_rows_cannot_tell_and_say_how_many_would() -> None:
    for outcome in judge(FEW, replace(POLICY, blocking=True)):
        assert outcome.status is Status.WARN
        assert outcome.evidence["finding"] == "cannot tell"
        assert outcome.evidence["rows_needed"] > 80
        assert f"about {outcome.evidence['rows_needed']:,} rows" in outcome.hint


def test_the_rows_needed_suffice() -> None:
    """Two groups that do not differ, of as many rows as asked for, hold four times in five."""
    rng = np.random.default_rng(2)
    needed = judge(FEW)[0].evidence["rows_needed"]
    half, held, n_draws = needed // 2, 0, 200
    for _ in range(n_draws):
        rates = [rate_of(name, int(rng.binomial(half, 41 / 80)), half) for name in ("F", "M")]
        worst = smallest_ratio(rates, alpha=0.05, bound=0.8)
        held += worst is not None and worst.low >= 0.8
    assert abs(held / n_draws - 0.8) <= 0.02 + 3 * math.sqrt(0.8 * 0.2 / n_draws)


@pytest.mark.parametrize(("n_rows", "group"), [(29, "X"), (1, "X")])
def test_a_small_group_is_named_and_makes_a_pass_a_warning(n_rows: int, group: str) -> None:
    paired = people(F=(400, 100, 100, 400), M=(405, 95, 95, 405), X=(n_rows, 0, 0, 0))
    ratio, odds = judge(paired)
    for outcome in (ratio, odds):
        assert outcome.status is Status.WARN
        assert outcome.evidence["finding"] == "holds"
        assert outcome.evidence["not_evaluable"][0]["group"] == group
        assert f"not evaluable: X ({n_rows} row{'' if n_rows == 1 else 's'}, 30 needed)" in outcome.message


def test_a_group_without_positives_has_no_true_positive_rate() -> None:
    paired = people(F=(400, 100, 100, 400), M=(405, 95, 95, 405), X=(0, 0, 40, 160))
    _, odds = judge(paired)
    assert odds.evidence["not_evaluable"] == [{"group": "X", "why": "no positive row, so no true_positive_rate"}]
    rates = [(entry["group"], entry["rate"]) for entry in odds.evidence["groups"]]
    assert ("X", "false_positive_rate") in rates
    assert ("X", "true_positive_rate") not in rates


@pytest.mark.parametrize(
    ("paired", "policy", "said"),
    [
        (FAIR, Fairness(column="ward"), "no such column"),
        (people(F=(400, 100, 100, 400)), POLICY, "two groups are needed, and only F"),
        (people(F=(4, 1, 1, 4), M=(4, 1, 1, 4)), POLICY, "two groups are needed, and no group"),
    ],
)
def test_what_has_no_two_groups_is_an_error(paired: Paired, policy: Fairness, said: str) -> None:
    for outcome in judge(paired, policy):
        assert outcome.status is Status.ERROR
        assert said in outcome.message
        assert outcome.hint


def test_nobody_selected_is_an_error_of_the_ratio_alone() -> None:
    ratio, odds = judge(people(F=(0, 50, 0, 50), M=(0, 50, 0, 50)))
    assert ratio.status is Status.ERROR
    assert "no row of any group is predicted" in ratio.message
    assert odds.observed == 0.0


def test_one_group_without_any_selected_row_is_a_ratio_of_zero() -> None:
    ratio, _ = judge(people(F=(0, 200, 0, 200), M=(150, 50, 50, 150)))
    assert ratio.observed == 0.0
    assert ratio.evidence["finding"] == "violation"


def test_the_change_of_the_gap_is_that_of_the_two_groups() -> None:
    ratio, odds = judge(UNFAIR)
    assert ratio.evidence["change"]["delta"] == pytest.approx((170 - 500) / 1000 - 0)
    assert ratio.evidence["change"]["high"] < 0
    assert odds.evidence["change"]["of"] == "difference of true_positive_rate"
    assert odds.evidence["change"]["delta"] == pytest.approx(0.5)


def test_without_a_baseline_no_change_is_told() -> None:
    for outcome in fairness(EVALUATION, POLICY, UNFAIR, compared=False):
        assert outcome.evidence["baseline"] is None
        assert outcome.evidence["change"] is None
        assert outcome.evidence["finding"] == "violation"


def test_a_group_with_itself_unchanged_gives_tangos_interval() -> None:
    """Where one group is very large and unchanged, the change of the gap is that of the other."""
    paired = people(F=(150, 350, 20, 480), M=(20_000, 0, 0, 20_000))
    rows = Grouped.of(paired, "sex")
    assert rows is not None
    rates, _ = group_rates(rows, SELECTION)
    worst = smallest_ratio(rates, alpha=0.05, bound=0.8)
    assert worst is not None
    change = gap_change(rows, worst, alpha=0.05)
    alone = PairedCounts(gained=20, lost=350, n_rows=1000, discordant=370).interval(margin=0.0, alpha=0.05)
    assert change == pytest.approx((alone.delta, alone.low, alone.high), abs=1e-3)


def test_grouped_rows_are_less_certain() -> None:
    paired = people(F=(300, 200, 50, 450), M=(400, 100, 100, 400))
    copies = paired.take(np.repeat(np.arange(paired.n_rows), 4))
    units = np.repeat(np.arange(paired.n_rows, dtype=np.int32), 4)
    plain, naive, grouped = (judge(each)[0].evidence for each in (paired, copies, replace(copies, groups=units)))
    assert naive["high"] - naive["low"] < 0.6 * (plain["high"] - plain["low"])
    assert grouped["high"] == pytest.approx(plain["high"], rel=0.01)
    assert grouped["low"] == pytest.approx(plain["low"], rel=0.01)
    few = replace(copies, groups=(units // 100).astype(np.int32))
    assert judge(few)[0].status is Status.ERROR  # 10 units a group
    assert "10 groups of rows, 30 needed" in judge(few)[0].message
    assert grouped["change"]["low"] == pytest.approx(plain["change"]["low"], abs=0.01)


def test_order_of_rows_does_not_matter() -> None:
    assert judge(shuffled(UNFAIR)) == judge(UNFAIR)


def rate_of(group: str, successes: int, trials: int) -> GroupRate:
    share = Share(successes=float(successes), trials=float(trials), n_rows=trials)
    return GroupRate(group=group, rate=SELECTION, share=share, baseline=None, index=np.arange(0))


COUNTS = st.lists(
    st.integers(30, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=6
)


@given(COUNTS)
def test_extremes_lie_inside_their_intervals(counts: list[tuple[int, int]]) -> None:
    rates = [rate_of(str(place), *count) for place, count in enumerate(counts)]
    values = [successes / trials for successes, trials in counts]
    ratio = smallest_ratio(rates, alpha=0.05, bound=0.8)
    assert (ratio is None) is (max(values) == 0)
    if ratio is not None:
        assert ratio.value == pytest.approx(min(values) / max(values))
        assert ratio.low <= ratio.value + 1e-12
        assert ratio.value <= ratio.high + 1e-12
        assert 0 <= ratio.low <= ratio.high <= 1
    odds = largest_difference([rates], alpha=0.05, bound=0.1)
    assert odds is not None
    assert odds.value == pytest.approx(max(values) - min(values))
    assert 0 <= odds.low <= odds.value + 1e-12
    assert odds.value <= odds.high + 1e-12 <= 1 + 2e-12


def _share_of(found: Sequence[Any], claim: Any) -> float:
    return sum(bool(claim(extreme)) for extreme in found) / len(found)


@pytest.mark.parametrize("rates", [(0.40, 0.50), (0.40, 0.40, 0.50, 0.50)])
def test_at_the_bound_neither_claim_is_made_more_often_than_one_time_in_twenty(rates: tuple[float, ...]) -> None:
    """True ratio 0.8 and difference 0.1, the bounds themselves, with several groups to choose the worst from."""
    rng = np.random.default_rng(9)
    n_draws, n_rows = 250, 400
    ratios, odds = [], []
    for _ in range(n_draws):
        drawn = [rate_of(str(place), int(rng.binomial(n_rows, rate)), n_rows) for place, rate in enumerate(rates)]
        ratios.append(smallest_ratio(drawn, alpha=0.05, bound=0.8))
        odds.append(largest_difference([drawn], alpha=0.05, bound=0.1))
    most = 0.05 + 0.01 + 3 * math.sqrt(0.05 * 0.95 / n_draws)
    assert _share_of(ratios, lambda extreme: extreme.high < 0.8) <= most
    assert _share_of(ratios, lambda extreme: extreme.low >= 0.8) <= most
    assert _share_of(odds, lambda extreme: extreme.low > 0.1) <= most
    assert _share_of(odds, lambda extreme: extreme.high <= 0.1) <= most


def test_two_hundred_groups_are_judged() -> None:
    rng = np.random.default_rng(1)
    counts = {f"g{place:03}": (20, 5, 5, int(rng.integers(18, 24))) for place in range(200)}
    ratio, odds = judge(people(**counts))
    assert ratio.evidence["finding"] == "cannot tell"
    assert len(odds.evidence["groups"]) == 400
