"""How much memory reading and checking data may take."""

from __future__ import annotations

import os
import re

from mlgate.errors import UsageError

MEMORY_LIMIT = "1GiB"
VARIABLE = "MLGATE_MEMORY_LIMIT"
LEAST_BYTES = 64 * 2**20
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]i?b)", re.IGNORECASE)


def memory_limit(given: str | None = None) -> str:
    """The cap of the engine's memory: what is given, else `MLGATE_MEMORY_LIMIT`, else 1 GiB.

    Raises
    ------
    UsageError
        It is no size, or less than 64 MiB, with which the engine cannot read a file.
    """
    text = given or os.environ.get(VARIABLE) or MEMORY_LIMIT
    size = _SIZE.fullmatch(text.strip())
    if not size:
        raise UsageError(f"the memory limit {text!r} is no size", hint="write a number and a unit, e.g. 512MiB or 2GiB")
    number, unit = float(size[1]), size[2].lower()
    power = "kmgt".index(unit[0]) + 1
    if number * (1024 if unit[1] == "i" else 1000) ** power < LEAST_BYTES:
        raise UsageError(f"the memory limit {text!r} is less than 64 MiB", hint="write 64MiB or more")
    return f"{size[1]}{size[2]}"
