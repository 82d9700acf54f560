"""Checks of data: an open table in, outcomes out. Nothing here opens a file.

`check` is `mlgate.check_data`: a data frame against a schema, for notebooks and tests.
"""

from __future__ import annotations

from typing import Any

from mlgate.data.checking import check_table
from mlgate.data.hygiene import check_hygiene
from mlgate.data.infer import infer_schema

__all__ = ["check_hygiene", "check_table", "infer_schema"]


def __getattr__(name: str) -> Any:
    if name != "check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import mlgate

    return mlgate.check_data
