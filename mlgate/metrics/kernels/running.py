"""Running sums of weights along a fixed order of the rows, for many weightings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlgate.metrics.sample import Floats, Index

_STEPS = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunningSums:
    """Rows in an order, laid out so that their running sums take a few additions of whole arrays.

    A plain cumulative sum waits for each addition before it starts the next. Here the order is cut into chunks of 16
    rows, place p lies at `[p % 16, p // 16]`, all chunks are added up at once, and what came before a chunk is added
    at the end: about five times as fast. Sums of counts are exact either way.

    Parameters
    ----------
    rows : shape (16, n_chunks); at place 0 and behind the last place stands some row that does not count
    """

    rows: Index

    @classmethod
    def along(cls, order: Index) -> RunningSums:
        """Of rows in this order, shape (n,) of any n; place p stands for the sum over the first p of them."""
        n_chunks = order.size // _STEPS + 1
        places = np.zeros(n_chunks * _STEPS, dtype=np.intp)
        places[1 : order.size + 1] = order
        return cls(rows=np.ascontiguousarray(places.reshape(n_chunks, _STEPS).T))

    def at(self, places: Index) -> Index:
        """Where the sums over the first `places` rows stand in the sums."""
        return np.asarray((places % _STEPS) * self.rows.shape[1] + places // _STEPS)

    def sums(self, weights: Floats) -> Floats:
        """Sums of weights of shape (n_draws, n_rows), at least one row: shape (n_draws, 16 * n_chunks), see `at`."""
        sums = np.take(weights, self.rows, axis=1)
        sums[:, 0, 0] = 0.0
        for step in range(1, _STEPS):
            sums[:, step] += sums[:, step - 1]
        sums[:, :, 1:] += np.cumsum(sums[:, -1, :-1], axis=1)[:, None, :]
        return sums.reshape(weights.shape[0], -1)
