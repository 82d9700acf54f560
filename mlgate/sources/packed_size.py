"""How much of a data file there is to read, once it is unpacked."""

from __future__ import annotations

import os
from pathlib import Path

_LEAST = 18
"""Bytes of gzip's header and end."""
_STEP = 1 << 20


def bytes_to_read(path: Path, limit: int) -> int:
    """Bytes of a file; of one that gzip packed the unpacked ones, where these are more than the limit.

    What the end of a file says is only believed when as much comes out: a file that is cut off ends in anything.

    Raises
    ------
    OSError
        It cannot be read.
    """
    size = path.stat().st_size
    if path.suffix.lower() != ".gz" or not _LEAST <= size <= limit:
        return size
    with path.open("rb") as stream:
        stream.seek(-4, os.SEEK_END)
        said = int.from_bytes(stream.read(4), "little")
    return max(said, limit + 1) if said > limit and _unpacks_to_more(path, limit) else size


def _unpacks_to_more(path: Path, limit: int) -> bool:
    import gzip
    import zlib

    left = limit
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(_STEP):
                left -= len(chunk)
                if left < 0:
                    return True
    except (OSError, EOFError, zlib.error):
        return False  # reading it will say what is wrong
    return False
