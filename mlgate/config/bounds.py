"""Kinds of a data schema's arguments: bounds, patterns, quantiles and shares."""

from __future__ import annotations

import math
import re
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.config.scalars import refuse_half_text
from mlgate.config.schema import Bound
from mlgate.late import compiled

MAX_REPEAT = 1000
MAX_PATTERN = 2_000
MAX_STEPS = 10_000
"""Characters of a pattern, and of what it becomes with its counted repeats written out: larger ones match slowly."""
_CLASS = compiled(r"\\[pP](\{\^?\w+\}|\w)")
"""Unicode classes, which RE2 knows and Python does not."""

_NOT_RE2 = compiled(r"\(\?(<?[=!]|>|#|P=|\(|[aiLmsux]*[auLx])|\\[1-9Z]|[*+?}]\+")
"""Look-around, atomic groups, comments, conditions, Python's flags, back references, possessive repeats."""

_SET = compiled(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
"""A set of characters, in which signs have no meaning of their own."""

_REPEAT = compiled(r"\{(?:\d*,)?(\d{1,9}),?\}")
_ESCAPED = compiled(r"\\.", re.DOTALL)


class BoundKind:
    """`[min, max]` (null is open) or `{min, max, strict_min, strict_max}`."""

    ENDS = ("min", "max", "strict_min", "strict_max")

    def parse(self, node: Node, reading: f.Reading) -> Bound:
        match node.value:
            case list() if len(node.value) == 2:
                given = dict(zip(("min", "max"), node.value, strict=True))
            case dict():
                given = dict(node.value)
            case _:
                raise node.error(
                    f"expected a bound, found {node.text or node.kind}", hint="write [min, max] or {min: A, max: B}"
                )
        for name in given:
            if name not in self.ENDS:
                raise node.key_error(name, f"unknown key {name!r} in a bound", hint=f.nearest(name, self.ENDS))
        ends = {name: self._end(child) for name, child in given.items() if child.value is not None}
        if not ends:
            raise node.error("a bound needs at least one end", hint="write [0, null] for 0 or more")
        if {"min", "strict_min"} <= ends.keys() or {"max", "strict_max"} <= ends.keys():
            raise node.error("an end is either strict or not", hint="keep one of them")
        self._ordered(node, ends)
        return Bound(**ends)

    @staticmethod
    def _end(node: Node) -> float | int | str:
        value = f.Anything().parse(node, f.Reading())
        if isinstance(value, bool):
            raise node.error("an end of a bound is a number or a date")
        return value

    @staticmethod
    def _ordered(node: Node, ends: dict[str, Any]) -> None:
        low = ends.get("min", ends.get("strict_min"))
        high = ends.get("max", ends.get("strict_max"))
        if low is None or high is None:
            return
        if isinstance(low, str) is not isinstance(high, str):
            raise node.error(f"the ends {low!r} and {high!r} are of different types")
        strict = "strict_min" in ends or "strict_max" in ends
        if low > high or (strict and low == high):
            raise node.error(f"no value is between {low} and {high}", hint="is min larger than max?")

    def json_schema(self) -> f.JsonSchema:
        end = {"type": ["number", "string", "null"]}
        pair = {"type": "array", "prefixItems": [end, end], "items": False, "minItems": 2}
        ends = {
            "type": "object",
            "properties": dict.fromkeys(self.ENDS, end),
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"anyOf": [pair, ends]}


class Pattern:
    """A regular expression in RE2 syntax (no look-around, no back references: it cannot run away)."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        pattern = f.Text().parse(node, reading)
        plain = pattern.replace("\\\\", "_")  # an escaped backslash escapes nothing
        try:
            re.compile(_CLASS.sub("_", plain))
        except (re.error, RecursionError, OverflowError) as problem:
            raise node.error(f"not a regular expression: {problem}") from None
        plain = _SET.sub("_", _CLASS.sub("_", plain))
        too_often = (match for match in _REPEAT.finditer(plain) if int(match[1]) > MAX_REPEAT)
        refused = _NOT_RE2.search(plain) or next(too_often, None)
        if refused:
            hint = "write the pattern in RE2 syntax: no look-around, no back references"
            raise node.error(f"{refused[0]!r} is not supported in a pattern", hint=hint)
        refuse_half_text(node)
        if len(pattern) > MAX_PATTERN or written_out(plain) > MAX_STEPS:
            fact = f"the pattern is too large: at most {MAX_PATTERN:,} characters, and {MAX_STEPS:,} with its repeats"
            raise node.error(fact, hint="split it in several checks, or check lengths with `length`")
        return pattern

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "minLength": 1}


def written_out(plain: str) -> int:
    """Length of a pattern without sets once its counted repeats are written out.

    Examples
    --------
    >>> [written_out(pattern) for pattern in ("abc", "a{3}", "(ab{2,3}){10}", "(a?){1000}b")]
    [3, 3, 50, 3001]
    """
    plain = _ESCAPED.sub("_", plain)
    before, last = [0], [0]  # of each open group: the length so far, and that of the last part
    place = 0
    while place < len(plain):
        repeat = _REPEAT.match(plain, place)
        if repeat:
            last[-1] *= max(1, int(repeat[1]))
            place = repeat.end()
            continue
        sign, place = plain[place], place + 1
        if sign == "(":
            before.append(0)
            last.append(0)
        elif sign == ")" and len(last) > 1:
            inner = before.pop() + last.pop()
            before[-1], last[-1] = before[-1] + last[-1], inner + 1
        elif sign in "*+?":
            last[-1] += 1
        else:
            before[-1], last[-1] = before[-1] + last[-1], 1
    return sum(before) + sum(last)


def parse_quantile(name: str, node: Node, reading: f.Reading) -> tuple[float, Bound]:
    try:
        level = float(name)
    except ValueError:
        level = math.nan
    if not 0 < level < 1:
        raise node.error(
            f"{name!r} is not a quantile level", hint="write a number between 0 and 1, e.g. 0.99: [60, 110]"
        )
    return level, BoundKind().parse(node, reading)


def parse_share(name: str, node: Node, reading: f.Reading) -> tuple[str, Bound]:
    bound = BoundKind().parse(node, reading)
    for end in (bound.min, bound.max, bound.strict_min, bound.strict_max):
        if end is not None and (isinstance(end, str) or not 0 <= end <= 1):
            raise node.error(f"{end} is not a share", hint="write shares between 0 and 1, never percent")
    return name, bound
