"""The world's numbering plans, as the library `phonenumbers` knows them. It is imported when a number is judged."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from mlgate.errors import MlgateError

_OF_PERSONS = ("fixed_line", "mobile", "voip", "personal_number", "pager")
"""Kinds of numbers that reach a person; hot lines and paid services are left out."""


def is_international(digits: str) -> bool:
    """Whether digits that begin with a country code are a number that a person can be called at.

    Raises
    ------
    MlgateError
        phonenumbers is not installed.
    """
    for size in (1, 2, 3):
        if digits[:size] in _codes():
            return is_of_plan(digits[:size], digits[size:])
    return False


def is_of_plan(code: str, digits: str) -> bool:
    """Whether digits without the prefix of national calls are a number of a country code."""
    return any(pattern.fullmatch(digits) for pattern in _patterns(code))


def is_national(digits: str, region: str) -> bool:
    """Whether digits are a number as it is dialled within a region, e.g. `GB`."""
    plan = _library().PhoneMetadata.metadata_for_region(region)
    if plan is None:
        return False
    prefix = plan.national_prefix or ""
    if prefix and digits.startswith(prefix):
        return is_of_plan(str(plan.country_code), digits[len(prefix) :])
    return prefix != "0" and is_of_plan(str(plan.country_code), digits)


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        import phonenumbers
    except ImportError:
        fact = "phone numbers cannot be judged without phonenumbers"
        hint = 'install "mlgate[data]"; in .pre-commit-config.yaml add "phonenumbers>=9.0" to additional_dependencies'
        raise MlgateError(fact, hint=hint) from None
    return phonenumbers


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(str(code) for code in _library().COUNTRY_CODE_TO_REGION_CODE)


@cache
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    library = _library()
    texts: dict[str, None] = {}
    for region in library.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()):
        plan = library.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
        for kind in _OF_PERSONS if plan is not None else ():
            known = getattr(plan, kind)
            if known is not None and known.national_number_pattern:
                texts[known.national_number_pattern] = None
    return tuple(re.compile(text) for text in texts)
