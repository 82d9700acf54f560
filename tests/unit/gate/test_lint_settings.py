"""Files of settings that a script names: small ones inside the project are read, and nothing is kept that hangs on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.gate.lint_modules import MAX_SETTINGS_BYTES, Modules

SCRIPT = """\
import numpy as np
import yaml
np.random.seed(yaml.safe_load(open("config.yaml"))["seed"])
print(np.random.rand())
"""


def told(root: Path) -> list[str]:
    request = LintRequest(paths=(str(root / "run.py"),), start=root, families=("seeds",))
    return [outcome.check for outcome in lint_paths(request).outcomes if outcome.status.value not in ("pass", "skip")]


def test_a_config_that_changes_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "run.py").write_text(SCRIPT, encoding="utf-8")
    config = root / "config.yaml"
    config.write_text("seed: 3\n", encoding="utf-8")
    assert told(root) == []
    config.write_text("seed: null\n", encoding="utf-8")
    assert told(root) == ["unseeded-numpy"]
    config.write_text("seed: 3\n", encoding="utf-8")
    assert told(root) == []


def test_only_small_files_inside_the_project_are_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("seed:\n", encoding="utf-8")
    (root / "top.yaml").write_text("seed:\n", encoding="utf-8")
    (root / "src" / "near.yaml").write_text("seed: 1\n", encoding="utf-8")
    (root / "large.yaml").write_text("#" * (MAX_SETTINGS_BYTES + 1), encoding="utf-8")
    (root / "bytes.yaml").write_bytes(b"\xff\xfe")
    (root / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    modules = Modules(str(root), digests=False)
    assert modules.settings("near.yaml", "src/run.py") == "seed: 1\n"
    assert modules.settings("top.yaml", "src/run.py") == "seed:\n", "the top of the project counts too"
    for name in ("absent.yaml", "large.yaml", "bytes.yaml", "link.yaml", "../../outside.yaml", "src"):
        assert modules.settings(name, "src/run.py") is None, name
    assert modules.settings(str(tmp_path / "outside.yaml"), "src/run.py") is None
