"""The defaults of Evidently and Deepchecks on the pairs of `drift_error`, each in an environment of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drift_tables import PLANTED
from benchmarks.measure import BIN

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "drift"


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that compares tables, and what it needs; older versions where the newest do not fit."""

    name: str
    requirements: tuple[str, ...]

    @property
    def environment(self) -> Path:
        return BUILD / f"environment-{self.name}"


PEERS = (
    Peer("evidently", ("evidently==0.7.23", "pandas<3", "pyarrow")),
    Peer(
        "deepchecks",
        ("deepchecks==0.19.1", "scikit-learn<1.6", "category_encoders<2.7", "pandas<3", "numpy<2", "setuptools<81"),
    ),
)


def install(peer: Peer) -> str:
    """Install a peer, unless it is there; why it could not be, or nothing."""
    place = peer.environment
    if (place / "installed").exists():
        return ""
    shutil.rmtree(place, ignore_errors=True)
    python = str(place / "bin" / "python")
    made = [str(BIN / "uv"), "venv", "--quiet", "--python", sys.executable, str(place)]
    asked = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", python, *peer.requirements]
    for command in (made, asked):
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason told"])[-1][:200]
    for shadow in place.glob("lib/*/site-packages/benchmarks"):  # Deepchecks installs a package of that name
        shutil.rmtree(shadow)
    (place / "installed").touch()
    return ""


def asked(peer: Peer, pair: str, rows: int, pairs: int, seed: int) -> dict[str, float]:
    """Shares of the pairs in which any column, and the changed one, drifted."""
    python = str(peer.environment / "bin" / "python")
    command = [python, "-m", "benchmarks.drift_peer", peer.name, pair, str(rows), str(pairs), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(*, pairs: int, seed: int) -> None:
    """Print what each peer's defaults say of unchanged pairs, and of planted changes."""
    print(f"\nDefaults of peers on the same pairs ({pairs} each, without the column of sentences)")
    sizes = (200, 2000, 20_000)
    for peer in PEERS:
        if problem := install(peer):
            print(f"{peer.name:12} did not install: {problem}", flush=True)
            continue
        told = []
        for rows in sizes:
            found = asked(peer, "unchanged", rows, pairs, seed)
            told.append(f"{rows:,} rows {found['alarms']:.2f}")
        print(f"{peer.name:12} unchanged, alarms: {', '.join(told)}", flush=True)
        for name, (_, rows, _) in PLANTED.items():
            found = asked(peer, name, rows, pairs, seed + 1)
            print(f"{'':12} {name:30} {rows:6,} found {found['found']:.2f}", flush=True)
