"""The short way of the hook: it says what the whole check says, or leaves it to that."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.config.project_file import project_json_schema
from mlgate.gate.config_quick import SECTIONS, holding, told
from mlgate_hooks.config import main

PROJECT = """version: 1
datasets: {people: {path: people.csv, schema: people.yaml}}
configs:
  - {files: "configs/*.yaml", schema: s.json, seed: required, paths: [data.train, "*.extra"]}
  - {files: "other/**/*.json", reader: omegaconf}
"""
SCHEMA = {"type": "object", "required": ["seed"], "properties": {"seed": {"type": "integer"}}}
GOOD = {
    "configs/a.yaml": "seed: 7\ndata: {train: people.csv}\n",
    "other/deep/b.json": '{"lr": 0.1}',
    "plain.toml": "a = 1\n",
    "plain.ini": "[a]\nb = 1\n",
    "hydra.yaml": "_target_: a.B\nlr: 1e-3\nx: ${lr}\n",
    "served.yaml": "# yaml-language-server: $schema=s.json\nseed: 1\n",
}
ODD = {
    "bad.yaml": "a: [1\n",
    "warned.yaml": "a: no\n",
    "fetched.yaml": "# yaml-language-server: $schema=https://example.org/s.json\na: 1\n",
    "wrong.yaml": "# yaml-language-server: $schema=s.json\nseed: x\n",
    "lost.yaml": "# yaml-language-server: $schema=gone.json\nseed: 1\n",
    "configs/b.yaml": "a: 1\n",
    "people.yaml": "version: 1\ncolumns: {id: {type: integer}}\n",
    "mlgate.yaml": PROJECT,
}


@pytest.fixture
def project(place: Any) -> Any:
    for name, text in {**GOOD, **ODD, "s.json": json.dumps(SCHEMA), "people.csv": "id\n1\n"}.items():
        place.write(name, text)
    return place


def whole(project: Any, *files: str) -> tuple[int, str]:
    ran = project.mlgate("config", "check", *files)
    return ran.code, without_time(ran.out)


def without_time(text: str) -> str:
    return re.sub(r"Started .*", "", text)


@pytest.mark.parametrize("files", [*([name] for name in GOOD), list(GOOD)])
def test_where_all_holds_the_words_are_those_of_the_command(project: Any, files: list[str], capsys: Any) -> None:
    expected = whole(project, *files)
    assert holding(files, str(project.root)) is not None
    assert main(files) == expected[0] == 0
    assert without_time(capsys.readouterr().out) == expected[1]


@pytest.mark.parametrize("name", ODD)
def test_where_anything_is_told_the_whole_check_tells_it(project: Any, name: str, capsys: Any) -> None:
    assert holding([name], str(project.root)) is None
    assert holding(["configs/a.yaml", name], str(project.root)) is None
    expected = whole(project, name)
    assert main([name]) == expected[0]
    assert without_time(capsys.readouterr().out) == expected[1]


@pytest.mark.parametrize(
    "text",
    [
        PROJECT + "mod: enforce\n",
        PROJECT + "mode: advisory\n",
        PROJECT.replace("version: 1", "version: 2"),
        PROJECT.replace("seed: required", "sed: required"),
        PROJECT.replace("seed: required", "seed: 5"),
        PROJECT.replace("omegaconf", "omega"),
        PROJECT.replace("configs/*.yaml", "../configs/*.yaml"),
        PROJECT.replace("data.train", "data..train"),
        PROJECT.replace("schema: s.json", "schema: gone.json"),
        PROJECT.replace("configs:", "configs: 5\nx:"),
        "extends: base.yaml\n" + PROJECT,
        "a: [\n",
        "",
    ],
)
def test_a_mistake_in_mlgate_yaml_is_wrong_usage_also_on_the_short_way(project: Any, text: str, capsys: Any) -> None:
    project.write("mlgate.yaml", text)
    assert holding(["configs/a.yaml"], str(project.root)) is None
    expected = project.mlgate("config", "check", "configs/a.yaml")
    assert main(["configs/a.yaml"]) == expected.code
    assert expected.code == (0 if "advisory" in text else 2)


def test_the_sections_that_change_nothing_are_known() -> None:
    known = set(project_json_schema()["properties"])
    assert known > SECTIONS
    assert known - SECTIONS <= {"extends", "mode", "policy"}  # these may change what the whole check says


def test_options_variables_and_a_terminal_take_the_long_way(project: Any, monkeypatch: Any, capsys: Any) -> None:
    assert main(["--format", "json", "plain.toml"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"
    monkeypatch.setenv("MLGATE_FORMAT", "json")
    assert main(["plain.toml"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"
    assert main([]) == 2


def test_a_folder_a_link_and_an_absent_file_take_the_long_way(project: Any) -> None:
    (project.root / "loop.yaml").symlink_to("loop.yaml")
    (project.root / "outside.yaml").symlink_to("/etc/hostname")
    for name in ("configs", "absent.yaml", "loop.yaml", "outside.yaml"):
        assert holding([name], str(project.root)) is None
        assert main([name]) == 3


def test_a_file_elsewhere_is_judged_where_it_lies(
    project: Any, tmp_path_factory: pytest.TempPathFactory, capsys: Any
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (other / "b.yaml").write_text("# yaml-language-server: $schema=s.json\na: 1\n", encoding="utf-8")
    (other / "s.json").write_text('{"maxProperties": 1}', encoding="utf-8")
    for name in ("a.yaml", "b.yaml"):
        assert holding([str(other / name)], str(project.root)) is not None
        expected = whole(project, str(other / name))
        assert main([str(other / name)]) == expected[0] == 0
        assert without_time(capsys.readouterr().out) == expected[1]


def test_times_are_told_as_in_the_report() -> None:
    assert "took 20 ms." in told(1, 0.02, "now")
    assert "took 1.3 s." in told(2, 1.26, "now")
    assert "1 holds." in told(1, 0.02, "now")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["a: 1", "lr: 1e-3", "b: no", "seed: 7", "x: {y: 1}", "- a", "c: ${x.y}", "\td: 1", "e: 'x'"]),
        max_size=5,
    )
)
def test_what_holds_on_the_short_way_holds_on_the_long_one(place: Any, lines: list[str]) -> None:
    place.write("f.yaml", "\n".join(lines))
    holds = holding(["f.yaml"], str(Path(place.root)))
    ran = place.mlgate("config", "check", "f.yaml", "--format", "json")
    statuses = [outcome["status"] for outcome in json.loads(ran.out)["outcomes"]]
    assert holds == (len(statuses) if set(statuses) == {"pass"} else None)
