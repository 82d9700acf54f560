"""What the plugin costs on trivial tests beside plain pytest, and what a second worker gains on a tier that computes.

Whole processes in turns, as `mlgate run` starts them; the files of results lie where the tests do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from benchmarks.measure import Cost, measure
from mlgate.config.project import Tier
from mlgate.pyramid.tiers import PLUGIN, pytest_command

ROOT = Path(__file__).parents[1] / "build" / "tier_overhead"
FILES, TESTS = 100, 20
TRIVIAL = "".join(f"def test_{number}():\n    assert True\n\n\n" for number in range(TESTS))
COMPUTING = """\
import hashlib
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_compute(number):
    digest = b"{name}"
    for _ in range({rounds}):
        digest = hashlib.sha256(digest).digest()
    assert len(digest) == 32
"""
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    os.environ.update(ALONE)  # other plugins cost both sides the same
    print(f"{os.cpu_count()} cores, load now {os.getloadavg()[0]:.1f}; medians of {arguments.runs} runs in turns")
    overhead(arguments.runs)
    workers(max(3, arguments.runs // 3))
    return 0


def overhead(runs: int) -> None:
    """The same tests with and without the plugin."""
    folder = fresh("trivial", {f"test_{number}.py": TRIVIAL for number in range(FILES)})
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "tests"]
    costs = measure(
        {
            "plain pytest": shell(folder, plain),
            "with the plugin, as the gate runs it": shell(folder, gate_command(folder)),
            "with the plugin, and a time for each test": shell(folder, gate_command(folder, "--mlgate-test-timeout=60")),
        },
        runs=runs,
    )
    told(f"{FILES * TESTS} trivial tests", costs, "plain pytest")


def workers(runs: int) -> None:
    """A tier that computes, in one process and in two."""
    text = COMPUTING.format(count=8, name="x", rounds=400_000)
    folder = fresh("computing", {f"test_{number}.py": text for number in range(4)})
    costs = measure(
        {
            "one process": shell(folder, gate_command(folder)),
            "workers: 2": shell(folder, gate_command(folder, "-p", "xdist", "-n", "2")),
        },
        runs=runs,
    )
    told("32 tests that compute", costs, "one process")
    print(f"  two workers are {costs['one process'].wall_s / costs['workers: 2'].wall_s:.2f} times as fast (aim: 1.7)")


def told(what: str, costs: dict[str, Cost], base: str) -> None:
    print(f"\n{what}\n  {'':44} {'wall s':>8} {'to ' + base:>16} {'processor s':>12} {'to ' + base:>16}")
    for name, cost in costs.items():
        wall, cpu = cost.wall_s / costs[base].wall_s, cost.cpu_s / costs[base].cpu_s
        print(f"  {name:44} {cost.wall_s:8.3f} {wall:16.3f} {cost.cpu_s:12.3f} {cpu:16.3f}")


def gate_command(folder: Path, *extra: str) -> list[str]:
    """As the gate starts pytest; a new file of results each time."""
    command = pytest_command(
        Tier(name="unit", tests=("tests",)),
        launcher=(sys.executable, "-m", "pytest"),
        results=folder / "RESULTS",
        extra=("-q", "-p", "no:cacheprovider", *extra),
    )
    variables = [f"{name}={value}" for name, value in command.env.items()]
    return ["env", *variables, *command.argv]


def shell(folder: Path, command: list[str]) -> list[str]:
    """The command in its folder, without what the run before has left."""
    return ["sh", "-c", f'cd "{folder}" && rm -f RESULTS* && exec "$@"', "sh", *command]


def fresh(name: str, files: dict[str, str]) -> Path:
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tests").mkdir(parents=True)
    for file, text in files.items():
        (folder / "tests" / file).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    if not PLUGIN.is_dir():
        raise SystemExit(f"{PLUGIN} is not there")
    sys.exit(main())
