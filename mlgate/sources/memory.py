"""How much memory reading and checking data may take."""

from __future__ import annotations

import os

from mlgate.config.sizes import LEAST_MEMORY, size_in_bytes
from mlgate.errors import UsageError

MEMORY_LIMIT = "1GiB"
VARIABLE = "MLGATE_MEMORY_LIMIT"


def memory_limit(given: str | None = None) -> str:
    """The cap of the engine's memory: what is given, else `MLGATE_MEMORY_LIMIT`, else 1 GiB.

    Raises
    ------
    UsageError
        It is no size, or less than 64 MiB, with which the engine cannot read a file.
    """
    text = (given or os.environ.get(VARIABLE) or MEMORY_LIMIT).strip()
    size = size_in_bytes(text)
    if size is None:
        raise UsageError(f"the memory limit {text!r} is no size", hint="write a number and a unit, e.g. 512MiB or 2GiB")
    if size < LEAST_MEMORY:
        raise UsageError(f"the memory limit {text!r} is less than 64 MiB", hint="write 64MiB or more")
    return text.replace(" ", "")
