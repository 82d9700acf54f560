"""The tests of a repository by tier, and whether the pytest on PATH can run them: told from files, nothing is run."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import sys
import tomllib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.outcome import TIERS
from mlgate.sources.survey_code import read_start

_TEST = re.compile(r"^\s*(?:async\s+)?def test|^class Test", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from[ \t]+(\.*[\w.]*)[ \t]+import\b([^#\n]*)|import[ \t]+([^#\n]+))", re.MULTILINE)
_BUILT = (".so", ".pyd")
_PLUGINS = {"--cov": "pytest_cov", "-n": "xdist", "--numprocesses": "xdist", "--timeout": "pytest_timeout"}
_PLUGINS |= {"--benchmark": "pytest_benchmark", "--mypy": "pytest_mypy", "--asyncio-mode": "pytest_asyncio"}
_MAX_FOLLOWED = 300
_MAX_PARSED = 100
_MAX_BYTES = 500_000


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
    parts = file.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


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
    scripts += sorted((above & frozenset(names)) - set(scripts))
    for name in scripts[:_MAX_PARSED]:
        if not _is_python(read_start(root / name, _MAX_BYTES)):
            return f"{name} is not valid Python"
    inside = (_inside(root, place) for place in found.places)
    tree = _tree(scripts, names, [*places, *(place for place in inside if place is not None)])
    missing = _missing(root, scripts, tree, found)
    return f"{missing[1]} imports {missing[0]}, which the pytest on PATH has not" if missing else ""


@dataclass(frozen=True, slots=True)
class Tree:
    """What an import can find in the repository.

    Parameters
    ----------
    known : files, folders of Python files, and modules of built extensions without their ending
    folders : that are searched for a module's name; empty for the top
    """

    known: frozenset[str]
    folders: tuple[str, ...]

    def files_of(self, name: str, parts: Sequence[str]) -> list[str] | None:
        """Files that an import of a module runs; None where there is a part of it and the rest is absent.

        Parameters
        ----------
        name : the file that imports
        parts : of the module's name; a relative one starts with a part for each dot, which is empty
        """
        if parts and not parts[0]:
            above = name.split("/")[:-1]
            dots = next((place for place, part in enumerate(parts) if part), len(parts))
            return self._below(above[: len(above) - dots + 1], parts[dots:]) or (None if parts[dots:] else [])
        for folder in self.folders:
            found = self._below(folder.split("/") if folder else [], parts)
            if found is None or found:
                return found
        return []

    def _below(self, above: Sequence[str], parts: Sequence[str]) -> list[str] | None:
        found = []
        for length in range(1, len(parts) + 1):
            path = "/".join([*above, *parts[:length]])
            if f"{path}.py" in self.known:
                found.append(f"{path}.py")
            elif path in self.known:
                found.append(f"{path}/__init__.py")
            else:
                return None if found else []
        return found


def _is_python(text: str) -> bool:
    """Whether a text can be parsed by this Python; one that is cut off is taken to be."""
    if len(text) >= _MAX_BYTES:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _tree(scripts: Sequence[str], names: Sequence[str], places: Sequence[str]) -> Tree:
    folders = {folder for name in names if name.endswith((".py", *_BUILT)) for folder in _above(name)}
    built = {
        f"{folder}/{file.partition('.')[0]}".lstrip("/")
        for folder, _, file in (name.rpartition("/") for name in names if name.endswith(_BUILT))
    }
    known = frozenset(names) | folders | built
    return Tree(known, tuple(dict.fromkeys([*places, *_roots(scripts, known)])))


def _missing(root: Path, scripts: Sequence[str], tree: Tree, found: Interpreter) -> tuple[str, str] | None:
    """The first module that the files, or modules of the repository that they import, would not find; and in which."""
    waiting, followed = list(scripts), set(scripts)
    while waiting and len(followed) <= _MAX_FOLLOWED:
        name = waiting.pop()
        for module, optional in _imports(read_start(root / name)):
            parts = _parts(module)
            if not parts or parts[0] in sys.stdlib_module_names:
                continue
            own = tree.files_of(name, parts)
            absent = own is None if not parts[0] else not own
            if absent and not optional and (not parts[0] or parts[0] not in found.names):
                return module, name
            new = [file for file in own or () if file not in followed]
            followed.update(new)
            waiting += new
    return None


def _parts(module: str) -> list[str]:
    """Parts of a module's name, with an empty one for each dot that a relative one starts with.

    Examples
    --------
    >>> _parts("a.b"), _parts("..c"), _parts(".")
    (['a', 'b'], ['', '', 'c'], [''])
    """
    plain = module.lstrip(".")
    return [*[""] * (len(module) - len(plain)), *(plain.split(".") if plain else [])]


def _imports(text: str) -> Iterator[tuple[str, bool]]:
    """What lines without indent import, and whether it need not be a module; what is indented may be absent."""
    for start, members, plain in _IMPORT.findall(text):
        if not start:
            yield from ((part.split()[0], False) for part in plain.split(",") if part.split())
            continue
        if start.strip("."):
            yield start, False
        joint = "" if start.endswith(".") else "."
        for member in re.findall(r"(\w+)(?:\s+as\s+\w+)?", members):
            yield f"{start}{joint}{member}", True


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
