"""Values of which one was taken, and numbers that are made of several values."""

from __future__ import annotations

from collections.abc import Iterable

from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Either,
    Entropy,
    Fixed,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Unknown,
    Value,
    is_none,
)

MAX_MEMBERS = 6
_SEEDS = (Fixed, Known, Option)
"""What a seed is that the repository fixes."""


def either(first: Value, second: Value) -> Value:
    """What is known where one of two values was taken."""
    if first is second:
        return first
    if isinstance(first, Entropy):
        return _entropy_or(first, second)
    if isinstance(second, Entropy):
        return _entropy_or(second, first)
    if isinstance(first, Known) and isinstance(second, Known):
        same = type(first.const) is type(second.const) and first.const == second.const
        return first if same else _fixed_or_nothing(first, second)
    if isinstance(first, Result) and isinstance(second, Result) and first.name == second.name:
        return first
    if isinstance(first, Maybe) or isinstance(second, Maybe):
        return first if isinstance(first, Maybe) else second
    if isinstance(first, _SEEDS) and isinstance(second, _SEEDS):
        return _fixed_or_nothing(first, second)
    return _one_of(first, second)


def _entropy_or(source: Entropy, other: Value) -> Entropy:
    """Entropy on one side is told, as conditional where the other side is none."""
    is_both = isinstance(other, Entropy)
    draws = source.draws | other.draws if isinstance(other, Entropy) else source.draws
    made = Entropy(source.why, draws, conditional=source.conditional or not is_both)
    made.told = source.told
    return made


def _fixed_or_nothing(first: Value, second: Value) -> Value:
    return Maybe() if is_none(first) != is_none(second) else FIXED


def _one_of(first: Value, second: Value) -> Value:
    members = tuple(dict.fromkeys([*members_of(first), *members_of(second)]))
    if all(isinstance(member, Unknown) for member in members):
        return UNKNOWN
    return Either(members[:MAX_MEMBERS]) if len(members) > 1 else members[0]


def members_of(value: Value) -> tuple[Value, ...]:
    """The values that it may be."""
    return value.members if isinstance(value, Either) else (value,)


def any_of(values: Iterable[Value]) -> Value:
    """What is known where one of these was taken, or nothing where there is none."""
    found: Value | None = None
    for value in values:
        found = value if found is None else either(found, value)
    return UNKNOWN if found is None else found


def blend(values: Iterable[Value]) -> Value:
    """What is known of a number that is made of several: of `seed + rank` the seed decides."""
    best: Value = UNKNOWN
    for value in values:
        if isinstance(value, Entropy):
            return value
        if isinstance(value, Maybe) or (isinstance(value, _SEEDS) and not isinstance(best, Maybe)):
            best = value if isinstance(value, Maybe) else FIXED
        elif isinstance(value, Either):
            found = blend(value.members)
            if isinstance(found, Entropy):
                return found
            best = found if isinstance(best, Unknown) else best
    return best


def element_of(value: Value) -> Value:
    """Any one element of what is iterated over."""
    match value:
        case Items(elements=elements):
            return any_of(elements[:8])
        case Fixed() | Known() | Option():
            return FIXED
        case Maybe() | Entropy():
            return value
        case Result(name=name):
            return Result(name)
        case Either(members=members):
            lists = (member.elements if isinstance(member, Items) else [] for member in members)
            return any_of(elements[0] if elements else UNKNOWN for elements in lists)
    return UNKNOWN
