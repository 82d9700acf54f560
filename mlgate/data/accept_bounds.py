"""Bounds that give way: of values, of lengths, of one number over a column, of shares that must hold."""

from __future__ import annotations

import math
from typing import Any

from mlgate.config.plain_edits import Drop, Put, Swap, at
from mlgate.config.schema import Bound
from mlgate.data import aggregates as sql
from mlgate.data.accept_case import Answer, Case, shown_change
from mlgate.data.accept_numbers import end_of_moment, outward
from mlgate.data.infer_columns import upper_fraction
from mlgate.data.literals import compared, needs_text, ordered
from mlgate.data.number_literals import compared_value
from mlgate.data.plan import Facts, inside

_SIGNS = {"min": ">=", "strict_min": ">", "max": "<=", "strict_max": "<"}
_LOW, _HIGH = ("min", "strict_min"), ("max", "strict_max")


def statistic(case: Case) -> Answer:
    """A number over the table: its bound reaches to what was observed."""
    observed = case.outcome.observed
    if not _is_comparable(observed, case.rule.argument):
        return case.refuse("there is no number that a bound could reach to", case.outcome.hint)
    return _put(case, _reaching(case.written, case.rule.argument, observed))


def null_fraction(case: Case) -> Answer:
    """The share of missing values: up to what was seen with a margin for chance, as an inferred schema has it."""
    bound: Bound = case.rule.argument
    judged, missing = case.outcome.evidence["judged"], case.outcome.evidence["failing"]
    share = missing / judged
    ends = [end for end in (bound.max, bound.strict_max) if isinstance(end, int | float)]
    too_many = bool(ends) and share >= ends[0]
    return _put(case, _reaching(case.written, bound, upper_fraction(missing, judged) if too_many else share))


def not_null(case: Case) -> Answer:
    """No value missing: becomes a share of missing values with a margin."""
    placed, name = case.placed, case.column or ""
    if placed is None or placed.entry is not None:
        return mostly(case)
    if "null_fraction" in case.data["columns"][name]:  # which fails itself where it is too tight
        return case.change("not_null goes, null_fraction says how many values may be missing", Drop(case.path))
    share = upper_fraction(case.outcome.evidence["failing"], case.outcome.evidence["judged"])
    return case.change(
        f"not_null becomes null_fraction: {{max: {share!r}}}", Swap(case.path, "null_fraction", {"max": share})
    )


def mostly(case: Case) -> Answer:
    """A share of the values that must hold: down to what was seen."""
    placed, evidence = case.placed, case.outcome.evidence
    judged, failing = evidence.get("judged", 0), evidence.get("failing", 0)
    if placed is None or placed.entry is None or not judged:
        return case.refuse("no bound of it could give way", case.outcome.hint)
    share = outward((judged - failing) / judged, case.rule.mostly, up=False)
    if not share > 0:
        return case.refuse("none of the values holds", "correct the rows, or take the check out of the schema")
    entry = at(case.data, placed.entry)
    said = f"{case.rule.check}, mostly {case.rule.mostly:g} becomes {share!r}"
    return case.change(said, Put((*placed.entry, "mostly"), share, after=list(entry)[-1]))


def domain_mass(case: Case) -> Answer:
    """A share of the values that must be declared ones: down to what was seen."""
    observed = case.outcome.observed
    if not isinstance(observed, int | float) or not observed > 0:
        return case.refuse("none of the values is declared", "correct the rows, or declare their values")
    share = outward(observed, case.rule.argument.min, up=False)
    return case.change(
        f"domain_mass, min {case.rule.argument.min:g} becomes {share!r}", Put((*case.path, "min"), share)
    )


def between(case: Case) -> Answer:
    """An interval of values: reaches to the smallest and largest one that was seen."""
    bound: Bound = case.rule.argument
    ends = {name: end for name in _SIGNS if (end := getattr(bound, name)) is not None}
    field = ordered(case.field(), next(iter(ends.values())))
    nan = field.nan
    present = f"NOT {nan}" if nan else ""
    value = compared_value(field)
    low, high = sql.smallest(value, present), sql.largest(value, present)
    aggregates = {"low": low, "high": high, "nan": sql.count_where(nan) if nan else "0", **field.counts}
    for side, extreme, names in (("below", low, _LOW), ("above", high, _HIGH)):
        tests = [compared(field, extreme, _SIGNS[name], ends[name]) for name in names if name in ends]
        aggregates[side] = f"NOT ({sql.all_of(tests)})"

    def answer(facts: Facts) -> Answer:
        if facts["nan"] or (field.judges_type and facts["present"] != facts["of_type"]):
            what = "NaN lies in no interval" if facts["nan"] else f"some values are no {field.kind}"
            return case.refuse(what, "correct the values, or write them as missing")
        after = case.written
        after = _moved(after, bound, facts["low"], up=False) if facts["below"] else after
        return _put(case, _moved(after, bound, facts["high"], up=True) if facts["above"] else after)

    return case.ask((field,), aggregates, answer)


def length(case: Case) -> Answer:
    """An interval of lengths: reaches to the shortest and the longest text that was seen."""
    field = needs_text(case.field(), case.rule.check)
    size = sql.text_length(field.value)

    def answer(facts: Facts) -> Answer:
        if facts["low"] is None:
            return case.refuse("no text is there", case.outcome.hint)
        shorter = _reaching(case.written, case.rule.argument, facts["low"])
        return _put(case, _reaching(shorter, case.rule.argument, facts["high"]))

    return case.ask((field,), {"low": sql.smallest(size), "high": sql.largest(size)}, answer)


def each_bound(case: Case) -> Answer:
    """Bounds by quantile or label: those that were left reach to what was observed."""
    observed = case.outcome.observed
    values = list(observed.values()) if isinstance(observed, dict) else []
    bounds = [bound for _, bound in case.rule.argument]
    if len(values) != len(bounds) or not all(map(_is_comparable, values, bounds)):
        return case.refuse("there is no number that a bound could reach to", case.outcome.hint)
    items = zip(case.written.items(), bounds, values, strict=True)
    return _put(case, {key: _reaching(written, bound, value) for (key, written), bound, value in items})


def _put(case: Case, after: Any) -> Answer:
    if after == case.written:
        return case.refuse("no bound of it could give way", case.outcome.hint)
    ends = after.values() if isinstance(after, dict) else after
    if all(end is None for end in ends):
        return case.refuse("infinite values lie in no interval", "correct them, or take the check out of the schema")
    return case.change(shown_change(case.rule.check, case.written, after), Put(case.path, after))


def _reaching(written: Any, bound: Bound, value: Any) -> Any:
    """A bound as a schema writes it, such that it holds for a value; the same where it does already."""
    ends = [end for name in _HIGH if (end := getattr(bound, name)) is not None]
    if isinstance(value, str):
        kept = all(_text_keeps(bound, name, value) for name in _SIGNS)
        return (
            written if kept else _moved(written, bound, value, up=not all(_text_keeps(bound, n, value) for n in _HIGH))
        )
    if inside(bound, value):
        return written
    return _moved(written, bound, value, up=bool(ends) and value >= ends[0])


def _text_keeps(bound: Bound, name: str, value: str) -> bool:
    end = getattr(bound, name)
    if end is None:
        return True
    seen = end_of_moment(value, end)
    kept = {"min": seen >= end, "strict_min": seen > end, "max": seen <= end, "strict_max": seen < end}
    return bool(kept[name])


def _moved(written: Any, bound: Bound, value: Any, *, up: bool) -> Any:
    """A bound with its low or its high end moved to a value. A strict end becomes one that is not."""
    names = _HIGH if up else _LOW
    name = next(name for name in names if getattr(bound, name) is not None)
    past = getattr(bound, name)
    end: Any = None
    if isinstance(past, str):
        end = end_of_moment(value, past)
    elif math.isfinite(value):
        end = outward(value, past, up=up)
    match written:
        case [low, high]:
            return [low, end] if up else [end, high]
        case dict():
            moved = {names[0] if key == name else key: end if key == name else old for key, old in written.items()}
            return {key: old for key, old in moved.items() if old is not None}
    return [written, end] if up else [end, written]


def _is_comparable(value: Any, bound: Bound) -> bool:
    ends = [end for name in _SIGNS if (end := getattr(bound, name)) is not None]
    if isinstance(value, str):
        return all(isinstance(end, str) for end in ends)
    return isinstance(value, int | float) and not isinstance(value, bool) and not any(isinstance(e, str) for e in ends)
