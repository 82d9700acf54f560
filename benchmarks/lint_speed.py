"""`mlgate lint` over a thousand real files, beside `ast.parse` over the same in one process, ruff, and dslinter.

The files are whole packages of this interpreter's site-packages, taken in an order that only their names decide, and in
every tenth file a training script. Whole processes; the second run finds what the first one kept.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.hook_start import SCRIPT
from benchmarks.measure import BIN, Cost, measure
from benchmarks.peers.setting import ROOT, Peer, install

CORPUS = ROOT / "build" / "lint"
SIZES = (250, 500, 1_000)
SMALLEST, LARGEST = 500, 100_000
"""Bytes of a real-sized file: no empty `__init__.py`, no table of data."""
OF_A_PACKAGE = 150
"""Files that one package gives at most, so that none decides the result."""
FEW = 50
"""Files for pylint, which takes seconds for each."""

PARSE = """
import ast, pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        ast.parse(path.read_bytes())
    except SyntaxError:
        pass
"""
PYLINT = Peer("pylint with dslinter", "pylint", ("pylint", "dslinter"))
RANDOM_RULES = "NPY002,S311"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-pylint", action="store_true")
    arguments = parser.parse_args()
    corpora = {size: corpus(size) for size in SIZES}
    print(f"\n`mlgate lint`, median of {arguments.runs} whole processes in turns; {os.cpu_count()} cores, load now "
          f"{os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"{'files':>6} {'command':40} {'wall s':>7} {'processor s':>12} {'peak MiB':>9} {'to ast.parse':>13}")
    walls = {}
    for size, folder in corpora.items():
        costs = measured(folder, runs=arguments.runs)
        told(size, costs)
        walls[size] = costs["mlgate lint, nothing kept"].wall_s
    print(f"twice the files: {walls[500] / walls[250]:.2f} and {walls[1_000] / walls[500]:.2f} times the time (aim: 2)")
    if not arguments.without_pylint:
        beside_pylint(corpus(FEW))
    return 0


def measured(folder: Path, *, runs: int) -> dict[str, Cost]:
    """The costs of all on one corpus; findings make exit code 1, as they should."""
    mlgate = [str(BIN / "mlgate"), "lint", str(folder), "--format", "json"]
    ruff = [str(BIN / "ruff"), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--select", RANDOM_RULES]
    commands = {
        "ast.parse, one process": [sys.executable, "-c", PARSE, str(folder)],
        "ruff, two rules of randomness": [*ruff, str(folder)],
        "mlgate lint, nothing kept": [*mlgate, "--no-cache"],
        "mlgate lint, a second run": mlgate,
    }
    codes = dict.fromkeys([name for name in commands if name.startswith("mlgate")], 1)
    shutil.rmtree(folder / ".git" / "mlgate", ignore_errors=True)
    return measure(commands, runs=runs, expected=codes)  # its warm-up round is the first run


def told(size: int, costs: Mapping[str, Cost]) -> None:
    base = costs["ast.parse, one process"].wall_s
    for name, cost in costs.items():
        line = (
            f"{size:6} {name:40} {cost.wall_s:7.2f} {cost.cpu_s:12.2f} {cost.peak_mib:9.0f} {cost.wall_s / base:13.2f}"
        )
        print(line, flush=True)


def beside_pylint(folder: Path) -> None:
    """The one linter with rules of randomness that follows names, on few files."""
    reason = install(PYLINT)
    if reason:
        print(f"{PYLINT.name} could not be installed: {reason}")
        return
    bin_ = PYLINT.environment / "bin"
    rules = "--load-plugins=dslinter --disable=all --enable=randomness-control-numpy,randomness-control-sklearn,"
    rules += "randomness-control-pytorch,randomness-control-tensorflow"
    commands = {
        PYLINT.name: [str(bin_ / "pylint"), *rules.split(), "--exit-zero", str(folder)],
        "mlgate lint, nothing kept": [str(BIN / "mlgate"), "lint", str(folder), "--format", "json", "--no-cache"],
    }
    costs = measure(commands, runs=1, expected={"mlgate lint, nothing kept": 1}, warm_up=False)
    for name, cost in costs.items():
        print(f"{FEW:6} {name:40} {cost.wall_s:7.2f} {cost.cpu_s:12.2f} {cost.peak_mib:9.0f}")


def corpus(size: int) -> Path:
    """A folder of so many files, the same for the same interpreter; a repository, so that findings can be kept."""
    folder = CORPUS / str(size)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    library = Path(os.__file__).parent / "site-packages"
    library = next((Path(path) for path in sys.path if path.endswith("site-packages")), library)
    for number, path in zip(range(size), _files(library), strict=False):
        if number % 10 == 0:
            script = folder / "scripts" / f"train_{number}.py"
            script.parent.mkdir(exist_ok=True)
            unseeded = SCRIPT.replace("    set_seed(args.seed)\n", "") if number % 20 else SCRIPT
            script.write_text(unseeded, encoding="utf-8")
            continue
        target = folder / path.relative_to(library)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    found = sum(1 for _ in folder.rglob("*.py"))
    if found != size:
        raise RuntimeError(f"{library} gave {found} files, {size} are needed")
    return folder


def _files(library: Path) -> Iterator[Path]:
    """Files of packages, the packages in the order of a digest of their names."""
    packages = [
        path for path in library.iterdir() if (path / "__init__.py").exists() and not path.name.startswith("mlgate")
    ]
    for package in sorted(packages, key=lambda path: hashlib.sha256(path.name.encode()).hexdigest()):
        found = [path for path in sorted(package.rglob("*.py")) if SMALLEST <= path.stat().st_size <= LARGEST]
        yield from found[:OF_A_PACKAGE]


if __name__ == "__main__":
    sys.exit(main())
