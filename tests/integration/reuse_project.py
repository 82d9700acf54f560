"""A project whose every test file hangs on one kind of input, and an environment for it of which all is known."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import textwrap
import venv
from pathlib import Path

PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")
FILES = {
    ".gitignore": "__pycache__/\n.pytest_cache/\nmade/\n.venv/\n",
    "clinic/__init__.py": "",
    "clinic/model.py": "from clinic.units import FACTOR\n\ndef score(x):\n    return FACTOR * x\n",
    "clinic/units.py": "FACTOR = 2\n",
    "clinic/plugins/__init__.py": "",
    "clinic/plugins/one.py": "NAME = 'one'\n",
    "clinic/apart.py": "ALONE = True\n",
    "scripts/tell.py": "print(2)\n",
    "scripts/run.sh": "exit 0\n",
    "configs/train.json": '{"epochs": 3}\n',
    "data/rows.csv": "a\n1\n",
    "data/declared.bin": "declared",
    "data/native.bin": "native",
    "docs/guide.md": "# Guide\n",
    "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef limit():\n    return 3\n",
    "tests/test_asks.py": """
        import os
        def test_asks(): assert not os.path.exists('models/best.bin') and os.path.getsize('data/rows.csv') == 4
        """,
    "tests/test_code.py": """
        from clinic import model
        def test_score(): assert model.score(1) == 2
        """,
    "tests/test_computed.py": """
        import importlib
        def test_plugin():
            name = 'one'
            assert importlib.import_module(f'clinic.plugins.{name}').NAME == 'one'
        """,
    "tests/test_config.py": """
        import json, pathlib
        def test_epochs(): assert json.loads(pathlib.Path('configs/train.json').read_text())['epochs'] == 3
        """,
    "tests/test_data.py": """
        def test_rows():
            with open('data/rows.csv') as stream: assert stream.read() == 'a\\n1\\n'
        """,
    "tests/test_date.py": """
        import datetime
        def test_day(): assert datetime.date.today().year > 2000
        """,
    "tests/test_folder.py": """
        import pathlib
        def test_one(): assert len(list(pathlib.Path('data').glob('*.csv'))) == 1
        """,
    "tests/test_library.py": """
        import tinylib, tinyedit
        def test_version(): assert (tinylib.VERSION, tinyedit.VERSION) == (1, 1)
        """,
    "checks/test_native.py": """
        import ctypes
        def test_native():  # read by machine code: Python does not hear of it
            libc = ctypes.CDLL('libc.so.6')
            buffer = ctypes.create_string_buffer(100)
            here = libc.open(b'data/native.bin', 0)
            assert libc.read(here, buffer, 100) == 6
            libc.close(here)
        """,
    "tests/test_optional.py": """
        try:
            import extra
        except ImportError:
            extra = None
        def test_absent(): assert extra is None
        """,
    "tests/test_plain.py": """
        import pytest
        def test_sum(limit): assert 1 + 2 == limit
        @pytest.mark.skip(reason='never')
        def test_marked(): pass
        """,
    "checks/test_process.py": """
        import subprocess, sys
        def test_tells(): assert subprocess.check_output([sys.executable, 'scripts/tell.py']).strip() == b'2'
        """,
    "tests/test_variable.py": """
        import os
        def test_named(): assert os.environ.get('CLINIC_NAMED', 'x') == 'x'
        """,
    "tests/test_writes.py": """
        import pathlib
        def test_writes(tmp_path):
            pathlib.Path('made').mkdir(exist_ok=True)
            pathlib.Path('made/out.txt').write_text('x')
            assert pathlib.Path('made/out.txt').read_text() == 'x'
            (tmp_path / 'y').write_text('y')
            assert (tmp_path / 'y').read_text() == 'y'
        """,
    "pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\n",
    "mlgate.yaml": """
        version: 1
        tiers:
          unit:
            tests: [tests]
            python: .venv/bin/python
            inputs: [data/declared.bin]
            environment: [CLINIC_DECLARED]
          integration: {tests: [checks], python: .venv/bin/python}
        """,
}
TESTS = tuple(sorted(path for path in FILES if "/test_" in path))


def make_project(root: Path, environment: Path) -> None:
    """The project in a repository of its own, with its environment inside."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    (root / "scripts/run.sh").chmod(0o755)
    (root / ".venv").symlink_to(environment)
    (root / ".gitignore").write_text(FILES[".gitignore"] + ".venv\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True, timeout=60)


def make_environment(folder: Path, edited: Path) -> None:
    """An environment with pytest, one library, and one that lies elsewhere (`edited`)."""
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    here = Path(sysconfig.get_paths()["purelib"])
    for name in PYTEST:
        found = [here / name, *here.glob(f"{name}-*.dist-info")]
        for path in found:
            shutil.copytree(path, packages / path.name)
    shutil.copy(here / "py.py", packages)
    install(packages, 1)
    edited.mkdir()
    (edited / "tinyedit.py").write_text("VERSION = 1\n", encoding="utf-8")
    (packages / "tinyedit.pth").write_text(f"{edited}\n", encoding="utf-8")
    assert sys.version_info >= (3, 11)


def install(packages: Path, version: int) -> None:
    """One version of a library, as an installer would leave it."""
    for old in packages.glob("tinylib-*.dist-info"):
        shutil.rmtree(old)
    (packages / "tinylib.py").write_text(f"VERSION = {version}\n", encoding="utf-8")
    listed = packages / f"tinylib-{version}.0.dist-info"
    listed.mkdir()
    (listed / "RECORD").write_text(f"tinylib.py,sha256=v{version},12\n", encoding="utf-8")
