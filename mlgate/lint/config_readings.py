"""How the readers of YAML take a plain value: YAML 1.2 core, PyYAML (YAML 1.1) and OmegaConf."""

from __future__ import annotations

import math
import re

import yaml

PYYAML = "pyyaml"
OMEGACONF = "omegaconf"
YAML12 = "yaml12"
READERS = (PYYAML, OMEGACONF, YAML12)

CERTAIN = re.compile(
    r"[-+]?(0|[1-9][0-9]*)|[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?|true|false|null|~|[A-Za-z_./-][\w ./-]{6,}|"
    r"[A-Za-z_](?<![yYnNoOtTfF])[A-Za-z0-9_./-]*|"
)
"""Values that every reader of YAML takes for the same, so that most need no second look."""

_OMEGA_FLOAT = (
    r"[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+"
    r"|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
EXPONENT = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+"
"""A number with an exponent; what PyYAML takes for one has a point and a sign in the exponent."""


class Unreadable:
    """What a reader makes of a value that it stops at."""


def read_by_pyyaml(text: str) -> object:
    """The value that `yaml.safe_load` makes of a plain scalar; `Unreadable` where it stops."""
    node = yaml.ScalarNode(_resolved(text), text)
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError):
        return Unreadable()
    finally:
        loader.dispose()


def _resolved(text: str) -> str:
    loader = yaml.SafeLoader("")
    try:
        return str(loader.resolve(yaml.ScalarNode, text, (True, False)))  # type: ignore[no-untyped-call]  # it has no types
    finally:
        loader.dispose()


def read_by_omegaconf(text: str) -> object:
    """The value that OmegaConf makes of a plain scalar: PyYAML's, but exponents are numbers and dates are text."""
    if re.fullmatch(_OMEGA_FLOAT, text):
        plain = text.replace("_", "").lower()
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    if re.fullmatch(_DATE, text):
        return text
    return read_by_pyyaml(text)


def same_value(one: object, other: object) -> bool:
    """Whether two readers take a value for the same, in type too."""
    if type(one) is not type(other):
        return False
    return one == other or (
        isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    )


def said(value: object) -> str:
    """A value as a person would say it."""
    match value:
        case Unreadable():
            return "an error"
        case bool():
            return str(value).lower()
        case None:
            return "nothing"
        case str():
            return "text"
        case float():
            return f"the number {value:g}"
        case int():
            return f"the number {value}"
    return "a date" if type(value).__module__ == "datetime" else "another value"
