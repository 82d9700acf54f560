"""Formats that hold numbers and names only: what can be wrong with them is that they are not what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, BinaryIO

from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader

GGUF = b"GGUF"
_MOST_HEADER = 100_000_000


def scan_safetensors(open_stream: Callable[[], BinaryIO], facts: Facts) -> None:
    """The header is JSON, and its tensors lie one behind the other up to the end of the file.

    Source: https://huggingface.co/docs/safetensors/index#format. Bytes that no tensor claims could be another file.
    """
    facts.format("safetensors")
    with open_stream() as stream:
        reader = Reader(stream)
        try:
            size = int.from_bytes(reader.take(8), "little")
            if size > _MOST_HEADER:
                raise BrokenStreamError("its header is longer than the format allows")
            end = _end_of_tensors(json.loads(reader.take(size)))
            reader.skip(end)
            if not reader.ended():
                facts.problem("bytes that no tensor claims follow the last one", forged=True)
        except (BrokenStreamError, ValueError, RecursionError, KeyError, TypeError) as problem:
            facts.problem(f"not readable as safetensors: {problem or type(problem).__name__}")


def _end_of_tensors(header: Any) -> int:
    spans = sorted(tuple(entry["data_offsets"]) for name, entry in header.items() if name != "__metadata__")
    end = 0
    for low, high in spans:
        if not (isinstance(low, int) and isinstance(high, int) and low == end and high >= low):
            raise BrokenStreamError("its tensors overlap or leave a gap")
        end = high
    return end


def scan_gguf(open_stream: Callable[[], BinaryIO], facts: Facts) -> None:
    """The version behind the magic number is one that exists."""
    facts.format("GGUF")
    with open_stream() as stream:
        start = stream.read(24)
    if len(start) < 24 or int.from_bytes(start[4:8], "little") not in (1, 2, 3):
        facts.problem("not readable as GGUF: its version is not one of 1 to 3")
