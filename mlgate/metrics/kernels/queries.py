"""Metrics of rankings: one value per query, then the mean over queries.

The items of a query are ranked by descending score. Items with equal scores are in no order: every metric here is its
expected value over all orders of the tied items, so a constant score is worth what a random order is, and the order of
the rows plays no part. A query without a relevant item is worth 0, as in scikit-learn and trec_eval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.means import Factory, always, as_columns, ratio, ratio_of_sums, refuse_rows
from mlgate.metrics.sample import Floats, Sample

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedItems:
    """The rows of all queries, query after query, by descending score; tied items by descending gain.

    Parameters
    ----------
    query : number of the query of each item, ascending, shape (n_rows,)
    gain : relevance of each item, at least 0
    place : 0-based place of each item in its query
    tie : number of the tied group of each item, ascending; a group never spans two queries
    first : index of the first item of each group, shape (n_ties,)
    size : number of items of each group, shape (n_ties,)
    n_queries : number of queries
    """

    query: Places
    gain: Floats
    place: Places
    tie: Places
    first: Places
    size: Places
    n_queries: int

    def over_ties(self, values: Floats) -> Floats:
        """Sum over each group, shape (n_ties,)."""
        return np.add.reduceat(values, self.first) if values.size else np.zeros(0)

    def over_queries(self, values: Floats) -> Floats:
        """Sum over the items of each query, shape (n_queries,)."""
        return np.bincount(self.query, weights=values, minlength=self.n_queries).astype(np.float64)


def ndcg_of_queries(items: RankedItems, k: float) -> Floats:
    """Normalised discounted cumulative gain of each query, shape (n_queries,).

    Parameters
    ----------
    items : the gain of an item is its relevance as it stands, not 2 ** relevance - 1
    k : items after the first k count nothing; infinity for all

    Notes
    -----
    The discount of place r = 1, 2, ... is 1 / log2(r + 1). Tied items share the mean of their discounts.
    Equal to `sklearn.metrics.ndcg_score(k=k, ignore_ties=False)`, and also defined for a query with one item.
    Source: McSherry and Najork, *ECIR* (2008), 414-421.
    """
    discount = np.where(items.place < k, 1.0 / np.log2(items.place + 2.0), 0.0)
    shared = items.over_ties(discount) / items.size
    found = items.over_queries(items.gain * shared[items.tie])
    # The places of a query are the same in the ideal order, and so are their discounts.
    ideal = items.gain[np.lexsort((-items.gain, items.query))]
    # Rounding can lift a perfect order of tied items above 1 by a unit in the last place.
    return np.minimum(ratio(found, items.over_queries(ideal * discount), otherwise=0.0), 1.0)


def average_precision_of_queries(items: RankedItems) -> Floats:
    """Average precision of each query, shape (n_queries,); an item with a relevance above 0 is relevant.

    Notes
    -----
    Of t tied items, m of them relevant, with s items and p relevant ones above: the j-th is relevant in a share m / t
    of the orders, and then (j - 1) (m - 1) / (t - 1) of the others before it are expected to be.
    Source: McSherry and Najork, *ECIR* (2008), 414-421.
    """
    relevant = (items.gain > 0).astype(np.float64)
    of_tie, size = items.over_ties(relevant)[items.tie], items.size[items.tie].astype(np.float64)
    before = np.arange(items.tie.size) - items.first[items.tie]
    above = _before_tie(items, relevant)[items.tie]
    others = before * ratio(of_tie - 1.0, size - 1.0, otherwise=0.0)
    precision = (above + 1.0 + others) / (items.place + 1.0)
    summed = items.over_queries(of_tie / size * precision)
    return ratio(summed, items.over_queries(relevant), otherwise=0.0)


def reciprocal_rank_of_queries(items: RankedItems) -> Floats:
    """1 / rank of the first relevant item of each query, shape (n_queries,).

    Notes
    -----
    Only the first group of tied items with a relevant one counts. Of its t items m are relevant; the first of these
    is the j-th with probability m / (t - j + 1) times the share of orders in which none of those before is.
    """
    relevant = (items.gain > 0).astype(np.float64)
    of_tie = items.over_ties(relevant)
    chosen = ((of_tie > 0) & (_before_tie(items, relevant) == 0))[items.tie]
    tie = items.tie[chosen]
    before = np.flatnonzero(chosen) - items.first[tie]
    left = items.size[tie] - before
    # Share of the orders in which the item just before is not relevant although those before it are not either.
    survives = np.maximum(left + 1 - of_tie[tie], 0.0) / (left + 1)
    survives[before == 0] = 1.0
    share = _running_products(survives, before) * of_tie[tie] / left
    # Where the first relevant item must have come, `survives` is 0 and so is the share.
    values = np.zeros(items.tie.size)
    values[chosen] = share / (items.place[chosen] + 1.0)
    return items.over_queries(values)


def recall_of_queries(items: RankedItems, k: float) -> Floats:
    """Share of the relevant items of each query among its first k, shape (n_queries,)."""
    relevant = (items.gain > 0).astype(np.float64)
    inside = items.over_ties((items.place < k).astype(np.float64)) / items.size
    found = items.over_queries(relevant * inside[items.tie])
    return ratio(found, items.over_queries(relevant), otherwise=0.0)


def rank_items(sample: Sample) -> RankedItems:
    """Items of a sample in the order of their scores.

    Parameters
    ----------
    sample : with `query`, `truth` (the relevance) and `scores`, each of shape (n_rows,). Codes of queries need not be
        dense: the queries are those that occur, in ascending order of their codes

    Raises
    ------
    UndefinedMetricError
        One of the three is missing, or a relevance is below 0.
    """
    query, gain, scores = sample.query, sample.truth, sample.scores
    if query is None or gain is None or scores is None or scores.ndim != 1:
        raise UndefinedMetricError("the rows lack a query, a relevance or one score per item")
    refuse_rows(~(gain >= 0), "have a relevance below 0")
    order = np.lexsort((-gain, -scores, query))
    query, scores = query[order], scores[order]
    new_query = np.ones(query.size, dtype=bool)
    new_query[1:] = query[1:] != query[:-1]
    new_tie = new_query.copy()
    new_tie[1:] |= scores[1:] != scores[:-1]
    number, first = np.cumsum(new_query) - 1, np.flatnonzero(new_tie)
    place = np.arange(query.size) - np.flatnonzero(new_query)[number]
    return RankedItems(
        query=number,
        gain=gain[order],
        place=place,
        tie=np.cumsum(new_tie) - 1,
        first=first,
        size=np.diff(first, append=query.size),
        n_queries=int(np.count_nonzero(new_query)),
    )


def query_weights(sample: Sample) -> Floats:
    """Weight of each query that occurs, in ascending order of its code: the one that all its rows have.

    Raises
    ------
    UndefinedMetricError
        Rows of one query have different weights.
    """
    if sample.query is None:
        raise UndefinedMetricError("the rows have no query")
    if sample.weights is None:
        return np.ones(np.unique(sample.query).size)
    _, first, number = np.unique(sample.query, return_index=True, return_inverse=True)
    weights = sample.weights[first]
    refuse_rows(sample.weights != weights[number], "have another weight than the first row of their query")
    return weights


def _before_tie(items: RankedItems, relevant: Floats) -> Floats:
    """Number of relevant items of the same query above each group, shape (n_ties,)."""
    running = np.concatenate([[0.0], np.cumsum(relevant)])
    start = items.first - items.place[items.first]
    return np.asarray(running[items.first] - running[start])


def _running_products(factors: Floats, place: Places) -> Floats:
    """Product of the factors up to each, within its run; `place` counts 0, 1, ... in a run. O(n log(longest run))."""
    products, step = factors.copy(), 1
    longest = int(place.max(initial=0))
    while step <= longest:
        reached = np.flatnonzero(place >= step)
        products[reached] *= products[reached - step]
        step *= 2
    return products


def _mean_over_queries(values: Callable[[RankedItems], Floats]) -> SumsKernel:
    """Columns (weight * value, weight) of each query; the weight is 1 where rows have none."""

    def columns(sample: Sample) -> Floats:
        weights = query_weights(sample)
        return as_columns(values(rank_items(sample)) * weights, weights)

    return SumsKernel(columns=columns, value=ratio_of_sums, per_query=True, mean=True)


def _first(spec: MetricSpec) -> float:
    """How many of the first items count."""
    return math.inf if spec.value is None else spec.value


KERNELS: dict[str, Factory] = {
    "ndcg": lambda spec: _mean_over_queries(lambda items: ndcg_of_queries(items, _first(spec))),
    "mrr": always(_mean_over_queries(reciprocal_rank_of_queries)),
    "map": always(_mean_over_queries(average_precision_of_queries)),
    "recall_at_k": lambda spec: _mean_over_queries(lambda items: recall_of_queries(items, _first(spec))),
}
"""Kernels of rankings by base name."""
