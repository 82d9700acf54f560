"""Texts judged against a JSON Schema, one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlgate.late import compiled

MAX_REFERENCES = 20_000
"""References that are followed for one value. A few that double each other would never end."""
MAX_MATCHED = 10_000
"""Characters of a text that a `pattern` is tried on."""

_DATA = ("const", "enum", "default", "examples")
"""Keywords whose values are data, and no schemas."""
_BY_NAME = ("properties", "$defs", "definitions", "dependentSchemas", "dependencies")
_PARTS = compiled(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


class _TooMuchError(Exception):
    """What cannot be judged, by its message, so that it holds under no keyword, `not` among them."""


def schema_judge(schema: Mapping[str, Any]) -> Callable[[str], str]:
    """Why a text is not JSON that satisfies a schema; the empty text where it is.

    A reason shows nothing of the value: it is the place in the schema, e.g. `properties/age/maximum`. The library is
    imported when the first value is judged. In a pattern `$` is the end of the text, and not before a last line break.

    Raises
    ------
    ValueError
        By the function: the schema refers to something outside it.
    """
    validators: list[Any] = []
    followed = [0]

    def judge(text: str) -> str:
        from referencing.exceptions import Unresolvable

        try:
            value = json.loads(text, parse_constant=_refuse)
        except ValueError:
            return "not JSON"
        except RecursionError:
            return "nested too deeply"
        if not validators:
            validators.append(_validator(schema, followed))
        followed[0] = 0
        try:
            error = next(validators[0].iter_errors(value), None)
        except Unresolvable as problem:
            raise ValueError(f"the JSON Schema refers to {problem.ref}, which is not in it") from None
        except RecursionError:
            return "nested too deeply"
        except _TooMuchError as problem:
            return str(problem)
        return "" if error is None else "/".join(map(_written, error.absolute_schema_path)) or "false"

    return judge


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class _Pattern(str):
    """A pattern for Python's matcher; `written` is the schema's own."""

    __slots__ = ("written",)
    written: str

    @classmethod
    def of(cls, written: str) -> _Pattern:
        made = cls(_PARTS.sub(lambda part: r"\Z" if part[0] == "$" else part[0], written))
        made.written = written
        return made


def _written(step: object) -> str:
    return step.written if isinstance(step, _Pattern) else str(step)


def _translated(schema: Any) -> Any:
    """The same schema with its patterns as Python's matcher needs them."""
    if isinstance(schema, list):
        return [_translated(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    changed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _DATA:
            changed[key] = value
        elif key == "pattern" and isinstance(value, str):
            changed[key] = _Pattern.of(value)
        elif key == "patternProperties" and isinstance(value, Mapping):
            changed[key] = {_Pattern.of(name): _translated(item) for name, item in value.items()}
        elif key in _BY_NAME and isinstance(value, Mapping):
            changed[key] = {name: _translated(item) for name, item in value.items()}
        else:
            changed[key] = _translated(value)
    return changed


def _validator(schema: Any, followed: list[int]) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend, validator_for
    from referencing import Registry

    known = validator_for(schema, default=Draft202012Validator)

    def counted(keyword: str) -> Callable[..., Iterator[Any]]:
        def check(validator: Any, value: Any, instance: Any, parent: Any) -> Iterator[Any]:
            followed[0] += 1
            if followed[0] > MAX_REFERENCES:
                raise _TooMuchError(f"more than {MAX_REFERENCES:,} references to follow")
            yield from known.VALIDATORS[keyword](validator, value, instance, parent) or ()

        return check

    def pattern(validator: Any, value: Any, instance: Any, parent: Any) -> Iterator[Any]:
        if isinstance(instance, str) and len(instance) > MAX_MATCHED:
            raise _TooMuchError(f"longer than the {MAX_MATCHED:,} characters that a pattern is tried on")
        yield from known.VALIDATORS["pattern"](validator, value, instance, parent) or ()

    references = [name for name in ("$ref", "$dynamicRef", "$recursiveRef") if name in known.VALIDATORS]
    guarded = extend(known, {"pattern": pattern} | {name: counted(name) for name in references})
    return guarded(_translated(schema), registry=Registry())
