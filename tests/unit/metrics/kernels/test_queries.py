"""Metrics of rankings: against scikit-learn, every order of tied items, and properties."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from mlgate.config.metric_specs import METRICS, find_metric
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.queries import KERNELS, query_weights
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

Item = tuple[int, float, float]  # query, relevance, score

NAMES = ["ndcg", "mrr", "map", "recall_at_k"]


def sample_of(items: Sequence[Item], weights: Sequence[float] | None = None) -> Sample:
    query, relevance, score = (np.array(part) for part in zip(*items, strict=True)) if items else (np.zeros(0),) * 3
    return Sample(
        n_rows=len(items),
        query=query.astype(np.int32),
        truth=relevance.astype(np.float64),
        scores=score.astype(np.float64),
        weights=None if weights is None else np.array(weights, dtype=np.float64),
    )


def kernel_of(name: str) -> SumsKernel:
    spec = find_metric(name)
    assert spec is not None
    kernel = KERNELS[name.partition("@")[0]](spec)
    assert isinstance(kernel, SumsKernel)
    return kernel


def value_of(name: str, items: Sequence[Item], weights: Sequence[float] | None = None) -> float:
    return compute_value(kernel_of(name), sample_of(items, weights))


def one_query(relevance: Sequence[float], scores: Sequence[float]) -> list[Item]:
    return [(0, gain, score) for gain, score in zip(relevance, scores, strict=True)]


def items(max_size: int, *, levels: int = 3) -> st.SearchStrategy[list[Item]]:
    relevance = st.sampled_from([0.0, 0.0, 1.0, 2.0, 0.1, 0.7])
    item = st.tuples(st.integers(0, 2), relevance, st.integers(0, levels).map(float))
    return st.lists(item, min_size=1, max_size=max_size)


def queries_of(rows: Sequence[Item]) -> list[list[Item]]:
    return [[row for row in rows if row[0] == query] for query in sorted({row[0] for row in rows})]


@given(rows=items(40, levels=6), k=st.one_of(st.none(), st.integers(1, 12)))
def test_ndcg_equals_scikit_learn_for_each_query(rows: list[Item], k: int | None) -> None:
    columns = kernel_of("ndcg" if k is None else f"ndcg@{k}").columns(sample_of(rows))
    assert columns[:, 1].tolist() == [1.0] * columns.shape[0]
    for query, found in zip(queries_of(rows), columns[:, 0], strict=True):
        truth, scores = [[row[1] for row in query]], [[row[2] for row in query]]
        if len(query) > 1:
            expected = ndcg_score(truth, scores, k=k, ignore_ties=False)
        else:  # scikit-learn refuses a single item
            expected = float(truth[0][0] > 0)
        assert found == pytest.approx(expected, abs=1e-12)


def test_ndcg_of_many_items_equals_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth, scores = rng.integers(0, 5, size=5000).astype(float), np.round(rng.normal(size=5000), 2)
    expected = ndcg_score(truth[None], scores[None], ignore_ties=False)
    assert value_of("ndcg", one_query(truth.tolist(), scores.tolist())) == pytest.approx(expected, abs=1e-12)


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    return next((1 / rank for rank, hit in enumerate(relevant, start=1) if hit), 0.0)


def average_precision(relevant: Sequence[bool]) -> float:
    hits = [sum(relevant[:rank]) / rank for rank, hit in enumerate(relevant, start=1) if hit]
    return sum(hits) / len(hits) if hits else 0.0


def recall_at_2(relevant: Sequence[bool]) -> float:
    return sum(relevant[:2]) / sum(relevant) if any(relevant) else 0.0


def over_orders(metric: Callable[[Sequence[bool]], float], query: list[Item]) -> float:
    """Mean of a metric over all orders of the items that agree with their scores."""
    orders = [
        [row[1] > 0 for row in order]
        for order in permutations(query)
        if all(before[2] >= after[2] for before, after in pairwise(order))
    ]
    return math.fsum(map(metric, orders)) / len(orders)


@pytest.mark.parametrize(
    ("name", "metric"), [("mrr", reciprocal_rank), ("map", average_precision), ("recall_at_k@2", recall_at_2)]
)
@given(rows=items(6))
def test_ties_are_worth_the_mean_over_their_orders(
    name: str, metric: Callable[[Sequence[bool]], float], rows: list[Item]
) -> None:
    found = kernel_of(name).columns(sample_of(rows))[:, 0]
    assert found == pytest.approx([over_orders(metric, query) for query in queries_of(rows)], abs=1e-12)


@given(relevant=st.lists(st.booleans(), min_size=1, max_size=30))
def test_map_without_ties_equals_scikit_learn(relevant: list[bool]) -> None:
    assume(any(relevant))
    scores = [float(len(relevant) - place) for place in range(len(relevant))]
    expected = average_precision_score(relevant, scores)
    assert value_of("map", one_query(relevant, scores)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_items", [1, 2, 7, 1000])
def test_one_relevant_item_among_equal_scores(n_items: int) -> None:
    rows = one_query([1.0] + [0.0] * (n_items - 1), [0.25] * n_items)
    harmonic = math.fsum(1 / rank for rank in range(1, n_items + 1))
    assert value_of("mrr", rows) == pytest.approx(harmonic / n_items, rel=1e-12)
    assert value_of("map", rows) == pytest.approx(harmonic / n_items, rel=1e-12)
    assert value_of("recall_at_k@1", rows) == pytest.approx(1 / n_items, rel=1e-12)


def test_known_values() -> None:
    rows = one_query([0, 1, 0, 1], [0.9, 0.8, 0.7, 0.6])
    assert value_of("mrr", rows) == 0.5
    assert value_of("map", rows) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert value_of("recall_at_k@3", rows) == 0.5
    found = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    assert value_of("ndcg", rows) == pytest.approx(found)


@pytest.mark.parametrize("name", NAMES)
def test_perfect_order_is_exactly_1_and_a_query_without_relevant_items_0(name: str) -> None:
    perfect: list[Item] = [(0, 1.0, 0.7)] * 3 + [(0, 0.0, 0.2)] * 4
    assert value_of(name, perfect) == 1.0
    assert value_of(name, [*perfect, (4, 0.0, 0.5), (4, 0.0, 0.4)]) == 0.5


@pytest.mark.parametrize("name", NAMES)
@given(rows=items(30), data=st.data())
def test_the_order_of_the_rows_moves_no_bit(name: str, rows: list[Item], data: Any) -> None:
    shuffled = data.draw(st.permutations(rows))
    columns = kernel_of(name).columns(sample_of(rows))
    assert columns.tobytes() == kernel_of(name).columns(sample_of(shuffled)).tobytes()
    assert ((columns[:, 0] >= 0) & (columns[:, 0] <= 1)).all()


def test_the_order_of_tied_rows_moves_no_bit() -> None:
    rng = np.random.default_rng(8)
    rows: list[Item] = [(0, float(gain), 1.0) for gain in rng.random(40)] + [
        (0, float(gain), 0.5) for gain in rng.random(40)
    ]
    values = {value_of("ndcg", [rows[place] for place in rng.permutation(80)]) for _ in range(20)}
    assert len(values) == 1


@pytest.mark.parametrize("name", NAMES)
@given(rows=items(20))
def test_other_queries_do_not_move_a_query(name: str, rows: list[Item]) -> None:
    together = kernel_of(name).columns(sample_of(rows))[:, 0]
    alone = [value_of(name, query) for query in queries_of(rows)]
    assert together == pytest.approx(alone, abs=1e-15)


def test_queries_are_those_that_occur_in_order_of_their_codes() -> None:
    rows: list[Item] = [(7, 1.0, 0.1), (7, 0.0, 0.2), (2, 1.0, 0.9), (2, 0.0, 0.2)]
    assert kernel_of("mrr").columns(sample_of(rows)).tolist() == [[1.0, 1.0], [0.5, 1.0]]


def test_a_query_weighs_what_its_rows_weigh() -> None:
    rows: list[Item] = [(0, 1.0, 0.9), (0, 0.0, 0.1), (1, 0.0, 0.9), (1, 1.0, 0.1)]
    assert value_of("mrr", rows, [3.0, 3.0, 1.0, 1.0]) == (3 * 1.0 + 1 * 0.5) / 4
    assert query_weights(sample_of(rows, [3.0, 3.0, 1.0, 1.0])).tolist() == [3.0, 1.0]
    with pytest.raises(UndefinedMetricError, match="1 of 4 rows have another weight than the first row of their query"):
        value_of("mrr", rows, [3.0, 3.0, 1.0, 2.0])
    assert math.isnan(value_of("mrr", rows, [0.0] * 4))


@pytest.mark.parametrize("name", NAMES)
def test_relevance_below_0_is_refused(name: str) -> None:
    with pytest.raises(UndefinedMetricError, match="1 of 2 rows have a relevance below 0"):
        value_of(name, one_query([-1.0, 1.0], [0.1, 0.2]))


@pytest.mark.parametrize("part", ["query", "truth", "scores"])
def test_a_missing_column_is_refused(part: str) -> None:
    whole = {"query": np.zeros(2, np.int32), "truth": np.ones(2), "scores": np.ones(2)}
    with pytest.raises(UndefinedMetricError, match="query"):
        compute_value(kernel_of("ndcg"), Sample(n_rows=2, **(whole | {part: None})))  # type: ignore[arg-type]  # parts by name


@pytest.mark.parametrize("name", NAMES)
def test_no_rows_have_no_value(name: str) -> None:
    assert kernel_of(name).columns(sample_of([])).shape == (0, 2)
    assert math.isnan(value_of(name, []))


def test_every_ranking_metric_has_a_kernel() -> None:
    assert KERNELS.keys() == {name for name, spec in METRICS.items() if "query" in spec.needs}
    for name in NAMES:
        kernel = kernel_of(name)
        assert kernel.per_query
        assert kernel.mean
