"""What a repository holds, seen from outside: data files, DVC, MLflow, tests, configs. Nothing is run or imported."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mlgate.sources import files, git
from mlgate.sources.survey_code import CodeFacts, look_at_code
from mlgate.sources.survey_mlflow import Mlflow, look_at_mlflow
from mlgate.sources.survey_tests import find_tests

DATA_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
PACKED = (".gz", ".zst")
CONFIG_ENDINGS = (".yaml", ".yml", ".json", ".toml")
CONFIG_FOLDERS = frozenset({"conf", "confs", "config", "configs", "cfg", "cfgs", "hparams"})
CONFIG_FILES = frozenset({"params.yaml", "config.yaml", "config.yml", "config.json", "config.toml", "hparams.yaml"})
MAX_FILES = 100_000
MAX_CODE = 8
_SKIPPED = {"node_modules", "__pycache__", "venv", "env", "build", "dist", "site-packages", "mlruns", "mlartifacts"}
_EXAMPLES = {"tests", "testing", "testdata", "test_data", "fixtures", "examples", "docs", "doc", "benchmarks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was seen. Paths are POSIX and relative to the surveyed folder, sorted.

    Parameters
    ----------
    data_files : of a format that the scan reads, outside of tests, examples and documentation
    tracked_data : those that a `.dvc` file beside them names, here or not
    ignored : data files that Git ignores and no `.dvc` file names: a clone does not have them
    tests : tiers, each with its folders and files
    code : entries at the top that are or hold Python files and notebooks
    python_files : how many Python files and notebooks there are
    configs : globs of config files, each with the number that it names
    pipelines : every `dvc.yaml`
    workflows : files of GitHub's workflows; `other_ci` the file of another service
    unread : what could not be looked at, each with its reason
    names : all files that were seen; `cut` whether there were more
    """

    data_files: tuple[str, ...] = ()
    tracked_data: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    uses_dvc: bool = False
    pipelines: tuple[str, ...] = ()
    mlflow: Mlflow = field(default_factory=Mlflow)
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    code: tuple[str, ...] = ()
    python_files: int = 0
    facts: CodeFacts = field(default_factory=CodeFacts)
    configs: Mapping[str, int] = field(default_factory=dict)
    workflows: tuple[str, ...] = ()
    other_ci: str = ""
    unread: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = field(default=(), repr=False)
    cut: bool = False


def survey(root: Path) -> Survey:
    """Look at a repository; folders that hold environments, builds, hidden files or other repositories are left out."""
    unread: list[tuple[str, str]] = []
    found: list[str] = []
    for name in _files(root, unread):
        if len(found) >= MAX_FILES:
            break
        found.append(name)
    pointers = {name.removesuffix(".dvc") for name in found if name.endswith(".dvc")}
    suites = _suites(found)
    data = [name for name in found if is_data(name) and not _is_example(name, suites) and _is_ours(root, name, unread)]
    code = [name for name in found if name.endswith((".py", ".ipynb"))]
    facts = look_at_code(root, code)
    return Survey(
        data_files=tuple(data),
        tracked_data=tuple(sorted(name for name in pointers if is_data(name) and not _is_example(name, suites))),
        ignored=_ignored(root, data) - pointers,
        uses_dvc=(root / ".dvc").is_dir() or bool(pointers),
        pipelines=tuple(name for name in found if name.rpartition("/")[2] == "dvc.yaml" and not _is_example(name)),
        mlflow=look_at_mlflow(root, found, facts),
        tests=find_tests(root, found),
        code=_code(code),
        python_files=len(code),
        facts=facts,
        configs=_configs(found),
        workflows=_workflows(files.repository_top(root) or root),
        other_ci=next((name for name in (".gitlab-ci.yml", "Jenkinsfile", ".circleci") if (root / name).exists()), ""),
        unread=tuple(unread),
        names=tuple(found),
        cut=len(found) >= MAX_FILES,
    )


def is_data(name: str) -> bool:
    """Whether a file name is one of a format that the scan reads.

    Examples
    --------
    >>> is_data("a.CSV.gz"), is_data("a.json"), is_data("csv")
    (True, False, False)
    """
    stem = name.lower()
    for packing in PACKED:
        stem = stem.removesuffix(packing)
    return stem.endswith(DATA_ENDINGS)


def _files(root: Path, unread: list[tuple[str, str]]) -> Iterator[str]:
    """Files below `root`, the folders in their order; links to folders are not followed."""
    start = len(os.fspath(root)) + 1

    def report(problem: OSError) -> None:
        name = os.fspath(problem.filename or "")[start:] or "."
        unread.append((_printable(name), problem.strerror or "cannot be read"))

    for folder, folders, names in os.walk(root, onerror=report):
        nested = folder != os.fspath(root) and ".git" in (*folders, *names)
        if "pyvenv.cfg" in names or nested:
            folders[:] = []
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _is_skipped(name))
        inner = folder[start:].replace(os.sep, "/")
        for name in sorted(names):
            path = f"{inner}/{name}" if inner else name
            if _printable(path) == path:
                yield path
            elif is_data(path):
                unread.append((_printable(path), "its name is not UTF-8, so no file can declare it"))


def _is_skipped(name: str) -> bool:
    return name in _SKIPPED or name.endswith(".egg-info")


def _printable(name: str) -> str:
    """A name as text that can be written anywhere."""
    return name.encode("utf-8", "backslashreplace").decode()


def _is_example(name: str, suites: frozenset[str] = frozenset()) -> bool:
    """Whether a file lies in a folder of tests or examples; one called `test` is among `suites` if it is one."""
    return any(part in _EXAMPLES for part in name.lower().split("/")[:-1]) or any(
        name.startswith(f"{suite}/") for suite in suites
    )


def _suites(found: list[str]) -> frozenset[str]:
    """Folders called `test` that hold Python files: another one may hold the test part of the data."""
    parents = {parent for name in found if name.endswith(".py") for parent in PurePosixPath(name).parents}
    return frozenset(parent.as_posix() for parent in parents if parent.name.lower() == "test")


def _is_ours(root: Path, name: str, unread: list[tuple[str, str]]) -> bool:
    """Whether a data file is a file of this repository that can be read: not a link out of it, nor one to nothing."""
    path = root / name
    try:
        if path.is_symlink():
            top = (files.repository_top(root) or root).resolve()
            if not path.resolve(strict=True).is_relative_to(top):
                unread.append((name, "a link that leads out of the repository"))
                return False
        if not path.is_file():
            unread.append((name, "no regular file"))
            return False
        if not os.access(path, os.R_OK):
            unread.append((name, "may not be read"))
            return False
    except (OSError, RuntimeError):
        unread.append((name, "a link that leads to no file"))
        return False
    return True


def _ignored(root: Path, data: list[str]) -> frozenset[str]:
    """Which of the files Git ignores; none where there is no Git to ask."""
    if not data or git.answer(root, ["rev-parse", "--is-inside-work-tree"]) != "true":
        return frozenset()
    return frozenset(data) - frozenset(git.list_files(root, ["."]))


def _code(code: list[str]) -> tuple[str, ...]:
    """Folders at the top that hold Python files or notebooks, and such files; all of it where there are many."""
    found = sorted({name.split("/")[0] for name in code} - {"setup.py"})
    return tuple(found) if len(found) <= MAX_CODE else (".",)


def _configs(found: list[str]) -> dict[str, int]:
    """Globs of the config files, by folder and ending, and files of well-known names."""
    globs: dict[str, int] = {}
    for name in found:
        *parents, file = name.split("/")
        ending = PurePosixPath(file).suffix.lower()
        if ending not in CONFIG_ENDINGS or _is_example(name) or any(mark in name for mark in "*?["):
            continue
        depth = next((place for place, part in enumerate(parents) if part.lower() in CONFIG_FOLDERS), None)
        if depth is not None:
            pattern = f"{'/'.join(parents[: depth + 1])}/**/*{ending}"
            globs[pattern] = globs.get(pattern, 0) + 1
        elif file in CONFIG_FILES:
            globs[name] = 1
    return globs


def _workflows(top: Path) -> tuple[str, ...]:
    folder = top / ".github" / "workflows"
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if path.suffix in (".yml", ".yaml")))
    except OSError:
        return ()
