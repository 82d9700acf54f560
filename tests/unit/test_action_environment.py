"""`scripts/action_environment.py`, which runs before anything of mlgate is installed."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "action_environment.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("action_environment", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def action(tmp_path: Path) -> Path:
    folder = tmp_path / "action"
    (folder / "mlgate" / "sub").mkdir(parents=True)
    (folder / "mlgate" / "sub" / "a.py").write_text("a = 1\n", encoding="utf-8")
    (folder / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    return folder


def test_it_needs_the_standard_library_alone() -> None:
    names = set()
    for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=found):
                names |= {alias.name.split(".")[0] for alias in found}
            case ast.ImportFrom(module=str(module)):
                names.add(module.split(".")[0])
    assert names <= sys.stdlib_module_names


def test_the_key_follows_everything_that_the_environment_is_made_of(
    script: ModuleType, action: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key(extras: str = "ci", temporary: Path = tmp_path) -> str:
        return str(script.environment(extras, action, temporary).key)

    first = key()
    assert re.fullmatch(r"mlgate-ci-\w+-\w+-3\.\d+\.\d+-[0-9a-f]{32}", first)
    (action / "mlgate" / "__pycache__").mkdir()
    (action / "mlgate" / "__pycache__" / "a.pyc").write_bytes(b"0")
    (action / "tests.py").write_text("1", encoding="utf-8")
    assert key() == first
    keys = {first, key("core"), key(temporary=tmp_path / "other")}  # an environment cannot be moved
    (action / "mlgate" / "sub" / "a.py").rename(action / "mlgate" / "sub" / "b.py")
    keys.add(key())
    (action / "mlgate" / "sub" / "b.py").write_text("a = 2\n", encoding="utf-8")
    keys.add(key())
    (action / "requirements.lock").write_text("a==2\n", encoding="utf-8")
    keys.add(key())
    monkeypatch.setattr(sys, "version", "3.99.0 (another build)")
    keys.add(key())
    monkeypatch.setattr(sys, "executable", "/elsewhere/python")
    keys.add(key())
    assert len(keys) == 8


def test_the_lock_file_gives_exact_versions(script: ModuleType) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = script.constraints(lock)
    names = re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==", lock, re.MULTILINE)
    assert [line.partition("==")[0] for line in found] == names
    assert not [line for line in found if "\\" in line or "[" in line or "--hash" in line]


def test_programs_lie_where_the_system_has_them(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = script.Environment("core", PureWindowsPath(r"D:\a\_temp\mlgate-core"), "k")
    monkeypatch.setattr(script.os, "name", "nt")
    assert windows.python == PureWindowsPath(r"D:\a\_temp\mlgate-core\Scripts\python.exe")
    assert list(script.outputs([windows])) == [
        r"core-folder=D:\a\_temp\mlgate-core",
        "core-programs=/d/a/_temp/mlgate-core/Scripts",
        "core-key=k",
    ]


def test_an_environment_is_taken_only_if_it_is_whole_and_starts(script: ModuleType, tmp_path: Path) -> None:
    """One as a cache brings it; its interpreter is this one, which has mlgate."""
    made = script.Environment("core", tmp_path / "mlgate-core", "key")
    assert not script.is_ready(made)
    made.programs.mkdir(parents=True)
    made.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    made.python.chmod(0o755)
    assert not script.is_ready(made)  # never finished
    (made.folder / script.READY).write_text("key", encoding="utf-8")
    assert script.is_ready(made)
    (made.folder / script.READY).write_text("another", encoding="utf-8")
    assert not script.is_ready(made)
    (made.folder / script.READY).write_text("key", encoding="utf-8")
    made.python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert not script.is_ready(made)
    made.python.unlink()
    assert not script.is_ready(made)


def test_the_places_are_outputs_of_the_step(action: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    environ = {"GITHUB_ACTION_PATH": str(action), "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output)}
    subprocess.run([sys.executable, "-I", str(SCRIPT), "places"], env=environ, timeout=60, check=True)
    said = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
    assert sorted(said) == sorted(f"{e}-{n}" for e in ("core", "ci") for n in ("folder", "programs", "key"))
    assert said["ci-programs"] == f"{tmp_path}/mlgate-environment/bin"  # templates start it from there
