"""Ways in which something unchecked could look like something that passed; each was possible once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlgate_hooks.config import main as config_hook
from mlgate_hooks.data import main as data_hook

SCHEMA = "version: 1\ncolumns:\n  a: {type: integer, between: [0, 1]}\n"
LAX = "version: 1\ncolumns:\n  a: {type: integer}\n"


@pytest.fixture(autouse=True)
def _own_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def write_test(place: Any, tier: str, body: str) -> None:
    place.write(f"tests/{tier}/test_{tier}.py", f"def test_it():\n    {body}\n")


def test_an_accepted_failure_does_not_switch_off_the_next_tier(place: Any) -> None:
    write_test(place, "unit", "assert 0")
    write_test(place, "integration", "assert 0")
    accepted = "accepted: [{id: 'unit/tests/unit/test_unit.py::test_it', reason: known, until: 2999-01-01}]\n"
    place.write(
        "mlgate.yaml",
        f"version: 1\ntiers: {{unit: {{tests: tests/unit}}, integration: {{tests: tests/integration}}}}\n{accepted}",
    )
    ran = place.run()
    assert ran.code == 1
    assert ran.outcome("unit/tests/unit/test_unit.py::test_it")["status"] == "warn"
    assert ran.outcome("integration/tests/integration/test_integration.py::test_it")["status"] == "fail"


def test_advisory_runs_every_tier(place: Any) -> None:
    write_test(place, "unit", "assert 0")
    write_test(place, "integration", "assert 0")
    place.write(
        "mlgate.yaml",
        "version: 1\nmode: advisory\ntiers: {unit: {tests: tests/unit}, integration: {tests: tests/integration}}\n",
    )
    ran = place.run()
    assert ran.code == 0
    assert ran.outcome("integration/tests/integration/test_integration.py::test_it")["status"] == "fail"


def test_tests_of_the_data_tier_whose_needs_are_gone_are_an_error(place: Any) -> None:
    place.write("data/x.csv", "a\n1\n")
    place.write("s.yaml", SCHEMA)
    write_test(place, "data", "assert 0")
    pointer = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 3\n  hash: md5\n  path: model.bin\n"
    place.write("model.bin.dvc", pointer)
    place.write(
        "mlgate.yaml",
        "version: 1\ndatasets: {x: {path: data/x.csv, schema: s.yaml}}\ntiers: {data: {tests: tests/data, needs: model.bin}}\n",
    )
    ran = place.run()
    assert ran.code == 3
    assert ran.outcome("data/pull/model.bin")["status"] == "error"
    assert ran.outcome("data/x/a/between")["status"] == "pass"


def test_a_path_through_a_linked_folder_is_judged_by_its_schema(
    place: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.write("mlgate.yaml", "version: 1\ndatasets: {x: {path: data/x.csv, schema: s.yaml}}\n")
    place.write("s.yaml", SCHEMA)
    place.write("data/x.csv", "a\n5\n")
    (place.root / "d2").symlink_to("data")
    (place.root / "link.csv").symlink_to("data/x.csv")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "link"
    elsewhere.symlink_to(place.root)
    for name in ("data/x.csv", "d2/x.csv", "link.csv", f"{elsewhere}/data/x.csv"):
        assert place.mlgate("data", "check", name).code == 1, name
        assert data_hook([name]) == 1, name
    place.write("s.yaml", SCHEMA.replace("between", "betwen"))
    assert config_hook([f"{elsewhere}/s.yaml"]) == 1


def test_every_declaration_of_a_file_counts_at_commit(place: Any) -> None:
    place.write("a.json", "{}")
    place.write("b.json", json.dumps({"required": ["seed"]}))
    place.write("configs/train.yaml", "lr: 1\n")
    place.write("s.yaml", SCHEMA)
    place.write("lax.yaml", LAX)
    place.write("data/x.csv", "a\n5\n")
    place.write(
        "mlgate.yaml",
        'version: 1\nconfigs: [{files: "configs/*.yaml", schema: a.json}, {files: configs/train.yaml, schema: b.json}]\n'
        'datasets: {all: {path: "data/*.csv", schema: lax.yaml}, x: {path: data/x.csv, schema: s.yaml}}\n',
    )
    assert place.run().code == 1
    assert config_hook(["configs/train.yaml"]) == 1
    assert data_hook(["data/x.csv"]) == 1
    ids = [outcome["id"] for outcome in place.run("--keep-going").report["outcomes"]]
    assert len(ids) == len(set(ids))


def test_a_glob_on_the_command_line_is_judged_by_the_schemas_of_its_files(place: Any) -> None:
    place.write("mlgate.yaml", "version: 1\ndatasets: {x: {path: data/x.csv, schema: s.yaml}}\n")
    place.write("s.yaml", SCHEMA)
    place.write("data/x.csv", "a\n5\n")
    place.write("data/y.csv", "a\n5\n")
    ran = place.mlgate("data", "check", "data/*.csv", "--format", "json")
    assert ran.code == 1
    assert "data/x/a/between" in {outcome["id"] for outcome in json.loads(ran.out)["outcomes"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.yaml", "lr: .nan\n"), ("c.toml", "lr = nan\n"), ("c.json", '{"lr": 1e999}'), ("c.yaml", "lr: .inf\n")],
)
def test_a_number_that_is_not_finite_satisfies_no_schema(place: Any, name: str, text: str) -> None:
    place.write("s.json", json.dumps({"properties": {"lr": {"type": "number", "minimum": 0}}}))
    place.write(name, text)
    assert place.mlgate("config", "check", name, "--schema", "s.json").code == 1


def test_a_skipped_gpu_tier_blocks_nothing_and_runs_nothing(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.sources.devices.ask_driver", lambda: None)  # whatever this machine has
    monkeypatch.setenv("CI", "false")
    write_test(place, "unit", "assert 1")
    write_test(place, "serving", "assert 0")
    write_test(place, "model", "assert 0")
    evaluation = "evaluations: {m: {command: [touch, RAN], predictions: p.csv, columns: {prediction: p}, metrics: {accuracy: {}}}}\n"
    tiers = "tiers: {unit: {tests: tests/unit}, model: {tests: tests/model, gpu: required}, serving: {tests: tests/serving}}\n"
    place.write("mlgate.yaml", f"version: 1\n{evaluation}{tiers}")
    ran = place.run()
    assert ran.code == 1
    assert ran.outcome("model/gpu")["status"] == "skip"
    assert ran.outcome("serving/tests/serving/test_serving.py::test_it")["status"] == "fail"
    assert not (place.root / "RAN").exists()


def test_a_tier_that_was_not_selected_is_named(place: Any) -> None:
    write_test(place, "unit", "assert 1")
    write_test(place, "integration", "assert 0")
    place.write(
        "mlgate.yaml", "version: 1\ntiers: {unit: {tests: tests/unit}, integration: {tests: tests/integration}}\n"
    )
    ran = place.run("--tier", "unit")
    assert ran.code == 0
    assert ran.report["provenance"]["not_selected"] == ["integration"]


def test_accepted_and_advisory_hold_at_commit_too(place: Any) -> None:
    project = "version: 1\ndatasets: {x: {path: data/x.csv, schema: s.yaml}}\n"
    place.write("s.yaml", SCHEMA)
    place.write("data/x.csv", "a\n5\n")
    place.write("mlgate.yaml", project + "accepted: [{id: data/x/a/between, reason: known, until: 2999-01-01}]\n")
    assert data_hook(["data/x.csv"]) == 0
    place.write("mlgate.yaml", project + "mode: advisory\n")
    assert data_hook(["data/x.csv"]) == 0
    place.write("mlgate.yaml", project)
    assert data_hook(["data/x.csv"]) == 1


def test_a_broken_project_file_among_the_subjects_is_a_finding_and_the_others_are_judged(place: Any) -> None:
    place.write("mlgate.yaml", "version: 1\nzzz: 1\n")
    place.write("a.yaml", "a: 1\na: 2\n")
    assert config_hook(["mlgate.yaml", "a.yaml"]) == 1
    said = place.capsys.readouterr().out
    assert "zzz" in said
    assert "stands twice" in said
    assert config_hook(["a.yaml"]) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "[" * 5000 + "]" * 5000),
        ("a.json", "9" * 5000),
        ("a.toml", "a = " + "[" * 3000),
        ("a.json", '{"a": "\\ud83d\\ude00"}'),
        ("a.json", json.dumps({"k" * 2000: 1})),
    ],
)
def test_odd_config_files_end_in_a_verdict(place: Any, name: str, text: str) -> None:
    place.write(name, text)
    ran = place.mlgate("config", "check", name)
    assert ran.code in (0, 1)
    assert "unexpected" not in ran.err
    assert ran.code == (0 if "ud83d" in text or "kkkk" in text else 1)


@pytest.mark.parametrize("schema", ['{"$ref": "#"}', '{"$schema": []}', '{"$ref": "#/nope"}'])
def test_a_json_schema_that_cannot_be_used_is_2(place: Any, schema: str) -> None:
    place.write("s.json", schema)
    place.write("a.yaml", "a: 1\n")
    assert place.mlgate("config", "check", "a.yaml", "--schema", "s.json").code == 2


def test_links_that_lead_out_or_nowhere_are_mistakes_of_ours(
    place: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (place.root / ".git").mkdir()
    outside = tmp_path_factory.mktemp("outside") / "s.yaml"
    outside.write_text(SCHEMA)
    place.write("mlgate.yaml", "version: 1\ndatasets: {x: {path: x.csv, schema: s.yaml}}\n")
    (place.root / "s.yaml").symlink_to(outside)
    assert place.run().code == 2
    (place.root / "s.yaml").unlink()
    (place.root / "s.yaml").symlink_to("s.yaml")
    assert place.run().code == 2


def test_a_failure_outlives_a_report_folder_that_cannot_be_written(place: Any) -> None:
    write_test(place, "unit", "assert 0")
    place.write("mlgate.yaml", "version: 1\ntiers: {unit: {tests: tests/unit}}\n")
    place.write("out", "a file\n")
    assert place.mlgate("run", "--output", "out").code == 2
    place.write("conftest.py", "import pathlib\npathlib.Path('late').write_text('x')\n")
    ran = place.mlgate("run", "--output", "late/report")
    assert ran.code == 1
    assert "test_it" in ran.out
    assert "cannot be written" in ran.err


def shell(place: Any, line: str) -> subprocess.CompletedProcess[str]:
    command = line.replace("mlgate", f"'{sys.executable}' -m mlgate")
    return subprocess.run(["bash", "-c", command], cwd=place.root, capture_output=True, text=True, check=False)


def test_closed_or_full_streams_do_not_change_the_verdict(place: Any) -> None:
    write_test(place, "unit", "assert 0")
    place.write("mlgate.yaml", "version: 1\ntiers: {unit: {tests: tests/unit}}\n")
    assert shell(place, "mlgate --version >&-").returncode == 0
    assert shell(place, "mlgate run >&-").returncode == 1
    assert shell(place, "mlgate run 2>/dev/full").returncode == 1
    assert shell(place, "mlgate run >/dev/full").returncode == 1
    assert shell(place, "mlgate run 2>&- >&-").returncode == 1


def test_a_misspelt_environment_is_a_mistake_and_another_one_is_not(place: Any) -> None:
    place.write(
        "s.yaml", "version: 1\ncolumns:\n  a: {type: integer}\n  l: {type: integer, environments: [training]}\n"
    )
    place.write("d.csv", "a,l\n1,x\n")
    project = "version: 1\ndatasets: {{d: {{path: d.csv, schema: s.yaml, environment: {}}}}}\n"
    place.write("mlgate.yaml", project.format("trainng"))
    ran = place.run()
    assert ran.code == 2
    assert "did you mean 'training'?" in ran.err
    assert place.mlgate("data", "check", "d.csv", "--schema", "s.yaml", "--environment", "trainng").code == 2
    place.write("mlgate.yaml", project.format("training"))
    assert place.run().code == 1
    place.write("d.csv", "a\n1\n")
    place.write("mlgate.yaml", project.format("serving"))
    assert place.run().code == 0
