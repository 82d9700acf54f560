"""Checks of quantiles. A bound on a quantile is decided by counting; the quantile itself only where that is cheap.

With n values in order and h = q (n - 1), the quantile lies between the values at the places floor(h) and ceil(h). It is
at least `low` if no more than floor(h) values are below `low`, and is not if more than ceil(h) are. The same goes for
the other ends. Counting needs one pass and no memory, where sorting needs both; so above a million values a bound that
holds is decided so, and the exact quantile is computed where it does not, or where the bound falls between the two
places.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.computed import as_number, judge_each, judge_number, not_computable, number_counts, value_evidence
from mlgate.data.literals import needs_numbers
from mlgate.data.number_literals import separating
from mlgate.data.own_queries import order_statistics
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.late import dataclass
from mlgate.outcome import Status

FEW = 1_000_000
"""Up to so many values a quantile is always computed: a report with the number says more."""
MANY = 50_000_000
"""More values are sorted by the engine, which is slower and spills; others are held in memory, some 16 bytes each."""


def median(field: Field, rule: Rule) -> Plan:
    """`median`: the median lies in the interval; between the two middle values it is their mean.

    Above a million values a median that lies in its interval is not computed: counting the values below the ends
    decides it exactly. One that does not is computed.
    """
    field = needs_numbers(field, rule.check)
    bound: Bound = rule.argument

    def judge(facts: Facts, found: Mapping[float, float]) -> Verdict:
        if 0.5 in found:
            return judge_number(field, facts, "median", found[0.5], bound)
        return _by_counting(field, facts, {"median": bound}, None)

    return _levels_plan(field, judge, {0.5: bound}, "median")


def quantile(field: Field, rule: Rule) -> Plan:
    """`quantile`: each named quantile lies in its interval; linear interpolation between ranks, as in numpy.

    Above a million values, quantiles that lie in their intervals are not computed: counting the values below the ends
    decides that exactly. Where one does not, all are computed.
    """
    field = needs_numbers(field, rule.check)
    bounds: dict[float, Bound] = dict(rule.argument)
    named = {f"{level:g}": level for level in bounds}

    def judge(facts: Facts, found: Mapping[float, float]) -> Verdict:
        intervals = {name: bounds[level] for name, level in named.items()}
        if found:
            return judge_each(
                field, facts, {name: found[level] for name, level in named.items()}, intervals, "quantile"
            )
        told = {f"quantile {name}": bound for name, bound in intervals.items()}
        return _by_counting(field, facts, told, dict.fromkeys(named))

    return _levels_plan(field, judge, bounds, "quantiles")


def iqr(field: Field, rule: Rule) -> Plan:
    """`iqr`: the distance between the quartiles (quantiles 0.25 and 0.75) lies in the interval."""
    field = needs_numbers(field, rule.check)
    bound: Bound = rule.argument

    def judge(facts: Facts, found: Mapping[float, float]) -> Verdict:
        distance = found[0.75] - found[0.25]
        problem = not_computable(field, facts, "interquartile range", [distance])
        return problem or judge_number(field, facts, "interquartile range", distance, bound)

    return _levels_plan(field, judge, {0.25: None, 0.75: None}, "interquartile range")


# --- counting -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a bound that values lie below (`sign` is `<` or `<=`) or do not."""

    sign: str
    number: float
    is_lower: bool

    def count(self, field: Field) -> str:
        """SQL: how many values lie below the end."""
        return sql.count_where(f"{sql.in_double(field.value)} {self.sign} {sql.number_literal(float(self.number))}")

    def kept(self, below: int, n: int, level: float) -> bool | None:
        """Whether the quantile of n values keeps the end; None where counting cannot tell.

        Parameters
        ----------
        below : how many of the values lie below the end
        """
        place = level * (n - 1)
        first, last = math.floor(place), math.ceil(place)
        if below <= first:
            return self.is_lower
        if below > last:
            return not self.is_lower
        return None


def ends_of(bound: Bound) -> list[_End]:
    """The ends of a bound, each as the number in double precision that separates the same values."""
    ends = []
    for end, sign, is_lower in (
        (bound.min, "<", True),
        (bound.strict_min, "<=", True),
        (bound.max, "<=", False),
        (bound.strict_max, "<", False),
    ):
        if end is None:
            continue
        if isinstance(end, str):
            raise ValueError(f"the end {end!r} is no number")
        ends.append(_End(sign, separating(end, below=sign == "<"), is_lower))
    return ends


_FINITE = [_End("<=", -math.inf, is_lower=True), _End("<", math.inf, is_lower=False)]
"""A quantile that is not finite does not exist."""


def _by_counting(field: Field, facts: Facts, told: Mapping[str, Bound], observed: Any) -> Verdict:
    """The pass of quantiles that were not computed."""
    phrases = {name: words.bound(bound) for name, bound in told.items()}
    listed = "; ".join(f"the {name} is {phrase}" for name, phrase in phrases.items())
    counted = f"decided by counting {words.counted(facts['of_type'], 'value')}, not computed"
    expected = next(iter(phrases.values())) if len(phrases) == 1 else listed
    return Verdict(
        status=Status.PASS,
        message=f"{listed} ({counted})",
        observed=observed,
        expected=expected,
        evidence=value_evidence(field, facts),
    )


# --- computing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Levels:
    """Quantile levels of a column and their bounds; None where the quantile itself is needed."""

    field: Field
    bounds: Mapping[float, Bound | None]

    def ends(self, level: float) -> dict[str, _End]:
        """The ends of a level by the name of their count."""
        bound = self.bounds[level]
        ends = ends_of(bound) if bound else []
        sides = {end.is_lower for end in ends}
        ends += [end for end in _FINITE if self.field.nan and end.is_lower not in sides]
        return {f"below {level!r} {place}": end for place, end in enumerate(ends)}

    @property
    def aggregates(self) -> dict[str, str]:
        """What the first pass asks: counts below the ends, and the quantiles of the first rows, which may be all."""
        named = {name: end for level in self.bounds for name, end in self.ends(level).items()}
        first = sql.in_first_rows(self.field.value)
        asked = {"first": sql.count(first), "first quantiles": sql.quantiles(first, list(self.bounds))}
        return number_counts(self.field) | asked | {name: end.count(self.field) for name, end in named.items()}

    def all_kept(self, facts: Facts) -> bool:
        """Whether counting shows that every quantile keeps its bound."""
        n = facts["of_type"]
        if n <= FEW or None in self.bounds.values():
            return False
        return all(end.kept(facts[name], n, level) for level in self.bounds for name, end in self.ends(level).items())

    def asked(self, n: int) -> dict[str, str]:
        """What computes the quantiles of n values."""
        if n <= MANY:
            return {"quantiles": sql.quantiles(self.field.value, list(self.bounds))}
        places = {level: math.floor(level * (n - 1)) for level in self.bounds}
        return {f"at {level!r}": order_statistics(self.field.value, place) for level, place in places.items()}

    def found(self, facts: Facts) -> dict[float, Any]:
        """The quantiles by level; empty where none was computed."""
        whole = "first quantiles" if facts["first"] == facts["of_type"] else "quantiles"
        if whole in facts:
            values: Sequence[Any] = facts[whole] or [None] * len(self.bounds)
            return dict(zip(self.bounds, values, strict=True))
        n = facts["of_type"]
        return {level: _between(facts[f"at {level!r}"], level, n) for level in self.bounds if f"at {level!r}" in facts}


def _between(values: Sequence[float], level: float, n: int) -> float:
    """Linear interpolation between the values at the two places, as the engine does it."""
    place = level * (n - 1)
    share = place - math.floor(place)
    return values[0] * (1 - share) + values[1] * share if share else values[0]


def _levels_plan(
    field: Field,
    judge: Callable[[Facts, Mapping[float, float]], Verdict],
    bounds: Mapping[float, Bound | None],
    name: str,
) -> Plan:
    """Plan of quantiles; `judge` gets them by level, or none of them where counting was enough."""
    levels = _Levels(field=field, bounds=bounds)

    def judged_by(facts: Facts) -> Verdict:
        found = levels.found(facts)
        problem = not_computable(field, facts, name, found.values())
        if not problem and not found and not levels.all_kept(facts):
            raise KeyError("quantiles")  # the second question was not asked
        return problem or judge(facts, {level: as_number(value) for level, value in found.items()})

    plan = Plan(fields=(field,), aggregates=levels.aggregates, judge=judged_by)

    def then(facts: Facts) -> Plan:
        if not_computable(field, facts, name) or levels.found(facts) or levels.all_kept(facts):
            return replace(plan, aggregates={}, then=None)
        return replace(plan, aggregates=levels.asked(facts["of_type"]), then=None)

    return replace(plan, then=then)
