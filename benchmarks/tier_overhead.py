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
BARE = """
import hashlib, sys
digest = b"x"
for _ in range(int(sys.argv[1])):
    digest = hashlib.sha256(digest).digest()
"""
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--only", choices=("overhead", "workers"))
    arguments = parser.parse_args()
    os.environ.update(ALONE)  # other plugins cost both sides the same
    print(f"{os.cpu_count()} cores, load now {os.getloadavg()[0]:.1f}; medians of {arguments.runs} runs in turns")
    if arguments.only != "workers":
        overhead(arguments.runs)
    if arguments.only != "overhead":
        workers(max(3, arguments.runs // 3))
    return 0


def overhead(runs: int) -> None:
    """The same tests with and without the plugin."""
    folder = fresh("trivial", {f"test_{number}.py": TRIVIAL for number in range(FILES)})
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "tests"]
    costs = measure(
        {
            "plain pytest": shell(folder, plain),
            "with the plugin": shell(folder, gate_command(folder)),
            "with the plugin, noting what can be reused": shell(
                folder, gate_command(folder, "--mlgate-trace=RESULTS-T")
            ),
            "with the plugin, and a time for each test": shell(
                folder, gate_command(folder, "--mlgate-test-timeout=60")
            ),
        },
        runs=runs,
    )
    told(f"{FILES * TESTS} trivial tests", costs, "plain pytest")


def workers(runs: int) -> None:
    """A tier that computes, in one process and in two; beside it what the machine gives to two bare processes."""
    count, rounds = 30, 400_000
    files = {f"test_{number}.py": COMPUTING.format(count=count, name="x", rounds=rounds) for number in range(4)}
    folder = fresh("computing", files)
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", "-n", "2", "tests"]
    bare = [sys.executable, "-c", BARE, str(4 * count * rounds)]
    half = f'"{sys.executable}" -c "$1" {2 * count * rounds}'
    costs = measure(
        {
            "one process": shell(folder, gate_command(folder)),
            "workers: 2": shell(folder, gate_command(folder, "-p", "xdist", "-n", "2")),
            "workers: 2, plain pytest": shell(folder, plain),
            "bare Python, one process": bare,
            "bare Python, two processes, half each": ["sh", "-c", f"{half} & {half} & wait", "sh", BARE],
        },
        runs=runs,
    )
    told(f"{4 * count} tests that compute", costs, "one process")
    gain = costs["one process"].wall_s / costs["workers: 2"].wall_s
    most = costs["bare Python, one process"].wall_s / costs["bare Python, two processes, half each"].wall_s
    print(f"  two workers are {gain:.2f} times as fast (aim: 1.7), two bare processes {most:.2f} times")


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
    return ["sh", "-c", f'cd "{folder}" && rm -rf RESULTS* && mkdir RESULTS-T && exec "$@"', "sh", *command]


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
