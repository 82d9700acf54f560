"""Imports point one way (docs/design.md, section Layers); a module that has no place fails too."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"mlgate": ROOT / "mlgate", "mlgate_hooks": ROOT / "hooks"}

FACTS = frozenset({"outcome", "errors", "late"})
READ = FACTS | {"config"}
CHECKS = frozenset({"lint", "data", "metrics"})
BELOW_GATE = READ | CHECKS | {"registry", "pyramid", "sources", "render"}
TOP = frozenset({"cli", "hooks", "demo"})

SEES: dict[str, frozenset[str]] = {
    "late": frozenset(),
    "outcome": frozenset({"late"}),
    "errors": frozenset(),
    "config": READ,
    "lint": READ | {"lint"},
    "data": READ | {"data"},
    "metrics": READ | {"metrics"},
    "registry": READ | CHECKS,
    "pyramid": READ | {"pyramid"},
    "sources": READ | {"sources"},
    "render": READ | {"render"},
    "gate": BELOW_GATE | {"gate"},
    "api": BELOW_GATE | {"gate"},
    "api_data": BELOW_GATE | {"gate"},
    "api_declared": BELOW_GATE | {"gate"},
    **dict.fromkeys(TOP, BELOW_GATE | {"gate"} | TOP),
}
"""What each part of mlgate may import of mlgate. `mlgate` itself (its version) is open to all."""

HEAVY = frozenset({"numpy", "pandas", "duckdb", "pyarrow", "scipy", "mlflow", "dvc", "pytest", "jsonschema", "sklearn"})
HEAVY_AT_TOP = {"metrics": frozenset({"numpy"})}
"""The gate imports `metrics` late, so its modules may be written in numpy; all else is imported inside functions."""

OUTSIDE = frozenset({"subprocess", "socket", "requests", "mlflow", "dvc", "urllib.request", "http.client"})
"""Roads to processes and networks: only `sources` has them."""

PLUGIN = "mlgate.pyramid.plugin."
"""Modules that run in the environment of the user's tests: standard library and pytest, nothing of ours."""
ASKS_THE_GATE = frozenset({PLUGIN + "mlgate_pytest.declared"})
"""What of the plugin asks the gate's public API, once it is called, where both are installed side by side."""


@dataclass(frozen=True)
class Import:
    """One imported module, by its absolute name."""

    name: str
    line: int
    at_top: bool  # runs when the importing module is imported


def imports(source: str, module: str, *, is_package: bool) -> Iterator[Import]:
    """Every import of `source`: also in functions, relative, by `importlib`, and for type checkers only."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    yield from _walk(ast.parse(source), package, at_top=True)


def _walk(node: ast.AST, package: list[str], *, at_top: bool) -> Iterator[Import]:
    for name in _names(node, package):
        yield Import(name, getattr(node, "lineno", 0), at_top)
    late: list[ast.AST] = []  # children that do not run when the module is imported
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            at_top = False
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body):
            late = [*body]
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, package, at_top=at_top and child not in late)


def _names(node: ast.AST, package: list[str]) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=name, level=level, names=names):
            base = package[: len(package) - level + 1] if level else []
            return [".".join([*base, *([name] if name else []), alias.name]) for alias in names]
        case ast.Call(
            func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
            args=[ast.Constant(value=str() as name), *_],
        ):
            return [name]
    return []


def part_of(name: str) -> str | None:
    """The part of mlgate that an absolute name belongs to; None for the outside and for `mlgate` itself.

    Examples
    --------
    >>> part_of("mlgate.data.drift"), part_of("mlgate_hooks.config"), part_of("json")
    ('data', 'hooks', None)
    """
    head, _, rest = name.partition(".")
    if head == "mlgate_hooks":
        return "hooks"
    if head != "mlgate" or not rest or rest.startswith("__version__"):
        return None
    return "cli" if rest == "__main__" else rest.split(".")[0]


def _is(name: str, libraries: frozenset[str]) -> bool:
    return any(name == library or name.startswith(library + ".") for library in libraries)


def violations(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """What a module imports although its layer may not see it."""
    part = part_of(module)
    if part is None:
        # `import mlgate` costs a hook nothing: the public names are imported when they are first used.
        return [
            f"{module}: imports {item.name}"
            for item in imports(source, module, is_package=is_package)
            if (item.at_top or part_of(item.name) not in ("api", "api_data", "data"))
            and item.name.partition(".")[0] not in ("__future__", "typing")
        ]
    if part not in SEES:
        return [f"{module}: the part {part!r} has no place in the layers"]
    found = []
    for item in imports(source, module, is_package=is_package):
        target = part_of(item.name)
        place = f"{module}:{item.line}"
        allowed = SEES[part]
        if module.startswith(PLUGIN):
            allowed = frozenset({"api", "api_declared"}) if module in ASKS_THE_GATE and not item.at_top else frozenset()
        if target is not None and target not in allowed:
            found.append(f"{place}: {part} imports {item.name}")
        if (
            item.at_top
            and _is(item.name, HEAVY - HEAVY_AT_TOP.get(part, frozenset()))
            and not module.startswith(PLUGIN)
        ):
            found.append(f"{place}: {item.name} is heavy and imported at the top")
        if part != "sources" and _is(item.name, OUTSIDE):
            found.append(f"{place}: {item.name} belongs in sources")
    return found


@cache
def modules() -> dict[str, Path]:
    """Every module of the two packages by its name; the demo's template is somebody else's project."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            if path.is_relative_to(ROOT / "mlgate" / "demo" / "template"):
                continue
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@pytest.mark.parametrize("module", modules())
def test_module_sees_only_the_layers_below(module: str) -> None:
    path = modules()[module]
    source = path.read_text(encoding="utf-8")
    assert violations(source, module, is_package=path.name == "__init__.py") == []


def test_all_parts_are_looked_at() -> None:
    assert {part_of(module) for module in modules()} >= {"outcome", "errors", "config", "data", "metrics", "sources"}


def test_plugin_imports_the_standard_library_and_pytest_only() -> None:
    plugin = {module: path for module, path in modules().items() if module.startswith(PLUGIN)}
    assert plugin
    for module, path in plugin.items():
        names = {
            item.name.split(".")[0] for item in imports(path.read_text(encoding="utf-8"), module, is_package=False)
        }
        assert names <= sys.stdlib_module_names | {"pytest", "_pytest", "xdist", "mlgate_pytest"} | (
            {"mlgate"} if module in ASKS_THE_GATE else set()
        )


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("mlgate.outcome", "import mlgate.errors"),
        ("mlgate.config.project", "from mlgate.data import schema"),
        ("mlgate.config.project", "from mlgate import data"),
        ("mlgate.config.project", "from ..data import schema"),
        ("mlgate.data.drift", "def f():\n    from mlgate.metrics import bootstrap"),
        ("mlgate.data.drift", "from mlgate.registry import CHECKS"),
        ("mlgate.data.drift", "if TYPE_CHECKING:\n    from mlgate.sources import files"),
        ("mlgate.data.drift", "import importlib\nimportlib.import_module('mlgate.gate')"),
        ("mlgate.registry", "from mlgate import gate"),
        ("mlgate.sources.git", "from mlgate.lint import rules"),
        ("mlgate.render.text", "from mlgate.sources import files"),
        ("mlgate.gate.run", "class C:\n    def f(self):\n        import mlgate.cli"),
        ("mlgate.gate.run", "import mlgate_hooks.config"),
        ("mlgate.pyramid.plan", "from mlgate.gate import load"),
        ("mlgate.pyramid.plugin.mlgate_pytest.marks", "from mlgate.outcome import Status"),
        ("mlgate.pyramid.plugin.mlgate_pytest.marks", "from . import results"),
        ("mlgate.novelty.thing", "import json"),
        ("mlgate", "from mlgate.cli import main"),
        ("mlgate.sources.tables", "import numpy as np"),
        ("mlgate.cli.data", "try:\n    import pandas\nexcept ImportError:\n    pass"),
        ("mlgate.metrics.rank", "from scipy import stats"),
        ("mlgate.data.drift", "def f():\n    import subprocess"),
        ("mlgate.cli.run", "from urllib.request import urlopen"),
    ],
)
def test_violation_is_found(module: str, source: str) -> None:
    assert len(violations(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("mlgate.outcome", "from __future__ import annotations\nimport json"),
        (
            "mlgate.data.drift",
            "from mlgate.outcome import Outcome\nfrom .bins import edges\nfrom mlgate import __version__",
        ),
        ("mlgate.data.drift", "def f():\n    import numpy as np"),
        ("mlgate.data.drift", "if TYPE_CHECKING:\n    import numpy as np"),
        ("mlgate.metrics.rank", "import numpy as np\ndef f():\n    from scipy import stats"),
        ("mlgate.registry", "from mlgate import data, lint, metrics"),
        ("mlgate.sources.git", "import subprocess\nfrom mlgate.errors import SourceError"),
        ("mlgate.cli.demo", "from mlgate.demo import make"),
        ("mlgate.__main__", "from mlgate.cli import main"),
        ("mlgate_hooks.config", "from mlgate.cli.config import check"),
        ("mlgate.pyramid.plugin.mlgate_pytest.marks", "import json\nimport pytest"),
        ("mlgate.cli.run", "from urllib.parse import quote"),
    ],
)
def test_allowed_import_is_not_flagged(module: str, source: str) -> None:
    assert violations(source, module) == []


def test_relative_import_in_a_package_starts_at_the_package() -> None:
    found = list(imports("from . import drift\nfrom .. import errors", "mlgate.data", is_package=True))
    assert [item.name for item in found] == ["mlgate.data.drift", "mlgate.errors"]
