"""Texts judged against a JSON Schema, one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_REFERENCES = 20_000
"""References that are followed for one value. A few that double each other would never end."""
MAX_MATCHED = 10_000
"""Characters of a text that a `pattern` is tried on."""


class _TooManyError(Exception):
    pass


def schema_judge(schema: Mapping[str, Any]) -> Callable[[str], str]:
    """Why a text is not JSON that satisfies a schema; the empty text where it is.

    A reason shows nothing of the value: it is the place in the schema, e.g. `properties/age/maximum`. The library is
    imported when the first value is judged.

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
        except _TooManyError:
            return f"more than {MAX_REFERENCES:,} references to follow"
        return "" if error is None else "/".join(map(str, error.absolute_schema_path)) or "false"

    return judge


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _validator(schema: Mapping[str, Any], followed: list[int]) -> Any:
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend, validator_for
    from referencing import Registry

    known = validator_for(schema, default=Draft202012Validator)

    def counted(keyword: str) -> Callable[..., Iterator[Any]]:
        def check(validator: Any, value: Any, instance: Any, parent: Any) -> Iterator[Any]:
            followed[0] += 1
            if followed[0] > MAX_REFERENCES:
                raise _TooManyError
            yield from known.VALIDATORS[keyword](validator, value, instance, parent) or ()

        return check

    def pattern(validator: Any, value: Any, instance: Any, parent: Any) -> Iterator[Any]:
        if isinstance(instance, str) and len(instance) > MAX_MATCHED:
            yield ValidationError("too long to be matched")
        else:
            yield from known.VALIDATORS["pattern"](validator, value, instance, parent) or ()

    references = [name for name in ("$ref", "$dynamicRef", "$recursiveRef") if name in known.VALIDATORS]
    guarded = extend(known, {"pattern": pattern} | {name: counted(name) for name in references})
    return guarded(schema, registry=Registry())
