"""The tests of a repository by tier, and whether the pytest on PATH can run them: told from files, nothing is run."""

from __future__ import annotations

import configparser
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mlgate.outcome import TIERS
from mlgate.sources.survey_code import read_start

_TEST = re.compile(r"^\s*(?:async\s+)?def test|^class Test", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from\s+([A-Za-z_][\w.]*)\s+import\b|import\s+(.+))", re.MULTILINE)
_PLUGINS = {"--cov": "pytest_cov", "-n": "xdist", "--numprocesses": "xdist", "--timeout": "pytest_timeout"}
_PLUGINS |= {"--benchmark": "pytest_benchmark", "--mypy": "pytest_mypy", "--asyncio-mode": "pytest_asyncio"}
_MAX_FOLLOWED = 300


def find_tests(root: Path, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Folders and files of pytest tests by tier: in a folder called like a tier they are of that tier, else `unit`.

    Files without a test function are no tests. What is named for one tier holds no file of another one.
    """
    tiers: dict[str, set[str]] = {}
    for name in names:
        *parents, file = name.split("/")
        if _is_test_file(file) and not _is_packaged(parents) and _TEST.search(read_start(root / name)):
            tier = next((part for part in parents if part in TIERS), "unit")
            tiers.setdefault(tier, set()).add(name)
    return {tier: tuple(_covered(tiers, tier)) for tier in TIERS if tier in tiers}


def _is_test_file(file: str) -> bool:
    return file.endswith(".py") and (file.startswith("test_") or file.endswith("_test.py"))


def _is_packaged(parents: Sequence[str]) -> bool:
    """Whether a file lies below examples or test data, which a project's own pytest does not run."""
    return any(part in ("fixtures", "testdata", "test_data") for part in parents)


def _covered(tiers: Mapping[str, set[str]], tier: str) -> list[str]:
    """Folders called like the tier; else the highest that hold tests of the tier alone, or the files themselves."""
    foreign = {parent for other, files in tiers.items() if other != tier for file in files for parent in _above(file)}
    covered = set()
    for file in tiers[tier]:
        free = [parent for parent in _above(file) if parent not in foreign]
        named = [parent for parent in free if parent.rpartition("/")[2] == tier]
        suites = [parent for parent in free if _is_suite(parent)]
        covered.add((named or suites or [file])[-1])
    return sorted(covered)


def _above(file: str) -> list[str]:
    """Folders of a file, the innermost first."""
    return [parent.as_posix() for parent in PurePosixPath(file).parents if parent.name]


def _is_suite(folder: str) -> bool:
    """Whether a folder is one of tests by its name, or lies in one."""
    return any(part in ("tests", "test", *TIERS) for part in folder.split("/"))


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What the Python of the pytest on PATH can import, as its folders say.

    Parameters
    ----------
    names : top-level modules that are installed
    places : further folders that are searched, those of editable installs
    """

    names: frozenset[str] = frozenset()
    places: tuple[Path, ...] = field(default=())


def why_not_runnable(root: Path, tests: Iterable[str], names: Sequence[str]) -> str:
    """Why the tests of a tier may not run with the pytest on PATH; empty where nothing speaks against it.

    Parameters
    ----------
    tests : folders and files of the tier
    names : all files of the repository
    """
    found = _interpreter()
    if found is None:
        return "no pytest was found on PATH"
    places, options = _pytest_settings(root)
    for option in options:
        plugin = next((module for flag, module in _PLUGINS.items() if option == flag or option.startswith(flag)), None)
        if plugin and plugin not in found.names:
            return f"pytest's settings hold {option}, and the pytest on PATH has no {plugin}"
    chosen = [name for name in names if any(name == test or name.startswith(f"{test}/") for test in tests)]
    scripts = [name for name in chosen if _is_test_file(name.rpartition("/")[2]) or name.endswith("conftest.py")]
    above = {f"{parent}/conftest.py" for name in scripts for parent in _above(name)} | {"conftest.py"}
    known = frozenset(names) | {folder for name in names if name.endswith(".py") for folder in _above(name)}
    scripts += sorted((above & known) - set(scripts))
    missing = _missing(root, scripts, known, found, [*places, *_roots(scripts, known)])
    return f"{missing[1]} imports {missing[0]}, which the pytest on PATH has not" if missing else ""


def _missing(
    root: Path, scripts: Sequence[str], known: frozenset[str], found: Interpreter, places: Sequence[str]
) -> tuple[str, str] | None:
    """The first module that the files, or modules of the repository that they import, would not find; and in which."""
    folders = list(dict.fromkeys([*places, *(_inside(root, place) for place in found.places)]))
    waiting, followed = list(scripts), set(scripts)
    while waiting and len(followed) <= _MAX_FOLLOWED:
        name = waiting.pop()
        for module in _imports(read_start(root / name)):
            top = module.partition(".")[0]
            if top in sys.stdlib_module_names:
                continue
            own = list(_own_files(module, folders, known))
            if not own and top not in found.names:
                return top, name
            new = [file for file in own if file not in followed]
            followed.update(new)
            waiting += new
    return None


def _imports(text: str) -> Iterator[str]:
    """Modules that lines without indent import: what stands in a `try` or a function may be absent."""
    for start, plain in _IMPORT.findall(text):
        if start:
            yield start
        else:
            yield from (part.split()[0] for part in plain.split("#")[0].split(",") if part.split())


def _own_files(module: str, folders: Sequence[str | None], known: frozenset[str]) -> Iterator[str]:
    """Files of the repository that an import of a module runs; of a package without `__init__.py`, where it would be.

    `known` holds the files of the repository and the folders of Python files.
    """
    parts = module.split(".")
    for folder in folders:
        if folder is None:
            continue
        start = f"{folder}/" if folder else ""
        for length in range(1, len(parts) + 1):
            path = start + "/".join(parts[:length])
            if f"{path}.py" in known:
                yield f"{path}.py"
            elif path in known:
                yield f"{path}/__init__.py"


def _roots(scripts: Iterable[str], known: frozenset[str]) -> list[str]:
    """Folders that pytest puts on the path: of each file, the first one upwards that is no package."""
    roots = []
    for name in scripts:
        folder = name.rpartition("/")[0]
        while folder and f"{folder}/__init__.py" in known:
            folder = folder.rpartition("/")[0]
        roots.append(folder)
    return list(dict.fromkeys(roots))


def _inside(root: Path, place: Path) -> str | None:
    try:
        relative = place.resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError):
        return None
    return "" if relative == "." else relative


def _pytest_settings(root: Path) -> tuple[list[str], list[str]]:
    """`pythonpath` and `addopts`, as pytest reads them from the first file that has them."""
    for file in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        text = read_start(root / file)
        try:
            if file.endswith(".toml"):
                entries = tomllib.loads(text).get("tool", {}).get("pytest", {}).get("ini_options", {})
            else:
                parser = configparser.RawConfigParser(strict=False)
                parser.read_string(text)
                section = "tool:pytest" if file == "setup.cfg" else "pytest"
                entries = dict(parser[section]) if parser.has_section(section) else {}
        except (configparser.Error, tomllib.TOMLDecodeError, AttributeError):
            continue
        if entries:
            places, options = (_words(entries.get(key)) for key in ("pythonpath", "addopts"))
            return ["" if place == "." else place.removeprefix("./") for place in places], options
    return [], []


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else str(value or "").split()


def _interpreter() -> Interpreter | None:
    """The Python of the pytest on PATH, by the first line of its script; None where there is no pytest."""
    script = shutil.which("pytest")
    if script is None:
        return None
    first = read_start(Path(script), 500).partition("\n")[0]
    python = Path(first.removeprefix("#!").split()[0]) if first.startswith("#!/") else Path(script)
    prefix = (python if first.startswith("#!/") else Path(script)).parent.parent
    names: set[str] = set()
    places: list[Path] = []
    for pattern in ("lib/python3*/site-packages", "lib/python3*/dist-packages", "local/lib/python3*/dist-packages"):
        for folder in prefix.glob(pattern):
            _add_installed(folder, names, places)
    return Interpreter(frozenset(names), tuple(places))


def _add_installed(folder: Path, names: set[str], places: list[Path]) -> None:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        names.add(entry.name.partition(".")[0])
        if entry.suffix == ".pth":
            places += [Path(line) for line in read_start(entry).splitlines() if line.startswith("/")]
        elif entry.name.startswith("__editable__") and entry.suffix == ".py":
            names.update(re.findall(r"'(\w+)': '", read_start(entry)))
