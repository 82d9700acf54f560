"""Test files dealt out to jobs that run beside each other, so that the longest of them is short."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

UNKNOWN_S = 1.0
"""What a test file is taken to need where none of its tier has ever been timed."""


def expected_seconds(files: Iterable[str], recorded: Mapping[str, float]) -> dict[str, float]:
    """Seconds of each file: as recorded, else the median of those of the same tier that are.

    Examples
    --------
    >>> expected_seconds(["a.py", "b.py"], {"a.py": 3.0})
    {'a.py': 3.0, 'b.py': 3.0}
    """
    names = list(files)
    known = [recorded[name] for name in names if name in recorded]
    unknown = median(known) if known else UNKNOWN_S
    return {name: recorded.get(name, unknown) for name in names}


def balanced(seconds: Mapping[str, float], count: int) -> list[list[str]]:
    """Files dealt out to `count` shards, the longest first, each to the shard that has least so far.

    The longest shard takes at most 4/3 of the shortest time that is possible (Graham 1969). The order of `seconds` does
    not matter: files of one length go by their names. Without a file there is one empty shard.

    Parameters
    ----------
    seconds : what each file needs, finite and >= 0
    count : at least 1; no shard is empty, so that there are never more than files

    Returns
    -------
    list of list of str
        The files of each shard, sorted.

    Examples
    --------
    >>> balanced({"a": 3.0, "b": 2.0, "c": 2.0}, 2)
    [['a'], ['b', 'c']]
    """
    shards: list[list[str]] = [[] for _ in range(max(1, min(count, len(seconds))))]
    loads = [(0.0, 0, number) for number in range(len(shards))]  # files that need no time are dealt out by number
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        load, held, number = heapq.heappop(loads)
        shards[number].append(name)
        heapq.heappush(loads, (load + seconds[name], held + 1, number))
    return [sorted(files) for files in shards]


def shard_counts(wanted: Sequence[int], most: int) -> list[int]:
    """How many shards each tier gets, where `most` is the limit of all together: the largest give way first.

    Parameters
    ----------
    wanted : each at least 1, and no more of them than `most`

    Examples
    --------
    >>> shard_counts([8, 3, 1], 8)
    [4, 3, 1]
    """
    counts = list(wanted)
    over = sum(counts) - most
    while over > 0:
        largest = counts.index(max(counts))
        if counts[largest] == 1:
            raise ValueError(f"{len(counts)} tiers do not fit in {most} jobs")
        counts[largest] -= 1
        over -= 1
    return counts
