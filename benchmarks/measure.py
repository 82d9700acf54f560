"""Wall and processor time, and peak memory, of whole processes, start and imports included.

Imports the standard library only: on Linux a child's peak starts at that of its parent, so the parent stays small.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over runs."""

    wall_s: float
    peak_mib: float
    output: str  # standard output of the last run
    cpu_s: float = 0.0  # of all its threads: what a machine shows that has other things to do as well


def measure(
    commands: Mapping[str, list[str]], *, runs: int, expected: Mapping[str, int] | None = None, warm_up: bool = True
) -> dict[str, Cost]:
    """Cost of each command by its name.

    The commands take turns, so that a machine that is slow for a while is slow for all of them.

    Parameters
    ----------
    expected : exit code of a command, by its name; 0 where none is given
    warm_up : whether a round that is not counted comes first

    Raises
    ------
    RuntimeError
        A command ended with another exit code: a failed run has no meaningful time.
    """
    codes = dict(expected or {})
    rounds = [
        {name: _run_once(command, codes.get(name, 0)) for name, command in commands.items()}
        for _ in range(runs + warm_up)
    ][-runs:]
    costs = {}
    for name in commands:
        walls, cpus, peaks, outputs = zip(*(one[name] for one in rounds), strict=True)
        costs[name] = Cost(
            wall_s=statistics.median(walls),
            peak_mib=statistics.median(peaks),
            output=outputs[-1],
            cpu_s=statistics.median(cpus),
        )
    return costs


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Modules are compiled by the first run and kept, as where they are installed."""


def _run_once(command: list[str], expected_code: int) -> tuple[float, float, float, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait for it again
        if process.returncode != expected_code:
            err.seek(0)
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{err.read().decode()[-2000:]}")
        out.seek(0)
        unit = 1 if sys.platform == "darwin" else 1024
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 2**20, out.read().decode()
