from __future__ import annotations

import ast
import email
import importlib
import pathlib
from pathlib import Path

import pytest

from mlgate.pyramid.imports import asked_by


def parsed(source: str) -> set[str]:
    """Every import of a source as `ast` sees it, in the words of `asked_by`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            found |= {f"{base}{'' if not base.strip('.') else '.'}{alias.name}" for alias in node.names}
    return found


def sources() -> list[Path]:
    """Sources of many hands: our own, the standard library's, and those of pytest."""
    standard = Path(pathlib.__file__).parent
    standard = standard if standard.name != "pathlib" else standard.parent
    mine = Path(__file__).parents[3] / "mlgate"
    other = [Path(email.__file__).parent, Path(importlib.__file__).parent, Path(pytest.__file__).parent]
    found = [*standard.glob("*.py"), *mine.rglob("*.py")]
    return sorted([*found, *(path for folder in other for path in folder.rglob("*.py"))])


def test_no_import_that_a_parser_sees_is_missed() -> None:
    seen = 0
    for path in sources():
        source = path.read_text(encoding="utf-8", errors="replace")
        missed = parsed(source) - set(asked_by(source).names)
        assert missed == set(), path
        seen += 1
    assert seen > 300


@pytest.mark.parametrize(
    "source",
    [
        "import a.b as c, d",
        "from a import (b,  # not (c)\n    d as e,\n)",
        "from .a import b",
        "from . import a, b",
        "from ...a.b import c",
        "from a \\\n    import b, \\\n    c",
        "def f():\n    if x: import a; from b import c",
        "from a import *",
        'x = "what you import (see below"\nfrom a import b',
        "try:\r\n    import a\r\nexcept ImportError:\r\n    from b import(c)",
        "import a # and import b\nimport c",
        "from.a import b",
    ],
)
def test_forms_of_an_import(source: str) -> None:
    assert parsed(source) <= set(asked_by(source).names)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('import_module("clinic")', "clinic"),
        ('pytest.importorskip("clinic")', "clinic"),
        ('importlib.import_module(name="clinic.model")', "clinic.model"),
        ('mock.patch("clinic.model.score")', "clinic.model.score"),
        ('pytest_plugins = ["fixtures"]', "fixtures"),
        ('pytest_plugins: list[str] = (\n    "one",\n    "two",\n)', "two"),
    ],
)
def test_a_name_that_stands_in_a_text(source: str, name: str) -> None:
    asked = asked_by(source)
    assert name in asked.names
    assert not asked.computed


@pytest.mark.parametrize(
    "source",
    [
        "import_module(name)",
        'importlib.import_module(f"clinic.{name}")',
        "__import__(name)",
        "from importlib import import_module as load\nload('x')",
        "list(map(importlib.import_module, names))",
        "for found in pkgutil.iter_modules(folder): pass",
        "exec(text)",
        "runpy.run_path('train.py')",
        "hydra.utils.instantiate(config)",
        "pytest_plugins = names()",
    ],
)
def test_a_computed_import_is_told(source: str) -> None:
    assert asked_by(source).computed


@pytest.mark.parametrize(
    "source", ["from importlib import import_module\nimport_module('a.b')", "cursor.exec(query)", "executor.run()"]
)
def test_a_plain_import_is_not_computed(source: str) -> None:
    assert not asked_by(source).computed


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("model = joblib.load(path)", True),
        ("pickle.loads(content)", True),
        ("import pickle as pkl", True),
        ("from joblib import dump, load", True),
        ("from joblib import (\n    dump,\n    load,\n)", True),
        ("state = torch.load(path)", True),
        ("mlflow.sklearn.load_model(uri)", True),
        ("Net.load_from_checkpoint(path)", True),
        ("pd.read_pickle(path)", True),
        ("np.load(path, allow_pickle=True)", True),
        ("import torch\nfrom torch import nn\njoblib.dump(model, path)\njson.load(file)", False),
        ("from torch import nn\nloads = 3", False),
    ],
)
def test_what_loads_saved_objects_is_told(source: str, *, told: bool) -> None:
    assert asked_by(source).pickles is told


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("open('README.md')", True),
        ('(PROMPTS / f"{name}.md").read_text()', True),
        ('folder.glob("*.rst")', True),
        ('ROOT / "docs" / "a"', True),
        ("open('docs/table.html')", True),
        ('open("LICENSE")', True),
        ('"""See docs/plan.md, the README and its docstring."""\nx = "a doc"', False),
    ],
)
def test_texts_that_name_documentation_are_told(source: str, *, told: bool) -> None:
    assert asked_by(source).documents is told


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('os.environ["A"]', ("A",)),
        ('os.environ.get("B", "x")', ("B",)),
        ("os.getenv('C')", ("C",)),
        ('if "D" in os.environ: pass', ("D",)),
        ("environ['E'] + getenv(\"F\")", ("E", "F")),
        ("MODE = 'CLINIC_MODE'", ("CLINIC_MODE",)),  # asked for by this constant, from another file
        ("[k for k in os.environ if k.startswith('CLINIC_')]", ("CLINIC_",)),
        ('os.environ[f"CLINIC_{name}"]', ("CLINIC_",)),
        ("Path.home() / 'x'", ("HOME",)),
        ("os.path.expanduser('~')", ("HOME",)),
        ("print('environ')", ()),
    ],
)
def test_environment_variables_are_named(source: str, names: tuple[str, ...]) -> None:
    assert asked_by(source).variables == names


def test_the_date_and_the_search_path() -> None:
    assert asked_by("datetime.now(UTC)").clock
    assert asked_by("date.today()").clock
    for source in ("time.time()", "default_factory=datetime.utcnow", "pd.Timestamp('now')", "strftime('%Y')"):
        assert asked_by(source).clock
    assert not asked_by("time.monotonic() + perf_counter()  # for now").clock
    assert asked_by("sys.path.insert(0, folder)").search_path
    assert asked_by("sys.path[:0] = [folder]").search_path
    assert not asked_by("for entry in sys.path: print(entry)").search_path


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "from subprocess import run",
        "with mock.patch('subprocess.run'): pass",
        "os.system('make')",
        "await asyncio.create_subprocess_exec('make')",
        "def test(pytester): pass",
        "import testcontainers.postgres",
    ],
)
def test_a_start_of_processes_is_told(source: str) -> None:
    assert asked_by(source).processes


@pytest.mark.parametrize("source", ["import multiprocessing", "process = 1", "system(1)", "costs(3)"])
def test_what_starts_no_other_program_is_not_told(source: str) -> None:
    assert not asked_by(source).processes


@pytest.mark.parametrize(
    ("source", "existence", "sizes"),
    [
        ("if not os.path.exists(path): skip()", True, False),
        ("(ROOT / 'model.pkl').is_file()", True, False),
        ("os.stat(path).st_size < 100", True, True),
        ("os.path.getsize(path)", False, True),
        ("there, exists = 1, 2", False, False),
    ],
)
def test_questions_about_files_are_told(source: str, *, existence: bool, sizes: bool) -> None:
    assert (asked_by(source).existence, asked_by(source).sizes) == (existence, sizes)


def test_a_module_that_is_only_looked_for_is_named() -> None:
    assert asked_by("HAS = importlib.util.find_spec('extra') is not None").names == ("extra",)
    assert asked_by("find_spec(name)").computed
    assert asked_by("import lazy_loader as lazy\n__getattr__ = lazy.attach(__name__, ['model'])").computed


def test_listings_are_told() -> None:
    assert all(
        asked_by(text).listings for text in ("root.rglob('*.py')", "os.walk(top)", "Path().iterdir()", "glob.glob(x)")
    )
    assert not asked_by("path.glob_name, walk, listdir").listings
