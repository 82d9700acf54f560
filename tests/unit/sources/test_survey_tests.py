"""Whether the pytest on PATH can run tests is told from files: what they import, and what is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlgate.sources.survey_tests import why_not_runnable


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with pytest and numpy, and an empty repository."""
    packages = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    for name in ("numpy", "pytest"):
        (packages / name).mkdir(parents=True)
    (packages / "_speedups.cpython-312-x86_64-linux-gnu.so").touch()
    (tmp_path / "env" / "bin").mkdir()
    script = tmp_path / "env" / "bin" / "pytest"
    script.write_text(f"#!{tmp_path}/env/bin/python\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", os.fspath(script.parent))
    (tmp_path / "repository").mkdir()
    return tmp_path / "repository"


def ask(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return why_not_runnable(root, ["tests"], list(files))


TEST = "def test_a():\n    pass\n"


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({"tests/test_a.py": "import os, numpy as np\nimport pytest\nimport _speedups\n"}, ""),
        ({"tests/test_a.py": "import torch\n"}, "torch"),
        ({"tests/test_a.py": "try:\n    import torch\nexcept ImportError:\n    torch = None\n"}, ""),
        ({"tests/test_a.py": "import numpy.linalg, torch.nn\n"}, "torch.nn"),
        ({"tests/conftest.py": "import torch\n", "tests/test_a.py": TEST}, "torch"),
        ({"conftest.py": "import torch\n", "tests/test_a.py": TEST}, "torch"),
        # A package at the top is found where pytest puts the top on the path.
        ({"pkg/__init__.py": "", "tests/test_a.py": "import pkg\n"}, "pkg"),
        ({"pkg/__init__.py": "", "tests/__init__.py": "", "tests/test_a.py": "import pkg\n"}, ""),
        ({"pkg/__init__.py": "", "conftest.py": "", "tests/test_a.py": "import pkg\n"}, ""),
        ({"src/pkg/a.py": "", "pytest.ini": "[pytest]\npythonpath = src\n", "tests/test_a.py": "import pkg.a\n"}, ""),
        # What the package itself imports counts, also relative.
        ({"pkg/__init__.py": "import torch\n", "conftest.py": "", "tests/test_a.py": "from pkg import f\n"}, "torch"),
        ({"pkg/__init__.py": "", "pkg/b.py": "import torch\n", "conftest.py": "", "tests/test_a.py": "from pkg import b\n"},
         "torch"),
        ({"pkg/__init__.py": "from .b import f\n", "pkg/b.py": "f = 1\n", "conftest.py": "", "tests/test_a.py": "import pkg\n"},
         ""),
        ({"pkg/__init__.py": "from ._fast import f\n", "conftest.py": "", "tests/test_a.py": "import pkg\n"}, "._fast"),
        ({"pkg/__init__.py": "from ._fast import f\n", "pkg/_fast.cp312.so": "", "conftest.py": "",
          "tests/test_a.py": "import pkg\n"}, ""),
    ],
)  # fmt: skip
def test_imports(root: Path, files: dict[str, str], missing: str) -> None:
    told = ask(root, files)
    assert told.partition(" imports ")[2].partition(",")[0] == missing, told


def test_installed_for_editing(root: Path) -> None:
    packages = root.parent / "env" / "lib" / "python3.12" / "site-packages"
    (packages / "__editable__.pkg-1.pth").write_text(f"{root}/src\n")
    (packages / "__editable___other_finder.py").write_text("MAPPING: dict = {'other': '/somewhere'}\n")
    assert ask(root, {"src/pkg/__init__.py": "", "tests/test_a.py": "import pkg\nimport other\n"}) == ""


def test_settings_that_need_a_plugin(root: Path) -> None:
    told = ask(
        root, {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-q --cov=pkg"\n', "tests/test_a.py": TEST}
    )
    assert told == "pytest's settings hold --cov=pkg, and the pytest on PATH has no pytest_cov"


def test_no_pytest(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(root))
    assert ask(root, {"tests/test_a.py": TEST}) == "no pytest was found on PATH"


def test_a_file_that_is_not_python(root: Path) -> None:
    assert ask(root, {"tests/test_a.py": "def test_a(\n"}) == "tests/test_a.py is not valid Python"
    assert ask(root, {"tests/test_a.py": "def test_a():\n    assert '\\d' != ''\n"}) == ""
