"""Check digits by the library `stdnum`, which is imported when a number is judged."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from mlgate.errors import MlgateError


def passes(module: str, number: str) -> bool:
    """Whether a number is one of a module of stdnum, e.g. `es.dni`.

    Raises
    ------
    MlgateError
        stdnum is not installed.
    """
    try:
        return bool(_module(module).is_valid(number))
    except (ValueError, IndexError, TypeError, KeyError):  # some modules meet odd numbers with these
        return False


@cache
def _module(name: str) -> Any:
    try:
        return import_module(f"stdnum.{name}")
    except ImportError:
        fact = "account and identity numbers cannot be judged without stdnum"
        hint = 'install "mlgate[data]"; in .pre-commit-config.yaml add "python-stdnum>=2.0" to additional_dependencies'
        raise MlgateError(fact, hint=hint) from None
