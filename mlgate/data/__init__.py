"""Checks of data: an open table in, outcomes out. Nothing here opens a file.

`check` is `mlgate.check_data`, a data frame against a schema, and `splits` is `mlgate.check_splits`. All names are
imported when they are first used, since a check needs no inference.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlgate.data.checking import check_table
    from mlgate.data.hygiene import check_hygiene
    from mlgate.data.infer import infer_schema

__all__ = ["check_hygiene", "check_table", "infer_schema"]

_HOMES = {"check_hygiene": "hygiene", "check_table": "checking", "infer_schema": "infer"}


def __getattr__(name: str) -> Any:
    if name in ("check", "splits"):
        import mlgate

        return mlgate.check_data if name == "check" else mlgate.check_splits
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"mlgate.data.{_HOMES[name]}"), name)
