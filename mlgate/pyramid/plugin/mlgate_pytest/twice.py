"""Runs a callable twice, and names the first step that differs."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

import pytest

from mlgate_pytest.likeness import NotPlainError, Tolerance, as_data, differences, only_floats, require_tolerances, told
from mlgate_pytest.randomness import seeded as seeded_block

_SHOWN = 5


def require_same(function: Callable[[], Any], *, seed: int, rel: float = 0.0, abs: float = 0.0) -> None:  # noqa: A002  # pytest's own word
    """Fail the test unless two runs of `function` give the same steps.

    Parameters
    ----------
    function : takes nothing. What it yields are its steps, or pairs of a name and a value; of a mapping that it
        returns, each entry is a step; anything else that it returns is the one step
    seed : both runs start with it
    rel, abs : accepted difference of two numbers; none unless given

    Raises
    ------
    pytest.fail.Exception
        A step differs, one run has more steps, there is no step at all, or only the second run raises.
    """
    __tracebackhide__ = True
    require_tolerances(rel, abs)
    if not callable(function):
        pytest.fail(f"give the function itself, not what it returns: got a {type(function).__name__}")
    with seeded_block(seed):
        first = [(name, _snapshot(name, value)) for name, value in _steps(function())]
    if not first or all(data is None for _, data in first):
        pytest.fail("there is nothing to compare: return a value, or yield one per step")
    with seeded_block(seed):
        _require_like(first, _second_run(function), Tolerance(rel, abs), seed)


def _require_like(
    first: list[tuple[str, Any]], second: Iterator[tuple[str, Any]], tolerance: Tolerance, seed: int
) -> None:
    """Compare step by step while the second run goes on; it ends at the first that differs."""
    __tracebackhide__ = True
    count = 0
    for name, value in second:
        if count == len(first):
            pytest.fail(f"the second run goes on with the step {name!r}, where the first ended after {count:,}")
        before, expected = first[count]
        if name != before:
            pytest.fail(f"step {count + 1} is {before!r} in the first run and {name!r} in the second")
        found = differences(expected, _snapshot(name, value), tolerance)
        lines, places = told(found)
        if places:
            pytest.fail(_told(first[:count], name, lines, places, seed))
        count += 1
    if count < len(first):
        pytest.fail(f"the second run ended after {count:,} of {len(first):,} steps, before {first[count][0]!r}")


def _second_run(function: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    __tracebackhide__ = True
    done = 0
    try:
        for step in _steps(function()):
            yield step
            done += 1
    except Exception as problem:
        told = f"the second run raised {type(problem).__name__} after {done:,} steps, the first did not: {problem}"
        raise AssertionError(told) from problem


def _told(before: list[tuple[str, Any]], name: str, lines: list[str], places: int, seed: int) -> str:
    number = len(before) + 1
    head = f"two runs with the seed {seed} differ first in step {number} ({name}), in {places:,} "
    head += f"place{'s' if places > 1 else ''} (expected is of the first run, found of the second)"
    names = [one for one, _ in before]
    shown = ", ".join(names[-_SHOWN:])
    more = [f"... and {places - len(lines):,} more"] if places > len(lines) else []
    same = f"what comes before is the same: {'..., ' * (len(names) > _SHOWN)}{shown}" if names else ""
    return "\n".join(line for line in (head, *lines, *more, same) if line)


def _steps(result: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of the steps, as they come."""
    if isinstance(result, Mapping):
        for key, value in result.items():
            yield str(key), value
    elif isinstance(result, Iterator):
        for number, step in enumerate(result, start=1):
            named = isinstance(step, tuple) and len(step) == 2 and isinstance(step[0], str)
            yield step if named else (str(number), step)
    else:
        yield "result", result


def _snapshot(name: str, value: Any) -> Any:
    """The value now: what is changed in place later does not change it. NaN is told apart from numbers."""
    __tracebackhide__ = True
    if isinstance(value, Coroutine):
        value.close()
        pytest.fail("the function is a coroutine: give `lambda: asyncio.run(function())`")
    try:
        return _without_nan(as_data(value))
    except NotPlainError as problem:
        pytest.fail(f"the step {name} cannot be compared: {problem}")


def _without_nan(data: Any) -> Any:
    if isinstance(data, float) and math.isnan(data):
        return "NaN"
    if isinstance(data, list) and only_floats(data) and not any(map(math.isnan, data)):
        return data
    if isinstance(data, list):
        return [_without_nan(item) for item in data]
    if isinstance(data, dict):
        return {key: _without_nan(item) for key, item in data.items()}
    return data
