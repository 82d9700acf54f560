"""`mlgate compare` from Parquet to report: seconds and peak memory of the whole process, by number of rows.

    python -m benchmarks.compare_scale [ROWS ...]

Five metrics, overall and in 20 slices; of 1,000 rows (CSV) two metrics and one slice column, where starting is all that
counts.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure

METRICS = ("accuracy", "f1", "roc_auc", "log_loss", "average_precision")
SLICES = ("region", "age", "device", "plan")
SHARED = 5
"""Salt of the noise that both models share; each side has one of its own."""

WRITE = "--write"


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'rows':>12}{'metrics':>9}{'slices':>8}{'wall s':>9}{'peak MiB':>10}   (medians)")
        for n_rows in sizes:
            small = n_rows <= 10_000
            names = [f"{folder}/{side}-{n_rows}.{'csv' if small else 'parquet'}" for side in ("baseline", "candidate")]
            for salt, name in enumerate(names):  # in a process of its own, so that this one stays small
                command = [sys.executable, "-m", "benchmarks.compare_scale", WRITE, str(n_rows), str(salt), name]
                subprocess.run(command, check=True)
            metrics, slices = (METRICS[:2], SLICES[:1]) if small else (METRICS, SLICES)
            command = [sys.executable, "-m", "mlgate", "compare", *names, "--positive", "true", "--format", "json"]
            command += [part for name in metrics for part in ("--metric", f"{name}:0.05")]
            command += [part for name in slices for part in ("--slice", name)]
            cost = measure({"compare": command}, runs=5 if small else 3 if n_rows <= 2_000_000 else 1)["compare"]
            n_slices = 5 * len(slices)
            print(f"{n_rows:>12,}{len(metrics):>9}{n_slices:>8}{cost.wall_s:>9.2f}{cost.peak_mib:>10.0f}", flush=True)


def write_side(n_rows: int, salt: int, target: Path) -> None:
    """Predictions of one model: labels, slices and half of the noise depend on the id alone."""
    import duckdb

    def uniform(number: int) -> str:
        return f"((hash(range * 97 + {number}) % 1000003) / 1000003.0)"

    columns = ", ".join(
        f"['a', 'b', 'c', 'd', 'e'][1 + (hash(range * 97 + {20 + place}) % 5)::INT] AS {name}"
        for place, name in enumerate(SLICES)
    )
    duckdb.sql(
        f"""COPY (
            SELECT id, positive AS label, score > 0.5 AS prediction, score, {", ".join(SLICES)} FROM (
                SELECT *, 1 / (1 + exp(-(2 * (positive::INT - 0.5) + 2.4 * (shared + own - 1)))) AS score FROM (
                    SELECT range AS id, {uniform(1)} < 0.4 AS positive, {uniform(SHARED)} AS shared,
                           {uniform(11 + salt)} AS own, {columns} FROM range({n_rows}))))
            TO '{target}' (FORMAT {target.suffix[1:]})"""  # noqa: S608  # names of ours
    )


if __name__ == "__main__":
    if WRITE in sys.argv:
        write_side(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main([int(text) for text in sys.argv[1:]] or [1_000, 1_000_000])
