"""Model files: real ones that must pass, crafted ones that must not, beside other scanners; and the time for 100 MB.

The real files are made here by scikit-learn, numpy, pandas and joblib in every protocol; the crafted ones are written
as bytes and never loaded. The peers run where they are installed: `--peers PYTHON`, or a throw-away environment.
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.artifact_faults import archive, malicious
from benchmarks.measure import BIN, measure

PEERS = ("picklescan==1.0.5", "fickling==0.1.12", "modelscan==0.8.8", "typing_extensions")
RUNNER = Path(__file__).parent / "peers" / "artifact_scanners.py"
MEGABYTES = 100


def safe() -> Iterator[tuple[str, bytes]]:
    """Real models and tables: every estimator of scikit-learn that can be fitted, and what numpy and pandas store."""
    import joblib  # type: ignore[import-untyped]  # joblib ships no types
    import numpy as np

    for name, value in [*_estimators(), *_tables()]:
        for protocol in range(6):
            yield f"{name}-{protocol}.pkl", pickle.dumps(value, protocol)
            stream = io.BytesIO()
            joblib.dump(value, stream, protocol=protocol)
            yield f"{name}-{protocol}.joblib", stream.getvalue()
        stream = io.BytesIO()
        joblib.dump(value, stream, compress=3)
        yield f"{name}-zlib.joblib", stream.getvalue()
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.ones(9), b=np.array([{}, None], dtype=object))
    yield "arrays.npz", stream.getvalue()
    yield "weights.pt", archive({"m/data.pkl": pickle.dumps({"w": 1}, 2), "m/data/0": b"\x80\x02" * 50})


def _estimators() -> Iterator[tuple[str, object]]:
    import numpy as np
    import pandas as pd
    from sklearn.utils import all_estimators

    rng = np.random.default_rng(7)
    table = pd.DataFrame(rng.random((40, 3)), columns=["a", "b", "c"])
    labels = np.where(table["a"] > 0.5, "yes", "no").astype(object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, kind in all_estimators():
            for target in ((labels,), (table["a"],), ()):
                try:
                    yield name, kind().fit(table, *target)
                except (TypeError, ValueError, AttributeError):
                    continue
                break


def _tables() -> Iterator[tuple[str, object]]:
    import numpy as np
    import pandas as pd

    yield "frame", pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["x", "y"]), "c": pd.to_datetime(["2026-01-02"] * 2)})
    yield "records", np.zeros(3, dtype=[("a", "<f8"), ("b", "<i4")])
    yield "generator", np.random.default_rng(7)


def ours(paths: list[Path]) -> dict[str, str]:
    """A verdict for each file by the hook's own library."""
    from mlgate.gate.artifacts import check_artifacts
    from mlgate.outcome import Status

    verdicts = {}
    for path in paths:
        seen = {item.status for item in check_artifacts([path], start=path.parent).outcomes}
        verdicts[str(path)] = "refused" if Status.FAIL in seen else "not judged" if Status.ERROR in seen else "passed"
    return verdicts


def peer(python: str, scanner: str, paths: list[Path]) -> dict[str, str]:
    verdicts: dict[str, str] = {}
    for at in range(0, len(paths), 500):
        names = [str(path) for path in paths[at : at + 500]]
        command = [python, str(RUNNER), scanner, *names]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
        verdicts |= json.loads(done.stdout.splitlines()[-1])
    return verdicts


def write_all(folder: Path, files: Iterator[tuple[str, bytes]]) -> list[Path]:
    paths = []
    for number, (name, data) in enumerate(files):
        place = folder / str(number)
        place.mkdir(parents=True)
        (place / name).write_bytes(data)
        paths.append(place / name)
    return paths


def show(title: str, verdicts: dict[str, dict[str, str]], *, wanted: str) -> None:
    print(f"\n{title}")
    print(f"{'':14} {'passed':>8} {'refused':>8} {'not judged':>11}")
    for name, found in verdicts.items():
        counts = Counter(found.values())
        print(f"{name:14} {counts['passed']:8} {counts['refused']:8} {counts['not judged']:11}")
    wrong = [path for path, verdict in verdicts["mlgate"].items() if (verdict == "passed") != (wanted == "passed")]
    for path in wrong:
        print(f"  wrong: {Path(path).name}: {verdicts['mlgate'][path]}")
    if wrong:
        raise SystemExit(f"{len(wrong)} files are judged wrongly")


def write_large(folder: Path) -> None:
    import joblib
    import numpy as np

    size = MEGABYTES * 1_000_000
    numbers = np.random.default_rng(7).random(size // 8)
    joblib.dump({"w": numbers}, folder / "array.joblib")
    with (folder / "array.pkl").open("wb") as stream:
        pickle.dump({"w": numbers}, stream, protocol=5)
    with (folder / "floats.pkl").open("wb") as stream:
        pickle.dump(numbers[: size // 9].tolist(), stream, protocol=4)
    (folder / "weights.pt").write_bytes(
        archive({"m/data.pkl": pickle.dumps({"w": 1}, 2), "m/data/0": numbers.tobytes()})
    )


def time_all(folder: Path, runs: int) -> None:
    """In a process of its own: a child's peak starts at that of its parent."""
    files = {path.name: path for path in sorted(folder.iterdir())}
    commands = {"a file that is no model": [str(BIN / "mlgate-artifacts"), __file__]}
    commands |= {name: [str(BIN / "mlgate-artifacts"), str(path)] for name, path in files.items()}
    print(f"\nWhole hook, {MEGABYTES} MB, median of {runs}")
    print(f"{'':24} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9}")
    for name, cost in measure(commands, runs=runs, warm_up=False).items():
        print(f"{name:24} {cost.wall_s:8.2f} {cost.cpu_s:8.2f} {cost.peak_mib:9.0f}")


def peers_python(folder: Path) -> str | None:
    """The interpreter of a new environment with the peers; None where they cannot be installed."""
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        command = [str(folder / "bin" / "pip"), "install", "--quiet", *PEERS]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as problem:
        print(f"peers are not installed: {type(problem).__name__}")
        return None
    return str(folder / "bin" / "python")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter that has the peers; else they are installed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--time", type=Path, metavar="FOLDER", help="only time the hook on the files of a folder")
    given: Any = parser.parse_args()
    if given.time:
        time_all(given.time, given.runs)
        return 0
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        python = given.peers or peers_python(top / "venv")
        for title, wanted, files in (
            ("Real files: all must pass", "passed", safe()),
            ("Crafted files: none may pass", "refused", iter(malicious().items())),
        ):
            paths = write_all(top / wanted, files)
            verdicts = {"mlgate": ours(paths)}
            if python:
                verdicts |= {
                    scanner: peer(python, scanner, paths) for scanner in ("picklescan", "fickling", "modelscan")
                }
            show(f"{title} ({len(paths)})", verdicts, wanted=wanted)
        (top / "large").mkdir()
        write_large(top / "large")
        command = [sys.executable, "-m", "benchmarks.artifact_scan", "--time", str(top / "large")]
        subprocess.run([*command, "--runs", str(given.runs)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
