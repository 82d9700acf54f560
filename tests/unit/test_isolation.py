"""What tests/conftest.py promises: the environment of the person or runner that starts the tests does not reach them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROBE = """
import os, subprocess
def test_probe():
    assert not {"MLFLOW_TRACKING_URI", "GITHUB_TOKEN", "MLGATE_FORMAT", "GIT_DIR"} & os.environ.keys()
    assert os.environ["HOME"] == "/leak"
    name = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=True).stdout
    assert name == "Test Person\\n"
"""


def test_nothing_leaks_into_a_test(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    leaks = {"MLFLOW_TRACKING_URI": "x", "GITHUB_TOKEN": "x", "MLGATE_FORMAT": "json", "GIT_DIR": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | leaks | {"HOME": "/leak", "GIT_CONFIG_GLOBAL": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
