"""How many labelled scripts the peers flag, and how many rightly: pylint with dslinter's checkers of randomness, ruff's
two rules, and a plain search of the text. Peers point at a file or at one statement, so files are what is compared.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.lint_corpus import ROOT, Package, fetch

PLACE = ROOT / "build" / "peers" / "environment-lint"
PINS = ("pylint==2.17.7", "astroid==2.15.8", "mypy==1.4.1", "ruff==0.9.10", "toml==0.10.2", "pyspellchecker==0.9.1")
"""dslinter 2.0.9 asks for a pylint and a mypy that no longer install on this Python; it works with these."""
ALONE = ("dslinter==2.0.9", "data-science-types==0.2.23")
CHECKERS = ("numpy", "pytorch", "dataloader-pytorch", "scikitlearn", "tensorflow")
SOURCES = re.compile(r"^\s*(?:import|from)\s+(?:random|numpy|torch|tensorflow|keras|sklearn)\b", re.MULTILINE)
SEEDS = re.compile(r"manual_seed|random\.seed|set_seed|set_random_seed|seed_everything|random_state")

Flagged = dict[str, bool]
"""Whether a script, by its package and path, was flagged."""


def show_peers(packages: Sequence[Package], ours: Mapping[str, bool]) -> None:
    """Print a table of all that can be had, ours first."""
    faulty = {
        f"{package.name}/{script.path}": any(
            label.verdict != "unknown" and not label.debatable for label in script.labels
        )
        for package in packages
        for script in package.scripts
        if f"{package.name}/{script.path}" in ours
    }
    print(f"\nFiles: {len(faulty)}, of which {sum(faulty.values())} have a fault")
    print("  judged by                                   judged  flagged  rightly  missed")
    _show("mlgate lint", dict(ours), faulty)
    _show("search: a library that draws, no seed", _by_script(packages, _search), faulty)
    problem = _install()
    if problem:
        print(f"  pylint with dslinter, ruff: did not install: {problem}")
        return
    _show("pylint with dslinter's randomness checkers", _by_script(packages, _dslinter), faulty)
    _show("ruff NPY002, S311", _by_script(packages, _ruff), faulty)


def _show(name: str, flagged: Flagged, faulty: Mapping[str, bool]) -> None:
    judged = [script for script in faulty if script in flagged]
    hits = [script for script in judged if flagged[script]]
    rightly = sum(faulty[script] for script in hits)
    missed = sum(faulty[script] for script in judged) - rightly
    print(f"  {name:43} {len(judged):6} {len(hits):8} {rightly:8} {missed:7}")


def _by_script(packages: Sequence[Package], judge: Callable[[Path, Sequence[str]], Flagged]) -> Flagged:
    """What a peer says of the scripts of each package, by package and path."""
    flagged: Flagged = {}
    for package in packages:
        said = judge(fetch(package), [script.path for script in package.scripts])
        flagged |= {f"{package.name}/{path}": verdict for path, verdict in said.items()}
    return flagged


def _search(folder: Path, scripts: Sequence[str]) -> Flagged:
    flagged: Flagged = {}
    for path in scripts:
        text = (folder / path).read_text(encoding="utf-8")
        if path.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        flagged[path] = bool(SOURCES.search(text)) and not SEEDS.search(text)
    return flagged


def _dslinter(folder: Path, scripts: Sequence[str]) -> Flagged:
    plain = [path for path in scripts if path.endswith(".py")]
    enabled = ",".join(f"randomness-control-{name}" for name in CHECKERS)
    flagged: Flagged = {}
    for path in plain:  # one by one: modules of one name would hide one another
        asked = ["--load-plugins=dslinter", "--disable=all", f"--enable={enabled}", "--output-format=json"]
        told = _run([str(PLACE / "bin" / "python"), "-m", "pylint", *asked, path], folder)
        flagged[path] = bool(json.loads(told or "[]"))
    return flagged


def _ruff(folder: Path, scripts: Sequence[str]) -> Flagged:
    asked = ["check", "--isolated", "--no-cache", "--select=NPY002,S311", "--output-format=json", "--exit-zero"]
    told = json.loads(_run([str(PLACE / "bin" / "ruff"), *asked, *scripts], folder) or "[]")
    hits = {str(Path(item["filename"]).relative_to(folder)) for item in told if item["code"]}
    return {path: path in hits for path in scripts}


def _run(command: Sequence[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False).stdout


def _install() -> str:
    """Install the peers into an environment of their own, unless they are there; why not, or nothing."""
    if (PLACE / "installed").exists():
        return ""
    shutil.rmtree(PLACE, ignore_errors=True)
    pip = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    for command in ([sys.executable, "-m", "venv", str(PLACE)], [*pip, *PINS], [*pip, "--no-deps", *ALONE]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason told"])[-1][:200]
    (PLACE / "installed").touch()
    return ""
