"""Faults planted into real training configs, and who finds them: mlgate, check-yaml etc., yamllint, check-jsonschema.

check-jsonschema, and mlgate in its last column, get the schema that `mlgate config infer` proposes from the original.
Every original is judged, too: what is found there blocks a commit that nobody would call wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.config_originals import Original, originals
from benchmarks.config_plants import FAULTS, Fault
from mlgate.errors import MlgateError
from mlgate.gate.config_check import check_config_files
from mlgate.gate.config_infer import infer_config_schema
from mlgate.outcome import Status

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build" / "peers" / "environment-configs"
PINS = ("pre-commit-hooks==6.0.0", "yamllint==1.37.1", "check-jsonschema==0.35.0")
PEERS = ("check-yaml etc.", "yamllint", "check-jsonschema, inferred schema")
OURS = ("mlgate: blocks", "mlgate: told", "mlgate, inferred schema: blocks")
MOST_HOSTS = 2
PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A fault in a config."""

    fault: Fault
    original: Original
    content: bytes


def cases(found: Sequence[Original]) -> list[Case]:
    """Each fault in up to two configs, of two packages where it can be."""
    planted = []
    for fault in FAULTS:
        hosts: list[Case] = []
        fitting = [one for one in found if one.kind == fault.kind and (one.package == "fairseq") == fault.hydra]
        for original in fitting:
            packages = {case.original.package for case in hosts}
            others = {one.package for one in fitting} - packages
            if len(hosts) == MOST_HOSTS or (original.package in packages and others):
                continue
            broken = fault.plant(original.text)
            if broken:
                content = broken if isinstance(broken, bytes) else broken.encode("utf-8", "surrogatepass")
                hosts.append(Case(fault, original, content))
        planted += hosts
    return planted


def judge(folder: Path, file: Path, *, schema: Path | None = None) -> tuple[set[str], set[str]]:
    """What mlgate blocks for, and what it tells besides."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        report = check_config_files([file.relative_to(folder)], schema=schema, start=folder, strict=False)
    except MlgateError as mistake:
        return {mistake.message}, set()
    finally:
        os.chdir(here)
    blocking = {outcome.message for outcome in report.outcomes if outcome.status.blocks}
    return blocking, {outcome.message for outcome in report.outcomes if outcome.status is Status.WARN}


def peer_commands(file: Path, schema: Path | None) -> dict[str, list[str] | None]:
    """What each peer is called with; None where it has nothing for such a file."""
    kind = {"yml": "yaml"}.get(file.suffix[1:], file.suffix[1:])
    bin_ = PLACE / "bin"
    return {
        PEERS[0]: [str(bin_ / f"check-{kind}"), str(file)],
        PEERS[1]: [str(bin_ / "yamllint"), str(file)] if kind == "yaml" else None,
        PEERS[2]: [str(bin_ / "check-jsonschema"), "--schemafile", str(schema), str(file)] if schema else None,
    }


def install() -> str:
    """Make the environment of the peers; what went wrong, or nothing."""
    if not (PLACE / ".complete").exists():
        venv.create(PLACE, with_pip=True, clear=True)
        command = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "--quiet", *PINS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
        (PLACE / ".complete").touch()
    return ""


def run_case(case: Case, folder: Path, *, peers: bool) -> dict[str, bool | None]:
    """Who finds the fault; None where a tool cannot judge such a file."""
    file = folder / f"train.{case.original.path.rpartition('.')[2]}"
    schema = schema_of(case.original, folder)
    file.write_bytes(case.content)
    declared = f"version: 1\nconfigs:\n  - {{files: {file.name}, {case.fault.asked}}}\n"
    (folder / "mlgate.yaml").write_text(declared if case.fault.asked else "version: 1\n", encoding="utf-8")
    # What is told of the original, too, is not the fault.
    before = set().union(*judge(folder, folder / f"original{file.suffix}"))
    blocks, tells = judge(folder, file)
    found: dict[str, bool | None] = {
        OURS[0]: bool(blocks - before),
        OURS[1]: bool((blocks | tells) - before),
        OURS[2]: None,
    }
    if schema is not None:
        found[OURS[2]] = bool(judge(folder, file, schema=schema)[0] - before) or bool(blocks and case.fault.asked)
    whole = folder / f"original{file.suffix}"
    for name, command in peer_commands(file, schema).items() if peers else ():
        original = peer_commands(whole, schema)[name]
        found[name] = stops(command) and not (original and stops(original)) if command else None
    return found


def stops(command: Sequence[str]) -> bool:
    """Whether a peer ends with a finding; one that does not end in time, as on aliases that multiply, finds nothing."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S).returncode != 0
    except subprocess.TimeoutExpired:
        return False


def schema_of(original: Original, folder: Path) -> Path | None:
    """The schema that is proposed from the original; None where it is no mapping, or not right."""
    file = folder / f"original.{original.path.rpartition('.')[2]}"
    file.write_text(original.text, encoding="utf-8")
    try:
        text, _ = infer_config_schema([file], start=folder)
    except MlgateError:
        return None
    (folder / "schema.json").write_text(text, encoding="utf-8")
    return folder / "schema.json"


def false_alarms(found: Sequence[Original], folder: Path, *, peers: bool) -> dict[str, list[str]]:
    """Originals that each tool stops, or of which mlgate tells something."""
    alarms: dict[str, list[str]] = {name: [] for name in (*OURS[:2], *(PEERS[:2] if peers else ()))}
    for original in found:
        file = folder / original.package / original.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(original.text, encoding="utf-8")
    for original in found:
        root = folder / original.package
        blocks, tells = judge(root, root / original.path)
        name = f"{original.package}/{original.path}"
        alarms[OURS[0]] += [name] * bool(blocks)
        alarms[OURS[1]] += [name] * bool(tells and not blocks)
    for peer in PEERS[:2] if peers else ():
        files = [folder / one.package / one.path for one in found]
        alarms[peer] = [file.relative_to(folder).as_posix() for file in stopped_by(peer, files)]
    return alarms


def stopped_by(peer: str, files: Sequence[Path]) -> list[Path]:
    """The files that a peer stops: halves of what it does not pass as a whole, until one is left."""
    by_tool: dict[str, list[Path]] = {}
    for file in files:
        command = peer_commands(file, None)[peer]
        if command:
            by_tool.setdefault(command[0], []).append(file)
    stopped: list[Path] = []
    waiting = list(by_tool.items())
    while waiting:
        tool, some = waiting.pop()
        if subprocess.run([tool, *map(str, some)], capture_output=True, check=False).returncode == 0:
            continue
        if len(some) == 1:
            stopped += some
        else:
            waiting += [(tool, some[: len(some) // 2]), (tool, some[len(some) // 2 :])]
    return stopped


def show(results: Sequence[tuple[Case, dict[str, bool | None]]], columns: Sequence[str]) -> None:
    print(f"\n{'fault':44} {'in':14} " + " ".join(f"{n + 1:>3}" for n in range(len(columns))))
    for case, found in results:
        signs = " ".join(f"{ {True: 'x', False: '.', None: '-'}[found[name]]:>3}" for name in columns)
        print(f"{case.fault.name[:44]:44} {case.original.package:14} {signs}")
    print(f"\n{'found (x), missed (.), cannot judge (-)':59}")
    for number, name in enumerate(columns, 1):
        seen = [found[name] for _, found in results if found[name] is not None]
        print(f"{number} {name:40} {sum(map(bool, seen)):4} of {len(seen)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--list", action="store_true", help="name the originals that mlgate stops or tells of")
    options = parser.parse_args()
    found = list(originals())
    planted = cases(found)
    problem = "" if options.no_peers else install()
    peers = not options.no_peers and not problem
    if problem:
        print(f"peers did not install: {problem}")
    columns = [*OURS, *(PEERS if peers else ())]
    results = []
    for case in planted:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            results.append((case, run_case(case, Path(folder).resolve(), peers=peers)))
    show(results, columns)
    with tempfile.TemporaryDirectory() as folder:
        alarms = false_alarms(found, Path(folder).resolve(), peers=peers)
    print(f"\nof {len(found)} originals: " + ", ".join(f"{name} {len(stopped)}" for name, stopped in alarms.items()))
    if options.list:
        print(json.dumps(alarms, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
