"""Drift of large tables as whole processes, beside one scan: `mlgate data check` of one of both files with a schema.

Two Parquet files of 13 columns are made: numbers with missing values, categories, a code of 26,000 values, an e-mail
address, a date. The limit is three scans.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import duckdb

from benchmarks.measure import BIN, measure
from benchmarks.peers.setting import ROOT

BUILD = ROOT / "build" / "drift"
MOST_SCANS = 3.0
SCHEMA = """\
version: 1
columns:
  patient_id: {type: integer, not_null: true, unique: true}
  age: {type: integer, between: [0, 120], null_fraction: {max: 0.05}, mean: [30, 60]}
  weight: {type: number, between: [1, 400], null_fraction: {max: 0.1}, mean: [60, 90], std: [5, 30]}
  height: {type: number, between: [0.3, 4], median: [1.5, 1.9]}
  pressure: {type: number, between: [0, 300], quantile: {0.5: [100, 140]}}
  sex: {type: string, in_set: [F, M, X], not_null: true}
  ward: {type: string, in_set: [A1, A2, B1, B2, C1, C2, D1, D2]}
  code: {type: string, fullmatch: '[A-Z][0-9]{2}\\.[0-9]', length: [5, 5]}
  email: {type: string, regex: '^[^@ ]+@[^@ ]+\\.[a-z]+$', pii: allowed, reason: made up}
  admitted_on: {type: date, not_null: true}
  readmitted: {type: boolean, label: true, label_distribution: {"true": [0.05, 0.30]}}
  score: {type: number, between: [0, 1]}
  cost: {type: number, between: [0, 100]}
"""


def normal(seed: int, place: int) -> str:
    """SQL of a number that is normally distributed, drawn from the row's number."""
    radius = f"sqrt(-2 * ln((hash(i, {seed}, {place}) % 1000000 + 1) / 1000001.0))"
    return f"{radius} * cos(6.283185 * (hash(i, {seed}, {place + 1}) % 1000000) / 1e6)"


def one_of(values: list[str], seed: int, place: int) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"[{listed}][1 + CAST(hash(i, {seed}, {place}) % {len(values)} AS INTEGER)]"


def make(path: Path, rows: int, seed: int) -> None:
    """A table of so many rows; another seed is another sample of the same distribution."""
    digits = (
        f"lpad(CAST(hash(i, {seed}, 13) % 100 AS VARCHAR), 2, '0') || '.' || CAST(hash(i, {seed}, 14) % 10 AS VARCHAR)"
    )
    columns = {
        "patient_id": "i",
        "age": f"CASE WHEN hash(i, {seed}, 1) % 50 > 0 THEN CAST(hash(i, {seed}, 2) % 100 AS INTEGER) END",
        "weight": f"CASE WHEN hash(i, {seed}, 3) % 20 > 0 THEN round(75 + 12 * {normal(seed, 4)}, 1) END",
        "height": f"1.7 + 0.1 * {normal(seed, 6)}",
        "pressure": f"round(120 + 15 * {normal(seed, 8)}, 1)",
        "sex": one_of(["F", "M", "F", "M", "X"], seed, 10),
        "ward": one_of(["A1", "A2", "B1", "B2", "C1", "C2", "D1", "D2"], seed, 11),
        "code": f"chr(CAST(65 + hash(i, {seed}, 12) % 26 AS INTEGER)) || {digits}",
        "email": "'person' || i || '@example.org'",
        "admitted_on": f"DATE '2024-01-01' + CAST(hash(i, {seed}, 15) % 700 AS INTEGER)",
        "readmitted": f"hash(i, {seed}, 16) % 100 < 15",
        "score": f"(hash(i, {seed}, 17) % 100000000) / 1e8",
        "cost": f"-ln((hash(i, {seed}, 18) % 100000000 + 1) / 1e8)",
    }
    listed = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    query = f"SELECT {listed} FROM range({rows}) AS numbers(i)"  # noqa: S608  # ours
    part = path.with_suffix(".part")
    duckdb.connect().execute(f"COPY ({query}) TO '{part}' (FORMAT parquet)")
    part.rename(path)


def files(rows: int) -> tuple[Path, Path, Path]:
    """Both tables and the schema, made unless they are there."""
    BUILD.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in (1, 2):
        path = BUILD / f"patients-{rows}-{seed}.parquet"
        if not path.exists():
            print(f"  making {path.name}", file=sys.stderr, flush=True)
            make(path, rows, seed)
        found.append(path)
    schema = BUILD / "schema.yaml"
    schema.write_text(SCHEMA, encoding="utf-8")
    return found[0], found[1], schema


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    before, after, schema = files(options.rows)
    profile = BUILD / "profile.yaml"
    program = [str(BIN / "mlgate"), "data"]
    commands = {
        "one scan": [*program, "check", str(before), "--schema", str(schema), "--format", "json"],
        "profile": [*program, "profile", str(before), "-o", str(profile)],
        "drift of both": [*program, "drift", str(before), str(after), "--format", "json"],
        "drift from the profile": [*program, "drift", str(profile), str(after), "--format", "json"],
    }
    costs = measure(commands, runs=options.runs, warm_up=False)
    scan = costs["one scan"]
    print(f"\nDrift of 2 x {options.rows:,} rows of 13 columns, Parquet; medians of {options.runs} whole processes")
    print(f"{'':24} wall s   cpu s    MiB  wall/scan  cpu/scan")
    for name, cost in costs.items():
        print(
            f"{name:24} {cost.wall_s:6.2f} {cost.cpu_s:7.2f} {cost.peak_mib:6,.0f} {cost.wall_s / scan.wall_s:10.2f} "
            f"{cost.cpu_s / scan.cpu_s:9.2f}"
        )
    judged = [one for one in json.loads(costs["drift of both"].output)["outcomes"] if one["check"] == "drift"]
    kinds = [one["status"] for one in judged]
    print(f"columns: {len(kinds)}, of which {kinds.count('pass')} pass and {kinds.count('skip')} are skipped")
    return int(not costs["drift of both"].wall_s <= MOST_SCANS * scan.wall_s)


if __name__ == "__main__":
    sys.exit(main())
