"""`mlgate data check` beside the same checks written by hand in pandas, as whole processes on generated tables.

The table holds some ages out of range, so both must find the same checks broken before a time is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import BIN, Cost, measure

HERE = Path(__file__).parent
SCHEMA = HERE / "patients.yaml"

MAKE = """
import sys
import numpy as np, pandas as pd
rows, folder = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(7)
letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
number = np.char.zfill(rng.integers(0, 1000, rows).astype(str), 3)
ids = rng.permutation(rows)
code = pd.Series(np.char.add(rng.choice(letters, rows), number)).str.replace(r"(.)$", r".\\1", regex=True)
age = rng.integers(0, 100, rows).astype(float)
age[rng.random(rows) < 0.02] = np.nan
age[:5] = 131
weight = rng.normal(75, 12, rows).clip(2, 300).round(1)
weight[rng.random(rows) < 0.05] = np.nan
frame = pd.DataFrame({
    "patient_id": ids,
    "age": pd.array(age, dtype="Int64"),
    "weight": weight,
    "height": rng.normal(1.7, 0.1, rows).clip(0.4, 2.4).round(3),
    "pressure": rng.normal(120, 15, rows).clip(50, 250).round(1),
    "sex": rng.choice(["F", "M", "X"], rows, p=[0.49, 0.49, 0.02]),
    "ward": rng.choice(["A1", "A2", "B1", "B2", "C1", "C2", "D1", "D2"], rows),
    "code": code,
    "email": np.char.add(np.char.add("person", ids.astype(str)), "@example.org"),
    "admitted_on": (np.datetime64("2024-01-01") + rng.integers(0, 700, rows)).astype("datetime64[D]").astype(object),
    "readmitted": rng.random(rows) < 0.15,
    "score": rng.random(rows).round(4),
})
frame.to_csv(folder + "/patients.csv", index=False)
frame.to_parquet(folder + "/patients.parquet", index=False)
"""


def broken_for_mlgate(report: str) -> tuple[set[str], int]:
    """The checks that do not hold, by column and name, and how many checks there were."""
    outcomes = json.loads(report)["outcomes"]
    states = {outcome["id"].split("/", 2)[2]: outcome["status"] for outcome in outcomes}
    if unclear := {name for name, status in states.items() if status not in ("pass", "fail")}:
        raise RuntimeError(f"not decided: {sorted(unclear)}")
    return {name for name, status in states.items() if status == "fail"}, len(states)


def compare(path: Path, *, runs: int) -> tuple[Cost, Cost, int]:
    """Costs of mlgate and of plain pandas on one file, after both found the same."""
    commands = {
        "mlgate": [str(BIN / "mlgate"), "data", "check", str(path), "--schema", str(SCHEMA), "--format", "json"],
        "pandas": [sys.executable, str(HERE / "plain_pandas.py"), str(path)],
    }
    costs = measure(commands, runs=runs, expected={"mlgate": 1})
    gate, plain = costs["mlgate"], costs["pandas"]
    broken, checks = broken_for_mlgate(gate.output)
    by_hand = {name for name, holds in json.loads(plain.output).items() if not holds}
    if broken != by_hand or not broken:
        raise RuntimeError(f"{path.name}: mlgate found {sorted(broken)}, pandas {sorted(by_hand)}")
    return gate, plain, checks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"\nData scan, median of {options.runs} whole processes; ratio = mlgate / pandas, below 1 is better")
    print("     rows file        MB checks  mlgate s    MiB  pandas s    MiB  ratio")
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-c", MAKE, str(rows), folder], check=True, timeout=300)
            for path in sorted(Path(folder).iterdir()):
                gate, plain, checks = compare(path, runs=options.runs)
                print(
                    f"{rows:9} {path.suffix[1:]:8} {path.stat().st_size / 1e6:5.0f} {checks:6} "
                    f"{gate.wall_s:9.2f} {gate.peak_mib:6.0f} {plain.wall_s:9.2f} {plain.peak_mib:6.0f} "
                    f"{gate.wall_s / plain.wall_s:6.2f}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
