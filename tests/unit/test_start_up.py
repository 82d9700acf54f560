"""A commit hook starts on every commit: what it does not need, it does not import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "pandas", "duckdb", "pyarrow", "scipy", "dvc", "mlflow", "pytest", "requests", "jsonschema"}

PROBE = """
import importlib, sys
out, target, *arguments = sys.argv[1:]
sys.argv = ["mlgate", *arguments]
module, _, function = target.partition(":")
code = 0
try:
    loaded = importlib.import_module(module)
    if function:
        code = getattr(loaded, function)()
except SystemExit as end:
    code = end.code
with open(out, "w") as file:
    file.write(" ".join(sys.modules))
sys.exit(code)
"""


def run_and_list_modules(
    target: str, arguments: list[str], folder: Path
) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run `module` or `module:function` in a fresh interpreter; what it had imported at its end."""
    seen = folder / "modules.txt"
    # Coverage of subprocesses imports what a start must not: here it would be taken for ours.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(seen), target, *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done, set(seen.read_text(encoding="utf-8").split()) if seen.exists() else set()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mlgate.yaml").write_text('version: 1\nconfigs:\n  - {files: "configs/*.yaml"}\n', encoding="utf-8")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "train.yaml").write_text("seed: 7\nepochs: 3\n", encoding="utf-8")
    (tmp_path / "schema.json").write_text('{"type": "object", "required": ["seed"]}', encoding="utf-8")
    (tmp_path / "train.py").write_text("import random\n\nrandom.seed(7)\nprint(random.random())\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text("def test_it():\n    assert f(1) == 2\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("target", "arguments"),
    [
        ("mlgate.cli", []),
        ("mlgate.cli:main", ["--version"]),
        ("mlgate.cli:main", ["--help"]),
        ("mlgate.cli:main", ["config", "check", "mlgate.yaml"]),
        ("mlgate.cli:main", ["config", "check", "configs/train.yaml"]),
        ("mlgate_hooks.config", []),
        ("mlgate_hooks.config:main", ["configs/train.yaml"]),
        ("mlgate_hooks.data", []),
        ("mlgate_hooks.dvc:main", []),
        ("mlgate.cli:main", ["lint", "train.py"]),
        ("mlgate_hooks.seeds", []),
        ("mlgate_hooks.tests", []),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_nothing_heavy_is_imported(target: str, arguments: list[str], project: Path) -> None:
    done, loaded = run_and_list_modules(target, arguments, project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.partition(":")[0] in loaded
    assert loaded & HEAVY == set()


def test_a_plan_is_made_with_the_core_alone(project: Path) -> None:
    declared = "version: 1\nlint: {paths: [.]}\ntiers: {unit: {tests: [test_it.py]}}\n"
    (project / "mlgate.yaml").write_text(declared, encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["commit", "-qm", "two", "--allow-empty"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *command], cwd=project, check=True, timeout=60
        )
    (project / "test_it.py").write_text("import train\n", encoding="utf-8")
    done, loaded = run_and_list_modules("mlgate.cli:main", ["plan", "--base", "HEAD"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_it.py: it changed" in done.stdout
    assert "mlgate.gate.project_graph" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("target", "file"), [("mlgate_hooks.seeds:main", "train.py"), ("mlgate_hooks.tests:main", "test_it.py")]
)
def test_a_clean_commit_of_code_costs_the_rules_alone(target: str, file: str, project: Path) -> None:
    done, loaded = run_and_list_modules(target, [file], project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "mlgate.gate.lint_quick" in loaded
    unneeded = {"click", "yaml", "json", "hashlib", "tempfile", "subprocess", "multiprocessing", "mlgate.cli"}
    assert loaded & (HEAVY | unneeded) == set()
    assert not [name for name in loaded if name.startswith(("mlgate.render", "mlgate.config"))]


TABLE_METRICS = ["--metric", "accuracy:0.01", "--metric", "f1", "--metric", "roc_auc", "--positive", "1"]


@pytest.mark.parametrize("output", [[], ["--format", "json"]])
def test_comparison_of_small_files_needs_numpy_and_nothing_else(output: list[str], tmp_path: Path) -> None:
    for name, seed in (("old.csv", 3), ("new.csv", 5)):
        rows = [
            f"{n},{n % 2},{n % 2 if n % seed else 1 - n % 2},0.{n * seed % 10},{'ab'[n % 3 % 2]}" for n in range(300)
        ]
        text = "\n".join(["id,label,prediction,score,ward", *rows, ""])
        (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = ["compare", "old.csv", "new.csv", *TABLE_METRICS, "--slice", "ward", *output]
    done, loaded = run_and_list_modules("mlgate.cli:main", arguments, tmp_path)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "accuracy" in done.stdout
    assert loaded & HEAVY == {"numpy"}
    assert loaded.isdisjoint({"subprocess", "socket", "ssl", "importlib.metadata", "mlgate.config.project_file"})


def test_json_schema_is_imported_once_a_schema_is_declared(project: Path) -> None:
    arguments = ["config", "check", "configs/train.yaml", "--schema", "schema.json"]
    done, loaded = run_and_list_modules("mlgate.cli:main", arguments, project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded & HEAVY == {"jsonschema"}


SLOW = {"click", "dataclasses", "pathlib", "inspect", "ast", "typing", "json", "urllib.parse", "tempfile", "subprocess"}
"""What the hooks that are measured against check-yaml start without, beside all that is heavy."""


def test_the_hook_of_configs_imports_nothing_that_it_can_do_without(project: Path) -> None:
    done, loaded = run_and_list_modules("mlgate_hooks.config:main", ["configs/train.yaml"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every check holds" in done.stdout
    # What the interpreter of the tests imports by itself, through its .pth files, is not ours.
    _, before = run_and_list_modules("yaml", [], project)
    assert (loaded - before) & (SLOW | HEAVY) == set()
    assert not any(name.startswith(("mlgate.cli", "mlgate.render", "mlgate.config.project")) for name in loaded)


@pytest.mark.parametrize(
    ("schema", "library"),
    [('{"type": "object", "required": ["seed"]}', set()), ('{"propertyNames": {"maxLength": 9}}', {"jsonschema"})],
)
def test_the_hook_of_configs_imports_json_schema_only_for_rare_keywords(
    schema: str, library: set[str], project: Path
) -> None:
    declared = 'version: 1\nconfigs:\n  - {files: "configs/*.yaml", schema: schema.json}\n'
    (project / "mlgate.yaml").write_text(declared, encoding="utf-8")
    (project / "schema.json").write_text(schema, encoding="utf-8")
    done, loaded = run_and_list_modules("mlgate_hooks.config:main", ["configs/train.yaml"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded & HEAVY == library
    assert not any(
        name.startswith(("click", "mlgate.cli", "mlgate.render", "mlgate.config.project")) for name in loaded
    )


def test_a_commit_without_models_and_data_costs_next_to_nothing(project: Path) -> None:
    done, loaded = run_and_list_modules("mlgate_hooks.artifacts:main", ["configs/train.yaml", "schema.json"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded.isdisjoint(HEAVY | {"click", "yaml", "dataclasses", "inspect", "mlgate.errors"})


def test_the_data_hook_starts_without_click_and_the_engine_without_its_package(project: Path) -> None:
    (project / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done, loaded = run_and_list_modules("mlgate_hooks.data:main", ["table.csv"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded.isdisjoint({"click", "numpy", "pandas", "mlgate.config.evaluation"})
    assert "duckdb" in loaded
    if "_duckdb" in loaded:  # an older duckdb has its engine inside the package
        assert "duckdb._version" not in loaded
    idle, loaded = run_and_list_modules("mlgate_hooks.data:main", ["configs/train.yaml"], project)
    assert idle.returncode == 0, idle.stdout + idle.stderr
    assert "duckdb" not in loaded
