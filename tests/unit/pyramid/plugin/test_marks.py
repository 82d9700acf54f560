"""The marker of tiers, priorities and GPUs, and the choice of tests by tier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mlgate.api_declared  # noqa: F401  # kept by pytester, which forgets what a run within imports
from mlgate.outcome import TIERS
from mlgate_pytest import marks
from mlgate_pytest.marks import tier_of_path, tiers_naming

pytest_plugins = ["pytester"]

MARKED = """
import pytest
pytestmark = pytest.mark.mlgate(tier="model")

def test_of_the_module(): pass

@pytest.mark.mlgate(priority="P0", tier="unit")
def test_of_its_own(request):
    assert request.node.user_properties == [("mlgate", {"tier": "unit", "priority": "P0"})]

@pytest.mark.mlgate(priority="P3")
class TestOfAClass:
    def test_it(self, request):
        assert request.node.user_properties == [("mlgate", {"tier": "model", "priority": "P3"})]
"""


def test_the_tiers_are_those_of_the_gate() -> None:
    assert marks.TIERS == TIERS


def passed(result: pytest.RunResult) -> set[str]:
    """Names of the tests that passed in a verbose run."""
    lines = (line.split() for line in result.stdout.lines if " PASSED" in line)
    return {words[0].rpartition("::")[2] for words in lines}


def test_a_marker_is_known_and_the_nearest_one_counts(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(test_marked=MARKED)
    run("--strict-markers").assert_outcomes(passed=3)
    assert passed(run("-v", "--mlgate-tier=unit")) == {"test_of_its_own"}
    assert passed(run("-v", "--mlgate-tier", "model")) == {"test_of_the_module", "test_it"}
    run("--mlgate-tier=unit", "--mlgate-tier=model").assert_outcomes(passed=3)
    assert "mlgate(tier=None, priority=None, gpu=None)" in run("--markers").stdout.str()


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ('tier="unti"', "unknown tier 'unti'; did you mean 'unit'? known: static, unit"),
        ('priority="P5"', "unknown priority 'P5'; known: P0"),
        ("priority=1", "unknown priority 1; did you mean 'P1'?"),
        ("tier=['unit']", "unknown tier ['unit']"),
        ('gpu="yes"', "unknown gpu 'yes'; known: required, preferred"),
        ('teir="unit"', "unknown argument 'teir'; did you mean 'tier'?"),
        ('"unit"', "write 'unit' by name: tier=, priority= or gpu="),
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--mlgate-tier=data",)], ids=["all", "another tier"])
def test_a_wrong_marker_is_an_error_of_its_test_alone(
    pytester: pytest.Pytester, run: Any, marker: str, told: str, arguments: tuple[str, ...]
) -> None:
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.mlgate({marker})\ndef test_wrong(): pass\n"
        '@pytest.mark.mlgate(tier="data")\ndef test_right(): pass\n'
    )
    found = run(*arguments)
    found.assert_outcomes(passed=1, errors=1)
    assert f"@pytest.mark.mlgate: {told}" in found.stdout.str()
    assert "Traceback" not in found.stdout.str()


def test_what_a_conftest_marks_counts(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makeconftest(
        """
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                if item.name != "test_plain":
                    item.add_marker(pytest.mark.mlgate(tier="model" if item.name == "test_a" else "modle"))
        """
    )
    pytester.makepyfile(test_it="def test_a(): pass\ndef test_wrong(): pass\ndef test_plain(): pass\n")
    run("--mlgate-tier=model").assert_outcomes(passed=1, errors=1, deselected=1)


def test_an_unknown_tier_on_the_command_line_runs_nothing(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile("def test_it(): pass")
    found = run("--mlgate-tier=modle")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert "--mlgate-tier: unknown tier 'modle'; did you mean 'model'?" in found.stderr.str()


@pytest.mark.parametrize(
    ("path", "tiers", "tier"),
    [
        ("tests/unit/test_a.py", {}, "unit"),
        ("tests/unit/data/test_a.py", {}, "unit"),
        ("serving/tests/unit/test_a.py", {}, "unit"),
        ("unit/test_a.py", {}, "unit"),
        ("tests/test_unit.py", {}, None),
        ("tests/unit/test_a.py", {"model": ["tests"]}, "model"),
        ("tests/unit/test_a.py", {"model": ["tests"], "unit": ["tests/unit"]}, "unit"),
        ("checks/test_a.py", {"data": ["checks/test_a.py"]}, "data"),
        ("checks/test_b.py", {"data": ["checks/test_a.py"], "model": ["check"]}, None),
        ("test_a.py", {"serving": ["."]}, "serving"),
        ("../other/test_a.py", {"serving": ["."]}, None),
    ],
)
def test_tier_of_a_path(path: str, tiers: dict[str, list[str]], tier: str | None, tmp_path: Path) -> None:
    assert tier_of_path((tmp_path / path).resolve(), tmp_path.resolve(), tiers) == tier


def test_a_file_of_several_tiers_is_named_by_all(tmp_path: Path) -> None:
    tiers = {"model": ["tests"], "unit": ["tests/a.py"]}
    assert tiers_naming(tmp_path / "tests/a.py", tmp_path, tiers) == ["unit", "model"]


def test_tiers_are_those_of_mlgate_yaml_where_it_names_the_file(pytester: pytest.Pytester, run: Any) -> None:
    pytester.path.joinpath("mlgate.yaml").write_text(
        "version: 1\ntiers:\n  model: {tests: [checks]}\n", encoding="utf-8"
    )
    for folder in ("checks", "tests/unit", "elsewhere"):
        path = pytester.mkdir(folder) if "/" not in folder else pytester.path / folder
        path.mkdir(parents=True, exist_ok=True)
        name = folder.replace("/", "_")
        (path / f"test_{name}.py").write_text(f"def test_{name}(): pass\n", encoding="utf-8")
    assert passed(run("-v", "--mlgate-tier=model")) == {"test_checks"}
    assert passed(run("-v", "--mlgate-tier=unit")) == {"test_tests_unit"}
    pytester.path.joinpath("mlgate.yaml").write_text("version: 1\ntires: {}\n", encoding="utf-8")
    wrong = run("--mlgate-tier=model")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    assert "mlgate.yaml:2:1: unknown key 'tires'" in wrong.stderr.str()
    run("checks").assert_outcomes(passed=1)  # who does not ask for tiers does not meet the mistake


def test_under_the_gate_a_marked_test_runs_in_its_own_tier_or_fails(
    pytester: pytest.Pytester, run: Any, tmp_path: Path
) -> None:
    pytester.makepyfile(
        test_it='import pytest\ndef test_plain(): pass\n@pytest.mark.mlgate(tier="model")\ndef test_model(): pass\n'
        '@pytest.mark.mlgate(tier="serving")\ndef test_lost(): pass\n'
    )
    told = {"root": str(pytester.path), "tiers": {"unit": ["."], "model": ["test_it.py"], "serving": ["serving"]}}
    file = tmp_path / "handover.json"
    for tier, wanted in (("unit", {"test_plain"}), ("model", {"test_plain", "test_model"})):
        file.write_text(json.dumps({**told, "tier": tier}), encoding="utf-8")
        found = run("-v", f"--mlgate-context={file}")
        found.assert_outcomes(passed=len(wanted), errors=1)
        assert passed(found) == wanted
        assert "marked for the tier serving, whose `tests` in mlgate.yaml do not name its file" in found.stdout.str()
