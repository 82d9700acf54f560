"""Wall time and peak memory of whole processes, start and imports included.

Imports the standard library only: on Linux a child's peak starts at that of its parent, so the parent stays small.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over runs."""

    wall_s: float
    peak_mib: float
    output: str  # standard output of the last run


def measure(command: list[str], *, runs: int, expected_codes: tuple[int, ...] = (0,)) -> Cost:
    """Run `command` `runs` times after one warm-up that is not counted.

    Raises
    ------
    RuntimeError
        The command ended with another exit code than expected: a failed run has no meaningful time.
    """
    once = [_run_once(command, expected_codes) for _ in range(runs + 1)][1:]
    walls, peaks, outputs = zip(*once, strict=True)
    return Cost(statistics.median(walls), statistics.median(peaks), outputs[-1])


def _run_once(command: list[str], expected_codes: tuple[int, ...]) -> tuple[float, float, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait for it again
        if process.returncode not in expected_codes:
            err.seek(0)
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{err.read().decode()[-2000:]}")
        out.seek(0)
        unit = 1 if sys.platform == "darwin" else 1024
        return wall, usage.ru_maxrss * unit / 2**20, out.read().decode()
