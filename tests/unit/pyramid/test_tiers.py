"""Order of the tiers, and the command of one."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Tier
from mlgate.outcome import TIERS
from mlgate.pyramid.tiers import PLUGIN, order, pytest_command

RESULTS = Path("/out/results.jsonl")
LAUNCHER = ("/venv/bin/python", "-m", "pytest")


@given(st.permutations(TIERS))
def test_order_is_cheapest_first(names: list[str]) -> None:
    assert [tier.name for tier in order(Tier(name=name) for name in names)] == list(TIERS)


def test_order_refuses_a_tier_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="nightly"):
        order([Tier(name="nightly")])


def test_command_adds_the_plugin_and_leaves_the_rest_to_the_user() -> None:
    tier = Tier(name="unit", tests=("tests/unit", "tests/test_a.py::test_b[x y]"))
    command = pytest_command(tier, launcher=LAUNCHER, results=RESULTS, extra=("-q",))
    assert command.argv == (
        *LAUNCHER,
        "-p",
        "mlgate_pytest",
        "--mlgate-results=/out/results.jsonl",
        "--rootdir=.",
        "-q",
        "tests/unit",
        "tests/test_a.py::test_b[x y]",
    )
    assert command.env == {"PYTHONPATH": str(PLUGIN)}


@pytest.mark.parametrize(
    ("python_path", "expected"),
    [("", [str(PLUGIN)]), ("src", ["src", str(PLUGIN)]), (f"a{os.pathsep}{os.pathsep}b", ["a", "b", str(PLUGIN)])],
)
def test_python_path_is_extended_and_never_gains_the_working_folder(python_path: str, expected: list[str]) -> None:
    command = pytest_command(Tier(name="unit", tests=("t",)), launcher=(), results=RESULTS, python_path=python_path)
    assert command.env["PYTHONPATH"].split(os.pathsep) == expected


@pytest.mark.parametrize(("path", "argument"), [("-x", "./-x"), ("@list", "./@list"), ("a/-x", "a/-x")])
def test_a_path_stays_a_path(path: str, argument: str) -> None:
    assert pytest_command(Tier(name="unit", tests=(path,)), launcher=(), results=RESULTS).argv[-1] == argument


def test_a_tier_without_tests_has_no_command() -> None:
    with pytest.raises(ValueError, match="declares no tests"):
        pytest_command(Tier(name="data"), launcher=LAUNCHER, results=RESULTS)


def test_results_are_an_absolute_path() -> None:
    with pytest.raises(ValueError, match="absolute"):
        pytest_command(Tier(name="unit", tests=("t",)), launcher=LAUNCHER, results=Path("results.jsonl"))


def test_plugin_is_python_3_9_with_the_standard_library_and_pytest() -> None:
    assert [entry.name for entry in PLUGIN.iterdir() if entry.name != "__pycache__"] == ["mlgate_pytest"]
    for file in PLUGIN.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 9))
        names = {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names <= {"pytest", "mlgate_pytest"}
        assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))
