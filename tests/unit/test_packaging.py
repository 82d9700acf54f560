"""What a user installs: the wheel, the commands, the hook manifest, and the lock of our own environment."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mlgate

pytestmark = pytest.mark.slow  # one test builds the wheel; it would be the last of all files

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
FROZEN_HOOKS = {"mlgate-config", "mlgate-seeds", "mlgate-data", "mlgate-tests", "mlgate-dvc", "mlgate-artifacts"}

# https://pre-commit.com/#creating-new-hooks; pre-commit itself accepts a key that it does not know.
MANIFEST_KEYS = {
    *("id", "name", "entry", "language", "alias", "files", "exclude", "types", "types_or", "exclude_types"),
    *("additional_dependencies", "args", "always_run", "fail_fast", "pass_filenames", "description"),
    *("language_version", "log_file", "require_serial", "stages", "verbose", "minimum_pre_commit_version"),
}


@pytest.fixture(scope="session")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel, built from the source distribution as a package index would."""
    folder = tmp_path_factory.mktemp("wheel")
    source, built = folder / "source", folder / "built"
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("mlgate", "hooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = ["build", "--no-build-isolation", "--offline", "--python", sys.executable, "--out-dir", str(built)]
    uv = Path(sys.executable).parent / "uv"
    done = subprocess.run([uv, *command, str(source)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = built.glob("*.whl")
    assert wheel.name == f"mlgate-{mlgate.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def package_files() -> dict[str, Path]:
    """Every file of the packages in the tree, by its name in the wheel."""
    return {
        "/".join([package, *path.relative_to(ROOT / folder).parts]): path
        for package, folder in (("mlgate", "mlgate"), ("mlgate_hooks", "hooks"))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_every_file_of_the_packages(wheel_names: set[str]) -> None:
    wanted = package_files().keys()
    assert len(wanted) > 100
    assert wanted - wheel_names == set()


def test_git_ignores_no_file_of_the_packages() -> None:
    """A `.gitignore` of the demo's template also counts here: what it names would never reach a clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a Git checkout")
    paths = "\n".join(str(path.relative_to(ROOT)) for path in package_files().values())
    command = ["git", "check-ignore", "--no-index", "--verbose", "--stdin"]
    done = subprocess.run(command, input=paths, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout == ""


def test_wheel_holds_nothing_else(wheel_names: set[str]) -> None:
    extra = {name for name in wheel_names if not name.startswith(("mlgate/", "mlgate_hooks/", "mlgate_pytest/"))}
    assert {name.split("/")[0] for name in extra} == {f"mlgate-{mlgate.__version__}.dist-info"}
    assert not [name for name in wheel_names if name.endswith(".pyc")]
    assert f"mlgate-{mlgate.__version__}.dist-info/licenses/LICENSE" in extra


@pytest.mark.parametrize(
    "part",
    [
        "mlgate/py.typed",
        "mlgate/pyramid/plugin/mlgate_pytest/__init__.py",
        "mlgate_pytest/recording.py",
        "mlgate/demo/template/.gitignore",
        "mlgate/demo/template/mlgate.yaml",
        "mlgate_hooks/config.py",
        "mlgate_hooks/data.py",
    ],
)
def test_wheel_holds_what_is_read_at_run_time(part: str, wheel_names: set[str]) -> None:
    assert part in wheel_names


def test_demo_data_is_in_the_wheel(wheel_names: set[str]) -> None:
    assert [name for name in wheel_names if name.startswith("mlgate/demo/") and name.endswith(".gz")]


@pytest.mark.parametrize("command", PROJECT["project"]["scripts"])
def test_command_exists(command: str) -> None:
    module, _, function = PROJECT["project"]["scripts"][command].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_version_is_one_fact() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", mlgate.__version__)
    assert "version" in PROJECT["project"]["dynamic"]


def hooks() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def test_hook_manifest_uses_known_keys_and_frozen_names() -> None:
    declared = hooks()
    assert declared
    assert {hook["id"] for hook in declared} <= FROZEN_HOOKS
    assert len({hook["id"] for hook in declared}) == len(declared)
    for hook in declared:
        assert hook.keys() - MANIFEST_KEYS == set(), hook["id"]
        assert {"id", "name", "entry", "language", "description", "minimum_pre_commit_version"} <= hook.keys()
        assert set(hook.get("stages", [])) <= {"pre-commit", "pre-push", "manual"}, hook["id"]


def test_every_hook_has_its_command() -> None:
    for hook in hooks():
        assert hook["entry"].split()[0] in PROJECT["project"]["scripts"], hook["id"]


def test_hooks_ask_for_what_the_extras_ask_for() -> None:
    extras = {text for texts in PROJECT["project"]["optional-dependencies"].values() for text in texts}
    assert {text for hook in hooks() for text in hook.get("additional_dependencies", [])} <= extras


def locked() -> dict[str, str]:
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
    }


def declared_requirements() -> list[Requirement]:
    project = PROJECT["project"]
    # Of bertscore torch comes with the user's project: gigabytes that the tests do without.
    extras = {name: extra for name, extra in project["optional-dependencies"].items() if name != "bertscore"}
    texts = [*project["dependencies"], *(text for extra in extras.values() for text in extra)]
    found = [Requirement(text) for text in texts]
    return [requirement for requirement in found if canonicalize_name(requirement.name) != "mlgate"]


def test_lock_covers_every_declared_dependency() -> None:
    versions = locked()
    for requirement in declared_requirements():
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(versions[name], prereleases=True), f"{requirement} but {versions[name]}"


def test_lock_has_a_hash_for_each_pin_and_names_no_host() -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links| @ ", LOCK) == []


def test_build_requirements_are_locked_too() -> None:
    for text in PROJECT["build-system"]["requires"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked()[canonicalize_name(requirement.name)])


def test_init_writes_the_workflow_that_is_linted() -> None:
    written = (ROOT / "mlgate" / "starter" / "workflow.yml").read_text(encoding="utf-8")
    assert written == (ROOT / "workflows" / "mlgate.yml").read_text(encoding="utf-8")
