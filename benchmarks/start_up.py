"""How long the commands that run on every commit take, as whole processes, beside a bare Python."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import BIN, measure

CSV = "id,age,sex\n" + "".join(f"{row},{20 + row % 60},{'FM'[row % 2]}\n" for row in range(100))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        config, table = Path(folder, "train.yaml"), Path(folder, "patients.csv")
        config.write_text("seed: 7\nmodel: {depth: 3, rate: 0.1}\n", encoding="utf-8")
        table.write_text(CSV, encoding="utf-8")
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "mlgate --version": [str(BIN / "mlgate"), "--version"],
            "mlgate-config, one file": [str(BIN / "mlgate-config"), str(config)],
            "mlgate-data, one file of 100 rows": [str(BIN / "mlgate-data"), str(table)],
        }
        print(f"\nStart-up, median of {runs} whole processes")
        print(f"{'command':36} {'wall ms':>8} {'peak MiB':>9}")
        for name, cost in measure(commands, runs=runs).items():
            print(f"{name:36} {cost.wall_s * 1000:8.0f} {cost.peak_mib:9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
