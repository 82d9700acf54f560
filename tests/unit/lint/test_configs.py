"""The checks of configs: what is told of a text, and of what nothing is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.document import Node, load_document
from mlgate.lint.config_catalogue import CATALOGUE
from mlgate.lint.config_found import Found
from mlgate.lint.configs import Asked, judge_config


@dataclass
class Files:
    """Files around a config, by their path from its folder."""

    there: dict[str, str] = field(default_factory=dict)
    store: bool = False
    group: bool = False
    library: str = ""

    def exists(self, path: str) -> bool:
        return any(name == path or name.startswith(f"{path}/") for name in self.there)

    def siblings(self, path: str) -> list[str]:
        folder = path.rpartition("/")[0]
        return [name.rpartition("/")[2] for name in self.there if name.rpartition("/")[0] == folder]

    def default(self, path: str, *, absolute: bool) -> tuple[str, list[str]]:
        if f"{path}.yaml" in self.there:
            return f"{path}.yaml", []
        return "", [name.removesuffix(".yaml") for name in self.siblings(path)]

    def in_group(self) -> bool:
        return self.group

    def has_store(self) -> bool:
        return self.store

    def reader(self) -> str:
        return self.library

    def load(self, path: str) -> Node | None:
        return load_document(self.there[path], path, foreign_tags=True)


def findings(
    text: str, path: str = "c.yaml", asked: Asked | None = None, files: Files | None = None
) -> Iterator[tuple[str, Found]]:
    _, judged = judge_config(text, path, asked or Asked(), files or Files())
    for check, found in judged:
        for item in found:
            yield check, item


def told(
    text: str, path: str = "c.yaml", asked: Asked | None = None, files: Files | None = None
) -> list[tuple[str, str, int]]:
    """Check, status and line of everything that is told."""
    return [(check, item.status, item.line) for check, item in findings(text, path, asked, files)]


def words(text: str, path: str = "c.yaml", asked: Asked | None = None, files: Files | None = None) -> str:
    return "\n".join(f"{item.message} -> {item.hint}" for _, item in findings(text, path, asked, files))


def test_every_check_is_in_the_catalogue_and_told_by_a_test_below() -> None:
    assert len({name for name, _, _ in CATALOGUE}) == 17


@pytest.mark.parametrize(
    "text",
    [
        "seed: 7\nmodel:\n  name: resnet\n  depth: 18\nlr: 0.1\nlabels: [a, b]\n",
        "prompt: 'Say “hi”: no'\nnote: |\n  lr:0.1\n  - a\n   - b\n  None\ntext: 10 000 \u20ac caf\u00e9\n",
        "device: cuda:0\nimage: pytorch:2.4\nurl: s3://bucket/a\nhost: localhost:8080\nsteps:\n  - cuda:1\n",
        "lr: [0.1, 0.01]\nbatch_size: auto\nweight_decay: {min: 0, max: 1}\nfp16: auto\nmomentum: ${oc.env:M}\n",
        "base: &b {a: 1}\nrun:\n  <<: *b\n  c: 2\n",
        "a: !include other.yaml\nb: !!str 1e-3\nc: ~\n",
        "optimizer: adam\nlearning_rate: 1.0e-3\nwarmup_ratio: 0.1\nmax_steps: -1\nnum_epochs: 3.0\n",
        "",
    ],
)  # fmt: skip
def test_of_a_right_config_nothing_is_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("lr: 1e-3\n", ("config_ambiguous", "fail", 1), "write 1.0e-3"),
        ("x: 1e-3\n", ("config_ambiguous", "warn", 1), "text in YAML 1.1"),
        ("op: =\n", ("config_ambiguous", "fail", 1), "PyYAML cannot read it"),
        ("save_strategy: no\n", ("config_ambiguous", "fail", 1), 'write save_strategy: "no"'),
        ("x: -.5\n", ("config_ambiguous", "warn", 1), "text in YAML 1.1"),
        ("t: 12:30:45\n", ("config_ambiguous", "warn", 1), "the number 45045"),
        ("x: .nan\n", ("config_not_finite", "fail", 1), "not a number"),
        ("x: 1.0e+999\n", ("config_not_finite", "fail", 1), "too large"),
        ("x: .inf\n", ("config_not_finite", "warn", 1), "infinite"),
        ("x: !!python/object/apply:os.system [id]\n", ("config_tag", "fail", 1), "!!python/object/apply:os.system"),
        ("x: !!python/object/apply:pathlib.PosixPath [a]\n", ("config_tag", "warn", 1), "pathlib"),
        ("!!python/object:a.B {x: 1}\n", ("config_tag", "fail", 1), "not allowed"),
        ("a\u00a0b: 1\n", ("config_characters", "fail", 1), "U+00A0 NO-BREAK SPACE"),
        ("a: 1\nb\u200b: 2\n", ("config_characters", "fail", 2), "U+200B"),
        ("a: \u201cx\u201d\n", ("config_characters", "fail", 1), "curly quotes"),
        ("a: \u22121\n", ("config_characters", "fail", 1), "its minus is U+2212"),
        ("a: \uff11\uff12\n", ("config_characters", "fail", 1), "full width"),
        ("a: 1\u00a0000\n", ("config_characters", "fail", 1), "invisible"),
        ("a: x\u202ey\n", ("config_characters", "fail", 1), "direction"),
        ("x:\n  lr\uff1a0.1\n", ("config_characters", "fail", 2), "full width"),
        ("\ufeffa: 1\n", ("config_characters", "warn", 1), "byte order mark"),
        ("a: 1\r\nb: 2\nc: 3\n", ("config_characters", "warn", 0), "1 lines end with CRLF, 2 with LF"),
        ("x:\n  lr:0.1\n", ("config_traps", "fail", 2), "no pair"),
        ("x:\n  a:b\n  c:d\n", ("config_traps", "fail", 2), "no pairs"),
        ("x: {lr:0.1, b: 2}\n", ("config_traps", "fail", 1), "key without a value"),
        ("x:\n  - a\n    - b\n", ("config_traps", "fail", 2), "indented deeper"),
        ("x: 0.1#was 1\n", ("config_traps", "fail", 1), "a space before #"),
        ("x: 0.1,\n", ("config_traps", "fail", 1), "a sign follows the number"),
        ("x: 5\n  more\n", ("config_traps", "fail", 1), "a line below"),
        ("lr: 0,001\n", ("config_traps", "fail", 1), "comma"),
        ("name: None\n", ("config_traps", "warn", 1), "write null"),
        ("max_steps: None\n", ("config_traps", "fail", 1), "write null"),
        ("betas: (0.9, 0.99)\n", ("config_traps", "warn", 1), "no tuples"),
        ("color: #fff\nx: 1\n", ("config_traps", "warn", 1), "is a comment"),
        ("optimizer:\nlr: 0.1\n", ("config_traps", "warn", 1), "lr follows"),
        ("just text\n", ("config_traps", "fail", 1), "the whole file is one text"),
        ("b: &b {r: 1}\nx:\n  r: 2\n  <<: *b\n", ("config_merge", "warn", 4), "does not change it"),
        ("b: &b {o: {r: 1, s: 2}}\nx:\n  <<: *b\n  o: {r: 2}\n", ("config_merge", "warn", 4), "drops s"),
        ("b: &b {r: 1}\nc: &c {r: 2}\nx:\n  <<: [*b, *c]\n", ("config_merge", "warn", 4), "two merged mappings"),
        ("learning_rate: '5e-5'\n", ("config_known", "fail", 1), "write 5.0e-5 without quotes"),
        ("batch_size: 3x\n", ("config_known", "fail", 1), "is text, no number"),
        ("batch_size: true\n", ("config_known", "fail", 1), "true is no number"),
        ("shuffle: 'false'\n", ("config_known", "fail", 1), "true in Python"),
        ("dropout: 10\n", ("config_known", "fail", 1), "outside 0 to 1"),
        ("batch_size: -4\n", ("config_known", "fail", 1), "at least 1"),
        ("batch_size: 0\n", ("config_known", "warn", 1), "no size"),
        ("lr: -0.1\n", ("config_known", "fail", 1), "below 0"),
        ("lr: 1000\n", ("config_known", "warn", 1), "very large"),
        ("seed: 1.5\n", ("config_known", "fail", 1), "no whole number"),
        ("seed: 99999999999\n", ("config_known", "warn", 1), "NumPy"),
        ("learnig_rate: 0.1\n", ("config_misspelt", "warn", 1), "nearly learning_rate"),
        ("m:\n  _target_: ResNet\n", ("config_target", "fail", 2), "no dotted path"),
        ("a: ???\nb: ???\n", ("config_missing_value", "warn", 1), "a, b: are mandatory"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_once_with_its_place(text: str, expected: tuple[str, str, int], said: str) -> None:
    assert told(text) == [expected]
    assert said in words(text)


TRAINER = "output_dir: o\nlogging_steps: 5\nnum_train_epochs: 3\n"


@pytest.mark.parametrize(
    ("text", "path", "status", "said"),
    [
        (TRAINER + "fp16: true\nbf16: true\n", "c.yaml", "fail", "both true"),
        (TRAINER + "eval_strategy: epochs\n", "c.yaml", "fail", "no strategy"),
        (TRAINER + "load_best_model_at_end: true\neval_strategy: steps\nsave_strategy: epoch\n", "c.yaml", "fail", "saved by epoch"),
        (TRAINER + "evaluation_strategy: steps\n", "c.yaml", "warn", "it is now eval_strategy"),
        ('{"hidden_size": 100, "num_attention_heads": 12}', "config.json", "fail", "no multiple"),
        ('{"num_attention_heads": 12, "num_key_value_heads": 5}', "config.json", "fail", "no multiple"),
        ('{"temperature": 0.7}', "generation_config.json", "warn", "do_sample"),
        ('{"r": 0, "lora_alpha": 16}', "adapter_config.json", "fail", "no rank"),
        ('{"zero_optimization": {"stage": 4}}', "ds.json", "fail", "none of 0, 1, 2, 3"),
        ('{"zero_optimization": {}, "fp16": {"enabled": true}, "bf16": {"enabled": true}}', "ds.json", "fail", "DeepSpeed takes one"),
    ],
)  # fmt: skip
def test_what_belongs_together(text: str, path: str, status: str, said: str) -> None:
    assert [(check, found) for check, found, _ in told(text, path)] == [("config_frameworks", status)]
    assert said in words(text, path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"hidden_size": 100, "num_attention_heads": 12, "head_dim": 8}', "config.json"),
        ('{"temperature": 0.7, "do_sample": true}', "generation_config.json"),
        ('{"zero_optimization": {"stage": 3}, "train_batch_size": "auto", "fp16": {"enabled": "auto"}}', "ds.json"),
        (TRAINER + "load_best_model_at_end: true\neval_strategy: steps\n", "c.yaml"),
    ],
)
def test_what_fits_together_is_not_told(text: str, path: str) -> None:
    assert told(text, path) == []


class TestReaders:
    """Who reads a file decides what its values are."""

    def test_pyyaml_makes_any_exponent_a_failure(self) -> None:
        assert told("x: 1e-3\n", asked=Asked("pyyaml")) == [("config_ambiguous", "fail", 1)]

    def test_omegaconf_reads_exponents_and_dates_as_shown(self) -> None:
        assert told("lr: 1e-3\nday: 2024-01-02\n", asked=Asked("omegaconf")) == []
        assert told("x: no\n", asked=Asked("omegaconf")) == [("config_ambiguous", "warn", 1)]
        assert told("_target_: a.B\nlr: 1e-3\n") == []

    def test_readers_of_yaml_12_have_nothing_to_fear(self) -> None:
        assert told("lr: 1e-3\nx: no\n", asked=Asked("yaml12")) == []

    def test_frameworks_that_convert_make_it_a_warning(self) -> None:
        assert told("base_model: m\nmicro_batch_size: 2\nlearning_rate: 1e-3\n") == [("config_ambiguous", "warn", 3)]
        files = Files(library="jsonargparse")
        assert told("lr: 1e-3\n", files=files) == [("config_ambiguous", "warn", 1)]
        assert "jsonargparse" in words("lr: 1e-3\n", files=files)


class TestHydra:
    """Files that a defaults list names, and interpolations into them."""

    FILES = Files({"model/resnet.yaml": "depth: 18\n", "model/mlp.yaml": "", "base.yaml": "x: {y: 1}\n"})

    @pytest.mark.parametrize(
        "text",
        [
            "defaults:\n  - _self_\n  - model: resnet\n  - base\nd: ${model.depth}\ne: ${x.y}\n",
            "defaults:\n  - optional model: absent\n  - override hydra/launcher: joblib\n  - model@net: mlp\n",
            "defaults:\n  - model: ${which}\n  - data: ???\n  - model: null\n  - model: [resnet, mlp]\nwhich: mlp\n",
            "d: ${oc.env:HOME}\ne: ${now:%Y}\nf: ${my.resolver:1,2}\ng: ${hydra.run.dir}\nh: ${UPPER}\n_target_: a.B\n",
            "a: {b: 1, c: '${.b}', d: '${..e}'}\ne: 2\nf: ${a.c}\ng: x-${a.b}\nh: \\${not.one}\ni: ['${a.b}']\nj: ${i[0]}\n",
        ],
    )  # fmt: skip
    def test_what_leads_somewhere_is_not_told(self, text: str) -> None:
        assert [item for item in told(text, files=self.FILES) if item[0] != "config_missing_value"] == []

    @pytest.mark.parametrize(
        ("text", "expected", "said"),
        [
            ("defaults:\n  - model: resnt\n", ("config_defaults", "fail", 2), "did you mean resnet?"),
            ("defaults:\n  - absent\n  - _self_\n", ("config_defaults", "fail", 2), "absent.yaml is not there"),
            ("defaults:\n  - absent\n", ("config_defaults", "warn", 2), "ConfigStore"),
            ("defaults:\n  - a: b\nhydra: {searchpath: [x]}\n", ("config_defaults", "warn", 2), "ConfigStore"),
            ("defaults:\n  - model: resnet\nd: ${model.dept}\n", ("config_interpolation", "fail", 3), "model.depth"),
            ("defaults:\n  - model: resnet\nd: ${modl.depth}\n", ("config_interpolation", "fail", 3), "mean model?"),
            ("a: {b: 1}\nd: ${a.c}\n", ("config_interpolation", "fail", 2), "a has no c"),
            ("a: {b: '${.c}', d: 1}\n", ("config_interpolation", "fail", 1), "a has no c"),
            ("a: ${.....b}\n", ("config_interpolation", "fail", 1), "above the top"),
            ("a: ${b}\nb: ${a}\n", ("config_interpolation", "fail", 1), "refers to itself"),
            ("_target_: a.B\nx: ${a.b\n", ("config_interpolation", "fail", 2), "never closed"),
            ("a: 1\nx: ${q.z}\n", ("config_interpolation", "warn", 2), "no q at the top"),
        ],
    )  # fmt: skip
    def test_what_leads_nowhere_is(self, text: str, expected: tuple[str, str, int], said: str) -> None:
        assert expected in told(text, files=self.FILES)
        assert said in words(text, files=self.FILES)

    def test_what_another_file_may_bring_is_left_alone(self) -> None:
        assert told("_target_: a.B\nx: ${data.n}\n", files=Files(group=True)) == []

    def test_a_store_of_configs_makes_an_absent_file_a_warning(self) -> None:
        assert told("defaults:\n  - absent\n", files=Files(store=True)) == [("config_defaults", "warn", 2)]
        assert told("defaults:\n  - a: b\n", files=Files(store=True)) == [("config_defaults", "warn", 2)]


class TestPaths:
    FILES = Files({"data/train.csv": "", "data/test.csv": ""})

    def test_a_declared_path_must_be_there(self) -> None:
        asked = Asked(paths=("data.*", "**.extra"))
        text = "data:\n  train: data/trian.csv\n  test: data/test.csv\n  none:\nx: {extra: [data/train.csv, gone]}\n"
        assert told(text, asked=asked, files=self.FILES) == [("config_path", "fail", 2), ("config_path", "fail", 5)]
        assert "did you mean data/train.csv?" in words(text, asked=asked, files=self.FILES)
        assert told("data: {train: 5}\n", asked=asked, files=self.FILES) == [("config_path", "fail", 1)]
        assert told("data: {train: s3://b/x, test: '${a}/x'}\n", asked=asked, files=self.FILES) == []

    def test_files_of_tools_name_paths_of_their_own(self) -> None:
        assert told("train: data/gone.csv\n", ".github/x.yaml", files=self.FILES) == []

    @pytest.mark.parametrize(
        ("text", "status"),
        [
            ("train: data/gone.csv\n", "warn"),
            ("train: ./gone.csv\n", "warn"),
            ("train: /home/jane/x.csv\n", "warn"),
            ("train: 'C:\\Users\\jane\\x.csv'\n", "warn"),
            ("train: data/train.csv\n", ""),
            ("output_dir: data/gone.csv\n", ""),
            ("train: other/gone.csv\n", ""),
            ("model: meta/llama-3.1\n", ""),
            ("train: data/gone\n", ""),
            ("train: s3://data/gone.csv\n", ""),
        ],
    )
    def test_without_a_declaration_only_what_is_clearly_a_path_is_told(self, text: str, status: str) -> None:
        assert [item[1] for item in told(text, files=self.FILES)] == ([status] if status else [])


class TestSeed:
    @pytest.mark.parametrize("text", ["seed: 7\n", "train: {random_state: 0}\n", "seed: ${x.y}\nx: {y: 1}\n"])
    def test_a_seed_is_enough(self, text: str) -> None:
        assert told(text, asked=Asked(seed="required")) == []

    @pytest.mark.parametrize(
        ("text", "status"),
        [("a: 1\n", "fail"), ("seed: null\n", "fail"), ("seed: abc\n", "fail"), ("seed: -1\n", "warn"), ("", "fail")],
    )
    def test_none_is_not(self, text: str, status: str) -> None:
        assert ("config_seed", status) in [item[:2] for item in told(text, asked=Asked(seed="required"))]

    def test_a_place_takes_just_that(self) -> None:
        assert told("t: {seed: 1}\n", asked=Asked(seed="t.seed")) == []
        assert told("seed: 1\n", asked=Asked(seed="t.seed")) == [("config_seed", "fail", 1)]
        assert told("a: 1\n", asked=Asked(seed="none")) == []

    def test_an_ini_file_holds_text(self) -> None:
        assert told("[t]\nseed = 5\n", "c.ini", asked=Asked(seed="required")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nx = 1 ; note\n", "is part of the value"),
        ("[a]\nx = %(gone)s\n", "names no option"),
        ("[a]\nx = 1\n  y = 2\n", "y = ... is part of the value above"),
        ("[a]\nseed = 1O\n", "is no number"),
    ],
)
def test_ini_files_have_traps_of_their_own(text: str, said: str) -> None:
    assert said in words(text, "c.ini")


def test_ini_values_that_are_right() -> None:
    assert (
        told(
            "[DEFAULT]\nroot = d\n[a]\nx = %(root)s/x\nfmt_format = %(asctime)s\ny = a;b\nlr = 1e-3\nscripts =\n  a = b:c\n",
            "c.ini",
        )
        == []
    )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | st.text("abc xyz", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz", min_size=1, max_size=6), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=6), _VALUES, max_size=4))
def test_plain_values_are_right_in_json_and_as_yaml_of_the_same_text(value: dict[str, object]) -> None:
    text = json.dumps(value)
    assert told(text, "c.json") == []
    assert told(text, "c.yaml") == []


@settings(max_examples=40)
@given(st.text(max_size=80), st.sampled_from(["c.yaml", "c.json", "c.toml", "c.ini"]))
def test_any_text_is_judged_without_an_exception(text: str, path: str) -> None:
    for check, status, line in told(text, path):
        assert check.startswith("config_")
        assert status in ("fail", "warn")
        assert line >= 0


def test_a_function_by_name_is_at_home_in_the_file_of_mkdocs_only() -> None:
    text = "emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
    foreign = "x: !!python/name:os.system\n"

    def statuses(text: str, path: str) -> list[str]:
        _, judged = judge_config(text, path, Asked(), Files())
        return [item.status for check, found in judged if check == "config_tag" for item in found]

    assert statuses(text, "docs/mkdocs.yml") == ["warn"]
    assert statuses(text, "train.yml") == statuses(foreign, "mkdocs.yml") == ["fail"]
