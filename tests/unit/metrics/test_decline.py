"""The evidence for a slow decline: the mixture, its boundary, and how often it is wrong."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import integrate, stats

from mlgate.metrics.decline import Evidence, Link, compute_boundary, log_mixture, weigh_decline

steps = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(0.05, 2)),
    min_size=1,
    max_size=25,
)


def chain_of(moves: list[tuple[float, float]], *, first: int = 0) -> list[Link]:
    start = Link(position=first, decline=0.0, se=None)
    return [start, *(Link(position=first + 1 + i, decline=move, se=se) for i, (move, se) in enumerate(moves))]


def constant(decline: float, se: float, count: int) -> list[Link]:
    return chain_of([(decline, se)] * count)


@pytest.mark.parametrize(
    ("decline", "variance", "rho"), [(0.0, 1.0, 0.3), (2.0, 1.0, 0.1), (9.0, 4.0, 0.5), (1.0, 0.0, 1.0)]
)
def test_the_mixture_is_the_integral_over_half_a_normal(decline: float, variance: float, rho: float) -> None:
    def integrand(theta: float) -> float:
        return 2 * math.exp(theta * decline - theta**2 * variance / 2 + stats.norm.logpdf(theta, scale=rho**-0.5))

    integral, _ = integrate.quad(integrand, 0, 30, epsabs=0, epsrel=1e-10)
    assert math.exp(log_mixture(decline, variance, rho)) == pytest.approx(integral, rel=1e-8)


@pytest.mark.parametrize("variance", [0.01, 1.0, 30.0])
def test_the_mixture_has_mean_one_where_nothing_changes(variance: float) -> None:
    rho = 0.2

    def integrand(decline: float) -> float:
        # Below 0 the mixture is not evaluated by the check: Phi there is taken from scipy.
        score = decline / math.sqrt(variance + rho)
        value = math.log(2) + 0.5 * math.log(rho / (variance + rho)) + score**2 / 2 + stats.norm.logcdf(score)
        if decline > 0:
            value = log_mixture(decline, variance, rho)
        return math.exp(value + stats.norm.logpdf(decline, scale=math.sqrt(variance)))

    bound = 12 * math.sqrt(variance * (variance + rho) / rho)
    mean, _ = integrate.quad(integrand, -bound, bound, limit=500, points=[0.0])
    assert mean == pytest.approx(1.0, abs=1e-6)


def test_the_weights_of_all_starts_add_up_to_one() -> None:
    """Without noise in between, what is left of the evidence is the sum of the weights."""
    many = [Link(position=place, decline=0.0, se=1e-9) for place in range(4000)]
    assert weigh_decline(many, alpha=0.05, window=20).log_value == -math.inf
    rising = [Link(position=place, decline=1e-12, se=1e-6) for place in range(4000)]
    assert weigh_decline(rising, alpha=0.05, window=10**9).log_value == pytest.approx(0.0, abs=0.001)


def test_a_boundary_is_where_one_start_is_enough() -> None:
    for count in (1, 5, 40):
        bound = compute_boundary(constant(0.0, 0.5, count), 0, alpha=0.05, window=20)
        above = constant(bound / count * (1 + 1e-9), 0.5, count)
        assert weigh_decline(above, alpha=0.05, window=20).shown
        alone = [(bound * (1 - 1e-6), 0.5), *[(0.0, 0.5)] * (count - 1)]  # the other starts see nothing
        assert not weigh_decline(chain_of(alone), alpha=0.05, window=20).shown


def test_a_boundary_grows_with_the_start_and_as_alpha_falls() -> None:
    late = constant(0.0, 0.5, 30)
    bounds = [compute_boundary(late, start, alpha=0.05, window=20) for start in (0, 28)]
    assert bounds[0] > bounds[1]
    same_length = [
        compute_boundary(chain_of([(0.0, 0.5)] * 5, first=first), 0, alpha=0.05, window=20) for first in (0, 9)
    ]
    assert same_length[0] < same_length[1]
    levels = [compute_boundary(late, 0, alpha=alpha, window=20) for alpha in (0.2, 0.05, 0.005)]
    assert levels == sorted(levels)


@given(steps, st.floats(1e-6, 1e6))
def test_evidence_does_not_depend_on_the_unit(moves: list[tuple[float, float]], scale: float) -> None:
    plain = weigh_decline(chain_of(moves), alpha=0.05, window=20)
    scaled = weigh_decline(chain_of([(m * scale, se * scale) for m, se in moves]), alpha=0.05, window=20)
    assume(any(move > 0 for move, _ in moves))
    assert scaled.log_value == pytest.approx(plain.log_value, rel=1e-6, abs=1e-6)


@given(steps)
def test_a_worse_last_step_is_never_weaker_evidence(moves: list[tuple[float, float]]) -> None:
    *before, (last, se) = moves
    values = [
        weigh_decline(chain_of([*before, (last + more, se)]), alpha=0.05, window=20).log_value
        for more in (0.0, 0.5, 3.0)
    ]
    assert all(a <= b for a, b in pairwise(values))


@given(steps)
def test_any_start_over_its_boundary_is_found(moves: list[tuple[float, float]]) -> None:
    chain = chain_of(moves)
    total = 0.0
    for start in range(len(chain) - 2, -1, -1):
        total += chain[start + 1].decline
        if total > compute_boundary(chain, start, alpha=0.05, window=20) * (1 + 1e-9):
            assert weigh_decline(chain, alpha=0.05, window=20).shown


@given(steps)
def test_improvements_alone_show_nothing(moves: list[tuple[float, float]]) -> None:
    found = weigh_decline(chain_of([(-abs(move), se) for move, se in moves]), alpha=0.05, window=20)
    assert not found.shown
    assert found.p_value == 1.0


def test_a_chain_of_one_and_steps_without_noise_show_nothing() -> None:
    assert weigh_decline(chain_of([]), alpha=0.05, window=20).log_value == -math.inf
    still = constant(0.0, 0.0, 5)
    assert not weigh_decline(still, alpha=0.05, window=20).shown
    assert compute_boundary(still, 0, alpha=0.05, window=20) == math.inf


def test_runs_that_change_nothing_take_nothing_away() -> None:
    moved = [(0.5, 0.2)] * 8
    with_still = chain_of([*moved[:4], *[(0.0, 0.0)] * 10, *moved[4:]])
    assert weigh_decline(with_still, alpha=0.05, window=20).shown
    assert weigh_decline(chain_of(moved), alpha=0.05, window=20).shown


def test_nan_shows_nothing() -> None:
    assert not Evidence(log_value=math.nan, alpha=0.05).shown
    assert Evidence(log_value=math.nan, alpha=0.05).p_value == 1.0


@pytest.mark.parametrize(
    ("moves", "alpha", "window", "words"),
    [
        ([(0.1, 1.0)], 0.0, 20, "alpha must lie"),
        ([(0.1, 1.0)], math.nan, 20, "alpha must lie"),
        ([(0.1, 1.0)], 0.05, 0, "window must be"),
        ([(math.nan, 1.0)], 0.05, 20, "finite change"),
        ([(0.1, math.inf)], 0.05, 20, "finite change"),
        ([(0.1, -1.0)], 0.05, 20, "standard error of at least 0"),
        ([(0.1, 1e200)], 0.05, 20, "finite change"),
        ([(0.1, 0.0)], 0.05, 20, "cannot be weighed"),
    ],
)
def test_what_cannot_be_weighed_is_refused(
    moves: list[tuple[float, float]], alpha: float, window: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        weigh_decline(chain_of(moves), alpha=alpha, window=window)
    with pytest.raises(ValueError, match="must be finite"):
        weigh_decline([Link(position=0, decline=0.0, se=math.nan)], alpha=0.05, window=20)


def first_alarm(declines: list[float], se: float) -> int | None:
    chain = [Link(position=0, decline=0.0, se=None)]
    for number, decline in enumerate(declines, start=1):
        chain.append(Link(position=number, decline=decline, se=se))
        if weigh_decline(chain, alpha=0.05, window=20).shown:
            return number
    return None


def test_false_alarms_over_all_looks_stay_below_alpha() -> None:
    histories, looks = 300, 50
    moves = np.random.default_rng(11).normal(0.0, 1.0, (histories, looks))
    alarms = sum(first_alarm(row, 1.0) is not None for row in moves.tolist())
    limit = 0.05 + 3 * math.sqrt(0.05 * 0.95 / histories)
    assert 0 < alarms / histories <= limit  # some there are: a check that never speaks would pass, too


def test_a_fixed_test_at_every_look_would_not() -> None:
    """What the control is for: the plain 5 % test of the change since the first run, looked at after every merge."""
    moves = np.random.default_rng(11).normal(0.0, 1.0, (400, 60)).cumsum(axis=1)
    scores = moves / np.sqrt(np.arange(1, 61))
    assert (scores > 1.645).any(axis=1).mean() > 0.2


@pytest.mark.parametrize(("quiet", "within", "least"), [(0, 20, 0.7), (20, 40, 0.8)])
def test_a_decline_of_three_tenths_of_the_tolerance_per_merge_is_found(quiet: int, within: int, least: float) -> None:
    """The standard error is the tolerance / 2.486: as many rows as show an unchanged model to be within it."""
    histories, rng = 100, np.random.default_rng(5)
    moves = rng.normal(0.0, 1 / 2.486, (histories, quiet + within))
    moves[:, quiet:] += 0.3
    alarms = [first_alarm(row, 1 / 2.486) for row in moves.tolist()]
    assert sum(alarm is not None and alarm > quiet for alarm in alarms) / histories >= least
