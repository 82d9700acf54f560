"""Pickles as files hold them: one, several in a row, or the five of an old torch file before its raw numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.joblib_arrays import read_array
from mlgate.lint.artifacts.machine import PickleMachine
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader

TORCH_MAGIC = 0x1950A86A20F9469CFC6C
TORCH_PICKLES = 5


def scan_pickles(open_stream: Callable[[], BinaryIO], facts: Facts, *, limit: int | None = None) -> None:
    """Follow every pickle of a stream. What follows the last one and is none is a problem.

    Where joblib's raw arrays lie between opcodes, the stream is followed a second time as `pickle.load` would take it.
    """
    with open_stream() as stream:
        reader = Reader(stream, limit=limit)
        arrays = _scan(reader, facts)
    if arrays:
        peek_as_pickle(open_stream, facts, limit=limit)


def peek_as_pickle(open_stream: Callable[[], BinaryIO], facts: Facts, *, limit: int | None = None) -> None:
    """What `pickle.load` would run of a stream before it stops; that it stops is no news."""
    with open_stream() as stream:
        try:
            PickleMachine(Reader(stream, limit=limit), facts, as_plain=True).run()
        except (BrokenStreamError, OSError, EOFError, ValueError):
            return


def _scan(reader: Reader, facts: Facts) -> bool:
    """Whether the stream holds arrays of joblib."""
    old_torch, number = False, 0
    while True:
        number += 1
        began = reader.position
        machine = PickleMachine(reader, facts, read_array)
        try:
            value = machine.run()
        except BrokenStreamError as problem:
            _broken(facts, str(problem), reader.position, began)
            return "joblib" in facts.formats
        facts.format("pickle")
        if number == 1 and value == TORCH_MAGIC:
            old_torch = True
            facts.format("torch before 1.6")
        if reader.ended() or (old_torch and number == TORCH_PICKLES):
            return "joblib" in facts.formats


def _broken(facts: Facts, reason: str, position: int, began: int) -> None:
    if began:
        facts.problem(f"what follows the pickle that ends at byte {began:,} is no pickle: {reason}")
    else:
        facts.problem(f"not readable as a pickle beyond byte {position:,}: {reason}")
