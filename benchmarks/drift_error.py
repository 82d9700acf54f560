"""How often `mlgate data drift` alarms where nothing changed, and how often it finds what did, on simulated pairs.

Every pair goes the whole way: two tables in the engine, sketches, tests, outcomes. Unchanged pairs of twelve columns
must alarm in at most 1.5 % of the cases at alpha = 0.01; each planted change must be found in 95 %, in its own column
and within the twelve. The profile of each reference is written and read back: what is compared with it must be equal.
Beside it stand the defaults of Evidently and Deepchecks on the same pairs, where they install.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial

import duckdb
import numpy as np

from benchmarks.drift_peers import compare
from benchmarks.drift_tables import PLANTED, Columns, Rng, arrow, unchanged
from mlgate.config.drift_rules import DriftRules
from mlgate.config.schema import Read
from mlgate.data.drift import Between, Sketch, judge_drift, parse_profile, profile_text, sketch_like, sketch_reference
from mlgate.data.drift.sketch import FLOOR
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources.open_tables import OpenTable

ALPHA = 0.01
SIZES = (200, 2000, 20_000)
Make = Callable[[Rng, int], tuple[Columns, Columns]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one pair: the columns that drifted, those of which nothing could be said, and whether the profile agrees."""

    drifted: frozenset[str]
    undecided: frozenset[str]
    profile_agrees: bool


def judge(before: Columns, after: Columns) -> Seen:
    """Compare two tables with the reference itself and with its profile."""
    reference = sketch_reference(opened(before, "before"), name="before", declared={})
    read_back = parse_profile(profile_text(reference, FLOOR), "profile.yaml")
    frame = opened(after, "after")
    current = sketch_like(frame, reference, name="after")
    same = replace(read_back, profile="") == reference
    by_profile = current if same else sketch_like(frame, read_back, name="after")
    outcomes = outcomes_of(reference, current)
    again = outcomes if same else outcomes_of(read_back, by_profile)
    agrees = [(one.id, one.status) for one in outcomes] == [(one.id, one.status) for one in again]
    return Seen(of_status(outcomes, Status.FAIL), of_status(outcomes, Status.WARN, Status.ERROR), agrees)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One engine for all pairs of a process: to start one takes longer than to judge a small pair."""
    return duckdb.connect(config={"threads": 1, "disabled_optimizers": "statistics_propagation"})


def opened(columns: Columns, name: str) -> OpenTable:
    """An Arrow table where it lies, as `open_frame` opens it."""
    given = arrow(columns)
    connection().register(name, given.append_column("row", [np.arange(1, len(given) + 1)]))
    places = ", ".join(f'"{column}" AS c{place}' for place, column in enumerate(columns))
    connection().execute(f'CREATE OR REPLACE TEMP VIEW data AS SELECT "row", {places} FROM {name}')  # noqa: S608  # ours
    types = connection().execute(f"DESCRIBE SELECT * FROM {name}").fetchall()  # noqa: S608  # a name of ours
    return OpenTable(
        connection=connection(),
        columns=tuple(columns),
        engine_types={str(row[0]): str(row[1]) for row in types},
        is_text=False,
        shown=name,
        read=Read(),
        known_rows=len(given),
    )


def outcomes_of(reference: Sketch, current: Sketch) -> list[Outcome]:
    between = Between(reference=reference, current=current, rules=DriftRules(alpha=ALPHA))
    return judge_drift(between, location=Location("after"))


def of_status(outcomes: list[Outcome], *statuses: Status) -> frozenset[str]:
    return frozenset(outcome.subject.removeprefix("after.") for outcome in outcomes if outcome.status in statuses)


def simulate(make: Make, rows: int, seeds: list[np.random.SeedSequence]) -> list[Seen]:
    return [judge(*make(np.random.default_rng(seed), rows)) for seed in seeds]


def run(pool: ProcessPoolExecutor, make: Make, rows: int, *, pairs: int, seed: int) -> list[Seen]:
    """Pair i draws from the i-th child of the seed alone, whichever process judges it."""
    seeds = np.random.SeedSequence([seed, rows]).spawn(pairs)
    parts = [seeds[start : start + 25] for start in range(0, pairs, 25)]
    return [seen for part in pool.map(partial(simulate, make, rows), parts) for seen in part]


def null_rates(pool: ProcessPoolExecutor, options: argparse.Namespace) -> bool:
    print(f"\nNothing changed: {options.pairs} pairs of 12 columns, alpha {ALPHA}; an alarm is one column or more")
    print("   rows   alarms   limit  cannot say  profile differs  ms a pair   columns")
    broken = False
    for rows in SIZES:
        start = time.perf_counter()
        seen = run(pool, unchanged, rows, pairs=options.pairs, seed=options.seed)
        spent = 1000 * (time.perf_counter() - start) / len(seen)
        alarms = sum(bool(one.drifted) for one in seen) / len(seen)
        noise = 3 * math.sqrt(ALPHA * (1 - ALPHA) / len(seen))
        limit = 0.015 if len(seen) >= 2000 else ALPHA + noise
        differs = sum(not one.profile_agrees for one in seen)
        undecided = sum(bool(one.undecided) for one in seen) / len(seen)
        broken |= not alarms <= limit or differs > 0
        names = [name for one in seen for name in sorted(one.drifted)]
        told = ", ".join(f"{name} {names.count(name)}" for name in dict.fromkeys(names))
        print(f"{rows:7,} {alarms:8.4f} {limit:7.4f} {undecided:11.4f} {differs:16} {spent:10.0f}   {told}", flush=True)
    return broken


def powers(pool: ProcessPoolExecutor, options: argparse.Namespace) -> bool:
    print(f"\nOne column of 12 changed: {options.found} pairs each, alpha {ALPHA} over all columns")
    print(f"{'change':30} {'rows':>6} {'found':>7} {'other alarms':>13} {'profile differs':>16}")
    broken = False
    for name, (make, rows, column) in PLANTED.items():
        seen = run(pool, make, rows, pairs=options.found, seed=options.seed + 1)
        found = sum(column in one.drifted for one in seen) / len(seen)
        others = sum(bool(one.drifted - {column}) for one in seen) / len(seen)
        differs = sum(not one.profile_agrees for one in seen)
        broken |= not found >= 0.95 or differs > 0
        print(f"{name:30} {rows:6,} {found:7.3f} {others:13.4f} {differs:16}", flush=True)
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--found", type=int, default=200)
    parser.add_argument("--peers", type=int, default=30, help="pairs that peers are asked about; 0 asks none")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        broken = null_rates(pool, options)
        broken |= powers(pool, options)
    if options.peers:
        compare(pairs=options.peers, seed=options.seed)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
