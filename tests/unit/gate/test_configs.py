"""`mlgate config check`, the static tier and the hook `mlgate-config`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate_hooks.config import main

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["seed"],
    "additionalProperties": False,
    "properties": {
        "seed": {"type": "integer"},
        "optimizer": {"type": "object", "properties": {"lr": {"type": "number", "maximum": 1}}},
    },
}
PROJECT = 'version: 1\nconfigs:\n  - {files: "configs/*.yaml", schema: configs/train.schema.json}\n'


@pytest.fixture
def configured(place: Any) -> Any:
    place.write("mlgate.yaml", PROJECT)
    place.write("configs/train.schema.json", json.dumps(SCHEMA))
    place.write("configs/train.yaml", "seed: 7\noptimizer:\n  lr: 0.1\n")
    return place


def test_a_good_config_passes_everywhere(configured: Any) -> None:
    assert (
        configured.mlgate("config", "check", "mlgate.yaml", "configs/train.yaml", "configs/train.schema.json").code == 0
    )
    assert configured.run("--tier", "static").code == 0
    assert main(["configs/train.yaml", "mlgate.yaml"]) == 0


@pytest.mark.parametrize(
    ("text", "id_", "line", "words"),
    [
        ("optimizer: {lr: 0.1}\n", "config_schema/:required", 1, "the key 'seed' is missing"),
        (
            "seed: 7\noptimizer:\n  lr: 5\n",
            "config_schema/optimizer/lr:maximum",
            3,
            "optimizer.lr: 5 is above the maximum of 1",
        ),
        (
            "seed: 7\noptimiser: {lr: 1}\n",
            "config_schema/optimiser:additionalProperties",
            2,
            "unknown key optimiser; did you mean optimizer?",
        ),
        ("seed: 7\nseed: 8\n", "config_syntax", 2, "stands twice"),
        ("seed: [7\n", "config_syntax", 1, "not valid YAML: the bracket [ is not closed"),
        ("seed: !!python/object/apply:os.system [id]\n", "config_tag/seed", 1, "is not allowed"),
    ],
)
def test_what_is_found_in_a_config_is_a_failure_with_its_line(
    configured: Any, text: str, id_: str, line: int, words: str
) -> None:
    configured.write("configs/train.yaml", text)
    ran = configured.run("--tier", "static")
    assert ran.code == 1
    outcome = ran.outcome(f"static/configs/train.yaml/{id_}")
    assert outcome["status"] == "fail"
    assert outcome["location"] == {"path": "configs/train.yaml", "line": line}
    assert words in outcome["message"]
    assert main(["configs/train.yaml"]) == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("no", "is text in YAML 1.2 and false in YAML 1.1"),
        ("1e-3", "is the number 0.001 in YAML 1.2 and text in YAML 1.1"),
        ("010", "is the number 10 in YAML 1.2 and the number 8 in YAML 1.1"),
        ("1:30", "is text in YAML 1.2 and the number 90 in YAML 1.1"),
        ("On", "is text in YAML 1.2 and true in YAML 1.1"),
        ("10_000", "is text in YAML 1.2 and the number 10000 in YAML 1.1"),
        ("0b11", "is text in YAML 1.2 and the number 3 in YAML 1.1"),
        ("0o17", "is the number 15 in YAML 1.2 and text in YAML 1.1"),
        ("2024-01-02", "is text in YAML 1.2 and a date in YAML 1.1"),
    ],
)
def test_a_value_with_two_meanings_is_a_warning(place: Any, value: str, words: str) -> None:
    place.write("a.yaml", f"x: {value}\ny: '{value}'\n")
    ran = place.mlgate("config", "check", "a.yaml", "--format", "json")
    assert ran.code == 0
    outcome = next(item for item in json.loads(ran.out)["outcomes"] if item["check"] == "config_ambiguous")
    assert outcome["status"] == "warn"
    assert words in outcome["message"]
    assert len(outcome["evidence"]["values"]) == 1


def test_toml_and_json_are_read_with_their_own_rules(place: Any) -> None:
    place.write("a.toml", "x = 1\n[t]\nd = 2020-01-01\n")
    place.write("b.toml", "x = = 1\n")
    place.write("a.json", '{"x": 1}')
    place.write("b.json", '{"x": NaN}')
    place.write("c.json", '{"x": 1,}')
    assert place.mlgate("config", "check", "a.toml", "a.json").code == 0
    for name in ("b.toml", "b.json", "c.json"):
        assert place.mlgate("config", "check", name).code == 1, name


def test_a_mistake_in_our_own_file_is_1_as_a_subject_and_2_for_a_run(configured: Any) -> None:
    configured.write("mlgate.yaml", PROJECT + "mod: enforce\n")
    ran = configured.mlgate("config", "check", "mlgate.yaml", "--format", "json")
    assert ran.code == 1
    outcome = json.loads(ran.out)["outcomes"][0]
    assert (outcome["check"], outcome["location"]) == ("mlgate_file", {"path": "mlgate.yaml", "line": 4})
    assert "mod" in outcome["message"]
    assert configured.run().code == 2


def test_a_data_schema_that_a_dataset_names_is_checked_as_one(place: Any) -> None:
    place.write("mlgate.yaml", "version: 1\ndatasets: {a: {path: a.csv, schema: s.yaml}}\n")
    place.write("s.yaml", "version: 1\ncolumns: {a: {type: integer, betwen: [0, 1]}}\n")
    ran = place.mlgate("config", "check", "s.yaml")
    assert ran.code == 1
    assert "unknown key 'betwen'" in ran.out
    assert "did you mean 'between'?" in ran.out


@pytest.mark.parametrize("schema", ["{", "[]", '{"type": 5}', '{"$ref": "https://example.org/x.json"}'])
def test_a_broken_or_remote_json_schema_is_a_mistake_of_ours(configured: Any, schema: str) -> None:
    configured.write("configs/train.schema.json", schema)
    ran = configured.run("--tier", "static")
    assert ran.code == 2
    assert "configs/train.schema.json" in ran.err


def test_the_schema_option_overrides_what_is_declared(configured: Any) -> None:
    configured.write("other.schema.json", '{"type": "array"}')
    assert configured.mlgate("config", "check", "configs/train.yaml", "--schema", "other.schema.json").code == 1


@pytest.mark.parametrize(("name", "code"), [("absent.yaml", 3), ("latin.yaml", 3)])
def test_a_file_that_cannot_be_read_is_an_error(place: Any, name: str, code: int) -> None:
    (place.root / "latin.yaml").write_bytes("a: é\n".encode("latin-1"))
    assert place.mlgate("config", "check", name).code == code


def test_a_pattern_that_finds_no_file_is_an_error(configured: Any) -> None:
    (configured.root / "configs" / "train.yaml").unlink()
    ran = configured.run("--tier", "static")
    assert ran.code == 3
    assert "no file matches configs/*.yaml" in ran.out


def test_a_file_outside_the_folder_may_be_named_on_the_command_line(
    place: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "a.yaml"
    other.write_text("a: 1\n")
    assert place.mlgate("config", "check", str(other)).code == 0


def outcomes(place: Any, *arguments: str) -> dict[str, tuple[str, str]]:
    ran = place.mlgate("config", "check", *arguments, "--format", "json")
    return {item["id"]: (item["status"], item["message"]) for item in json.loads(ran.out)["outcomes"]}


def test_a_schema_that_a_config_names_is_used_inside_the_repository_only(place: Any) -> None:
    (place.root / ".git").mkdir()
    place.write("s/a.json", json.dumps(SCHEMA))
    place.write("configs/a.yaml", "# yaml-language-server: $schema=../s/a.json\nsead: 7\n")
    place.write("b.yaml", "# yaml-language-server: $schema=https://example.org/s.json\nseed: 7\n")
    place.write("c.yaml", "# yaml-language-server: $schema=../../etc/s.json\nseed: 7\n")
    place.write("d.json", '{"$schema": "s/gone.json", "seed": 7}')
    found = outcomes(place, "configs/a.yaml", "b.yaml", "c.yaml", "d.json")
    status, message = found["static/configs/a.yaml/config_schema/sead:additionalProperties"]
    assert (status, message) == ("fail", "unknown key sead; did you mean seed?")
    assert found["static/b.yaml/config_schema/url"][0] == "skip"
    assert "not fetched" in found["static/b.yaml/config_schema/url"][1]
    assert found["static/c.yaml/config_schema/readable"][0] == "error"
    assert "gone.json: cannot be read" in found["static/d.json/config_schema/readable"][1]
    assert place.mlgate("config", "check", "d.json").code == 3
    assert place.mlgate("config", "check", "b.yaml").code == 0


ASKED = """version: 1
configs:
  - {files: "configs/*.yaml", paths: [data.train, data.gone], seed: required, reader: pyyaml}
  - {files: "configs/a.yaml", paths: data.extra}
"""


def test_what_mlgate_yaml_asks_for_is_judged_in_a_run_and_at_a_commit(place: Any) -> None:
    place.write("mlgate.yaml", ASKED)
    place.write("data/train.csv", "")
    place.write("configs/a.yaml", "data: {train: data/train.csv, extra: data/trian.csv}\nfloor: 1e-3\n")
    place.write("configs/b.yaml", "data: {train: data/train.csv}\nseed: 7\n")
    ran = place.run("--tier", "static")
    assert ran.code == 1
    assert {id_: status for id_, status in ran.statuses().items() if status != "pass"} == {
        "static/configs/a.yaml/config_ambiguous/fail": "fail",
        "static/configs/a.yaml/config_path/data/extra": "fail",
        "static/configs/a.yaml/config_seed": "fail",
        "static/configs/%2A.yaml/config_path/declared/data.gone": "warn",
    }
    assert ran.outcome("static/configs/%2A.yaml/config_path/declared/data.gone")["location"]["path"] == "mlgate.yaml"
    assert main(["configs/b.yaml"]) == 0
    assert main(["configs/a.yaml"]) == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("reader: yaml11", "not one of pyyaml, omegaconf, yaml12"),
        ("sed: required", "did you mean 'seed'?"),
        ("seed: 5", "expected text"),
        ("paths: [a..b]", "is no place of a value"),
        ("seed: '*.seed'", "is no place of a value"),
    ],
)
def test_a_mistake_in_what_is_asked_is_wrong_usage(place: Any, entry: str, words: str) -> None:
    place.write("mlgate.yaml", f'version: 1\nconfigs:\n  - {{files: "*.json", {entry}}}\n')
    ran = place.run("--tier", "static")
    assert ran.code == 2
    assert words in ran.err


def test_readers_are_the_same_everywhere() -> None:
    from mlgate.config.project_file import project_json_schema
    from mlgate.lint.config_readings import READERS

    entry = project_json_schema()["properties"]["configs"]["items"]
    assert tuple(entry["properties"]["reader"]["enum"]) == READERS


def test_many_findings_of_one_check_are_cut_and_counted(place: Any) -> None:
    place.write("a.yaml", "".join(f"dropout_{n}: {{dropout: 7}}\n" for n in range(70)))
    found = outcomes(place, "a.yaml")
    assert found["static/a.yaml/config_known/more"] == ("fail", "20 more findings of this check")


def test_a_data_file_that_is_no_config_says_so(place: Any) -> None:
    place.write("a.yaml", "x: " + "y" * 2_000_001)
    assert place.mlgate("config", "check", "a.yaml").code == 3


class TestInfer:
    """`mlgate config infer`."""

    def test_the_schema_holds_for_its_configs_and_nothing_is_overwritten(self, place: Any) -> None:
        place.write("configs/a.yaml", "seed: 7\noptimizer: {lr: 0.1}\n")
        place.write("configs/b.json", '{"seed": 8, "optimizer": {"lr": 1, "betas": [0.9, 0.99]}}')
        files = ["configs/a.yaml", "configs/b.json"]
        ran = place.mlgate("config", "infer", *files, "-o", "train.schema.json")
        assert (ran.code, ran.out) == (0, "")
        assert "declare it" in ran.err
        assert place.mlgate("config", "check", *files, "--schema", "train.schema.json").code == 0
        place.write("c.yaml", "sead: 7\noptimizer: {lr: 0.1}\n")
        assert "did you mean seed?" in place.mlgate("config", "check", "c.yaml", "--schema", "train.schema.json").out
        assert place.mlgate("config", "infer", *files, "-o", "train.schema.json").code == 2
        again = place.mlgate("config", "infer", *files)
        assert again.out == (place.root / "train.schema.json").read_text()

    def test_what_is_itself_a_json_schema_satisfies_what_is_proposed(self, place: Any) -> None:
        place.write("a.json", '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}')
        ran = place.mlgate("config", "infer", "a.json")
        assert (ran.code, "$schema" in ran.out) == (0, True), ran.err

    @pytest.mark.parametrize(
        ("text", "code"), [("- 1\n", 2), ("a: [\n", 2), ("batch_size: -1.5\n", 2), ("x: .nan\n", 2), (None, 3)]
    )
    def test_what_is_wrong_is_no_model_for_a_schema(self, place: Any, text: str | None, code: int) -> None:
        if text is not None:
            place.write("a.yaml", text)
        ran = place.mlgate("config", "infer", "a.yaml")
        assert (ran.code, ran.out) == (code, "")
        assert "hint" in ran.err


def test_a_hydra_config_is_composed_from_the_files_around_it(place: Any) -> None:
    (place.root / ".git").mkdir()
    place.write("conf/config.yaml", "defaults:\n  - model: resnet\n  - _self_\nd: ${model.depth}\ne: ${model.width}\n")
    place.write("conf/model/resnet.yaml", "depth: 18\nn: ${d}\nm: ${absent.x}\n")
    place.write("conf/model/broken.yaml", "a: [\n")
    found = outcomes(place, "conf/config.yaml", "conf/model/resnet.yaml")
    assert {id_ for id_, (status, _) in found.items() if status != "pass"} == {
        "static/conf/config.yaml/config_interpolation/e"
    }
    assert "model has no width" in found["static/conf/config.yaml/config_interpolation/e"][1]
    place.write("conf/config.yaml", "defaults:\n  - model: broken\n  - _self_\nd: ${model.depth}\n")
    assert outcomes(place, "conf/config.yaml")["static/conf/config.yaml/config_syntax"][0] == "pass"
    place.write("conf/config.yaml", "defaults:\n  - model: resnt\n")
    assert outcomes(place, "conf/config.yaml")["static/conf/config.yaml/config_defaults/model/resnt"][0] == "fail"
