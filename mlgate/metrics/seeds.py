"""Several runs (seeds) a side: is the recipe worse, and not just the one artefact that a seed gave?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.intervals import Change, NormalChange
from mlgate.metrics.kernels.kernel import Kernel, QuantileKernel, UndefinedMetricError
from mlgate.metrics.methods import MAX_UNDEFINED, Plan, UndefinedReplicatesError, Values, constant_change, replicate
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Floats


def compute_runs_change(spec: MetricSpec, kernel: Kernel, paired: Paired, plan: Plan, values: Values) -> Change:
    """The change between the means of several runs (seeds) a side: the spread of the items plus that of the seeds.

    Notes
    -----
    The spread of the seeds is pooled over both sides, since they are runs of recipes of one kind; its degrees of
    freedom enter by Satterthwaite's approximation. What a seed changes at single items is in both parts, so the
    interval errs on the wide side.
    """
    if isinstance(kernel, QuantileKernel):
        raise UndefinedMetricError(f"{spec.name} is not judged over several runs")
    n_pairs = max(len(paired.baselines), len(paired.candidates))
    total: Floats | None = None
    n_units, moving, down, up = 2, math.inf, 0.0, 0.0
    for number in range(n_pairs):
        one = replace(
            paired,
            baselines=(paired.baselines[number % len(paired.baselines)],),
            candidates=(paired.candidates[number % len(paired.candidates)],),
        )
        found = replicate(spec, kernel, one, plan, share_draws=True)
        n_units, moving = found.n_units, min(moving, found.moving)
        down, up = down + found.down / n_pairs, up + found.up / n_pairs
        total = found.changes if total is None else total + found.changes
    assert total is not None  # noqa: S101  # narrowing only: there is a run a side
    changes = total / n_pairs
    defined = changes[np.isfinite(changes)]
    if changes.size - defined.size > MAX_UNDEFINED * changes.size:
        raise UndefinedReplicatesError(f"{spec.name} is undefined in too many resamples")
    of_items = float(defined.var()) * n_units / max(n_units - 1, 1)
    squares, freedom = 0.0, 0
    for side in values.runs:
        squares += float(np.sum((np.array(side) - np.mean(side)) ** 2))
        freedom += len(side) - 1
    of_seeds = squares / freedom * sum(1 / len(side) for side in values.runs)
    variance = of_items + of_seeds
    if not variance > 0:
        return constant_change(spec, paired, values, n_units=n_units)
    return NormalChange(
        delta=values.delta,
        se=math.sqrt(variance),
        n_rows=paired.n_rows,
        n_units=n_units,
        discordant=values.discordant,
        method="seeds-and-rows",
        moving=moving,
        down=down,
        up=up,
        df=variance**2 / (of_seeds**2 / freedom + of_items**2 / max(n_units - 1, 1)),
        limit=spec.high - spec.low,
    )
