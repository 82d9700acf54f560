"""`mlgate run` on the demo's repository with nothing changed: no test is executed, and how long that takes.

The repository is made as `mlgate demo` makes its own, and the gate runs once, which proves everything. Beside it: the
start of a bare Python, which no run can go below, and the same run with `--no-cache`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import ENVIRONMENT, measure
from mlgate.demo.build import make_main, save_champion
from mlgate.demo.workshop import Workshop

AIM_S = 2.0
MLGATE = [sys.executable, "-m", "mlgate"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--demo", type=Path, help="a folder that `mlgate demo` made; a new one unless given")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        top = _demo(Path(place).resolve()) if asked.demo is None else asked.demo.resolve()
        ENVIRONMENT["MLFLOW_TRACKING_URI"] = f"sqlite:///{top / 'mlflow' / 'mlflow.db'}"
        ENVIRONMENT["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{ENVIRONMENT['PATH']}"
        os.chdir(top / "repository")
        cache = f"--cache={place}/cache"
        run = [*MLGATE, "run", "--format", "json"]
        everything = measure({"no cache": [*run, "--no-cache"]}, runs=1, warm_up=False)["no cache"]
        measure({"first": [*run, cache]}, runs=1, warm_up=False)
        costs = measure({"reused": [*run, cache], "python": [sys.executable, "-c", "pass"]}, runs=asked.runs)
    outcomes = json.loads(costs["reused"].output)["outcomes"]
    executed = [outcome["id"] for outcome in outcomes if outcome["reused_from"] is None]
    print(f"\nThe demo's repository, {len(outcomes)} outcomes, median of {asked.runs} whole processes")
    print(f"{'nothing changed':16} {costs['reused'].wall_s:6.2f} s {costs['reused'].cpu_s:6.2f} s of processor time")
    print(f"{'--no-cache':16} {everything.wall_s:6.2f} s {everything.cpu_s:6.2f} s of processor time")
    print(f"{'bare Python':16} {costs['python'].wall_s:6.2f} s")
    print(f"not reused: {len(executed)} {', '.join(executed[:5])} (aim: 0, within {AIM_S:.0f} s)")
    return 1 if executed else 0


def _demo(place: Path) -> Path:
    """The demo's repository on main, with its champion."""
    shop = Workshop(place / "demo", place / "scratch")
    shop.prepare()
    make_main(shop)
    save_champion(shop)
    return shop.top


if __name__ == "__main__":
    sys.exit(main())
