"""Leakage between large splits, as whole processes: rows, entities and time; near-duplicates of numbers and of texts.

Beside Deepchecks, the one other tool that looks for leakage between splits, on as many rows as it takes in reasonable
time. Each planted leak must be found before a time is printed.

    python -m benchmarks.leakage_scale [--part parquet csv text peer] [--rows 5000000 1000000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import BIN, Cost, measure

BUILD = Path(__file__).parents[1] / "build" / "leakage"
PEER = ("deepchecks==0.19.1", "setuptools<80", "pyarrow")
MAKE = """
import sys
import numpy as np, pyarrow as pa, pyarrow.csv as pc, pyarrow.parquet as pq
folder, train, test, planted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
def table(rows, seed, first, start):
    rng = np.random.default_rng(seed)
    wards = np.array([f"W{n:02}" for n in range(40)])
    moments = np.datetime64(start) + rng.integers(0, 300 * 86400, rows).astype("timedelta64[s]")
    return pa.table({
        "row_id": np.arange(first, first + rows), "patient_id": first // 4 + rng.integers(0, rows // 4, rows),
        "visit_at": moments, "age": rng.integers(0, 100, rows),
        "sex": np.array(["F", "M", "X"])[rng.integers(0, 3, rows)],
        "ward": wards[rng.integers(0, 40, rows)], "weight": rng.normal(75, 12, rows).round(1),
        "height": rng.normal(1.7, 0.1, rows).round(3), "pressure": rng.normal(120, 15, rows), "score": rng.random(rows),
        "lab": rng.lognormal(0, 1, rows), "ill": rng.random(rows) < 0.2})
one, two = table(train, 1, 0, "2020-01-01"), table(test, 2, train, "2021-06-01")
if planted:
    two = pa.concat_tables([two.slice(0, test - planted), one.slice(100, planted)])
for name, part in (("train", one), ("test", two)):
    pq.write_table(part, f"{folder}/{name}.parquet")
    pc.write_csv(part, f"{folder}/{name}.csv")
"""
TEXTS = """
import sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
folder, train, test, planted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(5)
known = np.array(["w" + "".join(chr(97 + n // 26**power % 26) for power in range(4)) for n in range(50_000)])
share = 1 / np.arange(1, 50_001); share /= share.sum()
def texts(rows):
    sizes = rng.integers(50, 300, rows)
    words = known[rng.choice(50_000, size=sizes.sum(), p=share)]
    ends = np.cumsum(sizes)
    return [" ".join(words[end - size:end]) for size, end in zip(sizes, ends)]
one, two = texts(train), texts(test)
for place in range(planted):
    words = one[int(rng.integers(train))].split()
    for _ in range(max(1, len(words) // 40)):
        words[int(rng.integers(len(words)))] = f"zzz{place}"
    two[place] = " ".join(words)
for name, part in (("train", one), ("test", two)):
    pq.write_table(pa.table({"id": np.arange(len(part)), "text": part}), f"{folder}/{name}.parquet")
"""
DEEPCHECKS = """
import sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import DateTrainTestLeakageOverlap, IndexTrainTestLeakage, TrainTestSamplesMix
train, test = (pd.read_parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("train", "test"))
features = ["age", "sex", "ward", "weight", "height", "pressure", "score", "lab"]
options = {"label": "ill", "index_name": "patient_id", "datetime_name": "visit_at", "cat_features": ["sex", "ward"]}
parts = [Dataset(part, features=features, **options) for part in (train, test)]
for check in (TrainTestSamplesMix(n_samples=10**9), IndexTrainTestLeakage(), DateTrainTestLeakageOverlap()):
    value = check.run(*parts).value
    print(type(check).__name__, value["ratio"] if isinstance(value, dict) else value)
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    rows: tuple[int, int]
    peer_rows: tuple[int, int]
    texts: tuple[int, int]
    runs: int


def made(script: str, name: str, rows: Sequence[int], planted: int) -> Path:
    """The folder of the files that a script makes; kept for the next run."""
    folder = BUILD / f"{name}-{rows[0]}-{rows[1]}-{planted}"
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", script, str(folder), *map(str, rows), str(planted)]
        subprocess.run(command, check=True, timeout=600)
        (folder / "made").touch()
    return folder


def mlgate(folder: Path, form: str, *options: str) -> list[str]:
    files = [f"{name}={folder / name}.{form}" for name in ("train", "test")]
    return [str(BIN / "mlgate"), "data", "splits", *files, "--format", "json", *options]


KEYS = ("--entity", "patient_id", "--time", "visit_at")


def require(cost: Cost, wanted: set[str]) -> None:
    """What fails must be what was planted, nothing else."""
    outcomes = json.loads(cost.output)["outcomes"]
    if odd := {one["check"]: one["message"] for one in outcomes if one["status"] == "error"}:
        raise RuntimeError(f"not decided: {odd}")
    failing = {one["check"] for one in outcomes if one["status"] == "fail"}
    if failing != wanted:
        raise RuntimeError(f"found {sorted(failing)}, planted {sorted(wanted)}")


def told(name: str, cost: Cost) -> None:
    print(f"  {name:58} {cost.wall_s:8.1f} {cost.cpu_s:8.1f} {cost.peak_mib:8,.0f}", flush=True)


def large(options: Options, form: str) -> None:
    """Rows, entities and time, sound and planted; then everything that is looked for unless it is switched off."""
    planted = options.rows[1] // 100
    sound, leaky = (made(MAKE, "rows", options.rows, count) for count in (0, planted))
    commands = {
        "rows, entities, time: nothing leaks": mlgate(sound, form, *KEYS, "--no-near"),
        f"rows, entities, time: {planted:,} rows copied": mlgate(leaky, form, *KEYS, "--no-near"),
        "and near-duplicates and label: nothing leaks": mlgate(sound, form, *KEYS, "--label", "ill"),
    }
    names = list(commands)
    costs = measure(commands, runs=options.runs, expected={names[1]: 1})
    sizes = " and ".join(f"{(sound / f'{name}.{form}').stat().st_size / 1e6:,.0f} MB" for name in ("train", "test"))
    print(f"\nLeakage between {options.rows[0]:,} and {options.rows[1]:,} rows of 12 columns, {form} ({sizes})")
    print(f"  {'':58}   wall s    cpu s      MiB")
    for name, cost in costs.items():
        wanted = {"shared_rows", "entity_overlap", "time_overlap", "entity_time"} if name == names[1] else set()
        require(cost, wanted)
        told(name, cost)


def texts(options: Options) -> None:
    planted = options.texts[1] // 20
    folder = made(TEXTS, "texts", options.texts, planted)
    costs = measure({"texts": mlgate(folder, "parquet")}, runs=options.runs, expected={"texts": 1})
    require(costs["texts"], {"near_duplicate_texts"})
    (found,) = [one for one in json.loads(costs["texts"].output)["outcomes"] if one["check"] == "near_duplicate_texts"]
    print(f"\nNear-duplicate texts among {options.texts[0]:,} and {options.texts[1]:,} of 50 to 300 words")
    print(f"  {'':58}   wall s    cpu s      MiB")
    told(f"{planted:,} copies with a word of forty changed, {found['observed']:,} found", costs["texts"])


def peer(options: Options) -> None:
    """Deepchecks on the same files: its checks for rows, an index and dates."""
    place = BUILD / "deepchecks"
    python = place / "bin" / "python"
    if not (place / "installed").exists():
        subprocess.run([str(BIN / "uv"), "venv", "-q", "--python", sys.executable, str(place)], check=True, timeout=120)
        command = [str(BIN / "uv"), "pip", "install", "-q", "--python", str(python), *PEER]
        if subprocess.run(command, timeout=600, check=False).returncode:
            print("\nDeepchecks did not install")
            return
        (place / "installed").touch()
    planted = options.peer_rows[1] // 100
    folder = made(MAKE, "rows", options.peer_rows, planted)
    commands = {
        "Deepchecks: rows, index, dates": [str(python), "-c", DEEPCHECKS, str(folder)],
        "mlgate: rows, entities, time": mlgate(folder, "parquet", *KEYS, "--no-near"),
    }
    costs = measure(commands, runs=options.runs, expected={"mlgate: rows, entities, time": 1})
    require(costs["mlgate: rows, entities, time"], {"shared_rows", "entity_overlap", "time_overlap", "entity_time"})
    print(
        f"\nBeside Deepchecks: {options.peer_rows[0]:,} and {options.peer_rows[1]:,} rows, Parquet, {planted:,} copied"
    )
    print(f"  {'':58}   wall s    cpu s      MiB")
    for name, cost in costs.items():
        told(name, cost)
    for line in costs["Deepchecks: rows, index, dates"].output.strip().splitlines()[-3:]:
        print(f"    Deepchecks says {line}")


PARTS: Mapping[str, Callable[[Options], None]] = {
    "parquet": lambda options: large(options, "parquet"),
    "csv": lambda options: large(options, "csv"),
    "text": texts,
    "peer": peer,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--rows", type=int, nargs=2, default=[5_000_000, 1_000_000])
    parser.add_argument("--peer-rows", type=int, nargs=2, default=[200_000, 50_000])
    parser.add_argument("--texts", type=int, nargs=2, default=[200_000, 50_000])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    options = Options(tuple(given.rows), tuple(given.peer_rows), tuple(given.texts), given.runs)
    load = os.getloadavg()[0]
    print(f"\nLeakage at scale: medians of {options.runs} whole processes; {os.cpu_count()} cores, load {load:.1f}")
    for part in given.part:
        PARTS[part](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
