"""`mlgate plan` on a repository of 2,000 Python files, made here: cold, warm, and with nothing changed.

Cold, no answer about a file's imports is known; warm, those of all files but the changed ones are, as in every plan
after the first. `git status` of the same repository is beside it: a plan cannot be faster than Git.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FILES, TESTS = 2000, 500
LIMIT_S = 2.0
CONFIG = """\
version: 1
lint: {paths: [pkg]}
tiers:
  unit: {tests: [tests/unit], budget: 10m}
  model: {tests: [tests/model], budget: 1h}
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=root, check=True, timeout=120)


def make_repository(root: Path, *, files: int = FILES, tests: int = TESTS, seed: int = 0) -> Path:
    """A package of modules that import earlier ones, about 100 lines each, and tests of them, committed on a branch."""
    rng = random.Random(seed)  # noqa: S311  # files of a benchmark
    modules = [f"pkg/part{number // 50}/m{number}.py" for number in range(files - tests)]
    body = "\n".join(f"def f{n}(x: int) -> int:\n    return x * {n}\n" for n in range(30))
    for folder in {module.rpartition("/")[0] for module in modules} | {"pkg"}:
        write(root / folder / "__init__.py", "")
    for number, module in enumerate(modules):
        earlier = rng.sample(modules[:number], min(number, rng.randint(0, 3)))
        imports = [f"from {name[:-3].replace('/', '.')} import f1 as g{n}" for n, name in enumerate(earlier)]
        write(root / module, "\n".join(["import json", *imports, "", body]))
    for number in range(tests):
        used = rng.sample(modules, 2)
        imports = [f"import {name[:-3].replace('/', '.')}" for name in used]
        tier = "model" if number % 10 == 0 else "unit"
        write(
            root / "tests" / tier / f"test_{number}.py",
            "\n".join([*imports, "", "def test_it() -> None:", "    assert True", ""]),
        )
    write(root / "mlgate.yaml", CONFIG)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "switch", "-qc", "work")
    git(root, "commit", "-qm", "two", "--allow-empty")
    return root / modules[len(modules) // 3]


def seconds(command: list[str], root: Path) -> tuple[float, float]:
    """Seconds until a command ends, and of the processors that it used."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)
    took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(command: list[str], root: Path, runs: int, before: Callable[[], None] = lambda: None) -> tuple[float, float]:
    taken = []
    for _ in range(runs):
        before()
        taken.append(seconds(command, root))
    return statistics.median(wall for wall, _ in taken), statistics.median(used for _, used in taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    plan = [sys.executable, "-m", "mlgate", "plan", "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        module = make_repository(root, files=arguments.files, tests=arguments.files // 4)
        status = median(["git", "status", "--porcelain"], root, arguments.runs)
        start = median([sys.executable, "-m", "mlgate", "--version"], root, arguments.runs)
        nothing = median(plan, root, arguments.runs)
        module.write_text(module.read_text(encoding="utf-8") + "\nY = 2\n", encoding="utf-8")
        kept = root / ".git" / "mlgate"
        cold = median(plan, root, arguments.runs, lambda: shutil.rmtree(kept, ignore_errors=True))
        warm = median(plan, root, arguments.runs)
    print(f"{arguments.files} Python files, medians of {arguments.runs} runs, processes included")
    print(f"{'':<45}   wall  processors")
    for name, (wall, used) in (
        ("git status", status),
        ("mlgate --version", start),
        ("plan, nothing changed", nothing),
        ("plan, one module changed, nothing known", cold),
        ("plan, one module changed, the rest known", warm),
    ):
        print(f"{name:<45} {wall:6.2f} {used:6.2f} s")
    return int(max(nothing, cold, warm)[0] > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
