"""What a repository holds, seen from outside: data files, DVC pointers, MLflow, tests. Nothing is run or imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlgate.outcome import TIERS

DATA_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
PACKED = (".gz", ".zst")
MAX_FILES = 100_000
MAX_CODE = 8
_SKIPPED = {"node_modules", "__pycache__", "venv", "env", "build", "dist", "site-packages", "mlruns", "mlartifacts"}
_MLFLOW_FILES = ("requirements.txt", "pyproject.toml", "environment.yml", "setup.cfg", "Pipfile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was seen. Paths are POSIX and relative to the surveyed folder, sorted.

    `tests` maps a tier to its folders; `code` are the entries at the top that are or hold Python files and notebooks;
    `mlflow` is a phrase that says where it was seen, or empty.
    """

    data_files: tuple[str, ...]
    tracked_data: tuple[str, ...]
    uses_dvc: bool
    mlflow: str
    tests: dict[str, tuple[str, ...]]
    code: tuple[str, ...]
    workflows: bool


def survey(root: Path) -> Survey:
    """Look at a repository; folders that hold environments, builds or hidden files are left out."""
    files = list(_files(root))
    tests = _tests(files)
    pointers = {name.removesuffix(".dvc") for name in files if name.endswith(".dvc")}
    data = [name for name in files if is_data(name) and not _is_test(name)]
    return Survey(
        data_files=tuple(data),
        tracked_data=tuple(sorted(name for name in pointers if is_data(name) and not _is_test(name))),
        uses_dvc=(root / ".dvc").is_dir() or bool(pointers),
        mlflow=_mlflow(root),
        tests=tests,
        code=_code(files),
        workflows=(root / ".github" / "workflows").is_dir(),
    )


def is_data(name: str) -> bool:
    """Whether a file name is one of a format that the scan reads."""
    stem = name.removesuffix(".gz").removesuffix(".zst")
    return stem.lower().endswith(DATA_ENDINGS)


def _files(root: Path) -> Iterator[str]:
    seen = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _SKIPPED and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            seen += 1
            if seen > MAX_FILES:
                return
            yield (Path(folder) / name).relative_to(root).as_posix()


def _is_test(name: str) -> bool:
    return any(part in ("tests", "test", "fixtures") for part in name.split("/")[:-1])


def _tests(files: list[str]) -> dict[str, tuple[str, ...]]:
    """Folders of pytest tests by tier: a folder called like a tier is that tier, the rest is `unit`."""
    folders: dict[str, set[str]] = {}
    for name in files:
        *parents, file = name.split("/")
        if not (file.startswith("test_") and file.endswith(".py")) and not file.endswith("_test.py"):
            continue
        depth = next((place for place, part in enumerate(parents) if part in TIERS), None)
        if depth is not None:
            folders.setdefault(parents[depth], set()).add("/".join(parents[: depth + 1]))
        else:
            top = next((place for place, part in enumerate(parents) if part in ("tests", "test")), len(parents) - 1)
            folders.setdefault("unit", set()).add("/".join(parents[: top + 1]) or file)
    tiers = {tier: tuple(sorted(folders[tier])) for tier in TIERS if tier in folders}
    claimed = {folder for tier, found in tiers.items() if tier != "unit" for folder in found}
    unit = tiers.get("unit", ())
    if any(other.startswith(f"{folder}/") for folder in unit for other in claimed | set(unit)):
        # A folder that contains another tier's folder would run those tests twice: name its files instead.
        loose = [name for name in files if any(name.startswith(f"{folder}/") for folder in unit)]
        plain = [
            name
            for name in loose
            if name.rsplit("/", 1)[-1].startswith("test_")
            and not any(name.startswith(f"{folder}/") for folder in claimed)
        ]
        tiers["unit"] = tuple(sorted(plain))
    return tiers


def _code(files: list[str]) -> tuple[str, ...]:
    """Folders at the top that hold Python files or notebooks, and such files; all of it where there are many."""
    found = sorted({name.split("/")[0] for name in files if name.endswith((".py", ".ipynb"))} - {"setup.py"})
    return tuple(found) if len(found) <= MAX_CODE else (".",)


def _mlflow(root: Path) -> str:
    if os.environ.get("MLFLOW_TRACKING_URI"):
        return "MLFLOW_TRACKING_URI is set"
    if (root / "mlflow.db").is_file():
        return "mlflow.db"
    for name in _MLFLOW_FILES:
        try:
            text = (root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "mlflow" in text:
            return name
    return ""
