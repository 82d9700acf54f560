"""Checks of series in time and of skew beside the same by hand in pandas, as whole processes on generated tables.

Faults are planted, and both must find exactly these before a time is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.measure import BIN, measure

MAKE = """
import sys, duckdb
rows, folder = int(sys.argv[1]), sys.argv[2]
engine = duckdb.connect()
engine.execute("SET enable_progress_bar = false")
engine.execute(f'''COPY (
  SELECT 's' || i % 1000 AS sensor, TIMESTAMP '2026-01-01' + (i // 1000) * INTERVAL '10 minutes' AS measured_at,
    CASE WHEN i % 1000 = 7 AND i // 1000 BETWEEN 10 AND 39 THEN 20.5 ELSE hash(i) % 10007 / 100.0 END AS value
  FROM range({rows}) AS made(i) WHERE NOT (i % 1000 = 3 AND i // 1000 BETWEEN 50 AND 59)
) TO '{folder}/series.parquet' ''')
columns = '''i AS id, hash(i * 3) % 100 AS a, hash(i * 5) % 100000 / 100.0 AS b, hash(i * 7) % 1000 / 7.0 AS c,
  ['Linz', 'Graz', 'Wien', 'Steyr'][CAST(1 + hash(i * 11) % 4 AS INTEGER)] AS city, hash(i * 17) % 2 = 0 AS flag,
  TIMESTAMP '2026-01-01' + CAST(hash(i * 13) % 1000000 AS INTEGER) * INTERVAL '1 second' AS seen,
  hash(i * 19) % 90 AS age, hash(i * 23) % 1000000 / 3.0 AS income, 't' || hash(i * 29) % 5000 AS tag,
  CASE WHEN hash(i * 31) % 20 > 0 THEN hash(i * 37) % 100 / 10.0 END AS score'''
engine.execute(f"COPY (SELECT {columns} FROM range({rows}) AS made(i)) TO '{folder}/train.parquet'")
engine.execute(f'''COPY (
  SELECT * REPLACE (CASE WHEN id % 50 = 0 THEN b * 1000 + 1 ELSE b END AS b, seen + INTERVAL '2 hours' AS seen,
    CASE WHEN id % 100 = 0 THEN upper(city) ELSE city END AS city)
  FROM (SELECT {columns} FROM range({rows // 20}, {rows + rows // 20}) AS made(i)) ORDER BY hash(id)
) TO '{folder}/logs.parquet' ''')
"""

PLAIN_SERIES = """
import json, sys
import pandas as pd
frame = pd.read_parquet(sys.argv[1]).sort_values(["sensor", "measured_at"])
apart = frame.groupby("sensor", sort=False)["measured_at"].diff()
gaps = apart[apart > pd.Timedelta("15min")]
missing = int((gaps / pd.Timedelta("10min")).round().sub(1).sum())
changed = frame["value"].ne(frame.groupby("sensor", sort=False)["value"].shift())
place = changed.groupby(frame["sensor"], sort=False).cumsum()
run = frame.groupby([frame["sensor"], place], sort=False).cumcount() + 1
twice = int(frame.duplicated(["sensor", "measured_at"]).sum())
print(json.dumps({"series_gaps": missing, "series_frozen": int((run >= 10).sum()), "series_duplicates": twice}))
"""

PLAIN_SKEW = """
import json, sys
import numpy as np, pandas as pd
train, logs = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
both = train.merge(logs, on="id", suffixes=("_t", "_s"))
found = {}
for name in train.columns.drop("id"):
    t, s = both[f"{name}_t"], both[f"{name}_s"]
    if t.dtype.kind == "f":
        same = np.isclose(s, t, rtol=1e-6, atol=0, equal_nan=True)
    else:
        same = (t == s) | (t.isna() & s.isna())
    found[name] = int((~same).sum())
print(json.dumps({name: count for name, count in found.items() if count}))
"""

SCHEMA = """\
version: 1
columns: {sensor: {type: string}, measured_at: {type: datetime}, value: {type: number}}
table:
  series_gaps: [{time: measured_at, entity: sensor, step: 10m}]
  series_duplicates: [{time: measured_at, entity: sensor}]
  series_frozen: [{column: value, time: measured_at, entity: sensor, readings: 10}]
"""


def failing_series(report: str) -> dict[str, int]:
    outcomes = json.loads(report)["outcomes"]
    return {one["check"]: one["observed"] for one in outcomes if one["check"].startswith("series_")}


def failing_features(report: str) -> dict[str, int]:
    outcomes = json.loads(report)["outcomes"]
    return {
        one["subject"].rpartition(".")[2]: one["observed"]
        for one in outcomes
        if one["check"] == "skew_values" and one["observed"]
    }


def compare(
    name: str, commands: Mapping[str, list[str]], found: Callable[[str], dict[str, int]], *, rows: int, runs: int
) -> None:
    """Print the costs of mlgate and of plain pandas, after both found the same number of faults."""
    costs = measure(commands, runs=runs, expected={"mlgate": 1}, warm_up=runs > 1)
    gate, plain = costs["mlgate"], costs["pandas"]
    ours: dict[str, Any] = found(gate.output)
    theirs = json.loads(plain.output)
    if ours != theirs or not any(ours.values()):
        raise RuntimeError(f"{name}: mlgate found {ours}, pandas {theirs}")
    print(
        f"{rows:9} {name:8} {gate.wall_s:9.2f} {gate.cpu_s:6.2f} {gate.peak_mib:6.0f} "
        f"{plain.wall_s:9.2f} {plain.cpu_s:6.2f} {plain.peak_mib:6.0f} {gate.cpu_s / plain.cpu_s:6.2f}",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"\nSeries and skew, median of {options.runs} whole processes; ratio = processor time, mlgate / pandas")
    print("     rows what      mlgate s    cpu    MiB  pandas s    cpu    MiB  ratio")
    gate = [str(BIN / "mlgate"), "data"]
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            subprocess.run([sys.executable, "-c", MAKE, str(rows), name], check=True, timeout=600)
            (folder / "series.yaml").write_text(SCHEMA, encoding="utf-8")
            series, train, logs = (str(folder / f"{file}.parquet") for file in ("series", "train", "logs"))
            check = [*gate, "check", series, "--schema", str(folder / "series.yaml"), "--format", "json"]
            plain = [sys.executable, "-c", PLAIN_SERIES, series]
            compare("series", {"mlgate": check, "pandas": plain}, failing_series, rows=rows, runs=options.runs)
            skew = [*gate, "skew", train, logs, "--key", "id", "--no-distribution", "--format", "json"]
            plain = [sys.executable, "-c", PLAIN_SKEW, train, logs]
            compare("skew", {"mlgate": skew, "pandas": plain}, failing_features, rows=rows, runs=options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
