"""What a change of `mlgate.yaml` or of a data schema does to the gate: looser, tighter, or either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from mlgate.config.policy_directions import UNWRITTEN, WAYS, WRITTEN, Direction, Members, Order
from mlgate.config.policy_values import Effect, bound_effect, number_of, shown
from mlgate.config.schema import Bound, Rule

MEMBER_EFFECTS = {"in_set": Direction.MORE, "distinct_in_set": Direction.MORE, "not_in_set": Direction.FEWER}
"""Checks whose argument is a set of values; of the other ones any change may be either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One setting that changed.

    Parameters
    ----------
    place : where it stands, e.g. `evaluations.readmission.metrics.accuracy.tolerance`
    before, after : as text; empty where it is not written on that side
    path, line : of the newer file, or of the older one where the setting is gone; `line` is then None
    """

    effect: Effect
    place: str
    before: str
    after: str
    path: str = ""
    line: int | None = None


def policy_changes(before: Any, after: Any, path: str) -> tuple[PolicyChange, ...]:
    """The settings of two parsed files of one kind (a `Project` or a `Schema`) that differ.

    Parameters
    ----------
    before, after : the file in the merge base and in the work under review
    path : of the newer file, relative to the project

    Returns
    -------
    tuple
        What is looser first, then what may be either, then what is tighter; in each by place.

    Examples
    --------
    >>> from mlgate.config.schema_file import parse_schema
    >>> old = parse_schema("version: 1\\ncolumns: {age: {between: [0, 120]}}", "s.yaml")
    >>> new = parse_schema("version: 1\\ncolumns: {age: {between: [0, 200]}}", "s.yaml")
    >>> [(change.effect.value, change.place, change.after) for change in policy_changes(old, new, "s.yaml")]
    [('looser', 'columns.age.between', '[0, 200]')]
    """
    found = [replace(change, path=change.path or path) for change in _objects(before, after, "", None)]
    order = list(Effect)
    return tuple(sorted(found, key=lambda change: (order.index(change.effect), change.place)))


def _objects(before: Any, after: Any, place: str, near: Any) -> Iterator[PolicyChange]:
    """The fields of two objects, or two values of a mapping."""
    if before == after:
        return
    if type(before) is not type(after) or not is_dataclass(before):
        yield _change(_plain_effect(before, after), place, before, after, near)
        return
    before, after = _with_limits(_settled(before), _settled(after))
    near = getattr(after, "location", None) or near
    ways = WAYS.get(type(after).__name__, {})
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name != "location" and old != new:
            way = ways.get(field.name, Direction.EITHER)
            if way is Direction.RULE:
                yield from _arguments(before, old, new, place, near)
            else:
                yield from _field(way, old, new, _below(place, field.name), near)


def _field(way: Any, before: Any, after: Any, place: str, near: Any) -> Iterator[PolicyChange]:
    if way is Direction.NEUTRAL:
        return
    if isinstance(way, Members):
        if isinstance(before, Mapping | tuple) or isinstance(after, Mapping | tuple):
            yield from _members(way, _by_name(before, way.key), _by_name(after, way.key), place, near)
        else:
            yield from _member(way, before, after, place, near)
        return
    yield _change(_effect(way, before, after), place, before, after, near)


def _members(
    way: Members, before: Mapping[str, Any], after: Mapping[str, Any], place: str, near: Any
) -> Iterator[PolicyChange]:
    for name in dict.fromkeys((*before, *after)):
        yield from _member(way, before.get(name), after.get(name), f"{place}.{name}" if place else name, near)


def _member(way: Members, before: Any, after: Any, place: str, near: Any) -> Iterator[PolicyChange]:
    """An object that is on both sides is looked into; one that came or went asks for, or allows, something."""
    if before is None or after is None:
        gone = after is None
        near = getattr(after, "location", None) or near
        yield _change(Effect.LOOSER if gone is way.ask else Effect.TIGHTER, place, before, after, near, named=True)
    elif isinstance(before, int | float) and isinstance(after, int | float):
        if before != after:
            yield _change(_effect(Direction.RAISING, before, after), place, before, after, near)
    else:
        yield from _objects(before, after, place, near)


def _arguments(rule: Any, before: Any, after: Any, place: str, near: Any) -> Iterator[PolicyChange]:
    """What a check is given, or the total of one that adds up columns."""
    check = rule.check if isinstance(rule, Rule) else ""
    if isinstance(before, Bound) and isinstance(after, Bound):
        yield _change(bound_effect(before, after), place, before, after, near)
    elif check in MEMBER_EFFECTS:
        yield _change(_effect(MEMBER_EFFECTS[check], before, after), place, before, after, near)
    elif check in ("quantile", "label_distribution"):
        old, new = ({str(level): bound for level, bound in side} for side in (before, after))
        for level in dict.fromkeys((*old, *new)):
            both = level in old and level in new
            if old.get(level) != new.get(level):
                gone = Effect.LOOSER if level in old else Effect.TIGHTER
                effect = bound_effect(old[level], new[level]) if both else gone
                yield _change(effect, f"{place}.{level}", old.get(level), new.get(level), near)
    else:
        yield from _objects(before, after, place, near)


def _effect(way: Any, before: Any, after: Any) -> Effect:
    if isinstance(way, Order):
        values = [_plain(value) for value in way.values]
        both = [_plain(side) for side in (before, after)]
        if way.values[0] is None and len(way.values) == 2:  # anything that is not the loose one is strict
            both = [side if side == values[1] else values[0] for side in both]
        if both[0] == both[1] or not all(side in values for side in both):
            return Effect.EITHER
        return Effect.LOOSER if values.index(both[1]) > values.index(both[0]) else Effect.TIGHTER
    decide = _DECIDED.get(way)
    return Effect.EITHER if decide is None else decide(before, after)


def _ranked(before: Any, after: Any, *, larger_is_looser: bool) -> Effect:
    """Two limits; an absent one accepts everything."""
    if before is None or after is None:
        return Effect.LOOSER if after is None else Effect.TIGHTER
    old, new = number_of(before), number_of(after)
    if old is None or new is None or old == new:
        return Effect.EITHER
    return Effect.LOOSER if (new > old) is larger_is_looser else Effect.TIGHTER


def _counted(before: Any, after: Any, *, more_is_looser: bool) -> Effect:
    old, new = set(before or ()), set(after or ())
    if old == new or not (old < new or new < old):
        return Effect.EITHER
    return Effect.LOOSER if (old < new) is more_is_looser else Effect.TIGHTER


def _presence(before: Any, after: Any, *, present_is_looser: bool) -> Effect:
    if bool(before) == bool(after):
        return Effect.EITHER
    return Effect.LOOSER if bool(after) is present_is_looser else Effect.TIGHTER


def _scope(before: Sequence[str], after: Sequence[str]) -> Effect:
    """Names of what is judged, where none stands for everything."""
    if not before or not after:
        return Effect.TIGHTER if before else Effect.LOOSER
    return _counted(before, after, more_is_looser=False)


def _type(before: str, after: str) -> Effect:
    if after == "any" or (before, after) == ("integer", "number"):
        return Effect.LOOSER
    return Effect.TIGHTER if before == "any" or (before, after) == ("number", "integer") else Effect.EITHER


_DECIDED: Mapping[Direction, Callable[[Any, Any], Effect]] = {
    Direction.RAISING: lambda old, new: _ranked(old, new, larger_is_looser=True),
    Direction.LOWERING: lambda old, new: _ranked(old, new, larger_is_looser=False),
    Direction.MORE: lambda old, new: _counted(old, new, more_is_looser=True),
    Direction.FEWER: lambda old, new: _counted(old, new, more_is_looser=False),
    Direction.TRUE: lambda old, new: _presence(old, new, present_is_looser=True),
    Direction.FALSE: lambda old, new: _presence(old, new, present_is_looser=False),
    Direction.WITH: lambda old, new: _presence(old, new, present_is_looser=True),
    Direction.WITHOUT: lambda old, new: _presence(old, new, present_is_looser=False),
    Direction.SCOPE: _scope,
    Direction.TYPE: _type,
}


def _plain_effect(before: Any, after: Any) -> Effect:
    return bound_effect(before, after) if isinstance(before, Bound) and isinstance(after, Bound) else Effect.EITHER


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _settled(value: Any) -> Any:
    """A metric whose tolerance is not written with the one that is then taken."""
    if type(value).__name__ != "MetricPolicy" or value.tolerance is not None:
        return value
    try:
        spec = value.spec
    except KeyError:
        return value
    return replace(value, tolerance=spec.default_tolerance, relative=spec.relative)


def _with_limits(before: Any, after: Any) -> tuple[Any, Any]:
    """Two tiers of which one writes a timeout: the other with the one that it then has."""
    if type(before).__name__ != "Tier" or (before.timeout_s is None) is (after.timeout_s is None):
        return before, after
    return replace(before, timeout_s=before.limit_s), replace(after, timeout_s=after.limit_s)


def _by_name(value: Any, key: str) -> Mapping[str, Any]:
    """The members by name; a second one of a name gets a number."""
    if isinstance(value, Mapping):
        return {str(name): member for name, member in value.items()}
    found: dict[str, Any] = {}
    for member in value or ():
        name = base = _name_of(member, key)
        number = 1
        while name in found:
            number += 1
            name = f"{base}#{number}"
        found[name] = member
    return found


def _name_of(member: Any, key: str) -> str:
    match type(member).__name__:
        case "Ignored":
            return " ".join((member.files, *member.rules))
        case "Splits":
            return member.name or "-".join(member.datasets)
        case "Drift":
            return member.name or f"{member.reference}..{member.current}"
        case "Skew":
            return f"{member.training}..{member.serving}"
        case "Selection":
            return str(member.rule.name)
    return str(getattr(member, key))


def _below(place: str, field: str) -> str:
    if field in UNWRITTEN:
        return place
    name = WRITTEN.get(field, field)
    return f"{place}.{name}" if place else name


def _change(effect: Effect, place: str, before: Any, after: Any, near: Any, *, named: bool = False) -> PolicyChange:
    old, new = shown(before, named=named), shown(after, named=named)
    return PolicyChange(
        effect=effect,
        place=place,
        before=old,
        after=new,
        path=near.path if near is not None else "",
        line=near.line if near is not None and new else None,
    )
