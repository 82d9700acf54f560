"""What the comparison with peers stands on: their environments, the made files and mlgate's schemas. All of it is kept
in `build/peers`, so that the next run finds it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from benchmarks.measure import BIN
from benchmarks.peers.visits import CHECKS, COLUMNS, REFERENCE, Check

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "peers"
PINS = ROOT / "benchmarks" / "peers.txt"
KINDS = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "VARCHAR": "string", "TIMESTAMP": "datetime",
         "BOOLEAN": "boolean"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that checks data, and how it is installed and asked."""

    name: str
    module: str
    requirements: tuple[str, ...]

    def command(self, path: Path) -> list[str]:
        return [str(self.environment / "bin" / "python"), "-m", f"benchmarks.peers.{self.module}", str(path)]

    @property
    def environment(self) -> Path:
        pins = hashlib.sha256(PINS.read_bytes() + repr(self.requirements).encode()).hexdigest()
        return BUILD / f"environment-{self.module}-{pins[:8]}"


PEERS = (
    Peer("Great Expectations", "great_expectations_pandas", ("great-expectations", "pyarrow")),
    Peer("Pandera, polars", "pandera_polars", ("pandera[polars]",)),
    Peer("Pointblank, lazy polars", "pointblank_polars", ("pointblank", "polars")),
    Peer("Cuallee, DuckDB", "cuallee_duckdb", ("cuallee", "duckdb", "pandas")),
    Peer("Dataframely, polars", "dataframely_polars", ("dataframely",)),
)


def install(peer: Peer) -> str:
    """Install a peer, unless it is there; why it could not be, or nothing."""
    place = peer.environment
    if (place / "installed").exists():
        return ""
    shutil.rmtree(place, ignore_errors=True)
    python = str(place / "bin" / "python")
    if (BIN / "uv").exists():
        made = [str(BIN / "uv"), "venv", "--quiet", "--python", sys.executable, str(place)]
        asked = [str(BIN / "uv"), "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    else:
        made = [sys.executable, "-m", "venv", str(place)]
        asked = [python, "-m", "pip", "install", "--quiet"]
    for command in (made, [*asked, *peer.requirements, "--constraint", str(PINS)]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason told"])[-1][:200]
    (place / "installed").touch()
    return ""


def made_file(kind: str, rows: int, form: str) -> Path:
    """A made table, made now unless it is there: `sound` or `faulty` visits, `keys`, or `refers`."""
    maker = b"".join((ROOT / "benchmarks" / "peers" / name).read_bytes() for name in ("visits.py", "make_files.py"))
    path = BUILD / f"{kind}-{rows}-{hashlib.sha256(maker).hexdigest()[:8]}.{form}"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        print(f"  making {path.name}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.peers.make_files", kind, str(rows), str(path)]
        subprocess.run(command, check=True, timeout=3600)
        path.with_name(f"{path.name}.part").rename(path)
    return path


def write_schema(names: Collection[str], label: str) -> Path:
    """The schema of the checks of these names; every column is declared, and JSON is YAML.

    Nobody looks for personal data: the peers do not.
    """
    chosen = [check for check in CHECKS if check.name in names]
    columns: dict[str, dict[str, Any]] = {
        name: {"type": KINDS[kind], "pii": "allowed", "reason": "made up"} for name, kind in COLUMNS.items()
    }
    table: dict[str, Any] = {}
    for check in chosen:
        if check.name == f"{check.column}/{check.kind}":
            columns[check.column][check.kind] = check.argument
        else:
            table |= _of_table(check)
    path = BUILD / f"{label}.yaml"
    path.write_text(json.dumps({"version": 1, "columns": columns, "table": table}, indent=1), encoding="utf-8")
    return path


def _of_table(check: Check) -> dict[str, Any]:
    if check.kind == "unique_together":
        return {"unique": [list(check.columns)]}
    if check.kind == "ordered":
        first, second = check.columns
        return {"compare_columns": [{"a": first, "op": check.argument, "b": second}]}
    age = {"column": check.column, "max_age": check.argument, "reference_time": REFERENCE}
    return {"checks": [{"freshness": age, "severity": "fail"}]}


def mlgate(path: Path, schema: Path) -> list[str]:
    return [str(BIN / "mlgate"), "data", "check", str(path), "--schema", str(schema), "--format", "json"]


def broken_for_mlgate(report: str) -> set[str]:
    """Names of the checks that do not hold.

    Raises
    ------
    RuntimeError
        A check was not decided: then its time means nothing.
    """
    found = {}
    for outcome in json.loads(report)["outcomes"]:
        _, _, *column, _ = outcome["id"].split("/")
        found["/".join([*map(unquote, column), outcome["check"]])] = outcome["status"]
    found = {name: status for name, status in found.items() if name.rpartition("/")[2] != "pii"}  # nobody looked
    if unclear := {name for name, status in found.items() if status not in ("pass", "fail")}:
        raise RuntimeError(f"not decided: {sorted(unclear)}")
    return {name for name, status in found.items() if status == "fail"}
