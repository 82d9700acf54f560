"""A column's comparison among all of them: what is reported of it beside the sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

from mlgate.config.drift_rules import DriftRules
from mlgate.data.drift.comparing import Compared
from mlgate.data.drift.distribution import distribution
from mlgate.data.drift.moves import Move
from mlgate.data.drift.sentences import name_of
from mlgate.data.drift.sketch import Column, Sketch

MAX_MOVED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A compared column among all of them.

    Parameters
    ----------
    compared : its tests
    any_change, large_change : p-values of any change, and of one that is large enough to matter, corrected over the
        family (Holm)
    family_size : how many comparisons share the probability of a false alarm
    groups : groups of rows in the reference and in the newer data; None where rows are independent
    """

    compared: Compared
    any_change: float
    large_change: float
    family_size: int
    groups: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The two tables of a comparison, and how they are compared.

    Parameters
    ----------
    title : what stands in the ids; empty takes the names of both
    privacy : what of values may appear
    unexpected : columns that the newer data need not have, each with the reason
    """

    reference: Sketch
    current: Sketch
    rules: DriftRules
    title: str = ""
    privacy: str = "masked"
    unexpected: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, str]:
        return self.reference.name, self.current.name

    @property
    def shown(self) -> str:
        """What stands in the ids of the outcomes."""
        return self.title or f"{self.reference.name}..{self.current.name}"


def detectable(judged: Judged, alpha: float) -> float:
    """A change of a share of a half that would be found with a probability of 80 %, about; 1 where none would be."""
    compared = judged.compared
    n, m = judged.groups or (compared.before.present, compared.after.present)
    if not n or not m:
        return 1.0
    normal = NormalDist()
    level = alpha / (2 * max(1, judged.family_size) * max(1, compared.parts))
    return min(1.0, (normal.inv_cdf(1 - level) + normal.inv_cdf(0.8)) * math.sqrt(0.25 * (1 / n + 1 / m)))


def evidence_of(judged: Judged, between: Between) -> dict[str, Any]:
    """What is reported of a compared column, as plain data."""
    compared, rules = judged.compared, between.rules
    best: dict[str, dict[str, float]] = {}
    for test in compared.tests:
        seen = best.setdefault(test.name, {"p_value": 1.0, "share": 0.0, "distance": 0.0})
        seen["p_value"] = min(seen["p_value"], test.p_value)
        seen["share"], seen["distance"] = max(seen["share"], test.share), max(seen["distance"], test.distance)
    sides = () if compared.before.hides(between.privacy) else (compared.before, compared.after)
    medians = [column.ordered and column.ordered.quantile(0.5) for column in sides]
    return {
        "reference": between.reference.name,
        "reference_rows": compared.before.rows,
        "current_rows": compared.after.rows,
        "judged": compared.after.present,
        "p_value": compared.p_value(),
        "p_adjusted": judged.large_change,
        "p_adjusted_any_change": judged.any_change,
        "family_size": judged.family_size,
        "alpha": rules.alpha,
        "share": max((abs(move.change) for move in compared.moves if move.kind != "above"), default=0.0),
        "distance": max((test.distance for test in compared.tests), default=0.0),
        "thresholds": {"share": rules.thresholds.share, "distance": rules.thresholds.distance},
        "tests": best,
        "moved": [_moved(move, compared, between.privacy) for move in compared.moves[:MAX_MOVED]],
        "missing_fraction": [_missing(compared.before), _missing(compared.after)],
        "median": medians or None,
        "distribution": distribution(compared, between.privacy),
        "minimum_detectable_change": detectable(judged, rules.alpha),
        "groups": judged.groups and list(judged.groups),
    }


def _missing(column: Column) -> float:
    return column.states["missing"] / column.rows if column.rows else 0.0


def _moved(move: Move, compared: Compared, privacy: str) -> dict[str, Any]:
    before, after = move.shares
    return {
        "what": name_of(move, compared.before, privacy),
        "reference": move.x,
        "current": move.y,
        "reference_fraction": before,
        "current_fraction": after,
    }
