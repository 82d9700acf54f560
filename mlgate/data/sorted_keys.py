"""How many of many values repeat, by sorting 64-bit hashes of them in memory; the engine makes and verifies them.

Against a table of all values this takes a third of the time. Memory is bounded: hashes come in parts of 16 million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlgate.data.own_queries import Repeats
from mlgate.data.table import Connection

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PART = 2**24
"""So many hashes are sorted at once: 128 MiB, and as much again while they are fetched."""
MAX_VERIFIED = 1_000
"""Hashes that stand twice, up to which their values are looked at; above, the engine counts by itself."""


def count_repeats(connection: Connection, source: str, query: Repeats) -> int | None:
    """Values that equal another one, all but one of each group; exact. None where the engine should count them.

    Values of different hash differ. Those of equal hash are compared by the engine.
    """
    twice = hashes_that_repeat(connection, source, query.where, query.key)
    if not twice:
        return twice if twice is None else 0
    listed = ", ".join(map(str, twice))
    same = f"SELECT {query.counted} FROM ({source}) AS source WHERE {query.where} AND {query.key} IN ({listed})"  # noqa: S608  # made by aggregates
    ((repeats,),) = connection.execute(same).fetchall()
    return int(repeats)


def hashes_that_repeat(connection: Connection, source: str, where: str, key: str) -> list[int] | None:
    """Hashes that several rows have: of equal values, or of different ones. None where they are more than 1,000.

    Parameters
    ----------
    source : SQL of the rows
    where : condition of the rows that count
    key : SQL of the hash, an unsigned number of 64 bits
    """
    try:
        import numpy as np
    except ImportError:
        return None
    ((rows,),) = connection.execute(f"SELECT count(*) FROM ({source}) AS source WHERE {where}").fetchall()  # noqa: S608  # made by aggregates
    parts = -(-rows // PART)
    twice: list[int] = []
    for part in range(parts):
        chosen = f"{where} AND {key} % {parts} = {part}" if parts > 1 else where
        found = connection.execute(f"SELECT {key} AS key FROM ({source}) AS source WHERE {chosen}").fetchnumpy()  # noqa: S608  # made by aggregates
        keys: Array = np.asarray(found["key"])
        keys.sort()
        again = np.unique(keys[1:][keys[1:] == keys[:-1]])
        if len(twice) + len(again) > MAX_VERIFIED:
            return None
        twice.extend(again.tolist())
    return twice
