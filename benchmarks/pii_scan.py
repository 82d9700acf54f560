"""`mlgate data check` looks for personal data in millions of short texts; Presidio beside it on fewer.

Every planted entity must be found in all rows that hold it before a time is printed: in about all where more values may
be one than are looked at, and the report says "about". Presidio runs with its
recognizers by pattern only, since its models cost far more; it is installed into an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import BIN, Cost, measure
from benchmarks.peers.setting import Peer, install
from benchmarks.pii_texts import PLANTED

NEAR = 0.02
PRESIDIO = Peer("Presidio, patterns", "presidio_patterns", ("presidio-analyzer", "pyarrow"))


def planted(rows: int) -> dict[str, int]:
    """Rows that hold each entity."""
    return {entity: len(range(place, rows, every)) for place, (entity, (every, _)) in enumerate(PLANTED.items())}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that hold an entity; estimated from every `every`-th value where that is not 1."""

    rows: int
    every: int

    def is_of(self, wanted: int) -> bool:
        """Whether none was overlooked, and few were made up: a row's number beside "signal" in an address is one."""
        return (1 if self.every == 1 else 1 - NEAR) * wanted <= self.rows <= (1 + NEAR) * wanted


def found_by_mlgate(report: str) -> dict[str, Found]:
    outcomes = [outcome for outcome in json.loads(report)["outcomes"] if outcome["check"] == "pii"]
    every = [one for outcome in outcomes for one in outcome["evidence"].get("found", [])]
    return {one["entity"]: Found(one["rows"], one["every"]) for one in every}


def require_all(found: dict[str, Found], rows: int) -> None:
    """Refuse to time a scan that has overlooked something, or made much of it up.

    Raises
    ------
    RuntimeError
        An entity was found in other rows than those that hold it.
    """
    wanted = planted(rows)
    if found.keys() != wanted.keys() or not all(each.is_of(wanted[entity]) for entity, each in found.items()):
        raise RuntimeError(f"planted {wanted}, found {found}")


def told(name: str, rows: int, cost: Cost) -> str:
    speed = rows / cost.wall_s
    return f"{name:20} {rows:10,} {cost.wall_s:8.2f} {cost.cpu_s:8.2f} {cost.peak_mib:7,.0f} {speed:12,.0f}"


def compare(rows: int, *, runs: int, beside: bool) -> None:
    """Print what a scan of so many rows costs, and what Presidio does where it stands beside."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.parquet"
        subprocess.run([sys.executable, "-m", "benchmarks.pii_texts", str(rows), str(path)], check=True, timeout=900)
        command = [str(BIN / "mlgate"), "data", "check", str(path), "--format", "json"]
        cost = measure({"mlgate": command}, runs=runs, expected={"mlgate": 1})["mlgate"]
        found = found_by_mlgate(cost.output)
        require_all(found, rows)
        print(told("mlgate", rows, cost), flush=True)
        if not beside:
            return
        problem = install(PRESIDIO)
        if problem:
            print(f"{PRESIDIO.name:20} did not install: {problem}")
            return
        peer = measure({"peer": PRESIDIO.command(path)}, runs=1, warm_up=False)["peer"]
        print(told(PRESIDIO.name, rows, peer))
        told_rows = {entity: each.rows for entity, each in found.items()}
        print(f"  planted  {planted(rows)}\n  mlgate   {told_rows}\n  Presidio {peer.output.strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--presidio-rows", type=int, default=5_000, help="0 leaves it out")
    options = parser.parse_args()
    print(f"\nPersonal data in short texts, median of {options.runs} whole processes")
    print("                           rows   wall s    cpu s     MiB       rows/s")
    for rows in options.rows:
        compare(rows, runs=options.runs, beside=False)
    if options.presidio_rows:
        compare(options.presidio_rows, runs=options.runs, beside=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
